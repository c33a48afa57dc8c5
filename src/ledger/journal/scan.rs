//! Walking through the journal line by line, from a place to a place.

use std::io;

use super::{
    disk::{JournalDisk, segment_name},
    line::{self, Content, Depth, JOURNAL_SCHEMA, LineHash},
};
use crate::{
    domain::event::Entry,
    ledger::error::{Damage, OpenError},
};

/// Bytes read at once.
const CHUNK: usize = 256 * 1024;

/// Longest line: far above what one group of events writes, so a file without newlines (not ours)
/// does not fill the memory.
const LINE_BYTES_MAX: usize = 64 << 20;

/// A line's place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Which segment.
    pub segment: u32,
    /// First byte of the line.
    pub offset: u64,
}

/// Reads the lines of one segment in turn.
pub(super) struct Lines<'a> {
    disk: &'a dyn JournalDisk,
    segment: u32,
    /// Where the bytes in `buffer` begin in the file.
    base: u64,
    buffer: Vec<u8>,
    used: usize,
    ended: bool,
}

/// A line, or what stands behind the last newline.
pub(super) enum Piece<'a> {
    /// A whole line without its newline.
    Line(u64, &'a [u8]),
    /// The file ends here, without a newline behind these bytes.
    Rest(u64, &'a [u8]),
}

impl<'a> Lines<'a> {
    pub(super) fn new(disk: &'a dyn JournalDisk, from: Place) -> Self {
        Self {
            disk,
            segment: from.segment,
            base: from.offset,
            buffer: Vec::new(),
            used: 0,
            ended: false,
        }
    }

    /// The next line; `None` at the end of the file.
    pub(super) fn next(&mut self) -> io::Result<Option<Piece<'_>>> {
        let mut looked = self.used;
        loop {
            if let Some(n) = self.buffer[looked..].iter().position(|b| *b == b'\n') {
                let (begin, end) = (self.used, looked + n);
                self.used = end + 1;
                let at = self.base + begin as u64;
                return Ok(Some(Piece::Line(at, &self.buffer[begin..end])));
            }
            if self.ended {
                let begin = self.used;
                self.used = self.buffer.len();
                let rest = &self.buffer[begin..];
                let at = self.base + begin as u64;
                return Ok((!rest.is_empty()).then_some(Piece::Rest(at, rest)));
            }
            if self.buffer.len() - self.used > LINE_BYTES_MAX {
                return Err(io::Error::other("a line of more than 64 MiB"));
            }
            self.base += self.used as u64;
            self.buffer.drain(..self.used);
            self.used = 0;
            looked = self.buffer.len();
            self.buffer.resize(looked + CHUNK, 0);
            let at = self.base + looked as u64;
            let read = self
                .disk
                .read_at(self.segment, at, &mut self.buffer[looked..])?;
            self.buffer.truncate(looked + read);
            self.ended = read < CHUNK;
        }
    }
}

/// Where a scan stands: what the next line has to continue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tail {
    /// The last record.
    pub seq: u64,
    /// The last record's hash.
    pub record: LineHash,
    /// The last line's hash: a record's or a header's.
    pub line: LineHash,
    /// The segment that is written to.
    pub segment: u32,
    /// Where its next line goes.
    pub size: u64,
}

/// Where a scan begins, and what its first line continues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// The first segment.
    pub segment: u32,
    /// The last record before it.
    pub seq: u64,
    /// That record's hash.
    pub hash: LineHash,
}

impl Default for Start {
    /// The beginning of all.
    fn default() -> Self {
        Self {
            segment: 1,
            seq: 0,
            hash: LineHash::default(),
        }
    }
}

/// What a full scan found.
pub(super) struct Scanned {
    pub tail: Tail,
    /// From where on the last segment is torn.
    pub torn: Option<(Place, Vec<u8>)>,
    pub bytes: u64,
}

/// Checks the chain from `start` on and shows every record in turn.
pub(super) fn scan(
    disk: &dyn JournalDisk,
    start: Start,
    depth: Depth,
    mut see: impl FnMut(Place, u64, Option<Entry>, LineHash) -> Result<(), OpenError>,
) -> Result<Scanned, OpenError> {
    let failed = |segment: u32, e: &io::Error| OpenError::io(segment_name(segment), "read", e);
    let mut segments = disk
        .segments()
        .map_err(|e| OpenError::io("journal", "listed", &e))?;
    segments.retain(|segment| *segment >= start.segment);
    let mut out = Scanned {
        tail: Tail {
            seq: start.seq,
            record: start.hash,
            line: start.hash,
            ..Tail::default()
        },
        torn: None,
        bytes: 0,
    };
    if start.seq > 0 && segments.is_empty() {
        return Err(missing(start.segment).into());
    }
    for (n, segment) in segments.iter().copied().enumerate() {
        let expected = start.segment + n as u32;
        if segment != expected {
            return Err(missing(expected).into());
        }
        out.tail.segment = segment;
        out.tail.size = 0;
        let is_last = n + 1 == segments.len();
        let mut lines = Lines::new(disk, Place { segment, offset: 0 });
        let mut number = 0;
        while let Some(piece) = lines.next().map_err(|e| failed(segment, &e))? {
            number += 1;
            let (offset, checked, length) = match piece {
                Piece::Line(at, text) => {
                    (at, check(text, depth, number, &out.tail)?, text.len() + 1)
                }
                Piece::Rest(at, text) => (at, Err("it is cut".to_owned()), text.len()),
            };
            match checked {
                Ok(line) => {
                    accept(segment, offset, line, &mut out.tail, &mut see)?;
                    out.tail.size = offset + length as u64;
                }
                Err(what) => {
                    let damage = Damage {
                        file: segment_name(segment),
                        line: number,
                        byte: offset,
                        what,
                    };
                    let place = Place { segment, offset };
                    out.torn = Some((place, torn(disk, place, is_last, damage)?));
                    break;
                }
            }
        }
        if number == 0 && !is_last {
            return Err(Damage {
                file: segment_name(segment),
                line: 1,
                byte: 0,
                what: "the file is empty".to_owned(),
            }
            .into());
        }
        out.bytes += out.tail.size;
    }
    Ok(out)
}

