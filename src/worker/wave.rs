//! How far the day's calls reach. An order that was begun is brought to Shipped: with 480 calls left
//! and 400 orders, 236 are shipped and the rest is not touched, in place of 400 that are assigned
//! and none that leaves.

use std::time::Duration;

use crate::{domain::Stamp, handle::WavePlan};

/// Calls that assign and confirm one order.
const CALLS_PER_ORDER: u64 = 2;

/// Readings that a wave shares: one before it is begun, one that shows its confirmations, one before
/// the manifest and one that shows it.
const SHARED: u64 = 4;

/// Readings take this share of the day's calls; the rest is for the orders that they show.
const READS_SHARE: u32 = 4;

/// What is to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Backlog {
    /// Nothing was sent to EasyEcom yet.
    pub waiting: u64,
    /// Assigned, not confirmed.
    pub to_confirm: u64,
    /// Confirmed, without a manifest.
    pub confirmed: u64,
}

/// What it may be done with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Budget {
    /// Calls left today for orders.
    pub left: u32,
    /// Of these, kept for readings of the order list.
    pub reads: u32,
    /// Calls a second.
    pub per_second: f64,
    /// AWBs of one manifest.
    pub batch_max: u64,
    /// Time until the next pickup, if there is one.
    pub until_cut_off: Option<chrono::Duration>,
}

/// A plan, and the calls that the whole backlog needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub wave: WavePlan,
    pub needed: u64,
    /// Calls that nothing else may use: what fits, and the readings.
    pub kept: u64,
    /// When what fits is done.
    pub done_after: Option<chrono::Duration>,
}

/// Plans.
pub(super) fn plan(backlog: Backlog, budget: Budget) -> Plan {
    let batch = budget.batch_max.max(1);
    let under_way = backlog.to_confirm + backlog.confirmed;
    let calls_of = |waiting: u64| {
        let all = waiting + under_way;
        if all == 0 {
            0
        } else {
            waiting * CALLS_PER_ORDER + backlog.to_confirm + all.div_ceil(batch) + SHARED
        }
    };
    let left = u64::from(budget.left.saturating_sub(budget.reads));
    let fits = most(backlog.waiting, |n| calls_of(n) <= left);
    let seconds = |calls: u64| calls as f64 / budget.per_second.max(0.001);
    let by_cut_off = budget.until_cut_off.map(|until| {
        let until = until.num_seconds().max(0) as f64;
        let begun = most(fits, |n| seconds(calls_of(n)) <= until);
        let under_way = if seconds(calls_of(0)) <= until {
            under_way
        } else {
            0
        };
        begun + under_way
    });
    let fitting = calls_of(fits);
    Plan {
        wave: WavePlan {
            under_way,
            waiting: backlog.waiting,
            fits,
            by_cut_off,
        },
        needed: calls_of(backlog.waiting),
        kept: fitting + u64::from(budget.reads),
        done_after: (fitting > 0)
            .then(|| chrono::Duration::milliseconds((seconds(fitting) * 1000.0) as i64)),
    }
}

/// The most of `0..=max` that still is good, where more is never better.
fn most(max: u64, good: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (0, max);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if good(middle) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low
}

/// How often orders are read: as configured, or as seldom as lets readings keep to their share.
pub(super) fn read_every(per_day: u32, every: Duration) -> Duration {
    every.max(DAY / (per_day / READS_SHARE).max(1)).min(LONGEST)
}

/// Calls to keep for readings until the day turns.
pub(super) fn reads_kept(per_day: u32, every: Duration, until_reset: Duration) -> u32 {
    let every = read_every(per_day, every);
    (until_reset.as_secs_f64() / every.as_secs_f64().max(1.0)).ceil() as u32
}

const DAY: Duration = Duration::from_hours(24);

/// However short calls are, orders are read this often.
const LONGEST: Duration = Duration::from_mins(30);

/// Pushes of quantities take no more than this share of the day's calls.
const PUSHES_SHARE: u32 = 5;

/// Readings of quantities take no more than this share.
const STOCK_READS_SHARE: u32 = 10;

/// How often quantities are pushed: as configured, or as seldom as keeps to their share.
pub(super) fn push_every(per_day: u32, every: Duration) -> Duration {
    every.max(DAY / (per_day / PUSHES_SHARE).max(1))
}

/// How long after a reading of so many pages the next one may come.
pub(super) fn stock_read_every(per_day: u32, pages: u32) -> Duration {
    (DAY / (per_day / STOCK_READS_SHARE).max(1)).saturating_mul(pages.max(1))
}

