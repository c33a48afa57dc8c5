//! Old segments go, and nothing is lost by it.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use super::{ArchiveReport, Step, archive, archive_in_steps};
use crate::{
    domain::InvoiceId,
    ledger::{
        Extent, Ledger, LedgerOptions, OpenError, OpenReport, StateVerdict, VerifyReport, backup,
        set_state_aside,
        tests::support::{at, held, now, options, order, seen, who},
        verify, verify_with_archive,
    },
};

const ORDERS: u64 = 60;

fn small(dir: &Path) -> LedgerOptions {
    LedgerOptions {
        segment_bytes: 8_000,
        ..options(dir)
    }
}

fn folder() -> tempfile::TempDir {
    let private = fs::Permissions::from_mode(0o700);
    tempfile::Builder::new()
        .permissions(private)
        .tempdir()
        .expect("a folder")
}

fn open(dir: &Path) -> Result<(Ledger, OpenReport), OpenError> {
    Ledger::open(small(dir), at(9_000))
}

fn close(ledger: Ledger) {
    now(ledger.close());
    drop(ledger);
}

/// Orders `from..to`, one each second, every third held.
fn fill(dir: &Path, from: u64, to: u64) {
    let (ledger, _) = open(dir).expect("opens");
    for id in from..to {
        let mut events = vec![seen(order(id))];
        if id % 3 == 0 {
            events.push(held(id));
        }
        now(ledger.record(&who(), at(id as i64), events)).expect("recorded");
    }
    close(ledger);
}

fn filled() -> tempfile::TempDir {
    let dir = folder();
    fill(dir.path(), 1, ORDERS);
    dir
}

fn go(dir: &Path, older_than: i64) -> ArchiveReport {
    archive(dir, at(older_than), None)
        .expect("archived")
        .expect("there is something")
}

fn good(dir: &Path) -> VerifyReport {
    let found = verify(dir).expect("verified");
    assert!(found.is_good(), "{}", found.summary());
    assert!(
        matches!(found.state, StateVerdict::Equal { .. }),
        "{}",
        found.summary()
    );
    found
}

fn copy_dir(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("listed").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_dir(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("copied");
        }
    }
    let mode = fs::metadata(from).expect("looked at").permissions();
    fs::set_permissions(to, mode).expect("set");
}

fn history(ledger: &Ledger, id: u64) -> usize {
    let reader = ledger.reader();
    reader.history(InvoiceId(id), None, 50).expect("read").len()
}

/// Behind everything that is recorded here.
const LATE: i64 = 9_500;

#[test]
fn what_is_archived_is_still_proven_and_read() {
    let dir = filled();
    let before = good(dir.path());

    let gone = go(dir.path(), LATE);

    assert_eq!(gone.segments.0, 1);
    assert!(gone.segments.1 > 2, "{gone:?}");
    let after = good(dir.path());
    assert_eq!(after.records, before.records);
    assert_eq!(after.last_hash, before.last_hash);
    let archived = gone.records;
    assert_eq!(after.extent, Extent::Whole { archived });
    let (ledger, report) = open(dir.path()).expect("opens");
    assert_eq!(report.rebuilt, None);
    assert_eq!(history(&ledger, 3), 2, "read from the archive");
    let all = ledger.reader().journal(None, 200).expect("read");
    assert_eq!(all.len() as u64, before.records + 1);
    close(ledger);
}

#[test]
fn without_the_archive_it_works_and_says_so() {
    let dir = filled();
    let gone = go(dir.path(), LATE);
    let away = folder();
    let archive = away.path().join("tape");
    fs::rename(dir.path().join("archive"), &archive).expect("moved");

    let found = good(dir.path());
    let record = gone.records;
    assert_eq!(found.extent, Extent::Since { record });
    assert!(found.summary().contains("not here"), "{}", found.summary());
    let (ledger, report) = open(dir.path()).expect("opens");
    assert_eq!(report.rebuilt, None);
    assert_eq!(history(&ledger, 3), 0, "in the archive");
    assert_eq!(history(&ledger, ORDERS - 1), 1);
    assert!(ledger.reader().order(InvoiceId(3)).expect("read").is_some());
    close(ledger);
    let whole = verify_with_archive(dir.path(), Some(&archive)).expect("verified");
    assert_eq!(whole.extent, Extent::Whole { archived: record });
    assert!(whole.is_good(), "{}", whole.summary());
}

#[test]
fn the_state_is_built_from_the_base() {
    let dir = filled();
    go(dir.path(), LATE);
    fs::remove_dir_all(dir.path().join("archive")).expect("removed");
    set_state_aside(dir.path()).expect("set aside");

    let (ledger, report) = open(dir.path()).expect("opens");

    assert!(report.rebuilt.is_some());
    assert!(ledger.reader().order(InvoiceId(1)).expect("read").is_some());
    close(ledger);
    good(dir.path());
}

