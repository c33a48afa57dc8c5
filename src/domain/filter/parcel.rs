//! The same language for parcels at the dock: text, `state:missing`, `awb:`, `ref:`, `~7x`, `-not`.

use std::str::FromStr;

use super::{
    FilterError,
    letters::stands_in,
    ready::{Ready, Word},
    word::{Says, no_number, no_value, one_of, read},
};
use crate::domain::{InvoiceId, load::ParcelState};

/// Words that a parcel has to fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParcelFilter {
    terms: Vec<(bool, ParcelTest)>,
}

/// A parcel as the filter sees it.
#[derive(Clone, Copy, Debug)]
pub struct ParcelSight<'p> {
    /// How it stands.
    pub state: ParcelState,
    /// It was scanned here and is not one of the manifest's own lines.
    pub scanned: bool,
    /// Which order, if one.
    pub invoice: Option<InvoiceId>,
    /// Its reference.
    pub reference: &'p str,
    /// Its AWB, or the code that was scanned where it is of no order.
    pub awb: &'p str,
    /// Its manifest.
    pub manifest: &'p str,
    /// Who put it on the truck.
    pub by: &'p str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum ParcelTest {
    Text(String),
    Fuzzy(String),
    In(ParcelField, String),
    State(ParcelState),
    /// Scanned and turned away, but not for being twice: what the dock counts as wrong.
    Wrong,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ParcelField {
    Invoice,
    Reference,
    Awb,
    Manifest,
    By,
}

/// Every field of text with its name. The dock calls an invoice an order.
const FIELDS: [(ParcelField, &str); 6] = [
    (ParcelField::Invoice, "invoice"),
    (ParcelField::Invoice, "order"),
    (ParcelField::Reference, "ref"),
    (ParcelField::Awb, "awb"),
    (ParcelField::Manifest, "manifest"),
    (ParcelField::By, "by"),
];

/// The word for all that was turned away as wrong.
const WRONG: &str = "wrong";

/// A filter, ready to look at many parcels.
pub struct ParcelFit<'f>(Ready<'f, ParcelTest>);

impl Word for ParcelTest {
    fn letters(&self) -> Option<&str> {
        match self {
            Self::Fuzzy(letters) => Some(letters),
            _ => None,
        }
    }
}

impl ParcelFilter {
    /// Whether every parcel fits.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Made once for many parcels.
    pub fn fit(&self) -> ParcelFit<'_> {
        ParcelFit(Ready::new(
            self.terms.iter().map(|(not, test)| (*not, test)),
        ))
    }

    /// What a word can begin with, and what its values are.
    pub fn words() -> Vec<String> {
        let states = states().map(|(_, word)| format!("state:{word}"));
        let fields = FIELDS.iter().map(|(_, name)| format!("{name}:"));
        states.chain(fields).collect()
    }
}

impl ParcelFit<'_> {
    /// Whether every word fits.
    pub fn fits(&self, parcel: &ParcelSight<'_>) -> bool {
        self.0.all(|test, finds| match test {
            ParcelTest::Text(text) => parcel.texts().iter().any(|v| stands_in(v, text)),
            ParcelTest::Fuzzy(_) => finds(&parcel.texts().join(" ")),
            ParcelTest::In(field, text) => stands_in(&parcel.text(*field), text),
            ParcelTest::State(state) => parcel.state == *state,
            ParcelTest::Wrong => {
                let other = matches!(
                    parcel.state,
                    ParcelState::Loaded | ParcelState::Twice | ParcelState::NotRecorded
                );
                parcel.scanned && !other
            }
        })
    }
}

impl ParcelSight<'_> {
    fn text(&self, field: ParcelField) -> String {
        match field {
            ParcelField::Invoice => self.invoice.map_or(String::new(), |id| id.to_string()),
            ParcelField::Reference => self.reference.to_owned(),
            ParcelField::Awb => self.awb.to_owned(),
            ParcelField::Manifest => self.manifest.to_owned(),
            ParcelField::By => self.by.to_owned(),
        }
    }

    /// Where plain text is looked for.
    fn texts(&self) -> [String; 3] {
        [
            self.text(ParcelField::Reference),
            self.text(ParcelField::Invoice),
            self.text(ParcelField::Awb),
        ]
    }
}

