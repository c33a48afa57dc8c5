//! How far the working state has followed the journal, kept in the state itself, with a digest over
//! everything in it: damage that the store does not notice is noticed here.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    error::StoreError,
    journal::LineHash,
    keys,
    store::{Changes, FLUSH_BYTES_MAX, Store, Way},
    view::decode,
};

/// Schema of the working state. Another one is rebuilt from the journal, never converted.
pub(super) const STATE_SCHEMA: u32 = 6;

/// Pairs read at once when the digest is computed anew.
const DIGEST_PAGE: usize = 4_096;

/// A sum over all pairs, independent of their order: adding and taking away one pair needs only
/// that pair.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Digest(u128);

impl Digest {
    fn of(key: &[u8], value: &[u8]) -> u128 {
        let mut hasher = Sha256::new();
        hasher.update((key.len() as u64).to_be_bytes());
        hasher.update(key);
        hasher.update(value);
        let hash: [u8; 32] = hasher.finalize().into();
        u128::from_be_bytes(*hash.first_chunk().expect("SHA-256 has 32 bytes"))
    }

    pub(super) fn add(&mut self, key: &[u8], value: &[u8]) {
        self.0 = self.0.wrapping_add(Self::of(key, value));
    }

    fn take(&mut self, key: &[u8], value: &[u8]) {
        self.0 = self.0.wrapping_sub(Self::of(key, value));
    }

    /// Hex.
    pub fn hex(self) -> String {
        hex::encode(self.0.to_be_bytes())
    }

    /// Reads what [`Self::hex`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        u128::from_str_radix(text, 16).ok().map(Self)
    }

    /// The digest of what is really there.
    pub fn compute(store: &dyn Store) -> Result<Self, StoreError> {
        Self::weigh(store).map(|(digest, _)| digest)
    }

    /// The digest of what is really there, and how many bytes its keys and values have.
    pub fn weigh(store: &dyn Store) -> Result<(Self, u64), StoreError> {
        let mut digest = Self::default();
        let mut bytes = 0;
        // Kind 0 is this module's own.
        let mut from = vec![1];
        loop {
            let page = store.range(&from, &[u8::MAX; 2], Way::Up, DIGEST_PAGE)?;
            for (key, value) in &page {
                digest.add(key, value);
                bytes += (key.len() + value.len()) as u64;
            }
            match page.last() {
                Some((key, _)) if page.len() == DIGEST_PAGE => {
                    from.clone_from(key);
                    from.push(0);
                }
                _ => return Ok((digest, bytes)),
            }
        }
    }
}

/// Where the state stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    /// The last record in it.
    pub seq: u64,
    /// That record's hash.
    pub hash: LineHash,
    /// Over everything in it.
    pub digest: Digest,
    /// Bytes of its keys and values. Not kept in the state: counted when it is opened.
    pub live: u64,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    schema: u32,
    seq: u64,
    hash: String,
    digest: String,
}

impl Position {
    /// What the store says of itself: `None` for an empty store, an error for one that cannot be
    /// trusted.
    pub fn read(store: &dyn Store) -> Result<Option<Self>, StoreError> {
        let damaged = |says: &str| StoreError::Damaged { says: says.into() };
        if store.get(&half_done())?.is_some() {
            return Err(damaged("a large change was applied in part"));
        }
        let key = keys::meta();
        let Some(value) = store.get(&key)? else {
            let first = store.range(&[0], &[u8::MAX; 2], Way::Up, 1)?;
            return if first.is_empty() {
                Ok(None)
            } else {
                Err(damaged("it does not say how far it is"))
            };
        };
        let kept: Kept = decode(&key, &value)?;
        if kept.schema != STATE_SCHEMA {
            return Err(StoreError::Damaged {
                says: format!("it has schema {}, not {STATE_SCHEMA}", kept.schema).into(),
            });
        }
        let hash = LineHash::parse(kept.hash.as_bytes()).ok_or_else(|| damaged("its hash"))?;
        let digest = Digest::parse(&kept.digest).ok_or_else(|| damaged("its digest"))?;
        Ok(Some(Self {
            seq: kept.seq,
            hash,
            digest,
            live: 0,
        }))
    }

    fn value(&self) -> Vec<u8> {
        let kept = Kept {
            schema: STATE_SCHEMA,
            seq: self.seq,
            hash: self.hash.hex(),
            digest: self.digest.hex(),
        };
        serde_json::to_vec(&kept).expect("plain data")
    }

    /// Says that a whole state is about to be put into an empty store: until [`Self::installed`] it
    /// cannot be trusted.
    pub fn install(store: &dyn Store) -> Result<(), StoreError> {
        store.apply(&Changes::from([(half_done(), Some(Vec::new()))]))
    }

    /// The whole state that stands at this position is in the store.
    pub fn installed(&self, store: &dyn Store) -> Result<(), StoreError> {
        store.settle()?;
        store.apply(&Changes::from([
            (half_done(), None),
            (keys::meta(), Some(self.value())),
        ]))?;
        store.settle()
    }

    /// Applies the changes of the records up to `seq` together with the new position.
    pub fn advance(
        &mut self,
        store: &dyn Store,
        mut changes: Changes,
        seq: u64,
        hash: LineHash,
    ) -> Result<(), StoreError> {
        let mut next = *self;
        next.seq = seq;
        next.hash = hash;
        for (key, value) in &changes {
            let bytes = |value: &[u8]| (key.len() + value.len()) as u64;
            if let Some(old) = store.get(key)? {
                next.digest.take(key, &old);
                next.live = next.live.saturating_sub(bytes(&old));
            }
            if let Some(new) = value {
                next.digest.add(key, new);
                next.live += bytes(new);
            }
        }
        changes.insert(keys::meta(), Some(next.value()));
        if size_of(&changes) <= FLUSH_BYTES_MAX {
            store.apply(&changes)?;
        } else {
            in_parts(store, changes)?;
        }
        *self = next;
        Ok(())
    }
}

/// Bytes of keys and values.
pub(super) fn size_of(changes: &Changes) -> usize {
    changes
        .iter()
        .map(|(k, v)| k.len() + v.as_ref().map_or(0, Vec::len))
        .sum()
}

/// Marks a change that is applied in parts: a state that still has it is rebuilt.
fn half_done() -> Vec<u8> {
    keys::Key::new(keys::kind::META).byte(1).done()
}

/// A change too large for the store to take at once (a manifest of very many orders).
fn in_parts(store: &dyn Store, changes: Changes) -> Result<(), StoreError> {
    let mut part = Changes::from([(half_done(), Some(Vec::new()))]);
    let mut bytes = 0;
    let mut last = Changes::from([(half_done(), None)]);
    for (key, value) in changes {
        if key == keys::meta() {
            last.insert(key, value);
            continue;
        }
        bytes += key.len() + value.as_ref().map_or(0, Vec::len);
        part.insert(key, value);
        if bytes > FLUSH_BYTES_MAX / 2 {
            store.apply(&std::mem::take(&mut part))?;
            bytes = 0;
        }
    }
    store.apply(&part)?;
    store.apply(&last)
}
