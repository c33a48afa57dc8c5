//! Settling by the order itself.

use super::{
    GONE_MIN, RUNNING_MAX, SILENT_MIN, STALLED_LOOK_EVERY, Settled, checked, put_off, stalled,
    vanished,
};
use crate::{
    domain::{
        Call, Clean, OrderRecord, Stamp,
        event::{Event, Via},
        order::{ConfirmView, RemoteStatus},
        record::{Intent, ParkReason, Progress},
    },
    worker::{
        ports::Remotes,
        shop::{Shop, lock},
        steps::End,
        traffic::Class,
    },
};

/// Steps 2b, 3 and 5 show on the order: first in the next reading of all orders, which settles many
/// at once, then, if that shows nothing, in its details.
pub(super) async fn by_order<R: Remotes>(
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
    let seen = match shop
        .read(Class::Settle, || shop.remotes.order_details(id))
        .await
    {
        Ok(seen) => seen,
        Err(error) => return Err(put_off(shop, record, call, error).await),
    };
    shop.was_read(id);
    let Some(seen) = seen else {
        return not_known(shop, record, call, intent, settled_time, looks.silent).await;
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
    if call == Call::Manifest
        && counts
        && looks.silent + 1 >= SILENT_MIN
        && let Some(park) = neither_there_nor_not(&now, intent)
    {
        return stalled(shop, &now, call, "the order shows no manifest", &park).await;
    }
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

/// EasyEcom answers, and does not know the invoice: it was split, invoiced anew or moved to another
/// location. Reading on would never end.
async fn not_known<R: Remotes>(
    shop: &Shop<R>,
    record: &OrderRecord,
    call: Call,
    intent: &Intent,
    counts: bool,
    silent: u8,
) -> Settled {
    let says = "EasyEcom does not know this invoice";
    if !counts || silent + 1 < GONE_MIN {
        return checked(shop, record.id(), call, intent, says, counts).await;
    }
    if record.cancelled.is_some() {
        return vanished(shop, record, call, intent, says).await;
    }
    let park = format!(
        "EasyEcom does not know this invoice any more, and whether the {call} call had an effect cannot be read; \
         the order may have been split, invoiced anew or moved to another location"
    );
    stalled(shop, record, call, says, &park).await
}

/// Why a manifest that was not seen may have been made all the same: the order has left the statuses in which
/// it waits for one (seen: `Manifest Scanned`), and shows no number either. Sent again it could be a second
/// one. A person who has looked since decides.
fn neither_there_nor_not(record: &OrderRecord, intent: &Intent) -> Option<String> {
    let waits = matches!(
        record.order.status,
        RemoteStatus::Confirmed | RemoteStatus::Printed | RemoteStatus::ReadyToDispatch
    );
    let shipped_by_person = record.cleared.as_ref().is_some_and(|c| c.at > intent.at);
    (!waits && record.cancelled.is_none() && !shipped_by_person).then(|| {
        format!(
            "a manifest was sent, EasyEcom shows {} and no manifest number: it may have been made; look there, then \
             ship lets it be sent again, retry reads once more",
            record.order.status
        )
    })
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
