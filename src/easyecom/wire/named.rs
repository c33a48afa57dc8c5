//! Finding what an answer says about things we named ourselves (AWBs, SKUs, order ids), in answers
//! whose shape no public document shows (contracts/easyecom.md section 16): whatever mentions one
//! of ours is taken up, whatever does not is passed over.

use serde_json::{Map, Value};

use crate::domain::Clean;

/// How an answer speaks of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::easyecom) enum Standing {
    /// Under a heading of success, or with a code of success.
    Taken,
    /// Merely mentioned.
    Mentioned,
    /// Under a heading such as `already_manifested`: neither a yes nor a no to this call.
    Unclear,
    /// Under a heading of failure, or with a code or words of failure.
    Refused,
}

/// One mention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::easyecom) struct Named {
    /// Which of ours.
    pub index: usize,
    /// How.
    pub standing: Standing,
    /// Its own words, if any.
    pub says: Clean,
    /// Its own `quantity`, if any.
    pub quantity: Option<i64>,
}

/// Keys that hold a thing's name, lower case without separators.
const NAME_KEYS: [&str; 9] = [
    "awb",
    "awbnumber",
    "awbno",
    "awbnum",
    "sku",
    "orderid",
    "invoiceid",
    "id",
    "order",
];

/// What `data` says of each of ours that it mentions, in our order; `find` tells which of ours a
/// text is. Contradicting mentions cancel out: the thing was then not spoken of.
pub(in crate::easyecom) fn mentions(
    data: &Value,
    find: &dyn Fn(&str) -> Option<usize>,
) -> Vec<Named> {
    let all = named(data, find);
    let mut indexes: Vec<usize> = all.iter().map(|mention| mention.index).collect();
    indexes.sort_unstable();
    indexes.dedup();
    indexes
        .into_iter()
        .filter_map(|index| {
            let of = |standing| {
                all.iter()
                    .find(|mention| mention.index == index && mention.standing == standing)
            };
            let clear = [
                of(Standing::Taken),
                of(Standing::Refused),
                of(Standing::Unclear),
            ];
            match clear {
                [None, None, None] => of(Standing::Mentioned),
                [Some(one), None, None] | [None, Some(one), None] | [None, None, Some(one)] => {
                    Some(one)
                }
                _ => None,
            }
        })
        .cloned()
        .collect()
}

/// Every single mention.
pub(super) fn named(data: &Value, find: &dyn Fn(&str) -> Option<usize>) -> Vec<Named> {
    let mut all = Vec::new();
    walk(data, Standing::Mentioned, find, &mut all);
    all
}

fn walk(
    value: &Value,
    heading: Standing,
    find: &dyn Fn(&str) -> Option<usize>,
    all: &mut Vec<Named>,
) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, heading, find, all)),
        Value::Object(fields) => {
            let own = fields
                .iter()
                .filter(|(key, _)| NAME_KEYS.contains(&plain(key).as_str()))
                .find_map(|(_, value)| find(&scalar(value)?));
            if let Some(index) = own {
                all.push(of_object(index, fields, heading));
                return;
            }
            for (key, value) in fields {
                if let Some(index) = find(key) {
                    all.push(of_value(index, value, heading));
                } else {
                    walk(value, heading_of(key).unwrap_or(heading), find, all);
                }
            }
        }
        scalar_value => {
            if let Some(index) = scalar(scalar_value).and_then(|text| find(&text)) {
                all.push(Named {
                    index,
                    standing: heading,
                    says: Clean::default(),
                    quantity: None,
                });
            }
        }
    }
}

/// `{"SKU-1": …}`: the thing's name is the key.
fn of_value(index: usize, value: &Value, heading: Standing) -> Named {
    match value {
        Value::Object(fields) => of_object(index, fields, heading),
        other => Named {
            index,
            standing: match other {
                Value::Bool(true) => Standing::Taken,
                Value::Bool(false) => Standing::Refused,
                _ => heading,
            },
            says: Clean::new(&scalar(other).unwrap_or_default()),
            quantity: None,
        },
    }
}

