//! A map in memory.

use std::{
    collections::BTreeMap,
    sync::{PoisonError, RwLock},
};

use super::{Change, Store, StoreError};

/// Keys and values in memory: for simulations, and for rebuilding a state to compare with.
#[derive(Debug, Default)]
pub struct MemoryStore {
    map: RwLock<BTreeMap<Vec<u8>, Vec<u8>>>,
}

impl Store for MemoryStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let map = self.map.read().unwrap_or_else(PoisonError::into_inner);
        Ok(map.get(key).cloned())
    }

    fn walk(
        &self,
        from: &[u8],
        to: &[u8],
        backwards: bool,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), StoreError> {
        let map = self.map.read().unwrap_or_else(PoisonError::into_inner);
        if from >= to {
            return Ok(());
        }
        let range = map.range(from.to_vec()..to.to_vec());
        if backwards {
            let _ = range.rev().all(|(k, v)| visit(k, v));
        } else {
            let mut range = range;
            let _ = range.all(|(k, v)| visit(k, v));
        }
        Ok(())
    }

    fn apply(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        let mut map = self.map.write().unwrap_or_else(PoisonError::into_inner);
        for (key, value) in changes {
            match value {
                Some(value) => map.insert(key, value),
                None => map.remove(&key),
            };
        }
        Ok(())
    }

    fn flush(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
