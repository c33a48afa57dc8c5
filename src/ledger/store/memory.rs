//! A store in memory: for tests, for simulations, for rebuilding beside the real one.

use std::{
    collections::BTreeMap,
    ops::Bound,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use super::{Changes, Pair, Store, StoreSource, Way};
use crate::ledger::error::StoreError;

type Map = BTreeMap<Vec<u8>, Vec<u8>>;

/// A sorted map in memory. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    state: Arc<RwLock<Map>>,
    people: Arc<RwLock<Map>>,
    fails: Arc<Mutex<Option<StoreError>>>,
}

impl MemoryStore {
    /// Everything in it, for comparing.
    pub fn contents(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        self.state
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// A copy that shares nothing: the store as a crash would leave it.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self {
            state: Arc::new(RwLock::new(self.contents())),
            people: Arc::new(RwLock::new(
                self.people
                    .read()
                    .unwrap_or_else(PoisonError::into_inner)
                    .clone(),
            )),
            fails: Arc::default(),
        }
    }

    /// Lets every write fail from now on, or no longer.
    pub fn fail_writes(&self, with: Option<StoreError>) {
        *self.fails.lock().unwrap_or_else(PoisonError::into_inner) = with;
    }
}

fn change(map: &RwLock<Map>, changes: &Changes) {
    let mut map = map.write().unwrap_or_else(PoisonError::into_inner);
    for (key, value) in changes {
        match value {
            Some(value) => map.insert(key.clone(), value.clone()),
            None => map.remove(key),
        };
    }
}

impl Store for MemoryStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let map = self.state.read().unwrap_or_else(PoisonError::into_inner);
        Ok(map.get(key).cloned())
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
        let map = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let pairs = map.range::<[u8], _>((Bound::Included(from), Bound::Excluded(to)));
        let copy = |(k, v): (&Vec<u8>, &Vec<u8>)| (k.clone(), v.clone());
        Ok(match way {
            Way::Up => pairs.take(limit).map(copy).collect(),
            Way::Down => pairs.rev().take(limit).map(copy).collect(),
        })
    }

    fn apply(&self, changes: &Changes) -> Result<(), StoreError> {
        let fails = self.fails.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = &*fails {
            return Err(error.clone());
        }
        change(&self.state, changes);
        Ok(())
    }

    fn settle(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn people_get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let map = self.people.read().unwrap_or_else(PoisonError::into_inner);
        Ok(map.get(key).cloned())
    }

    fn people_apply(&self, changes: &Changes) -> Result<(), StoreError> {
        change(&self.people, changes);
        Ok(())
    }

    fn people_range(&self, after: &[u8], limit: usize) -> Result<Vec<Pair>, StoreError> {
        let map = self.people.read().unwrap_or_else(PoisonError::into_inner);
        Ok(map
            .range::<[u8], _>((Bound::Excluded(after), Bound::Unbounded))
            .take(limit)
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect())
    }
}

impl StoreSource for MemoryStore {
    fn open(&self) -> Result<Arc<dyn Store>, StoreError> {
        Ok(Arc::new(self.clone()))
    }

    fn set_aside(&self) -> Result<String, StoreError> {
        self.state
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        Ok("memory".to_owned())
    }

    fn bytes_on_disk(&self) -> Result<u64, StoreError> {
        Ok(0)
    }

    fn compact(&self, store: Arc<dyn Store>) -> Result<Arc<dyn Store>, StoreError> {
        Ok(store)
    }

    fn died_opening(&self) -> bool {
        false
    }
}
