//! What people decide.

use super::{View, change, observe, site};
use crate::domain::{
    event::{Decision, Entry, Event},
    outcome::{Failure, FailureKind, Signed},
    record::{Cancelled, OrderRecord, Park, ParkReason, Progress},
    step::Call,
    text::Clean,
};

pub(super) fn decided<V: View>(entry: &Entry, view: &mut V) -> Result<(), V::Error> {
    match &entry.event {
        Event::Held { invoice, reason } => change(entry, *invoice, view, |r| {
            r.hold = Some(signed(entry, reason))
        }),
        Event::Released { invoice, .. } => change(entry, *invoice, view, |r| r.hold = None),
        Event::Parked { invoice, reason } => change(entry, *invoice, view, |r| {
            r.park = Some(Park {
                reason: reason.clone(),
                at: entry.at,
                by: entry.by.clone(),
            });
        }),
        Event::Decided {
            invoice,
            decision,
            reason,
        } => change(entry, *invoice, view, |r| match decision {
            Decision::Ship => {
                r.cleared = Some(signed(entry, reason));
                resume(entry, r);
            }
            // Trying again does not change what a twin or a foreign AWB is.
            Decision::Retry if needs_verdict(r) => {}
            Decision::Retry => resume(entry, r),
            Decision::Drop => {
                r.park = None;
                if !r.manifest.progress.is_done() && r.cancelled.is_none() {
                    r.cancelled = Some(Cancelled {
                        at: entry.at,
                        by: entry.by.clone(),
                        after_manifest: false,
                    });
                    observe::orphan(r);
                }
            }
        }),
        Event::FlagsCleared { invoice } => change(entry, *invoice, view, |r| r.trail.flags.clear()),
        Event::Paused { reason } => site(view, |s| s.paused = Some(signed(entry, reason))),
        Event::Resumed => site(view, |s| s.paused = None),
        _ => Ok(()),
    }
}

/// Whether only shipping or dropping settles why it is parked.
fn needs_verdict(record: &OrderRecord) -> bool {
    record
        .park
        .as_ref()
        .is_some_and(|p| p.reason.needs_verdict())
}

fn signed(entry: &Entry, reason: &Clean) -> Signed {
    Signed {
        at: entry.at,
        by: entry.by.clone(),
        reason: reason.clone(),
    }
}

/// Everything that waits may be tried at once; strikes are forgiven. A booking of unknown outcome
/// becomes one that may be repeated: a person has taken that on themselves.
fn resume(entry: &Entry, record: &mut OrderRecord) {
    let gives_up_waiting = record
        .park
        .as_ref()
        .is_some_and(|p| p.reason == ParkReason::BookingUnknown);
    record.park = None;
    for call in [
        Call::Book,
        Call::Assign,
        Call::Confirm,
        Call::Documents,
        Call::Manifest,
        Call::Tracking,
        Call::CancelBooking,
    ] {
        let Some(state) = record.call_mut(call) else {
            continue;
        };
        state.strikes = 0;
        if let Progress::Waiting { retry_at, .. } = &mut state.progress {
            *retry_at = entry.at;
        }
        if gives_up_waiting && call == Call::Book && state.progress.is_open() {
            state.progress = Progress::Waiting {
                failure: Failure::new(
                    FailureKind::NotSeen,
                    &format!("{} decided that it was not booked", entry.by),
                ),
                at: entry.at,
                retry_at: entry.at,
            };
        }
    }
}
