//! The last record of a segment, without reading the rest of it.

use std::io;

use super::{
    disk::JournalDisk,
    line::{self, Content, Depth, LineHash},
};
use crate::domain::event::Entry;

/// Bytes read at first; more where the last line is longer.
const FIRST_LOOK: u64 = 64 * 1024;

/// The last record of a closed segment and its hash; `None` where its last line is none.
pub fn last_record(disk: &dyn JournalDisk, segment: u32) -> io::Result<Option<(Entry, LineHash)>> {
    let size = disk.size(segment)?;
    let mut look = FIRST_LOOK;
    loop {
        let from = size.saturating_sub(look);
        let mut bytes = vec![0; usize::try_from(size - from).map_err(io::Error::other)?];
        let read = disk.read_at(segment, from, &mut bytes)?;
        bytes.truncate(read);
        let Some((b'\n', lines)) = bytes.split_last() else {
            return Ok(None);
        };
        let begin = lines.iter().rposition(|b| *b == b'\n');
        if begin.is_none() && from > 0 {
            look = look.saturating_mul(4);
            continue;
        }
        let text = &lines[begin.map_or(0, |n| n + 1)..];
        let line = line::read(text, Depth::Full).ok();
        return Ok(line.and_then(|line| match line.content {
            Content::Record(entry) => Some((*entry, line.hash)),
            Content::Header(_) | Content::Skimmed(_) => None,
        }));
    }
}
