//! The engine and the ledger against a model of both remotes, on virtual time. One seed is one run.
//!
//! `RAFTAAR_SIM_SECONDS=600 cargo test --release --test simulation -- --nocapture long` runs on two
//! threads for as long as it is told and prints order-steps a minute; `RAFTAAR_SIM_SEED` repeats one
//! seed. The first broken promise is printed with the smallest scenario that still shows it.

mod disk;
mod outside;
mod people;
mod remotes;
mod report;
mod run;
mod scenario;
mod small;
mod world;

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use report::explain;
use run::{Outcome, run, traced};
use scenario::{Faults, Hit, LATE_MAX_S, Planted, Scenario, Script};

fn judge(scenario: &Scenario) -> Outcome {
    let outcome = run(scenario);
    assert!(outcome.is_good(), "{}", explain(scenario));
    outcome
}

#[test]
fn seeds_of_one_kind() {
    let shipped: usize = (0..SEEDS)
        .map(|n| judge(&Scenario::of(2 * n)).shipped)
        .sum();
    assert!(shipped > 0);
}

#[test]
fn seeds_of_another_kind() {
    let shipped: usize = (0..SEEDS)
        .map(|n| judge(&Scenario::of(2 * n + 1)).shipped)
        .sum();
    assert!(shipped > 0);
}

/// Seeds of each kind that every test run tries.
const SEEDS: u64 = 6;

#[test]
fn one_seed_is_one_run() {
    let once = traced(&Scenario::of(7));
    let again = traced(&Scenario::of(7));
    assert_eq!(once.trace, again.trace);
    assert!(!once.trace.is_empty());
}

/// A broken protocol meets the faults that it is weak against.
fn planted(planted: Planted, seed: u64) -> Scenario {
    let faults = match planted {
        // What is lost is lost between a call and its outcome, by the script.
        Planted::NoIntent | Planted::NoNotAfter => Faults::default(),
        Planted::AcknowledgedBeforeDurable => Faults {
            lost_after: 0.2,
            ..Faults::default()
        },
        Planted::NaiveClock => Faults {
            late: 0.4,
            clock: true,
            ..Faults::default()
        },
        Planted::NoGate => Faults {
            people: true,
            ..Faults::default()
        },
        Planted::BlindRetry | Planted::NewAwbOnRetry | Planted::NoSettle => Faults {
            lost_after: 0.1,
            late: 0.2,
            ..Faults::default()
        },
    };
    let script = match planted {
        Planted::NoIntent => Script {
            of: "book",
            kill_at: Some((0, true)),
            ..Script::default()
        },
        // The permit comes late, and the call made with it later still.
        Planted::NoNotAfter => Script {
            of: "book",
            stall_at: Some((seed, small::LONG_STALL_S)),
            hits: vec![(0, Hit::Late(LATE_MAX_S))],
            ..Script::default()
        },
        _ => Script::default(),
    };
    let (orders, crashes) = if script == Script::default() {
        (30, 6)
    } else {
        (1, 0)
    };
    Scenario {
        faults,
        crashes,
        planted: Some(planted),
        script,
        // One order is one world: only the script differs.
        ..Scenario::peaceful(if orders == 1 { small::SEED } else { seed }, orders)
    }
}

/// Seeds in which each broken protocol has to show.
const PLANTED_SEEDS: u64 = 40;

fn finds(which: Planted) {
    let found = (0..PLANTED_SEEDS).find(|seed| !run(&planted(which, *seed)).is_good());
    assert!(found.is_some(), "{which:?} was not found");
}

#[test]
fn an_intent_that_is_not_durable_is_found() {
    finds(Planted::NoIntent);
}

#[test]
fn a_blind_retry_is_found() {
    finds(Planted::BlindRetry);
}

#[test]
fn a_new_awb_on_retry_is_found() {
    finds(Planted::NewAwbOnRetry);
}

#[test]
fn a_missing_settle_time_is_found() {
    finds(Planted::NoSettle);
}

