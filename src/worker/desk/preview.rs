//! What a command would do, before it does it.

use super::super::{overview, planner, ports::Remotes, shop::Shop, traffic::Class};
use crate::{
    domain::{
        Call, Clean, InvoiceId, OrderRecord,
        schedule::{self, Work},
    },
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
        Command::Next { invoices } => {
            for &id in invoices {
                weigh(shop, id, &mut preview, next_call)?;
            }
        }
        Command::Retry { invoices }
        | Command::Hold { invoices, .. }
        | Command::Release { invoices, .. }
        | Command::Undo { invoices, .. } => preview.orders = invoices.len() as u64,
        Command::Track { invoices } => {
            for &id in invoices {
                weigh(shop, id, &mut preview, |r| {
                    r.manifest.progress.is_done().then_some((Call::Tracking, 0))
                })?;
            }
        }
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

fn next_call(record: &OrderRecord) -> Option<(Call, u64)> {
    match schedule::due(record)?.work {
        Work::Book => Some((Call::Book, 1)),
        Work::Assign => Some((Call::Assign, 1)),
        Work::Confirm => Some((Call::Confirm, 1)),
        Work::Documents => Some((Call::Documents, 0)),
        Work::Manifest => Some((Call::Manifest, 1)),
        Work::Tell => Some((Call::Tracking, 1)),
        Work::Reconcile | Work::CancelBooking | Work::Pull => None,
    }
}

fn weigh<R: Remotes>(
    shop: &Shop<R>,
    id: InvoiceId,
    preview: &mut Preview,
    call: impl Fn(&OrderRecord) -> Option<(Call, u64)>,
) -> Result<(), LedgerError> {
    let left_out = match shop.reader.order(id)? {
        None => Some(Clean::new("not held here")),
        Some(record) => match call(&record) {
            None => Some(Clean::new(
                "no step is due: settled, parked, held or being read",
            )),
            Some((call, cost)) => {
                let refusal = shop.weigh(call, &record).err();
                let stays = refusal.and_then(|r| r.stays().map(|u| u.what.clone()));
                if stays.is_none() {
                    preview.orders += 1;
                    preview.calls += cost;
                }
                stays
            }
        },
    };
    if let Some(why) = left_out
        && preview.left_out.len() < NAMED_MAX
    {
        preview.left_out.push((id, why));
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
    let cut_off = planner::next_cut_off(shop, now)
        .map(|at| {
            let minutes = (at - now).num_minutes();
            format!("; next pickup in {minutes} min")
        })
        .unwrap_or_default();
    preview.says = Clean::new(&format!(
        "{} orders, {} calls of {} left{cut_off}",
        preview.orders, preview.calls, preview.calls_left
    ));
}
