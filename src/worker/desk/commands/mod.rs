//! Commands: each through the same gate as the engine's own work.

mod site;
mod skus;
mod steps;
mod undo;

use super::load;
use futures_util::{StreamExt, stream};

use crate::{
    domain::{
        Call, Clean, InvoiceId, Operator, OrderRecord, Stamp,
        event::{Decision, Event},
        record::{ParkReason, Progress},
    },
    handle::{Command, CommandReply, ItemEnd, ItemResult},
    worker::{ports::Remotes, shop::Shop, steps::End},
};

use site::whole_site;
pub(super) use steps::next_step;
use steps::{next, step_now, track};
use undo::undo;

/// Decisions that wait for the disk together: one by one, each would wait for a sync of its own.
const DECISIONS_AT_ONCE: usize = 100;

/// Orders of one command; more are asked for in several.
const ORDERS_MAX: usize = 10_000;

pub(super) async fn carry_out<R: Remotes>(
    shop: &Shop<R>,
    command: &Command,
    by: &Operator,
) -> CommandReply {
    tracing::info!(command = command.title(), %by, "command");
    match command {
        Command::Step { invoice, step } => one(*invoice, step_now(shop, *invoice, *step, by).await),
        Command::Next { invoices } => next(shop, invoices, by).await,
        Command::Retry { invoices } => {
            each(shop, invoices, by, "tried again", |id, record| {
                record.may_retry()?;
                Ok(decided(id, Decision::Retry, ""))
            })
            .await
        }
        Command::Hold { invoices, reason } => {
            let reason = reason.clone();
            each(shop, invoices, by, "held", move |id, record| {
                record.may_hold()?;
                Ok(Event::Held {
                    invoice: id,
                    reason: reason.clone(),
                })
            })
            .await
        }
        Command::Release { invoices, reason } => {
            let reason = reason.clone();
            each(shop, invoices, by, "released", move |id, record| {
                record.may_release()?;
                Ok(Event::Released {
                    invoice: id,
                    reason: reason.clone(),
                })
            })
            .await
        }
        Command::Park { invoice, reason } => {
            let reason = reason.clone();
            each(shop, &[*invoice], by, "parked", move |id, record| {
                record.may_park()?;
                Ok(Event::Parked {
                    invoice: id,
                    reason: ParkReason::Person {
                        says: reason.clone(),
                    },
                })
            })
            .await
        }
        Command::Decide {
            invoice,
            decision,
            reason,
        } => {
            let (decision, reason) = (*decision, reason.clone());
            let done = match decision {
                Decision::Ship => "let through",
                Decision::Retry => "to be tried again",
                Decision::Drop => "dropped",
            };
            each(shop, &[*invoice], by, done, move |id, record| {
                if record.park.is_none() {
                    return Err(Clean::new(
                        "not parked: there is nothing to decide; refresh",
                    ));
                }
                if decision == Decision::Retry {
                    record.may_retry()?;
                }
                Ok(decided(id, decision, reason.as_str()))
            })
            .await
        }
        Command::ClearFlags { invoice } => {
            each(shop, &[*invoice], by, "noted", |id, record| {
                if record.trail.flags.is_empty() && !record.is_cancelled_late() {
                    return Err(Clean::new("there is nothing to take note of"));
                }
                Ok(Event::FlagsCleared { invoice: id })
            })
            .await
        }
        Command::Undo { invoices, what } => undo(shop, invoices, *what, by).await,
        Command::Track { invoices } => track(shop, invoices, by).await,
        Command::Load {
            code,
            manifest,
            late,
        } => load::load(shop, code, (*manifest, *late), by).await,
        Command::Unload { invoice } => load::unload(shop, *invoice, by).await,
        Command::CloseLoad { manifest } => load::close(shop, *manifest, by).await,
        site => whole_site(shop, site, by).await,
    }
}

fn decided(invoice: InvoiceId, decision: Decision, reason: &str) -> Event {
    Event::Decided {
        invoice,
        decision,
        reason: Clean::new(reason),
    }
}