#[test]
fn again_and_again() {
    let dir = filled();
    let first = go(dir.path(), 30);
    fill(dir.path(), ORDERS, ORDERS + 40);
    let second = go(dir.path(), LATE);

    assert_eq!(second.segments.0, first.segments.1 + 1);
    let archived = second.records;
    assert_eq!(good(dir.path()).extent, Extent::Whole { archived });
    assert_eq!(
        archive(dir.path(), at(LATE), None).expect("nothing to do"),
        None
    );
    set_state_aside(dir.path()).expect("set aside");
    close(open(dir.path()).expect("opens").0);
    good(dir.path());
}

#[test]
fn young_segments_stay() {
    let dir = filled();
    assert_eq!(archive(dir.path(), at(-1), None).expect("looked"), None);
    assert!(!dir.path().join("journal/base.json").exists());
}

#[test]
fn cut_short_at_any_step_it_opens_and_can_be_done_again() {
    let source = filled();
    let records = good(source.path()).records;
    let mut steps = Vec::new();
    for stop in 0.. {
        let dir = folder();
        copy_dir(source.path(), dir.path());
        let mut left = stop;
        let ended = archive_in_steps(dir.path(), at(LATE), None, &mut |step| {
            if left == 0 {
                return Err(OpenError::io(
                    "power",
                    "kept",
                    &std::io::Error::other("cut"),
                ));
            }
            left -= 1;
            steps.push(step);
            Ok(())
        });
        let was_cut = ended.is_err();
        let (ledger, report) = open(dir.path()).expect("opens");
        assert_eq!(report.rebuilt, None, "after {stop} steps");
        assert_eq!(report.records, records);
        assert_eq!(history(&ledger, 3), 2);
        close(ledger);
        good(dir.path());
        if was_cut {
            let again = archive(dir.path(), at(LATE), None).expect("archived");
            let done = steps.contains(&Step::Commit) && again.is_none();
            assert!(again.is_some() || done, "after {stop} steps");
            assert!(matches!(
                good(dir.path()).extent,
                Extent::Whole { archived: 1.. }
            ));
        } else {
            break;
        }
        steps.clear();
    }
    assert!(steps.contains(&Step::Remove(2)), "{steps:?}");
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).expect("read");
    bytes[at] ^= 1;
    fs::write(path, bytes).expect("written");
}

/// A wrong hash in the base is seen at the file that it names.
fn beside(found: &str, changed: &str) -> bool {
    changed == "base.json" && found.starts_with("base-")
}

#[test]
fn what_was_changed_is_found() {
    let dir = filled();
    let gone = go(dir.path(), LATE);
    let journal = dir.path().join("journal");
    let files = [
        dir.path().join("archive/00000002.jsonl"),
        journal.join(format!("base-{}.pairs", gone.records)),
        journal.join("base.json"),
    ];
    for file in files {
        let kept = fs::read(&file).expect("read");
        for place in [40, kept.len() / 2, kept.len() - 30] {
            flip(&file, place);
            let name = file
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            match verify(dir.path()) {
                Err(e) => assert!(
                    matches!(&e, OpenError::Damage(d) if d.file == name || beside(&d.file, &name))
                        || matches!(e, OpenError::Newer { .. }),
                    "{name} at {place}: {e}"
                ),
                Ok(found) => panic!("{name} at {place}: {}", found.summary()),
            }
            fs::write(&file, &kept).expect("written");
        }
    }
    good(dir.path());
}

#[test]
fn a_copy_restores_without_the_archive() {
    let dir = filled();
    go(dir.path(), LATE);
    let copies = folder();
    let made = backup::backup(dir.path(), copies.path(), 3, at(9_600)).expect("copied");
    backup::check(&made.path).expect("good");
    let target = folder();
    let location = small(dir.path()).location;

    backup::restore(&made.path, target.path(), &location, at(9_700)).expect("restored");

    let (ledger, report) = open(target.path()).expect("opens");
    assert!(report.rebuilt.is_some());
    assert!(ledger.reader().order(InvoiceId(1)).expect("read").is_some());
    close(ledger);
    assert!(matches!(good(target.path()).extent, Extent::Since { .. }));
}

#[test]
fn a_base_of_another_version_needs_the_archive() {
    let dir = filled();
    go(dir.path(), LATE);
    let base = dir.path().join("journal/base.json");
    let text = fs::read_to_string(&base).expect("read");
    let mut members: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    members["state_schema"] = 1.into();
    fs::write(&base, members.to_string()).expect("written");
    set_state_aside(dir.path()).expect("set aside");

    let (ledger, _) = open(dir.path()).expect("built from record 1");
    close(ledger);
    good(dir.path());
    fs::remove_dir_all(dir.path().join("archive")).expect("removed");
    let refused = open(dir.path()).err().expect("refused").to_string();
    assert!(refused.contains("archive"), "{refused}");
}

#[test]
fn a_strange_file_in_the_archive_is_not_touched() {
    let dir = filled();
    let archive_dir = dir.path().join("archive");
    fs::create_dir(&archive_dir).expect("made");
    fs::write(archive_dir.join("00000001.jsonl"), "mine").expect("written");

    let refused = archive(dir.path(), at(LATE), None).expect_err("refused");

    assert!(
        matches!(refused, OpenError::ArchiveDiffers { .. }),
        "{refused}"
    );
    fs::remove_dir_all(archive_dir).expect("removed");
    close(open(dir.path()).expect("opens").0);
    good(dir.path());
}
