//! Files that something else changed: at random places, while they were being copied.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use rand::{Rng, SeedableRng, rngs::StdRng};

use super::support::{at, held, now, options, order, seen, who};
use crate::ledger::{Ledger, LedgerOptions, OpenError, verify};

fn small(dir: &Path) -> LedgerOptions {
    LedgerOptions {
        segment_bytes: 20_000,
        ..options(dir)
    }
}

fn fill(ledger: &Ledger, ids: std::ops::Range<u64>) {
    for id in ids {
        let mut events = vec![seen(order(id))];
        events.extend((id % 3 == 0).then(|| held(id)));
        now(ledger.record(&who(), at(id as i64), events)).expect("recorded");
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir(to)?;
    fs::set_permissions(to, fs::Permissions::from_mode(0o700))?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("listed").flatten() {
        if entry.path().is_dir() {
            files(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
}

/// The bytes of every file of the journal.
fn journal_of(dir: &Path) -> Vec<Vec<u8>> {
    let mut names = Vec::new();
    files(&dir.join("journal"), &mut names);
    let read = |name: &PathBuf| fs::read(name).expect("read");
    names.iter().map(read).collect()
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// Changes a file as a bad disk, a bad copy or a bad hand would. Says what was done.
fn damage(path: &Path, rng: &mut StdRng) -> String {
    let mut bytes = fs::read(path).expect("read");
    if bytes.is_empty() {
        bytes.push(7);
    }
    let place = rng.random_range(0..bytes.len());
    let what = match rng.random_range(0..4) {
        0 => {
            bytes.truncate(place);
            "cut"
        }
        1 => {
            bytes[place] ^= 1 << rng.random_range(0..8);
            "flipped"
        }
        2 => {
            let end = (place + 512).min(bytes.len());
            bytes[place..end].fill(0);
            "zeroed"
        }
        _ => {
            let end = (place + 64).min(bytes.len());
            let again = bytes[place..end].to_vec();
            bytes.splice(place..place, again);
            "repeated"
        }
    };
    fs::write(path, bytes).expect("written");
    format!("{} {what} at {place}", path.display())
}

/// Whatever file is damaged and wherever: the ledger opens with everything that was acknowledged, or
/// does not open and leaves the journal as it is.
#[test]
fn a_damaged_file_is_mended_or_refused_never_believed() {
    let temp = tempfile::tempdir().expect("a folder");
    let source = temp.path().join("source");
    let (ledger, _) = Ledger::open(small(&source), at(0)).expect("opens");
    fill(&ledger, 1..120);
    now(ledger.close());
    drop(ledger);
    let proof = verify(&source).expect("verified");
    let mut rng = StdRng::seed_from_u64(7);
    let (mut opened, mut refused) = (0, 0);
    for round in 0..60 {
        let dir = temp.path().join(format!("{round}"));
        copy(&source, &dir).expect("copied");
        let mut found = Vec::new();
        let part = if round % 2 == 0 { "journal" } else { "state" };
        files(&dir.join(part), &mut found);
        let victim = &found[rng.random_range(0..found.len())];
        let what = damage(victim, &mut rng);
        let before = journal_of(&dir);
        match Ledger::open(small(&dir), at(500)) {
            Ok((ledger, report)) => {
                opened += 1;
                assert_eq!(report.records, proof.records, "{what}: {report:?}");
                now(ledger.close());
                drop(ledger);
                let after = verify(&dir).expect("verified");
                assert!(after.is_good(), "{what}: {}", after.summary());
            }
            Err(error) => {
                refused += 1;
                assert_eq!(journal_of(&dir), before, "{what}: {error}");
                assert!(
                    matches!(
                        error,
                        OpenError::Damage(_)
                            | OpenError::JournalShort { .. }
                            | OpenError::Newer { .. }
                    ),
                    "{what}: {error}"
                );
            }
        }
        fs::remove_dir_all(&dir).expect("removed");
    }
    assert!(
        opened > 10 && refused > 10,
        "{opened} opened, {refused} refused"
    );
}

/// Nothing in the folder is left that could know of the records that were cut off; what is opened is
/// a beginning of the history, it is said that the state was lost, and a hash kept elsewhere tells.
#[test]
fn a_cut_journal_without_its_state_is_a_beginning_and_says_so() {
    let temp = tempfile::tempdir().expect("a folder");
    let source = temp.path().join("source");
    let (ledger, _) = Ledger::open(small(&source), at(0)).expect("opens");
    fill(&ledger, 1..60);
    now(ledger.close());
    drop(ledger);
    let proof = verify(&source).expect("verified");
    let history = journal_of(&source).concat();
    let mut rng = StdRng::seed_from_u64(11);
    let mut torn = 0;
    for round in 0..20 {
        let dir = temp.path().join(format!("{round}"));
        copy(&source, &dir).expect("copied");
        fs::remove_dir_all(dir.join("state")).expect("removed");
        let mut segments = Vec::new();
        files(&dir.join("journal"), &mut segments);
        let last = segments.last().expect("a segment");
        let bytes = fs::read(last).expect("read");
        let keep = rng.random_range(0..bytes.len());
        fs::write(last, &bytes[..keep]).expect("written");

        let (ledger, report) = Ledger::open(small(&dir), at(500)).expect("a torn end is no damage");

        assert!(report.records < proof.records, "{report:?}");
        assert!(report.rebuilt.is_some(), "{report:?}");
        torn += usize::from(report.torn.is_some());
        let line = format!("\"seq\":{},", report.records + 1);
        assert!(contains(&history, line.as_bytes()), "{line}");
        now(ledger.close());
        drop(ledger);
        let after = verify(&dir).expect("verified");
        assert!(after.is_good(), "{}", after.summary());
        assert!(!contains(
            &journal_of(&dir).concat(),
            proof.last_hash.as_bytes()
        ));
        fs::remove_dir_all(&dir).expect("removed");
    }
    assert!(torn > 10, "{torn} torn ends");
}

/// A folder that is copied while the engine writes into it is no backup; opened all the same it is a
/// beginning of the history, or refused.
#[test]
fn a_folder_copied_while_open_is_a_beginning_or_refused() {
    let temp = tempfile::tempdir().expect("a folder");
    let source = temp.path().join("source");
    let (ledger, _) = Ledger::open(small(&source), at(0)).expect("opens");
    fill(&ledger, 1..20);
    let stop = AtomicBool::new(false);
    let copies: Vec<PathBuf> = std::thread::scope(|threads| {
        let writer = threads.spawn(|| {
            let mut id = 20;
            while !stop.load(Ordering::Relaxed) {
                fill(&ledger, id..id + 1);
                id += 1;
            }
        });
        let copies = (0..6)
            .map(|n| temp.path().join(format!("copy-{n}")))
            .filter(|dir| copy(&source, dir).is_ok())
            .collect();
        stop.store(true, Ordering::Relaxed);
        writer.join().expect("no panic");
        copies
    });
    now(ledger.close());
    drop(ledger);
    let history = journal_of(&source).concat();
    assert!(!copies.is_empty());
    for dir in copies {
        let copied = verify(&dir);
        match Ledger::open(small(&dir), at(9_000)) {
            Ok((ledger, report)) => {
                let copied = copied.expect("what opens can be verified");
                assert_eq!(report.records, copied.records, "{report:?}");
                // The hash stands for every record before it.
                let last = format!("\"hash\":\"{}\"", copied.last_hash);
                assert!(contains(&history, last.as_bytes()), "{report:?}");
                now(ledger.close());
                drop(ledger);
                let found = verify(&dir).expect("verified");
                assert!(found.is_good(), "{}", found.summary());
            }
            Err(error) => assert!(
                matches!(error, OpenError::JournalShort { .. } | OpenError::Damage(_)),
                "{error}"
            ),
        }
    }
}

/// A state of another version is built anew from the journal.
#[test]
fn a_state_of_another_version_is_rebuilt() {
    use crate::ledger::store::{Changes, SledSource, StoreSource};
    let temp = tempfile::tempdir().expect("a folder");
    let dir = temp.path().join("data");
    let (ledger, _) = Ledger::open(small(&dir), at(0)).expect("opens");
    fill(&ledger, 1..5);
    now(ledger.close());
    drop(ledger);
    {
        let store = SledSource::new(&dir, 8 << 20).open().expect("opens");
        let key = crate::ledger::keys::meta();
        let value = store.get(&key).expect("read").expect("there");
        let text = String::from_utf8(value).expect("JSON");
        let newer = text.replacen("\"schema\":", "\"schema\":9", 1);
        assert_ne!(text, newer);
        let change = Changes::from([(key, Some(newer.into_bytes()))]);
        store.apply(&change).expect("written");
        store.settle().expect("flushed");
    }

    let (ledger, report) = Ledger::open(small(&dir), at(9)).expect("opens");

    let why = report.rebuilt.expect("rebuilt");
    assert!(why.contains("schema"), "{why}");
    now(ledger.close());
    drop(ledger);
    assert!(verify(&dir).expect("verified").is_good());
}
