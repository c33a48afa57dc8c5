//! Pages of lists that the store keeps sorted, and searches.

use super::{
    PAGE_MAX, Reader,
    sorted::{self, Sortable},
};
use crate::{
    domain::{Awb, InvoiceId, OrderRecord, Stage, Stamp, filter::Filter, record::Attention},
    handle::{Anchor, OrderIndex, OrdersQuery, Page, SORTED_MAX, Sort},
    ledger::{
        error::LedgerError,
        keys::{self, Key, kind, last_number},
        store::{Way, end_of},
    },
};

/// Rows that a filter looks at in one call: about 20 ms; asking on goes further.
const EXAMINED_MAX: usize = 2_000;

/// The same where rows are sorted.
const SORTED_EXAMINED_MAX: usize = 4 * SORTED_MAX;

/// Rows read from the index at once.
const STRIDE: usize = 256;

/// Keys of one list.
pub(super) struct List {
    from: Vec<u8>,
    to: Vec<u8>,
}

impl List {
    pub(super) fn of(prefix: Key) -> Self {
        let from = prefix.done();
        let to = end_of(&from);
        Self { from, to }
    }
}

/// What was read of a list.
struct Collected<T> {
    rows: Vec<(String, T)>,
    /// Whether there is more.
    more: bool,
    /// The last key that was looked at, where looking was given up.
    stopped_at: Option<String>,
}

/// Reads the record that an index key stands for.
type ReadRow<'a, T> = &'a dyn Fn(&[u8]) -> Result<Option<T>, LedgerError>;

/// A page that is asked for.
pub(super) struct Paged<'a, T> {
    /// Lists one behind the other, keys ascending.
    pub lists: &'a [List],
    pub anchor: &'a Anchor,
    pub limit: usize,
    pub total: Option<u64>,
    pub read: ReadRow<'a, T>,
    pub wanted: &'a dyn Fn(&T) -> bool,
}

impl Reader {
    /// A page of orders, with the key of each row's place. `filter` is what the query's text says; ages
    /// are measured at `now`.
    pub fn orders_page(
        &self,
        query: &OrdersQuery,
        filter: &Filter,
        now: Stamp,
    ) -> Result<Page<(String, OrderRecord)>, LedgerError> {
        let prefix = match query.index {
            OrderIndex::Active => Key::new(kind::ACTIVE),
            OrderIndex::Newest => Key::new(kind::NEWEST),
            OrderIndex::Stage { stage } => keys::stage(stage),
            OrderIndex::Attention { kind: Some(why) } => keys::attention(why),
            OrderIndex::Attention { kind: None } => Key::new(kind::ANY_ATTENTION),
        };
        let newest = matches!(query.index, OrderIndex::Newest);
        let total = if filter.is_empty() {
            Some(self.total(query.index)?)
        } else {
            None
        };
        let fit = filter.at(now);
        let asked = Paged {
            lists: &[List::of(prefix)],
            anchor: &query.anchor,
            limit: query.limit,
            total,
            read: &|key| match last_number(key) {
                Some(id) => self.order(InvoiceId(if newest { !id } else { id })),
                None => Ok(None),
            },
            wanted: &|record| fit.fits(record),
        };
        match query.sort {
            None => self.page(&asked),
            Some(sort) => self.sorted(&asked, sort),
        }
    }

    /// A page of the same rows in another order. It has no index: as many rows as are sorted are read
    /// for each page.
    pub(super) fn sorted<T: Sortable>(
        &self,
        asked: &Paged<'_, T>,
        sort: Sort<T::By>,
    ) -> Result<Page<(String, T)>, LedgerError> {
        let found = self.collect(asked, Way::Up, None, (SORTED_MAX, SORTED_EXAMINED_MAX))?;
        let records = found.rows.into_iter().map(|(_, record)| record);
        let mut page = sorted::page(records, sort, asked.anchor, asked.limit.clamp(1, PAGE_MAX));
        page.total = asked.total;
        page.cut_short = found.more;
        Ok(page)
    }