/// Calls that statuses and quantities may have now: what the orders need comes first, and while a pickup is still
/// ahead today half of the day's calls are kept for orders that are yet to come.
pub(super) fn beside_orders(left: u32, kept: u64, used: u32, per_day: u32, pickup: bool) -> u32 {
    let kept = u32::try_from(kept).unwrap_or(u32::MAX);
    let spare = left.saturating_sub(kept);
    if pickup {
        spare.min((per_day / 2).saturating_sub(used))
    } else {
        spare
    }
}

/// Time until EasyEcom's day turns.
pub(super) fn until(now: Stamp, resets_at: Stamp) -> Duration {
    (resets_at - now).to_std().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BUDGET: Budget = Budget {
        left: 480,
        reads: 0,
        per_second: 4.0,
        batch_max: 50,
        until_cut_off: None,
    };

    #[test]
    fn a_wave_that_is_too_large_is_shipped_in_part() {
        let backlog = Backlog {
            waiting: 400,
            ..Backlog::default()
        };
        let plan = plan(backlog, BUDGET);
        // 235 x 2 + 5 manifests + 4 readings = 479; one order more is 481.
        assert_eq!((plan.wave.fits, plan.wave.later()), (235, 165));
        // 400 x 2 + 8 manifests + 4 readings.
        assert_eq!(plan.needed, 812);
    }

    #[test]
    fn what_was_begun_comes_first() {
        let backlog = Backlog {
            waiting: 400,
            to_confirm: 470,
            confirmed: 0,
        };
        assert_eq!(plan(backlog, BUDGET).wave.fits, 0);
    }

    #[test]
    fn a_pickup_that_is_near_takes_what_the_rate_allows() {
        let backlog = Backlog {
            waiting: 200,
            ..Backlog::default()
        };
        let budget = Budget {
            left: 10_000,
            until_cut_off: Some(chrono::Duration::seconds(30)),
            ..BUDGET
        };
        // 120 calls: 56 x 2 + 2 manifests + 4 readings = 118; one order more is 120.
        assert_eq!(plan(backlog, budget).wave.by_cut_off, Some(57));
    }

    #[test]
    fn nothing_to_do_needs_nothing() {
        let plan = plan(Backlog::default(), BUDGET);
        assert_eq!((plan.needed, plan.done_after), (0, None));
    }

    #[test]
    fn readings_keep_to_their_share() {
        let (hours, minutes) = (Duration::from_hours, Duration::from_mins);
        assert_eq!(read_every(100_000, minutes(5)), minutes(5));
        assert_eq!(read_every(576, minutes(1)), minutes(10));
        assert_eq!(read_every(3, minutes(1)), minutes(30));
        assert_eq!(reads_kept(576, minutes(1), hours(10)), 60);
        assert_eq!(reads_kept(100_000, minutes(5), hours(10)), 120);
    }

    #[test]
    fn stock_keeps_to_its_share() {
        let minutes = Duration::from_mins;
        assert_eq!(push_every(100_000, minutes(1)), minutes(1));
        assert_eq!(push_every(480, minutes(1)), minutes(15));
        assert_eq!(stock_read_every(480, 1), minutes(30));
        assert_eq!(stock_read_every(480, 20), minutes(600));
    }

    #[test]
    fn statuses_leave_the_orders_their_calls() {
        assert_eq!(beside_orders(450, 300, 0, 500, false), 150);
        assert_eq!(beside_orders(450, 0, 200, 500, true), 50);
        assert_eq!(beside_orders(100, 300, 400, 500, true), 0);
        assert_eq!(beside_orders(200_000, 800, 9_000, 300_000, true), 141_000);
    }

    proptest! {
        #[test]
        fn what_fits_is_paid_for(
            waiting in 0_u64..5_000, to_confirm in 0_u64..500, confirmed in 0_u64..500,
            left in 0_u32..10_000, batch_max in 1_u64..100,
        ) {
            let backlog = Backlog { waiting, to_confirm, confirmed };
            let budget = Budget { left, batch_max, ..BUDGET };
            let found = plan(backlog, budget);
            let with = |waiting| plan(Backlog { waiting, ..backlog }, budget).needed;
            prop_assert!(found.wave.fits <= waiting);
            if found.wave.fits > 0 {
                prop_assert!(with(found.wave.fits) <= u64::from(left));
            }
            if found.wave.fits < waiting {
                prop_assert!(with(found.wave.fits + 1) > u64::from(left));
            }
        }
    }
}
