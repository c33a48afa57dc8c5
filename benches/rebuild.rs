//! What it costs to open a journal of many orders: with a good working state, without any, and proving
//! all of it. Each is done once: a million orders take minutes.
//!
//! `cargo bench --bench rebuild` has 20,000 orders; `RAFTAAR_BENCH_ORDERS=1000000` says how many.

mod common;

use std::{fs, time::Instant};

use raftaar::{
    domain::{Clean, InvoiceId, event::Event},
    ledger::{Ledger, LedgerOptions, set_state_aside, verify},
};

use common::{at, location, operator, runtime, seen};

/// Orders whose records are written together.
const TOGETHER: u64 = 200;

/// What happens to an order: it is seen, held, and released.
fn records(n: u64) -> [Event; 3] {
    let invoice = InvoiceId(n + 1);
    let reason = Clean::new("address to be checked with the customer");
    [
        seen(n),
        Event::Held {
            invoice,
            reason: reason.clone(),
        },
        Event::Released { invoice, reason },
    ]
}

/// The most memory that the process has had so far, MiB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) >> 10
}

fn timed<T>(what: &str, records: u64, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let out = work();
    let s = begun.elapsed().as_secs_f64();
    println!(
        "{what:<28}{s:>9.2} s {:>11.0} records/s   peak {} MiB",
        records as f64 / s,
        peak()
    );
    out
}

fn main() {
    let orders = std::env::var("RAFTAAR_BENCH_ORDERS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(20_000);
    let temp = tempfile::tempdir().expect("a folder");
    let dir = temp.path().join("ledger");
    let runtime = runtime();
    let all = orders * 3;
    println!("{orders} orders, {all} records");
    let open = || Ledger::open(LedgerOptions::new(&dir, location()), at(0)).expect("opens");
    timed("written", all, || {
        let (ledger, _) = open();
        let mut next = 0;
        while next < orders {
            let end = orders.min(next + TOGETHER);
            let events = (next..end).flat_map(records).collect();
            runtime
                .block_on(ledger.record(&operator(), at(1), events))
                .expect("a disk with room");
            next = end;
        }
        runtime.block_on(ledger.close());
    });
    let bytes: u64 = fs::read_dir(dir.join("journal"))
        .expect("listed")
        .flatten()
        .map(|file| file.metadata().map_or(0, |m| m.len()))
        .sum();
    println!("journal {} MiB", bytes >> 20);
    timed("opened, state good", all, || {
        let (ledger, report) = open();
        assert_eq!(report.rebuilt, None);
        runtime.block_on(ledger.close());
    });
    set_state_aside(&dir).expect("set aside");
    timed("opened, state built anew", all, || {
        let (ledger, report) = open();
        assert!(report.rebuilt.is_some());
        runtime.block_on(ledger.close());
    });
    timed("proved (store verify)", all, || {
        assert!(verify(&dir).expect("verified").is_good());
    });
}
