//! The same language for SKUs: text, `state:differs`, `diff>5`, `ours<10`, `~krt`, `-not`.

use std::str::FromStr;

use super::{
    FilterError, Than,
    letters::stands_in,
    ready::{Ready, Word},
    word::{Says, no_number, no_value, one_of, read, say_than},
};
use crate::domain::inventory::{DiffState, SkuRecord};

/// Words that a SKU has to fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StockFilter {
    terms: Vec<(bool, StockTest)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum StockTest {
    Text(String),
    Fuzzy(String),
    State(DiffState),
    /// Ours less theirs, without its sign.
    Difference(Than, i64),
    Ours(Than, i64),
}

/// A filter, ready to look at many SKUs.
pub struct StockFit<'f>(Ready<'f, StockTest>);

impl Word for StockTest {
    fn letters(&self) -> Option<&str> {
        match self {
            Self::Fuzzy(letters) => Some(letters),
            _ => None,
        }
    }
}

/// Every state with the word that `state:` takes.
const STATES: [(DiffState, &str); 9] = [
    (DiffState::Problem, "problem"),
    (DiffState::Unknown, "unknown"),
    (DiffState::Differs, "differs"),
    (DiffState::Sent, "sent"),
    (DiffState::Waiting, "waiting"),
    (DiffState::Unverified, "unverified"),
    (DiffState::InSync, "insync"),
    (DiffState::NotOurs, "notours"),
    (DiffState::LeftOut, "leftout"),
];

impl StockFilter {
    /// Whether every SKU fits.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Made once for many SKUs.
    pub fn fit(&self) -> StockFit<'_> {
        StockFit(Ready::new(
            self.terms.iter().map(|(not, test)| (*not, test)),
        ))
    }

    /// What a word can begin with, and what its values are.
    pub fn words() -> Vec<String> {
        let states = STATES.iter().map(|(_, word)| format!("state:{word}"));
        let more = ["diff>", "ours<", "sku:"].map(str::to_owned);
        states.chain(more).collect()
    }
}

impl StockFit<'_> {
    /// Whether every word fits.
    pub fn fits(&self, record: &SkuRecord) -> bool {
        let sku = record.sku.as_str();
        self.0.all(|test, finds| match test {
            StockTest::Text(text) => stands_in(sku, text),
            StockTest::Fuzzy(_) => finds(sku),
            StockTest::State(state) => record.state() == *state,
            StockTest::Difference(than, n) => record
                .difference()
                .is_some_and(|d| than.holds(d.saturating_abs(), *n)),
            StockTest::Ours(than, n) => record.wanted().is_some_and(|ours| than.holds(ours, *n)),
        })
    }
}

impl FromStr for StockFilter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        read(text, test).map(|terms| Self { terms })
    }
}

fn test(says: Says) -> Result<StockTest, String> {
    let (name, than, value) = match says {
        Says::Text(text) => return Ok(StockTest::Text(text)),
        Says::Letters(letters) => return Ok(StockTest::Fuzzy(letters)),
        Says::Named { name, than, value } => (name, than, value),
    };
    let number = || {
        value
            .parse()
            .map_err(|_| format!("{name} wants a whole number: {name}>5"))
    };
    match (name.as_str(), than) {
        ("sku", None) if value.is_empty() => Err(no_value(&name)),
        ("sku", None) => Ok(StockTest::Text(value)),
        ("state", None) => one_of("state", &value, STATES).map(StockTest::State),
        ("sku" | "state", Some(_)) => Err(no_number(&name)),
        ("diff", Some(than)) => Ok(StockTest::Difference(than, number()?)),
        ("ours", Some(than)) => Ok(StockTest::Ours(than, number()?)),
        ("diff" | "ours", None) => Err(say_than(&name, "5")),
        _ => Err(format!(
            "there is no field {name}; there are sku, state, diff, ours; in quotes it is text"
        )),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{
        LocationKey, Sku,
        fold::fixture::at,
        inventory::{Acknowledged, Figure},
    };

    /// Counted as 40, told so, shown as 33.
    fn record() -> SkuRecord {
        let mut record = SkuRecord::new(LocationKey::new("ab1"), Sku::new("KURTA-01-M"));
        record.counted = Some(Figure {
            quantity: 40,
            at: at(0),
        });
        record.acknowledged = Some(Acknowledged {
            quantity: 40,
            version: 0,
            at: at(1),
        });
        record.read_back = Some(Figure {
            quantity: 33,
            at: at(2),
        });
        record
    }

    fn filter(text: &str) -> StockFilter {
        text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    #[test]
    fn words_fit_a_sku_or_do_not() {
        let record = record();
        for (text, fits) in [
            ("", true),
            ("kurta", true),
            ("-kurta", false),
            ("kurta shirt", false),
            ("sku:01", true),
            ("~krt1", true),
            ("~zz", false),
            ("state:differs", true),
            ("state:diff -state:waiting", true),
            ("!state:differs", false),
            ("diff>5", true),
            ("diff>7", false),
            ("diff<8 ours>39", true),
            ("\"kurta-01\"", true),
        ] {
            assert_eq!(filter(text).fit().fits(&record), fits, "{text}");
        }
    }

    /// Whoever knows the words of the orders need not learn others.
    #[test]
    fn the_words_are_read_as_those_of_the_orders_are() {
        let record = record();
        for (text, fits) in [
            ("SKU:01", true),
            ("State:DIFFERS", true),
            ("DIFF>5", true),
            ("diff:>5", true),
            ("diff:>7", false),
            ("-Ours:<41", false),
            ("sku:\"a-0\"", true),
            ("\"sku:01\"", false),
        ] {
            assert_eq!(filter(text).fit().fits(&record), fits, "{text}");
        }
    }

    #[test]
    fn one_fit_looks_at_many_skus() {
        let filter = filter("~krt1 -~shrt");
        let fit = filter.fit();
        for (sku, fits) in [
            ("KURTA-01-M", true),
            ("KURTA-SHIRT-01", false),
            ("KÚRTA-01", true),
            ("K", false),
            ("KURTA-01-M", true),
        ] {
            let record = SkuRecord::new(LocationKey::new("ab1"), Sku::new(sku));
            assert_eq!(fit.fits(&record), fits, "{sku}");
        }
    }

    #[test]
    fn what_is_no_filter_says_what_would_be() {
        for (text, says) in [
            ("colour:red", "there are sku"),
            ("state:moon", "problem"),
            ("diff:5", "diff>5"),
            ("ours>many", "whole number"),
            ("SKU:", "what should stand in sku"),
            ("sku>5", "sku:"),
            ("state<5", "state:"),
        ] {
            let error = text.parse::<StockFilter>().expect_err(text).to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_typed_panics(text in ".{0,60}") {
            if let Ok(filter) = text.parse::<StockFilter>() {
                filter.fit().fits(&record());
            }
        }
    }
}
