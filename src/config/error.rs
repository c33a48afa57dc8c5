//! What is wrong with a configuration, where, and what to do.

use std::{fmt, path::PathBuf};

use thiserror::Error;

use super::locate;
use crate::domain::suggest;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// File, line and column; or the variable or flag.
    pub at: String,
    /// The key, dotted; empty where the text is no TOML.
    pub key: String,
    /// What is wrong and what to write.
    pub says: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.key.is_empty() {
            write!(f, "{}: {}", self.at, self.says)
        } else {
            write!(f, "{}: {}: {}", self.at, self.key, self.says)
        }
    }
}

/// Why there is no configuration.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// A file that was asked for cannot be read.
    #[error("{path}: {error}; {hint}", path = .path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
        /// What to do.
        hint: &'static str,
    },
    /// Values are wrong.
    #[error("{}", lines(.0))]
    Wrong(Vec<Problem>),
}

fn lines(problems: &[Problem]) -> String {
    let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// A serde error of the file's text, put into words.
pub(super) fn from_file(name: &str, text: &str, error: &toml::de::Error) -> Problem {
    let offset = error.span().map_or(0, |span| span.start);
    let place = locate::place(text, offset);
    let found = locate::key_at(text, offset);
    let (key, says) = match unknown_field(error.message()) {
        Some((field, known)) => {
            let key = found
                .filter(|key| key.ends_with(&field))
                .unwrap_or_else(|| field.clone());
            (key, unknown_says(&field, &known))
        }
        None => (found.unwrap_or_default(), one_line(error.message())),
    };
    Problem {
        at: format!("{name}:{}:{}", place.line, place.column),
        key,
        says,
    }
}

/// A serde error of one overlaid value, put into words.
pub(super) fn from_overlay(source: &str, key: &str, message: &str) -> Problem {
    let says = match unknown_field(message) {
        Some((field, known)) => unknown_says(&field, &known),
        None => one_line(message),
    };
    Problem {
        at: source.to_owned(),
        key: key.to_owned(),
        says,
    }
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn unknown_says(field: &str, known: &[String]) -> String {
    match suggest::nearest(field, known.iter().map(String::as_str)) {
        Some(meant) => format!("there is no such key; did you mean `{meant}`?"),
        None => format!("there is no such key here; there are {}", known.join(", ")),
    }
}

/// Reads serde's own words "unknown field `a`, expected one of `b`, `c`".
fn unknown_field(message: &str) -> Option<(String, Vec<String>)> {
    let rest = message.strip_prefix("unknown field ")?;
    let mut quoted = rest.split('`').skip(1).step_by(2).map(str::to_owned);
    let field = quoted.next()?;
    Some((field, quoted.collect()))
}
