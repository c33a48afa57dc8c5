//! From text to a filter.

use std::str::FromStr;

use super::{
    Field, Filter, FilterError, Term, Test, Than, attention_word,
    word::{Says, no_number, no_value, read, say_than},
};
use crate::domain::{Stage, record::Attention};

impl FromStr for Filter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        let terms = read(text, test)?;
        Ok(Self {
            terms: terms
                .into_iter()
                .map(|(not, test)| Term { not, test })
                .collect(),
        })
    }
}

fn test(says: Says) -> Result<Test, String> {
    match says {
        Says::Text(text) => Ok(Test::Text(text)),
        Says::Letters(letters) => Ok(Test::Fuzzy(letters)),
        Says::Named {
            name,
            than: None,
            value,
        } => field(&name, &value),
        Says::Named {
            name,
            than: Some(than),
            value,
        } => compared(&name, than, &value),
    }
}

fn field(name: &str, value: &str) -> Result<Test, String> {
    if let Some((field, _)) = Field::ALL.iter().find(|(_, n)| *n == name) {
        return match value {
            "" => Err(no_value(name)),
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
        "age" | "for" | "due" | "pieces" | "value" => Err(say_than(name, example(name))),
        _ => Err(unknown(name)),
    }
}

fn example(name: &str) -> &'static str {
    match name {
        "age" | "for" | "due" => "2h",
        "pieces" => "1",
        _ => "999",
    }
}

fn unknown(name: &str) -> String {
    let texts: Vec<&str> = Field::ALL.iter().map(|(_, name)| *name).collect();
    format!(
        "there is no field {name}; there are {}, stage, is, pay, age, for, due, pieces, value; in quotes it is text",
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
        "for" => Ok(Test::InStage(than, minutes(value)?)),
        "due" => Ok(Test::Due(than, minutes(value)?)),
        "pieces" => Ok(Test::Pieces(than, number()?)),
        "value" => value
            .parse()
            .map(|rupees| Test::Value(than, rupees))
            .map_err(|_| format!("value{than} wants rupees, e.g. value{than}999")),
        _ if Field::ALL.iter().any(|(_, n)| *n == name)
            || ["stage", "is", "pay"].contains(&name) =>
        {
            Err(no_number(name))
        }
        _ => Err(unknown(name)),
    }
}

/// `90`, `90m`, `2h`, `3d`.
pub(super) fn minutes(text: &str) -> Result<u32, String> {
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
