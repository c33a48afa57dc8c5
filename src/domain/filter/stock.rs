//! The same language for SKUs: text, `state:differs`, `diff>5`, `ours<10`, `~krt`, `-not`.

use std::str::FromStr;

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};

use super::{
    FilterError, Than,
    parse::{unquoted, words},
};
use crate::domain::{
    Clean,
    inventory::{DiffState, SkuRecord},
};

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

    /// Whether every word fits.
    pub fn fits(&self, record: &SkuRecord) -> bool {
        self.terms
            .iter()
            .all(|(not, test)| test.fits(record) != *not)
    }
}

impl StockTest {
    fn fits(&self, record: &SkuRecord) -> bool {
        let sku = record.sku.as_str();
        match self {
            Self::Text(text) => sku.to_lowercase().contains(text),
            Self::Fuzzy(letters) => {
                let pattern = Pattern::parse(letters, CaseMatching::Ignore, Normalization::Smart);
                let mut buffer = Vec::new();
                let hay = Utf32Str::new(sku, &mut buffer);
                pattern
                    .score(hay, &mut Matcher::new(Config::DEFAULT))
                    .is_some()
            }
            Self::State(state) => record.state() == *state,
            Self::Difference(than, n) => record
                .difference()
                .is_some_and(|d| than.holds(d.saturating_abs(), *n)),
            Self::Ours(than, n) => record.wanted().is_some_and(|ours| than.holds(ours, *n)),
        }
    }
}

impl FromStr for StockFilter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        let term = |word: String| {
            let bare = word
                .strip_prefix(['-', '!'])
                .filter(|rest| !rest.is_empty());
            test(bare.unwrap_or(&word))
                .map(|test| (bare.is_some(), test))
                .map_err(|says| FilterError {
                    word: Clean::new(&word),
                    says,
                })
        };
        let terms = words(text)
            .into_iter()
            .map(term)
            .collect::<Result<_, _>>()?;
        Ok(Self { terms })
    }
}

fn test(word: &str) -> Result<StockTest, String> {
    let letters = word
        .strip_prefix('~')
        .map(|rest| unquoted(rest).split_whitespace().collect::<String>());
    if let Some(letters) = letters.filter(|letters| !letters.is_empty()) {
        return Ok(StockTest::Fuzzy(letters));
    }
    let Some(at) = word
        .find([':', '<', '>'])
        .filter(|_| !word.starts_with('"'))
    else {
        return Ok(StockTest::Text(unquoted(word)));
    };
    let (name, rest) = word.split_at(at);
    let value = unquoted(rest.get(1..).unwrap_or_default());
    let than = match rest.chars().next() {
        Some('<') => Some(Than::Less),
        Some('>') => Some(Than::More),
        _ => None,
    };
    let number = || {
        value
            .parse()
            .map_err(|_| format!("{name} wants a whole number: {name}>5"))
    };
    match (name, than) {
        ("sku", None) => Ok(StockTest::Text(value)),
        ("state", None) => STATES
            .iter()
            .find(|(_, word)| !value.is_empty() && word.starts_with(value.as_str()))
            .map(|(state, _)| StockTest::State(*state))
            .ok_or_else(|| {
                let names: Vec<&str> = STATES.iter().map(|(_, word)| *word).collect();
                format!("no such state; there are {}", names.join(", "))
            }),
        ("diff", Some(than)) => Ok(StockTest::Difference(than, number()?)),
        ("ours", Some(than)) => Ok(StockTest::Ours(than, number()?)),
        ("diff" | "ours", None) => Err(format!("say more or less: {name}>5 or {name}<5")),
        _ if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphabetic()) => {
            Ok(StockTest::Text(unquoted(word)))
        }
        _ => Err(format!(
            "there is no field {name}; there are sku, state, diff, ours; in quotes it is text"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        LocationKey, Sku,
        fold::fixture::at,
        inventory::{Acknowledged, Figure},
    };

    #[test]
    fn words_fit_a_sku_or_do_not() {
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
            let filter: StockFilter = text.parse().unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(filter.fits(&record), fits, "{text}");
        }
    }

    #[test]
    fn what_is_no_filter_says_what_would_be() {
        for (text, says) in [
            ("colour:red", "there are sku"),
            ("state:moon", "problem"),
            ("diff:5", "diff>5"),
            ("ours>many", "whole number"),
        ] {
            let error = text.parse::<StockFilter>().expect_err(text).to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
