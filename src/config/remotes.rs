//! The two remotes and the source of AWB numbers.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::warehouse::AwbSourceKind;

/// `[easyecom]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Easyecom {
    /// Host.
    pub base_url: String,
    /// Let a `http://` address pass that is not loopback: for a test set-up behind a tunnel only.
    pub allow_http: bool,
    /// Paths.
    pub paths: EasyecomPaths,
    /// Verb of confirm_order: sources disagree (contracts/easyecom.md section 15).
    pub confirm_verb: ConfirmVerb,
    /// How assignAWB carries its values.
    pub assign_encoding: AssignEncoding,
    /// What EasyEcom allows this API key (contracts/easyecom.md section 3).
    pub tier: Tier,
    /// Instead of the tier's: calls a second.
    pub per_second: Option<f64>,
    /// Instead of the tier's: calls at once.
    pub burst: Option<f64>,
    /// Instead of the tier's: calls a day.
    pub per_day: Option<u32>,
    /// Share of rate and burst left unused, percent: another client may share the key.
    pub margin_percent: u8,
    /// Rows a page.
    pub page_size: u32,
    /// `companyCarrierId` of the carrier; 0: not known yet.
    pub company_carrier_id: u64,
    /// The courier's name at EasyEcom.
    pub courier: String,
    /// Hosts that label and invoice may come from; `*.` matches one or more labels.
    pub document_hosts: Vec<String>,
}

impl Default for Easyecom {
    fn default() -> Self {
        Self {
            base_url: "https://api.easyecom.io".to_owned(),
            allow_http: false,
            paths: EasyecomPaths::default(),
            confirm_verb: ConfirmVerb::Post,
            assign_encoding: AssignEncoding::Json,
            tier: Tier::Default,
            per_second: None,
            burst: None,
            per_day: None,
            margin_percent: 20,
            page_size: 250,
            company_carrier_id: 0,
            courier: "DTDC".to_owned(),
            document_hosts: [
                "*.easyecom.io",
                "ee-uploaded-files-oregon.s3.us-west-2.amazonaws.com",
                "ee-uploaded-files-oregon.s3.amazonaws.com",
            ]
            .map(str::to_owned)
            .to_vec(),
        }
    }
}

/// Calls that EasyEcom allows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// A second.
    pub per_second: f64,
    /// At once.
    pub burst: f64,
    /// A day.
    pub per_day: u32,
}

impl Easyecom {
    /// What the key is allowed: the tier's figures, unless a key says otherwise. The margin is not
    /// taken off yet.
    pub fn rate(&self) -> Rate {
        let tier = self.tier.rate();
        Rate {
            per_second: self.per_second.unwrap_or(tier.per_second),
            burst: self.burst.unwrap_or(tier.burst),
            per_day: self.per_day.unwrap_or(tier.per_day),
        }
    }
}

/// `[easyecom.paths]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EasyecomPaths {
    /// Log in.
    pub token: String,
    /// Get All Orders.
    pub orders: String,
    /// Get Order Details.
    pub order_details: String,
    /// Courier and AWB.
    pub assign: String,
    /// Confirm.
    pub confirm: String,
    /// Label and invoice of an invoice.
    pub document: String,
    /// Generate Manifest.
    pub manifest: String,
    /// Tracking push.
    pub tracking: String,
    /// What EasyEcom knows of a parcel.
    pub tracking_read: String,
    /// Bulk Inventory Update.
    pub bulk_inventory: String,
    /// EasyEcom's quantities.
    pub inventory_read: String,
}

impl Default for EasyecomPaths {
    fn default() -> Self {
        let path = str::to_owned;
        Self {
            token: path("/access/token"),
            orders: path("/orders/V2/getAllOrders"),
            order_details: path("/orders/V2/getOrderDetails"),
            assign: path("/Carrier/assignAWB"),
            confirm: path("/orders/confirm_order"),
            document: path("/orders/getDocument"),
            manifest: path("/orders/generateManifest"),
            tracking: path("/Carrier/V2/updateTrackingStatus"),
            tracking_read: path("/Carriers/getTrackingDetails"),
            bulk_inventory: path("/inventory/bulkInventoryUpdate"),
            inventory_read: path("/getInventoryDetailsV3"),
        }
    }
}

