//! What a fresh look at an order proves: effects of our own calls, and what others did.

use super::{View, save};
use crate::domain::{
    event::Entry,
    ids::Operator,
    order::{ConfirmView, Order, RemoteStatus},
    outcome::{Evidence, Failure, FailureKind, Proof},
    record::{
        AwbSource, Booking, BookingState, CallState, Cancelled, OrderRecord, Park, ParkReason,
        Progress,
    },
    text::Clean,
    twin::{Kinship, kinship},
};

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
    adopt(entry, &mut after);
    let siblings = view.siblings(order)?;
    if may_still_park(&after)
        && let Kinship::Twin(of) = kinship(&after, &siblings)
    {
        park(entry, &mut after, ParkReason::Twin { of });
    }
    save(entry, before.as_ref(), after, view)
}

/// The list leaves out what the details gave (the history), and a document link once seen stays.
fn keep_known(mut new: Order, held: &Order) -> Order {
    new.label_url = new.label_url.or_else(|| held.label_url.clone());
    new.invoice_url = new.invoice_url.or_else(|| held.invoice_url.clone());
    new
}

fn is_older(new: &Order, held: &Order) -> bool {
    matches!((new.updated_at, held.updated_at), (Some(new), Some(held)) if new < held)
}

pub(super) fn may_still_park(record: &OrderRecord) -> bool {
    record.park.is_none()
        && record.cancelled.is_none()
        && !record.confirm.progress.is_done()
        && !record.confirm.progress.is_open()
        && !record.manifest.progress.is_done()
}

pub(super) fn park(entry: &Entry, record: &mut OrderRecord, reason: ParkReason) {
    record.park = Some(Park {
        reason,
        at: entry.at,
        by: entry.by.clone(),
    });
}

/// Draws every conclusion that the newest picture allows.
fn adopt(entry: &Entry, record: &mut OrderRecord) {
    manifested(entry, record);
    cancelled(entry, record);
    assigned(entry, record);
    confirmed(entry, record);
}

fn done(entry: &Entry, state: &mut CallState, shows: &str) {
    let ours = state.attempts > 0;
    let by = state
        .progress
        .intent()
        .map_or_else(|| Operator::new("easyecom"), |intent| intent.by.clone());
    state.strikes = 0;
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
    let after_manifest = record.manifest.progress.is_done();
    record.cancelled = Some(Cancelled {
        at: entry.at,
        by: Operator::new("easyecom"),
        after_manifest,
    });
    if !after_manifest {
        orphan(record);
    }
}

/// A booked AWB that will not travel any more.
pub(super) fn orphan(record: &mut OrderRecord) {
    if let Some(booking) = &mut record.booking
        && booking.state == BookingState::Live
        && booking.source != AwbSource::Foreign
    {
        booking.state = BookingState::Orphan;
    }
}

fn assigned(entry: &Entry, record: &mut OrderRecord) {
    let Some(shown) = record.order.awb.clone() else {
        return;
    };
    match &record.booking {
        Some(booking) if booking.awb == shown => {
            if !record.assign.progress.is_done() {
                done(
                    entry,
                    &mut record.assign,
                    &format!("EasyEcom shows AWB {shown}"),
                );
            }
        }
        Some(booking) if booking.state == BookingState::Live => {
            if record.park.is_none() && record.cancelled.is_none() {
                let says = Clean::new(&format!(
                    "EasyEcom shows AWB {shown}, the ledger booked {}",
                    booking.awb
                ));
                park(entry, record, ParkReason::Contradiction { says });
            }
        }
        Some(_) => {}
        None if record.book.progress.is_open() => {}
        None => adopt_foreign(entry, record),
    }
}

fn adopt_foreign(entry: &Entry, record: &mut OrderRecord) {
    let Some(shown) = record.order.awb.clone() else {
        return;
    };
    let says = format!("EasyEcom shows AWB {shown} of {}", record.order.courier);
    record.booking = Some(Booking {
        awb: shown,
        source: AwbSource::Foreign,
        state: BookingState::Live,
        at: entry.at,
    });
    done(entry, &mut record.book, &says);
    done(entry, &mut record.assign, &says);
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
            if record.live_awb().is_none() && record.cancelled.is_none() && record.park.is_none() {
                let says = Clean::new("confirmed at EasyEcom before a shipment was assigned");
                park(entry, record, ParkReason::Contradiction { says });
            }
        }
        ConfirmView::Failed if failure_is_of_our_confirm(record) => {
            record.confirm.strikes = record.confirm.strikes.saturating_add(1);
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

/// Whether the failure in the history can belong to the confirmation that is under way.
fn failure_is_of_our_confirm(record: &OrderRecord) -> bool {
    let Some(intent) = record.confirm.progress.intent() else {
        return false;
    };
    record
        .order
        .history
        .iter()
        .rev()
        .find(|h| h.status_id == 18)
        .is_none_or(|h| {
            h.at.is_none_or(|at| {
                // The second and later failures must be newer than the attempt before.
                let slack = if record.confirm.attempts > 1 {
                    2
                } else {
                    CLOCK_SKEW_S
                };
                at >= intent.at - chrono::Duration::seconds(slack)
            })
        })
}