    fn total(&self, index: OrderIndex) -> Result<u64, LedgerError> {
        let site = self.site()?;
        let stages = |of: &dyn Fn(Stage) -> bool| {
            site.stages
                .iter()
                .filter(|(stage, _)| of(**stage))
                .map(|(_, n)| n)
                .sum()
        };
        let attention = |why: Option<Attention>| {
            site.attention
                .iter()
                .filter(|(kind, _)| why.is_none_or(|why| why == **kind))
                .map(|(_, n)| n)
                .sum()
        };
        Ok(match index {
            OrderIndex::Active => stages(&|stage| !stage.is_final()),
            OrderIndex::Newest => stages(&|_| true),
            OrderIndex::Stage { stage } => stages(&|s| s == stage),
            OrderIndex::Attention { kind } => attention(kind),
        })
    }

    /// A page of sorted lists.
    pub(super) fn page<T>(&self, asked: &Paged<'_, T>) -> Result<Page<(String, T)>, LedgerError> {
        let limit = asked.limit.clamp(1, PAGE_MAX);
        let (way, bound) = match asked.anchor {
            Anchor::First => (Way::Up, None),
            Anchor::Last => (Way::Down, None),
            Anchor::From { key } => (Way::Up, hex::decode(key).ok()),
            Anchor::After { key } => (
                Way::Up,
                hex::decode(key).ok().map(|mut k| {
                    k.push(0);
                    k
                }),
            ),
            Anchor::Before { key } => (Way::Down, hex::decode(key).ok()),
        };
        let Collected {
            mut rows,
            more,
            stopped_at,
        } = self.collect(asked, way, bound.as_deref(), (limit, EXAMINED_MAX))?;
        // The other side of the page: one key is enough to know.
        let edge = bound.as_deref().map_or(Ok(false), |bound| {
            let other = if way == Way::Up { Way::Down } else { Way::Up };
            self.any(asked.lists, other, bound)
        })?;
        if way == Way::Down {
            rows.reverse();
        }
        let (more_before, more_after) = match way {
            Way::Up => (edge, more),
            Way::Down => (more, edge),
        };
        Ok(Page {
            rows,
            more_before,
            more_after,
            total: asked.total,
            cut_short: stopped_at.is_some(),
            resume: stopped_at,
        })
    }

    /// Rows in reading direction: at most `limit`, after a look at `examined_max` at most.
    fn collect<T>(
        &self,
        asked: &Paged<'_, T>,
        way: Way,
        bound: Option<&[u8]>,
        (limit, examined_max): (usize, usize),
    ) -> Result<Collected<T>, LedgerError> {
        let mut rows = Vec::new();
        let mut examined = 0;
        let mut last_looked_at = None;
        let mut lists: Vec<&List> = asked.lists.iter().collect();
        if way == Way::Down {
            lists.reverse();
        }
        for list in lists {
            let Some((mut from, mut to)) = clip(list, way, bound) else {
                continue;
            };
            loop {
                let stride = STRIDE.min(limit + 1);
                let pairs = self.range(&from, &to, way, stride)?;
                for (key, _) in &pairs {
                    if examined >= examined_max {
                        return Ok(Collected {
                            rows,
                            more: true,
                            stopped_at: last_looked_at.map(|key: Vec<u8>| hex::encode(key)),
                        });
                    }
                    // A key whose record moved on since is passed over.
                    let Some(record) = (asked.read)(key)? else {
                        continue;
                    };
                    examined += 1;
                    if !(asked.wanted)(&record) {
                        last_looked_at = Some(key.clone());
                        continue;
                    }
                    if rows.len() == limit {
                        return Ok(Collected {
                            rows,
                            more: true,
                            stopped_at: None,
                        });
                    }
                    last_looked_at = Some(key.clone());
                    rows.push((hex::encode(key), record));
                }
                let Some((last, _)) = pairs.last().filter(|_| pairs.len() == stride) else {
                    break;
                };
                match way {
                    Way::Up => {
                        from.clone_from(last);
                        from.push(0);
                    }
                    Way::Down => to.clone_from(last),
                }
            }
        }
        Ok(Collected {
            rows,
            more: false,
            stopped_at: None,
        })
    }

