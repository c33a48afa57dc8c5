//! SKUs, worst first.

use std::collections::BTreeMap;

use super::{
    LIMIT_MAX, Reader,
    orders::{List, Paged},
};
use crate::{
    domain::{
        LocationKey, Sku, Stamp,
        filter::StockFilter,
        inventory::{DiffState, SkuRecord},
    },
    handle::{Page, StockQuery},
    ledger::{
        error::LedgerError,
        keys::{self, Key, kind},
        store::{Way, end_of},
    },
};

impl Reader {
    /// A page of SKUs, with the key of each row's place. `filter` is what the query's text says.
    pub fn stock_page(
        &self,
        query: &StockQuery,
        filter: &StockFilter,
    ) -> Result<Page<(String, SkuRecord)>, LedgerError> {
        let mut states = query.states.clone();
        states.sort_unstable();
        states.dedup();
        let lists = if states.is_empty() {
            vec![List::of(Key::new(kind::SKU_STATE))]
        } else {
            states
                .iter()
                .map(|s| List::of(keys::sku_state(*s)))
                .collect()
        };
        let counts = self.stock_counts()?;
        let total = if states.is_empty() {
            counts.values().sum()
        } else {
            states.iter().filter_map(|s| counts.get(s)).sum()
        };
        let fit = filter.fit();
        let wanted = |record: &SkuRecord| {
            query.sku.as_ref().is_none_or(|sku| record.sku == *sku) && fit.fits(record)
        };
        let filtered = query.sku.is_some() || !filter.is_empty();
        let asked = Paged {
            lists: &lists,
            anchor: &query.anchor,
            limit: query.limit,
            total: (!filtered).then_some(total),
            read: &|key| self.sku_of(key, 2),
            wanted: &wanted,
        };
        match query.sort {
            None => self.page(&asked),
            Some(sort) => self.sorted(&asked, sort),
        }
    }

    /// SKUs whose newest figure can be pushed now, longest waiting first.
    pub fn stock_waiting(&self, now: Stamp, limit: usize) -> Result<Vec<SkuRecord>, LedgerError> {
        self.stock_until(kind::SKU_WAITS, now, limit)
    }

    /// SKUs whose push has no known outcome and may be repeated now.
    pub fn stock_unknown_due(
        &self,
        now: Stamp,
        limit: usize,
    ) -> Result<Vec<SkuRecord>, LedgerError> {
        self.stock_until(kind::SKU_OPEN, now, limit)
    }

    fn stock_until(
        &self,
        kind: u8,
        now: Stamp,
        limit: usize,
    ) -> Result<Vec<SkuRecord>, LedgerError> {
        let from = Key::new(kind).done();
        let to = end_of(&Key::new(kind).time(now).done());
        let rows = self.range(&from, &to, Way::Up, limit.min(LIMIT_MAX))?;
        rows.iter()
            .filter_map(|(key, _)| self.sku_of(key, 9).transpose())
            .collect()
    }

    /// SKUs per state.
    pub fn stock_counts(&self) -> Result<BTreeMap<DiffState, u64>, LedgerError> {
        Ok(self.get(&keys::sku_counts())?.unwrap_or_default())
    }

    /// The SKU that an index key ends with, behind its first `skip` bytes.
    fn sku_of(&self, key: &[u8], skip: usize) -> Result<Option<SkuRecord>, LedgerError> {
        let mut parts = key.get(skip..).unwrap_or_default().split(|b| *b == 0);
        let mut text = || std::str::from_utf8(parts.next()?).ok();
        let (Some(sku), Some(location)) = (text(), text()) else {
            return Ok(None);
        };
        self.sku(&LocationKey::new(location), &Sku::new(sku))
    }
}