impl FromStr for ParcelFilter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        read(text, test).map(|terms| Self { terms })
    }
}

fn test(says: Says) -> Result<ParcelTest, String> {
    let (name, than, value) = match says {
        Says::Text(text) => return Ok(ParcelTest::Text(text)),
        Says::Letters(letters) => return Ok(ParcelTest::Fuzzy(letters)),
        Says::Named { name, than, value } => (name, than, value),
    };
    let field = FIELDS.iter().find(|(_, known)| *known == name);
    match (field, name.as_str(), than) {
        (Some(_), _, None) if value.is_empty() => Err(no_value(&name)),
        (Some((field, _)), _, None) => Ok(ParcelTest::In(*field, value)),
        (None, "state", None) => one_of("state", &value, states())
            .map(|state| state.map_or(ParcelTest::Wrong, ParcelTest::State)),
        (Some(_), _, Some(_)) | (None, "state", Some(_)) => Err(no_number(&name)),
        _ => {
            let names: Vec<&str> = FIELDS.iter().map(|(_, name)| *name).collect();
            Err(format!(
                "there is no field {name}; there are {}, state; in quotes it is text",
                names.join(", ")
            ))
        }
    }
}

/// Every state with the word that `state:` takes; none for all that was turned away as wrong.
fn states() -> impl Iterator<Item = (Option<ParcelState>, &'static str)> {
    let all = ParcelState::ALL.into_iter();
    all.map(|state| (Some(state), state.word()))
        .chain([(None, WRONG)])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parcel() -> ParcelSight<'static> {
        ParcelSight {
            state: ParcelState::Missing,
            scanned: false,
            invoice: Some(InvoiceId(100_234)),
            reference: "SHOP-77",
            awb: "7X100004344",
            manifest: "M-30",
            by: "",
        }
    }

    fn filter(text: &str) -> ParcelFilter {
        text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    #[test]
    fn words_fit_a_parcel_or_do_not() {
        for (text, fits) in [
            ("", true),
            ("shop", true),
            ("-shop", false),
            ("4344 shop", true),
            ("kochi", false),
            ("ref:77", true),
            ("awb:7x1", true),
            ("order:234", true),
            ("invoice:77", false),
            ("manifest:30", true),
            ("m-30", false),
            ("by:ravi", false),
            ("state:missing", true),
            ("state:m", true),
            ("STATE:Loaded", false),
            ("!state:loaded", true),
            ("state:wrong", false),
            ("~sp7", true),
            ("~zz", false),
        ] {
            assert_eq!(filter(text).fit().fits(&parcel()), fits, "{text}");
        }
    }

    #[test]
    fn wrong_is_what_was_scanned_and_is_neither_on_the_truck_nor_twice() {
        let filter = filter("state:wrong");
        let fit = filter.fit();
        for state in ParcelState::ALL {
            let scan = ParcelSight {
                state,
                scanned: true,
                ..parcel()
            };
            let right = matches!(
                state,
                ParcelState::Loaded | ParcelState::Twice | ParcelState::NotRecorded
            );
            assert_eq!(fit.fits(&scan), !right, "{state:?}");
            let line = ParcelSight { state, ..parcel() };
            assert!(!fit.fits(&line), "{state:?}");
        }
    }

    #[test]
    fn every_state_has_a_word_of_its_own() {
        for state in ParcelState::ALL {
            let parcel = ParcelSight { state, ..parcel() };
            for other in ParcelState::ALL {
                let filter = filter(&format!("state:{}", other.word()));
                assert_eq!(filter.fit().fits(&parcel), state == other, "{state:?}");
            }
        }
    }

    #[test]
    fn what_is_no_filter_says_what_would_be() {
        for (text, says) in [
            ("colour:red", "there are invoice, order"),
            ("size>1", "no field size"),
            ("state:moon", "foreign"),
            ("state:", "wrong"),
            ("awb:", "awb:abc"),
            ("awb>2", "awb:"),
            ("state<2", "state:"),
        ] {
            let error = text.parse::<ParcelFilter>().expect_err(text).to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_typed_panics(text in ".{0,60}") {
            if let Ok(filter) = text.parse::<ParcelFilter>() {
                filter.fit().fits(&parcel());
            }
        }
    }
}
