//! Entries of the journal's reader: see [`crate::feed`].

use std::sync::Arc;

use super::journal::{Checked, Depth, MemoryDisk, Start, read_line};
use crate::feed::clean_text;

/// One line: what is read is what was hashed.
pub fn journal_line(bytes: &[u8]) {
    for depth in [Depth::Full, Depth::Skim] {
        if let Err(says) = read_line(bytes, depth) {
            clean_text(says.as_bytes());
        }
    }
}

/// A whole file: read to its end, to a torn one, or refused with the place. The records that are shown
/// count up without a gap.
pub fn journal_file(bytes: &[u8]) {
    let disk = MemoryDisk::default();
    disk.set_bytes(1, bytes.to_vec());
    let mut last = 0;
    let checked = Checked::new(Arc::new(disk), Start::default(), |_, entry, _| {
        assert_eq!(entry.seq, last + 1, "records follow each other");
        last = entry.seq;
        Ok(())
    });
    match checked {
        Ok(checked) => assert_eq!(checked.tail().seq, last),
        Err(error) => clean_text(error.to_string().as_bytes()),
    }
}
