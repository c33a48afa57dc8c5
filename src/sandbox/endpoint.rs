//! The paths the sandbox answers, and what is true of each.

use super::faults::EndpointClass;
use super::options::Paths;

/// One operation of either service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Endpoint {
    Token,
    Orders,
    OrderDetails,
    Assign,
    Confirm,
    Document,
    Manifest,
    UpdateTracking,
    TrackingDetails,
    BulkInventory,
    InventoryDetails,
    CancelOrder,
    Locations,
    Book,
    CancelBooking,
    LabelStream,
    LabelLink,
    TrackToken,
    Track,
    Pincode,
    File,
    Control,
    Unknown,
}

/// Where the DTDC booking system keeps its operations (dtdc.md section 1).
const CONSIGNMENT: &str = "/api/customer/integration/consignment/";

impl Endpoint {
    /// Finds the operation of a path.
    pub(crate) fn of(path: &str, paths: &Paths) -> Self {
        if let Some(tail) = path.strip_prefix(CONSIGNMENT) {
            return match tail {
                "softdata" => Self::Book,
                "cancel" => Self::CancelBooking,
                "shippinglabel/stream" => Self::LabelStream,
                "shippinglabel/link" => Self::LabelLink,
                _ => Self::Unknown,
            };
        }
        match path {
            "/access/token" => Self::Token,
            "/orders/V2/getAllOrders" => Self::Orders,
            "/orders/V2/getOrderDetails" => Self::OrderDetails,
            "/Carrier/assignAWB" => Self::Assign,
            "/orders/confirm_order" => Self::Confirm,
            "/Carrier/V2/updateTrackingStatus" | "/Carrier/updateTrackingStatus" => {
                Self::UpdateTracking
            }
            "/Carriers/getTrackingDetails" => Self::TrackingDetails,
            "/getInventoryDetailsV3" => Self::InventoryDetails,
            "/orders/cancelOrder" => Self::CancelOrder,
            "/getAllLocation" => Self::Locations,
            "/dtdc-api/api/dtdc/authenticate" => Self::TrackToken,
            "/dtdc-api/rest/JSONCnTrk/getTrackDetails" => Self::Track,
            "/ratecalapi/PincodeApiCall" => Self::Pincode,
            _ if path == paths.document => Self::Document,
            _ if path == paths.manifest => Self::Manifest,
            _ if path == paths.bulk_inventory => Self::BulkInventory,
            _ if path.starts_with("/files/") => Self::File,
            _ if path.starts_with("/_sandbox/") => Self::Control,
            _ => Self::Unknown,
        }
    }

    /// The name in reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Orders => "get_all_orders",
            Self::OrderDetails => "get_order_details",
            Self::Assign => "assign_awb",
            Self::Confirm => "confirm_order",
            Self::Document => "get_document",
            Self::Manifest => "generate_manifest",
            Self::UpdateTracking => "update_tracking",
            Self::TrackingDetails => "get_tracking_details",
            Self::BulkInventory => "bulk_inventory",
            Self::InventoryDetails => "get_inventory",
            Self::CancelOrder => "cancel_order",
            Self::Locations => "get_locations",
            Self::Book => "dtdc_softdata",
            Self::CancelBooking => "dtdc_cancel",
            Self::LabelStream => "dtdc_label_stream",
            Self::LabelLink => "dtdc_label_link",
            Self::TrackToken => "dtdc_authenticate",
            Self::Track => "dtdc_track",
            Self::Pincode => "dtdc_pincode",
            Self::File => "file",
            Self::Control => "control",
            Self::Unknown => "unknown",
        }
    }

    /// The class that a fault plan selects by.
    pub(crate) fn class(self) -> EndpointClass {
        match self {
            Self::Token | Self::TrackToken => EndpointClass::Login,
            Self::Orders | Self::OrderDetails | Self::Locations => EndpointClass::Orders,
            Self::Assign => EndpointClass::Assign,
            Self::Confirm => EndpointClass::Confirm,
            Self::Document | Self::File => EndpointClass::Documents,
            Self::Manifest => EndpointClass::Manifest,
            Self::UpdateTracking | Self::TrackingDetails => EndpointClass::Tracking,
            Self::BulkInventory | Self::InventoryDetails => EndpointClass::Inventory,
            Self::CancelOrder => EndpointClass::CancelOrder,
            Self::Book | Self::CancelBooking => EndpointClass::Booking,
            Self::LabelStream | Self::LabelLink => EndpointClass::Label,
            Self::Track => EndpointClass::DtdcTracking,
            Self::Pincode => EndpointClass::Pincode,
            Self::Control | Self::Unknown => EndpointClass::Other,
        }
    }

    /// Whether the operation changes anything.
    pub(crate) fn writes(self) -> bool {
        matches!(
            self,
            Self::Assign
                | Self::Confirm
                | Self::Manifest
                | Self::UpdateTracking
                | Self::BulkInventory
                | Self::CancelOrder
                | Self::Book
                | Self::CancelBooking
        )
    }

    /// Whether it belongs to EasyEcom, whose calls are metered per key.
    pub(crate) fn is_easyecom(self) -> bool {
        self == Self::Token || self.wants_bearer()
    }

    /// Whether it needs EasyEcom's bearer token.
    pub(crate) fn wants_bearer(self) -> bool {
        matches!(
            self,
            Self::Orders
                | Self::OrderDetails
                | Self::Assign
                | Self::Confirm
                | Self::Document
                | Self::Manifest
                | Self::UpdateTracking
                | Self::TrackingDetails
                | Self::BulkInventory
                | Self::InventoryDetails
                | Self::CancelOrder
                | Self::Locations
        )
    }

    /// Whether it needs DTDC's booking key.
    pub(crate) fn wants_dtdc_key(self) -> bool {
        matches!(
            self,
            Self::Book | Self::CancelBooking | Self::LabelStream | Self::LabelLink
        )
    }
}
