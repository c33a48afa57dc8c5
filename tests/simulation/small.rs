//! The small world, tried in full: one order, something wrong at every single place.

use super::{
    run::{Outcome, run},
    scenario::{Hit, Scenario, Script},
};

/// A world of one order in which only the script happens.
fn with(script: Script) -> Scenario {
    Scenario {
        script,
        ..Scenario::peaceful(SEED, 1)
    }
}

/// An order that is not cancelled and does not come back.
pub const SEED: u64 = 11;

/// A stall that outlives every permit and its settling, seconds.
pub const LONG_STALL_S: u64 = 900;

/// Every scenario with one thing wrong: each kind at each call, a kill before and after the effect of
/// each call, the power gone at each operation of the disk, a long stall at each flush.
pub fn one_thing_wrong() -> Vec<Scenario> {
    let (calls, operations) = size();
    let hits = (0..calls).flat_map(|call| {
        Hit::ALL.map(|hit| Script {
            hits: vec![(call, hit)],
            ..Script::default()
        })
    });
    let kills = (0..calls).flat_map(|call| {
        [false, true].map(|after| Script {
            kill_at: Some((call, after)),
            ..Script::default()
        })
    });
    let cuts = (0..operations).map(|operation| Script {
        power_at: Some(operation),
        ..Script::default()
    });
    let stalls = (0..operations / 2).map(|flush| Script {
        stall_at: Some((flush.into(), LONG_STALL_S)),
        ..Script::default()
    });
    hits.chain(kills)
        .chain(cuts)
        .chain(stalls)
        .map(with)
        .collect()
}

/// Every scenario with two calls of the way to Shipped gone wrong, and a kill at each of them.
pub fn two_things_wrong() -> impl Iterator<Item = Scenario> {
    let (calls, _) = size();
    let calls = calls.min(WAY_TO_SHIPPED);
    (0..calls).flat_map(move |first| {
        (first + 1..calls + 8).flat_map(move |second| {
            Hit::ALL.into_iter().flat_map(move |a| {
                let pairs = Hit::ALL.map(|b| Script {
                    hits: vec![(first, a), (second, b)],
                    ..Script::default()
                });
                let kill = [false, true].map(|after| Script {
                    hits: vec![(first, a)],
                    kill_at: Some((second, after)),
                    ..Script::default()
                });
                pairs.into_iter().chain(kill).map(with)
            })
        })
    })
}

/// Calls up to the manifest, readings included.
const WAY_TO_SHIPPED: u64 = 24;

/// Calls and disk operations of a run in which nothing goes wrong.
fn size() -> (u64, u32) {
    let outcome: Outcome = run(&with(Script::default()));
    assert!(outcome.is_good() && outcome.shipped == 1, "{outcome:?}");
    // An append and a flush each.
    (outcome.calls_all, outcome.syncs as u32 * 2)
}
