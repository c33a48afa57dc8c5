//! Cancelling a booked AWB that will not travel.

use super::{End, begin, held, note_carrier, record_end, too_late};
use crate::{
    domain::{Call, InvoiceId, Operator, request::CancelBookingRequest},
    worker::{
        ports::Remotes,
        shop::{NotCalled, Shop},
    },
};

pub(in crate::worker) async fn cancel_booking<R: Remotes>(
    shop: &Shop<R>,
    id: InvoiceId,
    by: &Operator,
) -> End {
    let record = match held(shop, id) {
        Ok(record) => record,
        Err(end) => return end,
    };
    let Some(booking) = &record.booking else {
        return super::weigh_only(shop, &record, Call::CancelBooking);
    };
    if let Some(says) = shop.carrier.writes_denied() {
        return NotCalled::Denied(says).into();
    }
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
    record_end(shop, id, permit, verdict, shop.config.settle.recheck).await
}
