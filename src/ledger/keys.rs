//! Keys of the working state: a letter for the kind, then parts that sort as bytes.

use crate::domain::{Awb, InvoiceId, LocationKey, Sku, Stamp};

/// Kinds of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Orders by invoice.
    Order = b'O',
    /// AWBs.
    Awb = b'A',
    /// SKUs by location.
    Sku = b'K',
    /// Scans by invoice and number.
    Scan = b'S',
    /// Manifests by journal position.
    Manifest = b'M',
    /// Unreadable rows by journal position.
    Rejected = b'R',
    /// The site.
    Site = b'P',
    /// What the store knows of itself.
    Meta = b'X',
    /// Places of journal records.
    Place = b'J',
    /// Journal positions by invoice.
    History = b'H',
    /// Journal positions of the tracking feed.
    Feed = b'F',
    /// Customers; not of the journal.
    People = b'z',
    /// Active orders by urgency.
    Active = b'a',
    /// All orders, newest first.
    Newest = b'n',
    /// Orders by stage and urgency.
    Stage = b's',
    /// Orders by reason for attention and age.
    Attention = b't',
    /// Due work by kind and instant.
    Due = b'd',
    /// Orders that stand in Confirmed, by since when.
    Confirmed = b'c',
    /// Invoices by order id.
    OrderId = b'o',
    /// Invoices by base reference.
    Reference = b'r',
    /// Invoices by AWB.
    ByAwb = b'w',
    /// SKUs by state.
    StockState = b'q',
    /// SKUs that wait for a push.
    StockWaiting = b'y',
    /// Free allotted AWBs.
    FreeAwb = b'f',
}

/// Builds a key.
#[derive(Clone, Debug)]
pub struct Key(Vec<u8>);

impl Key {
    /// Begins with a kind.
    pub fn of(kind: Kind) -> Self {
        Self(vec![kind as u8])
    }

    /// A number.
    #[must_use]
    pub fn num(mut self, number: u64) -> Self {
        self.0.extend(number.to_be_bytes());
        self
    }

    /// A small number.
    #[must_use]
    pub fn byte(mut self, byte: u8) -> Self {
        self.0.push(byte);
        self
    }

    /// An instant, milliseconds; earlier sorts first.
    #[must_use]
    pub fn at(self, at: Stamp) -> Self {
        self.num(ordered(at))
    }

    /// An instant, later sorts first.
    #[must_use]
    pub fn at_reversed(self, at: Stamp) -> Self {
        self.num(!ordered(at))
    }

    /// A text and a zero byte behind it; cleaned text holds none.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.0.extend(text.bytes().filter(|b| *b != 0));
        self.0.push(0);
        self
    }

    /// The first bytes of a text, without an end: for prefixes.
    #[must_use]
    pub fn text_prefix(mut self, text: &str) -> Self {
        self.0.extend(text.bytes().filter(|b| *b != 0));
        self
    }

    /// The key.
    pub fn done(self) -> Vec<u8> {
        self.0
    }

    /// The first key behind all that begin with this one.
    pub fn end(self) -> Vec<u8> {
        end_of(&self.0)
    }
}

/// The first key behind all that begin with `prefix`.
pub fn end_of(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return end;
        }
    }
    vec![u8::MAX; prefix.len() + 1]
}

fn ordered(at: Stamp) -> u64 {
    // The sign bit turned makes negative numbers sort before positive ones.
    (at.timestamp_millis() as u64) ^ (1 << 63)
}

/// The instant of eight key bytes.
pub fn instant(bytes: &[u8]) -> Option<Stamp> {
    let number = u64::from_be_bytes(*bytes.first_chunk::<8>()?);
    Stamp::from_timestamp_millis((number ^ (1 << 63)) as i64)
}

/// The number in the last eight bytes of a key.
pub fn last_number(key: &[u8]) -> Option<u64> {
    key.last_chunk::<8>().map(|b| u64::from_be_bytes(*b))
}

/// Key of an order.
pub fn order(id: InvoiceId) -> Vec<u8> {
    Key::of(Kind::Order).num(id.0).done()
}

/// Key of an AWB.
pub fn awb(awb: &Awb) -> Vec<u8> {
    Key::of(Kind::Awb).text(awb.as_str()).done()
}

/// Key of a SKU.
pub fn sku(location: &LocationKey, sku: &Sku) -> Vec<u8> {
    Key::of(Kind::Sku)
        .text(location.as_str())
        .text(sku.as_str())
        .done()
}

/// Key of a customer.
pub fn people(id: InvoiceId) -> Vec<u8> {
    Key::of(Kind::People).num(id.0).done()
}

/// Key of the site.
pub fn site() -> Vec<u8> {
    Key::of(Kind::Site).done()
}

/// Key of the journal position that the state stands at.
pub fn position() -> Vec<u8> {
    Key::of(Kind::Meta).text("position").done()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_as_what_they_stand_for() {
        let at = |s| Stamp::from_timestamp(s, 0).expect("a time");
        let key = |s| Key::of(Kind::Active).at(at(s)).done();
        assert!(key(-5) < key(0) && key(0) < key(7));
        let back = |s| Key::of(Kind::Newest).at_reversed(at(s)).done();
        assert!(back(7) < back(0));
        assert_eq!(instant(&key(42)[1..]), Some(at(42)));
        assert_eq!(end_of(&[1, 2]), vec![1, 3]);
        assert_eq!(end_of(&[1, 255]), vec![2]);
    }
}
