//! What a look is recorded as.

use std::time::Duration;

use super::{STALLED_LOOK_EVERY, Settled};
use crate::{
    domain::{
        Call, Clean, Failure, FailureKind, InvoiceId, OrderRecord, ReadError,
        event::{Event, Outcome},
        record::{Intent, ParkReason},
    },
    worker::{
        ports::Remotes,
        shop::{ReadFailed, Shop},
        steps::End,
    },
};

/// Longest wait between two looks at a call that no person has.
const WAIT_MAX: Duration = Duration::from_mins(5);

/// After so many answers in a row that cannot be used, reading on is no cure.
const UNREAD_MAX: u32 = 6;

/// How often the carrier is still asked about an order that a person has: its tracking has no quota.
const CARRIER_LOOK_EVERY: Duration = Duration::from_mins(30);

/// Notes a look that showed nothing. Until readings count it proves nothing either, and each look costs
/// one: they become rarer the longer it takes, with one as soon as they count.
pub(super) async fn checked<R: Remotes>(
    shop: &Shop<R>,
    id: InvoiceId,
    call: Call,
    intent: &Intent,
    says: &str,
    counts: bool,
) -> Settled {
    let now = shop.now();
    let span = |wait| chrono::Duration::from_std(wait).unwrap_or_default();
    let counts_from = shop.counts_from(call, intent);
    let next_at = if counts || now >= counts_from {
        now + span(shop.config.settle.recheck)
    } else {
        let wait = span(shop.config.settle.confirm_check)
            .max(now - intent.at)
            .min(span(WAIT_MAX));
        (now + wait).min(counts_from)
    };
    shop.record(vec![Event::Checked {
        call,
        invoice: id,
        says: Clean::new(says),
        counts,
        next_at,
    }])
    .await?;
    Ok(End::Taken(Clean::new(says)))
}

/// It certainly did not happen: it may be tried again, with the same parameters.
pub(super) async fn vanished<R: Remotes>(
    shop: &Shop<R>,
    record: &OrderRecord,
    call: Call,
    intent: &Intent,
    says: &str,
) -> Settled {
    let event = Event::Outcome {
        intent: intent.seq,
        call,
        invoice: record.id(),
        result: Outcome::NotApplied {
            failure: Failure::new(FailureKind::NotSeen, says),
            retry_at: shop.now(),
        },
    };
    shop.record(vec![event]).await?;
    Ok(End::Taken(Clean::new(&format!(
        "{call}: {says}; it is sent again"
    ))))
}

/// No reading settles it any more: a person gets it, and it is looked at again rarely, since the
/// remote may yet show something.
pub(super) async fn stalled<R: Remotes>(
    shop: &Shop<R>,
    record: &OrderRecord,
    call: Call,
    saw: &str,
    park: &str,
) -> Settled {
    let every = if call == Call::Book {
        CARRIER_LOOK_EVERY
    } else {
        STALLED_LOOK_EVERY
    };
    let mut events = vec![Event::Checked {
        call,
        invoice: record.id(),
        says: Clean::new(saw),
        counts: false,
        next_at: shop.now() + chrono::Duration::from_std(every).unwrap_or_default(),
    }];
    // A push or a cancellation must not stop anything else of the order.
    let parks = !matches!(call, Call::Tracking | Call::CancelBooking);
    if parks && record.park.is_none() {
        events.push(Event::Parked {
            invoice: record.id(),
            reason: ParkReason::Contradiction {
                says: Clean::new(park),
            },
        });
    }
    shop.record(events).await?;
    Ok(End::Taken(Clean::new(&format!("parked: {park}"))))
}

/// EasyEcom's reading failed: nothing is concluded.
pub(super) async fn put_off<R: Remotes>(
    shop: &Shop<R>,
    record: &OrderRecord,
    call: Call,
    error: ReadFailed,
) -> End {
    match error {
        // Nothing was asked.
        ReadFailed::NotCalled(why) => {
            shop.defer(record.id(), shop.retry_at(3));
            why.into()
        }
        // The engine's clock is not to be trusted; an alarm says so.
        ReadFailed::Doubtful(why) => {
            shop.defer(record.id(), shop.retry_at(3));
            End::NotSent(why)
        }
        ReadFailed::Remote(error) => unread(shop, record, call, "EasyEcom", &error).await,
    }
}

/// The same of the carrier's reading of a booking.
pub(super) async fn put_off_by_carrier<R: Remotes>(
    shop: &Shop<R>,
    record: &OrderRecord,
    error: &ReadError,
) -> End {
    unread(shop, record, Call::Book, "DTDC's tracking", error).await
}

/// Looks again later and later. What answers, and never with anything that can be read, is a
/// person's in the end; a remote that does not answer at all is not the order's matter.
async fn unread<R: Remotes>(
    shop: &Shop<R>,
    record: &OrderRecord,
    call: Call,
    who: &str,
    error: &ReadError,
) -> End {
    let id = record.id();
    let tries = shop.count_unread(id);
    let says = format!("{who} could not be read: {error}");
    let of_the_order = matches!(
        error,
        ReadError::Garbled(_)
            | ReadError::Refused(_)
            | ReadError::Server(_)
            | ReadError::Nothing(_)
    );
    if of_the_order && tries >= UNREAD_MAX {
        let park = format!(
            "whether the {call} call had an effect cannot be told: {who} was asked {tries} times and never gave an \
             answer that can be used ({error})"
        );
        return match stalled(shop, record, call, &says, &park).await {
            Ok(_) => End::NotSent(Clean::new(&says)),
            Err(end) => end,
        };
    }
    let checked = Event::Checked {
        call,
        invoice: id,
        says: Clean::new(&says),
        counts: false,
        next_at: shop.retry_at(tries + 1),
    };
    match shop.record(vec![checked]).await {
        Ok(()) => End::NotSent(Clean::new(&says)),
        Err(error) => error.into(),
    }
}
