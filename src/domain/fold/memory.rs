//! A working state in memory: what the store must equal, for simulations and tests.

use std::{collections::BTreeMap, convert::Infallible};

use super::{AwbRow, ManifestRow, RejectedRow, Site, View, fold};
use crate::domain::{
    event::Entry,
    ids::{Awb, InvoiceId, LocationKey, Sku},
    inventory::SkuRecord,
    order::Order,
    record::{Attention, OrderRecord},
    step::Stage,
    tracking::Scan,
    twin::base_reference,
};

/// Everything that a fold keeps, in maps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// The orders.
    pub orders: BTreeMap<InvoiceId, OrderRecord>,
    /// The SKUs.
    pub skus: BTreeMap<(LocationKey, Sku), SkuRecord>,
    /// The AWBs.
    pub awbs: BTreeMap<Awb, AwbRow>,
    /// The scans, numbered per order.
    pub scans: BTreeMap<(InvoiceId, u32), Scan>,
    /// The manifests, by journal position.
    pub manifests: BTreeMap<u64, ManifestRow>,
    /// The rows that could not be read, by journal position.
    pub rejected: BTreeMap<u64, RejectedRow>,
    /// The warehouse.
    pub site: Site,
}

impl Memory {
    /// Applies a journal entry.
    pub fn apply(&mut self, entry: &Entry) {
        let Ok(()) = fold(entry, self);
    }

    /// Counts the orders anew: stages and reasons for attention, without the zeros. The site's running
    /// counts must say the same.
    pub fn recount(&self) -> (BTreeMap<Stage, u64>, BTreeMap<Attention, u64>) {
        let mut stages = BTreeMap::new();
        let mut attention = BTreeMap::new();
        for record in self.orders.values() {
            *stages.entry(record.stage()).or_default() += 1;
            if let Some(why) = record.attention() {
                *attention.entry(why).or_default() += 1;
            }
        }
        (stages, attention)
    }
}

impl View for Memory {
    type Error = Infallible;

    fn order(&self, id: InvoiceId) -> Result<Option<OrderRecord>, Infallible> {
        Ok(self.orders.get(&id).cloned())
    }

    fn put_order(&mut self, record: OrderRecord) -> Result<(), Infallible> {
        self.orders.insert(record.id(), record);
        Ok(())
    }

    fn siblings(&self, order: &Order) -> Result<Vec<OrderRecord>, Infallible> {
        let base = base_reference(order.reference.as_str());
        Ok(self
            .orders
            .values()
            .filter(|other| other.id() != order.invoice_id)
            .filter(|other| {
                let same_base = base_reference(other.order.reference.as_str()) == base;
                other.order.order_id == order.order_id || (same_base && !base.is_empty())
            })
            .cloned()
            .collect())
    }

    fn sku(&self, location: &LocationKey, sku: &Sku) -> Result<Option<SkuRecord>, Infallible> {
        Ok(self.skus.get(&(location.clone(), sku.clone())).cloned())
    }

    fn put_sku(&mut self, record: SkuRecord) -> Result<(), Infallible> {
        let key = (record.location.clone(), record.sku.clone());
        self.skus.insert(key, record);
        Ok(())
    }

    fn awb(&self, awb: &Awb) -> Result<Option<AwbRow>, Infallible> {
        Ok(self.awbs.get(awb).cloned())
    }

    fn put_awb(&mut self, row: AwbRow) -> Result<(), Infallible> {
        self.awbs.insert(row.awb.clone(), row);
        Ok(())
    }

    fn put_scans(&mut self, id: InvoiceId, from: u32, scans: &[Scan]) -> Result<(), Infallible> {
        for (number, scan) in (from..).zip(scans) {
            self.scans.insert((id, number), scan.clone());
        }
        Ok(())
    }

    fn manifest(&self, seq: u64) -> Result<Option<ManifestRow>, Infallible> {
        Ok(self.manifests.get(&seq).cloned())
    }

    fn put_manifest(&mut self, row: ManifestRow) -> Result<(), Infallible> {
        self.manifests.insert(row.seq, row);
        Ok(())
    }

    fn put_rejected(&mut self, row: RejectedRow) -> Result<(), Infallible> {
        self.rejected.insert(row.seq, row);
        Ok(())
    }

    fn site(&self) -> Result<Site, Infallible> {
        Ok(self.site.clone())
    }

    fn put_site(&mut self, site: Site) -> Result<(), Infallible> {
        self.site = site;
        Ok(())
    }
}
