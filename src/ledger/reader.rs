//! Reading what is durable: by key or by range, never by scanning.

mod orders;
mod stock;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use serde::de::DeserializeOwned;

use super::{
    LedgerError,
    journal::{self, Disk, Place},
    keys::{self, Key, Kind},
    store::Store,
    txn,
};
use crate::{
    domain::{
        Awb, Consignee, InvoiceId, LocationKey, Order, OrderRecord, Sku,
        event::Entry,
        fold::{AwbRow, ManifestRow, RejectedRow, Site},
        inventory::SkuRecord,
        tracking::Scan,
    },
    handle::FeedKind,
};

/// Scans of one parcel that are read.
const SCANS_MAX: usize = 1_000;

/// Reads the applied state. Cheap to clone.
#[derive(Clone)]
pub struct Reader {
    store: Arc<dyn Store>,
    disk: Arc<dyn Disk>,
    position: Arc<AtomicU64>,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reader(at {})", self.position())
    }
}

impl Reader {
    pub(super) fn new(store: Arc<dyn Store>, disk: Arc<dyn Disk>, position: u64) -> Self {
        Self {
            store,
            disk,
            position: Arc::new(AtomicU64::new(position)),
        }
    }

    pub(super) fn moved_to(&self, position: u64) {
        self.position.store(position, Ordering::Release);
    }

    /// Journal position of what is shown.
    pub fn position(&self) -> u64 {
        self.position.load(Ordering::Acquire)
    }

    /// An order.
    pub fn order(&self, id: InvoiceId) -> Result<Option<OrderRecord>, LedgerError> {
        txn::get(&*self.store, &keys::order(id))
    }

    /// Other invoices of the same order.
    pub fn siblings(&self, order: &Order) -> Result<Vec<OrderRecord>, LedgerError> {
        txn::stored_siblings(&*self.store, order)
    }

    /// The warehouse as a whole.
    pub fn site(&self) -> Result<Site, LedgerError> {
        Ok(txn::get(&*self.store, &keys::site())?.unwrap_or_default())
    }

    /// An AWB.
    pub fn awb(&self, awb: &Awb) -> Result<Option<AwbRow>, LedgerError> {
        txn::get(&*self.store, &keys::awb(awb))
    }

    /// A SKU.
    pub fn sku(&self, location: &LocationKey, sku: &Sku) -> Result<Option<SkuRecord>, LedgerError> {
        txn::get(&*self.store, &keys::sku(location, sku))
    }

    /// A customer.
    pub fn people(&self, id: InvoiceId) -> Result<Option<Consignee>, LedgerError> {
        txn::get(&*self.store, &keys::people(id))
    }

    /// The first free allotted AWB, behind `after` if given.
    pub fn free_awb(&self, after: Option<&Awb>) -> Result<Option<Awb>, LedgerError> {
        let prefix = Key::of(Kind::FreeAwb).done();
        let mut from = match after {
            Some(awb) => Key::of(Kind::FreeAwb).text(awb.as_str()).done(),
            None => prefix.clone(),
        };
        if after.is_some() {
            from.push(0);
        }
        let mut found = None;
        self.store
            .walk(&from, &keys::end_of(&prefix), false, &mut |key, _| {
                let text = key.get(1..key.len().saturating_sub(1)).unwrap_or_default();
                found = std::str::from_utf8(text)
                    .ok()
                    .and_then(|t| Awb::parse(t).ok());
                found.is_none()
            })?;
        Ok(found)
    }

    /// Scans of an order, in the order they became known.
    pub fn scans(&self, id: InvoiceId) -> Result<Vec<Scan>, LedgerError> {
        let prefix = Key::of(Kind::Scan).num(id.0).done();
        self.values(&prefix, &keys::end_of(&prefix), false, SCANS_MAX)
    }

    /// Unreadable rows, newest first.
    pub fn rejected(
        &self,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<RejectedRow>, LedgerError> {
        let (from, to) = newest_before(Kind::Rejected, before);
        self.values(&from, &to, true, limit)
    }

    /// Manifests, newest first.
    pub fn manifests(
        &self,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<ManifestRow>, LedgerError> {
        let (from, to) = newest_before(Kind::Manifest, before);
        self.values(&from, &to, true, limit)
    }

    /// Journal records of an order, newest first.
    pub fn history(
        &self,
        id: InvoiceId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Entry>, LedgerError> {
        let prefix = Key::of(Kind::History).num(id.0);
        let from = prefix.clone().done();
        let to = before.map_or_else(|| keys::end_of(&from), |seq| prefix.num(seq).done());
        self.entries(&from, &to, limit)
    }

    /// Journal records, newest first.
    pub fn journal(&self, before: Option<u64>, limit: usize) -> Result<Vec<Entry>, LedgerError> {
        let (from, to) = newest_before(Kind::Place, before);
        self.entries(&from, &to, limit)
    }

    /// Lines of the feed, newest first.
    pub fn feed(
        &self,
        kind: FeedKind,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Entry>, LedgerError> {
        match kind {
            FeedKind::All => self.journal(before, limit),
            FeedKind::Tracking => {
                let (from, to) = newest_before(Kind::Feed, before);
                self.entries(&from, &to, limit)
            }
        }
    }

    /// Journal records whose positions end these keys.
    fn entries(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Entry>, LedgerError> {
        let mut seqs = Vec::new();
        if limit > 0 {
            self.store.walk(from, to, true, &mut |key, _| {
                seqs.extend(keys::last_number(key));
                seqs.len() < limit
            })?;
        }
        let mut entries = Vec::with_capacity(seqs.len());
        for seq in seqs {
            let key = Key::of(Kind::Place).num(seq).done();
            let place = self.store.get(&key)?.as_deref().and_then(Place::from_bytes);
            if let Some(place) = place {
                entries.push(journal::read(&*self.disk, place)?);
            }
        }
        Ok(entries)
    }

    fn values<T: DeserializeOwned>(
        &self,
        from: &[u8],
        to: &[u8],
        backwards: bool,
        limit: usize,
    ) -> Result<Vec<T>, LedgerError> {
        let mut raw = Vec::new();
        if limit > 0 {
            self.store.walk(from, to, backwards, &mut |key, value| {
                raw.push((key.to_vec(), value.to_vec()));
                raw.len() < limit
            })?;
        }
        raw.iter()
            .map(|(key, value)| txn::from_bytes(key, value))
            .collect()
    }

    /// Keys of a range, at most `limit`.
    fn keys(
        &self,
        from: &[u8],
        to: &[u8],
        backwards: bool,
        limit: usize,
    ) -> Result<Vec<Vec<u8>>, LedgerError> {
        let mut found = Vec::new();
        if limit > 0 {
            self.store.walk(from, to, backwards, &mut |key, _| {
                found.push(key.to_vec());
                found.len() < limit
            })?;
        }
        Ok(found)
    }
}

fn newest_before(kind: Kind, before: Option<u64>) -> (Vec<u8>, Vec<u8>) {
    let from = Key::of(kind).done();
    let to = before.map_or_else(|| keys::end_of(&from), |seq| Key::of(kind).num(seq).done());
    (from, to)
}
