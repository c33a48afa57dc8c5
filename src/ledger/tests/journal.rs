//! The journal alone: its chain, its end, its damage.

use std::sync::Arc;

use super::support::{at, held, order, seen, who};
use crate::{
    domain::event::{Entry, Event},
    ledger::{
        OpenError,
        journal::{Checked, Journal, MemoryDisk, Start},
    },
};

fn entry(seq: u64, event: Event) -> Entry {
    Entry {
        seq,
        at: at(seq as i64),
        epoch: 1,
        by: who(),
        event,
    }
}

fn open(
    disk: &MemoryDisk,
) -> Result<(Journal, Vec<Entry>, Option<crate::ledger::Torn>), OpenError> {
    let mut entries = Vec::new();
    let checked = Checked::new(Arc::new(disk.clone()), Start::default(), |_, entry, _| {
        entries.push(entry);
        Ok(())
    })?;
    let (journal, torn) = checked.open(20_000)?;
    Ok((journal, entries, torn))
}

fn write(journal: &mut Journal, seqs: std::ops::RangeInclusive<u64>) {
    for seq in seqs {
        let event = if seq % 2 == 0 {
            held(seq)
        } else {
            seen(order(seq))
        };
        journal.stage(&entry(seq, event));
        journal.commit().expect("written");
    }
}

fn filled(records: u64) -> MemoryDisk {
    let disk = MemoryDisk::default();
    let (mut journal, _, _) = open(&disk).expect("opens");
    write(&mut journal, 1..=records);
    disk
}

#[test]
fn records_come_back_across_segments() {
    let disk = MemoryDisk::default();
    let (mut journal, _, _) = open(&disk).expect("opens");

    write(&mut journal, 1..=150);
    let (mut journal, entries, torn) = open(&disk).expect("opens");
    assert_eq!((entries.len(), torn), (150, None));
    assert!(journal.tail().segment > 2);
    write(&mut journal, 151..=160);
    let mut found = Vec::new();
    let see = |_, entry: Entry, _| {
        found.push(entry.seq);
        Ok::<_, OpenError>(())
    };
    journal.reader().walk(60, 155, see).expect("walked");
    assert_eq!(found, (60..=155).collect::<Vec<_>>());
    // A middle segment that is missing is named.
    disk.set_bytes(2, Vec::new());
    let error = open(&disk).err().expect("an error").to_string();
    assert!(error.contains("00000002.jsonl, line 1"), "{error}");
}

#[test]
fn every_flipped_bit_is_an_error() {
    let disk = filled(10);
    let whole = disk.bytes(1);
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        let damaged = MemoryDisk::default();
        damaged.set_bytes(1, bytes.clone());
        let error = open(&damaged).err();
        let line = whole[..at].split(|b| *b == b'\n').count() as u64;
        match error {
            // A changed newline joins two lines; the error then names the first.
            Some(OpenError::Damage(d)) => assert_eq!((d.line, &*d.file), (line, "00000001.jsonl")),
            other => panic!("byte {at}: {other:?}"),
        }
        assert_eq!(damaged.bytes(1), bytes, "touched");
    }
}

#[test]
fn an_unfinished_end_is_cut_off_and_kept() {
    let whole = filled(6).bytes(1);
    let last = whole[..whole.len() - 1]
        .iter()
        .rposition(|b| *b == b'\n')
        .expect("lines")
        + 1;
    for end in last + 1..whole.len() {
        let disk = MemoryDisk::default();
        disk.set_bytes(1, whole[..end].to_vec());
        let (mut journal, entries, torn) = open(&disk).expect("opens");
        let torn = torn.expect("said");
        assert_eq!(
            (entries.len(), torn.byte, torn.bytes),
            (5, last as u64, (end - last) as u64)
        );
        assert_eq!(disk.torn()["torn-6.bin"], whole[last..end]);
        write(&mut journal, 6..=6);
        assert_eq!(disk.bytes(1), whole);
    }
    // A hole that the file system left in the last write.
    let disk = MemoryDisk::default();
    let mut holed = whole.clone();
    holed[last + 20..last + 60].fill(0);
    disk.set_bytes(1, holed);
    assert_eq!(open(&disk).expect("opens").1.len(), 5);
    // Only the first line of a segment, and cut.
    let disk = MemoryDisk::default();
    disk.set_bytes(1, whole[..30].to_vec());
    let (mut journal, entries, torn) = open(&disk).expect("opens");
    assert!(entries.is_empty() && torn.is_some());
    write(&mut journal, 1..=6);
    assert_eq!(disk.bytes(1), whole);
}

#[test]
fn a_newer_schema_is_no_damage() {
    let disk = filled(2);
    let text = String::from_utf8(disk.bytes(1)).expect("text");
    let header = text
        .lines()
        .next()
        .expect("a line")
        .replace("\"schema\":1", "\"schema\":2");
    let body = header
        .split(",\"hash\":")
        .next()
        .expect("a body")
        .to_owned()
        + "}";
    let hash = <sha2::Sha256 as sha2::Digest>::digest(body.as_bytes());
    let hash = crate::ledger::LineHash(hash.into()).hex();
    let line = format!("{},\"hash\":\"{hash}\"}}\n", body.trim_end_matches('}'));
    disk.set_bytes(1, line.into_bytes());
    assert!(matches!(
        open(&disk).err(),
        Some(OpenError::Newer { found: 2, .. })
    ));
}
