//! What holds of every order after every event, whatever the event was: an AWB is void exactly while
//! its order will not ship, and an order that no call can move any more is a person's.

use crate::domain::{
    ids::Operator,
    order::RemoteStatus,
    outcome::FailureKind,
    record::{AwbSource, BookingState, OrderRecord, Park, ParkReason, Progress},
    text::Clean,
    time::Stamp,
};

/// Draws the conclusions that do not depend on the event.
pub(super) fn settle(at: Stamp, before: Option<&OrderRecord>, record: &mut OrderRecord) {
    let manifested = record.manifest.progress.is_done();
    if manifested && let Some(cancelled) = &mut record.cancelled {
        // The manifest may turn out to be made after the cancellation was seen: the goods are out.
        cancelled.after_manifest = true;
    }
    void(record);
    let newly = manifested && before.is_none_or(|b| !b.manifest.progress.is_done());
    if record.park.is_none()
        && let Some(reason) = dead_end(record).or_else(|| unknown_awb(record).filter(|_| newly))
    {
        record.park = Some(Park {
            reason,
            at,
            by: Operator::engine(),
        });
    }
}

/// A booked AWB is an orphan while its order is cancelled without a manifest, and serves again where
/// that was taken back before the carrier was asked to cancel it.
fn void(record: &mut OrderRecord) {
    let will_not_ship = record.cancelled.is_some() && !record.manifest.progress.is_done();
    let being_cancelled = record.cancel_booking.progress.is_open();
    if let Some(booking) = &mut record.booking {
        booking.state = match booking.state {
            BookingState::Live if will_not_ship && booking.source != AwbSource::Foreign => {
                BookingState::Orphan
            }
            BookingState::Orphan if !will_not_ship && !being_cancelled => BookingState::Live,
            state => state,
        };
    }
}

/// EasyEcom shipped it, and not with the AWB that was booked here.
fn unknown_awb(record: &OrderRecord) -> Option<ParkReason> {
    let booking = record
        .booking
        .as_ref()
        .filter(|b| b.source != AwbSource::Foreign && !record.assign.progress.is_done())?;
    contradiction(&format!(
        "EasyEcom shipped it without AWB {}, which is booked and paid",
        booking.awb
    ))
}

/// Why no call of the engine can move this order, if none can: without a person it would stand here
/// for ever and nobody would look.
fn dead_end(record: &OrderRecord) -> Option<ParkReason> {
    let may_change_by_itself = record.cancelled.is_some()
        || record.manifest.progress.is_done()
        || [
            &record.book,
            &record.assign,
            &record.confirm,
            &record.manifest,
        ]
        .iter()
        .any(|call| call.progress.is_open());
    if may_change_by_itself {
        return None;
    }
    if let Some(booking) = &record.booking {
        if booking.state != BookingState::Live {
            return contradiction(&format!(
                "it is open again, its AWB {} is cancelled, and an order has one AWB only",
                booking.awb
            ));
        }
        if booking.source == AwbSource::Foreign && record.cleared.is_none() {
            return Some(ParkReason::Foreign {
                says: Clean::new(&format!(
                    "EasyEcom shows AWB {} of {}",
                    booking.awb, record.order.courier
                )),
            });
        }
    } else if let Some(shown) = &record.order.awb {
        return contradiction(&format!(
            "EasyEcom shows AWB {shown}, which belongs to another order"
        ));
    } else if record.book.progress.is_done() {
        return contradiction("the carrier gave an AWB that belongs to another order");
    }
    if record.order.status == RemoteStatus::Returned {
        return contradiction("EasyEcom shows Returned, and no manifest was seen");
    }
    if record.assign.progress.is_done() {
        return None;
    }
    if record.confirm.progress.is_done() {
        return contradiction("confirmed at EasyEcom before its shipment was assigned");
    }
    let failed_there = matches!(&record.confirm.progress, Progress::Waiting { failure, .. }
        if failure.kind == FailureKind::Rejected);
    (failed_there && record.order.status == RemoteStatus::Confirmed)
        .then_some(ParkReason::ConfirmFailed)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the checks end in it, and theirs is an Option"
)]
fn contradiction(says: &str) -> Option<ParkReason> {
    Some(ParkReason::Contradiction {
        says: Clean::new(says),
    })
}
