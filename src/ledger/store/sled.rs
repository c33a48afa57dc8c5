//! sled 0.34.7 behind guard rails. The only file that names it.
//!
//! Measured traits that the rails are for: `flush` does not force the disk, so an own `fdatasync`
//! on its file follows; `flush_async` deadlocks with eight callers, so there is one writer and it
//! flushes itself; a damaged file makes it panic, so every call is caught; `generate_id` repeats
//! itself after a kill and is not used; its threads keep the file locked a moment longer than its
//! handles live, so opening it again waits.

use std::{
    fs::{self, File, TryLockError},
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::{Changes, FLUSH_BYTES_MAX, Pair, Store, StoreSource, Way};
use crate::ledger::{error::StoreError, files};

/// One tree for everything that the journal can rebuild: one tree changes atomically by a batch,
/// several only in a transaction that locks the whole process.
const STATE_TREE: &str = "state";

/// Customers' data.
const PEOPLE_TREE: &str = "people";

/// How long sled's threads are waited for.
const RELEASE_MS: u32 = 5_000;

/// The working state in a folder.
pub(in crate::ledger) struct SledStore {
    state: sled::Tree,
    people: sled::Tree,
    // Behind the trees: the database must be dropped last.
    db: sled::Db,
    file: File,
    unsettled: AtomicUsize,
}

/// Where the working state lives.
pub(in crate::ledger) struct SledSource {
    /// The data folder; the store is its `state`.
    dir: PathBuf,
    cache_bytes: u64,
}

impl SledSource {
    pub(in crate::ledger) fn new(dir: &Path, cache_bytes: u64) -> Self {
        Self {
            dir: dir.to_owned(),
            cache_bytes,
        }
    }

    fn marker(&self) -> PathBuf {
        self.dir.join("opening")
    }

    pub(super) fn state(&self) -> PathBuf {
        self.dir.join("state")
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(super) fn cache_bytes(&self) -> u64 {
        self.cache_bytes
    }
}

impl StoreSource for SledSource {
    fn open(&self) -> Result<Arc<dyn Store>, StoreError> {
        let io = |e: &std::io::Error| StoreError::io("opened", e);
        self.tidy().map_err(|e| io(&e))?;
        files::make_dir(&self.state()).map_err(|e| io(&e))?;
        await_release(&self.state().join("db"));
        clear_unfinished(&self.state()).map_err(|e| io(&e))?;
        // A crash or a hang inside the opening leaves this file: the next one rebuilds.
        files::create(&self.marker()).map_err(|e| io(&e))?;
        let opened = SledStore::open(&self.state(), self.cache_bytes);
        let _ = fs::remove_file(self.marker());
        opened.map(|store| Arc::new(store) as Arc<dyn Store>)
    }

    fn set_aside(&self) -> Result<String, StoreError> {
        let io = |e: &std::io::Error| StoreError::io("set aside", e);
        let seconds = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |d| d.as_secs());
        let mut name = format!("state.aside-{seconds}");
        for n in 2u32.. {
            if !self.dir.join(&name).exists() {
                break;
            }
            name = format!("state.aside-{seconds}-{n}");
        }
        match fs::rename(self.state(), self.dir.join(&name)) {
            Ok(()) => {}
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(io(&e)),
        }
        files::sync_dir(&self.dir).map_err(|e| io(&e))?;
        Ok(name)
    }

    fn bytes_on_disk(&self) -> Result<u64, StoreError> {
        let io = |e: &std::io::Error| StoreError::io("measured", e);
        let mut bytes = 0;
        let mut folders = vec![self.state()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).map_err(|e| io(&e))? {
                let entry = entry.map_err(|e| io(&e))?;
                let meta = entry.metadata().map_err(|e| io(&e))?;
                if meta.is_dir() {
                    folders.push(entry.path());
                } else {
                    bytes += meta.len();
                }
            }
        }
        Ok(bytes)
    }

    fn compact(&self, store: Arc<dyn Store>) -> Result<Arc<dyn Store>, StoreError> {
        self.compacted(store)
    }

    fn died_opening(&self) -> bool {
        self.marker().exists()
    }
}

