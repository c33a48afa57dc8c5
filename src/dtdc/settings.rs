//! What differs from one DTDC account to the next.

use std::fmt;

use rust_decimal::Decimal;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::domain::order::Package;

/// How DTDC is spoken to (contracts/dtdc.md section 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Booking and cancelling.
    pub booking_url: String,
    /// Labels.
    pub label_url: String,
    /// Tracking.
    pub tracking_url: String,
    /// The PIN look-up.
    pub pincode_url: String,
    /// `customer_code`: two letters and digits.
    pub customer_code: String,
    /// `service_type_id`: a closed set per account; none naming Raftaar is public (section 9).
    pub service_type_id: String,
    /// `load_type`: `NON-DOCUMENT` or `DOCUMENT`.
    pub load_type: String,
    /// `commodity_id`: a wrong one is taken and mis-declares the parcel; 7 is "others".
    pub commodity_id: String,
    /// Where parcels are picked up.
    pub origin: Origin,
    /// Sizes for orders that carry none.
    pub default_package: PackageDefaults,
    /// `label_code`.
    pub label_code: String,
    /// `label_format`.
    pub label_format: LabelFormat,
    /// How tracking is authorised.
    pub tracking_auth: TrackingAuth,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            booking_url: "https://dtdcapi.shipsy.io".to_owned(),
            label_url: "https://pxapi.dtdc.in".to_owned(),
            tracking_url: "https://blktracksvc.dtdc.com".to_owned(),
            pincode_url: "https://smarttrack-ctbsplus.dtdc.com".to_owned(),
            customer_code: String::new(),
            service_type_id: "B2C PRIORITY".to_owned(),
            load_type: "NON-DOCUMENT".to_owned(),
            commodity_id: "7".to_owned(),
            origin: Origin::default(),
            default_package: PackageDefaults::default(),
            label_code: "SHIP_LABEL_4X6".to_owned(),
            label_format: LabelFormat::Pdf,
            tracking_auth: TrackingAuth::Login,
        }
    }
}

impl Settings {
    /// Every setting that stands on a guess or a dispute, as (name, value): for `raftaar doctor`.
    pub fn unverified(&self) -> Vec<(&'static str, &str)> {
        vec![
            ("urls.pincode", &self.pincode_url),
            ("service_type_id", &self.service_type_id),
            ("commodity_id", &self.commodity_id),
        ]
    }
}

/// Where parcels are picked up: `origin_details`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Origin {
    /// Name.
    pub name: String,
    /// Phone, 10 digits.
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

/// Sizes for orders that carry none. DTDC asks for all four (section 2) and bills by them: the default
/// is a small parcel, which the warehouse corrects, or sets to 0 so that nothing is booked by guess.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PackageDefaults {
    /// Grams.
    pub weight_g: u32,
    /// Centimetres.
    pub length_cm: u32,
    /// Centimetres.
    pub width_cm: u32,
    /// Centimetres.
    pub height_cm: u32,
}

impl Default for PackageDefaults {
    fn default() -> Self {
        Self {
            weight_g: 500,
            length_cm: 20,
            width_cm: 15,
            height_cm: 10,
        }
    }
}

impl PackageDefaults {
    /// `package` with what it lacks. A size of zero or less is none, in the order and here: setting
    /// one to 0 keeps parcels without it from being booked.
    pub fn complete(&self, package: &Package) -> Package {
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

/// How a label comes (section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelFormat {
    /// As it is.
    Pdf,
    /// In JSON.
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

/// How tracking is authorised (section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackingAuth {
    /// User and password give a token.
    Login,
    /// A key that DTDC handed out.
    StaticKey,
}

/// The account's secrets: three unrelated systems (section 0).
#[derive(Clone)]
pub struct Credentials {
    /// Shipsy `api-key`.
    pub api_key: SecretString,
    /// Tracking user.
    pub tracking_username: String,
    /// Tracking password.
    pub tracking_password: SecretString,
    /// Tracking key, where DTDC handed one out.
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
        let read = |text| toml::from_str::<crate::config::Dtdc>(text).map(|it| it.settings());
        let all = read("").expect("empty is all defaults");
        assert_eq!(all, Settings::default());
        let some = read(
            "label_format = 'base64'\ntracking_auth = 'static_key'\n\
             [origin]\npincode = '560001'\n[default_package]\nweight_g = 700",
        )
        .expect("a file");
        assert_eq!(some.label_format.word(), "base64");
        assert_eq!(some.tracking_auth, TrackingAuth::StaticKey);
        assert_eq!(some.default_package.weight_g, 700);
        assert_eq!(some.load_type, "NON-DOCUMENT");
        assert!(read("[origin]\npin = '560001'").is_err());
        assert!(some.unverified().contains(&("commodity_id", "7")));
    }

    #[test]
    fn only_what_is_missing_is_filled_in() {
        let default = PackageDefaults {
            weight_g: 500,
            length_cm: 20,
            width_cm: 0,
            height_cm: 0,
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
