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
    lies_about: Option<&'static str>,
    ops_left: Option<u32>,
    stall: std::time::Duration,
    stall_at: Option<(u64, std::time::Duration)>,
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

    /// Lets forcing to disk only say so while the newest line holds this text: what a program does
    /// that writes such lines lazily.
    pub fn set_lies_about(&self, text: Option<&'static str>) {
        self.state().lies_about = text;
    }

    /// Lets the power go after so many more appends and flushes: everything fails from then on.
    pub fn set_ops_left(&self, ops: Option<u32>) {
        self.state().ops_left = ops;
    }

    /// Whether the power has gone.
    pub fn is_dead(&self) -> bool {
        self.state().ops_left == Some(0)
    }

    /// Lets every answer of the ledger take this long.
    pub fn set_stall(&self, stall: std::time::Duration) {
        self.state().stall = stall;
    }

    /// Lets the answer after this many flushes take this long.
    pub fn set_stall_at(&self, stall: Option<(u64, std::time::Duration)>) {
        self.state().stall_at = stall;
    }

    /// What the next answer takes.
    pub fn stall(&self) -> std::time::Duration {
        let mut state = self.state();
        let syncs = state.syncs;
        match state.stall_at.take_if(|(at, _)| *at <= syncs) {
            Some((_, stall)) => stall,
            None => state.stall,
        }
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
        state.ops_left = None;
        state.stall = std::time::Duration::ZERO;
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

impl State {
    /// One more operation, if there is power for it.
    fn spend(&mut self) -> io::Result<()> {
        match &mut self.ops_left {
            Some(0) => return Err(io::Error::other("the power is gone")),
            Some(left) => *left -= 1,
            None => {}
        }
        Ok(())
    }

    fn lies_now(&self, segment: u32) -> bool {
        let Some((text, file)) = self.lies_about.zip(self.segments.get(&segment)) else {
            return false;
        };
        let lines = file.bytes.trim_ascii_end();
        let newest = lines.rsplit(|b| *b == b'\n').next().unwrap_or_default();
        newest.windows(text.len()).any(|w| w == text.as_bytes())
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
        state.spend()?;
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
        state.spend()?;
        state.syncs += 1;
        if state.sync_lies || state.lies_now(segment) {
            return Ok(());
        }
        let file = state.segments.get_mut(&segment).ok_or_else(missing)?;
        file.synced = file.bytes.len();
        Ok(())
    }

    fn truncate(&self, segment: u32, size: u64) -> io::Result<()> {
        let mut state = self.state();
        if state.sync_fails || state.ops_left == Some(0) {
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