impl SledStore {
    /// Opens the store in `dir`.
    pub(in crate::ledger) fn open(dir: &Path, cache_bytes: u64) -> Result<Self, StoreError> {
        caught("opened", || {
            let db = sled::Config::new()
                .path(dir)
                .cache_capacity(cache_bytes)
                .flush_every_ms(None)
                .open()?;
            let state = db.open_tree(STATE_TREE)?;
            let people = db.open_tree(PEOPLE_TREE)?;
            // Written by the open above, so it exists.
            let file = File::open(dir.join("db"))?;
            Ok(Self {
                state,
                people,
                db,
                file,
                unsettled: AtomicUsize::new(0),
            })
        })
    }

    fn change(&self, tree: &sled::Tree, changes: &Changes) -> Result<(), StoreError> {
        let bytes: usize = changes
            .iter()
            .map(|(k, v)| k.len() + v.as_ref().map_or(0, Vec::len))
            .sum();
        if self.unsettled.load(Ordering::Relaxed) + bytes > FLUSH_BYTES_MAX {
            self.settle()?;
        }
        caught("written", || {
            let mut batch = sled::Batch::default();
            for (key, value) in changes {
                match value {
                    Some(value) => batch.insert(key.as_slice(), value.as_slice()),
                    None => batch.remove(key.as_slice()),
                }
            }
            tree.apply_batch(batch)
        })?;
        self.unsettled.fetch_add(bytes, Ordering::Relaxed);
        Ok(())
    }
}

/// Waits until the file is locked no more. It can only be by a handle of this process that has just
/// gone: the lock of the data folder keeps others out. A lock that stays is sled's to report.
fn await_release(db: &Path) {
    for _ in 0..RELEASE_MS {
        let locked = File::open(db)
            .is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)));
        if !locked {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Removes the snapshot that an opening without room, or one cut short, did not finish. sled takes it
/// for a damaged one, for good: it looks for leftovers under another name than it gives them.
fn clear_unfinished(state: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(state)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "generating") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Runs a call of sled. Panics are its way of reporting damage.
fn caught<T>(doing: &'static str, call: impl FnOnce() -> sled::Result<T>) -> Result<T, StoreError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(sled::Error::Io(e))) => Err(StoreError::io(doing, &e)),
        Ok(Err(other)) => Err(StoreError::Damaged {
            says: other.to_string().into(),
        }),
        Err(panic) => {
            let words = panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()))
                .unwrap_or_else(|| "it panicked without a word".to_owned());
            Err(StoreError::Damaged { says: words.into() })
        }
    }
}

impl Store for SledStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        caught("read", || Ok(self.state.get(key)?.map(|v| v.to_vec())))
    }

    fn range(
        &self,
        from: &[u8],
        to: &[u8],
        way: Way,
        limit: usize,
    ) -> Result<Vec<Pair>, StoreError> {
        if from >= to {
            return Ok(Vec::new());
        }
        caught("read", || {
            let pairs = self.state.range(from..to);
            let copy = |pair: sled::Result<(sled::IVec, sled::IVec)>| {
                pair.map(|(k, v)| (k.to_vec(), v.to_vec()))
            };
            match way {
                Way::Up => pairs.take(limit).map(copy).collect(),
                Way::Down => pairs.rev().take(limit).map(copy).collect(),
            }
        })
    }

    fn apply(&self, changes: &Changes) -> Result<(), StoreError> {
        self.change(&self.state, changes)
    }

    fn settle(&self) -> Result<(), StoreError> {
        caught("flushed", || {
            self.db.flush()?;
            self.file.sync_data()?;
            Ok(())
        })?;
        self.unsettled.store(0, Ordering::Relaxed);
        Ok(())
    }

    fn people_get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        caught("read", || Ok(self.people.get(key)?.map(|v| v.to_vec())))
    }

    fn people_apply(&self, changes: &Changes) -> Result<(), StoreError> {
        self.change(&self.people, changes)
    }

    fn people_range(&self, after: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        caught("read", || {
            let above = (std::ops::Bound::Excluded(after), std::ops::Bound::Unbounded);
            self.people
                .range::<&[u8], _>(above)
                .take(limit)
                .map(|pair| pair.map(|(k, v)| (k.to_vec(), v.to_vec())))
                .collect()
        })
    }
}
