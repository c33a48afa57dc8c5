//! Pages of SKUs and pushes that are due.

use std::collections::BTreeMap;

use super::{
    Reader,
    orders::{unhex, window},
};
use crate::{
    domain::{
        Stamp,
        inventory::{DiffState, SkuRecord},
    },
    handle::{Anchor, PAGE_MAX, Page, StockQuery},
    ledger::{
        LedgerError,
        journal::hex,
        keys::{self, Key, Kind},
        txn,
    },
};

/// An index key and the key of the SKU that it stands for.
type IndexEntry = (Vec<u8>, Vec<u8>);

/// Rows that a filter looks at in one go.
const FILTER_LOOKS: usize = 2_000;

impl Reader {
    /// SKUs that wait for a push and may be pushed by `now`.
    pub fn stock_waiting(&self, now: Stamp, limit: usize) -> Result<Vec<SkuRecord>, LedgerError> {
        self.stock_due(0, now, limit)
    }

    /// SKUs whose open push makes way by `now`.
    pub fn stock_unknown_due(
        &self,
        now: Stamp,
        limit: usize,
    ) -> Result<Vec<SkuRecord>, LedgerError> {
        self.stock_due(1, now, limit)
    }

    fn stock_due(&self, kind: u8, now: Stamp, limit: usize) -> Result<Vec<SkuRecord>, LedgerError> {
        let prefix = Key::of(Kind::StockWaiting).byte(kind);
        let from = prefix.clone().done();
        let to = prefix.at(now).end();
        self.sku_keys(&from, &to, false, limit)?
            .iter()
            .filter_map(|(_, at)| txn::get(&*self.store, at).transpose())
            .collect()
    }

    /// Index keys and the keys of the SKUs they stand for.
    fn sku_keys(
        &self,
        from: &[u8],
        to: &[u8],
        backwards: bool,
        limit: usize,
    ) -> Result<Vec<IndexEntry>, LedgerError> {
        let mut found = Vec::new();
        if limit > 0 {
            self.store.walk(from, to, backwards, &mut |key, value| {
                found.push((key.to_vec(), value.to_vec()));
                found.len() < limit
            })?;
        }
        Ok(found)
    }

    /// SKUs per state. Walks the index of SKUs, which grows with the catalogue and not with orders.
    pub fn stock_counts(&self) -> Result<BTreeMap<DiffState, u64>, LedgerError> {
        let mut counts = BTreeMap::new();
        let prefix = Key::of(Kind::StockState).done();
        self.store
            .walk(&prefix, &keys::end_of(&prefix), false, &mut |key, _| {
                if let Some(state) = state_of(key) {
                    *counts.entry(state).or_default() += 1;
                }
                true
            })?;
        Ok(counts)
    }

    /// A page of SKUs, worst state first.
    pub fn stock_page(&self, query: &StockQuery) -> Result<Page<(String, SkuRecord)>, LedgerError> {
        let prefix = Key::of(Kind::StockState).done();
        let end = keys::end_of(&prefix);
        let limit = query.limit.clamp(1, PAGE_MAX);
        let (from, to, backwards) = window(&query.anchor, &prefix, &end);
        let needle = query.text.trim().to_lowercase();
        let filtered = !needle.is_empty() || !query.states.is_empty() || query.sku.is_some();
        let looks = if filtered { FILTER_LOOKS } else { limit + 1 };
        let keys = self.sku_keys(&from, &to, backwards, looks)?;
        let all_seen = keys.len() < looks;
        let mut rows: Vec<(String, SkuRecord)> = Vec::new();
        for (key, at) in &keys {
            if rows.len() > limit {
                break;
            }
            let state_fits =
                query.states.is_empty() || state_of(key).is_some_and(|s| query.states.contains(&s));
            if !state_fits {
                continue;
            }
            let Some(record) = txn::get::<SkuRecord>(&*self.store, at)? else {
                continue;
            };
            let text_fits =
                needle.is_empty() || record.sku.as_str().to_lowercase().contains(&needle);
            let sku_fits = query.sku.as_ref().is_none_or(|sku| *sku == record.sku);
            if text_fits && sku_fits {
                rows.push((hex(key), record));
            }
        }
        let overfull = rows.len() > limit;
        rows.truncate(limit);
        let more = overfull || !all_seen;
        if backwards {
            rows.reverse();
        }
        let first = rows.first().and_then(|r| unhex(&r.0));
        let before = match (&query.anchor, backwards, first) {
            (Anchor::First, ..) => false,
            (_, true, _) => more,
            (_, false, first) => {
                let to = first.unwrap_or_else(|| end.clone());
                !self.sku_keys(&prefix, &to, true, 1)?.is_empty()
            }
        };
        Ok(Page {
            more_before: before,
            more_after: if backwards {
                !matches!(query.anchor, Anchor::Last)
            } else {
                more
            },
            total: None,
            cut_short: filtered && !overfull && !all_seen,
            rows,
        })
    }
}

/// The state in a key `q | location 0 | state | sku 0`.
fn state_of(key: &[u8]) -> Option<DiffState> {
    let location_end = key.iter().position(|b| *b == 0)?;
    let byte = *key.get(location_end + 1)?;
    STATES.into_iter().find(|s| *s as u8 == byte)
}

const STATES: [DiffState; 8] = [
    DiffState::Problem,
    DiffState::Unknown,
    DiffState::Differs,
    DiffState::Sent,
    DiffState::Waiting,
    DiffState::Unverified,
    DiffState::InSync,
    DiffState::NotOurs,
];
