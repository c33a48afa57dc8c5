//! Copying the working state into a fresh folder: sled keeps the room of what was overwritten.

use std::{fs, io, path::Path, sync::Arc};

use super::{Changes, Pair, SledStore, Store, Way, sled::SledSource};
use crate::ledger::{
    error::StoreError,
    files,
    position::{Digest, size_of},
};

/// Where the copy is made.
const FRESH: &str = "state.compacting";

/// Where the old one is while the two change places.
const OLD: &str = "state.old";

/// Pairs read at once.
const PAGE: usize = 256;

/// Bytes written at once.
const BATCH_BYTES: usize = 64 * 1024;

impl SledSource {
    /// Puts a copy of `store`, which is this folder's, in its place. On an error the old one is
    /// still there, closed.
    pub(super) fn compacted(&self, store: Arc<dyn Store>) -> Result<Arc<dyn Store>, StoreError> {
        let io = |e: &io::Error| StoreError::io("compacted", e);
        let fresh = self.dir().join(FRESH);
        remove(&fresh).map_err(|e| io(&e))?;
        files::make_dir(&fresh).map_err(|e| io(&e))?;
        let copy = SledStore::open(&fresh, self.cache_bytes())?;
        copy_all(&*store, &copy)?;
        if Digest::compute(&copy)? != Digest::compute(&*store)? {
            return Err(StoreError::Damaged {
                says: "its copy is not the same".into(),
            });
        }
        // Both must be closed before they change places.
        drop(copy);
        drop(store);
        let (state, old) = (self.state(), self.dir().join(OLD));
        let swap = || {
            remove(&old)?;
            fs::rename(&state, &old)?;
            fs::rename(&fresh, &state)?;
            files::sync_dir(self.dir())?;
            remove(&old)
        };
        swap().map_err(|e| io(&e))?;
        super::StoreSource::open(self)
    }

    /// Ends a compaction that was cut short.
    pub(super) fn tidy(&self) -> io::Result<()> {
        let (state, old) = (self.state(), self.dir().join(OLD));
        if old.exists() && !state.exists() {
            fs::rename(&old, &state)?;
        }
        remove(&old)?;
        remove(&self.dir().join(FRESH))
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

fn copy_all(from: &dyn Store, to: &dyn Store) -> Result<(), StoreError> {
    let mut next = Vec::new();
    loop {
        let page = from.range(&next, &[u8::MAX; 2], Way::Up, PAGE)?;
        in_batches(&page, |batch| to.apply(batch))?;
        let Some((last, _)) = page.last() else {
            break;
        };
        next.clone_from(last);
        next.push(0);
    }
    let mut after = Vec::new();
    loop {
        let page = from.people_range(&after, PAGE)?;
        in_batches(&page, |batch| to.people_apply(batch))?;
        let Some((last, _)) = page.last() else {
            break;
        };
        after.clone_from(last);
    }
    to.settle()
}

fn in_batches(
    pairs: &[Pair],
    apply: impl Fn(&Changes) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut batch = Changes::new();
    for (key, value) in pairs {
        batch.insert(key.clone(), Some(value.clone()));
        if size_of(&batch) > BATCH_BYTES {
            apply(&std::mem::take(&mut batch))?;
        }
    }
    apply(&batch)
}
