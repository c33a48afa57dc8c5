//! Steps that are carried out now, because somebody asked.

use super::{ORDERS_MAX, one, summary};
use crate::{
    domain::{
        Clean, InvoiceId, Operator, OrderRecord, Sku, Step,
        schedule::{self, Work},
    },
    handle::{CommandReply, ItemResult},
    worker::{
        planner,
        ports::Remotes,
        shop::{Shop, lock},
        steps::{End, held, manifest::batches},
        stock,
    },
};

/// Why a person's call has to wait.
const AT_WORK: &str = "the engine is working on this order right now; look again in a moment";

/// Carries out a step of one order now.
pub(super) async fn step_now<R: Remotes>(
    shop: &Shop<R>,
    id: InvoiceId,
    step: Step,
    by: &Operator,
) -> End {
    let record = match held(shop, id) {
        Ok(record) => record,
        Err(end) => return end,
    };
    let works: &[Work] = match step {
        Step::Fetch => {
            shop.ask_poll();
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
        return End::NotSent(Clean::new(AT_WORK));
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

/// Why nothing may be sent now, if somebody paused the engine or that cannot be told.
pub(super) fn paused<R: Remotes>(shop: &Shop<R>) -> Option<End> {
    let paused = match shop.reader.site() {
        Ok(site) => site.paused?,
        Err(error) => return Some(error.into()),
    };
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
    shop.ask_poll();
    let waited = async {
        while !shop.is_fresh(shop.config.fetch.fresh_for) {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    // The gate says so when it did not come in time.
    let _ = tokio::time::timeout(shop.config.settle.call_timeout, waited).await;
}

pub(super) async fn next<R: Remotes>(
    shop: &Shop<R>,
    invoices: &[InvoiceId],
    by: &Operator,
) -> CommandReply {
    if let [one_invoice] = invoices {
        let step = match shop.reader.order(*one_invoice) {
            Ok(Some(record)) => next_step(&record),
            Ok(None) => return one(*one_invoice, End::NotHeld),
            Err(error) => return one(*one_invoice, error.into()),
        };
        return match step {
            Ok(step) => one(*one_invoice, step_now(shop, *one_invoice, step, by).await),
            Err(why) => one(*one_invoice, End::NotSent(why)),
        };
    }
    let meant = &invoices[..invoices.len().min(ORDERS_MAX)];
    let counted = shop.counted(by, "next step", meant.len());
    let mut items = Vec::new();
    let mut take = |(invoice, end): (InvoiceId, End)| {
        let end = end.into_item();
        counted.count(&end);
        items.push(ItemResult { invoice, end });
    };
    let mut ready = Vec::new();
    for &invoice in meant {
        let end = match shop.reader.order(invoice) {
            Ok(Some(record)) => match next_step(&record) {
                // A manifest is made of many parcels: one call for all of a group.
                Ok(Step::Manifest) => {
                    ready.push(record);
                    continue;
                }
                Ok(step) => step_now(shop, invoice, step, by).await,
                Err(why) => End::NotSent(why),
            },
            Ok(None) => End::NotHeld,
            Err(error) => error.into(),
        };
        take((invoice, end));
    }
    manifest_now(shop, &ready, by, &mut take).await;
    summary("moved on", items)
}

/// Makes the manifests of these orders, as few as there can be; `take` is told what came of each.
async fn manifest_now<R: Remotes>(
    shop: &Shop<R>,
    ready: &[OrderRecord],
    by: &Operator,
    mut take: impl FnMut((InvoiceId, End)),
) {
    let config = &shop.config;
    for ids in batches(ready, config.carrier_id, config.manifest.batch_max) {
        let mut all = |end: End| {
            for id in &ids {
                take((*id, end.clone()));
            }
        };
        if let Some(end) = paused(shop) {
            all(end);
            continue;
        }
        let Some(_busy) = shop.take(&ids) else {
            all(End::NotSent(Clean::new(AT_WORK)));
            continue;
        };
        if let Some(first) = ready.iter().find(|r| Some(&r.id()) == ids.first()) {
            freshen(shop, first).await;
        }
        for end in planner::carry_out(shop, Work::Manifest, &ids, by).await {
            take(end);
        }
    }
}

/// The next step of an order, legal or not: the gate says why not. Or why there is none.
pub(in crate::worker::desk) fn next_step(record: &OrderRecord) -> Result<Step, Clean> {
    if record.stage() == crate::domain::Stage::Cancelled {
        return Err(Clean::new("the order is cancelled: it will not ship"));
    }
    let due = schedule::due(record);
    match due.map(|d| d.work) {
        Some(Work::Reconcile) => Err(Clean::new(
            "a call was sent and is not proven yet: it is read back by itself, before any other",
        )),
        Some(Work::CancelBooking) => Err(Clean::new(
            "its AWB is being cancelled with the carrier first",
        )),
        Some(Work::Tell | Work::Pull) => Ok(Step::Tracking),
        _ => [Step::Assign, Step::Confirm, Step::Documents, Step::Manifest]
            .into_iter()
            .find(|step| !record.step_done(*step))
            .ok_or_else(|| {
                Clean::new("no step is left to do by hand: what remains follows by itself")
            }),
    }
}

pub(super) async fn track<R: Remotes>(
    shop: &Shop<R>,
    invoices: &[InvoiceId],
    by: &Operator,
) -> CommandReply {
    let meant = &invoices[..invoices.len().min(ORDERS_MAX)];
    let counted = (meant.len() > 1).then(|| shop.counted(by, "track now", meant.len()));
    let mut items = Vec::new();
    for &invoice in meant {
        let end = step_now(shop, invoice, Step::Tracking, by)
            .await
            .into_item();
        if let Some(counted) = &counted {
            counted.count(&end);
        }
        items.push(ItemResult { invoice, end });
    }
    summary("asked", items)
}

pub(super) async fn push_skus<R: Remotes>(shop: &Shop<R>, skus: &[Sku], by: &Operator) -> End {
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
