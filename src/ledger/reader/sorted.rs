//! Rows in an order that the store keeps no index for.

use super::orders::unhex;
use crate::{
    domain::{OrderRecord, order::Payment},
    handle::{Anchor, Page, Sort, SortBy},
    ledger::{keys::Key, view::hex},
};

/// A page of `records` sorted. The place of a row is made of the value that it is sorted by and its
/// invoice, so it is found again when rows come and go.
pub(super) fn page(
    records: impl Iterator<Item = OrderRecord>,
    sort: Sort,
    anchor: &Anchor,
    limit: usize,
) -> Page<(String, OrderRecord)> {
    let mut rows: Vec<(Vec<u8>, OrderRecord)> = records
        .map(|record| (place(&record, sort), record))
        .collect();
    rows.sort_by(|(a, _), (b, _)| a.cmp(b));
    let before = |key: &str, or_at: bool| {
        let key = unhex(key).unwrap_or_default();
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
            .map(|(key, record)| (hex(&key), record))
            .collect(),
        total: None,
        cut_short: false,
        resume: None,
    }
}

/// What a row is sorted by, then its invoice.
fn place(record: &OrderRecord, sort: Sort) -> Vec<u8> {
    let mut value = value(record, sort.by).done();
    if sort.descending {
        for byte in &mut value {
            *byte = !*byte;
        }
    }
    value.extend_from_slice(&Key::new(0).id(record.id()).done());
    value
}

fn value(record: &OrderRecord, by: SortBy) -> Key {
    let order = &record.order;
    let key = Key::new(0);
    let text = |text: &str| Key::new(0).text(&text.to_lowercase());
    match by {
        SortBy::Invoice => key.id(record.id()),
        SortBy::Reference => text(order.reference.as_str()),
        SortBy::Stage => key.byte(record.stage() as u8),
        SortBy::Due => match order.due_at {
            Some(at) => key.time(at),
            None => key.byte(u8::MAX).byte(u8::MAX),
        },
        // The oldest came first.
        SortBy::Age => key.time_down(record.first_seen),
        SortBy::City => text(order.destination.city.as_str()),
        SortBy::Awb => text(record.booking.as_ref().map_or("", |b| b.awb.as_str())),
        SortBy::Collect => match &order.payment {
            Payment::Cod { collect } => {
                let paise = collect.round_dp(2).normalize() * rust_decimal::Decimal::ONE_HUNDRED;
                key.number(u64::try_from(paise.trunc()).unwrap_or(0))
            }
            Payment::Prepaid => key.number(0),
        },
        SortBy::Marketplace => text(order.marketplace.as_str()),
    }
}
