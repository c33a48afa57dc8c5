//! The answer to a confirmation (contracts/easyecom.md section 6):
//! `{"status": 200, "data": {"Error": [], "Success": [170000001]}}`. The items of `Error` have no
//! known shape.

use serde_json::Value;

use super::{
    envelope::Envelope,
    named::{Standing, named, plain},
};
use crate::domain::{Clean, Failure, FailureKind, InvoiceId, OrderId, Verdict};

/// Digits from which on a number in an error item is taken for somebody's id.
const ID_DIGITS_MIN: usize = 6;

/// What the answer says of the one order that was asked for: its two ids are the same thing.
pub(in crate::easyecom) fn judge_confirm(
    envelope: &Envelope,
    order: OrderId,
    invoice: InvoiceId,
) -> Verdict<()> {
    if envelope.code.is_some_and(|code| code != 200) {
        return Verdict::Unknown(envelope.unexpected());
    }
    let ids = [order.to_string(), invoice.to_string()];
    let is_ours = |text: &str| ids.iter().any(|id| id == text.trim()).then_some(0);
    let data = envelope.content();
    let all = named(&data, &is_ours);
    let standing = |standing| all.iter().find(|mention| mention.standing == standing);
    let part = |key: &str| match data.get(key) {
        Some(Value::Array(items)) => items.clone(),
        Some(Value::Null) | None => Vec::new(),
        Some(other) => vec![other.clone()],
    };
    let errors = part("Error");
    let about_ours = |item: &Value| {
        let text = item.to_string();
        ids.iter().any(|id| digit_runs(&text).any(|run| run == id))
            || digit_runs(&text).all(|run| run.len() < ID_DIGITS_MIN)
    };
    let refused = standing(Standing::Refused).is_some() || errors.iter().any(about_ours);
    match (standing(Standing::Taken).is_some(), refused) {
        (true, false) => Verdict::Accepted(()),
        (true, true) => Verdict::Unknown("confirm answered with success and error at once".into()),
        (false, true) => {
            let own = standing(Standing::Refused).map(|mention| mention.says.clone());
            let says = own
                .filter(|says| !says.is_empty())
                .unwrap_or_else(|| error_words(&errors, envelope));
            Verdict::NotApplied(Failure::new(FailureKind::Rejected, says.as_str()))
        }
        (false, false) if !errors.is_empty() || !part("Success").is_empty() => {
            Verdict::Unknown("confirm answered about other orders only".into())
        }
        (false, false) if envelope.is_success() => Verdict::Accepted(()),
        (false, false) => Verdict::Unknown(envelope.unexpected()),
    }
}

/// The words of an error list, else of the message.
fn error_words(errors: &[Value], envelope: &Envelope) -> Clean {
    let words: Vec<String> = errors.iter().filter_map(item_words).collect();
    if !words.is_empty() {
        return Clean::new(&words.join("; "));
    }
    match envelope.says() {
        says if says.is_empty() => "EasyEcom lists the order under Error, without words".into(),
        says => says,
    }
}

/// Keys whose text is the remote's own, lower case without separators. Under every other key an item
/// may repeat the customer's data, and what is kept here goes into the journal.
const WORDS_KEYS: [&str; 11] = [
    "message",
    "msg",
    "errormessage",
    "errormsg",
    "error",
    "errors",
    "reason",
    "errorreason",
    "failurereason",
    "remark",
    "remarks",
];

/// Levels of an item that are looked through.
const DEPTH_MAX: usize = 4;

/// Keys that are named where an item has no words.
const KEYS_NAMED_MAX: usize = 8;

/// What an item of the error list says: a text, what stands under a key for words, or the value of
/// `{"170000001": "words"}`.
fn item_words(item: &Value) -> Option<String> {
    words(item, DEPTH_MAX).or_else(|| match item {
        Value::Object(fields) => Some(format!(
            "EasyEcom lists the order under Error, without words (its keys: {})",
            keys_of(fields)
        )),
        _ => None,
    })
}

fn words(item: &Value, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    match item {
        Value::String(text) if text.chars().any(char::is_alphabetic) => Some(text.clone()),
        Value::Array(items) => items.iter().find_map(|item| words(item, depth)),
        Value::Object(fields) => fields
            .iter()
            .filter(|(key, _)| is_number(key) || WORDS_KEYS.contains(&plain(key).as_str()))
            .find_map(|(_, value)| words(value, depth)),
        _ => None,
    }
}

