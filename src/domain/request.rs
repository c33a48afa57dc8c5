//! What a remote write asks for. A request is made by the engine, weighed by the gate, recorded as
//! an intent, and reaches a client only inside a permit: what was recorded is what is sent.

use rust_decimal::Decimal;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{
    event::IntentDetail,
    ids::{Awb, CarrierId, InvoiceId, LocationKey, MarketplaceId, OrderId, Sku},
    order::{Consignee, Destination, Package, Payment},
    step::Call,
    text::Clean,
    time::Stamp,
    tracking::TrackingStatus,
};

/// A request for one remote write.
pub trait WriteRequest: Serialize + Clone + Send + Sync + 'static {
    /// Which call it is.
    const CALL: Call;

    /// The invoices it touches; empty for inventory.
    fn invoices(&self) -> Vec<InvoiceId>;

    /// What the intent keeps of it; `None` for inventory, which has its own record.
    fn detail(&self) -> Option<IntentDetail>;

    /// First 16 hex digits of the SHA-256 of the request: proves later what was sent without
    /// keeping personal data.
    fn digest(&self) -> String {
        let bytes = serde_json::to_vec(self).expect("requests have string keys only");
        let hash = Sha256::digest(&bytes);
        let head = hash.first_chunk::<8>().expect("SHA-256 has 32 bytes");
        format!("{:016x}", u64::from_be_bytes(*head))
    }
}

/// Book an AWB at DTDC (contracts/dtdc.md section 2).
#[derive(Clone, Debug, Serialize)]
pub struct BookRequest {
    /// For which invoice.
    pub invoice: InvoiceId,
    /// Our `customer_reference_number`: the same for every attempt, so that tracking by reference
    /// finds the booking whose answer was lost.
    pub booking_reference: String,
    /// An AWB we hold from an allotted series, or `None`: DTDC allocates.
    pub own_number: Option<Awb>,
    /// Where it goes.
    pub destination: Destination,
    /// To whom.
    pub consignee: Consignee,
    /// The parcel.
    pub package: Package,
    /// COD or prepaid.
    pub payment: Payment,
    /// Declared value, rupees.
    pub value: Decimal,
    /// What is inside, for the label.
    pub description: Clean,
    /// The invoice's number, if there is one yet.
    pub invoice_number: Option<Clean>,
}

/// Cancel an AWB that will not travel (contracts/dtdc.md section 4).
#[derive(Clone, Debug, Serialize)]
pub struct CancelBookingRequest {
    /// Whose AWB.
    pub invoice: InvoiceId,
    /// Which.
    pub awb: Awb,
}

/// Write courier and AWB to EasyEcom (contracts/easyecom.md section 5).
#[derive(Clone, Debug, Serialize)]
pub struct AssignRequest {
    /// `invoiceId`.
    pub invoice: InvoiceId,
    /// `awbNum`.
    pub awb: Awb,
    /// `courier`: the courier's real name.
    pub courier: Clean,
    /// `companyCarrierId`.
    pub carrier_id: CarrierId,
}

/// Confirm at EasyEcom (contracts/easyecom.md section 6).
#[derive(Clone, Debug, Serialize)]
pub struct ConfirmRequest {
    /// `invoice_id`.
    pub invoice: InvoiceId,
    /// `order_id`.
    pub order_id: OrderId,
    /// `height`, `width`, `length` (cm), `weight` (g).
    pub package: Package,
}

/// One manifest: one location, one marketplace, one carrier, many AWBs
/// (contracts/easyecom.md section 8).
#[derive(Clone, Debug, Serialize)]
pub struct ManifestRequest {
    /// Which group.
    pub group: ManifestGroup,
    /// The frozen members.
    pub members: Vec<(InvoiceId, Awb)>,
}

