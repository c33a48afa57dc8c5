//! Names of things. Numbers that EasyEcom gives stay numbers; texts are cleaned and bounded.

use std::{fmt, num::ParseIntError, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::text::Clean;

macro_rules! numeric_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;
            fn from_str(text: &str) -> Result<Self, ParseIntError> {
                text.trim().parse().map(Self)
            }
        }
    };
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Clean);

        impl $name {
            /// Cleans and bounds `raw`.
            pub fn new(raw: &str) -> Self {
                Self(Clean::with_limit(raw, ID_CHARS_MAX))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }

            /// Whether there is none.
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

/// Longest text id in characters; the longest seen in the contracts is a manifest number of 32.
const ID_CHARS_MAX: usize = 96;

numeric_id!(
    /// One row of EasyEcom, one shipment, one package: the key of an order here.
    InvoiceId
);
numeric_id!(
    /// EasyEcom's order; it can have several invoices.
    OrderId
);
numeric_id!(
    /// The marketplace an order came from.
    MarketplaceId
);
numeric_id!(
    /// The seller's own carrier record at EasyEcom (`companyCarrierId`, shown as `carrier_id`).
    CarrierId
);

text_id!(
    /// The merchant's order number; splits and re-invoices carry a suffix (`_OR1`, `_RE1`).
    ReferenceCode
);
text_id!(
    /// EasyEcom's key of a warehouse, such as `ab1234567890`.
    LocationKey
);
text_id!(
    /// A stock keeping unit.
    Sku
);
text_id!(
    /// EasyEcom's opaque manifest number.
    ManifestNo
);
text_id!(
    /// Who asked: the socket peer's user, `--operator`, or `engine`.
    Operator
);

impl Operator {
    /// The worker itself.
    pub fn engine() -> Self {
        Self::new("engine")
    }
}

/// An air waybill number: the carrier's number of one parcel. Upper case, letters and digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Awb(Box<str>);

/// Why a text is no AWB.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum AwbError {
    /// Wrong number of characters.
    #[error("an AWB has 6 to 32 characters")]
    Length,
    /// Something else than letters and digits.
    #[error("an AWB has only letters and digits")]
    Character,
}

impl Awb {
    /// Reads an AWB: trimmed, upper-cased, 6 to 32 letters and digits.
    pub fn parse(raw: &str) -> Result<Self, AwbError> {
        let raw = raw.trim();
        if !(6..=32).contains(&raw.len()) {
            return Err(AwbError::Length);
        }
        if !raw.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(AwbError::Character);
        }
        Ok(Self(raw.to_ascii_uppercase().into()))
    }

    /// The number.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it has one of the shapes seen at DTDC (contracts/dtdc.md section 8): a warning, never
    /// a refusal, since no official rule or check digit is known.
    pub fn looks_like_dtdc(&self) -> bool {
        let b = self.0.as_bytes();
        let digits = |s: &[u8]| s.iter().all(u8::is_ascii_digit);
        match b {
            [first, rest @ ..] if first.is_ascii_uppercase() => rest.len() == 8 && digits(rest),
            [first, second, rest @ ..] if first.is_ascii_digit() && second.is_ascii_uppercase() => {
                (7..=9).contains(&rest.len()) && digits(rest)
            }
            all => all.len() == 12 && digits(all),
        }
    }
}

impl TryFrom<String> for Awb {
    type Error = AwbError;
    fn try_from(raw: String) -> Result<Self, AwbError> {
        Self::parse(&raw)
    }
}

impl From<Awb> for String {
    fn from(awb: Awb) -> Self {
        awb.0.into()
    }
}

impl FromStr for Awb {
    type Err = AwbError;
    fn from_str(raw: &str) -> Result<Self, AwbError> {
        Self::parse(raw)
    }
}

impl fmt::Display for Awb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn awb_shapes() {
        for (raw, dtdc) in [
            ("D00000001", true),
            ("7x100761088", true),
            ("7D1234567", true),
            ("123456789012", true),
            ("ABC123", false),
        ] {
            let awb = Awb::parse(raw).expect(raw);
            assert_eq!(awb.looks_like_dtdc(), dtdc, "{raw}");
            assert_eq!(awb.as_str(), raw.to_ascii_uppercase());
        }
        assert_eq!(Awb::parse("12"), Err(AwbError::Length));
        assert_eq!(Awb::parse("7X10076;088"), Err(AwbError::Character));
        assert_eq!(Awb::parse("\u{1b}[31mD0000"), Err(AwbError::Character));
    }
}
