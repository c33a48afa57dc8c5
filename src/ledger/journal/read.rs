//! Reading records back by position, while others are being written.

use std::{
    io,
    sync::{Arc, PoisonError, RwLock},
};

use super::{
    disk::{JournalDisk, segment_name},
    line::{self, Content, Line, LineHash},
    scan::{Lines, Piece, Place},
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
    /// Places of the records 1, 65, 129 and so on.
    marks: Arc<RwLock<Vec<Place>>>,
}

impl JournalReader {
    pub(super) fn new(disk: Arc<dyn JournalDisk>) -> Self {
        Self {
            disk,
            marks: Arc::default(),
        }
    }

    /// Notes where a record is. Only records that are on disk are noted.
    pub fn mark(&self, seq: u64, place: Place) {
        if (seq - 1).is_multiple_of(MARK_EVERY) {
            let mut marks = self.marks.write().unwrap_or_else(PoisonError::into_inner);
            if marks.len() as u64 == (seq - 1) / MARK_EVERY {
                marks.push(place);
            }
        }
    }

    /// The record at `place`.
    pub fn at(&self, place: Place) -> Result<Entry, LedgerError> {
        let mut lines = Lines::new(&*self.disk, place);
        match lines.next().map_err(|e| failed(&e))? {
            Some(Piece::Line(at, text)) => match understood(place.segment, at, text)?.content {
                Content::Record(entry) => Ok(*entry),
                Content::Header(_) => Err(no_record(place)),
            },
            _ => Err(no_record(place)),
        }
    }

    /// Shows the records `first..=last` in turn, with their places, until `see` says stop.
    pub fn walk<E: From<LedgerError>>(
        &self,
        first: u64,
        last: u64,
        mut see: impl FnMut(Place, Entry, LineHash) -> Result<(), E>,
    ) -> Result<(), E> {
        if first > last || first == 0 {
            return Ok(());
        }
        let start = {
            let marks = self.marks.read().unwrap_or_else(PoisonError::into_inner);
            let n = ((first - 1) / MARK_EVERY) as usize;
            marks.get(n).or(marks.last()).copied()
        };
        let Some(mut place) = start else {
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
    line::read(text).map_err(|what| {
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
