//! Settling calls whose outcome is open, by reading. What a reading shows is adopted when the
//! journal folds it; only two readings after the settle time that show nothing let a call be
//! repeated, with the same parameters.

use std::time::Duration;

use super::{End, book, held};
use crate::{
    domain::{
        Awb, Call, Clean, Failure, FailureKind, InvoiceId, OrderRecord, ReadError, Stamp,
        event::{Event, Gave, Outcome, Via},
        order::ConfirmView,
        outcome::{Evidence, Proof},
        record::{AwbSource, Intent, ParkReason, Progress},
        schedule,
        tracking::TrackingStatus,
    },
    worker::{
        ports::Remotes,
        shop::{Shop, lock},
        traffic::Class,
    },
};

/// Readings that must agree that nothing happened.
const SILENT_MIN: u8 = 2;

/// A confirmation that is neither done nor failed after this many looks is for a person.
const RUNNING_MAX: u8 = 12;

/// How often such a one is still looked at: a person has it, and every look is a call.
const STALLED_LOOK_EVERY: Duration = Duration::from_hours(4);

pub(in crate::worker) async fn reconcile<R: Remotes>(shop: &Shop<R>, id: InvoiceId) -> End {
    let record = match held(shop, id) {
        Ok(record) => record,
        Err(end) => return end,
    };
    let Some(due) = schedule::due(&record).filter(|d| d.work == schedule::Work::Reconcile) else {
        return End::Taken(Clean::new("settled already"));
    };
    let Some(open) = record.call(due.call).map(|state| &state.progress) else {
        return End::NotHeld;
    };
    let Some(intent) = open.intent().cloned() else {
        return End::Taken(Clean::new("settled already"));
    };
    let end = match due.call {
        Call::Book => booking(shop, &record, &intent).await,
        Call::Assign | Call::Confirm | Call::Manifest => {
            by_order(shop, &record, due.call, &intent).await
        }
        Call::Tracking => told(shop, &record, &intent).await,
        // Cancelling twice cancels once.
        Call::CancelBooking => {
            vanished(
                shop,
                &record,
                Call::CancelBooking,
                &intent,
                "cancelling again does no harm",
            )
            .await
        }
        Call::Documents | Call::Inventory => Ok(End::NotHeld),
    };
    end.unwrap_or_else(|end| end)
}

type Settled = Result<End, End>;

/// Steps 2b, 3 and 5 show on the order: first in the next reading of all orders, which settles many
/// at once, then, if that shows nothing, in its details.
async fn by_order<R: Remotes>(
    shop: &Shop<R>,
    record: &OrderRecord,
    call: Call,
    intent: &Intent,
) -> Settled {
    let id = record.id();
    let Some(looks) = look_state(record, call, shop.config.settle.confirm_check) else {
        return Ok(End::NotHeld);
    };
    let fresh_at = lock(&shop.live).fresh_at;
    let read_since = fresh_at.is_some_and(|at| at >= looks.check_at);
    if !read_since {
        shop.want_poll();
        shop.defer(id, shop.now() + chrono::Duration::minutes(5));
        return Ok(End::Waits(Clean::new(
            "waits for the next reading of the orders",
        )));
    }
    let settled_time = fresh_at.is_some_and(|at| shop.counts(call, intent, at));
    if !settled_time && !looks.patience_over {
        return checked(
            shop,
            id,
            call,
            intent,
            "the order does not show it yet",
            false,
        )
        .await;
    }
    let seen = shop
        .read(Class::Settle, || shop.remotes.order_details(id))
        .await
        .map_err(|e| put_off(shop, id, &e.to_string()))?;
    let Some(seen) = seen else {
        return checked(
            shop,
            id,
            call,
            intent,
            "EasyEcom does not know this invoice",
            settled_time,
        )
        .await;
    };
    let asked_at = shop.now();
    let view = seen.order.confirm_view();
    shop.record(vec![Event::OrderSeen {
        order: Box::new(seen.order),
        via: Via::Details,
    }])
    .await?;
    let now = shop.reader.order(id)?.ok_or(End::NotHeld)?;
    let still_open = now
        .call(call)
        .and_then(|s| s.progress.intent())
        .is_some_and(|i| i.seq == intent.seq);
    if !still_open {
        return Ok(End::Taken(Clean::new(&format!(
            "{call}: settled by reading the order"
        ))));
    }
    if call == Call::Confirm && now.cancelled.is_some() {
        let says = "the order was cancelled before its confirmation ended";
        return vanished(shop, &now, call, intent, says).await;
    }
    if call == Call::Confirm && view == ConfirmView::Running {
        return running(shop, &now, looks.so_far).await;
    }
    let counts = shop.counts(call, intent, asked_at);
    if counts && looks.silent + 1 >= SILENT_MIN {
        return vanished(
            shop,
            &now,
            call,
            intent,
            "the order showed no effect, twice",
        )
        .await;
    }
    checked(shop, id, call, intent, "the order does not show it", counts).await
}