#[test]
fn a_permit_without_an_end_is_found() {
    finds(Planted::NoNotAfter);
}

#[test]
fn an_answer_before_the_disk_has_it_is_found() {
    finds(Planted::AcknowledgedBeforeDurable);
}

#[test]
fn a_missing_gate_is_found() {
    finds(Planted::NoGate);
}

#[test]
fn a_clock_that_is_believed_is_found() {
    finds(Planted::NaiveClock);
}

/// Of the small world's scenarios every test run tries one in so many.
const SMALL_STEP: usize = 31;

#[test]
fn one_order_with_one_thing_wrong_anywhere() {
    let all = small::one_thing_wrong();
    assert!(all.len() > 500, "{}", all.len());
    for scenario in all.iter().step_by(SMALL_STEP) {
        let outcome = judge(scenario);
        assert_eq!(outcome.shipped, 1, "{scenario:?}");
    }
}

/// Somebody in a hurry pushes the newest count while an older one may still arrive.
#[test]
fn counts_pushed_in_a_hurry() {
    for seed in 0..8 {
        let scenario = Scenario {
            hours: 12,
            crashes: 3,
            faults: Faults {
                stock: true,
                ..Faults::default()
            },
            script: Script {
                of: "push stock",
                hits: (0..40).map(|n| (2 * n, Hit::Late(LATE_MAX_S))).collect(),
                ..Script::default()
            },
            ..Scenario::peaceful(seed, 3)
        };
        judge(&scenario);
    }
}

/// More orders than the day's calls can bring to Shipped: what is begun leaves, the rest waits for the
/// next day and leaves then.
#[test]
fn a_wave_that_the_day_cannot_pay_for() {
    // Their statuses take longer than the run: what is stuck is not looked at.
    let outcome = run(&Scenario {
        hours: 1,
        per_day: 150,
        ..Scenario::peaceful(1, 90)
    });
    assert_eq!(outcome.breaches, []);
    assert!(outcome.shipped > 80);
    assert_eq!(outcome.left_standing.iter().sum::<usize>(), 0);
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn one_seed() {
    if let Some(seed) = number("RAFTAAR_SIM_SEED") {
        println!("{:?}", Scenario::of(seed));
        let outcome = judge(&Scenario::of(seed));
        println!(
            "{} order-steps, {} calls, {} shipped",
            outcome.effects, outcome.calls_all, outcome.shipped
        );
        if number("RAFTAAR_SIM_TRACE").is_some() {
            for (at, line) in traced(&Scenario::of(seed)).trace {
                println!("{} {line}", at.format("%d %H:%M:%S%.3f"));
            }
        }
    }
}

#[test]
fn long() {
    let Some(seconds) = number("RAFTAAR_SIM_SECONDS") else {
        return;
    };
    let began = Instant::now();
    let until = began + Duration::from_secs(seconds);
    let (seed, effects, calls) = (AtomicU64::new(1_000), AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while Instant::now() < until {
                    let outcome = judge(&Scenario::of(seed.fetch_add(1, Ordering::Relaxed)));
                    effects.fetch_add(outcome.effects, Ordering::Relaxed);
                    calls.fetch_add(outcome.calls_all, Ordering::Relaxed);
                }
            });
        }
    });
    let took = began.elapsed().as_secs_f64();
    let effects = effects.into_inner();
    println!(
        "{} seeds, {effects} order-steps, {} calls in {took:.0} s: {:.0} order-steps a minute; no promise broken",
        seed.into_inner() - 1_000,
        calls.into_inner(),
        effects as f64 / took * 60.0
    );
}

#[test]
fn long_small_world() {
    if number("RAFTAAR_SIM_SMALL").is_none() {
        return;
    }
    let mut tried = 0_u64;
    for scenario in small::one_thing_wrong()
        .into_iter()
        .chain(small::two_things_wrong())
    {
        judge(&scenario);
        tried += 1;
    }
    println!("{tried} scenarios of one order: no promise broken");
}
