//! What a command would do, before it does it.

use super::{
    super::{
        overview, planner, ports::Remotes, shop::Shop, steps::manifest::batches, traffic::Class,
    },
    commands::next_step,
};
use crate::{
    domain::{Call, Clean, InvoiceId, OrderRecord, Step},
    handle::{Command, ManifestPlan, Preview},
    ledger::LedgerError,
};

/// Left-out orders that are named; the rest are counted.
const NAMED_MAX: usize = 100;

pub(super) fn preview<R: Remotes>(
    shop: &Shop<R>,
    command: &Command,
) -> Result<Preview, LedgerError> {
    let mut preview = Preview {
        calls_left: u64::from(shop.meter.left(Class::Advance)),
        ..Preview::default()
    };
    match command {
        Command::Next { invoices } => next(shop, invoices, &mut preview)?,
        Command::Step { invoice, step } => {
            for_each(shop, &[*invoice], &mut preview, |record| {
                let (call, cost) = called(record, *step);
                weighed(shop, record, call).map(|()| cost)
            })?;
        }
        Command::Retry { invoices } => for_each(shop, invoices, &mut preview, |record| {
            record.may_retry().map(|()| 0)
        })?,
        Command::Hold { invoices, .. } => for_each(shop, invoices, &mut preview, |record| {
            record.may_hold().map(|()| 0)
        })?,
        Command::Release { invoices, .. } => for_each(shop, invoices, &mut preview, |record| {
            record.may_release().map(|()| 0)
        })?,
        Command::Undo { invoices, .. } => preview.orders = invoices.len() as u64,
        Command::Track { invoices } => for_each(shop, invoices, &mut preview, |record| {
            weighed(shop, record, Call::Tracking).map(|()| 0)
        })?,
        Command::ManifestNow { group } => {
            let plans = super::manifest_plan(shop)?;
            let meant = |plan: &&ManifestPlan| group.as_ref().is_none_or(|g| *g == plan.group);
            for plan in plans.iter().filter(meant) {
                preview.orders += plan.ready;
                let per_call = shop.config.manifest.batch_max.max(1) as u64;
                preview.calls += plan.ready.div_ceil(per_call);
            }
            // The reading before and the one that proves it.
            preview.calls += 2 * u64::from(preview.orders > 0);
        }
        Command::PushStock { skus } if skus.is_empty() => {
            let counts = shop.reader.stock_counts()?;
            let waiting = counts
                .get(&crate::domain::inventory::DiffState::Waiting)
                .copied()
                .unwrap_or(0);
            preview.orders = waiting;
            preview.calls = waiting.div_ceil(shop.config.stock.skus_per_push.max(1) as u64);
        }
        Command::PushStock { skus } => {
            preview.orders = skus.len() as u64;
            preview.calls =
                (skus.len() as u64).div_ceil(shop.config.stock.skus_per_push.max(1) as u64);
        }
        _ => preview.orders = 1,
    }
    finish(shop, &mut preview);
    Ok(preview)
}

/// The next step of each; ready orders share their manifests' calls.
fn next<R: Remotes>(
    shop: &Shop<R>,
    invoices: &[InvoiceId],
    preview: &mut Preview,
) -> Result<(), LedgerError> {
    let mut ready = Vec::new();
    for_each(shop, invoices, preview, |record| {
        let step = next_step(record)?;
        let (call, cost) = called(record, step);
        weighed(shop, record, call)?;
        if call == Call::Manifest {
            ready.push(record.clone());
            return Ok(0);
        }
        Ok(cost)
    })?;
    let config = &shop.config;
    let calls = batches(&ready, config.carrier_id, config.manifest.batch_max);
    preview.calls += calls.len() as u64;
    Ok(())
}

/// The first call of a step, and how many calls at EasyEcom the step takes.
fn called(record: &OrderRecord, step: Step) -> (Call, u64) {
    match step {
        Step::Assign if !record.book.progress.is_done() => (Call::Book, 1),
        Step::Assign => (Call::Assign, 1),
        Step::Fetch | Step::Confirm => (Call::Confirm, 1),
        Step::Documents => (Call::Documents, 0),
        Step::Manifest => (Call::Manifest, 1),
        Step::Tracking => (Call::Tracking, 1),
        Step::Inventory => (Call::Inventory, 1),
    }
}

/// What the gate says, in the words of the first condition that no reading lifts.
fn weighed<R: Remotes>(shop: &Shop<R>, record: &OrderRecord, call: Call) -> Result<(), Clean> {
    let refusal = shop.weigh(call, record).err();
    let stays = refusal.and_then(|r| r.stays().map(|unmet| unmet.what.clone()));
    stays.map_or(Ok(()), Err)
}

/// Counts those orders that `judge` lets through, and the calls that it says each takes.
fn for_each<R: Remotes>(
    shop: &Shop<R>,
    invoices: &[InvoiceId],
    preview: &mut Preview,
    mut judge: impl FnMut(&OrderRecord) -> Result<u64, Clean>,
) -> Result<(), LedgerError> {
    for &id in invoices {
        let judged = match shop.reader.order(id)? {
            Some(record) => judge(&record),
            None => Err(Clean::new("not held here")),
        };
        match judged {
            Ok(cost) => {
                preview.orders += 1;
                preview.calls += cost;
            }
            Err(why) => {
                preview.left_out_total += 1;
                if preview.left_out.len() < NAMED_MAX {
                    preview.left_out.push((id, why));
                }
            }
        }
    }
    Ok(())
}

fn finish<R: Remotes>(shop: &Shop<R>, preview: &mut Preview) {
    let (_, milli) = shop.meter.gauge();
    let now = shop.now();
    let waiting = overview::plan(shop, now).map_or(0, |plan| plan.needed);
    let calls = preview.calls + waiting;
    let seconds = calls as f64 * 1000.0 / f64::from(milli.max(1));
    preview.done_at = Some(now + chrono::Duration::milliseconds((seconds * 1000.0) as i64));
    if let Some(at) = planner::next_cut_off(shop, now) {
        let minutes = (at - now).num_minutes();
        preview.says = Clean::new(&match minutes {
            ..60 => format!("next pickup in {minutes} min"),
            _ => format!("next pickup in {} h {} min", minutes / 60, minutes % 60),
        });
    }
}
