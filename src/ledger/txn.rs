//! A change in the making: what is read sees it, nobody else does until it is durable.

use std::collections::{BTreeMap, HashMap};

use serde::{Serialize, de::DeserializeOwned};

use super::{
    LedgerError, index,
    keys::{self, Key, Kind},
    store::{Change, Store},
};
use crate::domain::{
    Awb, InvoiceId, LocationKey, Operator, Order, OrderRecord, Sku, Stamp,
    event::{Entry, Event, IntentDetail},
    fold::{AwbRow, ManifestRow, RejectedRow, Site, View, fold},
    inventory::SkuRecord,
    tracking::Scan,
    twin::base_reference,
};

/// Changes not yet applied.
#[derive(Clone, Debug, Default)]
pub(super) struct Pending {
    orders: HashMap<InvoiceId, OrderRecord>,
    skus: BTreeMap<(LocationKey, Sku), SkuRecord>,
    awbs: HashMap<Awb, AwbRow>,
    site: Option<Site>,
    raw: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    pub entries: Vec<Entry>,
}

impl Pending {
    fn absorb(&mut self, newer: Self) {
        self.orders.extend(newer.orders);
        self.skus.extend(newer.skus);
        self.awbs.extend(newer.awbs);
        self.site = newer.site.or(self.site.take());
        self.raw.extend(newer.raw);
        self.entries.extend(newer.entries);
    }

    /// Everything as keys and values, indexes included.
    pub fn into_changes(self, store: &dyn Store) -> Result<Vec<Change>, LedgerError> {
        let mut changes: Vec<Change> = self.raw.into_iter().collect();
        for (id, record) in &self.orders {
            let before: Option<OrderRecord> = get(store, &keys::order(*id))?;
            reindex(
                before.as_ref().map(index::of_order).unwrap_or_default(),
                index::of_order(record),
                &mut changes,
            );
            changes.push((keys::order(*id), Some(to_bytes(record))));
        }
        for ((location, sku), record) in &self.skus {
            let key = keys::sku(location, sku);
            let before: Option<SkuRecord> = get(store, &key)?;
            reindex(
                before.as_ref().map(index::of_sku).unwrap_or_default(),
                index::of_sku(record),
                &mut changes,
            );
            changes.push((key, Some(to_bytes(record))));
        }
        for (awb, row) in &self.awbs {
            let free = Key::of(Kind::FreeAwb).text(awb.as_str()).done();
            changes.push((free, row.owner.is_none().then(Vec::new)));
            changes.push((keys::awb(awb), Some(to_bytes(row))));
        }
        if let Some(site) = &self.site {
            changes.push((keys::site(), Some(to_bytes(site))));
        }
        Ok(changes)
    }
}

fn reindex(before: index::Entries, after: index::Entries, changes: &mut Vec<Change>) {
    for (key, _) in &before {
        if !after.iter().any(|(k, _)| k == key) {
            changes.push((key.clone(), None));
        }
    }
    for entry in after {
        if !before.contains(&entry) {
            changes.push((entry.0, Some(entry.1)));
        }
    }
}

pub(super) fn get<T: DeserializeOwned>(
    store: &dyn Store,
    key: &[u8],
) -> Result<Option<T>, LedgerError> {
    store
        .get(key)?
        .map(|bytes| from_bytes(key, &bytes))
        .transpose()
}

pub(super) fn from_bytes<T: DeserializeOwned>(key: &[u8], bytes: &[u8]) -> Result<T, LedgerError> {
    serde_json::from_slice(bytes).map_err(|e| {
        LedgerError::Damaged(format!(
            "the stored value of key {key:02x?} cannot be read: {e}"
        ))
    })
}

fn to_bytes<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("records have string keys only")
}

/// One request's change over the group's changes over the store.
pub(super) struct Txn<'a> {
    store: &'a dyn Store,
    group: &'a Pending,
    own: Pending,
    next_seq: u64,
    epoch: u64,
}