/// How often and how long an open call was looked at.
struct Looks {
    silent: u8,
    so_far: u8,
    check_at: Stamp,
    patience_over: bool,
}

fn look_state(
    record: &OrderRecord,
    call: Call,
    confirm_check: std::time::Duration,
) -> Option<Looks> {
    let patience = chrono::Duration::from_std(confirm_check * 3).unwrap_or_default();
    let state = record.call(call)?;
    Some(match &state.progress {
        Progress::Accepted {
            silent,
            check_at,
            at,
            ..
        } => Looks {
            silent: *silent,
            so_far: *silent,
            check_at: *check_at,
            // A confirmation can fail in a way that only the history shows.
            patience_over: call == Call::Confirm && *check_at - *at >= patience,
        },
        Progress::Unknown {
            silent, check_at, ..
        } => Looks {
            silent: *silent,
            so_far: *silent,
            check_at: *check_at,
            patience_over: false,
        },
        Progress::Sent { intent } => Looks {
            silent: 0,
            so_far: 0,
            check_at: intent.settle_at,
            patience_over: false,
        },
        _ => return None,
    })
}

async fn running<R: Remotes>(shop: &Shop<R>, record: &OrderRecord, looks: u8) -> Settled {
    let id = record.id();
    // Each look costs a call: the longer it runs, the rarer the looks.
    let stalled = looks >= RUNNING_MAX;
    let wait = if stalled {
        STALLED_LOOK_EVERY
    } else {
        shop.config.settle.confirm_check * (u32::from(looks) + 1)
    };
    let next_at = shop.now() + chrono::Duration::from_std(wait).unwrap_or_default();
    let says = Clean::new("the confirmation is still running");
    let mut events = vec![Event::Checked {
        call: Call::Confirm,
        invoice: id,
        says: says.clone(),
        counts: true,
        next_at,
    }];
    if stalled && record.park.is_none() {
        let says = Clean::new("EasyEcom's confirmation neither succeeds nor fails");
        events.push(Event::Parked {
            invoice: id,
            reason: ParkReason::Contradiction { says },
        });
    }
    shop.record(events).await?;
    Ok(End::Taken(says))
}