impl EasyecomPaths {
    /// Every path with its key.
    pub fn all(&self) -> [(&'static str, &str); 11] {
        [
            ("token", &self.token),
            ("orders", &self.orders),
            ("order_details", &self.order_details),
            ("assign", &self.assign),
            ("confirm", &self.confirm),
            ("document", &self.document),
            ("manifest", &self.manifest),
            ("tracking", &self.tracking),
            ("tracking_read", &self.tracking_read),
            ("bulk_inventory", &self.bulk_inventory),
            ("inventory_read", &self.inventory_read),
        ]
    }

    /// Paths whose real form no public source shows (contracts/easyecom.md section 16), with what is
    /// weak about each. A path that was changed from its default is taken to be known to the one who
    /// changed it.
    pub fn unverified(&self) -> Vec<(&'static str, &str, &'static str)> {
        let default = Self::default();
        let weak = [
            (
                "document",
                &self.document,
                &default.document,
                "path found in no source; the links on the order are used first",
            ),
            (
                "manifest",
                &self.manifest,
                &default.manifest,
                "path found in no source",
            ),
            (
                "bulk_inventory",
                &self.bulk_inventory,
                &default.bulk_inventory,
                "path seen in one client",
            ),
            (
                "assign",
                &self.assign,
                &default.assign,
                "path seen in two clients of the older interface",
            ),
        ];
        weak.into_iter()
            .filter(|(_, now, default, _)| now == default)
            .map(|(key, now, _, why)| (key, now.as_str(), why))
            .collect()
    }
}

/// Verb of confirm_order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConfirmVerb {
    /// Newer collection.
    Post,
    /// Older page.
    Get,
}

/// How assignAWB carries its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AssignEncoding {
    /// A JSON body.
    Json,
    /// A form body.
    Form,
    /// The query string.
    Query,
}

/// EasyEcom's own tiers (contracts/easyecom.md section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Every new key.
    Default,
    /// Bronze.
    Bronze,
    /// Silver.
    Silver,
    /// Gold.
    Gold,
    /// Diamond.
    Diamond,
}

impl Tier {
    /// What it allows.
    pub fn rate(self) -> Rate {
        let (per_second, burst, per_day) = match self {
            Self::Default => (5.0, 10.0, 500),
            Self::Bronze => (5.0, 10.0, 50_000),
            Self::Silver => (20.0, 40.0, 200_000),
            Self::Gold => (30.0, 60.0, 300_000),
            Self::Diamond => (30.0, 60.0, 500_000),
        };
        Rate {
            per_second,
            burst,
            per_day,
        }
    }
}

/// `[dtdc]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dtdc {
    /// Addresses.
    pub urls: DtdcUrls,
    /// Let a `http://` address pass that is not loopback. DTDC's PIN look-up also exists in clear
    /// text only; it carries no secret.
    pub allow_http: bool,
    /// Customer code.
    pub customer_code: String,
    /// Service, a closed set per account.
    pub service_type_id: String,
    /// Commodity: an id of DTDC's sheet or the commodity's name.
    pub commodity_id: String,
    /// Label layout.
    pub label_code: String,
    /// Sender.
    pub origin: Origin,
    /// How long a booking may take to appear in tracking. Unset: a booking of unknown outcome is
    /// never repeated without a person.
    pub booking_latency_s: Option<u64>,
    /// Ask whether DTDC serves the PIN code before booking.
    pub check_pin: bool,
    /// Put before the invoice id to make our reference at DTDC.
    pub reference_prefix: String,
}

impl Default for Dtdc {
    fn default() -> Self {
        Self {
            urls: DtdcUrls::default(),
            allow_http: false,
            customer_code: String::new(),
            service_type_id: String::new(),
            commodity_id: "7".to_owned(),
            label_code: "SHIP_LABEL_4X6".to_owned(),
            origin: Origin::default(),
            booking_latency_s: None,
            check_pin: true,
            reference_prefix: "R".to_owned(),
        }
    }
}

/// `[dtdc.urls]` (contracts/dtdc.md section 1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DtdcUrls {
    /// Booking, cancelling and labels.
    pub booking: String,
    /// Tracking.
    pub tracking: String,
    /// PIN look-up.
    pub pincode: String,
}

impl Default for DtdcUrls {
    fn default() -> Self {
        Self {
            booking: "https://dtdcapi.shipsy.io".to_owned(),
            tracking: "https://blktracksvc.dtdc.com".to_owned(),
            pincode: "https://smarttrack-ctbsplus.dtdc.com".to_owned(),
        }
    }
}

/// `[dtdc.origin]`: the sender as the label shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Origin {
    /// Name.
    pub name: String,
    /// Phone.
    pub phone: String,
    /// Address.
    pub address_line_1: String,
    /// Address.
    pub address_line_2: String,
    /// PIN code.
    pub pincode: String,
    /// City.
    pub city: String,
    /// State.
    pub state: String,
    /// E-mail.
    pub email: String,
}

/// `[awb]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Awb {
    /// Where numbers come from.
    pub source: AwbSourceKind,
    /// The file of allotted numbers, one a line or a range a line.
    pub file: PathBuf,
    /// Whether an allotted number is booked at DTDC too.
    pub announce: bool,
    /// Fewer free numbers than this are shouted about.
    pub low_water: u64,
}

impl Default for Awb {
    fn default() -> Self {
        Self {
            source: AwbSourceKind::Dtdc,
            file: PathBuf::new(),
            announce: true,
            low_water: 100,
        }
    }
}
