use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
};

use super::*;
use crate::{
    domain::{InvoiceId, LocationKey},
    ledger::{
        Ledger,
        tests::support::{at, begin, book, gave, now, options, order, seen, who},
        verify,
    },
};

fn fill(ledger: &Ledger, from: u64, to: u64) {
    now(async {
        for id in from..to {
            let event = seen(order(id));
            ledger
                .record(&who(), at(1), vec![event])
                .await
                .expect("recorded");
        }
    });
}

fn make(ledger: &Ledger, to: &Path, second: i64, keep: usize) -> BackupReport {
    now(ledger.backup(to.to_owned(), keep, at(second))).expect("a copy")
}

#[test]
fn a_copy_of_a_working_ledger_is_whole_private_and_can_be_gone_back_to() {
    let temp = tempfile::tempdir().expect("a folder");
    let (dir, to) = (temp.path().join("data"), temp.path().join("copies"));
    let (ledger, _) = Ledger::open(options(&dir), at(0)).expect("opens");
    fill(&ledger, 1, 4);
    let report = make(&ledger, &to, 10, 3);
    let copied = report.note.records;
    // What comes later is not in it.
    now(async {
        let permit = ledger.begin(book(1, None), begin(11)).await.expect("legal");
        let outcome = vec![(InvoiceId(1), gave("D00000001"))];
        ledger
            .settle(permit, at(12), outcome)
            .await
            .expect("settled");
        ledger.close().await;
    });
    assert_eq!(check(&report.path).expect("good"), report.note);
    let modes = [
        (report.path.clone(), 0o700),
        (report.path.join("journal"), 0o700),
        (report.path.join("journal/00000001.jsonl"), 0o600),
        (report.path.join("backup.json"), 0o600),
    ];
    for (path, mode) in modes {
        let found = fs::metadata(&path).expect("there").permissions().mode() & 0o777;
        assert_eq!(found, mode, "{}", path.display());
    }
    let place = LocationKey::new("ab1");
    let restored = restore(&report.path, &dir, &place, at(20)).expect("restored");
    let aside = restored.kept_as.expect("there was a ledger");
    assert!(aside.join("journal").exists() && aside.join("state").exists());
    let report = verify(&dir).expect("verified");
    assert!(report.is_good() && report.records == copied, "{report:?}");
    let (ledger, _) = Ledger::open(options(&dir), at(30)).expect("opens");
    let record = ledger.reader().order(InvoiceId(1)).expect("read");
    assert!(record.expect("held").booking.is_none());
    now(ledger.close());
}

#[test]
fn the_newest_copies_stay() {
    let temp = tempfile::tempdir().expect("a folder");
    let (dir, to) = (temp.path().join("data"), temp.path().join("copies"));
    let (ledger, _) = Ledger::open(options(&dir), at(0)).expect("opens");
    let paths: Vec<_> = (1..=4)
        .map(|n| {
            fill(&ledger, n, n + 1);
            make(&ledger, &to, n as i64, 2).path
        })
        .collect();
    let left: Vec<_> = list(&to)
        .expect("listed")
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    assert_eq!(left, paths[2..]);
    now(ledger.close());
}

#[test]
fn a_copy_cut_short_is_cleared_away_and_never_listed() {
    let temp = tempfile::tempdir().expect("a folder");
    let (dir, to) = (temp.path().join("data"), temp.path().join("copies"));
    let (ledger, _) = Ledger::open(options(&dir), at(0)).expect("opens");
    let left = to.join("raftaar-20260101T000000Z.tmp");
    fs::create_dir_all(&left).expect("made");
    assert!(list(&to).expect("listed").is_empty());
    make(&ledger, &to, 1, 2);
    assert!(!left.exists());
    now(ledger.close());
}

#[test]
fn a_damaged_copy_is_not_gone_back_to() {
    let temp = tempfile::tempdir().expect("a folder");
    let (dir, to) = (temp.path().join("data"), temp.path().join("copies"));
    let (ledger, _) = Ledger::open(options(&dir), at(0)).expect("opens");
    fill(&ledger, 1, 4);
    let copy = make(&ledger, &to, 1, 2).path;
    now(ledger.close());
    let before = verify(&dir).expect("verified").records;
    let file = copy.join("journal/00000001.jsonl");
    let whole = fs::read(&file).expect("read");
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    let mut short = whole.clone();
    let lines: Vec<usize> = (0..whole.len()).filter(|i| whole[*i] == b'\n').collect();
    short.truncate(lines[lines.len() - 2] + 1);
    for damaged in [flipped, short] {
        fs::write(&file, damaged).expect("written");
        let place = LocationKey::new("ab1");
        restore(&copy, &dir, &place, at(9)).expect_err("damaged");
        assert_eq!(verify(&dir).expect("verified").records, before);
    }
    fs::write(&file, whole).expect("written");
    let other = LocationKey::new("zz9");
    let refused = restore(&copy, &dir, &other, at(9));
    assert!(matches!(refused, Err(BackupError::OtherLocation { .. })));
}

#[test]
fn closed_segments_are_shared_between_copies() {
    let temp = tempfile::tempdir().expect("a folder");
    let (dir, to) = (temp.path().join("data"), temp.path().join("copies"));
    let small = crate::ledger::LedgerOptions {
        segment_bytes: 4_000,
        ..options(&dir)
    };
    let (ledger, _) = Ledger::open(small, at(0)).expect("opens");
    fill(&ledger, 1, 9);
    let first = make(&ledger, &to, 1, 5);
    fill(&ledger, 9, 12);
    let second = make(&ledger, &to, 2, 5);
    assert!(first.linked == 0 && second.linked > 0, "{second:?}");
    let shared = fs::metadata(second.path.join("journal/00000001.jsonl")).expect("there");
    assert_eq!(shared.nlink(), 2);
    // The live journal is not shared: what damages it leaves the copies alone.
    let live = fs::metadata(dir.join("journal/00000001.jsonl")).expect("there");
    assert_eq!(live.nlink(), 1);
    now(ledger.close());
}
