//! What every list's filter has in common: words, quotes, negation, letters, comparisons. What a name
//! means is the list's own.

use super::{FilterError, Than};
use crate::domain::Clean;

/// A word taken apart; text and names in lower case, without quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// This text.
    Text(String),
    /// These letters in this order.
    Letters(String),
    /// `name:value`, or `name>value`.
    Named {
        name: String,
        than: Option<Than>,
        value: String,
    },
}

/// Reads a filter: each word as what `test` makes of it, and whether rows that fit are left out.
pub(super) fn read<T>(
    text: &str,
    test: impl Fn(Says) -> Result<T, String>,
) -> Result<Vec<(bool, T)>, FilterError> {
    let term = |word: &String| {
        let bare = word
            .strip_prefix(['-', '!'])
            .filter(|rest| !rest.is_empty());
        test(says(bare.unwrap_or(word)))
            .map(|test| (bare.is_some(), test))
            .map_err(|says| FilterError {
                word: Clean::new(word),
                says,
            })
    };
    words(text).iter().map(term).collect()
}

/// Splits at spaces that are not in quotes. A quote that is never closed ends with the text: somebody is
/// still typing.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        match c {
            c if c.is_whitespace() && !quoted => words.push(String::new()),
            c => {
                quoted ^= c == '"';
                if let Some(word) = words.last_mut() {
                    word.push(c);
                }
            }
        }
    }
    // Quotes with nothing in them say nothing, whatever stands before them.
    let says_something = |word: &str| {
        let inside = word.trim_start_matches(['-', '!', '~']).replace('"', "");
        !inside.is_empty() || !word.contains('"')
    };
    words.retain(|word| !word.is_empty() && says_something(word));
    words
}

fn says(word: &str) -> Says {
    let letters = word
        .strip_prefix('~')
        .map(|rest| unquoted(rest).split_whitespace().collect::<String>());
    if let Some(letters) = letters.filter(|letters| !letters.is_empty()) {
        return Says::Letters(letters);
    }
    let at = word.find([':', '<', '>']);
    let Some((name, rest)) = at.and_then(|at| word.split_at_checked(at)) else {
        return Says::Text(unquoted(word));
    };
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphabetic()) {
        return Says::Text(unquoted(word));
    }
    // `age:>2h` is meant as `age>2h`.
    let rest = match rest.strip_prefix(':') {
        Some(more) if more.starts_with(['<', '>']) => more,
        _ => rest,
    };
    Says::Named {
        name: name.to_lowercase(),
        than: match rest.chars().next() {
            Some('<') => Some(Than::Less),
            Some('>') => Some(Than::More),
            _ => None,
        },
        value: unquoted(rest.get(1..).unwrap_or_default()),
    }
}

fn unquoted(text: &str) -> String {
    text.replace('"', "").to_lowercase()
}

/// What is said to a name without a value.
pub(super) fn no_value(name: &str) -> String {
    format!("what should stand in {name}? e.g. {name}:abc")
}

/// What is said to a comparison of a name that has no size.
pub(super) fn no_number(name: &str) -> String {
    format!("{name} is no number: {name}:…")
}

/// What is said to a value of a name that is only compared.
pub(super) fn say_than(name: &str, example: &str) -> String {
    format!("say more or less: {name}>{example} or {name}<{example}")
}

/// What a value begins the word of, of all that there are.
pub(super) fn one_of<T: Copy>(
    what: &str,
    value: &str,
    all: impl IntoIterator<Item = (T, &'static str)>,
) -> Result<T, String> {
    let mut names = Vec::new();
    for (one, word) in all {
        if !value.is_empty() && word.starts_with(value) {
            return Ok(one);
        }
        names.push(word);
    }
    Err(format!("no such {what}; there are {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_taken_apart() {
        let text = |text: &str| Says::Text(text.to_owned());
        let letters = |text: &str| Says::Letters(text.to_owned());
        let named = |name: &str, than, value: &str| Says::Named {
            name: name.to_owned(),
            than,
            value: value.to_owned(),
        };
        let (more, less) = (Some(Than::More), Some(Than::Less));
        for (word, meant) in [
            ("Pune", text("pune")),
            ("\"Navi: Mumbai\"", text("navi: mumbai")),
            ("77:a", text("77:a")),
            (":a", text(":a")),
            ("~", text("~")),
            ("~\"K r\"T", letters("krt")),
            ("City:\"Navi M\"", named("city", None, "navi m")),
            ("city:", named("city", None, "")),
            ("city:a:b", named("city", None, "a:b")),
            ("AGE>2H", named("age", more, "2h")),
            ("age:<30", named("age", less, "30")),
            ("diff>", named("diff", more, "")),
        ] {
            let same = |says| Ok::<_, String>(says);
            assert_eq!(read(word, same), Ok(vec![(false, meant.clone())]), "{word}");
            for not in ["-", "!"] {
                let word = format!("{not}{word}");
                assert_eq!(read(&word, same), Ok(vec![(true, meant.clone())]), "{word}");
            }
        }
    }
}
