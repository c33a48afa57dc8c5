//! The header's figures.

use super::{
    planner::next_cut_off,
    ports::Remotes,
    shop::{Shop, lock},
    traffic::{Class, day_of},
};
use crate::{
    domain::{Clean, Stamp, schedule::Work, time::ist},
    handle::{ConfirmedBand, EngineState, Overview, QuotaView, Schedule, StockView},
    ledger::LedgerError,
};

/// Due work is counted up to here for the forecast.
const COUNT_MAX: usize = 5_000;

/// Calls at EasyEcom that one order in this kind of work still needs up to Shipped, besides the
/// shared ones.
const NEEDS: [(Work, u32); 3] = [(Work::Book, 2), (Work::Assign, 2), (Work::Confirm, 1)];

pub(super) fn overview<R: Remotes>(shop: &Shop<R>) -> Result<Overview, LedgerError> {
    let now = shop.now();
    let site = shop.reader.site()?;
    let confirmed = site
        .stages
        .iter()
        .filter(|(stage, _)| stage.stands_in_confirmed())
        .map(|(_, n)| n)
        .sum();
    let oldest = shop.reader.oldest_confirmed()?;
    let stock_states = shop.reader.stock_counts()?;
    let quota = quota(shop, now)?;
    let live = lock(&shop.live);
    let engine = if let Some(says) = &live.failed {
        EngineState::Stopped { says: says.clone() }
    } else if let Some(by) = site.paused {
        EngineState::Paused { by }
    } else if shop.config.by_hand.is_empty() {
        EngineState::Automatic
    } else {
        EngineState::ByHand
    };
    let from_file = shop.config.awb.file.is_some();
    let mut alarms: Vec<Clean> = live.alarms.iter().map(|(_, says)| says.clone()).collect();
    if from_file && site.awbs_free < shop.config.awb.low_water {
        alarms.push(Clean::new(&format!(
            "only {} allotted AWBs are left",
            site.awbs_free
        )));
    }
    Ok(Overview {
        now,
        zone_east_s: shop.config.zone.local_minus_utc(),
        location: shop.config.location.clone(),
        name: shop.config.name.clone(),
        sandbox: shop.config.sandbox,
        version: shop.config.version.clone(),
        epoch: site.epoch,
        started_at: shop.started_at,
        engine,
        easyecom: shop.easyecom.link(),
        dtdc: shop.carrier.link(),
        quota,
        stages: site.stages,
        attention: site.attention,
        confirmed: ConfirmedBand {
            count: confirmed,
            oldest: oldest.map(|(id, _)| id),
            oldest_since: oldest.map(|(_, at)| at),
        },
        schedule: Schedule {
            orders_read_at: live.fresh_at,
            orders_next_at: live.next_poll_at,
            cut_off_at: next_cut_off(shop, now),
            tracking_read_at: live.tracking_read_at,
            stock_read_at: live.stock_read_at,
            stock_file_at: live.stock_file_at,
        },
        stock: StockView {
            setting_on: shop.config.stock.setting_on,
            states: stock_states,
            file_problems: live.stock_problems.clone(),
        },
        rejected: site.rejected,
        awbs_free: from_file.then_some(site.awbs_free),
        in_flight: live.busy.len() as u32,
        journal: shop.reader.position(),
        alarms,
    })
}

fn quota<R: Remotes>(shop: &Shop<R>, now: Stamp) -> Result<QuotaView, LedgerError> {
    let (used, per_second_milli) = shop.meter.gauge();
    let needed = needed(shop, now)?;
    let left = shop.meter.left(Class::Advance);
    let rate = f64::from(per_second_milli.max(1)) / 1000.0;
    let done_at = (needed > 0 && needed <= left)
        .then(|| now + chrono::Duration::milliseconds((f64::from(needed) / rate * 1000.0) as i64));
    let resets_at = day_of(now)
        .succ_opt()
        .and_then(|day| {
            day.and_time(chrono::NaiveTime::MIN)
                .and_local_timezone(ist())
                .single()
        })
        .map_or(now, |t| t.with_timezone(&chrono::Utc));
    Ok(QuotaView {
        day: shop.meter.limits().per_day,
        used,
        per_second_milli,
        resets_at,
        needed,
        done_at,
    })
}

/// Calls that what is due now still needs up to Shipped.
pub(super) fn needed<R: Remotes>(shop: &Shop<R>, now: Stamp) -> Result<u32, LedgerError> {
    let mut needed = 0;
    for (work, calls) in NEEDS {
        needed += calls * shop.reader.due_count(work, now, COUNT_MAX)? as u32;
    }
    let ready = shop.reader.due_count(Work::Manifest, now, COUNT_MAX)?;
    if needed > 0 || ready > 0 {
        // The readings and the manifest that all of them share.
        needed += 4;
    }
    Ok(needed)
}
