//! The power goes: at each operation of the journal's disk, again while that is mended, and with a
//! disk that only says that it forced something.

use std::{ops::RangeInclusive, path::Path};

use super::support::{at, begin, book, fresh, gave, now, options, order, seen, who};
use crate::{
    domain::InvoiceId,
    ledger::{
        BeginError, Ledger, LedgerOptions, MemoryDisk, MemoryStore, OpenError, OpenReport,
        StateVerdict, verify_in_memory,
    },
};

/// Bytes of what was not forced to disk that are there all the same.
const KEPT: [usize; 4] = [0, 1, 300, usize::MAX >> 1];

/// Segments of a few records each: beginning one is an operation too.
fn open(disk: &MemoryDisk, store: &MemoryStore, s: i64) -> Result<(Ledger, OpenReport), OpenError> {
    let options = LedgerOptions {
        segment_bytes: 2_000,
        ..options(Path::new("/nowhere"))
    };
    Ledger::open_in_memory(&options, disk, store, at(s))
}

/// What somebody was told before the power went.
#[derive(Default)]
struct Told {
    records: u64,
    /// Orders whose booking was allowed to be sent.
    sent: Vec<u64>,
    /// Orders whose AWB was recorded.
    booked: Vec<u64>,
}

/// Books orders until something fails.
fn live(ledger: &Ledger, ids: RangeInclusive<u64>, s: i64, told: &mut Told) -> Option<()> {
    now(async {
        for id in ids {
            let orders = vec![seen(order(id))];
            ledger.record(&who(), at(s), orders).await.ok()?;
            told.records = ledger.reader().position();
            let permit = ledger.begin(book(id, None), begin(s)).await.ok()?;
            told.sent.push(id);
            told.records = ledger.reader().position();
            let outcome = vec![(InvoiceId(id), gave(&format!("D{id:08}")))];
            ledger.settle(permit, at(s), outcome).await.ok()?;
            told.booked.push(id);
            told.records = ledger.reader().position();
        }
        Some(())
    })
}

/// What the power left: the disk as it was, the state as it was, and as it was a while before.
struct Left {
    disk: MemoryDisk,
    store: MemoryStore,
    older: MemoryStore,
    told: Told,
    /// Whether all was done before the power went.
    done: bool,
}

/// Lives until the power goes after `ops` operations.
fn until_the_power_goes(ops: u32) -> Left {
    let (disk, store) = (MemoryDisk::default(), MemoryStore::default());
    disk.set_ops_left(Some(ops));
    let mut told = Told::default();
    let mut older = MemoryStore::default();
    let mut done = false;
    if let Ok((ledger, _)) = open(&disk, &store, 0)
        && live(&ledger, 1..=1, 1, &mut told).is_some()
    {
        older = store.fork();
        done = live(&ledger, 2..=4, 1, &mut told).is_some();
    }
    Left {
        done: done && !disk.is_dead(),
        disk,
        store,
        older,
        told,
    }
}

/// Opens what is there: all that was told holds, nothing is sent a second time, and it goes on.
fn holds(disk: &MemoryDisk, store: &MemoryStore, told: &Told, when: &str) {
    let (ledger, report) = open(disk, store, 50).unwrap_or_else(|e| panic!("{when}: {e}"));
    assert!(report.records >= told.records, "{when}: {report:?}");
    for id in &told.booked {
        let record = ledger.reader().order(InvoiceId(*id)).expect("read");
        assert!(record.expect("held").live_awb().is_some(), "{when}: {id}");
    }
    for id in &told.sent {
        let again = now(ledger.begin(book(*id, None), begin(51)));
        assert!(
            matches!(again, Err(BeginError::Refused(_))),
            "{when}: order {id} would be booked twice: {again:?}"
        );
    }
    let mut more = Told::default();
    assert!(live(&ledger, 9..=9, 51, &mut more).is_some(), "{when}");
    let proof = verify_in_memory(disk, store).expect("verified");
    assert!(proof.is_good(), "{when}: {proof:?}");
    assert!(
        matches!(proof.state, StateVerdict::Equal { at } if at == proof.records),
        "{when}: {proof:?}"
    );
}

#[test]
fn a_power_cut_at_every_operation_keeps_what_was_told() {
    let mut ops = 0;
    loop {
        let left = until_the_power_goes(ops);
        for kept in KEPT {
            for (name, store) in [
                ("as it was", &left.store),
                ("older", &left.older),
                ("gone", &MemoryStore::default()),
            ] {
                let disk = left.disk.after_power_cut(kept);
                let when = format!("cut after {ops}, kept {kept}, state {name}");
                holds(&disk, &store.fork(), &left.told, &when);
            }
        }
        if left.done {
            break;
        }
        ops += 1;
    }
    assert!(ops > 20, "{ops} operations are no history");
}

#[test]
fn a_second_power_cut_while_mending_keeps_what_was_told() {
    let (mut mended, mut ended) = (0, 0);
    for ops in (0..24).step_by(3) {
        let left = until_the_power_goes(ops);
        for kept in KEPT {
            for again in 0..6 {
                let disk = left.disk.after_power_cut(kept);
                disk.set_ops_left(Some(again));
                let store = left.store.fork();
                match open(&disk, &store, 40) {
                    Ok(_) => mended += 1,
                    Err(_) => ended += 1,
                }
                let disk = disk.after_power_cut(kept);
                let when = format!("cut after {ops}, kept {kept}, and after {again} more");
                holds(&disk, &store, &left.told, &when);
            }
        }
    }
    assert!(mended > 0 && ended > 0, "{mended} mended, {ended} not");
}

/// What a killed process wrote is in memory, not on disk: the next one believes it only after forcing
/// it there, or a power cut would leave the state ahead of the journal.
#[test]
fn what_a_killed_process_wrote_is_forced_to_disk_before_it_is_believed() {
    let mut unforced = 0;
    for ops in 0..40 {
        for again in 0..4 {
            let left = until_the_power_goes(ops);
            unforced += usize::from(left.disk.after_power_cut(0).bytes(1) != left.disk.bytes(1));
            left.disk.set_ops_left(Some(again));
            drop(open(&left.disk, &left.store, 40));
            let disk = left.disk.after_power_cut(0);
            let when = format!("killed after {ops}, cut after {again} more");
            holds(&disk, &left.store, &left.told, &when);
        }
    }
    assert!(unforced > 4, "{unforced} times something was unforced");
}

/// No program can keep what such a disk lost; it can say so instead of sending it again.
#[test]
fn a_disk_that_lies_is_found_out_by_the_state() {
    // One segment: an empty one before another is damage that shows by itself.
    let (ledger, disk, store) = fresh();
    let mut told = Told::default();
    live(&ledger, 1..=1, 1, &mut told).expect("an honest disk");
    let honest = told.records;
    disk.set_honest(false);
    live(&ledger, 2..=3, 1, &mut told).expect("it says so");
    drop(ledger);
    let after = disk.after_power_cut(0);
    after.set_honest(true);
    let bytes = || (1..9).map(|n| after.bytes(n)).collect::<Vec<_>>();
    let before = bytes();

    let options = options(Path::new("/nowhere"));
    let again = Ledger::open_in_memory(&options, &after, &store, at(50));
    let error = again.err().expect("refused");

    assert!(
        matches!(error, OpenError::JournalShort { journal, state }
            if journal == honest && state == told.records),
        "{error}"
    );
    assert_eq!(bytes(), before);
}
