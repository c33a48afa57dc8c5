//! The working state as a sorted map of bytes: what any engine of a store has to do for us.

mod compact;
mod memory;
mod sled;

pub use memory::MemoryStore;
pub(in crate::ledger) use sled::{SledSource, SledStore};

use std::collections::BTreeMap;

use super::error::StoreError;

/// Largest value kept. sled moves leaves above 128 KiB (17 items) to files that it never syncs
/// (58 of 60 power cuts unopenable): 16 KiB for the odd giant stays clear of that, since records
/// of an order are 1 to 3 KiB.
pub const VALUE_BYTES_MAX: usize = 16 * 1024;

/// Bytes and keys between two flushes. sled 0.34.7 stalls for ever when about 1 MB gathers (8 of 8
/// runs); at 200 KB none of ten did.
pub(in crate::ledger) const FLUSH_BYTES_MAX: usize = 150 * 1024;

/// Key to new value; `None` deletes.
pub type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// A key and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// Which way a range is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the lowest key up.
    Up,
    /// From the highest key down.
    Down,
}

/// A sorted map that changes atomically. Cheap to share; many read while one writes.
pub trait Store: Send + Sync {
    /// The value of `key`.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// At most `limit` pairs with `from <= key < to`.
    fn range(
        &self,
        from: &[u8],
        to: &[u8],
        way: Way,
        limit: usize,
    ) -> Result<Vec<Pair>, StoreError>;

    /// Applies all of `changes` or nothing, visible at once, durable only after [`Store::settle`].
    fn apply(&self, changes: &Changes) -> Result<(), StoreError>;

    /// Forces what was applied to disk.
    fn settle(&self) -> Result<(), StoreError>;

    /// The value of `key` among the customers' data, which no journal holds.
    fn people_get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Changes the customers' data.
    fn people_apply(&self, changes: &Changes) -> Result<(), StoreError>;

    /// Customers' data above `after`, in order of keys.
    fn people_range(&self, after: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError>;
}

/// Where a store comes from, and how it is started anew.
pub trait StoreSource: Send {
    /// Opens it. [`StoreError::is_damage`] asks for [`StoreSource::set_aside`].
    fn open(&self) -> Result<std::sync::Arc<dyn Store>, StoreError>;

    /// Moves what is there out of the way. Returns where to.
    fn set_aside(&self) -> Result<String, StoreError>;

    /// Bytes that it takes on disk.
    fn bytes_on_disk(&self) -> Result<u64, StoreError>;

    /// Gives back the room of what was overwritten. Takes the store that is open and returns the one
    /// that is open then; the order of its pairs and what they hold are the same.
    fn compact(
        &self,
        store: std::sync::Arc<dyn Store>,
    ) -> Result<std::sync::Arc<dyn Store>, StoreError>;

    /// Whether the process ended inside the last opening.
    fn died_opening(&self) -> bool;
}

/// The first key that is no longer behind `prefix`.
pub(in crate::ledger) fn end_of(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return end;
        }
    }
    // All 0xff: no key of ours begins so; this is above every one of them.
    vec![u8::MAX; prefix.len() + 64]
}
