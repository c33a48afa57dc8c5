//! What a broken promise looks like to the one who has to mend it: the smallest scenario that still
//! shows it, and the lines of its trace that concern the order.

use std::fmt::Write as _;

use super::{
    run::{Outcome, run, traced},
    scenario::Scenario,
};

/// Scenarios tried on the way to a smaller one.
const TRIES_MAX: usize = 200;

/// Lines of the trace that are printed.
const LINES_MAX: usize = 60;

/// Leaves out of a scenario what is not needed to show that something is wrong.
pub fn shrink(scenario: &Scenario) -> Scenario {
    let mut smallest = scenario.clone();
    let mut tries = 0;
    'again: loop {
        for simpler in smallest.simpler() {
            tries += 1;
            if tries > TRIES_MAX {
                return smallest;
            }
            if !run(&simpler).is_good() {
                smallest = simpler;
                continue 'again;
            }
        }
        return smallest;
    }
}

/// The report on a scenario that shows something.
pub fn explain(scenario: &Scenario) -> String {
    let smallest = shrink(scenario);
    let outcome = traced(&smallest);
    let mut text = format!("seed {}\nsmallest: {smallest:?}\n", scenario.seed);
    for breach in &outcome.breaches {
        let _ = writeln!(text, "{} {}: {}", breach.at, breach.rule, breach.what);
    }
    for says in outcome.broken.iter().chain(&outcome.stuck) {
        let _ = writeln!(text, "{says}");
    }
    let words = words(&outcome);
    let concerned: Vec<_> = outcome
        .trace
        .iter()
        .filter(|(_, line)| {
            line.starts_with("--")
                || line.starts_with("clock")
                || words.iter().any(|word| line.contains(word.as_str()))
        })
        .collect();
    for (at, line) in &concerned[concerned.len().saturating_sub(LINES_MAX)..] {
        let _ = writeln!(text, "  {} {line}", at.format("%d %H:%M:%S%.3f"));
    }
    let _ = write!(
        text,
        "Run it again: RAFTAAR_SIM_SEED={} cargo test --release --test simulation -- --nocapture one_seed",
        scenario.seed
    );
    text
}

/// Ids and numbers that the outcome names.
fn words(outcome: &Outcome) -> Vec<String> {
    let said = outcome
        .breaches
        .iter()
        .map(|b| b.what.clone())
        .chain(outcome.broken.iter().cloned())
        .chain(outcome.stuck.iter().cloned());
    said.flat_map(|text| {
        text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
            .filter(|word| word.len() > 3 && word.chars().any(|c| c.is_ascii_digit()))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    })
    .collect()
}
