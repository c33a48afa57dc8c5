//! Ledgers in real folders.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use super::support::{at, begin, book, gave, now, options, order, seen, who};
use crate::{
    domain::{InvoiceId, LocationKey},
    ledger::{Changes, Ledger, LedgerOptions, OpenError, OpenReport, StateVerdict, Way, verify},
};

fn open(dir: &Path) -> (Ledger, OpenReport) {
    Ledger::open(options(dir), at(0)).expect("opens")
}

/// A closed ledger with some orders, one of them booked.
fn filled() -> tempfile::TempDir {
    let temp = tempfile::tempdir().expect("a folder");
    let (ledger, _) = open(&temp.path().join("data"));
    now(async {
        for id in 1..=5 {
            ledger
                .record(&who(), at(1), vec![seen(order(id))])
                .await
                .expect("recorded");
        }
        let permit = ledger.begin(book(1, None), begin(2)).await.expect("legal");
        let outcome = vec![(InvoiceId(1), gave("D00000001"))];
        ledger
            .settle(permit, at(3), outcome)
            .await
            .expect("settled");
        let who = crate::domain::Consignee {
            name: "Asha".into(),
            ..Default::default()
        };
        ledger
            .put_people(vec![(InvoiceId(1), who)])
            .await
            .expect("kept");
        ledger.close().await;
    });
    temp
}

fn check_booked(ledger: &Ledger) {
    let record = ledger
        .reader()
        .order(InvoiceId(1))
        .expect("read")
        .expect("held");
    assert!(record.live_awb().is_some());
    assert_eq!(
        ledger
            .reader()
            .history(InvoiceId(1), None, 9)
            .expect("read")
            .len(),
        3
    );
}

#[test]
fn what_was_acknowledged_is_there_after_a_restart() {
    let temp = filled();
    let dir = temp.path().join("data");
    let report = verify(&dir).expect("verified");
    assert_eq!(report.state, StateVerdict::Equal { at: 8 });
    assert!(
        report.is_good() && report.records == 8 && report.segments == 1,
        "{report:?}"
    );
    let (ledger, report) = open(&dir);
    assert_eq!(
        (report.rebuilt, report.replayed, report.records),
        (None, 0, 8)
    );
    check_booked(&ledger);
    let people = ledger.reader().people(InvoiceId(1)).expect("read");
    assert_eq!(people.expect("kept").name.as_str(), "Asha");
    now(async {
        ledger.erase_people(InvoiceId(1)).await.expect("erased");
        assert_eq!(ledger.reader().people(InvoiceId(1)).expect("read"), None);
        assert_eq!(ledger.reader().site().expect("read").epoch, 2);
        let reader = ledger.reader();
        ledger.close().await;
        assert!(reader.site().is_err());
        assert!(ledger.record(&who(), at(9), vec![]).await.is_err());
    });
    for path in ["", "journal", "state"] {
        let mode = fs::metadata(dir.join(path))
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0, "{path}");
    }
}