/// Notes a look that showed nothing. Until readings count it proves nothing either, and each look costs
/// one: they become rarer the longer it takes, with one as soon as they count.
async fn checked<R: Remotes>(
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
        let wait = span(shop.config.settle.confirm_check).max(now - intent.at);
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
async fn vanished<R: Remotes>(
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

async fn booking<R: Remotes>(shop: &Shop<R>, record: &OrderRecord, intent: &Intent) -> Settled {
    let id = record.id();
    let reference = book::reference(shop, id);
    let found = match shop.remotes.find_booking(&reference).await {
        Ok(Some(awb)) => Some(awb),
        Ok(None) => match &record.reserved {
            Some(own) => own_is_known(shop, own)
                .await
                .map_err(|e| put_off(shop, id, &e))?,
            None => None,
        },
        Err(error) => return Err(put_off(shop, id, &error.to_string())),
    };
    shop.carrier.answered(shop.now());
    if let Some(awb) = found {
        let source = if record.reserved.is_some() {
            AwbSource::Allotted
        } else {
            AwbSource::Dtdc
        };
        let shows = format!("DTDC's tracking knows {reference} as AWB {awb}");
        let event = Event::Outcome {
            intent: intent.seq,
            call: Call::Book,
            invoice: id,
            result: Outcome::Applied {
                evidence: Evidence::new(Proof::Read, &shows),
                gave: Gave::Awb { awb, source },
            },
        };
        shop.record(vec![event]).await?;
        return Ok(End::Taken(Clean::new(&shows)));
    }
    let silent = match &record.book.progress {
        Progress::Unknown { silent, .. } => *silent,
        _ => 0,
    };
    let counts = shop.counts(Call::Book, intent, shop.now());
    if !counts || silent + 1 < SILENT_MIN {
        return checked(
            shop,
            id,
            Call::Book,
            intent,
            "DTDC's tracking does not know our reference",
            counts,
        )
        .await;
    }
    // With our own number a repeat is the same booking; a number that DTDC allocates would be a
    // second one if its tracking is merely late.
    if record.reserved.is_some() || shop.config.settle.booking_latency.is_some() {
        return vanished(
            shop,
            record,
            Call::Book,
            intent,
            "DTDC's tracking did not know our reference, twice",
        )
        .await;
    }
    shop.record(vec![Event::Parked {
        invoice: id,
        reason: ParkReason::BookingUnknown,
    }])
    .await?;
    Ok(End::Taken(Clean::new(
        "parked: a repeat could buy a second AWB",
    )))
}

async fn own_is_known<R: Remotes>(shop: &Shop<R>, own: &Awb) -> Result<Option<Awb>, String> {
    match shop.remotes.track(own).await {
        Ok(_) => Ok(Some(own.clone())),
        Err(ReadError::Nothing(_)) => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

async fn told<R: Remotes>(shop: &Shop<R>, record: &OrderRecord, intent: &Intent) -> Settled {
    let id = record.id();
    let (Some(awb), Some(telling)) = (record.booking.as_ref().map(|b| &b.awb), record.telling)
    else {
        return vanished(
            shop,
            record,
            Call::Tracking,
            intent,
            "nothing was being told",
        )
        .await;
    };
    let shown = shop
        .read(Class::Tell, || shop.remotes.told(awb))
        .await
        .map_err(|e| put_off(shop, id, &e.to_string()))?;
    if shown.is_some_and(|s| s == telling || telling.may_become(s)) {
        let shows = format!("EasyEcom shows {}", shown.map_or("", TrackingStatus::title));
        let event = Event::Outcome {
            intent: intent.seq,
            call: Call::Tracking,
            invoice: id,
            result: Outcome::Applied {
                evidence: Evidence::new(Proof::Read, &shows),
                gave: Gave::Nothing,
            },
        };
        shop.record(vec![event]).await?;
        return Ok(End::Taken(Clean::new(&shows)));
    }
    let silent = match &record.push.progress {
        Progress::Unknown { silent, .. } => *silent,
        _ => 0,
    };
    let counts = shop.counts(Call::Tracking, intent, shop.now());
    if counts && silent + 1 >= SILENT_MIN {
        return vanished(
            shop,
            record,
            Call::Tracking,
            intent,
            "EasyEcom does not show it, twice",
        )
        .await;
    }
    checked(
        shop,
        id,
        Call::Tracking,
        intent,
        "EasyEcom does not show it yet",
        counts,
    )
    .await
}

/// The reading itself failed: look again a little later, nothing is concluded.
fn put_off<R: Remotes>(shop: &Shop<R>, id: InvoiceId, says: &str) -> End {
    shop.defer(id, shop.retry_at(3));
    End::NotSent(Clean::new(&format!("could not be read: {says}")))
}
