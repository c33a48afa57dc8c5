//! Rows in an order that the store keeps no index for.

use crate::{
    domain::{OrderRecord, inventory::SkuRecord, order::Payment},
    handle::{Anchor, Page, Sort, SortBy, StockBy},
    ledger::keys::Key,
};

/// What can be sorted by a column.
pub(super) trait Sortable {
    /// Its columns.
    type By: Copy;
    /// What stands in the column, so that bytes sort as values do.
    fn value(&self, by: Self::By) -> Key;
    /// What it is about.
    fn id(&self) -> Key;
}

/// A page of `records` sorted. The place of a row is made of the value that it is sorted by and of what
/// it is about, so it is found again when rows come and go.
pub(super) fn page<T: Sortable>(
    records: impl Iterator<Item = T>,
    sort: Sort<T::By>,
    anchor: &Anchor,
    limit: usize,
) -> Page<(String, T)> {
    let mut rows: Vec<(Vec<u8>, T)> = records
        .map(|record| (place(&record, sort), record))
        .collect();
    rows.sort_by(|(a, _), (b, _)| a.cmp(b));
    let before = |key: &str, or_at: bool| {
        let key = hex::decode(key).unwrap_or_default();
        rows.partition_point(|(k, _)| *k < key || or_at && *k == key)
    };
    let from = match anchor {
        Anchor::First => 0,
        Anchor::Last => rows.len().saturating_sub(limit),
        Anchor::From { key } => before(key, false),
        Anchor::After { key } => before(key, true),
        Anchor::Before { key } => before(key, false).saturating_sub(limit),
    };
    let to = match anchor {
        Anchor::Before { key } => before(key, false),
        _ => rows.len().min(from + limit),
    };
    Page {
        more_before: from > 0,
        more_after: to < rows.len(),
        rows: rows
            .drain(from..to)
            .map(|(key, record)| (hex::encode(key), record))
            .collect(),
        total: None,
        cut_short: false,
        resume: None,
    }
}

/// What a row is sorted by, then what it is about.
fn place<T: Sortable>(record: &T, sort: Sort<T::By>) -> Vec<u8> {
    let mut value = record.value(sort.by).done();
    if sort.descending {
        for byte in &mut value {
            *byte = !*byte;
        }
    }
    value.extend_from_slice(&record.id().done());
    value
}

impl Sortable for OrderRecord {
    type By = SortBy;

    fn id(&self) -> Key {
        Key::new(0).id(OrderRecord::id(self))
    }

    fn value(&self, by: SortBy) -> Key {
        let record = self;
        let order = &self.order;
        let key = Key::new(0);
        let text = |text: &str| Key::new(0).text(&text.to_lowercase());
        match by {
            SortBy::Invoice => key.id(OrderRecord::id(record)),
            SortBy::Reference => text(order.reference.as_str()),
            SortBy::Stage => key.byte(record.stage() as u8),
            SortBy::Due => match order.due_at {
                Some(at) => key.time(at),
                None => key.byte(u8::MAX).byte(u8::MAX),
            },
            // The oldest came first.
            SortBy::Age => key.time_down(record.first_seen),
            SortBy::InStage => match record.stage_since() {
                Some(at) => key.byte(1).time_down(at),
                None => key.byte(0),
            },
            SortBy::City => text(order.destination.city.as_str()),
            SortBy::Awb => text(record.booking.as_ref().map_or("", |b| b.awb.as_str())),
            SortBy::Collect => match &order.payment {
                Payment::Cod { collect } => {
                    let paise =
                        collect.round_dp(2).normalize() * rust_decimal::Decimal::ONE_HUNDRED;
                    key.number(u64::try_from(paise.trunc()).unwrap_or(0))
                }
                Payment::Prepaid => key.number(0),
            },
            SortBy::Marketplace => text(order.marketplace.as_str()),
        }
    }
}

impl Sortable for SkuRecord {
    type By = StockBy;

    fn id(&self) -> Key {
        Key::new(0).text(self.sku.as_str())
    }

    fn value(&self, by: StockBy) -> Key {
        let key = Key::new(0);
        // Unknown is less than everything that is known.
        let figure = |figure: Option<i64>| match figure {
            Some(n) => Key::new(0).number(n.cast_unsigned() ^ (1 << 63)),
            None => Key::new(0).number(0),
        };
        let when = |at| match at {
            Some(at) => Key::new(0).time(at),
            None => Key::new(0).number(0),
        };
        match by {
            StockBy::Sku => key.text(&self.sku.as_str().to_lowercase()),
            StockBy::Ours => figure(self.wanted()),
            StockBy::Theirs => figure(self.theirs()),
            StockBy::Difference => key.number(self.difference().map_or(0, i64::unsigned_abs)),
            StockBy::Counted => when(self.counted.as_ref().map(|c| c.at)),
            StockBy::Acknowledged => when(self.acknowledged.as_ref().map(|a| a.at)),
        }
    }
}
