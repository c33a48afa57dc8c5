//! The same language for what happened: text, `by:asha`, `call:book`, `level:bad`, `age<2h`, `~lost`,
//! `-not`.

use std::{fmt, str::FromStr};

use chrono::TimeDelta;

use super::{
    FilterError, Span, Than,
    letters::stands_in,
    parse::minutes,
    quoted,
    ready::{Ready, Word},
    word::{Says, no_number, no_value, one_of, read, say_than},
};
use crate::domain::{Call, InvoiceId, Level, Stamp};

/// Words that a line of what happened has to fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedFilter {
    terms: Vec<(bool, FeedTest)>,
}

/// A line as the filter sees it, whatever list it stands in.
#[derive(Clone, Copy, Debug, Default)]
pub struct FeedSight<'l> {
    /// When it happened.
    pub at: Stamp,
    /// Which order, if one.
    pub invoice: Option<InvoiceId>,
    /// Its reference.
    pub reference: &'l str,
    /// Its AWB.
    pub awb: &'l str,
    /// Who.
    pub by: &'l str,
    /// Which call, if one.
    pub call: Option<Call>,
    /// How loud.
    pub level: Level,
    /// What.
    pub says: &'l str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum FeedTest {
    Text(String),
    Fuzzy(String),
    In(FeedField, String),
    Call(Call),
    Level(Level),
    /// Happened longer or shorter ago than so many minutes.
    Age(Than, u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FeedField {
    Invoice,
    Reference,
    Awb,
    By,
    Says,
}

/// Every field of text with its name. The lines call an invoice an order.
const FIELDS: [(FeedField, &str); 6] = [
    (FeedField::Invoice, "invoice"),
    (FeedField::Invoice, "order"),
    (FeedField::Reference, "ref"),
    (FeedField::Awb, "awb"),
    (FeedField::By, "by"),
    (FeedField::Says, "says"),
];

/// A filter at a moment, ready to look at many lines.
pub struct FeedFit<'f> {
    filter: &'f FeedFilter,
    now: Stamp,
    ready: Ready<'f, FeedTest>,
}

impl Word for FeedTest {
    fn letters(&self) -> Option<&str> {
        match self {
            Self::Fuzzy(letters) => Some(letters),
            _ => None,
        }
    }
}

impl FeedFilter {
    /// Whether every line fits.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Ages are measured at `now`.
    pub fn at(&self, now: Stamp) -> FeedFit<'_> {
        FeedFit {
            filter: self,
            now,
            ready: Ready::new(self.terms.iter().map(|(not, test)| (*not, test))),
        }
    }

    /// What a word can begin with, and what its values are.
    pub fn words() -> Vec<String> {
        let fields = FIELDS.iter().map(|(_, name)| format!("{name}:"));
        let calls = calls().map(|(_, word)| format!("call:{word}"));
        let levels = levels().map(|(_, word)| format!("level:{word}"));
        let ages = ["age<", "age>"].map(str::to_owned);
        fields.chain(calls).chain(levels).chain(ages).collect()
    }
}

impl FeedFit<'_> {
    /// Whether every word fits.
    pub fn fits(&self, line: &FeedSight<'_>) -> bool {
        self.ready.all(|test, finds| match test {
            FeedTest::Text(text) => line.texts().iter().any(|value| stands_in(value, text)),
            FeedTest::Fuzzy(_) => finds(&line.texts().join(" ")),
            FeedTest::In(field, text) => stands_in(&line.text(*field), text),
            FeedTest::Call(call) => line.call == Some(*call),
            FeedTest::Level(level) => line.level == *level,
            FeedTest::Age(than, minutes) => than.holds(self.now - line.at, span(*minutes)),
        })
    }

    /// Whether nothing that happened at `at` or before fits, whatever it was.
    pub fn ends_at(&self, at: Stamp) -> bool {
        let age = self.now - at;
        self.filter.terms.iter().any(|term| match term {
            (false, FeedTest::Age(Than::Less, minutes)) => !Than::Less.holds(age, span(*minutes)),
            (true, FeedTest::Age(Than::More, minutes)) => Than::More.holds(age, span(*minutes)),
            _ => false,
        })
    }
}

