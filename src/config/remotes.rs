//! The two remotes and the source of AWB numbers.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::warehouse::AwbSourceKind;
use crate::{
    dtdc::{self, LabelFormat, Origin, PackageDefaults, TrackingAuth},
    easyecom::{self, AssignEncoding, ConfirmVerb, Paths, TrackingIds},
    http::download::DOCUMENT_HOSTS,
};

/// `[easyecom]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Easyecom {
    /// Host.
    pub base_url: String,
    /// Let a `http://` address pass that is not loopback: for a test set-up behind a tunnel only.
    pub allow_http: bool,
    /// Paths.
    pub paths: Paths,
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
    pub page_size: u16,
    /// Stock rows a page.
    pub stock_page_size: u16,
    /// Shipping status ids told to EasyEcom: no official table is public.
    pub status_ids: TrackingIds,
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
            paths: Paths::default(),
            confirm_verb: ConfirmVerb::Post,
            assign_encoding: AssignEncoding::Json,
            tier: Tier::Default,
            per_second: None,
            burst: None,
            per_day: None,
            margin_percent: 20,
            page_size: easyecom::ORDERS_PER_PAGE_MAX,
            stock_page_size: 100,
            status_ids: TrackingIds::default(),
            company_carrier_id: 0,
            courier: "DTDC".to_owned(),
            document_hosts: DOCUMENT_HOSTS.map(str::to_owned).to_vec(),
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

    /// What the client is made of.
    pub fn settings(&self) -> easyecom::Settings {
        easyecom::Settings {
            base_url: self.base_url.clone(),
            paths: self.paths.clone(),
            confirm_verb: self.confirm_verb,
            assign_encoding: self.assign_encoding,
            page_size: self.page_size,
            stock_page_size: self.stock_page_size,
            status_ids: self.status_ids,
        }
    }
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
    /// `NON-DOCUMENT` or `DOCUMENT`.
    pub load_type: String,
    /// Commodity: an id of DTDC's sheet or the commodity's name.
    pub commodity_id: String,
    /// Label layout.
    pub label_code: String,
    /// How the label travels.
    pub label_format: LabelFormat,
    /// Where the tracking token comes from.
    pub tracking_auth: TrackingAuth,
    /// Sizes of a parcel for which EasyEcom gives none.
    pub default_package: PackageDefaults,
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
            service_type_id: "B2C PRIORITY".to_owned(),
            load_type: "NON-DOCUMENT".to_owned(),
            commodity_id: "7".to_owned(),
            label_code: "SHIP_LABEL_4X6".to_owned(),
            label_format: LabelFormat::Pdf,
            tracking_auth: TrackingAuth::Login,
            default_package: PackageDefaults::default(),
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
    /// Booking and cancelling.
    pub booking: String,
    /// Labels.
    pub label: String,
    /// Tracking.
    pub tracking: String,
    /// PIN look-up.
    pub pincode: String,
}

impl Default for DtdcUrls {
    fn default() -> Self {
        Self {
            booking: "https://dtdcapi.shipsy.io".to_owned(),
            label: "https://pxapi.dtdc.in".to_owned(),
            tracking: "https://blktracksvc.dtdc.com".to_owned(),
            pincode: "https://smarttrack-ctbsplus.dtdc.com".to_owned(),
        }
    }
}

impl Dtdc {
    /// What the client is made of.
    pub fn settings(&self) -> dtdc::Settings {
        dtdc::Settings {
            booking_url: self.urls.booking.clone(),
            label_url: self.urls.label.clone(),
            tracking_url: self.urls.tracking.clone(),
            pincode_url: self.urls.pincode.clone(),
            customer_code: self.customer_code.clone(),
            service_type_id: self.service_type_id.clone(),
            load_type: self.load_type.clone(),
            commodity_id: self.commodity_id.clone(),
            origin: self.origin.clone(),
            label_code: self.label_code.clone(),
            label_format: self.label_format,
            tracking_auth: self.tracking_auth,
            default_package: self.default_package.clone(),
        }
    }
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
