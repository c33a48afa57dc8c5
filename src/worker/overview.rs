//! The header's figures.

use super::{
    planner::{last_cut_off, next_cut_off},
    ports::Remotes,
    shop::{Shop, lock},
    traffic::{Class, day_of},
    wave::{self, Backlog, Budget, Plan},
};
use crate::{
    domain::{Clean, Stamp, schedule::Work, time::ist},
    handle::{ConfirmedBand, EngineState, Overview, QuotaView, Schedule, StockView},
    ledger::LedgerError,
};

/// Due work is counted up to here for the forecast.
const COUNT_MAX: usize = 5_000;

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
    let missed_at = last_cut_off(shop, now);
    let missed = missed_at.map_or(Ok(0), |at| shop.reader.confirmed_before(at, COUNT_MAX))?;
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
    let later = quota.wave.later();
    let mut alarms: Vec<Clean> = live.alarms.iter().map(|(_, says)| says.clone()).collect();
    if from_file && site.awbs_free < shop.config.awb.low_water {
        alarms.push(Clean::new(&format!(
            "only {} allotted AWBs are left",
            site.awbs_free
        )));
    }
    if later > 0 {
        alarms.push(Clean::new(&format!(
            "calls are short: {} of {} waiting orders can be shipped with the calls left today, {later} \
             wait for {}",
            quota.wave.fits,
            quota.wave.waiting,
            quota
                .resets_at
                .with_timezone(&shop.config.zone)
                .format("%H:%M")
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
            missed: missed as u64,
            missed_at: missed_at.filter(|_| missed > 0),
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
        runs: live.runs.values().cloned().collect(),
        journal: shop.reader.position(),
        alarms,
    })
}

fn quota<R: Remotes>(shop: &Shop<R>, now: Stamp) -> Result<QuotaView, LedgerError> {
    let (used, per_second_milli) = shop.meter.gauge();
    let plan = plan(shop, now)?;
    let reaches = plan.wave.later() == 0;
    Ok(QuotaView {
        day: shop.meter.limits().per_day,
        used,
        per_second_milli,
        resets_at: resets_at(now),
        needed: u32::try_from(plan.needed).unwrap_or(u32::MAX),
        done_at: plan.done_after.filter(|_| reaches).map(|after| now + after),
        wave: plan.wave,
    })
}

/// When EasyEcom's day turns.
pub(super) fn resets_at(now: Stamp) -> Stamp {
    day_of(now)
        .succ_opt()
        .and_then(|day| {
            day.and_time(chrono::NaiveTime::MIN)
                .and_local_timezone(ist())
                .single()
        })
        .map_or(now, |t| t.with_timezone(&chrono::Utc))
}

/// Calls that a class may have beyond those which the orders of today need.
pub(super) fn spare<R: Remotes>(shop: &Shop<R>, plan: Plan, class: Class, now: Stamp) -> u32 {
    let pickup = next_cut_off(shop, now).is_some_and(|at| at < resets_at(now));
    let (used, _) = shop.meter.gauge();
    let per_day = shop.meter.limits().per_day;
    wave::beside_orders(shop.meter.left(class), plan.kept, used, per_day, pickup)
}

/// How far the calls reach with what is due now.
pub(super) fn plan<R: Remotes>(shop: &Shop<R>, now: Stamp) -> Result<Plan, LedgerError> {
    // What waits for its next try needs its calls today as well.
    let today = resets_at(now);
    let count = |work| {
        let due = shop.reader.due_count(work, today, COUNT_MAX)?;
        Ok::<_, LedgerError>(due as u64)
    };
    let stages = shop.reader.site()?.stages;
    let backlog = Backlog {
        waiting: count(Work::Book)? + count(Work::Assign)?,
        to_confirm: count(Work::Confirm)?,
        // A confirmation that is still running is not due, and yet its manifest has to be paid for.
        confirmed: stages
            .iter()
            .filter(|(stage, _)| stage.stands_in_confirmed())
            .map(|(_, n)| n)
            .sum(),
    };
    let left = shop.meter.left(Class::Advance);
    let (_, per_second_milli) = shop.meter.gauge();
    let budget = Budget {
        left,
        reads: wave::reads_kept(
            shop.meter.limits().per_day,
            shop.config.fetch.every,
            wave::until(now, today),
        ),
        per_second: f64::from(per_second_milli.max(1)) / 1000.0,
        batch_max: shop.config.manifest.batch_max as u64,
        until_cut_off: next_cut_off(shop, now).map(|at| at - now),
    };
    Ok(wave::plan(backlog, budget))
}
