//! The journal: append-only files of chained records, forced to disk before anything is believed.

mod disk;
mod file;
mod last;
mod line;
mod memory;
mod read;
mod scan;

pub use disk::{JournalDisk, segment_name};
pub use file::FileDisk;
pub(in crate::ledger) use file::{ARCHIVE, segments_in};
pub(in crate::ledger) use last::last_record;
pub use line::Depth;
#[cfg(any(test, fuzzing))]
pub use line::read as read_line;
pub use line::{JOURNAL_SCHEMA, LineHash};
pub use memory::MemoryDisk;
pub use read::JournalReader;
pub use scan::{Place, Start, Tail};

use std::{io, sync::Arc};

use super::error::{LedgerError, OpenError, Torn};
use crate::domain::event::Entry;

/// The writing end.
pub struct Journal {
    disk: Arc<dyn JournalDisk>,
    reader: JournalReader,
    /// What is on disk.
    tail: Tail,
    /// What it will be once the staged lines are written.
    next: Tail,
    staged: Vec<u8>,
    /// Whether the staged lines begin a segment.
    new_segment: bool,
    segment_bytes: u64,
}

/// A journal whose whole chain was checked, and nothing touched.
pub struct Checked {
    disk: Arc<dyn JournalDisk>,
    reader: JournalReader,
    scanned: scan::Scanned,
}

impl Checked {
    /// Checks the chain from `start` on and shows every record to `see`. Damage is an error; an
    /// unfinished end is not.
    pub fn new(
        disk: Arc<dyn JournalDisk>,
        start: Start,
        mut see: impl FnMut(Place, Entry, LineHash) -> Result<(), OpenError>,
    ) -> Result<Self, OpenError> {
        Self::at_depth(disk, start, Depth::Full, |place, entry, hash| match entry {
            Some(entry) => see(place, entry, hash),
            None => Ok(()),
        })
    }

    /// Checks the chain from `start` on without reading what the records say.
    pub fn skim(disk: Arc<dyn JournalDisk>, start: Start) -> Result<Self, OpenError> {
        Self::at_depth(disk, start, Depth::Skim, |_, _, _| Ok(()))
    }

    fn at_depth(
        disk: Arc<dyn JournalDisk>,
        start: Start,
        depth: Depth,
        mut see: impl FnMut(Place, Option<Entry>, LineHash) -> Result<(), OpenError>,
    ) -> Result<Self, OpenError> {
        let reader = JournalReader::new(Arc::clone(&disk), start);
        let scanned = scan::scan(&*disk, start, depth, |place, seq, entry, hash| {
            reader.mark(seq, place);
            see(place, entry, hash)
        })?;
        Ok(Self {
            disk,
            reader,
            scanned,
        })
    }

    /// The end of what is whole.
    pub fn tail(&self) -> Tail {
        self.scanned.tail
    }

    /// Bytes whose chain was checked.
    pub fn bytes(&self) -> u64 {
        self.scanned.bytes
    }

    /// From where on the end is unfinished, if it is.
    pub fn torn_at(&self) -> Option<Place> {
        self.scanned.torn.as_ref().map(|(place, _)| *place)
    }

    /// Where the check began.
    pub fn start(&self) -> Start {
        self.reader.start()
    }

    /// The reading end.
    pub fn reader(&self) -> &JournalReader {
        &self.reader
    }

    /// Makes it writable: cuts off an unfinished end (a copy is kept) and forces the rest to disk.
    /// New files begin at `segment_bytes`.
    pub fn open(self, segment_bytes: u64) -> Result<(Journal, Option<Torn>), OpenError> {
        let tail = self.scanned.tail;
        let torn = match &self.scanned.torn {
            Some((place, bytes)) => Some(cut(&*self.disk, *place, bytes, tail.seq)?),
            None => None,
        };
        if tail.segment > 0 {
            // What a killed process wrote is here but perhaps not on disk; believing it means
            // forcing it there first.
            self.disk
                .sync(tail.segment)
                .map_err(|e| OpenError::io(segment_name(tail.segment), "forced to disk", &e))?;
        }
        let journal = Journal {
            disk: self.disk,
            reader: self.reader,
            tail,
            next: tail,
            staged: Vec::new(),
            new_segment: false,
            segment_bytes,
        };
        Ok((journal, torn))
    }
}

impl Journal {
    /// The reading end.
    pub fn reader(&self) -> JournalReader {
        self.reader.clone()
    }

    /// The end of what is on disk.
    pub fn tail(&self) -> Tail {
        self.tail
    }

    /// The position that the next staged record gets.
    pub fn next_seq(&self) -> u64 {
        self.next.seq + 1
    }

    /// Bytes that wait to be written.
    pub fn staged_bytes(&self) -> usize {
        self.staged.len()
    }

    /// Adds a record to what is written next. Returns its place.
    pub fn stage(&mut self, entry: &Entry) -> (Place, LineHash) {
        debug_assert_eq!(entry.seq, self.next_seq());
        if self.staged.is_empty() {
            let full = self.tail.size >= self.segment_bytes;
            self.new_segment = self.tail.segment == 0 || full;
            if self.new_segment {
                self.next.segment += 1;
                self.next.size = 0;
            }
            if self.next.size == 0 {
                self.next.line = line::write_header(entry.seq, self.next.line, &mut self.staged);
                self.next.size = self.staged.len() as u64;
            }
        }
        let place = Place {
            segment: self.next.segment,
            offset: self.next.size,
        };
        let before = self.staged.len();
        let hash = line::write_record(entry, self.next.line, &mut self.staged);
        self.next.line = hash;
        self.next.record = hash;
        self.next.seq = entry.seq;
        self.next.size += (self.staged.len() - before) as u64;
        (place, hash)
    }

    /// Writes what is staged and forces it to disk, once. On an error nothing of it counts, and
    /// what may have reached the file is cut off again as far as the disk lets us.
    pub fn commit(&mut self) -> Result<(), LedgerError> {
        if self.staged.is_empty() {
            return Ok(());
        }
        let written = self.write();
        self.staged.clear();
        self.staged.shrink_to(1 << 20);
        match written {
            Ok(()) => {
                self.tail = self.next;
                Ok(())
            }
            Err((doing, e)) => {
                let segment = self.next.segment;
                let keep = if self.new_segment { 0 } else { self.tail.size };
                // Best effort: opening again cuts or takes what stayed, it was promised to nobody.
                let _ = self.disk.truncate(segment, keep);
                self.next = self.tail;
                Err(LedgerError::Journal {
                    doing,
                    says: e.to_string().into(),
                })
            }
        }
    }

    fn write(&self) -> Result<(), (&'static str, io::Error)> {
        let segment = self.next.segment;
        if self.new_segment {
            self.disk.create(segment).map_err(|e| ("extended", e))?;
        }
        self.disk
            .append(segment, &self.staged)
            .map_err(|e| ("written", e))?;
        self.disk.sync(segment).map_err(|e| ("forced to disk", e))
    }
}

fn cut(disk: &dyn JournalDisk, from: Place, bytes: &[u8], after: u64) -> Result<Torn, OpenError> {
    let file = segment_name(from.segment);
    let kept_as = format!("torn-{}.bin", after + 1);
    disk.keep_torn(&kept_as, bytes)
        .map_err(|e| OpenError::io(kept_as.as_str(), "written", &e))?;
    disk.truncate(from.segment, from.offset)
        .map_err(|e| OpenError::io(file.as_str(), "cut", &e))?;
    Ok(Torn {
        file,
        byte: from.offset,
        bytes: bytes.len() as u64,
        kept_as,
    })
}
