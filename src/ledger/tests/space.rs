use std::{fs, path::Path};

use super::support::{at, held, now, options, order, seen, who};
use crate::{
    domain::{Clean, Consignee, InvoiceId, event::Event},
    ledger::{Ledger, LedgerOptions, OpenReport, compact, verify},
};

/// A ledger whose orders were changed many times: sled keeps the room of what was overwritten.
fn worn(dir: &Path) {
    let (ledger, _) = Ledger::open(options(dir), at(0)).expect("opens");
    now(async {
        let orders = (1..=20).map(|id| seen(order(id))).collect();
        ledger
            .record(&who(), at(1), orders)
            .await
            .expect("recorded");
        for round in 0..60 {
            let events = (1..=20)
                .map(|id| {
                    if round % 2 == 0 {
                        held(id)
                    } else {
                        Event::Released {
                            invoice: InvoiceId(id),
                            reason: Clean::new("go"),
                        }
                    }
                })
                .collect();
            ledger
                .record(&who(), at(2 + round), events)
                .await
                .expect("recorded");
        }
        let people = vec![(InvoiceId(1), Consignee::default())];
        ledger.put_people(people).await.expect("kept");
        ledger.close().await;
    });
}

fn reopen(dir: &Path, times: u64) -> (Ledger, OpenReport) {
    let options = LedgerOptions {
        compact_floor: 0,
        compact_times: times,
        ..options(dir)
    };
    Ledger::open(options, at(100)).expect("opens")
}

#[test]
fn a_worn_state_is_compacted_and_is_the_same_state() {
    let temp = tempfile::tempdir().expect("a folder");
    let dir = temp.path().join("data");
    worn(&dir);
    let (ledger, report) = reopen(&dir, 1);
    let (before, after) = report.compacted.expect("compacted");
    assert!(after < before, "{before} to {after}");
    assert_eq!((report.rebuilt, report.replayed), (None, 0));
    let people = ledger.reader().people(InvoiceId(1)).expect("read");
    assert_eq!(people, Some(Consignee::default()));
    now(ledger.close());
    assert!(verify(&dir).expect("verified").is_good());
}

#[test]
fn a_state_that_is_small_for_what_it_holds_is_left_alone() {
    let temp = tempfile::tempdir().expect("a folder");
    let dir = temp.path().join("data");
    worn(&dir);
    let (ledger, report) = reopen(&dir, 1_000_000);
    assert_eq!(report.compacted, None);
    now(ledger.close());
}

#[test]
fn a_compaction_cut_short_at_any_point_loses_nothing() {
    let temp = tempfile::tempdir().expect("a folder");
    let dir = temp.path().join("data");
    worn(&dir);
    let rename = |from: &str, to: &str| {
        fs::rename(dir.join(from), dir.join(to)).expect("renamed");
    };
    // Half a copy was made.
    fs::create_dir(dir.join("state.compacting")).expect("made");
    fs::write(dir.join("state.compacting/db"), "half").expect("written");
    let (ledger, report) = reopen(&dir, 1_000_000);
    assert_eq!(report.rebuilt, None);
    now(ledger.close());
    // The old one stepped aside, the copy did not take its place yet.
    rename("state", "state.old");
    let (ledger, report) = reopen(&dir, 1_000_000);
    assert_eq!(report.rebuilt, None);
    now(ledger.close());
    // The copy is in its place, the old one was not removed yet.
    fs::create_dir(dir.join("state.old")).expect("made");
    let (ledger, report) = reopen(&dir, 1_000_000);
    assert_eq!(report.rebuilt, None);
    now(ledger.close());
    assert!(!dir.join("state.old").exists() && !dir.join("state.compacting").exists());
    assert!(compact(&dir).is_ok() && verify(&dir).expect("verified").is_good());
}

#[test]
fn a_working_ledger_is_compacted_under_its_readers() {
    let temp = tempfile::tempdir().expect("a folder");
    let dir = temp.path().join("data");
    worn(&dir);
    // Nothing is compacted on opening, then anything is.
    let (ledger, _) = reopen(&dir, 1_000_000);
    now(ledger.close());
    let options = LedgerOptions {
        compact_floor: 0,
        compact_times: 1,
        ..options(&dir)
    };
    let (ledger, _) = Ledger::open(options, at(100)).expect("opens");
    let stop = std::sync::atomic::AtomicBool::new(false);
    let told = std::thread::scope(|threads| {
        let readers: Vec<_> = (0..2)
            .map(|_| {
                threads.spawn(|| {
                    let mut read = 0;
                    while read < 200 || !stop.load(std::sync::atomic::Ordering::Relaxed) {
                        let order = ledger.reader().order(InvoiceId(7)).expect("read");
                        assert_eq!(order.expect("held").id(), InvoiceId(7));
                        read += 1;
                    }
                    read
                })
            })
            .collect();
        let mut told = Vec::new();
        for round in 0..6 {
            for id in 1..=20 {
                now(ledger.record(&who(), at(200 + round), vec![held(id)])).expect("recorded");
            }
            told.extend(now(ledger.compact_if_needed()).expect("looked"));
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        for reader in readers {
            assert!(reader.join().expect("no panic") >= 200);
        }
        told
    });
    assert!(
        told.iter().all(|(before, after)| after < before),
        "{told:?}"
    );
    assert!(!told.is_empty());
    let people = ledger.reader().people(InvoiceId(1)).expect("read");
    assert_eq!(people, Some(Consignee::default()));
    now(ledger.close());
    assert!(verify(&dir).expect("verified").is_good());
}

/// sled's threads keep its file locked for a moment after it was closed.
#[test]
fn a_state_that_is_still_being_let_go_of_is_waited_for() {
    let temp = tempfile::tempdir().expect("a folder");
    let dir = temp.path().join("data");
    worn(&dir);
    let held = fs::File::open(dir.join("state/db")).expect("there");
    held.lock().expect("locked");
    let (begins, begun) = std::sync::mpsc::channel();
    std::thread::scope(|threads| {
        let opener = threads.spawn(|| {
            begins.send(()).expect("somebody listens");
            let (ledger, report) = reopen(&dir, 1_000_000);
            now(ledger.close());
            report
        });
        begun.recv().expect("it begins");
        for _ in 0..10_000 {
            std::thread::yield_now();
        }
        drop(held);
        let report = opener.join().expect("no panic");
        assert_eq!((report.rebuilt, report.replayed), (None, 0));
    });
    assert!(verify(&dir).expect("verified").is_good());
}
