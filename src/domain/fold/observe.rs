//! What a fresh look at an order proves: effects of our own calls, and what others did.

use super::{View, calls::claim, save};
use crate::domain::{
    event::Entry,
    ids::{Awb, Operator},
    order::{ConfirmView, Order, RemoteStatus},
    outcome::{Evidence, Failure, FailureKind, Proof},
    record::{
        AwbSource, Booking, BookingState, CallState, Cancelled, CancelledBy, OrderRecord, Park,
        ParkReason, Progress,
    },
    text::Clean,
    time::Stamp,
    twin::{Kinship, kinship},
};

/// Who did what EasyEcom shows as done and nobody here asked for.
const EASYECOM: &str = "easyecom";

/// Confirmations that fail this often park the order: the remote runs them against stock and
/// address, which do not mend themselves.
const CONFIRM_STRIKES_MAX: u8 = 3;

/// EasyEcom's clock may lag behind ours by this much; a history entry older than that cannot belong
/// to our confirmation.
const CLOCK_SKEW_S: i64 = 120;

pub(super) fn order_seen<V: View>(
    entry: &Entry,
    order: &Order,
    view: &mut V,
) -> Result<(), V::Error> {
    let before = view.order(order.invoice_id)?;
    let mut after = match &before {
        None => OrderRecord::new(order.clone(), entry.at),
        // Reads can lag: an older picture never replaces a newer one.
        Some(held) if is_older(order, &held.order) => return Ok(()),
        Some(held) => {
            let mut next = held.clone();
            next.order = keep_known(order.clone(), &held.order);
            next.read_at = entry.at;
            next
        }
    };
    if let Some(held) = &before {
        revived(entry, held.order.updated_at, &mut after);
    }
    manifested(entry, &mut after);
    cancelled(entry, &mut after);
    assigned(entry, &mut after, view)?;
    confirmed(entry, &mut after);
    park_if_twin(entry, &mut after, view)?;
    save(entry, before.as_ref(), after, view)
}

/// Parks an order whose sibling is confirmed or shipped already.
pub(super) fn park_if_twin<V: View>(
    entry: &Entry,
    record: &mut OrderRecord,
    view: &V,
) -> Result<(), V::Error> {
    if may_still_park(record)
        && let Kinship::Twin(of) = kinship(record, &view.siblings(&record.order)?)
    {
        park(entry, record, ParkReason::Twin { of });
    }
    Ok(())
}

/// Parks the siblings of an order that was just confirmed or shipped: nobody may look at them again
/// otherwise, as EasyEcom has nothing new to show of them.
pub(super) fn park_twins<V: View>(
    entry: &Entry,
    committed: &OrderRecord,
    view: &mut V,
) -> Result<(), V::Error> {
    let of = committed.id();
    for before in view.siblings(&committed.order)? {
        let hinders = kinship(&before, std::slice::from_ref(committed)) == Kinship::Twin(of);
        if may_still_park(&before) && hinders {
            let mut after = before.clone();
            park(entry, &mut after, ParkReason::Twin { of });
            save(entry, Some(&before), after, view)?;
        }
    }
    Ok(())
}

/// A document link once seen stays. The history does not: the list leaves it out, and an old failure
/// in it must not be read as that of a newer confirmation.
fn keep_known(mut new: Order, held: &Order) -> Order {
    new.label_url = new.label_url.or_else(|| held.label_url.clone());
    new.invoice_url = new.invoice_url.or_else(|| held.invoice_url.clone());
    new
}

fn is_older(new: &Order, held: &Order) -> bool {
    matches!((new.updated_at, held.updated_at), (Some(new), Some(held)) if new < held)
}

fn may_still_park(record: &OrderRecord) -> bool {
    record.park.is_none()
        && record.cancelled.is_none()
        && !record.confirm.progress.is_done()
        && !record.confirm.progress.is_open()
        && !record.manifest.progress.is_done()
}

fn park(entry: &Entry, record: &mut OrderRecord, reason: ParkReason) {
    record.park = Some(Park {
        reason,
        at: entry.at,
        by: entry.by.clone(),
    });
}

fn done(entry: &Entry, state: &mut CallState, shows: &str) {
    let ours = state.attempts > 0;
    let by = state
        .progress
        .intent()
        .map_or_else(|| Operator::new(EASYECOM), |intent| intent.by.clone());
    state.strikes = 0;
    state.refused = 0;
    state.progress = Progress::Done {
        at: entry.at,
        by,
        evidence: Evidence::new(if ours { Proof::Read } else { Proof::Adopted }, shows),
    };
}

fn manifested(entry: &Entry, record: &mut OrderRecord) {
    if record.manifest.progress.is_done() || !record.order.is_manifested_remotely() {
        return;
    }
    let number = record.order.manifest_no.clone();
    let shows = match &number {
        Some(number) => format!("EasyEcom shows {}, manifest {number}", record.order.status),
        None => format!("EasyEcom shows {}", record.order.status),
    };
    done(entry, &mut record.manifest, &shows);
    record.manifest_no = number;
    if !record.confirm.progress.is_done() {
        done(entry, &mut record.confirm, &shows);
    }
    record.park = None;
}

