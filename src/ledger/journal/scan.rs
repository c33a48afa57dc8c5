//! Reading the whole chain at opening.

use super::{Chain, Damage, Disk, Place};
use crate::{domain::event::Entry, ledger::LedgerError};

/// Bytes read at once.
const CHUNK: usize = 1 << 20;

/// A line longer than this is no line of ours.
const LINE_MAX: usize = 1 << 20;

/// What a scan found.
#[derive(Clone, Debug)]
pub(in crate::ledger) struct Scanned {
    /// The last record.
    pub chain: Chain,
    /// The last segment.
    pub segment: u64,
    /// Its good length.
    pub len: u64,
    /// Bytes behind it that are no whole record: what a crash left of an append that nobody was
    /// told of.
    pub torn: u64,
    /// Segments.
    pub segments: usize,
}

/// Walks the chain from the first record to the last and shows each to `visit`. Damage at the very
/// end is a torn tail; damage anywhere else is an error that names file, line and byte.
pub(in crate::ledger) fn scan(
    disk: &dyn Disk,
    mut visit: impl FnMut(Entry, Place, &Chain) -> Result<(), LedgerError>,
) -> Result<Scanned, LedgerError> {
    let io = |e: &std::io::Error| LedgerError::disk("the journal", e);
    let segments = disk.segments().map_err(|e| io(&e))?;
    let mut chain = Chain::default();
    let mut found = Scanned {
        chain: chain.clone(),
        segment: 1,
        len: 0,
        torn: 0,
        segments: segments.len(),
    };
    for (n, &segment) in segments.iter().enumerate() {
        let last = n + 1 == segments.len();
        if segment != chain.seq + 1 {
            return Err(LedgerError::Damaged(format!(
                "journal segment {segment:020}.jsonl does not follow record {}: a segment is missing or misnamed",
                chain.seq
            )));
        }
        let size = disk.len(segment).map_err(|e| io(&e))?;
        let good = one(disk, segment, size, last, &mut chain, &mut visit)?;
        found.segment = segment;
        found.len = good;
        found.torn = size - good;
    }
    found.chain = chain;
    Ok(found)
}

/// Walks one segment; returns its good length.
fn one(
    disk: &dyn Disk,
    segment: u64,
    size: u64,
    last: bool,
    chain: &mut Chain,
    visit: &mut impl FnMut(Entry, Place, &Chain) -> Result<(), LedgerError>,
) -> Result<u64, LedgerError> {
    let mut buffer: Vec<u8> = Vec::new();
    let (mut good, mut read, mut line_no) = (0u64, 0u64, 1u64);
    loop {
        while let Some(end) = buffer.iter().position(|b| *b == b'\n') {
            let line: Vec<u8> = buffer.drain(..=end).collect();
            match chain.decode(&line) {
                Ok(entry) => {
                    let place = Place {
                        segment,
                        offset: good,
                        len: line.len() as u32,
                    };
                    visit(entry, place, chain)?;
                    good += line.len() as u64;
                    line_no += 1;
                }
                // An append that was cut can end in anything, but nothing follows it.
                Err(_) if last && buffer.is_empty() && read == size => return Ok(good),
                Err(damage) => return Err(damaged(segment, line_no, good, &damage)),
            }
        }
        if read == size {
            break;
        }
        if buffer.len() > LINE_MAX {
            return Err(damaged(segment, line_no, good, &Damage::Cut));
        }
        let want = CHUNK.min((size - read) as usize);
        let bytes = disk
            .read(segment, read, want)
            .map_err(|e| LedgerError::disk("the journal", &e))?;
        read += bytes.len() as u64;
        buffer.extend_from_slice(&bytes);
    }
    if buffer.is_empty() || last {
        return Ok(good);
    }
    Err(damaged(segment, line_no, good, &Damage::Cut))
}

fn damaged(segment: u64, line: u64, byte: u64, damage: &Damage) -> LedgerError {
    LedgerError::Damaged(format!(
        "journal segment {segment:020}.jsonl, line {line} (byte {byte}): {damage}; nothing was changed. \
         Restore a backup, or keep the folder for support"
    ))
}
