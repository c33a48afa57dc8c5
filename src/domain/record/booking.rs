//! The AWB that was bought for an order.

use serde::{Deserialize, Serialize};

use crate::domain::{ids::Awb, time::Stamp};

/// The AWB of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// The number.
    pub awb: Awb,
    /// Where it came from.
    pub source: AwbSource,
    /// Whether it still serves.
    pub state: BookingState,
    /// When it was bound.
    pub at: Stamp,
}

/// Where an AWB came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AwbSource {
    /// Allocated by DTDC's booking.
    Dtdc,
    /// From the file of allotted numbers.
    Allotted,
    /// EasyEcom showed it; not ours.
    Foreign,
}

/// Whether an AWB still serves its order. It is bound for ever; void is a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookingState {
    /// Travels or will travel.
    Live,
    /// Paid for, will not travel, not yet cancelled.
    Orphan,
    /// Cancelled at the carrier.
    Cancelled,
}