fn missing(segment: u32) -> Damage {
    Damage {
        file: segment_name(segment),
        line: 1,
        byte: 0,
        what: "the file is missing".to_owned(),
    }
}

/// What is wrong with a line at this place, or the line. Only a schema from the future is an error
/// of its own: that line is whole.
fn check(
    text: &[u8],
    depth: Depth,
    number: u64,
    tail: &Tail,
) -> Result<Result<line::Line, String>, OpenError> {
    let line = match line::read(text, depth) {
        Ok(line) => line,
        Err(what) => return Ok(Err(newer(text, what)?)),
    };
    if line.prev != tail.line {
        return Ok(Err("it does not continue the line before".to_owned()));
    }
    let fits = match &line.content {
        Content::Header(header) if header.schema > JOURNAL_SCHEMA => {
            return Err(newer_schema(tail.segment, header.schema));
        }
        Content::Header(header) => number == 1 && header.first == tail.seq + 1,
        Content::Record(entry) => number > 1 && entry.seq == tail.seq + 1,
        Content::Skimmed(seq) => number > 1 && *seq == tail.seq + 1,
    };
    Ok(if fits {
        Ok(line)
    } else {
        Err("its position does not follow the one before".to_owned())
    })
}

fn newer_schema(segment: u32, found: u32) -> OpenError {
    OpenError::Newer {
        what: segment_name(segment).into(),
        found,
        known: JOURNAL_SCHEMA,
    }
}

/// A line that is whole but not understood may be a newer program's header.
fn newer(text: &[u8], what: String) -> Result<String, OpenError> {
    #[derive(serde::Deserialize)]
    struct Schema {
        schema: u32,
    }
    if line::chain(text).is_ok()
        && let Ok(Schema { schema }) = serde_json::from_slice(text)
        && schema > JOURNAL_SCHEMA
    {
        return Err(newer_schema(0, schema));
    }
    Ok(what)
}

fn accept(
    segment: u32,
    offset: u64,
    line: line::Line,
    tail: &mut Tail,
    see: &mut impl FnMut(Place, u64, Option<Entry>, LineHash) -> Result<(), OpenError>,
) -> Result<(), OpenError> {
    tail.line = line.hash;
    let (seq, entry) = match line.content {
        Content::Header(_) => return Ok(()),
        Content::Record(entry) => (entry.seq, Some(*entry)),
        Content::Skimmed(seq) => (seq, None),
    };
    tail.seq = seq;
    tail.record = line.hash;
    see(Place { segment, offset }, seq, entry, line.hash)
}

/// A hole of an unfinished write is a sector or more; a flipped bit makes one zero byte at most.
const HOLE: [u8; 16] = [0; 16];

/// The bytes from a damaged line on, if they can be an unfinished write. Such a write is at the very
/// end of the journal, and it is a beginning of what was to be written, or has holes of zero bytes.
/// Anything else was once whole, so it was once acknowledged: that is damage.
fn torn(
    disk: &dyn JournalDisk,
    place: Place,
    is_last: bool,
    damage: Damage,
) -> Result<Vec<u8>, OpenError> {
    if !is_last {
        return Err(damage.into());
    }
    let failed = |e: &io::Error| OpenError::io(segment_name(place.segment), "read", e);
    let size = disk.size(place.segment).map_err(|e| failed(&e))?;
    let length = size.saturating_sub(place.offset);
    if length > LINE_BYTES_MAX as u64 {
        return Err(damage.into());
    }
    let mut bytes = vec![0; length as usize];
    let read = disk
        .read_at(place.segment, place.offset, &mut bytes)
        .map_err(|e| failed(&e))?;
    bytes.truncate(read);
    let cut = bytes.last() != Some(&b'\n');
    let holed = bytes.windows(HOLE.len()).any(|w| w == HOLE);
    if (cut || holed) && !holds_whole_record(&bytes) {
        Ok(bytes)
    } else {
        Err(damage.into())
    }
}

/// Whether a whole record stands anywhere behind the beginning of `bytes`, or at it with one wrong
/// byte in the newline's place.
fn holds_whole_record(bytes: &[u8]) -> bool {
    const BEGIN: &[u8] = b"{\"seq\":";
    if let [head @ .., last] = bytes
        && *last != b'\n'
        && line::chain(head).is_ok()
    {
        return true;
    }
    let begins = bytes
        .windows(BEGIN.len())
        .enumerate()
        .skip(1)
        .filter(|(_, w)| *w == BEGIN);
    begins.into_iter().any(|(at, _)| {
        let rest = &bytes[at..];
        let end = rest.iter().position(|b| *b == b'\n');
        end.is_some_and(|end| line::chain(&rest[..end]).is_ok())
    })
}