fn cancelled(entry: &Entry, record: &mut OrderRecord) {
    if record.cancelled.is_some() || record.order.status != RemoteStatus::Cancelled {
        return;
    }
    record.cancelled = Some(Cancelled {
        at: entry.at,
        by: CancelledBy::EasyEcom,
        after_manifest: record.manifest.progress.is_done(),
        noted_by: None,
    });
}

/// EasyEcom took its cancellation back. Only a picture that is provably newer says so, reads lag;
/// and what a person dropped here stays dropped.
fn revived(entry: &Entry, held_at: Option<Stamp>, record: &mut OrderRecord) {
    let by_easyecom = record
        .cancelled
        .as_ref()
        .is_some_and(|c| c.by == CancelledBy::EasyEcom);
    let newer = matches!((record.order.updated_at, held_at), (Some(new), Some(held)) if new > held);
    let alive = !matches!(
        record.order.status,
        RemoteStatus::Cancelled | RemoteStatus::Returned | RemoteStatus::Other(_)
    );
    if !(by_easyecom && newer && alive) {
        return;
    }
    record.cancelled = None;
    if record.park.is_none() && !record.manifest.progress.is_done() {
        let says = format!(
            "EasyEcom shows {} after it was cancelled",
            record.order.status
        );
        let says = Clean::new(&says);
        park(entry, record, ParkReason::Contradiction { says });
    }
}

/// What the AWB that EasyEcom shows proves.
pub(super) fn assigned<V: View>(
    entry: &Entry,
    record: &mut OrderRecord,
    view: &mut V,
) -> Result<(), V::Error> {
    let Some(shown) = record.order.awb.clone() else {
        return Ok(());
    };
    match &record.booking {
        Some(booking) if booking.awb == shown => {
            if !record.assign.progress.is_done() {
                let shows = format!("EasyEcom shows AWB {shown}");
                done(entry, &mut record.assign, &shows);
            }
        }
        Some(booking) => {
            let travels = booking.state == BookingState::Live && record.cancelled.is_none();
            if travels && record.park.is_none() {
                let says = Clean::new(&format!(
                    "EasyEcom shows AWB {shown}, the ledger booked {}",
                    booking.awb
                ));
                park(entry, record, ParkReason::Contradiction { says });
            }
        }
        None => {
            // While a booking is open this waits: it is looked at again when that is settled. One
            // AWB on two invoices is never taken over; `settle` hands it to a person.
            if !record.book.progress.is_open() && claim(&shown, record.id(), view)? {
                adopt_foreign(entry, record, shown);
            }
        }
    }
    Ok(())
}

fn adopt_foreign(entry: &Entry, record: &mut OrderRecord, shown: Awb) {
    let says = format!("EasyEcom shows AWB {shown} of {}", record.order.courier);
    record.booking = Some(Booking {
        awb: shown,
        source: AwbSource::Foreign,
        state: BookingState::Live,
        at: entry.at,
    });
    for state in [&mut record.book, &mut record.assign] {
        if !state.progress.is_done() {
            done(entry, state, &says);
        }
    }
    if may_still_park(record) || record.confirm.progress.is_open() {
        park(
            entry,
            record,
            ParkReason::Foreign {
                says: Clean::new(&says),
            },
        );
    }
}

fn confirmed(entry: &Entry, record: &mut OrderRecord) {
    if record.confirm.progress.is_done() {
        return;
    }
    match record.order.confirm_view() {
        ConfirmView::Succeeded => {
            let shows = match &record.order.invoice_number {
                Some(number) => format!("{}, invoice {number}", record.order.status),
                None => record.order.status.title().to_owned(),
            };
            done(entry, &mut record.confirm, &shows);
        }
        ConfirmView::Failed if failure_is_news(record) => {
            record.confirm.strikes = record.confirm.strikes.saturating_add(1);
            record.confirm.refused = record.confirm.refused.saturating_add(1);
            let failure = Failure::new(FailureKind::Rejected, "EasyEcom: Confirm Fail (18)");
            record.confirm.progress = Progress::Waiting {
                failure,
                at: entry.at,
                retry_at: entry.at,
            };
            if record.confirm.strikes >= CONFIRM_STRIKES_MAX && record.park.is_none() {
                park(entry, record, ParkReason::ConfirmFailed);
            }
        }
        _ => {}
    }
}

/// Whether the failure in the history can belong to the confirmation that is under way, or, where
/// none is, leaves the order standing in Confirmed by somebody else's.
fn failure_is_news(record: &OrderRecord) -> bool {
    let Some(intent) = record.confirm.progress.intent() else {
        return record.order.status == RemoteStatus::Confirmed && record.confirm.refused == 0;
    };
    let first = record.confirm.attempts <= 1;
    record
        .order
        .history
        .iter()
        .rev()
        .find(|h| h.status_id == 18)
        .is_some_and(|h| {
            // The second and later failures must be newer than the attempt before: one without a
            // time could be the old one, and a repeat would confirm twice at once.
            let slack = if first { CLOCK_SKEW_S } else { 2 };
            h.at.map_or(first, |at| {
                at >= intent.at - chrono::Duration::seconds(slack)
            })
        })
}
