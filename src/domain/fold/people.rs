//! What people decide.

use super::{View, change, observe, save, site};
use crate::domain::{
    event::{Decision, Entry, Event},
    outcome::{Failure, FailureKind, Signed},
    record::{Cancelled, CancelledBy, OrderRecord, Park, ParkReason, Progress},
    step::Call,
    text::Clean,
};

pub(super) fn decided<V: View>(entry: &Entry, view: &mut V) -> Result<(), V::Error> {
    match &entry.event {
        Event::Held { invoice, reason } => change(entry, *invoice, view, |r| {
            r.hold = Some(signed(entry, reason));
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
        } => {
            let Some(before) = view.order(*invoice)? else {
                return Ok(());
            };
            let mut after = before.clone();
            give_up_waiting(entry, &mut after);
            after.park = None;
            match decision {
                Decision::Ship => {
                    after.cleared = Some(signed(entry, reason));
                    resume(entry, &mut after);
                }
                Decision::Retry => resume(entry, &mut after),
                Decision::Drop if !after.manifest.progress.is_done() => {
                    after.cancelled.get_or_insert_with(|| Cancelled {
                        at: entry.at,
                        by: CancelledBy::Person(entry.by.clone()),
                        after_manifest: false,
                        noted_by: None,
                    });
                }
                Decision::Drop => {}
            }
            // A retry looks at EasyEcom's AWB again; "ship" goes on with ours against it.
            if after.booking.is_none() || *decision == Decision::Retry {
                observe::assigned(entry, &mut after, view)?;
            }
            // A retry does not make a twin an order of its own: only "ship" does.
            observe::park_if_twin(entry, &mut after, view)?;
            save(entry, Some(&before), after, view)
        }
        Event::FlagsCleared { invoice } => change(entry, *invoice, view, |r| {
            r.trail.flags.clear();
            if let Some(cancelled) = r.cancelled.as_mut().filter(|c| c.after_manifest) {
                cancelled.noted_by = Some(entry.by.clone());
            }
        }),
        Event::Paused { reason } => site(view, |s| s.paused = Some(signed(entry, reason))),
        Event::Resumed => site(view, |s| s.paused = None),
        _ => Ok(()),
    }
}

fn signed(entry: &Entry, reason: &Clean) -> Signed {
    Signed {
        at: entry.at,
        by: entry.by.clone(),
        reason: reason.clone(),
    }
}

/// A booking that no reading settles counts as not made: a person has taken that on themselves.
fn give_up_waiting(entry: &Entry, record: &mut OrderRecord) {
    let waits = record
        .park
        .as_ref()
        .is_some_and(|p| matches!(p.reason, ParkReason::BookingUnknown { .. }));
    if waits && record.book.progress.is_open() {
        record.book.progress = Progress::Waiting {
            failure: Failure::new(
                FailureKind::NotSeen,
                &format!("{} decided that it was not booked", entry.by),
            ),
            at: entry.at,
            retry_at: entry.at,
        };
    }
}

/// Everything that waits may be tried at once; strikes are forgiven.
fn resume(entry: &Entry, record: &mut OrderRecord) {
    for call in Call::OF_ORDER {
        let Some(state) = record.call_mut(call) else {
            continue;
        };
        state.strikes = 0;
        state.refused = state.refused.min(1);
        if let Progress::Waiting { retry_at, .. } = &mut state.progress {
            *retry_at = entry.at;
        }
    }
}