/// A name and what is done to the folder.
type Damage = (&'static str, fn(&Path));

#[test]
fn a_state_that_cannot_be_trusted_is_rebuilt() {
    let damage: [Damage; 6] = [
        ("gone", |d| {
            fs::remove_dir_all(d.join("state")).expect("removed");
        }),
        ("garbage", |d| {
            fs::write(d.join("state/db"), [7; 5_000]).expect("written");
        }),
        ("empty file", |d| {
            fs::write(d.join("state/db"), []).expect("written");
        }),
        ("cut", |d| {
            let file = fs::OpenOptions::new()
                .write(true)
                .open(d.join("state/db"))
                .expect("db");
            file.set_len(700).expect("cut");
        }),
        ("garbled settings", |d| {
            fs::write(d.join("state/conf"), "?").expect("written");
        }),
        ("died while opening", |d| {
            fs::write(d.join("opening"), "").expect("written");
        }),
    ];
    for (name, damage) in damage {
        let temp = filled();
        let dir = temp.path().join("data");
        damage(&dir);
        let (ledger, report) = open(&dir);
        // sled mends these itself, to an older state that is followed up, or to all of it.
        assert!(
            report.rebuilt.is_some() || matches!(name, "cut" | "garbled settings"),
            "{name}: not rebuilt"
        );

        check_booked(&ledger);
        now(ledger.close());
        let report = verify(&dir).expect("verified");
        assert_eq!(report.state, StateVerdict::Equal { at: 9 }, "{name}");
    }
}

/// What an opening on a full disk leaves: the state is whole, and customers' data is in it alone.
#[test]
fn an_unfinished_snapshot_is_no_damage() {
    let temp = filled();
    let dir = temp.path().join("data");
    for half in [&b""[..], &[7; 100]] {
        let left = dir.join("state/snap.00000000003E1757.generating");
        fs::write(&left, half).expect("written");
        assert!(verify(&dir).expect("verified").is_good());
        assert!(left.exists(), "verifying touches nothing");

        let (ledger, report) = open(&dir);

        assert_eq!((report.rebuilt, report.replayed), (None, 0));
        let people = ledger.reader().people(InvoiceId(1)).expect("read");
        assert_eq!(people.expect("kept").name.as_str(), "Asha");
        now(ledger.close());
    }
}

#[test]
fn an_older_state_is_brought_up_to_date() {
    let temp = filled();
    let dir = temp.path().join("data");
    let old = temp.path().join("old");
    copy(&dir.join("state"), &old);
    let (ledger, _) = open(&dir);
    now(async {
        ledger
            .record(&who(), at(5), vec![seen(order(6))])
            .await
            .expect("recorded");
        ledger.close().await;
    });
    fs::remove_dir_all(dir.join("state")).expect("removed");
    copy(&old, &dir.join("state"));
    let (ledger, report) = open(&dir);
    assert_eq!((report.rebuilt, report.replayed), (None, 2));
    assert!(ledger.reader().order(InvoiceId(6)).expect("read").is_some());
    now(ledger.close());
    // And one of another history with as many records is not believed.
    let other = filled();
    fs::remove_dir_all(dir.join("state")).expect("removed");
    copy(&other.path().join("data/state"), &dir.join("state"));
    let journal = dir.join("journal/00000001.jsonl");
    let text = fs::read_to_string(&journal).expect("read");
    assert!(text.lines().count() > 8);
    let (ledger, report) = open(&dir);
    // The same events at the same times make the same chain: the prefix is believed.
    assert_eq!((report.rebuilt, report.replayed), (None, 3));
    now(ledger.close());
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).expect("made");
    fs::set_permissions(to, fs::Permissions::from_mode(0o700)).expect("private");
    for entry in fs::read_dir(from).expect("listed") {
        let entry = entry.expect("entry");
        if entry.file_type().expect("type").is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).expect("copied");
        }
    }
}

#[test]
fn a_journal_that_lacks_acknowledged_records_is_an_error() {
    let temp = filled();
    let dir = temp.path().join("data");
    let journal = dir.join("journal/00000001.jsonl");
    let text = fs::read_to_string(&journal).expect("read");
    let lines: Vec<&str> = text.lines().collect();
    fs::write(&journal, lines[..7].join("\n") + "\n").expect("written");
    let error = Ledger::open(options(&dir), at(9)).err().expect("an error");
    assert!(
        matches!(
            error,
            OpenError::JournalShort {
                journal: 6,
                state: 8
            }
        ),
        "{error}"
    );
}

#[test]
fn others_folders_are_refused_untouched() {
    let temp = tempfile::tempdir().expect("a folder");
    fs::write(temp.path().join("thesis.txt"), "mine").expect("written");
    let error = Ledger::open(options(temp.path()), at(0)).err();
    assert!(matches!(error, Some(OpenError::Foreign { .. })));
    assert_eq!(fs::read_dir(temp.path()).expect("listed").count(), 1);

    let temp = filled();
    let dir = temp.path().join("data");
    let other = LedgerOptions {
        location: LocationKey::new("zz9"),
        ..options(&dir)
    };
    assert!(matches!(
        Ledger::open(other, at(0)).err(),
        Some(OpenError::OtherLocation { .. })
    ));
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).expect("opened up");
    let error = Ledger::open(options(&dir), at(0)).err();
    assert!(matches!(
        error,
        Some(OpenError::Permissions { mode: 0o755, .. })
    ));
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o700)).expect("private");
    fs::write(dir.join("raftaar.json"), r#"{"schema":99,"moon":1}"#).expect("written");
    let error = Ledger::open(options(&dir), at(0)).err();
    assert!(matches!(error, Some(OpenError::Newer { found: 99, .. })));
    assert!(matches!(
        verify(temp.path()),
        Err(OpenError::Foreign { .. })
    ));
}

