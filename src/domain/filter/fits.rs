//! Whether a record fits a filter.

use super::{
    Field, Filter, Test, Than, letters,
    ready::{Ready, Word},
};
use crate::domain::{OrderRecord, Stamp, order::Payment};
use chrono::TimeDelta;

/// A filter at a moment, ready to look at many records.
pub struct Fit<'f> {
    now: Stamp,
    ready: Ready<'f, Test>,
}

impl Word for Test {
    fn letters(&self) -> Option<&str> {
        match self {
            Self::Fuzzy(letters) => Some(letters),
            _ => None,
        }
    }
}

impl Filter {
    /// Ages are measured at `now`.
    pub fn at(&self, now: Stamp) -> Fit<'_> {
        Fit {
            now,
            ready: Ready::new(self.terms.iter().map(|term| (term.not, &term.test))),
        }
    }
}

impl Fit<'_> {
    /// Whether every word fits.
    pub fn fits(&self, record: &OrderRecord) -> bool {
        self.ready.all(|test, finds| self.test(test, finds, record))
    }

    fn test(&self, test: &Test, finds: &dyn Fn(&str) -> bool, record: &OrderRecord) -> bool {
        match test {
            Test::Text(text) => USUAL
                .into_iter()
                .any(|field| stands_in(field, text, record)),
            Test::In(field, text) => stands_in(*field, text, record),
            Test::Fuzzy(_) => finds(&usual_texts(record)),
            Test::Stage(stage) => record.stage() == *stage,
            Test::Is(None) => record.attention().is_some(),
            Test::Is(Some(kind)) => record.attention() == Some(*kind),
            Test::Cod(cod) => matches!(record.order.payment, Payment::Cod { .. }) == *cod,
            Test::Age(than, minutes) => than.holds(
                self.now - record.first_seen,
                TimeDelta::minutes(i64::from(*minutes)),
            ),
            Test::InStage(than, minutes) => record.stage_since().is_some_and(|since| {
                than.holds(self.now - since, TimeDelta::minutes(i64::from(*minutes)))
            }),
            Test::Due(than, minutes) => record.order.due_at.is_some_and(|due| {
                than.holds(due - self.now, TimeDelta::minutes(i64::from(*minutes)))
            }),
            Test::Pieces(than, n) => than.holds(record.order.pieces(), *n),
            Test::Value(than, rupees) => than.holds(record.order.total, *rupees),
        }
    }
}

/// All texts in which letters are looked for.
fn usual_texts(record: &OrderRecord) -> String {
    let mut hay = String::new();
    for field in USUAL {
        each_text(field, record, &mut |text| {
            hay.push_str(text);
            hay.push(' ');
        });
    }
    hay
}

impl Than {
    pub(super) fn holds<T: PartialOrd>(self, value: T, limit: T) -> bool {
        match self {
            Self::More => value > limit,
            Self::Less => value < limit,
        }
    }
}

/// Where plain text is looked for.
const USUAL: [Field; 7] = [
    Field::Reference,
    Field::Invoice,
    Field::Awb,
    Field::City,
    Field::Courier,
    Field::Marketplace,
    Field::Sku,
];

fn stands_in(field: Field, text: &str, record: &OrderRecord) -> bool {
    let mut found = false;
    each_text(field, record, &mut |value| {
        found = found || letters::stands_in(value, text);
    });
    found
}

/// Shows every text of a field.
fn each_text(field: Field, record: &OrderRecord, see: &mut dyn FnMut(&str)) {
    let order = &record.order;
    match field {
        Field::Reference => see(order.reference.as_str()),
        Field::Invoice => see(&order.invoice_id.to_string()),
        Field::Order => see(&order.order_id.to_string()),
        Field::Awb => {
            if let Some(booking) = &record.booking {
                see(booking.awb.as_str());
            }
        }
        Field::Sku => order.lines.iter().for_each(|line| see(line.sku.as_str())),
        Field::City => see(order.destination.city.as_str()),
        Field::State => see(order.destination.state.as_str()),
        Field::Pin => see(order.destination.pin.as_str()),
        Field::Courier => see(order.courier.as_str()),
        Field::Marketplace => see(order.marketplace.as_str()),
    }
}
