//! What a record stands in: every list that a screen pages through and every search, derived from
//! the record alone, so that a change is the difference of two sets.

use std::collections::BTreeMap;

use super::keys::{self, Key, kind};
use crate::domain::{
    Stamp,
    event::{Event, IntentDetail},
    inventory::{DiffState, SkuRecord},
    record::{Attention, OrderRecord, Progress},
    schedule,
    step::Call,
    twin::base_reference,
};

/// Keys and their values.
pub(super) type Rows = BTreeMap<Vec<u8>, Vec<u8>>;

/// The index rows of an order.
pub(super) fn of_order(record: &OrderRecord) -> Rows {
    let id = record.id();
    let mut rows = Rows::new();
    let mut add = |key: Key| rows.insert(key.id(id).done(), Vec::new());
    let (stage, urgency) = (record.stage(), record.urgency());
    if !stage.is_final() {
        // What has left the house is not in a hurry any more, whatever it was due.
        let left = u8::from(stage.is_manifested());
        add(Key::new(kind::ACTIVE).byte(left).time(urgency));
    }
    add(keys::stage(stage).time(urgency));
    if let Some(attention) = record.attention() {
        let since = attention_since(record, attention);
        add(keys::attention(attention).time(since));
        // What the machine still reads stands behind what waits for a person.
        let waits = u8::from(!attention.waits_for_a_person());
        add(Key::new(kind::ANY_ATTENTION).byte(waits).time(since));
    }
    if stage.stands_in_confirmed() {
        add(Key::new(kind::CONFIRMED).time(record.confirmed_since()));
    }
    add(keys::of_order(record.order.order_id));
    let reference = record.order.reference.as_str();
    // Without a reference every such order would be everyone's sibling.
    if !reference.is_empty() {
        add(keys::of_base(base_reference(reference)));
        add(Key::new(kind::REFERENCE).text(&reference.to_lowercase()));
    }
    // Newest first, also among those of one instant.
    rows.insert(
        Key::new(kind::NEWEST)
            .time_down(record.first_seen)
            .number(!id.0)
            .done(),
        Vec::new(),
    );
    if let Some(due) = schedule::due(record) {
        let value = serde_json::to_vec(&due).expect("plain data");
        rows.insert(keys::due(due.work).time(due.at).id(id).done(), value);
    }
    rows
}

/// Since when an order needs a person for this reason.
fn attention_since(record: &OrderRecord, attention: Attention) -> Stamp {
    let since = match attention {
        Attention::CancelledAfterManifest => record.cancelled.as_ref().map(|c| c.at),
        Attention::Unknown => record
            .calls()
            .filter_map(|(_, c)| match &c.progress {
                Progress::Unknown { since, .. } => Some(*since),
                _ => None,
            })
            .min(),
        Attention::Parked => record.park.as_ref().map(|p| p.at),
        Attention::OrphanAwb => record.booking.as_ref().map(|b| b.at),
        Attention::Tracking => record.trail.last.as_ref().map(|s| s.at),
        Attention::Held => record.hold.as_ref().map(|h| h.at),
        Attention::Failing => record
            .calls()
            .filter_map(|(_, c)| match &c.progress {
                Progress::Waiting { at, .. } if c.strikes > 0 => Some(*at),
                _ => None,
            })
            .min(),
    };
    since.unwrap_or(record.first_seen)
}

/// The index rows of a SKU.
pub(super) fn of_sku(record: &SkuRecord) -> Rows {
    let mut rows = Rows::new();
    let mut add = |key: Key| {
        let key = key.text(record.sku.as_str()).text(record.location.as_str());
        rows.insert(key.done(), Vec::new())
    };
    let state = record.state();
    add(keys::sku_state(state));
    match (&record.push.progress, state) {
        (Progress::Waiting { retry_at, .. }, DiffState::Waiting) => {
            add(Key::new(kind::SKU_WAITS).time(*retry_at));
        }
        (_, DiffState::Waiting) => {
            add(Key::new(kind::SKU_WAITS).time(Stamp::UNIX_EPOCH));
        }
        // Also one that was sent when the engine stopped: nobody will answer for it.
        (Progress::Sent { intent }, _) => {
            add(Key::new(kind::SKU_OPEN).time(intent.settle_at));
        }
        (Progress::Unknown { check_at, .. } | Progress::Accepted { check_at, .. }, _) => {
            add(Key::new(kind::SKU_OPEN).time(*check_at));
        }
        _ => {}
    }
    rows
}

/// Whether an event belongs in the feed of tracking: scans, and what EasyEcom was told.
pub(super) fn is_tracking(event: &Event) -> bool {
    match event {
        Event::Scanned { .. } => true,
        Event::Outcome { call, .. } => *call == Call::Tracking,
        Event::Intent { detail, .. } => matches!(detail, IntentDetail::Tracking { .. }),
        _ => false,
    }
}
