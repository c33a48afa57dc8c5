//! Cancelling a booked AWB that will not travel.

use super::{End, begin, conclude, settle, too_late};
use crate::{
    domain::{Call, InvoiceId, Operator, Verdict, request::CancelBookingRequest},
    worker::{ports::Remotes, shop::Shop},
};

pub(in crate::worker) async fn cancel_booking<R: Remotes>(
    shop: &Shop<R>,
    id: InvoiceId,
    by: &Operator,
) -> End {
    let record = match shop.reader.order(id) {
        Ok(Some(record)) => record,
        Ok(None) => return End::NotHeld,
        Err(error) => return error.into(),
    };
    let Some(booking) = &record.booking else {
        return super::weigh_only(shop, &record, Call::CancelBooking);
    };
    let request = CancelBookingRequest {
        invoice: id,
        awb: booking.awb.clone(),
    };
    let permit = match begin(shop, request, by, shop.config.settle.settle()).await {
        Ok(permit) => permit,
        Err(end) => return end,
    };
    let verdict = if permit.is_live(shop.now()) {
        shop.remotes.cancel_booking(&permit).await
    } else {
        too_late()
    };
    note_carrier(shop, &verdict);
    let tries = u32::from(permit.attempt());
    let (outcome, end) = conclude(
        shop,
        Call::CancelBooking,
        verdict,
        tries,
        shop.config.settle.recheck,
    );
    settle(shop, permit, vec![(id, outcome)])
        .await
        .map_or_else(End::from, |()| end)
}

/// What the carrier's answer says about the carrier.
pub(super) fn note_carrier<R: Remotes, T>(shop: &Shop<R>, verdict: &Verdict<T>) {
    match verdict {
        Verdict::Applied(_) | Verdict::Accepted(_) => shop.carrier.answered(shop.now()),
        Verdict::NotApplied(failure) => {
            shop.carrier
                .note_failure(failure.kind, &failure.says, shop.now());
        }
        Verdict::Unknown(saw) => shop.carrier.failed(crate::handle::LinkState::Down, saw),
    }
}
