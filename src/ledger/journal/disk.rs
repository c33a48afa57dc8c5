//! What the journal needs of a disk.

use std::io;

/// Files of the journal, by number. Reading and writing may happen at once.
pub trait JournalDisk: Send + Sync {
    /// The segments that exist, ascending: those of the archive that are at hand, then those that
    /// are written to.
    fn segments(&self) -> io::Result<Vec<u32>>;

    /// A file that is kept beside the segments, if there is one of this name.
    fn beside(&self, _name: &str) -> io::Result<Option<Box<dyn io::Read>>> {
        Ok(None)
    }

    /// Makes an empty segment whose name survives a power cut.
    fn create(&self, segment: u32) -> io::Result<()>;

    /// Bytes in a segment.
    fn size(&self, segment: u32) -> io::Result<u64>;

    /// Adds bytes at the end of a segment.
    fn append(&self, segment: u32, bytes: &[u8]) -> io::Result<()>;

    /// Forces a segment to disk.
    fn sync(&self, segment: u32) -> io::Result<()>;

    /// Cuts a segment to `size` bytes, and forces that to disk.
    fn truncate(&self, segment: u32, size: u64) -> io::Result<()>;

    /// Reads from `offset` on; fewer bytes than `buffer` holds at the end, none behind it.
    fn read_at(&self, segment: u32, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// Keeps a copy of bytes that are about to be cut off. Returns its name.
    fn keep_torn(&self, name: &str, bytes: &[u8]) -> io::Result<()>;
}

/// The file name of a segment.
pub fn segment_name(segment: u32) -> String {
    format!("{segment:08}.jsonl")
}