#[test]
fn a_second_opener_is_told_who_has_it() {
    let temp = filled();
    let dir = temp.path().join("data");
    let (ledger, _) = open(&dir);
    let error = Ledger::open(options(&dir), at(0)).err().expect("an error");
    let me = std::process::id().to_string();
    assert!(
        matches!(&error, OpenError::InUse { pid, .. } if *pid == me),
        "{error}"
    );
    assert!(matches!(verify(&dir), Err(OpenError::InUse { .. })));
    now(ledger.close());
    assert!(verify(&dir).expect("verified").is_good());
}

#[test]
fn standard_tools_prove_a_line() {
    let temp = filled();
    let journal = temp.path().join("data/journal/00000001.jsonl");
    let script = r#"prev=$(printf '0%.0s' $(seq 64))
        while IFS= read -r line; do
            printf '%s' "$line" | grep -q "\"prev\":\"$prev\"" || exit 1
            prev=$(printf '%s' "$line" | sed 's/,"hash":"[0-9a-f]*"}$/}/' | sha256sum | cut -c1-64)
            printf '%s' "$line" | grep -q "\"hash\":\"$prev\"}\$" || exit 2
        done < "$1""#;
    let status = std::process::Command::new("bash")
        .args(["-c", script, "check"])
        .arg(&journal)
        .status()
        .expect("bash runs");
    assert!(status.success(), "{status}");
}

#[test]
fn many_at_once_are_all_recorded_once() {
    let temp = tempfile::tempdir().expect("a folder");
    let (ledger, _) = open(&temp.path().join("data"));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let tasks: Vec<_> = (1..=64)
            .map(|id| {
                let ledger = ledger.clone();
                tokio::spawn(async move {
                    let events = vec![seen(order(id))];
                    ledger.record(&who(), at(1), events).await?;
                    // Two for each order: one gets the permit.
                    let first = ledger.begin(book(id, None), begin(2));
                    let second = ledger.begin(book(id, None), begin(2));
                    let (first, second) = tokio::join!(first, second);
                    assert!(first.is_ok() != second.is_ok());
                    Ok::<_, crate::ledger::LedgerError>(())
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("ran").expect("recorded");
        }
        assert_eq!(ledger.reader().position(), 1 + 2 * 64);
        ledger.close().await;
    });
    let report = verify(&temp.path().join("data")).expect("verified");
    assert!(report.is_good(), "{report:?}");
    assert_eq!(report.state, StateVerdict::Equal { at: 129 });
}

/// Changes a row behind the ledger's back.
fn tamper(dir: &Path, kind: u8, change: impl FnOnce(String) -> Option<String>) {
    use crate::ledger::store::{SledSource, StoreSource};
    let store = SledSource::new(dir, 1 << 20).open().expect("opens");
    let rows = store.range(&[kind], &[kind + 1], Way::Up, 1).expect("read");
    let (key, value) = rows.first().expect("a row").clone();
    let text = change(String::from_utf8(value).expect("text"));
    let changes = Changes::from([(key, text.map(String::into_bytes))]);
    store.apply(&changes).expect("applied");
    store.settle().expect("settled");
}

#[test]
fn what_the_store_does_not_notice_is_noticed() {
    let temp = filled();
    let dir = temp.path().join("data");
    for n in 0..3 {
        match n {
            0 => tamper(&dir, b'o', |t| Some(t.replace("D00000001", "D00000002"))),
            1 => tamper(&dir, b'D', |_| None),
            _ => tamper(&dir, 0, |t| Some(t.replace("\"hash\":\"", "\"hash\":\"ab"))),
        }
        let found = verify(&dir).expect("verified").state;
        assert!(
            matches!(found, StateVerdict::Differs { .. }),
            "{n}: {found:?}"
        );
        let (ledger, report) = open(&dir);
        assert!(report.rebuilt.is_some(), "{n}");
        check_booked(&ledger);
        // Customers' data is in no journal, and was readable.
        assert!(
            ledger
                .reader()
                .people(InvoiceId(1))
                .expect("read")
                .is_some()
        );
        now(ledger.close());
        assert!(verify(&dir).expect("verified").is_good());
    }
}
