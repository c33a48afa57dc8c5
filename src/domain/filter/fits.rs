//! Whether a record fits a filter.

use chrono::TimeDelta;
use nucleo_matcher::pattern::Pattern;

use super::{
    Field, Filter, Term, Test, Than,
    letters::{Finder, pattern},
};
use crate::domain::{OrderRecord, Stamp, order::Payment};

/// A filter at a moment, ready to look at many records.
pub struct Fit<'f> {
    filter: &'f Filter,
    now: Stamp,
    patterns: Vec<Pattern>,
    finder: Finder,
}

impl Filter {
    /// Ages are measured at `now`.
    pub fn at(&self, now: Stamp) -> Fit<'_> {
        let pattern = |term: &Term| match &term.test {
            Test::Fuzzy(letters) => pattern(letters),
            _ => Pattern::default(),
        };
        Fit {
            filter: self,
            now,
            patterns: self.terms.iter().map(pattern).collect(),
            finder: Finder::new(),
        }
    }
}

impl Fit<'_> {
    /// Whether every word fits.
    pub fn fits(&self, record: &OrderRecord) -> bool {
        self.filter
            .terms
            .iter()
            .zip(&self.patterns)
            .all(|(term, pattern)| self.test(&term.test, pattern, record) != term.not)
    }

    fn test(&self, test: &Test, pattern: &Pattern, record: &OrderRecord) -> bool {
        match test {
            Test::Text(text) => USUAL
                .into_iter()
                .any(|field| stands_in(field, text, record)),
            Test::In(field, text) => stands_in(*field, text, record),
            Test::Fuzzy(_) => self.fuzzy(pattern, record),
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

    fn fuzzy(&self, pattern: &Pattern, record: &OrderRecord) -> bool {
        let mut hay = String::new();
        for field in USUAL {
            each_text(field, record, &mut |text| {
                hay.push_str(text);
                hay.push(' ');
            });
        }
        self.finder.finds(pattern, &hay)
    }
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
        found = found || value.to_lowercase().contains(text);
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
