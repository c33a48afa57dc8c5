//! From text to a filter.

use std::str::FromStr;

use super::{Field, Filter, FilterError, Term, Test, Than, attention_word};
use crate::domain::{Clean, Stage, record::Attention};

impl FromStr for Filter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        words(text)
            .iter()
            .map(|word| term(word))
            .collect::<Result<_, _>>()
            .map(|terms| Self { terms })
    }
}

/// Splits at spaces that are not in quotes. A quote that is never closed ends with the text: somebody is
/// still typing.
pub(super) fn words(text: &str) -> Vec<String> {
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

fn term(word: &str) -> Result<Term, FilterError> {
    let bare = word
        .strip_prefix(['-', '!'])
        .filter(|rest| !rest.is_empty());
    let not = bare.is_some();
    let bare = bare.unwrap_or(word);
    test(bare)
        .map(|test| Term { not, test })
        .map_err(|says| FilterError {
            word: Clean::new(word),
            says,
        })
}

pub(super) fn unquoted(text: &str) -> String {
    text.replace('"', "").to_lowercase()
}

fn test(word: &str) -> Result<Test, String> {
    let letters = word
        .strip_prefix('~')
        .map(|rest| unquoted(rest).split_whitespace().collect::<String>());
    if let Some(letters) = letters.filter(|letters| !letters.is_empty()) {
        return Ok(Test::Fuzzy(letters));
    }
    if word.starts_with('"') {
        return Ok(Test::Text(unquoted(word)));
    }
    let Some(at) = word.find([':', '<', '>']) else {
        return Ok(Test::Text(unquoted(word)));
    };
    let (name, rest) = word.split_at(at);
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphabetic()) {
        return Ok(Test::Text(unquoted(word)));
    }
    // `age:>2h` is meant as `age>2h`.
    let rest = match rest.strip_prefix(':') {
        Some(more) if more.starts_with(['<', '>']) => more,
        _ => rest,
    };
    let name = name.to_lowercase();
    let than = match rest.chars().next() {
        Some('<') => Some(Than::Less),
        Some('>') => Some(Than::More),
        _ => None,
    };
    let value = rest.get(1..).unwrap_or_default();
    match than {
        Some(than) => compared(&name, than, value),
        None => field(&name, &unquoted(value)),
    }
}

fn field(name: &str, value: &str) -> Result<Test, String> {
    if let Some((field, _)) = Field::ALL.iter().find(|(_, n)| *n == name) {
        return match value {
            "" => Err(format!("what should stand in {name}? e.g. {name}:abc")),
            value => Ok(Test::In(*field, value.to_owned())),
        };
    }
    match name {
        "stage" => stage(value).map(Test::Stage).ok_or_else(|| {
            let names: Vec<&str> = Stage::ALL.into_iter().map(Stage::word).collect();
            format!("no such stage; there are {}", names.join(", "))
        }),
        "is" if "attention".starts_with(value) && !value.is_empty() => Ok(Test::Is(None)),
        "is" => attention(value)
            .map(|kind| Test::Is(Some(kind)))
            .ok_or_else(|| {
                let names: Vec<&str> = Attention::ALL.into_iter().map(attention_word).collect();
                format!("an order can be {} or attention", names.join(", "))
            }),
        "pay" if "cod".starts_with(value) && !value.is_empty() => Ok(Test::Cod(true)),
        "pay" if "prepaid".starts_with(value) && !value.is_empty() => Ok(Test::Cod(false)),
        "pay" => Err("pay:cod or pay:prepaid".to_owned()),
        "age" | "due" | "pieces" | "value" => Err(format!(
            "say more or less: {name}>{0} or {name}<{0}",
            example(name)
        )),
        _ => Err(unknown(name)),
    }
}

fn example(name: &str) -> &'static str {
    match name {
        "age" | "due" => "2h",
        "pieces" => "1",
        _ => "999",
    }
}

fn unknown(name: &str) -> String {
    let texts: Vec<&str> = Field::ALL.iter().map(|(_, name)| *name).collect();
    format!(
        "there is no field {name}; there are {}, stage, is, pay, age, due, pieces, value; in quotes it is text",
        texts.join(", ")
    )
}

fn compared(name: &str, than: Than, value: &str) -> Result<Test, String> {
    let number = || {
        value
            .parse()
            .map_err(|_| format!("{name}{than} wants a whole number"))
    };
    match name {
        "age" => Ok(Test::Age(than, minutes(value)?)),
        "due" => Ok(Test::Due(than, minutes(value)?)),
        "pieces" => Ok(Test::Pieces(than, number()?)),
        "value" => value
            .parse()
            .map(|rupees| Test::Value(than, rupees))
            .map_err(|_| format!("value{than} wants rupees, e.g. value{than}999")),
        _ if Field::ALL.iter().any(|(_, n)| *n == name)
            || ["stage", "is", "pay"].contains(&name) =>
        {
            Err(format!("{name} is no number: {name}:…"))
        }
        _ => Err(unknown(name)),
    }
}

/// `90`, `90m`, `2h`, `3d`.
fn minutes(text: &str) -> Result<u32, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text.strip_prefix(digits) {
        Some("" | "m" | "min") => Some(1),
        Some("h") => Some(60),
        Some("d") => Some(1_440),
        _ => None,
    };
    let count = digits.parse::<u32>().ok();
    count
        .zip(unit)
        .and_then(|(count, unit)| count.checked_mul(unit))
        .ok_or_else(|| "a time is 30m, 2h or 3d".to_owned())
}

fn stage(name: &str) -> Option<Stage> {
    name.parse().ok().or_else(|| {
        Stage::ALL
            .into_iter()
            .find(|s| !name.is_empty() && s.word().starts_with(name))
    })
}

fn attention(name: &str) -> Option<Attention> {
    Attention::ALL
        .into_iter()
        .find(|kind| !name.is_empty() && attention_word(*kind).starts_with(name))
}
