//! Pages of orders and due work.

use super::Reader;
use crate::{
    domain::{
        InvoiceId, OrderRecord, Stamp,
        record::Attention,
        schedule::{Due, Work},
        step::Stage,
    },
    handle::{Anchor, OrderIndex, OrdersQuery, PAGE_MAX, Page},
    ledger::{
        LedgerError,
        journal::hex,
        keys::{self, Key, Kind},
        txn,
    },
};

/// Rows that a text filter looks at in one go.
const FILTER_LOOKS: usize = 2_000;

impl Reader {
    /// Work of a kind that is due by `until`, most pressing first.
    pub fn due(
        &self,
        work: Work,
        until: Stamp,
        limit: usize,
    ) -> Result<Vec<(InvoiceId, Due)>, LedgerError> {
        let (from, to) = due_range(work, until);
        let mut raw = Vec::new();
        if limit > 0 {
            self.store.walk(&from, &to, false, &mut |key, value| {
                raw.push((key.to_vec(), value.to_vec()));
                raw.len() < limit
            })?;
        }
        raw.iter()
            .filter_map(|(key, value)| {
                let id = keys::last_number(key).map(InvoiceId)?;
                Some(txn::from_bytes(key, value).map(|due| (id, due)))
            })
            .collect()
    }

    /// When the next work of a kind after `now` is due.
    pub fn next_due_at(&self, work: Work, now: Stamp) -> Result<Option<Stamp>, LedgerError> {
        let (_, from) = due_range(work, now);
        let end = keys::end_of(&Key::of(Kind::Due).byte(work as u8).done());
        let keys = self.keys(&from, &end, false, 1)?;
        Ok(keys.first().and_then(|key| keys::instant(key.get(2..)?)))
    }

    /// How much work of a kind is due by `until`, counted up to `cap`.
    pub fn due_count(&self, work: Work, until: Stamp, cap: usize) -> Result<usize, LedgerError> {
        let (from, to) = due_range(work, until);
        Ok(self.keys(&from, &to, false, cap)?.len())
    }

    /// The order that stands in Confirmed longest, and since when.
    pub fn oldest_confirmed(&self) -> Result<Option<(InvoiceId, Stamp)>, LedgerError> {
        let from = Key::of(Kind::Confirmed).done();
        let keys = self.keys(&from, &keys::end_of(&from), false, 1)?;
        Ok(keys.first().and_then(|key| {
            let at = keys::instant(key.get(1..)?)?;
            Some((InvoiceId(keys::last_number(key)?), at))
        }))
    }

    /// Orders of a stage, most urgent first, behind `after` if it still stands somewhere.
    pub fn stage_ids(
        &self,
        stage: Stage,
        after: Option<InvoiceId>,
        limit: usize,
    ) -> Result<Vec<InvoiceId>, LedgerError> {
        let prefix = Key::of(Kind::Stage).byte(stage as u8).done();
        let from = match after {
            None => prefix.clone(),
            Some(id) => match self.order(id)? {
                Some(record) => {
                    let mut key = Key::of(Kind::Stage)
                        .byte(stage as u8)
                        .at(record.urgency())
                        .num(id.0)
                        .done();
                    key.push(0);
                    key
                }
                None => prefix.clone(),
            },
        };
        let keys = self.keys(&from, &keys::end_of(&prefix), false, limit)?;
        Ok(keys
            .iter()
            .filter_map(|k| keys::last_number(k).map(InvoiceId))
            .collect())
    }

    /// A page of a list. Keys are hex, to be given back as anchors.
    pub fn orders_page(
        &self,
        query: &OrdersQuery,
    ) -> Result<Page<(String, OrderRecord)>, LedgerError> {
        let prefix = prefix_of(query.index);
        let end = keys::end_of(&prefix);
        let limit = query.limit.clamp(1, PAGE_MAX);
        let (from, to, backwards) = window(&query.anchor, &prefix, &end);
        let needle = query.text.trim().to_lowercase();
        let looks = if needle.is_empty() {
            limit + 1
        } else {
            FILTER_LOOKS
        };
        let keys = self.keys(&from, &to, backwards, looks)?;
        let all_seen = keys.len() < looks;
        let mut rows = Vec::new();
        let mut last_looked = None;
        for key in &keys {
            if rows.len() > limit {
                break;
            }
            last_looked = Some(key.clone());
            let Some(record) = keys::last_number(key)
                .map(|id| self.order(InvoiceId(id)))
                .transpose()?
                .flatten()
            else {
                continue;
            };
            if needle.is_empty() || matches(&record, &needle) {
                rows.push((hex(key), record));
            }
        }
        let overfull = rows.len() > limit;
        rows.truncate(limit);
        let more = overfull || !all_seen;
        if backwards {
            rows.reverse();
        }
        let cut_short = !needle.is_empty() && !overfull && !all_seen && last_looked.is_some();
        let beyond = match query.anchor {
            Anchor::First | Anchor::Last => false,
            _ => self.is_beyond(&prefix, &end, rows.first().map(|r| r.0.as_str()), backwards)?,
        };
        Ok(Page {
            more_before: if backwards { more } else { beyond },
            more_after: if backwards {
                !matches!(query.anchor, Anchor::Last)
            } else {
                more
            },
            total: if needle.is_empty() {
                self.total(query.index)?
            } else {
                None
            },
            cut_short,
            rows,
        })
    }