fn of_object(index: usize, fields: &Map<String, Value>, heading: Standing) -> Named {
    let says = ["message", "error", "errors", "reason", "remark", "remarks"]
        .iter()
        .find_map(|key| scalar(fields.get(*key)?).filter(|text| !text.trim().is_empty()));
    Named {
        index,
        standing: own_standing(fields).unwrap_or(heading),
        says: Clean::new(&says.unwrap_or_default()),
        quantity: fields
            .get("quantity")
            .and_then(scalar)
            .and_then(|text| text.trim().parse().ok()),
    }
}

/// What the object's own code, status or error field says.
fn own_standing(fields: &Map<String, Value>) -> Option<Standing> {
    if ["error", "errors"].iter().any(|key| {
        fields
            .get(*key)
            .and_then(scalar)
            .is_some_and(|text| !text.trim().is_empty())
    }) {
        return Some(Standing::Refused);
    }
    ["code", "status", "success"].iter().find_map(|key| {
        let value = fields.get(*key)?;
        match value {
            Value::Bool(true) => return Some(Standing::Taken),
            Value::Bool(false) => return Some(Standing::Refused),
            _ => {}
        }
        let text = scalar(value)?.trim().to_ascii_lowercase();
        match text.parse::<i64>() {
            Ok(200) => Some(Standing::Taken),
            Ok(400..) => Some(Standing::Refused),
            Ok(_) => None,
            Err(_) => heading_of(&text),
        }
    })
}

/// What a key such as `Error`, `failed_awbs` or `Success` says about all below it.
fn heading_of(key: &str) -> Option<Standing> {
    let key = plain(key);
    let has = |words: &[&str]| words.iter().any(|word| key.contains(word));
    if has(&[
        "error",
        "fail",
        "invalid",
        "reject",
        "notfound",
        "unsuccess",
        "skipped",
    ]) {
        Some(Standing::Refused)
    } else if has(&["already", "duplicate", "pending", "queue"]) {
        Some(Standing::Unclear)
    } else if has(&["success", "shipments"]) {
        Some(Standing::Taken)
    } else {
        None
    }
}

/// The first text under one of `keys`, at the top or in the first element or object below.
pub(in crate::easyecom) fn find_text(data: &Value, keys: &[&str]) -> Option<String> {
    match data {
        Value::Array(items) => items.iter().find_map(|item| find_text(item, keys)),
        Value::Object(fields) => fields
            .iter()
            .filter(|(key, _)| keys.contains(&plain(key).as_str()))
            .find_map(|(_, value)| scalar(value).filter(|text| !text.trim().is_empty()))
            .or_else(|| fields.values().find_map(|value| find_text(value, keys))),
        _ => None,
    }
}

/// A key in lower case without separators.
pub(super) fn plain(key: &str) -> String {
    key.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Standing::{Mentioned, Refused, Taken, Unclear},
        *,
    };

    #[test]
    fn whatever_mentions_ours() {
        let find = |text: &str| ["A", "B"].iter().position(|ours| *ours == text);
        let standings = |raw: &str| -> Vec<(usize, Standing)> {
            let value: Value = serde_json::from_str(raw).expect("JSON");
            named(&value, &find)
                .into_iter()
                .map(|n| (n.index, n.standing))
                .collect()
        };
        for (raw, expected) in [
            (r#"["A","C"]"#, vec![(0, Mentioned)]),
            (
                r#"{"Success":["A"],"Error":["B"]}"#,
                vec![(1, Refused), (0, Taken)],
            ),
            (
                r#"[{"sku":"A","code":200},{"sku":"B","code":"400"}]"#,
                vec![(0, Taken), (1, Refused)],
            ),
            (
                r#"[{"awb_number":"A","status":"failed"}]"#,
                vec![(0, Refused)],
            ),
            (
                r#"[{"awb_number":"A","error":"unknown"}]"#,
                vec![(0, Refused)],
            ),
            (r#"{"failed_awbs":[{"awbNumber":"B"}]}"#, vec![(1, Refused)]),
            (
                r#"{"A":"updated","B":false}"#,
                vec![(0, Mentioned), (1, Refused)],
            ),
            (r#"{"shipments":[{"awb_number":"A"}]}"#, vec![(0, Taken)]),
            (r#"{"already_manifested":["A"]}"#, vec![(0, Unclear)]),
            (r#"{"text":"A and B"}"#, vec![]),
            ("7", vec![]),
        ] {
            assert_eq!(standings(raw), expected, "{raw}");
        }
    }
}
