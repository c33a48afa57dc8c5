//! Which orders a person should look at.

use serde::{Deserialize, Serialize};

use super::{BookingState, CallState, OrderRecord, Progress};
use crate::domain::{step::Call, tracking::Flag};

/// Why a person should look at an order, most pressing first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attention {
    /// Cancelled at EasyEcom after its manifest.
    CancelledAfterManifest,
    /// Parked.
    Parked,
    /// A booked AWB that will not travel and is not cancelled.
    OrphanAwb,
    /// The carrier's scans contradict each other or are not understood.
    Tracking,
    /// Held by a person.
    Held,
    /// A call keeps failing; the machine goes on trying.
    Failing,
    /// A call's outcome is not known; the machine reads until it is, or parks the order.
    Unknown,
}

impl Attention {
    /// All, most pressing first.
    pub const ALL: [Self; 7] = [
        Self::CancelledAfterManifest,
        Self::Parked,
        Self::OrphanAwb,
        Self::Tracking,
        Self::Held,
        Self::Failing,
        Self::Unknown,
    ];

    /// Whether the machine waits for a person. An outcome that is not known it reads itself, until it is
    /// known or the order is parked.
    pub fn waits_for_a_person(self) -> bool {
        self != Self::Unknown
    }

    /// What an operator calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::CancelledAfterManifest => "Cancelled late",
            Self::Unknown => "Unknown",
            Self::Parked => "Parked",
            Self::OrphanAwb => "Orphan AWB",
            Self::Tracking => "Tracking",
            Self::Held => "Held",
            Self::Failing => "Failing",
        }
    }
}

impl OrderRecord {
    /// Whether it was cancelled after its manifest, and nobody has taken note of that yet.
    pub fn is_cancelled_late(&self) -> bool {
        self.cancelled
            .as_ref()
            .is_some_and(|c| c.after_manifest && c.noted_by.is_none())
    }

    /// The call that fails and is tried again. Of an order that was cancelled before its manifest only the
    /// cancelling of its AWB is.
    pub fn failing(&self) -> Option<(Call, &CallState)> {
        let over = self.cancelled.as_ref().is_some_and(|c| !c.after_manifest);
        let fails = |(call, state): &(Call, &CallState)| {
            let tried = !over || *call == Call::CancelBooking;
            tried && state.strikes > 0 && !state.progress.is_done()
        };
        self.calls().find(fails)
    }

    /// Whether, and why, a person should look at it. What a person has to decide comes before what the
    /// machine still reads; that comes before an older failure.
    pub fn attention(&self) -> Option<Attention> {
        if self.is_cancelled_late() {
            return Some(Attention::CancelledAfterManifest);
        }
        if self.cancelled.is_none() && self.park.is_some() {
            return Some(Attention::Parked);
        }
        if self
            .booking
            .as_ref()
            .is_some_and(|b| b.state == BookingState::Orphan)
        {
            return Some(Attention::OrphanAwb);
        }
        if self.trail.flags.iter().any(Flag::needs_person) {
            return Some(Attention::Tracking);
        }
        if self.cancelled.is_none() && self.hold.is_some() {
            return Some(Attention::Held);
        }
        if self
            .calls()
            .any(|(_, c)| matches!(c.progress, Progress::Unknown { .. }))
        {
            return Some(Attention::Unknown);
        }
        if self.failing().is_some() {
            return Some(Attention::Failing);
        }
        None
    }
}
