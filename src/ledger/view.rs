//! The working state with changes on top that are not applied yet: what a group of requests sees of
//! those before it. A refused request's changes are dropped without a trace.

use std::collections::BTreeMap;

use serde::{Serialize, de::DeserializeOwned};

use super::{
    error::StoreError,
    index, keys,
    store::{Changes, Store, VALUE_BYTES_MAX, Way, end_of},
};
use crate::domain::{
    Awb, InvoiceId, LocationKey, Order, Sku,
    fold::{AwbRow, ManifestRow, RejectedRow, Site, View},
    inventory::{DiffState, SkuRecord},
    record::OrderRecord,
    tracking::Scan,
    twin::base_reference,
};

/// Invoices of one order that are looked at; real orders have a handful.
const SIBLINGS_MAX: usize = 64;

/// A store with pending changes.
pub(super) struct Overlay<'a> {
    store: &'a dyn Store,
    /// Changes of requests that succeeded.
    kept: Changes,
    /// Changes of the earlier events of the request under way.
    asked: Changes,
    /// Changes of the event under way.
    open: Changes,
}

impl<'a> Overlay<'a> {
    pub fn new(store: &'a dyn Store) -> Self {
        Self {
            store,
            kept: Changes::new(),
            asked: Changes::new(),
            open: Changes::new(),
        }
    }

    /// Drops the changes of the event under way.
    pub fn drop_event(&mut self) {
        self.open.clear();
    }

    /// Keeps the changes of the event under way with its request, and returns them.
    pub fn keep_event(&mut self) -> Changes {
        let open = std::mem::take(&mut self.open);
        self.asked
            .extend(open.iter().map(|(k, v)| (k.clone(), v.clone())));
        open
    }

    /// Drops the request under way.
    pub fn drop_request(&mut self) {
        self.open.clear();
        self.asked.clear();
    }

    /// Keeps the request under way.
    pub fn keep_request(&mut self) {
        self.kept.append(&mut self.asked);
    }

    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let layers = [&self.open, &self.asked, &self.kept];
        match layers.into_iter().find_map(|layer| layer.get(key)) {
            Some(value) => Ok(value.clone()),
            None => self.store.get(key),
        }
    }

    pub fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.open.insert(key, Some(value));
    }

    fn delete(&mut self, key: Vec<u8>) {
        self.open.insert(key, None);
    }

    fn read<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, StoreError> {
        self.get(key)?.map(|v| decode(key, &v)).transpose()
    }

    fn write<T: Serialize>(
        &mut self,
        key: Vec<u8>,
        value: &T,
        what: impl FnOnce() -> String,
    ) -> Result<(), StoreError> {
        let value = serde_json::to_vec(value).expect("records have string keys only");
        if value.len() > VALUE_BYTES_MAX {
            return Err(StoreError::TooBig {
                what: what(),
                bytes: value.len(),
                limit: VALUE_BYTES_MAX,
            });
        }
        self.put(key, value);
        Ok(())
    }

    fn reindex(&mut self, before: index::Rows, after: index::Rows) {
        for key in before.keys().filter(|k| !after.contains_key(*k)) {
            self.delete(key.clone());
        }
        for (key, value) in after {
            if before.get(&key) != Some(&value) {
                self.put(key, value);
            }
        }
    }

    /// Keys behind `prefix`, pending changes included.
    fn keys_behind(&self, prefix: &[u8]) -> Result<Vec<Vec<u8>>, StoreError> {
        let end = end_of(prefix);
        let stored = self.store.range(prefix, &end, Way::Up, 2 * SIBLINGS_MAX)?;
        let mut found: BTreeMap<Vec<u8>, bool> =
            stored.into_iter().map(|(key, _)| (key, true)).collect();
        for changes in [&self.kept, &self.asked, &self.open] {
            for (key, value) in changes.range(prefix.to_vec()..end.clone()) {
                found.insert(key.clone(), value.is_some());
            }
        }
        Ok(found
            .into_iter()
            .filter_map(|(key, there)| there.then_some(key))
            .take(SIBLINGS_MAX)
            .collect())
    }
}