/// What a manifest cannot mix.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize)]
pub struct ManifestGroup {
    /// Warehouse.
    pub location: LocationKey,
    /// Marketplace.
    pub marketplace_id: MarketplaceId,
    /// Carrier record.
    pub carrier_id: CarrierId,
}

/// Push a status to EasyEcom (contracts/easyecom.md section 9).
#[derive(Clone, Debug, Serialize)]
pub struct TrackingRequest {
    /// For which invoice.
    pub invoice: InvoiceId,
    /// `awb`: the only key of the call.
    pub awb: Awb,
    /// What to tell.
    pub status: TrackingStatus,
    /// `history_scans`: words, time, place; oldest first.
    pub scans: Vec<(Clean, Stamp, Clean)>,
    /// `delivery_date`, for Delivered and RTO delivered.
    pub delivered_at: Option<Stamp>,
}

/// Push absolute available quantities (contracts/easyecom.md section 10).
#[derive(Clone, Debug, Serialize)]
pub struct InventoryRequest {
    /// Warehouse.
    pub location: LocationKey,
    /// What to set.
    pub items: Vec<InventoryItem>,
}

/// One SKU of a push.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct InventoryItem {
    /// SKU.
    pub sku: Sku,
    /// Available pieces, absolute.
    pub quantity: i64,
    /// Our version of the figure: an older one never replaces a newer one.
    pub version: u64,
}

impl WriteRequest for BookRequest {
    const CALL: Call = Call::Book;
    fn invoices(&self) -> Vec<InvoiceId> {
        vec![self.invoice]
    }
    fn detail(&self) -> Option<IntentDetail> {
        Some(IntentDetail::Book {
            invoice: self.invoice,
            reference: self.booking_reference.as_str().into(),
            own_number: self.own_number.clone(),
        })
    }
}

impl WriteRequest for CancelBookingRequest {
    const CALL: Call = Call::CancelBooking;
    fn invoices(&self) -> Vec<InvoiceId> {
        vec![self.invoice]
    }
    fn detail(&self) -> Option<IntentDetail> {
        Some(IntentDetail::CancelBooking {
            invoice: self.invoice,
            awb: self.awb.clone(),
        })
    }
}

impl WriteRequest for AssignRequest {
    const CALL: Call = Call::Assign;
    fn invoices(&self) -> Vec<InvoiceId> {
        vec![self.invoice]
    }
    fn detail(&self) -> Option<IntentDetail> {
        Some(IntentDetail::Assign {
            invoice: self.invoice,
            awb: self.awb.clone(),
            carrier_id: self.carrier_id,
        })
    }
}

impl WriteRequest for ConfirmRequest {
    const CALL: Call = Call::Confirm;
    fn invoices(&self) -> Vec<InvoiceId> {
        vec![self.invoice]
    }
    fn detail(&self) -> Option<IntentDetail> {
        Some(IntentDetail::Confirm {
            invoice: self.invoice,
        })
    }
}

impl WriteRequest for TrackingRequest {
    const CALL: Call = Call::Tracking;
    fn invoices(&self) -> Vec<InvoiceId> {
        vec![self.invoice]
    }
    fn detail(&self) -> Option<IntentDetail> {
        Some(IntentDetail::Tracking {
            invoice: self.invoice,
            awb: self.awb.clone(),
            status: self.status,
        })
    }
}

impl WriteRequest for ManifestRequest {
    const CALL: Call = Call::Manifest;
    fn invoices(&self) -> Vec<InvoiceId> {
        self.members.iter().map(|(invoice, _)| *invoice).collect()
    }
    fn detail(&self) -> Option<IntentDetail> {
        Some(IntentDetail::Manifest {
            group: self.group.clone(),
            members: self.members.clone(),
        })
    }
}

impl WriteRequest for InventoryRequest {
    const CALL: Call = Call::Inventory;
    fn invoices(&self) -> Vec<InvoiceId> {
        Vec::new()
    }
    fn detail(&self) -> Option<IntentDetail> {
        None
    }
}
