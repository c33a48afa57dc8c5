//! What the engine does next for an order, read from its record alone: this is what the index of due
//! work is made of, so that planning never scans the orders.

use serde::{Deserialize, Serialize};

use super::{
    gate::stands_open,
    record::{AwbSource, BookingState, CallState, OrderRecord, ParkReason, Progress},
    step::Call,
    time::Stamp,
};

/// Kinds of work, most pressing first: when calls are short, the first ones get them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// Read the remote to settle a call.
    Reconcile,
    /// Ready for a manifest.
    Manifest,
    /// Fetch documents.
    Documents,
    /// Confirm.
    Confirm,
    /// Assign an AWB.
    Assign,
    /// Book an AWB.
    Book,
    /// Cancel an AWB.
    CancelBooking,
    /// Tell EasyEcom a status.
    Tell,
    /// Ask the carrier for scans.
    Pull,
}

impl Work {
    /// What an operator calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Reconcile => "check",
            Self::Manifest => Call::Manifest.title(),
            Self::Documents => Call::Documents.title(),
            Self::Confirm => Call::Confirm.title(),
            Self::Assign => Call::Assign.title(),
            Self::Book => Call::Book.title(),
            Self::CancelBooking => Call::CancelBooking.title(),
            Self::Tell => Call::Tracking.title(),
            Self::Pull => "read scans",
        }
    }

    /// All, most pressing first.
    pub const ALL: [Self; 9] = [
        Self::Reconcile,
        Self::Manifest,
        Self::Documents,
        Self::Confirm,
        Self::Assign,
        Self::Book,
        Self::CancelBooking,
        Self::Tell,
        Self::Pull,
    ];
}

/// Work that is due from an instant on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// What.
    pub work: Work,
    /// The call it makes or settles.
    pub call: Call,
    /// Not before.
    pub at: Stamp,
    /// When the order has to leave: of what is due at once, the most urgent gets the calls.
    pub leaves_by: Stamp,
}

/// The next work of an order, if it is the engine's turn. A settled order, one that waits for a
/// person and one that waits for EasyEcom's next reading have none.
pub fn due(record: &OrderRecord) -> Option<Due> {
    if let Some(due) = unsettled(record) {
        return Some(due);
    }
    if let Some(due) = orphan(record) {
        return Some(due);
    }
    if record.manifest.progress.is_done() {
        return after_manifest(record);
    }
    if record.cancelled.is_some() || record.hold.is_some() || record.park.is_some() {
        return None;
    }
    before_manifest(record)
}

/// A call whose outcome is open comes first, whatever else is said of the order.
fn unsettled(record: &OrderRecord) -> Option<Due> {
    record.calls().find_map(|(call, state)| {
        let at = match &state.progress {
            Progress::Sent { intent } => intent.settle_at,
            Progress::Unknown { check_at, .. } | Progress::Accepted { check_at, .. } => *check_at,
            _ => return None,
        };
        let waits_for_person = call == Call::Book
            && record
                .park
                .as_ref()
                .is_some_and(|p| matches!(p.reason, ParkReason::BookingUnknown { .. }));
        (!waits_for_person).then_some(Due {
            work: Work::Reconcile,
            call,
            at,
            leaves_by: record.urgency(),
        })
    })
}

fn orphan(record: &OrderRecord) -> Option<Due> {
    let booking = record.booking.as_ref()?;
    if booking.state != BookingState::Orphan || record.manifest.progress.is_done() {
        return None;
    }
    Some(Due {
        work: Work::CancelBooking,
        call: Call::CancelBooking,
        at: not_before(&record.cancel_booking, booking.at),
        leaves_by: record.urgency(),
    })
}

fn after_manifest(record: &OrderRecord) -> Option<Due> {
    // A parcel that others sent, or one that EasyEcom does not know under our AWB, is not ours to
    // report.
    let booking = record.booking.as_ref()?;
    let ours = booking.source != AwbSource::Foreign || record.cleared.is_some();
    if !ours || booking.state != BookingState::Live || !record.assign.progress.is_done() {
        return None;
    }
    if record.trail.next_to_tell().is_some() {
        return Some(Due {
            work: Work::Tell,
            call: Call::Tracking,
            at: not_before(&record.push, record.read_at),
            leaves_by: record.urgency(),
        });
    }
    let ended = record
        .trail
        .reached
        .is_some_and(super::tracking::TrackingStatus::is_final);
    (!ended).then_some(Due {
        work: Work::Pull,
        call: Call::Tracking,
        at: record
            .trail
            .last
            .as_ref()
            .map_or(record.read_at, |scan| scan.at.min(record.read_at)),
        leaves_by: record.urgency(),
    })
}

fn before_manifest(record: &OrderRecord) -> Option<Due> {
    let (work, call, state) = if record.confirm.progress.is_done() {
        if record.label.is_some() && record.invoice.is_some() {
            (Work::Manifest, Call::Manifest, &record.manifest)
        } else {
            (Work::Documents, Call::Documents, &record.documents)
        }
    } else if record.assign.progress.is_done() {
        (Work::Confirm, Call::Confirm, &record.confirm)
    } else if record.live_awb().is_some() {
        (Work::Assign, Call::Assign, &record.assign)
    } else {
        (Work::Book, Call::Book, &record.book)
    };
    // EasyEcom shows something in which the call is not legal: its next change is read anyway.
    let waits_for_easyecom =
        matches!(call, Call::Book | Call::Assign | Call::Confirm) && !stands_open(call, record);
    (!waits_for_easyecom).then(|| Due {
        work,
        call,
        at: not_before(state, record.first_seen),
        leaves_by: record.urgency(),
    })
}

fn not_before(state: &CallState, otherwise: Stamp) -> Stamp {
    match &state.progress {
        Progress::Waiting { retry_at, .. } => *retry_at,
        _ => otherwise,
    }
}

#[cfg(test)]
mod tests;
