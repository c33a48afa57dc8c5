//! A disk in memory that can lose what was not forced to it, and run full.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::disk::JournalDisk;

/// Clones share the disk.
#[derive(Clone, Debug, Default)]
pub struct MemoryDisk(Arc<Mutex<State>>);

#[derive(Clone, Debug, Default)]
struct State {
    segments: BTreeMap<u32, Segment>,
    torn: BTreeMap<String, Vec<u8>>,
    syncs: u64,
    room: Option<u64>,
    sync_fails: bool,
    sync_lies: bool,
}

#[derive(Clone, Debug, Default)]
struct Segment {
    bytes: Vec<u8>,
    synced: usize,
}

impl MemoryDisk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often something was forced to disk.
    pub fn syncs(&self) -> u64 {
        self.state().syncs
    }

    /// Bytes that still fit; `None` for no limit.
    pub fn set_room(&self, room: Option<u64>) {
        self.state().room = room;
    }

    /// Lets forcing to disk fail, or no longer.
    pub fn set_sync_fails(&self, fails: bool) {
        self.state().sync_fails = fails;
    }

    /// Whether forcing something to disk does so, or only says so.
    pub fn set_honest(&self, honest: bool) {
        self.state().sync_lies = !honest;
    }

    /// See [`Self::set_honest`].
    pub fn is_honest(&self) -> bool {
        !self.state().sync_lies
    }

    /// The disk after a power cut: of what was not forced to it, `keep` bytes are there.
    #[must_use]
    pub fn after_power_cut(&self, keep: usize) -> Self {
        let mut state = self.state().clone();
        for segment in state.segments.values_mut() {
            let end = segment.bytes.len().min(segment.synced + keep);
            segment.bytes.truncate(end);
            segment.synced = end;
        }
        state.room = None;
        state.sync_fails = false;
        Self(Arc::new(Mutex::new(state)))
    }

    /// The bytes of a segment.
    pub fn bytes(&self, segment: u32) -> Vec<u8> {
        self.state()
            .segments
            .get(&segment)
            .map(|s| s.bytes.clone())
            .unwrap_or_default()
    }

    /// Replaces the bytes of a segment, as damage would.
    pub fn set_bytes(&self, segment: u32, bytes: Vec<u8>) {
        let synced = bytes.len();
        self.state()
            .segments
            .insert(segment, Segment { bytes, synced });
    }

    /// What was kept of torn ends.
    pub fn torn(&self) -> BTreeMap<String, Vec<u8>> {
        self.state().torn.clone()
    }
}

fn missing() -> io::Error {
    io::Error::from(io::ErrorKind::NotFound)
}

impl JournalDisk for MemoryDisk {
    fn segments(&self) -> io::Result<Vec<u32>> {
        Ok(self.state().segments.keys().copied().collect())
    }

    fn create(&self, segment: u32) -> io::Result<()> {
        self.state().segments.entry(segment).or_default();
        Ok(())
    }

    fn size(&self, segment: u32) -> io::Result<u64> {
        let state = self.state();
        let segment = state.segments.get(&segment).ok_or_else(missing)?;
        Ok(segment.bytes.len() as u64)
    }

    fn append(&self, segment: u32, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        let fits = state
            .room
            .map_or(bytes.len(), |room| bytes.len().min(room as usize));
        state.room = state.room.map(|room| room - fits as u64);
        let file = state.segments.get_mut(&segment).ok_or_else(missing)?;
        file.bytes.extend_from_slice(&bytes[..fits]);
        if fits < bytes.len() {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        Ok(())
    }

    fn sync(&self, segment: u32) -> io::Result<()> {
        let mut state = self.state();
        if state.sync_fails {
            return Err(io::Error::other("input/output error"));
        }
        state.syncs += 1;
        if state.sync_lies {
            return Ok(());
        }
        let file = state.segments.get_mut(&segment).ok_or_else(missing)?;
        file.synced = file.bytes.len();
        Ok(())
    }

    fn truncate(&self, segment: u32, size: u64) -> io::Result<()> {
        let mut state = self.state();
        if state.sync_fails {
            return Err(io::Error::other("input/output error"));
        }
        let file = state.segments.get_mut(&segment).ok_or_else(missing)?;
        file.bytes.truncate(size as usize);
        file.synced = file.bytes.len();
        Ok(())
    }

    fn read_at(&self, segment: u32, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let state = self.state();
        let file = state.segments.get(&segment).ok_or_else(missing)?;
        let rest = file.bytes.get(offset as usize..).unwrap_or_default();
        let n = rest.len().min(buffer.len());
        buffer[..n].copy_from_slice(&rest[..n]);
        Ok(n)
    }

    fn keep_torn(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.state().torn.insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }
}