/// Reads a value.
pub(super) fn decode<T: DeserializeOwned>(key: &[u8], value: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(value).map_err(|e| StoreError::Garbled {
        key: hex::encode(key),
        says: e.to_string().into(),
    })
}

impl View for Overlay<'_> {
    type Error = StoreError;

    fn order(&self, id: InvoiceId) -> Result<Option<OrderRecord>, StoreError> {
        self.read(&keys::order(id))
    }

    fn put_order(&mut self, record: OrderRecord) -> Result<(), StoreError> {
        let id = record.id();
        let before = self.order(id)?.map(|r| index::of_order(&r));
        self.reindex(before.unwrap_or_default(), index::of_order(&record));
        self.write(keys::order(id), &record, || {
            format!("the record of invoice {id}")
        })
    }

    fn siblings(&self, order: &Order) -> Result<Vec<OrderRecord>, StoreError> {
        let mut found = self.keys_behind(&keys::of_order(order.order_id).done())?;
        let reference = order.reference.as_str();
        if !reference.is_empty() {
            found.extend(self.keys_behind(&keys::of_base(base_reference(reference)).done())?);
        }
        let mut ids: Vec<InvoiceId> = found
            .iter()
            .filter_map(|key| keys::last_number(key).map(InvoiceId))
            .filter(|id| *id != order.invoice_id)
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter()
            .filter_map(|id| self.order(id).transpose())
            .collect()
    }

    fn sku(&self, location: &LocationKey, sku: &Sku) -> Result<Option<SkuRecord>, StoreError> {
        self.read(&keys::sku(location, sku))
    }

    fn put_sku(&mut self, record: SkuRecord) -> Result<(), StoreError> {
        let before = self.sku(&record.location, &record.sku)?;
        let (was, is) = (before.as_ref().map(SkuRecord::state), record.state());
        if was != Some(is) {
            let key = keys::sku_counts();
            let mut counts: BTreeMap<DiffState, u64> = self.read(&key)?.unwrap_or_default();
            if let Some(count) = was.and_then(|was| counts.get_mut(&was)) {
                *count = count.saturating_sub(1);
            }
            *counts.entry(is).or_default() += 1;
            self.write(key, &counts, || "the counts of SKUs".to_owned())?;
        }
        let rows = before.as_ref().map(index::of_sku).unwrap_or_default();
        self.reindex(rows, index::of_sku(&record));
        let key = keys::sku(&record.location, &record.sku);
        self.write(key, &record, || format!("the record of SKU {}", record.sku))
    }

    fn awb(&self, awb: &Awb) -> Result<Option<AwbRow>, StoreError> {
        self.read(&keys::awb(awb))
    }

    fn put_awb(&mut self, row: AwbRow) -> Result<(), StoreError> {
        let free = keys::free_awb(&row.awb);
        if row.owner.is_none() {
            self.put(free, Vec::new());
        } else if self.get(&free)?.is_some() {
            self.delete(free);
        }
        self.write(keys::awb(&row.awb), &row, || format!("AWB {}", row.awb))
    }

    fn put_scans(&mut self, id: InvoiceId, from: u32, scans: &[Scan]) -> Result<(), StoreError> {
        for (n, scan) in (from..).zip(scans) {
            self.write(keys::scan(id, n), scan, || {
                format!("a scan of invoice {id}")
            })?;
        }
        Ok(())
    }

    fn manifest(&self, seq: u64) -> Result<Option<ManifestRow>, StoreError> {
        self.read(&keys::manifest(seq))
    }

    fn put_manifest(&mut self, row: ManifestRow) -> Result<(), StoreError> {
        let key = keys::manifest(row.seq);
        let what = || format!("a manifest of {} orders", row.members.len());
        self.write(key, &row, what)
    }

    fn put_rejected(&mut self, row: RejectedRow) -> Result<(), StoreError> {
        let key = keys::Key::new(keys::kind::REJECTED).number(row.seq).done();
        self.write(key, &row, || "a row that could not be read".to_owned())
    }

    fn site(&self) -> Result<Site, StoreError> {
        Ok(self.read(&keys::site())?.unwrap_or_default())
    }

    fn put_site(&mut self, site: Site) -> Result<(), StoreError> {
        self.write(keys::site(), &site, || "the warehouse's figures".to_owned())
    }
}