impl FeedSight<'_> {
    fn text(&self, field: FeedField) -> String {
        match field {
            FeedField::Invoice => self.invoice.map_or(String::new(), |id| id.to_string()),
            FeedField::Reference => self.reference.to_owned(),
            FeedField::Awb => self.awb.to_owned(),
            FeedField::By => self.by.to_owned(),
            FeedField::Says => self.says.to_owned(),
        }
    }

    /// Where plain text is looked for: in all that a line shows.
    fn texts(&self) -> [String; 6] {
        [
            self.text(FeedField::Reference),
            self.text(FeedField::Invoice),
            self.text(FeedField::Awb),
            self.call.map_or(String::new(), |call| call.to_string()),
            self.text(FeedField::Says),
            self.text(FeedField::By),
        ]
    }
}

fn span(minutes: u32) -> TimeDelta {
    TimeDelta::minutes(i64::from(minutes))
}

fn calls() -> impl Iterator<Item = (Call, &'static str)> {
    let all = Call::OF_ORDER.into_iter().chain([Call::Inventory]);
    all.map(|call| (call, call.word()))
}

fn levels() -> impl Iterator<Item = (Level, &'static str)> {
    Level::ALL.into_iter().map(|level| (level, level.word()))
}

impl FromStr for FeedFilter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        read(text, test).map(|terms| Self { terms })
    }
}

fn test(says: Says) -> Result<FeedTest, String> {
    let (name, than, value) = match says {
        Says::Text(text) => return Ok(FeedTest::Text(text)),
        Says::Letters(letters) => return Ok(FeedTest::Fuzzy(letters)),
        Says::Named { name, than, value } => (name, than, value),
    };
    let field = FIELDS.iter().find(|(_, known)| *known == name);
    match (field, name.as_str(), than) {
        (Some(_), _, None) if value.is_empty() => Err(no_value(&name)),
        (Some((field, _)), _, None) => Ok(FeedTest::In(*field, value)),
        (None, "call", None) => one_of("call", &value, calls()).map(FeedTest::Call),
        (None, "level", None) => one_of("level", &value, levels()).map(FeedTest::Level),
        (None, "age", Some(than)) => minutes(&value).map(|limit| FeedTest::Age(than, limit)),
        (None, "age", None) => Err(say_than(&name, "2h")),
        (Some(_), _, Some(_)) | (None, "call" | "level", Some(_)) => Err(no_number(&name)),
        _ => {
            let names: Vec<&str> = FIELDS.iter().map(|(_, name)| *name).collect();
            Err(format!(
                "there is no field {name}; there are {}, call, level, age; in quotes it is text",
                names.join(", ")
            ))
        }
    }
}

impl fmt::Display for FeedFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, (not, test)) in self.terms.iter().enumerate() {
            let space = if n > 0 { " " } else { "" };
            let not = if *not { "-" } else { "" };
            write!(f, "{space}{not}{test}")?;
        }
        Ok(())
    }
}

