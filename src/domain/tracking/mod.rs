//! Tracking: the carrier's scans, what each code means, and what may be pushed
//! (contracts/dtdc.md sections 6 and 8).

mod codes;
mod rules;

pub use codes::{CODES, CodeRow, Meaning, meaning, ndr_reason};
pub use rules::{Flag, Pending, Trail};

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{text::Clean, time::Stamp};

/// A scan of the carrier, kept as it came (cleaned) whether or not it is pushed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    /// The code, upper case: decides everything. Words never do.
    pub code: Clean,
    /// The carrier's words.
    pub words: Clean,
    /// When.
    pub at: Stamp,
    /// Where.
    pub place: Clean,
    /// Remarks without personal data: for `NONDLV` the reason `CODE|TEXT`; dropped on `DLV`, where
    /// it is the receiver's name.
    pub remarks: Clean,
    /// Position in the carrier's list: breaks ties of the minute-grained time.
    pub position: u16,
}

impl Scan {
    /// What makes two scans the same event: code, time, place.
    pub fn same_event(&self, other: &Self) -> bool {
        self.code == other.code && self.at == other.at && self.place == other.place
    }
}

/// What EasyEcom is told. The order is the forward order; RTO is a leg of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackingStatus {
    /// Shipping status 18.
    PickupScheduled,
    /// 2.
    InTransit,
    /// 20.
    OutForDelivery,
    /// 3.
    Delivered,
    /// 17: on the way back.
    Rto,
    /// 9: back at the seller. Final.
    RtoDelivered,
}

impl TrackingStatus {
    /// All, in forward order.
    pub const ALL: [Self; 6] = [
        Self::PickupScheduled,
        Self::InTransit,
        Self::OutForDelivery,
        Self::Delivered,
        Self::Rto,
        Self::RtoDelivered,
    ];

    /// What an operator calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::PickupScheduled => "Pickup Scheduled",
            Self::InTransit => "In Transit",
            Self::OutForDelivery => "Out for Delivery",
            Self::Delivered => "Delivered",
            Self::Rto => "RTO",
            Self::RtoDelivered => "RTO Delivered",
        }
    }

    /// Whether nothing may follow without a person.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Delivered | Self::RtoDelivered)
    }

    /// Whether `next` may be told after `self`: forward only, RTO from anything but Delivered,
    /// nothing after a final status (contracts/dtdc.md section 8).
    pub fn may_become(self, next: Self) -> bool {
        if self.is_final() {
            return false;
        }
        match (self, next) {
            (Self::Rto, next) => next == Self::RtoDelivered,
            (_, Self::Rto | Self::RtoDelivered) => true,
            (now, next) => next > now,
        }
    }
}

impl fmt::Display for TrackingStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.title())
    }
}
