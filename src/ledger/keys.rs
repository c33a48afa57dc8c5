//! Keys of the working state: one byte for the kind, then the parts so that bytes sort as the parts
//! do: numbers big-endian, times as microseconds with the sign flipped, texts ended by a zero byte
//! (cleaned text has none).

use crate::domain::{
    Awb, InvoiceId, LocationKey, OrderId, Sku, Stage, Stamp, inventory::DiffState,
    record::Attention, schedule::Work,
};

/// Kinds of keys.
pub(super) mod kind {
    pub const META: u8 = 0;
    pub const ORDER: u8 = b'o';
    pub const AWB: u8 = b'a';
    pub const FREE_AWB: u8 = b'f';
    pub const SKU: u8 = b'k';
    pub const SCAN: u8 = b's';
    pub const MANIFEST: u8 = b'm';
    pub const REJECTED: u8 = b'r';
    pub const SITE: u8 = b'w';
    pub const SKU_COUNTS: u8 = b'c';
    pub const ACTIVE: u8 = b'A';
    pub const NEWEST: u8 = b'N';
    pub const STAGE: u8 = b'S';
    pub const ATTENTION: u8 = b'T';
    pub const ANY_ATTENTION: u8 = b'U';
    pub const DUE: u8 = b'D';
    pub const CONFIRMED: u8 = b'C';
    pub const OF_ORDER: u8 = b'O';
    pub const OF_BASE: u8 = b'B';
    pub const REFERENCE: u8 = b'R';
    pub const HISTORY: u8 = b'H';
    pub const FEED: u8 = b'F';
    pub const SKU_STATE: u8 = b'K';
    pub const SKU_WAITS: u8 = b'W';
    pub const SKU_OPEN: u8 = b'X';
}

/// A key under construction.
#[derive(Clone, Debug)]
pub(super) struct Key(Vec<u8>);

impl Key {
    pub fn new(kind: u8) -> Self {
        Self(vec![kind])
    }

    pub fn byte(mut self, byte: u8) -> Self {
        self.0.push(byte);
        self
    }

    pub fn number(mut self, number: u64) -> Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    pub fn id(self, id: InvoiceId) -> Self {
        self.number(id.0)
    }

    pub fn time(self, at: Stamp) -> Self {
        self.number(sortable(at))
    }

    /// Newest first.
    pub fn time_down(self, at: Stamp) -> Self {
        self.number(!sortable(at))
    }

    pub fn text(mut self, text: &str) -> Self {
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(0);
        self
    }

    /// The beginning of a text, for a search.
    pub fn text_begin(mut self, text: &str) -> Self {
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    pub fn done(self) -> Vec<u8> {
        self.0
    }
}

fn sortable(at: Stamp) -> u64 {
    at.timestamp_micros() as u64 ^ (1 << 63)
}

/// The number in the last eight bytes: most keys end with an invoice or a position.
pub(super) fn last_number(key: &[u8]) -> Option<u64> {
    key.last_chunk::<8>().map(|b| u64::from_be_bytes(*b))
}

/// The time behind the first `skip` bytes.
pub(super) fn time_at(key: &[u8], skip: usize) -> Option<Stamp> {
    let bytes = key.get(skip..)?.first_chunk::<8>()?;
    let micros = (u64::from_be_bytes(*bytes) ^ (1 << 63)) as i64;
    chrono::DateTime::from_timestamp_micros(micros)
}

pub(super) fn meta() -> Vec<u8> {
    Key::new(kind::META).done()
}

pub(super) fn site() -> Vec<u8> {
    Key::new(kind::SITE).done()
}

pub(super) fn sku_counts() -> Vec<u8> {
    Key::new(kind::SKU_COUNTS).done()
}

pub(super) fn manifest(seq: u64) -> Vec<u8> {
    Key::new(kind::MANIFEST).number(seq).done()
}

pub(super) fn order(id: InvoiceId) -> Vec<u8> {
    Key::new(kind::ORDER).id(id).done()
}

pub(super) fn awb(awb: &Awb) -> Vec<u8> {
    Key::new(kind::AWB).text(awb.as_str()).done()
}

pub(super) fn free_awb(awb: &Awb) -> Vec<u8> {
    Key::new(kind::FREE_AWB).text(awb.as_str()).done()
}

pub(super) fn sku(location: &LocationKey, sku: &Sku) -> Vec<u8> {
    Key::new(kind::SKU)
        .text(location.as_str())
        .text(sku.as_str())
        .done()
}

pub(super) fn scan(id: InvoiceId, n: u32) -> Vec<u8> {
    Key::new(kind::SCAN).id(id).number(u64::from(n)).done()
}

pub(super) fn of_order(order: OrderId) -> Key {
    Key::new(kind::OF_ORDER).number(order.0)
}

pub(super) fn of_base(base: &str) -> Key {
    Key::new(kind::OF_BASE).text(&base.to_lowercase())
}

pub(super) fn due(work: Work) -> Key {
    Key::new(kind::DUE).byte(work as u8)
}

pub(super) fn stage(stage: Stage) -> Key {
    Key::new(kind::STAGE).byte(stage as u8)
}

pub(super) fn attention(attention: Attention) -> Key {
    Key::new(kind::ATTENTION).byte(attention as u8)
}

pub(super) fn sku_state(state: DiffState) -> Key {
    Key::new(kind::SKU_STATE).byte(state as u8)
}
