//! Lenient access to one JSON object. Each value is looked at only when asked for, in the shape
//! that is asked for; whatever does not fit is absent.

use std::collections::HashMap;

use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde_json::value::RawValue;

use crate::domain::{Clean, Stamp, time::parse_ist};

/// The fields of one JSON object. Of a repeated key the last value counts.
pub struct Fields<'a>(HashMap<String, &'a RawValue>);

impl<'a> Fields<'a> {
    /// The fields of `raw`, if it is a JSON object.
    pub fn read(raw: &'a str) -> Option<Self> {
        serde_json::from_str(raw).ok().map(Self)
    }

    /// Whether the key is there, be it with `null`.
    pub fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Every key with the JSON text of its value.
    pub fn all(&self) -> impl Iterator<Item = (&str, &'a str)> {
        self.0.iter().map(|(key, raw)| (key.as_str(), raw.get()))
    }

    /// The JSON text of a value; `None` for `null`.
    pub fn raw(&self, key: &str) -> Option<&'a str> {
        let raw = self.0.get(key)?.get();
        (raw != "null").then_some(raw)
    }

    /// A string, or a number's digits as they were written. Absent are also the texts that
    /// EasyEcom uses for "nothing": empty, `NA`, `-`.
    pub fn text(&self, key: &str) -> Option<String> {
        scalar(self.raw(key)?)
    }

    /// The first of `keys` that has a text.
    pub fn text_of(&self, keys: &[&str]) -> Option<String> {
        keys.iter().find_map(|key| self.text(key))
    }

    /// A text made safe to show; empty if absent.
    pub fn clean(&self, key: &str) -> Clean {
        Clean::new(&self.text(key).unwrap_or_default())
    }

    /// A whole number, written as number or string, with or without zero decimals.
    pub fn int(&self, key: &str) -> Option<i64> {
        integer(&self.text(key)?)
    }

    /// A whole number above 0.
    pub fn id(&self, key: &str) -> Option<u64> {
        self.int(key)
            .and_then(|id| u64::try_from(id).ok())
            .filter(|id| *id > 0)
    }

    /// A decimal, written as number or string.
    pub fn decimal(&self, key: &str) -> Option<Decimal> {
        decimal(&self.text(key)?)
    }

    /// A naive IST time (section 3).
    pub fn time(&self, key: &str) -> Option<Stamp> {
        parse_ist(&self.text(key)?)
    }

    /// A JSON `true` or `false`.
    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.raw(key)? {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// An object.
    pub fn object(&self, key: &str) -> Option<Fields<'a>> {
        Self::read(self.raw(key)?)
    }

    /// A list, each element as JSON text.
    pub fn list(&self, key: &str) -> Option<Vec<&'a str>> {
        list(self.raw(key)?)
    }
}

/// The elements of a JSON array as JSON texts.
pub(super) fn list(raw: &str) -> Option<Vec<&str>> {
    let all: Vec<&RawValue> = serde_json::from_str(raw).ok()?;
    Some(all.into_iter().map(RawValue::get).collect())
}

/// The text of a JSON string or number; `None` for anything else and for the words that mean
/// "nothing".
pub(super) fn scalar(raw: &str) -> Option<String> {
    let text = match raw.as_bytes().first()? {
        b'"' => serde_json::from_str::<String>(raw).ok()?,
        b'-' | b'0'..=b'9' => raw.to_owned(),
        _ => return None,
    };
    let nothing = matches!(text.trim(), "" | "NA" | "-");
    (!nothing).then_some(text)
}

fn integer(text: &str) -> Option<i64> {
    let text = text.trim();
    text.parse().ok().or_else(|| {
        let number = decimal(text)?;
        number.is_integer().then(|| number.to_i64())?
    })
}

fn decimal(text: &str) -> Option<Decimal> {
    let plain = text.trim().replace(',', "");
    plain
        .parse()
        .ok()
        .or_else(|| Decimal::from_scientific(&plain).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drifted_types() {
        let raw = r#"{"n": 5, "s": "5", "d": "250.0000", "z": "5.00", "e": 1.5e2, "f": 0.5,
            "null": null, "na": "NA", "dash": "-", "empty": "  ", "b": true, "l": [1, "2"],
            "o": {"x": 1}, "neg": -3, "big": 99999999999999999999999999999999,
            "t": "2026-01-05 10:00:00", "zero": "0000-00-00 00:00:00", "r": "1,234.50",
            "twice": 1, "twice": 2, "bad": "\ud800"}"#;
        let fields = Fields::read(raw).expect("an object");
        for (key, int) in [
            ("n", Some(5)),
            ("s", Some(5)),
            ("d", Some(250)),
            ("z", Some(5)),
            ("e", Some(150)),
            ("f", None),
            ("null", None),
            ("na", None),
            ("dash", None),
            ("empty", None),
            ("b", None),
            ("l", None),
            ("o", None),
            ("neg", Some(-3)),
            ("big", None),
            ("twice", Some(2)),
            ("bad", None),
            ("missing", None),
        ] {
            assert_eq!(fields.int(key), int, "{key}");
        }
        assert_eq!(fields.id("neg"), None);
        assert_eq!(
            fields.text("big").as_deref(),
            Some("99999999999999999999999999999999")
        );
        assert_eq!(fields.decimal("r"), "1234.50".parse().ok());
        assert!(fields.time("t").is_some() && fields.time("zero").is_none());
        assert_eq!(fields.list("l").map(|l| l.len()), Some(2));
        assert!(fields.object("o").is_some() && fields.object("n").is_none());
        assert!(Fields::read("[]").is_none() && Fields::read("{").is_none());
    }
}
