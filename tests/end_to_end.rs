//! The whole, as a person starts it: the real binary, real HTTP, a real disk.

use std::process::{Command, Output};

fn demo(orders: &str, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_raftaar"))
        .args(["demo", "--headless", "--orders", orders, "--speed", "36000"])
        .args(more)
        .output()
        .expect("the program starts")
}

fn ended_well(output: &Output) {
    let said = String::from_utf8_lossy(&output.stdout);
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{wrong}");
    assert!(said.contains("everything ended as it should"), "{said}");
    assert!(!said.contains("BAD"), "{said}");
}

#[test]
fn every_order_reaches_its_end() {
    ended_well(&demo("40", &[]));
}

#[test]
fn every_order_reaches_its_end_with_a_fifth_of_the_calls_failing() {
    ended_well(&demo("25", &["--faults", "0.2", "--seed", "2"]));
}
