//! The engine and the ledger against a model of both remotes, on virtual time.

mod model;
mod remotes;
mod run;

use run::{Scenario, run};

#[test]
fn calm() {
    let outcome = run(&Scenario {
        seed: 1,
        orders: 20,
        crashes: 0,
        fault_rate: 0.0,
        planted: None,
    });
    println!("{outcome:?}");
    assert!(outcome.breaches.is_empty(), "{:?}", outcome.breaches);
    assert!(outcome.stuck.is_empty(), "{:?}", outcome.stuck);
}

#[test]
fn rough() {
    for seed in 0..4 {
        let outcome = run(&Scenario {
            seed,
            orders: 20,
            crashes: 3,
            fault_rate: 0.2,
            planted: None,
        });
        println!("{seed} {outcome:?}");
        assert!(outcome.breaches.is_empty(), "{seed} {:?}", outcome.breaches);
        assert!(outcome.stuck.is_empty(), "{seed} {:?}", outcome.stuck);
    }
}
