//! Commands: each through the same gate as the engine's own work.

use super::{
    super::{
        fetch, keeper, planner,
        ports::Remotes,
        shop::{ManifestWanted, Shop, lock},
        steps::{End, held},
        stock,
    },
    load,
};
use crate::{
    domain::{
        Clean, InvoiceId, Operator, OrderRecord, Sku, Step,
        event::{Decision, Event},
        record::ParkReason,
        schedule::{self, Work},
    },
    handle::{Command, CommandReply, ItemEnd, ItemResult, Level, Undoable},
};

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
                may_decide(record)?;
                Ok(decided(id, Decision::Retry, ""))
            })
            .await
        }
        Command::Hold { invoices, reason } => {
            let reason = reason.clone();
            each(shop, invoices, by, "held", move |id, record| {
                if record.hold.is_some() {
                    return Err(Clean::new("held already"));
                }
                if record.stage().is_manifested() || record.cancelled.is_some() {
                    return Err(Clean::new(
                        "shipped or cancelled: a hold would stop nothing",
                    ));
                }
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
                if record.hold.is_none() {
                    return Err(Clean::new("not held"));
                }
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
                if record.park.is_some()
                    || record.stage().is_manifested()
                    || record.cancelled.is_some()
                {
                    return Err(Clean::new("parked, shipped or cancelled already"));
                }
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
            each(shop, &[*invoice], by, "decided", move |id, record| {
                if record.park.is_none() {
                    return Err(Clean::new(
                        "not parked: there is nothing to decide; refresh",
                    ));
                }
                if decision == Decision::Retry {
                    may_decide(record)?;
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
        Command::Load { code, manifest } => load::load(shop, code, *manifest, by).await,
        Command::Unload { invoice } => load::unload(shop, *invoice, by).await,
        Command::CloseLoad { manifest } => load::close(shop, *manifest, by).await,
        site => whole_site(shop, site, by).await,
    }
}

/// Takes a person's own step back, as long as nothing came after it.
async fn undo<R: Remotes>(
    shop: &Shop<R>,
    invoices: &[InvoiceId],
    what: Undoable,
    by: &Operator,
) -> CommandReply {
    let who = by.clone();
    let theirs = |by: &Operator| Clean::new(&format!("it is {by}'s now: not undone"));
    let reason = || Clean::new("undone");
    each(shop, invoices, by, "undone", move |id, record| match what {
        Undoable::Hold => match &record.hold {
            Some(hold) if hold.by == who => Ok(Event::Released {
                invoice: id,
                reason: reason(),
            }),
            Some(hold) => Err(theirs(&hold.by)),
            None => Err(Clean::new("released already")),
        },
        Undoable::Release => {
            if record.hold.is_some() {
                return Err(Clean::new("held again already"));
            }
            if record.stage().is_manifested() || record.cancelled.is_some() {
                return Err(Clean::new(
                    "shipped or cancelled since: a hold would stop nothing",
                ));
            }
            Ok(Event::Held {
                invoice: id,
                reason: Clean::new("the release was undone"),
            })
        }
        Undoable::Park => match &record.park {
            Some(park) if matches!(park.reason, ParkReason::Person { .. }) && park.by == who => {
                Ok(decided(id, Decision::Retry, "undone"))
            }
            Some(park) => Err(theirs(&park.by)),
            None => Err(Clean::new("not parked any more")),
        },
    })
    .await
}

fn decided(invoice: InvoiceId, decision: Decision, reason: &str) -> Event {
    Event::Decided {
        invoice,
        decision,
        reason: Clean::new(reason),
    }
}

fn may_decide(record: &OrderRecord) -> Result<(), Clean> {
    if record.cancelled.is_some() && record.attention().is_none() {
        return Err(Clean::new("cancelled: nothing is left to try"));
    }
    if record
        .park
        .as_ref()
        .is_some_and(|p| p.reason.needs_verdict())
    {
        return Err(Clean::new(
            "trying again changes nothing here: ship it, or drop it",
        ));
    }
    Ok(())
}

pub(super) fn says(text: &str) -> CommandReply {
    CommandReply {
        says: Clean::new(text),
        items: Vec::new(),
        load: None,
    }
}

fn one(invoice: InvoiceId, end: End) -> CommandReply {
    let end = end.into_item();
    let text = match &end {
        ItemEnd::Taken { says } | ItemEnd::Failed { says, .. } => says.to_string(),
        ItemEnd::Refused { refusal } => refusal.to_string(),
        ItemEnd::NotHeld => format!("no order {invoice} is held here"),
    };
    CommandReply {
        says: Clean::new(&text),
        items: vec![ItemResult { invoice, end }],
        load: None,
    }
}

/// A local event per order, each decided on the record as it stands when it is written.
async fn each<R: Remotes>(
    shop: &Shop<R>,
    invoices: &[InvoiceId],
    by: &Operator,
    done: &str,
    event: impl Fn(InvoiceId, &OrderRecord) -> Result<Event, Clean> + Clone + Send + 'static,
) -> CommandReply {
    let mut items = Vec::new();
    for &invoice in invoices.iter().take(ORDERS_MAX) {
        let event = event.clone();
        let guard = move |record: &OrderRecord| event(invoice, record).map(|e| vec![e]);
        let held = shop.reader.order(invoice).is_ok_and(|r| r.is_some());
        let end = if held {
            match shop.ledger.decide(by, shop.now(), invoice, guard).await {
                Ok(Ok(_)) => ItemEnd::Taken {
                    says: Clean::new(done),
                },
                Ok(Err(says)) => ItemEnd::Failed {
                    says,
                    unknown: false,
                },
                Err(error) => {
                    shop.store_failed(&error);
                    ItemEnd::Failed {
                        says: Clean::new(&error.to_string()),
                        unknown: false,
                    }
                }
            }
        } else {
            ItemEnd::NotHeld
        };
        items.push(ItemResult { invoice, end });
        lock(&shop.live).deferred.remove(&invoice);
    }
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
        all if taken == all.len() => format!("{taken} {done}"),
        all => format!("{taken} of {} {done}; the others say why", all.len()),
    };
    CommandReply {
        says: Clean::new(&text),
        items,
        load: None,
    }
}

/// Carries out a step of one order now.
async fn step_now<R: Remotes>(shop: &Shop<R>, id: InvoiceId, step: Step, by: &Operator) -> End {
    let record = match held(shop, id) {
        Ok(record) => record,
        Err(end) => return end,
    };
    let works: &[Work] = match step {
        Step::Fetch => {
            shop.want_poll();
            return End::Taken(Clean::new("orders are read now"));
        }
        Step::Assign if record.book.progress.is_done() => &[Work::Assign],
        Step::Assign => &[Work::Book, Work::Assign],
        Step::Confirm => &[Work::Confirm],
        Step::Documents => &[Work::Documents],
        Step::Manifest => &[Work::Manifest],
        Step::Tracking => &[Work::Pull, Work::Tell],
        Step::Inventory => {
            let skus: Vec<Sku> = record.order.lines.iter().map(|l| l.sku.clone()).collect();
            return push_skus(shop, &skus, by).await;
        }
    };
    if let Some(end) = paused(shop) {
        return end;
    }
    let Some(_busy) = shop.take(&[id]) else {
        return End::NotSent(Clean::new(
            "the engine is working on this order right now; look again in a moment",
        ));
    };
    freshen(shop, &record).await;
    let mut last = End::NotHeld;
    for &work in works {
        last = planner::carry_out(shop, work, &[id], by)
            .await
            .pop()
            .map_or(End::NotHeld, |(_, end)| end);
        let nothing_to_tell =
            work == Work::Tell && matches!(last, End::Refused(_) | End::NotSent(_));
        if nothing_to_tell {
            return End::Taken(Clean::new(
                "asked the carrier; there is nothing new to tell",
            ));
        }
        if !matches!(last, End::Taken(_)) {
            return last;
        }
    }
    last
}

fn paused<R: Remotes>(shop: &Shop<R>) -> Option<End> {
    let paused = shop.reader.site().ok()?.paused?;
    Some(End::NotSent(Clean::new(&format!(
        "paused by {}: {}; resume first",
        paused.by, paused.reason
    ))))
}

/// A step by hand relies on a fresh look at EasyEcom as much as the engine's own: one call for this
/// order where all were not just read.
async fn freshen<R: Remotes>(shop: &Shop<R>, record: &OrderRecord) {
    if record.stage().is_manifested() || shop.is_fresh(shop.config.fetch.fresh_for) {
        return;
    }
    shop.want_poll();
    let waited = async {
        while !shop.is_fresh(shop.config.fetch.fresh_for) {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    // The gate says so when it did not come in time.
    let _ = tokio::time::timeout(shop.config.settle.call_timeout, waited).await;
}

async fn next<R: Remotes>(shop: &Shop<R>, invoices: &[InvoiceId], by: &Operator) -> CommandReply {
    if let [one_invoice] = invoices {
        let step = match shop.reader.order(*one_invoice) {
            Ok(Some(record)) => next_step(&record),
            Ok(None) => return one(*one_invoice, End::NotHeld),
            Err(error) => return one(*one_invoice, error.into()),
        };
        return match step {
            Some(step) => one(*one_invoice, step_now(shop, *one_invoice, step, by).await),
            None => one(
                *one_invoice,
                End::NotSent(Clean::new(
                    "no step is left, or a person has to decide first: press w for why",
                )),
            ),
        };
    }
    let mut items = Vec::new();
    for &invoice in invoices.iter().take(ORDERS_MAX) {
        let step = shop
            .reader
            .order(invoice)
            .ok()
            .flatten()
            .as_ref()
            .and_then(next_step);
        let end = match step {
            Some(step) => step_now(shop, invoice, step, by).await.into_item(),
            None => ItemEnd::Failed {
                says: Clean::new("no step is left, or a person has to decide first"),
                unknown: false,
            },
        };
        items.push(ItemResult { invoice, end });
    }
    summary("moved on", items)
}

/// The next step of an order, legal or not: the gate says why not.
fn next_step(record: &OrderRecord) -> Option<Step> {
    if record.stage() == crate::domain::Stage::Cancelled {
        return None;
    }
    let due = schedule::due(record);
    match due.map(|d| d.work) {
        Some(Work::Reconcile | Work::CancelBooking) => None,
        Some(Work::Tell | Work::Pull) => Some(Step::Tracking),
        _ => [Step::Assign, Step::Confirm, Step::Documents, Step::Manifest]
            .into_iter()
            .find(|step| !record.step_done(*step)),
    }
}

async fn track<R: Remotes>(shop: &Shop<R>, invoices: &[InvoiceId], by: &Operator) -> CommandReply {
    let mut items = Vec::new();
    for &invoice in invoices.iter().take(ORDERS_MAX) {
        let end = step_now(shop, invoice, Step::Tracking, by)
            .await
            .into_item();
        items.push(ItemResult { invoice, end });
    }
    summary("asked", items)
}

async fn push_skus<R: Remotes>(shop: &Shop<R>, skus: &[Sku], by: &Operator) -> End {
    if let Err(refusal) = crate::domain::gate::weigh_stock(shop.config.stock.setting_on) {
        return End::Refused(refusal);
    }
    if let Some(end) = paused(shop) {
        return end;
    }
    let mut records = Vec::new();
    for sku in skus {
        match shop.reader.sku(&shop.config.location, sku) {
            Ok(Some(record)) if record.wanted().is_some() => records.push(record),
            Ok(_) => {}
            Err(error) => return error.into(),
        }
    }
    if records.is_empty() {
        return End::NotSent(Clean::new(
            "none of these SKUs was ever counted here: drop a stock file that lists them",
        ));
    }
    let mut taken = 0;
    for batch in records.chunks(shop.config.stock.skus_per_push.max(1)) {
        match stock::push(shop, batch.to_vec(), by).await {
            Ok(n) => taken += n,
            Err(says) => return End::NotSent(says),
        }
    }
    lock(&shop.live).stock_read_wanted = true;
    shop.stock_wake.notify_one();
    End::Taken(Clean::new(&format!(
        "{taken} SKUs acknowledged; read back next"
    )))
}

async fn whole_site<R: Remotes>(shop: &Shop<R>, command: &Command, by: &Operator) -> CommandReply {
    match command {
        Command::Pause { reason } => {
            let event = Event::Paused {
                reason: reason.clone(),
            };
            local(
                shop,
                by,
                event,
                "paused: nothing is sent until it is resumed",
            )
            .await
        }
        Command::Resume => {
            let reply = local(shop, by, Event::Resumed, "resumed").await;
            shop.book_again();
            shop.wake.notify_one();
            reply
        }
        Command::FetchNow => {
            shop.want_poll();
            says("orders are read now")
        }
        Command::Backfill { from, to } => match fetch::backfill(shop, *from, *to).await {
            Ok(read) => says(&format!(
                "{} rows read, {} orders are new",
                read.rows, read.new
            )),
            Err(error) => says(&format!(
                "the range could not be read: {error}; what was read is kept"
            )),
        },
        Command::ManifestNow { group } => {
            lock(&shop.live).manifest_wanted = Some(ManifestWanted {
                group: group.clone(),
            });
            let of = match group {
                Some(group) => format!(
                    "what is ready of marketplace {} with carrier {}",
                    group.marketplace_id, group.carrier_id
                ),
                None => "all that is ready".to_owned(),
            };
            shop.notice(Level::Info, &format!("manifest of {of}, asked by {by}"));
            shop.want_poll();
            shop.wake.notify_one();
            says(&format!(
                "the orders are read once more, then {of} is manifested"
            ))
        }
        Command::PushStock { skus } if skus.is_empty() => {
            if let Err(refusal) = crate::domain::gate::weigh_stock(shop.config.stock.setting_on) {
                return says(&refusal.to_string());
            }
            lock(&shop.live).stock_push_wanted = true;
            shop.stock_wake.notify_one();
            says("everything that waits is pushed now")
        }
        Command::PushStock { skus } => match push_skus(shop, skus, by).await.into_item() {
            ItemEnd::Taken { says: text } | ItemEnd::Failed { says: text, .. } => {
                says(text.as_str())
            }
            ItemEnd::Refused { refusal } => says(&refusal.to_string()),
            ItemEnd::NotHeld => says("no such SKU"),
        },
        Command::Backup => match keeper::make(shop).await {
            Ok(made) => says(&format!(
                "copied to {}: {} records, checked",
                made.path.display(),
                made.note.records
            )),
            Err(error) => says(error.as_str()),
        },
        Command::ReadStock => {
            lock(&shop.live).stock_read_wanted = true;
            shop.stock_wake.notify_one();
            says("EasyEcom's quantities are read back now")
        }
        _ => says("this command concerns orders"),
    }
}

async fn local<R: Remotes>(
    shop: &Shop<R>,
    by: &Operator,
    event: Event,
    done: &str,
) -> CommandReply {
    match shop.record_as(by, vec![event]).await {
        Ok(()) => says(done),
        Err(error) => says(&error.to_string()),
    }
}
