//! Settling calls whose outcome is open, by reading. What a reading shows is adopted when the
//! journal folds it; only two readings after the settle time that show nothing let a call be
//! repeated, with the same parameters.

mod booking;
mod by_order;
mod noted;

use std::time::Duration;

use self::noted::{checked, put_off, put_off_by_carrier, stalled, vanished};
use super::{End, held};
use crate::{
    domain::{
        Call, Clean, InvoiceId, OrderRecord,
        event::{Event, Gave, Outcome},
        outcome::{Evidence, Proof},
        record::{Intent, Progress},
        schedule,
        tracking::TrackingStatus,
    },
    worker::{ports::Remotes, shop::Shop, traffic::Class},
};

/// Readings that must agree that nothing happened.
const SILENT_MIN: u8 = 2;

/// A confirmation that is neither done nor failed after this many looks is for a person.
const RUNNING_MAX: u8 = 12;

/// An invoice that so many readings which count do not find is gone.
const GONE_MIN: u8 = 3;

/// How often an order that a person has is still looked at: every look is a call.
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
        Call::Book => booking::booking(shop, &record, &intent).await,
        Call::Assign | Call::Confirm | Call::Manifest => {
            by_order::by_order(shop, &record, due.call, &intent).await
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
    // What is settled goes in no circle: the next call of the order has turns of its own.
    let after = shop.reader.order(id).ok().flatten();
    let open = after.and_then(|record| record.call(due.call)?.progress.intent().map(|i| i.seq));
    if open != Some(intent.seq) {
        shop.turns_ended(id, schedule::Work::Reconcile);
    }
    end.unwrap_or_else(|end| end)
}

type Settled = Result<End, End>;

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
    let shown = match shop.read(Class::Tell, || shop.remotes.told(awb)).await {
        Ok(shown) => shown,
        Err(error) => return Err(put_off(shop, record, Call::Tracking, error).await),
    };
    shop.was_read(id);
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
