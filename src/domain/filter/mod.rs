//! The filter language of the lists: words that a row has to fit, all of them.
//!
//! | word | fits |
//! | --- | --- |
//! | `pune` | the text stands in reference, invoice, AWB, city, courier or a SKU |
//! | `city:pune` | the text stands in this field; `ref invoice order awb sku city state pin courier market` |
//! | `stage:ready` | orders of this stage; `is:parked` those that need a person for this, `is:attention` for any |
//! | `pay:cod` | paid on delivery; `pay:prepaid` |
//! | `age>2h` | held here for longer; `for>30m` stands in its stage for longer; `due<30m` has to leave within; `pieces>1`, `value>999` |
//! | `~shrt` | the letters stand in this order somewhere in the row |
//! | `-city:pune` | what follows does not fit; `!` means the same |
//! | `"navi mumbai"` | a space or a colon as text; `city:"navi mumbai"` |

mod feed;
mod fits;
mod letters;
mod parcel;
mod parse;
mod ready;
mod stock;
#[cfg(test)]
mod tests;
mod word;

use std::fmt;

use rust_decimal::Decimal;
use thiserror::Error;

pub use feed::{FeedFilter, FeedFit, FeedSight};
pub use fits::Fit;
pub use parcel::{ParcelFilter, ParcelFit, ParcelSight};
pub use stock::{StockFilter, StockFit};

use super::{Clean, Stage, record::Attention};

/// Words that a row has to fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// All of them.
    pub terms: Vec<Term>,
}

/// One word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Whether rows that fit are left out.
    pub not: bool,
    /// What has to fit.
    pub test: Test,
}

/// What has to fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// The text, lower case, stands in one of the usual fields.
    Text(String),
    /// The letters stand in the row in this order.
    Fuzzy(String),
    /// The text, lower case, stands in this field.
    In(Field, String),
    /// Of this stage.
    Stage(Stage),
    /// Needs a person: for this, or for anything.
    Is(Option<Attention>),
    /// Paid on delivery, or not.
    Cod(bool),
    /// Held here for longer or shorter than so many minutes.
    Age(Than, u32),
    /// Stands in its stage for longer or shorter than so many minutes.
    InStage(Than, u32),
    /// Has to leave later or sooner than in so many minutes.
    Due(Than, u32),
    /// Pieces.
    Pieces(Than, u32),
    /// Rupees.
    Value(Than, Decimal),
}

/// A field with text in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The merchant's number.
    Reference,
    /// Invoice.
    Invoice,
    /// EasyEcom's order.
    Order,
    /// AWB.
    Awb,
    /// Any of the SKUs.
    Sku,
    /// Where it goes.
    City,
    /// Where it goes.
    State,
    /// PIN code.
    Pin,
    /// Courier.
    Courier,
    /// Marketplace.
    Marketplace,
}

impl Field {
    /// All, with their names.
    pub const ALL: [(Self, &'static str); 10] = [
        (Self::Reference, "ref"),
        (Self::Invoice, "invoice"),
        (Self::Order, "order"),
        (Self::Awb, "awb"),
        (Self::Sku, "sku"),
        (Self::City, "city"),
        (Self::State, "state"),
        (Self::Pin, "pin"),
        (Self::Courier, "courier"),
        (Self::Marketplace, "market"),
    ];

    fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(field, _)| *field == self)
            .map_or("", |(_, name)| name)
    }
}

/// On which side of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Than {
    /// Above it.
    More,
    /// Below it.
    Less,
}

/// A word that is none.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{word}: {says}")]
pub struct FilterError {
    /// The word.
    pub word: Clean,
    /// What is wrong with it, and what would be right.
    pub says: String,
}

impl Filter {
    /// Whether every row fits.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, term) in self.terms.iter().enumerate() {
            let space = if n > 0 { " " } else { "" };
            let not = if term.not { "-" } else { "" };
            write!(f, "{space}{not}{}", term.test)?;
        }
        Ok(())
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => quoted(text, f),
            Self::Fuzzy(text) => write!(f, "~{text}"),
            Self::In(field, text) => {
                write!(f, "{}:", field.name())?;
                quoted(text, f)
            }
            Self::Stage(stage) => write!(f, "stage:{}", stage.word()),
            Self::Is(None) => f.write_str("is:attention"),
            Self::Is(Some(kind)) => write!(f, "is:{}", attention_word(*kind)),
            Self::Cod(true) => f.write_str("pay:cod"),
            Self::Cod(false) => f.write_str("pay:prepaid"),
            Self::Age(than, minutes) => write!(f, "age{than}{}", Span(*minutes)),
            Self::InStage(than, minutes) => write!(f, "for{than}{}", Span(*minutes)),
            Self::Due(than, minutes) => write!(f, "due{than}{}", Span(*minutes)),
            Self::Pieces(than, n) => write!(f, "pieces{than}{n}"),
            Self::Value(than, rupees) => write!(f, "value{than}{rupees}"),
        }
    }
}

impl fmt::Display for Than {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::More => ">",
            Self::Less => "<",
        })
    }
}

/// Minutes, in the largest unit that is exact.
struct Span(u32);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            m if m > 0 && m.is_multiple_of(1_440) => write!(f, "{}d", m / 1_440),
            m if m > 0 && m.is_multiple_of(60) => write!(f, "{}h", m / 60),
            m => write!(f, "{m}m"),
        }
    }
}

/// In quotes where it would be read as something else.
fn quoted(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let plain = !text.is_empty()
        && !text.starts_with(['-', '!', '~'])
        && !text.contains([':', '<', '>'])
        && !text.contains(char::is_whitespace);
    if plain {
        f.write_str(text)
    } else {
        write!(f, "\"{text}\"")
    }
}

/// The word that `is:` takes.
pub fn attention_word(kind: Attention) -> &'static str {
    match kind {
        Attention::CancelledAfterManifest => "cancelled",
        Attention::Unknown => "unknown",
        Attention::Parked => "parked",
        Attention::OrphanAwb => "orphan",
        Attention::Tracking => "tracking",
        Attention::Held => "held",
        Attention::Failing => "failing",
    }
}