    /// Whether the list has rows before the first one shown.
    fn is_beyond(
        &self,
        prefix: &[u8],
        end: &[u8],
        first: Option<&str>,
        backwards: bool,
    ) -> Result<bool, LedgerError> {
        if backwards {
            return Ok(false);
        }
        let to = first.and_then(unhex).unwrap_or_else(|| end.to_vec());
        Ok(!self.keys(prefix, &to, true, 1)?.is_empty())
    }

    fn total(&self, index: OrderIndex) -> Result<Option<u64>, LedgerError> {
        let site = self.site()?;
        let all: u64 = site.stages.values().sum();
        Ok(Some(match index {
            OrderIndex::Newest => all,
            OrderIndex::Active => site
                .stages
                .iter()
                .filter(|(stage, _)| !stage.is_final())
                .map(|(_, n)| n)
                .sum(),
            OrderIndex::Stage { stage } => site.stages.get(&stage).copied().unwrap_or(0),
            OrderIndex::Attention { kind: Some(kind) } => {
                site.attention.get(&kind).copied().unwrap_or(0)
            }
            OrderIndex::Attention { kind: None } => site.attention.values().sum(),
        }))
    }

    /// Orders whose invoice, order id, AWB or reference is, or begins with, `text`.
    pub fn find(&self, text: &str, limit: usize) -> Result<Vec<OrderRecord>, LedgerError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let upper = text.to_ascii_uppercase();
        let mut ids = Vec::new();
        if let Ok(number) = text.parse::<u64>() {
            ids.push(InvoiceId(number));
            let from = Key::of(Kind::OrderId).num(number).done();
            self.collect(&from, limit, &mut ids)?;
        }
        self.collect(
            &Key::of(Kind::ByAwb).text_prefix(&upper).done(),
            limit,
            &mut ids,
        )?;
        self.collect(
            &Key::of(Kind::Reference)
                .text_prefix(&text.to_lowercase())
                .done(),
            limit,
            &mut ids,
        )?;
        let base = crate::domain::twin::base_reference(text).to_lowercase();
        self.collect(
            &Key::of(Kind::Reference).text(&base).done(),
            limit,
            &mut ids,
        )?;
        // The long code of a label begins with the AWB (contracts/dtdc.md section 3).
        for len in (9..upper.len().min(13)).rev() {
            if let Some(head) = upper.get(..len) {
                self.collect(&Key::of(Kind::ByAwb).text(head).done(), limit, &mut ids)?;
            }
        }
        let mut seen = std::collections::HashSet::new();
        ids.retain(|id| seen.insert(*id));
        let mut found = Vec::new();
        for id in ids.into_iter().take(limit) {
            found.extend(self.order(id)?);
        }
        Ok(found)
    }

    fn collect(
        &self,
        prefix: &[u8],
        limit: usize,
        ids: &mut Vec<InvoiceId>,
    ) -> Result<(), LedgerError> {
        let keys = self.keys(prefix, &keys::end_of(prefix), false, limit)?;
        ids.extend(
            keys.iter()
                .filter_map(|k| keys::last_number(k).map(InvoiceId)),
        );
        Ok(())
    }
}

fn due_range(work: Work, until: Stamp) -> (Vec<u8>, Vec<u8>) {
    let prefix = Key::of(Kind::Due).byte(work as u8);
    let from = prefix.clone().done();
    (from, prefix.at(until).end())
}

fn prefix_of(index: OrderIndex) -> Vec<u8> {
    match index {
        OrderIndex::Active => Key::of(Kind::Active),
        OrderIndex::Newest => Key::of(Kind::Newest),
        OrderIndex::Stage { stage } => Key::of(Kind::Stage).byte(stage as u8),
        OrderIndex::Attention { kind: None } => Key::of(Kind::Attention),
        OrderIndex::Attention { kind: Some(kind) } => {
            Key::of(Kind::Attention).byte(attention_byte(kind))
        }
    }
    .done()
}

fn attention_byte(kind: Attention) -> u8 {
    kind as u8
}

/// Bounds and direction of a page.
pub(super) fn window(anchor: &Anchor, prefix: &[u8], end: &[u8]) -> (Vec<u8>, Vec<u8>, bool) {
    let inside = |key: &str| unhex(key).filter(|k| k.starts_with(prefix));
    match anchor {
        Anchor::First => (prefix.to_vec(), end.to_vec(), false),
        Anchor::Last => (prefix.to_vec(), end.to_vec(), true),
        Anchor::From { key } => (
            inside(key).unwrap_or_else(|| prefix.to_vec()),
            end.to_vec(),
            false,
        ),
        Anchor::After { key } => {
            let from = inside(key).map_or_else(
                || prefix.to_vec(),
                |mut k| {
                    k.push(0);
                    k
                },
            );
            (from, end.to_vec(), false)
        }
        Anchor::Before { key } => (
            prefix.to_vec(),
            inside(key).unwrap_or_else(|| end.to_vec()),
            true,
        ),
    }
}

fn matches(record: &OrderRecord, needle: &str) -> bool {
    let order = &record.order;
    let has = |text: &str| text.to_lowercase().contains(needle);
    has(order.reference.as_str())
        || record.id().to_string().contains(needle)
        || record.booking.as_ref().is_some_and(|b| has(b.awb.as_str()))
        || has(order.destination.city.as_str())
        || has(order.destination.pin.as_str())
        || has(order.courier.as_str())
        || has(order.marketplace.as_str())
        || has(record.stage().title())
        || order.lines.iter().any(|l| has(l.sku.as_str()))
}

/// A key that was given as text.
pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    bytes
        .chunks_exact(2)
        .map(|pair| {
            let pair = std::str::from_utf8(pair).ok()?;
            u8::from_str_radix(pair, 16).ok()
        })
        .collect()
}