    /// Whether there is any key on that side of `bound`.
    fn any(&self, lists: &[List], way: Way, bound: &[u8]) -> Result<bool, LedgerError> {
        for list in lists {
            if let Some((from, to)) = clip(list, way, Some(bound))
                && !self.range(&from, &to, way, 1)?.is_empty()
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Orders whose invoice, AWB, order id or reference is or begins with `text`, exact ones first.
    /// The long code of a label begins with its AWB.
    pub fn find(&self, text: &str, limit: usize) -> Result<Vec<OrderRecord>, LedgerError> {
        let text = text.trim();
        let limit = limit.min(PAGE_MAX);
        let mut ids: Vec<InvoiceId> = Vec::new();
        if text.is_empty() {
            return Ok(Vec::new());
        }
        if let Ok(number) = text.parse::<u64>() {
            ids.push(InvoiceId(number));
            ids.extend(self.ids_behind(
                &keys::of_order(crate::domain::OrderId(number)).done(),
                limit,
            )?);
        }
        ids.extend(self.owners(text, limit)?);
        let reference = Key::new(kind::REFERENCE).text_begin(&text.to_lowercase());
        ids.extend(self.ids_behind(&reference.done(), limit)?);
        ids.extend(self.ids_begin(text, limit)?);
        let mut found: Vec<OrderRecord> = Vec::new();
        for id in ids {
            if found.len() >= limit {
                break;
            }
            if found.iter().any(|r| r.id() == id) {
                continue;
            }
            found.extend(self.order(id)?);
        }
        Ok(found)
    }

    fn ids_behind(&self, prefix: &[u8], limit: usize) -> Result<Vec<InvoiceId>, LedgerError> {
        let rows = self.behind(prefix, Way::Up, limit)?;
        Ok(rows
            .iter()
            .filter_map(|(key, _)| last_number(key).map(InvoiceId))
            .collect())
    }

    /// Owners of AWBs that begin with `text`, or that `text` begins with.
    fn owners(&self, text: &str, limit: usize) -> Result<Vec<InvoiceId>, LedgerError> {
        let text = text.to_ascii_uppercase();
        let mut owners = Vec::new();
        for length in 6..=text.len().min(32) {
            let Some(awb) = text.get(..length).and_then(|t| Awb::parse(t).ok()) else {
                continue;
            };
            owners.extend(self.awb(&awb)?.and_then(|row| row.owner));
        }
        owners.reverse();
        let begin = Key::new(kind::AWB).text_begin(&text).done();
        for (key, value) in self.behind(&begin, Way::Up, limit)? {
            let row: crate::domain::fold::AwbRow = crate::ledger::view::decode(&key, &value)?;
            owners.extend(row.owner);
        }
        Ok(owners)
    }

    /// Invoices and order ids whose decimal number begins with these digits: one range per length.
    fn ids_begin(&self, text: &str, limit: usize) -> Result<Vec<InvoiceId>, LedgerError> {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let Some(mut low) = text.parse::<u64>().ok().filter(|n| digits && *n > 0) else {
            return Ok(Vec::new());
        };
        let Some(mut high) = low.checked_add(1) else {
            return Ok(Vec::new());
        };
        let mut ids = Vec::new();
        while ids.len() < limit {
            for kind in [kind::ORDER, kind::OF_ORDER] {
                let from = Key::new(kind).number(low).done();
                let to = Key::new(kind).number(high).done();
                let rows = self.range(&from, &to, Way::Up, limit)?;
                ids.extend(
                    rows.iter()
                        .filter_map(|(k, _)| last_number(k).map(InvoiceId)),
                );
            }
            match (low.checked_mul(10), high.checked_mul(10)) {
                (Some(l), Some(h)) => (low, high) = (l, h),
                _ => break,
            }
        }
        Ok(ids)
    }
}

/// The part of a list on the reading side of `bound`: from it on upwards, below it downwards.
fn clip(list: &List, way: Way, bound: Option<&[u8]>) -> Option<(Vec<u8>, Vec<u8>)> {
    let (mut from, mut to) = (list.from.clone(), list.to.clone());
    if let Some(bound) = bound {
        match way {
            Way::Up if bound > from.as_slice() => from = bound.to_vec(),
            Way::Down if bound < to.as_slice() => to = bound.to_vec(),
            _ => {}
        }
    }
    (from < to).then_some((from, to))
}
