//! How a call ended.

use serde::{Deserialize, Serialize};

use crate::domain::{
    ids::{Awb, ManifestNo},
    outcome::{Evidence, Failure},
    record::AwbSource,
    text::Clean,
    time::Stamp,
};

/// The end of a call, for one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum Outcome {
    /// It happened.
    Applied {
        /// Why we believe it.
        evidence: Evidence,
        /// What it gave.
        #[serde(default, skip_serializing_if = "Gave::is_nothing")]
        gave: Gave,
    },
    /// The remote took it; the effect is to be read.
    Accepted {
        /// The remote's words.
        says: Clean,
        /// First look.
        check_at: Stamp,
    },
    /// Certainly no effect.
    NotApplied {
        /// Why.
        failure: Failure,
        /// Not before.
        retry_at: Stamp,
    },
    /// Not known.
    Unknown {
        /// What was seen.
        saw: Clean,
        /// First look.
        check_at: Stamp,
    },
}

/// What an applied call gave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "gave", rename_all = "snake_case")]
pub enum Gave {
    /// Nothing to keep.
    #[default]
    Nothing,
    /// An AWB.
    Awb {
        /// Which.
        awb: Awb,
        /// From where.
        source: AwbSource,
    },
    /// A manifest number.
    Manifest {
        /// Which.
        number: Option<ManifestNo>,
    },
}

impl Gave {
    fn is_nothing(&self) -> bool {
        *self == Self::Nothing
    }
}

/// The end of a push for one SKU.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum StockResult {
    /// EasyEcom took this figure.
    Taken {
        /// The figure that it says it took.
        quantity: i64,
    },
    /// EasyEcom refused this SKU.
    Refused {
        /// In these words.
        says: Clean,
    },
    /// The push as a whole certainly had no effect.
    NotApplied {
        /// Why.
        failure: Failure,
        /// Not before.
        retry_at: Stamp,
    },
    /// Not known; the current figure is pushed again after the settle time.
    Unknown {
        /// What was seen.
        saw: Clean,
    },
}
