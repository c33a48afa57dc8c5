//! A ledger without a disk or a thread, for simulations: what was not forced to disk can be lost.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use super::{
    Inner, Ledger, LedgerError, LedgerOptions, Reader, Way,
    journal::{Disk, Journal, scan},
    open, start,
    store::{MemoryStore, Store},
};
use crate::domain::Stamp;

/// A disk in memory. Clones are the same disk.
#[derive(Clone, Debug)]
pub struct MemoryDisk {
    inner: Arc<Mutex<Platter>>,
    /// Whether a sync is one.
    honest: bool,
}

#[derive(Debug, Default)]
struct Platter {
    segments: BTreeMap<u64, (Vec<u8>, usize)>,
}

impl MemoryDisk {
    /// An empty disk; a dishonest one answers to a sync and does nothing.
    pub fn new(honest: bool) -> Self {
        Self {
            inner: Arc::default(),
            honest,
        }
    }

    fn platter(&self) -> MutexGuard<'_, Platter> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A power cut: of what was not forced to disk, a part chosen by `chance` stays.
    pub fn lose_unsynced(&self, chance: u64) {
        for (bytes, synced) in self.platter().segments.values_mut() {
            let loose = bytes.len() - *synced;
            if loose > 0 {
                let keep = *synced + (chance % (loose as u64 + 1)) as usize;
                bytes.truncate(keep);
            }
            *synced = bytes.len();
        }
    }
}

impl Disk for MemoryDisk {
    fn segments(&self) -> io::Result<Vec<u64>> {
        Ok(self.platter().segments.keys().copied().collect())
    }

    fn create(&self, segment: u64) -> io::Result<()> {
        self.platter().segments.insert(segment, (Vec::new(), 0));
        Ok(())
    }

    fn len(&self, segment: u64) -> io::Result<u64> {
        let platter = self.platter();
        let (bytes, _) = platter
            .segments
            .get(&segment)
            .ok_or(io::ErrorKind::NotFound)?;
        Ok(bytes.len() as u64)
    }

    fn append(&self, segment: u64, more: &[u8]) -> io::Result<()> {
        let mut platter = self.platter();
        let (bytes, _) = platter
            .segments
            .get_mut(&segment)
            .ok_or(io::ErrorKind::NotFound)?;
        bytes.extend_from_slice(more);
        Ok(())
    }

    fn sync(&self, segment: u64) -> io::Result<()> {
        if self.honest {
            let mut platter = self.platter();
            let (bytes, synced) = platter
                .segments
                .get_mut(&segment)
                .ok_or(io::ErrorKind::NotFound)?;
            *synced = bytes.len();
        }
        Ok(())
    }

    fn truncate(&self, segment: u64, len: u64) -> io::Result<()> {
        let mut platter = self.platter();
        let (bytes, synced) = platter
            .segments
            .get_mut(&segment)
            .ok_or(io::ErrorKind::NotFound)?;
        bytes.truncate(len as usize);
        *synced = (*synced).min(bytes.len());
        Ok(())
    }

    fn read(&self, segment: u64, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let platter = self.platter();
        let (bytes, _) = platter
            .segments
            .get(&segment)
            .ok_or(io::ErrorKind::NotFound)?;
        let from = offset as usize;
        let part = bytes
            .get(from..from + len)
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(part.to_vec())
    }

    fn keep_aside(&self, _name: &str, _bytes: &[u8]) -> io::Result<()> {
        Ok(())
    }
}

impl Ledger {
    /// A ledger on a disk in memory, its state rebuilt from what the disk kept.
    pub fn open_in_memory(
        options: LedgerOptions,
        disk: MemoryDisk,
        now: Stamp,
    ) -> Result<Self, LedgerError> {
        let io = |e: &io::Error| LedgerError::disk("memory", e);
        if disk.segments().map_err(|e| io(&e))?.is_empty() {
            disk.create(1).map_err(|e| io(&e))?;
        }
        let scanned = scan(&disk, |_, _, _| Ok(()))?;
        open::cut_torn(&disk, &scanned)?;
        let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
        open::replay(&store, &disk, 0)?;
        let journal = Journal::new(Box::new(disk.clone()), &scanned);
        let core = start(Arc::clone(&store), journal, &options.version, now)?;
        let position = core.journal.chain().seq;
        let (changes, _) = watch::channel(position);
        Ok(Self {
            inner: Arc::new(Inner {
                reader: Reader::new(store, Arc::new(disk), position),
                way: Way::Inline(Mutex::new(core)),
                changes,
                options,
            }),
        })
    }
}