impl<'a> Txn<'a> {
    pub fn new(store: &'a dyn Store, group: &'a Pending, last_seq: u64, epoch: u64) -> Self {
        let next_seq = last_seq + group.entries.len() as u64 + 1;
        Self {
            store,
            group,
            own: Pending::default(),
            next_seq,
            epoch,
        }
    }

    /// Records an event: numbers it, folds it. Returns its position.
    pub fn record(&mut self, by: &Operator, at: Stamp, event: Event) -> Result<u64, LedgerError> {
        let entry = Entry {
            seq: self.next_seq,
            at,
            epoch: self.epoch,
            by: by.clone(),
            event,
        };
        self.take(entry)
    }

    /// Takes an entry that was recorded before.
    pub fn take(&mut self, entry: Entry) -> Result<u64, LedgerError> {
        if let Event::Started { .. } = entry.event {
            self.epoch = entry.epoch;
        }
        fold(&entry, self)?;
        for id in invoices(&entry.event) {
            let key = Key::of(Kind::History).num(id.0).num(entry.seq).done();
            self.own.raw.insert(key, Some(Vec::new()));
        }
        if is_tracking(&entry.event) {
            let key = Key::of(Kind::Feed).num(entry.seq).done();
            self.own.raw.insert(key, Some(Vec::new()));
        }
        let seq = entry.seq;
        self.next_seq = seq + 1;
        self.own.entries.push(entry);
        Ok(seq)
    }

    /// Puts the change into the group's.
    pub fn done(self) -> Pending {
        self.own
    }

    /// Keeps a customer; not of the journal.
    pub fn put_people(&mut self, id: InvoiceId, bytes: Option<Vec<u8>>) {
        self.own.raw.insert(keys::people(id), bytes);
    }
}

/// Puts one request's change into the group's.
pub(super) fn merge(group: &mut Pending, own: Pending) {
    group.absorb(own);
}

/// The orders an event is about.
pub(super) fn invoices(event: &Event) -> Vec<InvoiceId> {
    match event {
        Event::OrderSeen { order, .. } => vec![order.invoice_id],
        Event::RowRejected { invoice, .. } => invoice.iter().copied().collect(),
        Event::Intent { detail, .. } => detail.invoices(),
        Event::Outcome { invoice, .. }
        | Event::Checked { invoice, .. }
        | Event::DocumentStored { invoice, .. }
        | Event::Scanned { invoice, .. }
        | Event::Held { invoice, .. }
        | Event::Released { invoice, .. }
        | Event::Parked { invoice, .. }
        | Event::Decided { invoice, .. }
        | Event::FlagsCleared { invoice } => vec![*invoice],
        _ => Vec::new(),
    }
}

fn is_tracking(event: &Event) -> bool {
    use crate::domain::Call;
    match event {
        Event::Scanned { .. } => true,
        Event::Outcome { call, .. } => matches!(call, Call::Tracking | Call::Manifest),
        Event::Intent { detail, .. } => matches!(detail, IntentDetail::Tracking { .. }),
        _ => false,
    }
}

