//! Reading records back by position, while others are being written.

use std::{
    io,
    sync::{Arc, PoisonError, RwLock},
};

use super::{
    disk::{JournalDisk, segment_name},
    line::{self, Content, Depth, Line, LineHash},
    scan::{Lines, Piece, Place, Start},
};
use crate::{
    domain::event::Entry,
    ledger::error::{Damage, LedgerError},
};

/// One record in this many has its place kept in memory: 16 bytes per 64 records, 6 MB for a
/// year of 25 million; the others are found by reading at most so many lines.
const MARK_EVERY: u64 = 64;

/// The reading end. Clones share what they know.
#[derive(Clone)]
pub struct JournalReader {
    disk: Arc<dyn JournalDisk>,
    start: Start,
    /// Places of the records 1, 65, 129 and so on, from the first such behind the start.
    marks: Arc<RwLock<Vec<Place>>>,
}

impl JournalReader {
    pub(super) fn new(disk: Arc<dyn JournalDisk>, start: Start) -> Self {
        Self {
            disk,
            start,
            marks: Arc::default(),
        }
    }

    /// Notes where a record is. Only records that are on disk are noted.
    pub fn mark(&self, seq: u64, place: Place) {
        if (seq - 1).is_multiple_of(MARK_EVERY) {
            let mut marks = self.marks.write().unwrap_or_else(PoisonError::into_inner);
            if Some(marks.len() as u64) == self.slot((seq - 1) / MARK_EVERY) {
                marks.push(place);
            }
        }
    }

    /// Which mark stands for the `n`th so many records of the whole journal.
    fn slot(&self, n: u64) -> Option<u64> {
        n.checked_sub(self.start.seq.div_ceil(MARK_EVERY))
    }

    /// What the first record of this reader continues.
    pub fn start(&self) -> Start {
        self.start
    }

    /// The first record that this reader was opened with; earlier ones are in the archive.
    pub fn first(&self) -> u64 {
        self.start.seq + 1
    }

    /// The record at `place`; `None` where it is in an archive that is not at hand.
    pub fn at(&self, place: Place) -> Result<Option<Entry>, LedgerError> {
        let mut lines = Lines::new(&*self.disk, place);
        match lines.next() {
            Ok(Some(Piece::Line(at, text))) => match understood(place.segment, at, text)?.content {
                Content::Record(entry) => Ok(Some(*entry)),
                Content::Header(_) | Content::Skimmed(_) => Err(no_record(place)),
            },
            Ok(_) => Err(no_record(place)),
            Err(e) if self.is_away(place.segment, &e) => Ok(None),
            Err(e) => Err(failed(&e)),
        }
    }

    /// Whether a segment could not be read because it went to the archive, and that elsewhere.
    fn is_away(&self, segment: u32, e: &io::Error) -> bool {
        segment < self.start.segment && e.kind() == io::ErrorKind::NotFound
    }

    /// Where to begin to look for record `first`.
    fn before(&self, first: u64) -> Result<Option<Place>, LedgerError> {
        if first <= self.start.seq {
            return self.archived(first);
        }
        let marks = self.marks.read().unwrap_or_else(PoisonError::into_inner);
        let at = self
            .slot((first - 1) / MARK_EVERY)
            .and_then(|slot| marks.get(slot as usize).or(marks.last()).copied());
        Ok(at.or_else(|| {
            let begins = Place {
                segment: self.start.segment,
                offset: 0,
            };
            (self.start.seq > 0 || !marks.is_empty()).then_some(begins)
        }))
    }

    /// The archived segment that has record `first`; the first one that stayed, where the archive is
    /// not at hand.
    fn archived(&self, first: u64) -> Result<Option<Place>, LedgerError> {
        for segment in (1..self.start.segment).rev() {
            let place = Place { segment, offset: 0 };
            let mut lines = Lines::new(&*self.disk, place);
            match lines.next() {
                Ok(Some(Piece::Line(at, text))) => {
                    if let Content::Header(header) = understood(segment, at, text)?.content
                        && header.first <= first
                    {
                        return Ok(Some(place));
                    }
                }
                Ok(_) => return Err(no_record(place)),
                Err(e) if self.is_away(segment, &e) => {
                    return Ok(Some(Place {
                        segment: segment + 1,
                        offset: 0,
                    }));
                }
                Err(e) => return Err(failed(&e)),
            }
        }
        Ok(None)
    }

    /// Shows the records `first..=last` in turn, with their places, until `see` says stop. Those
    /// that are in an archive that is not at hand are left out.
    pub fn walk<E: From<LedgerError>>(
        &self,
        first: u64,
        last: u64,
        mut see: impl FnMut(Place, Entry, LineHash) -> Result<(), E>,
    ) -> Result<(), E> {
        if first > last || first == 0 {
            return Ok(());
        }
        let Some(mut place) = self.before(first)? else {
            return Ok(());
        };
        loop {
            let mut lines = Lines::new(&*self.disk, place);
            while let Some(piece) = lines.next().map_err(|e| failed(&e))? {
                let Piece::Line(offset, text) = piece else {
                    break;
                };
                let line = understood(place.segment, offset, text)?;
                let Content::Record(entry) = line.content else {
                    continue;
                };
                if entry.seq > last {
                    return Ok(());
                }
                let seq = entry.seq;
                if seq >= first {
                    see(Place { offset, ..place }, *entry, line.hash)?;
                }
                if seq == last {
                    return Ok(());
                }
            }
            place = Place {
                segment: place.segment + 1,
                offset: 0,
            };
            let segments = self.disk.segments().map_err(|e| failed(&e))?;
            if !segments.contains(&place.segment) {
                return Ok(());
            }
        }
    }
}

fn understood(segment: u32, offset: u64, text: &[u8]) -> Result<Line, LedgerError> {
    line::read(text, Depth::Full).map_err(|what| {
        LedgerError::Damage(Damage {
            file: segment_name(segment),
            line: 0,
            byte: offset,
            what,
        })
    })
}

fn no_record(place: Place) -> LedgerError {
    LedgerError::Damage(Damage {
        file: segment_name(place.segment),
        line: 0,
        byte: place.offset,
        what: "no record begins here, where the working state says one does".to_owned(),
    })
}

fn failed(e: &io::Error) -> LedgerError {
    LedgerError::Journal {
        doing: "read",
        says: e.to_string().into(),
    }
}