/// The keys of an item. One that is no plain name may itself be data.
fn keys_of(fields: &serde_json::Map<String, Value>) -> String {
    let is_name = |key: &str| {
        let fits = |c: char| c.is_ascii_lowercase() || c == '_';
        (1..=32).contains(&key.len()) && key.chars().all(fits)
    };
    let names: Vec<&str> = fields
        .keys()
        .take(KEYS_NAMED_MAX)
        .map(|key| if is_name(key) { key } else { "***" })
        .collect();
    names.join(", ")
}

fn is_number(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit())
}

fn digit_runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit())
        .filter(|run| !run.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_item_gives_away_no_customer() {
        for (item, expected) in [
            (
                r#"{"order_id":170000001,"customer_name":"Asha Devi","message":"no stock"}"#,
                "no stock",
            ),
            (r#"{"city":"Asha","Error Message":"no stock"}"#, "no stock"),
            (r#"{"a_name":"Asha","errors":["no stock"]}"#, "no stock"),
            (
                r#"{"a_name":"Asha","error":{"to":"Asha","msg":"no stock"}}"#,
                "no stock",
            ),
            (r#"{"170000001":"no stock"}"#, "no stock"),
            (
                r#"{"170000001":{"customer":"Asha","reason":"no stock"}}"#,
                "no stock",
            ),
            (r#""170000001: no stock""#, "no stock"),
            (
                r#"{"customer_name":"Asha Devi","Asha":"x","gift_message":"for Asha","x":1}"#,
                "without words (its keys: ***, customer_name, gift_message, x)",
            ),
            (
                r#"{"order_id":170000001,"address_line_1":"Asha"}"#,
                "without words",
            ),
        ] {
            let raw = format!(r#"{{"status":200,"data":{{"Error":[{item}],"Success":[]}}}}"#);
            let envelope = Envelope::read(&raw).expect("JSON");
            let verdict = judge_confirm(&envelope, OrderId(170_000_001), InvoiceId(200_000_001));
            let Verdict::NotApplied(failure) = verdict else {
                panic!("{item}: {verdict:?}");
            };
            let says = failure.says.as_str();
            assert!(says.contains(expected), "{item}: {says}");
            assert!(!says.contains("Asha"), "{item}: {says}");
        }
    }

    #[test]
    fn confirmations_by_table() {
        for (raw, expected) in [
            (
                r#"{"status":200,"message":"","data":{"Error":[],"Success":[170000001]}}"#,
                "accepted",
            ),
            (
                r#"{"status":200,"data":{"Error":[],"Success":["200000001"]}}"#,
                "accepted",
            ),
            (
                r#"{"status":"200","data":{"Error":[],"Success":[]}}"#,
                "accepted",
            ),
            (
                r#"{"code":200,"message":"Successful","data":[]}"#,
                "accepted",
            ),
            (r#"{"data":{"Success":[170000001]}}"#, "accepted"),
            (
                r#"{"status":200,"data":{"Error":[170000001],"Success":[]}}"#,
                "rejected",
            ),
            (
                r#"{"status":200,"data":{"Error":["170000001: no stock"],"Success":[]}}"#,
                "rejected",
            ),
            (
                r#"{"status":200,"data":{"Error":[{"order_id":170000001,"message":"no stock"}]}}"#,
                "rejected",
            ),
            (
                r#"{"status":200,"data":{"Error":{"170000001":"no stock"}}}"#,
                "rejected",
            ),
            (
                r#"{"status":200,"data":{"Error":["Order is on hold"]}}"#,
                "rejected",
            ),
            (
                r#"{"status":200,"data":{"Error":[170000009],"Success":[]}}"#,
                "unknown",
            ),
            (
                r#"{"status":200,"data":{"Error":[],"Success":[170000009]}}"#,
                "unknown",
            ),
            (
                r#"{"status":200,"data":{"Error":[170000001],"Success":[170000001]}}"#,
                "unknown",
            ),
            (
                r#"{"status":500,"data":{"Success":[170000001]}}"#,
                "unknown",
            ),
            (r#"{"message":"hm"}"#, "unknown"),
        ] {
            let envelope = Envelope::read(raw).expect("JSON");
            let got = match judge_confirm(&envelope, OrderId(170_000_001), InvoiceId(200_000_001)) {
                Verdict::Applied(()) => "applied",
                Verdict::Accepted(()) => "accepted",
                Verdict::NotApplied(failure) => {
                    assert!(!failure.says.is_empty());
                    "rejected"
                }
                Verdict::Unknown(_) => "unknown",
            };
            assert_eq!(got, expected, "{raw}");
        }
    }
}
