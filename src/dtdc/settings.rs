//! What can differ from one DTDC account to the next.

use std::fmt;

use rust_decimal::Decimal;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::domain::order::Package;

/// How DTDC is spoken to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Scheme and host of booking and cancelling (contracts/dtdc.md section 1).
    pub booking_url: String,
    /// Scheme and host of the label.
    pub label_url: String,
    /// Scheme and host of tracking.
    pub tracking_url: String,
    /// Scheme and host of the PIN look-up; two spellings are in use.
    pub pincode_url: String,
    /// The seller's number at DTDC.
    pub customer_code: String,
    /// The service booked, of a closed set per account (section 2).
    pub service_type_id: String,
    /// `NON-DOCUMENT` or `DOCUMENT`.
    pub load_type: String,
    /// An id of DTDC's sheet or the commodity's name. A wrong one is taken and mis-declares the
    /// parcel (section 2).
    pub commodity_id: String,
    /// The sender.
    pub origin: Origin,
    /// The label's layout (section 3).
    pub label_code: String,
    /// How the label travels.
    pub label_format: LabelFormat,
    /// Where the tracking token comes from (section 6).
    pub tracking_auth: TrackingAuth,
    /// Sizes of a parcel for which EasyEcom gives none.
    pub default_package: DefaultPackage,
    /// Whether the PIN code is looked up before a booking.
    pub check_serviceability: bool,
}

impl Default for Settings {
    fn default() -> Self {
        let text = str::to_owned;
        Self {
            booking_url: text("https://dtdcapi.shipsy.io"),
            label_url: text("https://pxapi.dtdc.in"),
            tracking_url: text("https://blktracksvc.dtdc.com"),
            pincode_url: text("https://smarttrack-ctbsplus.dtdc.com"),
            customer_code: String::new(),
            service_type_id: String::new(),
            load_type: text("NON-DOCUMENT"),
            commodity_id: text("7"),
            origin: Origin::default(),
            label_code: text("SHIP_LABEL_4X6"),
            label_format: LabelFormat::Pdf,
            tracking_auth: TrackingAuth::Token,
            default_package: DefaultPackage::default(),
            check_serviceability: true,
        }
    }
}

impl Settings {
    /// Every setting that stands on a guess or a dispute, as (name, value): for `raftaar doctor`.
    pub fn unverified(&self) -> Vec<(&'static str, &str)> {
        vec![
            ("pincode_url", &self.pincode_url),
            ("service_type_id", &self.service_type_id),
            ("commodity_id", &self.commodity_id),
            ("tracking_auth", self.tracking_auth.word()),
        ]
    }
}

/// The sender as the label shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Origin {
    /// Name.
    pub name: String,
    /// Phone; sent as ten digits.
    pub phone: String,
    /// Address, first line.
    pub address_1: String,
    /// Address, second line.
    pub address_2: String,
    /// City.
    pub city: String,
    /// State.
    pub state: String,
    /// PIN code.
    pub pincode: String,
}

/// How the label travels (contracts/dtdc.md section 3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelFormat {
    /// The PDF itself.
    #[default]
    Pdf,
    /// Base 64 inside JSON.
    Base64,
}

impl LabelFormat {
    /// As the query wants it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Base64 => "base64",
        }
    }
}

/// Where the tracking token comes from (contracts/dtdc.md section 6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackingAuth {
    /// `authenticate` with user and password.
    #[default]
    Token,
    /// DTDC handed out a key that does not change.
    StaticKey,
}

impl TrackingAuth {
    /// As in the settings file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::StaticKey => "static_key",
        }
    }
}

/// Sizes of a parcel for which EasyEcom gives none. 0 means none is set: such a parcel is then not
/// booked, since a made-up weight is billed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DefaultPackage {
    /// Grams.
    pub weight_g: u32,
    /// Centimetres.
    pub length_cm: u32,
    /// Centimetres.
    pub width_cm: u32,
    /// Centimetres.
    pub height_cm: u32,
}

impl DefaultPackage {
    /// `package` with what it lacks; a size of zero or less is none.
    pub fn complete(self, package: &Package) -> Package {
        let size = |given: Option<Decimal>, default: u32| {
            given
                .filter(|size| *size > Decimal::ZERO)
                .or_else(|| (default > 0).then(|| Decimal::from(default)))
        };
        Package {
            weight_g: size(package.weight_g, self.weight_g),
            length_cm: size(package.length_cm, self.length_cm),
            width_cm: size(package.width_cm, self.width_cm),
            height_cm: size(package.height_cm, self.height_cm),
        }
    }
}

/// DTDC's two keys: booking and tracking are unrelated systems (contracts/dtdc.md section 0).
#[derive(Clone)]
pub struct Credentials {
    /// `api-key` of booking, cancelling and labels.
    pub api_key: SecretString,
    /// User of `authenticate`.
    pub tracking_username: String,
    /// Its password. Travels in a URL.
    pub tracking_password: SecretString,
    /// The key that does not change, with [`TrackingAuth::StaticKey`].
    pub tracking_key: Option<SecretString>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_file() {
        let all: Settings = toml::from_str("").expect("empty is all defaults");
        assert_eq!(all, Settings::default());
        let some: Settings = toml::from_str(
            "label_format = 'base64'\ntracking_auth = 'static_key'\n\
             [origin]\npincode = '560001'\n[default_package]\nweight_g = 500",
        )
        .expect("a file");
        assert_eq!(some.label_format.word(), "base64");
        assert_eq!(some.tracking_auth, TrackingAuth::StaticKey);
        assert_eq!(some.default_package.weight_g, 500);
        assert_eq!(some.load_type, "NON-DOCUMENT");
        assert!(toml::from_str::<Settings>("[origin]\npin = '560001'").is_err());
        assert!(some.unverified().contains(&("tracking_auth", "static_key")));
    }

    #[test]
    fn only_what_is_missing_is_filled_in() {
        let default = DefaultPackage {
            weight_g: 500,
            length_cm: 20,
            ..DefaultPackage::default()
        };
        let full = default.complete(&Package {
            weight_g: Some(Decimal::ZERO),
            length_cm: Some(Decimal::from(7)),
            ..Package::default()
        });
        assert_eq!(full.weight_g, Some(Decimal::from(500)));
        assert_eq!(full.length_cm, Some(Decimal::from(7)));
        assert_eq!(full.width_cm, None);
    }
}
