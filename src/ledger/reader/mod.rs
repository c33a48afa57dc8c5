//! Reading the applied state: what is shown is durable. Every answer is bounded and read by range.

mod decoded;
mod history;
mod orders;
mod sorted;
mod stock;
mod work;

pub(in crate::ledger) use decoded::DecodedOrders;

use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::{
    error::{LedgerError, StoreError},
    keys,
    shared::{Shared, Sources},
    store::{Pair, Way, end_of},
    view::{Overlay, decode},
};
use crate::domain::{
    Awb, Consignee, InvoiceId, LocationKey, Order, OrderRecord, Sku,
    fold::{AwbRow, Site, View},
    inventory::SkuRecord,
};

/// Most rows in a page; the same as the handle's own limit.
const PAGE_MAX: usize = 500;

/// Most rows that a reader gives at once, whatever is asked for: the worker plans in such lots.
const LIMIT_MAX: usize = 2 * PAGE_MAX;

/// Reads the ledger. Cheap to clone; blocks on the disk at most.
#[derive(Clone)]
pub struct Reader {
    shared: Arc<Shared>,
}

impl Reader {
    pub(in crate::ledger) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    fn sources(&self) -> Result<Sources, LedgerError> {
        Ok(self.shared.sources()?)
    }

    /// Reads through a view without pending changes.
    fn view<T>(
        &self,
        read: impl FnOnce(&Overlay<'_>) -> Result<T, StoreError>,
    ) -> Result<T, LedgerError> {
        let sources = self.sources()?;
        Ok(read(&Overlay::new(&*sources.store))?)
    }

    fn get<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, LedgerError> {
        let value = self.sources()?.store.get(key)?;
        Ok(value.map(|v| decode(key, &v)).transpose()?)
    }

    fn range(
        &self,
        from: &[u8],
        to: &[u8],
        way: Way,
        limit: usize,
    ) -> Result<Vec<Pair>, LedgerError> {
        Ok(self.sources()?.store.range(from, to, way, limit)?)
    }

    fn behind(&self, prefix: &[u8], way: Way, limit: usize) -> Result<Vec<Pair>, LedgerError> {
        self.range(prefix, &end_of(prefix), way, limit)
    }

    /// An order.
    pub fn order(&self, id: InvoiceId) -> Result<Option<OrderRecord>, LedgerError> {
        Ok(self.order_shared(id)?.map(Arc::unwrap_or_clone))
    }

    /// The same, not copied.
    fn order_shared(&self, id: InvoiceId) -> Result<Option<Arc<OrderRecord>>, LedgerError> {
        let key = keys::order(id);
        let value = self.sources()?.store.get(&key)?;
        let decoded = &self.shared.decoded;
        Ok(value.map(|v| decoded.order(id, &key, v)).transpose()?)
    }

    /// The other invoices of the same order.
    pub fn siblings(&self, order: &Order) -> Result<Vec<OrderRecord>, LedgerError> {
        self.view(|view| view.siblings(order))
    }

    /// The warehouse as a whole.
    pub fn site(&self) -> Result<Site, LedgerError> {
        self.view(|view| view.site())
    }

    /// What is known of an AWB.
    pub fn awb(&self, awb: &Awb) -> Result<Option<AwbRow>, LedgerError> {
        self.get(&keys::awb(awb))
    }

    /// A SKU.
    pub fn sku(&self, location: &LocationKey, sku: &Sku) -> Result<Option<SkuRecord>, LedgerError> {
        self.get(&keys::sku(location, sku))
    }

    /// A customer, if the data is there.
    pub fn people(&self, id: InvoiceId) -> Result<Option<Consignee>, LedgerError> {
        let key = keys::order(id);
        let value = self.sources()?.store.people_get(&key)?;
        Ok(value.map(|v| decode(&key, &v)).transpose()?)
    }

    /// The last journal position in what is read.
    pub fn position(&self) -> u64 {
        self.shared.position()
    }
}