impl fmt::Display for FeedTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => quoted(text, f),
            Self::Fuzzy(letters) => write!(f, "~{letters}"),
            Self::In(field, text) => {
                let name = FIELDS.iter().find(|(known, _)| known == field);
                write!(f, "{}:", name.map_or("", |(_, name)| name))?;
                quoted(text, f)
            }
            Self::Call(call) => write!(f, "call:{}", call.word()),
            Self::Level(level) => write!(f, "level:{}", level.word()),
            Self::Age(than, minutes) => write!(f, "age{than}{}", Span(*minutes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::fold::fixture::at;

    /// Happened an hour before [`now`].
    fn line() -> FeedSight<'static> {
        FeedSight {
            at: at(0),
            invoice: Some(InvoiceId(100_234)),
            reference: "SHOP-77:A",
            awb: "7X100004344",
            by: "asha",
            call: Some(Call::Tracking),
            level: Level::Warn,
            says: "Out for delivery, Pune",
        }
    }

    fn now() -> Stamp {
        at(3_600)
    }

    fn filter(text: &str) -> FeedFilter {
        text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    #[test]
    fn words_fit_a_line_or_do_not() {
        for (text, fits) in [
            ("", true),
            ("pune delivery", true),
            ("PUNE", true),
            ("7x1 100234", true),
            ("asha", true),
            ("-asha", false),
            ("!asha", false),
            ("pune -kochi", true),
            ("kochi", false),
            ("\"tracking push\"", true),
            ("\"delivery, pune\"", true),
            ("order:100234", true),
            ("invoice:234", true),
            ("invoice:77", false),
            ("ref:\"77:a\"", true),
            ("ref:pune", false),
            ("awb:7x1", true),
            ("by:asha", true),
            ("by:engine", false),
            ("-by:engine", true),
            ("says:pune", true),
            ("says:asha", false),
            ("call:tracking", true),
            ("call:track", true),
            ("CALL:BOOK", false),
            ("-call:book", true),
            ("call:cancel", false),
            ("level:warn", true),
            ("level:w", true),
            ("level:bad", false),
            ("-level:info -level:good", true),
            ("age<2h", true),
            ("age<30m", false),
            ("age>30m", true),
            ("age:>1d", false),
            ("~ofdpn", true),
            ("~zz", false),
        ] {
            assert_eq!(filter(text).at(now()).fits(&line()), fits, "{text}");
        }
    }

    #[test]
    fn a_line_without_an_order_or_a_call_fits_none() {
        let line = FeedSight {
            invoice: None,
            reference: "",
            awb: "",
            call: None,
            ..line()
        };
        for text in ["order:1", "ref:a", "awb:7", "call:book", "call:tracking"] {
            assert!(!filter(text).at(now()).fits(&line), "{text}");
            assert!(filter(&format!("-{text}")).at(now()).fits(&line), "-{text}");
        }
    }

    #[test]
    fn what_is_no_filter_says_what_would_be() {
        for (text, says) in [
            ("colour:red", "there are invoice, order"),
            ("size>1", "no field size"),
            ("call:moon", "book"),
            ("call:", "tracking"),
            ("level:loud", "info, good, warn, bad"),
            ("level:", "warn"),
            ("by:", "by:abc"),
            ("by>2", "by:"),
            ("call<2", "call:"),
            ("age:2h", "age<2h"),
            ("age>soon", "30m"),
        ] {
            let error = text.parse::<FeedFilter>().expect_err(text).to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }

    #[test]
    fn it_is_known_when_nothing_older_can_fit() {
        for (text, ends) in [
            ("", false),
            ("pune", false),
            ("age<2h", false),
            ("age<30m", true),
            ("-age>30m pune", true),
            ("-age>2h", false),
            ("age>30m", false),
            ("-age<30m", false),
        ] {
            assert_eq!(filter(text).at(now()).ends_at(at(0)), ends, "{text}");
        }
    }

    #[test]
    fn every_word_that_is_named_is_one() {
        for word in FeedFilter::words() {
            let whole = match word.as_str() {
                "age<" | "age>" => format!("{word}2h"),
                word if word.ends_with(':') => format!("{word}x"),
                word => word.to_owned(),
            };
            filter(&whole);
        }
    }

    fn tests() -> impl Strategy<Value = FeedTest> {
        let text = "[a-z0-9:<>~ -]{0,8}[a-z0-9]";
        let than = prop_oneof![Just(Than::More), Just(Than::Less)];
        prop_oneof![
            text.prop_map(FeedTest::Text),
            "[a-z0-9]{1,6}".prop_map(FeedTest::Fuzzy),
            (0..FIELDS.len(), text).prop_map(|(n, text)| FeedTest::In(FIELDS[n].0, text)),
            prop::sample::select(calls().collect::<Vec<_>>())
                .prop_map(|(call, _)| FeedTest::Call(call)),
            prop::sample::select(Level::ALL.to_vec()).prop_map(FeedTest::Level),
            (than, 0..100_000_u32).prop_map(|(than, n)| FeedTest::Age(than, n)),
        ]
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(
            terms in prop::collection::vec((any::<bool>(), tests()), 0..5),
        ) {
            let meant = FeedFilter { terms };
            prop_assert_eq!(meant.to_string().parse::<FeedFilter>(), Ok(meant));
        }

        #[test]
        fn nothing_that_is_typed_panics(text in ".{0,60}") {
            if let Ok(filter) = text.parse::<FeedFilter>() {
                filter.at(now()).fits(&line());
                prop_assert_eq!(filter.to_string().parse::<FeedFilter>(), Ok(filter));
            }
        }
    }
}
