//! The working state as keys and values: sled on disk, a map in simulations. Only this folder names
//! sled.

mod memory;
mod sled;

pub use memory::MemoryStore;
pub use sled::SledStore;

use thiserror::Error;

/// Largest value, bytes: far below what makes sled 0.34 write a blob file, which it never syncs.
pub const VALUE_MAX: usize = 16 << 10;

/// What went wrong in a store.
#[derive(Clone, Debug, Error)]
pub enum StoreError {
    /// The disk: full, read-only, gone. Never a reason to rebuild.
    #[error("the store's disk: {0}")]
    Disk(String),
    /// The store's own files are damaged: a reason to rebuild it from the journal.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// A value is too large.
    #[error("a record of {0} bytes is larger than the store takes")]
    TooLarge(usize),
}

/// A change: a value to keep, or `None` to forget the key.
pub type Change = (Vec<u8>, Option<Vec<u8>>);

/// An ordered map on disk or in memory.
pub trait Store: Send + Sync {
    /// A value.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;
    /// Walks keys from `from` (inclusive) to `to` (exclusive), backwards if asked, until `visit`
    /// says no.
    fn walk(
        &self,
        from: &[u8],
        to: &[u8],
        backwards: bool,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), StoreError>;
    /// Applies changes all together or not at all.
    fn apply(&self, changes: Vec<Change>) -> Result<(), StoreError>;
    /// Brings what was applied to disk; correctness never depends on it, the journal replays.
    fn flush(&self) -> Result<(), StoreError>;
    /// Gives the files free; later reads are errors. Whoever still holds a reader must not keep
    /// another process out.
    fn close(&self) {}
}
