//! The journal: an append-only file of hash-chained records, one JSON object a line. The truth.
//!
//! A line is `{"seq":..,"at":..,"epoch":..,"by":..,"event":{..},"prev":"<hex>","hash":"<hex>"}`, where
//! `hash` is the SHA-256 of the line without its last field and `prev` the hash of the line before.
//! Standard tools can prove it:
//!
//! ```sh
//! cat journal/*.jsonl | while read -r line; do
//!   printf %s "$line" | sed 's/,"hash":"[0-9a-f]*"}$/}/' | sha256sum | cut -c1-64
//! done | diff - <(cat journal/*.jsonl | sed 's/.*"hash":"\([0-9a-f]*\)"}$/\1/')
//! ```

mod disk;
mod line;
mod scan;

pub use disk::{Disk, FileDisk};
pub(super) use line::hex;
pub use line::{Chain, Damage};
pub(super) use scan::{Scanned, scan};

use super::LedgerError;
use crate::domain::event::Entry;

/// A segment is closed past this size, bytes: small enough to copy and archive.
const SEGMENT_BYTES: u64 = 64 << 20;

/// Where a record lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Segment, named by the position of its first record.
    pub segment: u64,
    /// Byte offset.
    pub offset: u64,
    /// Bytes, newline included.
    pub len: u32,
}

impl Place {
    /// As the store keeps it.
    pub fn to_bytes(self) -> Vec<u8> {
        let mut bytes = self.segment.to_be_bytes().to_vec();
        bytes.extend(self.offset.to_be_bytes());
        bytes.extend(self.len.to_be_bytes());
        bytes
    }

    /// As the store kept it.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (segment, rest) = bytes.split_first_chunk::<8>()?;
        let (offset, rest) = rest.split_first_chunk::<8>()?;
        let (len, _) = rest.split_first_chunk::<4>()?;
        Some(Self {
            segment: u64::from_be_bytes(*segment),
            offset: u64::from_be_bytes(*offset),
            len: u32::from_be_bytes(*len),
        })
    }
}

/// The end of the journal, ready to be written.
pub struct Journal {
    disk: Box<dyn Disk>,
    segment: u64,
    len: u64,
    chain: Chain,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Journal(at {})", self.chain.seq)
    }
}

impl Journal {
    /// A journal that goes on behind what was scanned.
    pub(super) fn new(disk: Box<dyn Disk>, scanned: &Scanned) -> Self {
        Self {
            disk,
            segment: scanned.segment,
            len: scanned.len,
            chain: scanned.chain.clone(),
        }
    }

    /// Position and hash of the last record.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Appends entries and forces them to disk, once for all. On an error none of them counts, and
    /// what was written of them is cut off again.
    pub fn append(&mut self, entries: &[Entry]) -> Result<Vec<Place>, LedgerError> {
        if self.len >= SEGMENT_BYTES {
            let next = self.chain.seq + 1;
            self.disk
                .create(next)
                .map_err(|e| LedgerError::disk("a new journal segment", &e))?;
            self.segment = next;
            self.len = 0;
        }
        let mut chain = self.chain.clone();
        let mut bytes = Vec::new();
        let mut places = Vec::with_capacity(entries.len());
        for entry in entries {
            let line = chain.encode(entry)?;
            places.push(Place {
                segment: self.segment,
                offset: self.len + bytes.len() as u64,
                len: line.len() as u32,
            });
            bytes.extend_from_slice(&line);
        }
        let written = self
            .disk
            .append(self.segment, &bytes)
            .and_then(|()| self.disk.sync(self.segment));
        if let Err(error) = written {
            if let Err(cut) = self.disk.truncate(self.segment, self.len) {
                tracing::error!(
                    "the journal's broken tail could not be cut off now, it is at the next opening: {cut}"
                );
            }
            return Err(LedgerError::disk("the journal", &error));
        }
        self.len += bytes.len() as u64;
        self.chain = chain;
        Ok(places)
    }
}

/// Reads one record.
pub fn read(disk: &dyn Disk, place: Place) -> Result<Entry, LedgerError> {
    let bytes = disk
        .read(place.segment, place.offset, place.len as usize)
        .map_err(|e| LedgerError::disk("the journal", &e))?;
    line::decode(&bytes).map_err(|damage| LedgerError::Damaged(damage.to_string()))
}