impl View for Txn<'_> {
    type Error = LedgerError;

    fn order(&self, id: InvoiceId) -> Result<Option<OrderRecord>, LedgerError> {
        if let Some(record) = self
            .own
            .orders
            .get(&id)
            .or_else(|| self.group.orders.get(&id))
        {
            return Ok(Some(record.clone()));
        }
        get(self.store, &keys::order(id))
    }

    fn put_order(&mut self, record: OrderRecord) -> Result<(), LedgerError> {
        self.own.orders.insert(record.id(), record);
        Ok(())
    }

    fn siblings(&self, order: &Order) -> Result<Vec<OrderRecord>, LedgerError> {
        let mut found = stored_siblings(self.store, order)?;
        for pending in self.group.orders.values().chain(self.own.orders.values()) {
            found.retain(|r| r.id() != pending.id());
            if pending.id() != order.invoice_id && is_sibling(&pending.order, order) {
                found.push(pending.clone());
            }
        }
        found.sort_by_key(OrderRecord::id);
        Ok(found)
    }

    fn sku(&self, location: &LocationKey, sku: &Sku) -> Result<Option<SkuRecord>, LedgerError> {
        let key = (location.clone(), sku.clone());
        if let Some(record) = self
            .own
            .skus
            .get(&key)
            .or_else(|| self.group.skus.get(&key))
        {
            return Ok(Some(record.clone()));
        }
        get(self.store, &keys::sku(location, sku))
    }

    fn put_sku(&mut self, record: SkuRecord) -> Result<(), LedgerError> {
        self.own
            .skus
            .insert((record.location.clone(), record.sku.clone()), record);
        Ok(())
    }

    fn awb(&self, awb: &Awb) -> Result<Option<AwbRow>, LedgerError> {
        if let Some(row) = self.own.awbs.get(awb).or_else(|| self.group.awbs.get(awb)) {
            return Ok(Some(row.clone()));
        }
        get(self.store, &keys::awb(awb))
    }

    fn put_awb(&mut self, row: AwbRow) -> Result<(), LedgerError> {
        self.own.awbs.insert(row.awb.clone(), row);
        Ok(())
    }

    fn put_scans(&mut self, id: InvoiceId, from: u32, scans: &[Scan]) -> Result<(), LedgerError> {
        for (n, scan) in (from..).zip(scans) {
            let key = Key::of(Kind::Scan).num(id.0).num(u64::from(n)).done();
            self.own.raw.insert(key, Some(to_bytes(scan)));
        }
        Ok(())
    }

    fn put_manifest(&mut self, row: ManifestRow) -> Result<(), LedgerError> {
        let key = Key::of(Kind::Manifest).num(row.seq).done();
        self.own.raw.insert(key, Some(to_bytes(&row)));
        Ok(())
    }

    fn put_rejected(&mut self, row: RejectedRow) -> Result<(), LedgerError> {
        let key = Key::of(Kind::Rejected).num(row.seq).done();
        self.own.raw.insert(key, Some(to_bytes(&row)));
        Ok(())
    }

    fn site(&self) -> Result<Site, LedgerError> {
        if let Some(site) = self.own.site.as_ref().or(self.group.site.as_ref()) {
            return Ok(site.clone());
        }
        Ok(get(self.store, &keys::site())?.unwrap_or_default())
    }

    fn put_site(&mut self, site: Site) -> Result<(), LedgerError> {
        self.own.site = Some(site);
        Ok(())
    }
}

fn is_sibling(a: &Order, b: &Order) -> bool {
    let base = |o: &Order| base_reference(o.reference.as_str()).to_lowercase();
    a.order_id == b.order_id || base(a) == base(b)
}

/// Siblings as the store has them.
pub(super) fn stored_siblings(
    store: &dyn Store,
    order: &Order,
) -> Result<Vec<OrderRecord>, LedgerError> {
    let base = base_reference(order.reference.as_str()).to_lowercase();
    let mut ids = Vec::new();
    for prefix in [
        Key::of(Kind::OrderId).num(order.order_id.0),
        Key::of(Kind::Reference).text(&base),
    ] {
        let from = prefix.done();
        store.walk(&from, &keys::end_of(&from), false, &mut |key, _| {
            ids.extend(keys::last_number(key).map(InvoiceId));
            ids.len() < SIBLINGS_MAX
        })?;
    }
    ids.sort_unstable();
    ids.dedup();
    ids.retain(|id| *id != order.invoice_id);
    let mut found = Vec::new();
    for id in ids {
        found.extend(get(store, &keys::order(id))?);
    }
    Ok(found)
}

/// Invoices of one order that are looked at.
const SIBLINGS_MAX: usize = 64;
