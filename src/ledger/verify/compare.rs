//! The stored state beside the rebuilt one.

use std::{path::Path, sync::Arc};

use crate::ledger::{
    error::{OpenError, StoreError},
    journal::LineHash,
    keys::kind,
    position::{Digest, Position},
    store::{MemoryStore, SledSource, Store, StoreSource, Way},
};

/// Pairs compared at once.
const PAGE: usize = 4_096;

/// Memory for the copy's cache.
const CACHE_BYTES: u64 = 16 << 20;

/// How the stored state compares with the rebuilt one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateVerdict {
    /// They are equal at this position.
    Equal {
        /// The position that the stored state has reached.
        at: u64,
    },
    /// They are not.
    Differs {
        /// The first key that differs, hex; empty where it is not one key.
        key: String,
        /// What is different.
        says: String,
    },
    /// There is none: it is rebuilt at the next start.
    Missing,
}

/// The stored state, at the position it claims.
pub(super) struct Stored {
    store: Option<Arc<dyn Store>>,
    position: Position,
    verdict: Option<StateVerdict>,
    /// Removed with the copy in it when the comparison ends; behind the store, so dropped after it.
    copy: Option<tempfile::TempDir>,
}

impl Stored {
    /// Opens a copy: opening a sled folder writes into it.
    pub(super) fn copy(state: &Path) -> Result<Self, OpenError> {
        if !state.join("db").exists() {
            return Ok(Self::without(StateVerdict::Missing));
        }
        let temp = tempfile::Builder::new()
            .prefix("raftaar-verify-")
            .tempdir()
            .map_err(|e| OpenError::io(std::env::temp_dir(), "used for a copy", &e))?;
        let copy = temp.path().join("state");
        copy_dir(state, &copy).map_err(|e| OpenError::io(&copy, "copied", &e))?;
        match SledSource::new(temp.path(), CACHE_BYTES).open() {
            Ok(store) => {
                let mut stored = Self::of(store)?;
                stored.copy = Some(temp);
                Ok(stored)
            }
            Err(e) if e.is_damage() => Ok(Self::without(differs("", &e.to_string()))),
            Err(e) => Err(e.into()),
        }
    }

    pub(super) fn of(store: Arc<dyn Store>) -> Result<Self, OpenError> {
        let position = match Position::read(&*store) {
            Ok(Some(position)) => position,
            Ok(None) => return Ok(Self::without(StateVerdict::Missing)),
            Err(e) if e.is_damage() => return Ok(Self::without(differs("", &e.to_string()))),
            Err(e) => return Err(e.into()),
        };
        Ok(Self {
            store: Some(store),
            position,
            verdict: None,
            copy: None,
        })
    }

    fn without(verdict: StateVerdict) -> Self {
        Self {
            store: None,
            position: Position::default(),
            verdict: Some(verdict),
            copy: None,
        }
    }

    /// The rebuilt state has reached `seq`: the place to compare may be here.
    pub(super) fn passing(
        &mut self,
        seq: u64,
        hash: LineHash,
        rebuilt: &MemoryStore,
    ) -> Result<(), StoreError> {
        if seq != self.position.seq || self.verdict.is_some() {
            return Ok(());
        }
        let Some(store) = &self.store else {
            return Ok(());
        };
        let verdict = if hash == self.position.hash {
            match compare(&**store, rebuilt) {
                Ok(None) if Digest::compute(&**store)? == self.position.digest => {
                    StateVerdict::Equal { at: seq }
                }
                Ok(None) => differs("", "its own digest is wrong"),
                Ok(Some(verdict)) => verdict,
                Err(e) if e.is_damage() => differs("", &e.to_string()),
                Err(e) => return Err(e),
            }
        } else {
            let says = format!("it followed another journal up to record {seq}");
            differs("", &says)
        };
        self.verdict = Some(verdict);
        Ok(())
    }

    pub(super) fn verdict(self, journal: u64) -> StateVerdict {
        self.verdict.unwrap_or_else(|| {
            let says = format!(
                "it is at record {}, the journal ends at {journal}",
                self.position.seq
            );
            differs("", &says)
        })
    }
}

fn differs(key: &str, says: &str) -> StateVerdict {
    StateVerdict::Differs {
        key: key.to_owned(),
        says: says.to_owned(),
    }
}

/// The first difference. Kind 0 is the store's own word about itself.
fn compare(stored: &dyn Store, rebuilt: &dyn Store) -> Result<Option<StateVerdict>, StoreError> {
    let mut from = vec![kind::META + 1];
    loop {
        let end = [u8::MAX; 2];
        let have = stored.range(&from, &end, Way::Up, PAGE)?;
        let want = rebuilt.range(&from, &end, Way::Up, PAGE)?;
        for n in 0..have.len().max(want.len()) {
            let (have, want) = (have.get(n), want.get(n));
            if have == want {
                continue;
            }
            let (key, says) = match (have, want) {
                (Some((a, _)), Some((b, _))) if a == b => (a, "its value is another"),
                (Some((a, _)), Some((b, _))) if a > b => (b, "it is not there"),
                (None, Some((b, _))) => (b, "it is not there"),
                (Some((a, _)), _) => (a, "it should not be there"),
                (None, None) => continue,
            };
            return Ok(Some(differs(&hex::encode(key), says)));
        }
        match have.last() {
            Some((last, _)) if have.len() == PAGE => {
                from.clone_from(last);
                from.push(0);
            }
            _ => return Ok(None),
        }
    }
}

fn copy_dir(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_dir(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
