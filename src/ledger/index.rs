//! Index entries of a record: a pure function, so that what a change adds and removes is the
//! difference of two calls.

use super::keys::{Key, Kind};
use crate::domain::{
    OrderRecord, Stamp,
    inventory::{DiffState, SkuRecord},
    record::{Attention, Progress},
    schedule,
    twin::base_reference,
};

/// Keys and values.
pub type Entries = Vec<(Vec<u8>, Vec<u8>)>;

/// Index entries of an order.
pub fn of_order(record: &OrderRecord) -> Entries {
    let id = record.id().0;
    let stage = record.stage();
    let mut entries = Vec::with_capacity(10);
    let mut add = |key: Key| entries.push((key.num(id).done(), Vec::new()));
    if !stage.is_final() {
        add(Key::of(Kind::Active).at(record.urgency()));
    }
    add(Key::of(Kind::Newest).at_reversed(record.first_seen));
    add(Key::of(Kind::Stage).byte(stage as u8).at(record.urgency()));
    if let Some(attention) = record.attention() {
        add(Key::of(Kind::Attention)
            .byte(attention as u8)
            .at(attention_since(record, attention)));
    }
    if stage.stands_in_confirmed() {
        add(Key::of(Kind::Confirmed).at(confirmed_since(record)));
    }
    add(Key::of(Kind::OrderId).num(record.order.order_id.0));
    let base = base_reference(record.order.reference.as_str()).to_lowercase();
    add(Key::of(Kind::Reference).text(&base));
    for awb in record
        .booking
        .iter()
        .map(|b| &b.awb)
        .chain(&record.order.awb)
    {
        add(Key::of(Kind::ByAwb).text(awb.as_str()));
    }
    if let Some(due) = schedule::due(record) {
        let value = serde_json::to_vec(&due).expect("due work has no maps");
        let key = Key::of(Kind::Due)
            .byte(due.work as u8)
            .at(due.at)
            .num(id)
            .done();
        entries.push((key, value));
    }
    entries.sort();
    entries.dedup();
    entries
}

/// Since when an order stands in Confirmed: since its confirmation was asked for, whoever asked.
pub fn confirmed_since(record: &OrderRecord) -> Stamp {
    match &record.confirm.progress {
        Progress::Done { at, .. } => *at,
        other => other.intent().map_or(record.read_at, |intent| intent.at),
    }
}

fn attention_since(record: &OrderRecord, attention: Attention) -> Stamp {
    let known = match attention {
        Attention::Parked => record.park.as_ref().map(|p| p.at),
        Attention::Held => record.hold.as_ref().map(|h| h.at),
        Attention::CancelledAfterManifest | Attention::OrphanAwb => {
            record.cancelled.as_ref().map(|c| c.at)
        }
        _ => None,
    };
    known.unwrap_or(record.read_at)
}

/// Index entries of a SKU.
pub fn of_sku(record: &SkuRecord) -> Entries {
    let state = record.state();
    let key = |kind: Kind| {
        Key::of(kind)
            .text(record.location.as_str())
            .byte(state as u8)
            .text(record.sku.as_str())
            .done()
    };
    let at = Key::of(Kind::Sku)
        .text(record.location.as_str())
        .text(record.sku.as_str())
        .done();
    let mut entries = vec![(key(Kind::StockState), at.clone())];
    let due = match (&record.push.progress, state) {
        (Progress::Waiting { retry_at, .. }, DiffState::Waiting) => Some(*retry_at),
        (_, DiffState::Waiting) => Some(Stamp::UNIX_EPOCH),
        // An open push makes way for the current figure once its settle time is over.
        (Progress::Sent { intent } | Progress::Unknown { intent, .. }, _) => Some(intent.settle_at),
        _ => None,
    };
    if let Some(due) = due {
        let key = Key::of(Kind::StockWaiting)
            .byte(u8::from(state != DiffState::Waiting))
            .at(due)
            .text(record.sku.as_str())
            .done();
        entries.push((key, at));
    }
    entries
}