fn one(invoice: InvoiceId, end: End) -> CommandReply {
    let end = end.into_item();
    let text = match &end {
        ItemEnd::Taken { says } | ItemEnd::Failed { says, .. } => says.to_string(),
        ItemEnd::Refused { refusal } => refusal.to_string(),
        ItemEnd::NotHeld => format!("no order {invoice} is held here"),
    };
    CommandReply::of_items(&text, vec![ItemResult { invoice, end }])
}

/// Whoever decides about an order has looked: a call of it that only a reading settles is read again now,
/// not when the next rare look would come.
fn looked_at_again(event: &Event, record: &OrderRecord, now: Stamp) -> Vec<Event> {
    if !matches!(event, Event::Decided { .. }) {
        return Vec::new();
    }
    [Call::Book, Call::Assign, Call::Confirm, Call::Manifest]
        .into_iter()
        .filter(|call| {
            matches!(
                record.call(*call).map(|state| &state.progress),
                Some(Progress::Accepted { check_at, .. } | Progress::Unknown { check_at, .. })
                    if *check_at > now
            )
        })
        .map(|call| Event::Checked {
            call,
            invoice: record.id(),
            says: Clean::new("a person decided; read again"),
            counts: false,
            next_at: now,
        })
        .collect()
}

/// A local event per order, each decided on the record as it stands when it is written.
async fn each<R: Remotes>(
    shop: &Shop<R>,
    invoices: &[InvoiceId],
    by: &Operator,
    done: &str,
    event: impl Fn(InvoiceId, &OrderRecord) -> Result<Event, Clean> + Clone + Send + 'static,
) -> CommandReply {
    let invoices = invoices.iter().copied().take(ORDERS_MAX);
    let decisions = invoices.map(|invoice| {
        let event = event.clone();
        let now = shop.now();
        let guard = move |record: &OrderRecord| {
            let event = event(invoice, record)?;
            let looks = looked_at_again(&event, record, now);
            Ok([event].into_iter().chain(looks).collect())
        };
        async move {
            let decided = match shop.reader.order(invoice) {
                Ok(Some(_)) => shop.ledger.decide(by, now, invoice, guard).await,
                Ok(None) => {
                    let end = ItemEnd::NotHeld;
                    return ItemResult { invoice, end };
                }
                Err(error) => Err(error),
            };
            shop.let_go_on(invoice);
            let failed = |says| ItemEnd::Failed {
                says,
                unknown: false,
            };
            let end = match decided {
                Ok(Ok(_)) => ItemEnd::Taken {
                    says: Clean::new(done),
                },
                Ok(Err(says)) => failed(says),
                Err(error) => {
                    shop.store_failed(&error);
                    failed(Clean::new(&error.to_string()))
                }
            };
            ItemResult { invoice, end }
        }
    });
    let items = stream::iter(decisions)
        .buffered(DECISIONS_AT_ONCE)
        .collect()
        .await;
    shop.wake.notify_one();
    summary(done, items)
}

fn summary(done: &str, items: Vec<ItemResult>) -> CommandReply {
    let taken = items
        .iter()
        .filter(|i| matches!(i.end, ItemEnd::Taken { .. }))
        .count();
    let text = match items.as_slice() {
        [
            ItemResult {
                end: ItemEnd::Failed { says, .. },
                ..
            },
        ] => says.to_string(),
        [
            ItemResult {
                end: ItemEnd::Refused { refusal },
                ..
            },
        ] => refusal.to_string(),
        [
            ItemResult {
                end: ItemEnd::NotHeld,
                invoice,
            },
        ] => format!("no order {invoice} is held here"),
        [
            ItemResult {
                end: ItemEnd::Taken { .. },
                invoice,
            },
        ] => format!("order {invoice} {done}"),
        all if taken == all.len() => format!("{taken} {done}"),
        all => format!("{taken} of {} {done}; the others say why", all.len()),
    };
    CommandReply::of_items(&text, items)
}
