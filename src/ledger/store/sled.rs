//! sled 0.34.7 behind the rails that measurements made necessary: one tree, one writer, small
//! values, small batches between flushes, a real sync of its file, no `flush_async`, no
//! `generate_id`, panics caught.

use std::{
    fs::File,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        PoisonError, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{Change, Store, StoreError, VALUE_MAX};

/// Bytes applied between two flushes: 1 MB stalled sled for good, 200 KB never did.
const UNFLUSHED_MAX: usize = 150 << 10;

/// sled in a folder.
#[derive(Debug)]
pub struct SledStore {
    open: RwLock<Option<Open>>,
    dir: PathBuf,
    unflushed: AtomicUsize,
}

#[derive(Clone, Debug)]
struct Open {
    db: sled::Db,
    tree: sled::Tree,
}

impl SledStore {
    /// Opens or makes it. A panic inside sled, which is what damage mostly causes, is an error here.
    pub fn open(dir: &Path, cache_bytes: u64) -> Result<Self, StoreError> {
        guarded(|| {
            let db = sled::Config::new()
                .path(dir)
                .cache_capacity(cache_bytes.max(1 << 20))
                .flush_every_ms(None)
                .print_profile_on_drop(false)
                .open()?;
            let tree = db.open_tree("state")?;
            Ok((db, tree))
        })
        .map(|(db, tree)| Self {
            open: RwLock::new(Some(Open { db, tree })),
            dir: dir.to_owned(),
            unflushed: AtomicUsize::new(0),
        })
    }
}

impl SledStore {
    /// Runs something with the open store.
    fn with<T>(&self, run: impl FnOnce(&Open) -> sled::Result<T>) -> Result<T, StoreError> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        match &*open {
            Some(open) => guarded(|| run(open)),
            None => Err(StoreError::Disk("the store is closed".to_owned())),
        }
    }
}

/// Runs something of sled's; a panic in it is damage.
fn guarded<T>(run: impl FnOnce() -> sled::Result<T>) -> Result<T, StoreError> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(match error {
            sled::Error::Corruption { .. } => StoreError::Damaged(error.to_string()),
            error => StoreError::Disk(error.to_string()),
        }),
        Err(_) => Err(StoreError::Damaged("sled panicked".to_owned())),
    }
}

impl Store for SledStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.with(|open| Ok(open.tree.get(key)?.map(|v| v.to_vec())))
    }

    fn walk(
        &self,
        from: &[u8],
        to: &[u8],
        backwards: bool,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), StoreError> {
        if from >= to {
            return Ok(());
        }
        self.with(|open| {
            let mut range = open.tree.range(from..to);
            loop {
                let next = if backwards {
                    range.next_back()
                } else {
                    range.next()
                };
                match next {
                    None => return Ok(()),
                    Some(item) => {
                        let (key, value) = item?;
                        if !visit(&key, &value) {
                            return Ok(());
                        }
                    }
                }
            }
        })
    }

    fn apply(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        let mut batch = sled::Batch::default();
        let mut bytes = 0;
        for (key, value) in changes {
            bytes += key.len();
            match value {
                Some(value) if value.len() > VALUE_MAX => {
                    return Err(StoreError::TooLarge(value.len()));
                }
                Some(value) => {
                    bytes += value.len();
                    batch.insert(key, value);
                }
                None => batch.remove(key),
            }
        }
        self.with(|open| open.tree.apply_batch(batch))?;
        if self.unflushed.fetch_add(bytes, Ordering::Relaxed) + bytes > UNFLUSHED_MAX {
            self.unflushed.store(0, Ordering::Relaxed);
            self.with(|open| open.db.flush())?;
        }
        Ok(())
    }

    fn flush(&self) -> Result<(), StoreError> {
        self.unflushed.store(0, Ordering::Relaxed);
        self.with(|open| open.db.flush())?;
        // sled's flush is `sync_file_range`, which promises nothing across a power cut.
        File::open(self.dir.join("db"))
            .and_then(|file| file.sync_data())
            .map_err(|e| StoreError::Disk(e.to_string()))
    }

    fn close(&self) {
        let open = self
            .open
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        // sled writes and joins its threads while it is dropped, and may panic at it.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(open)));
    }
}
