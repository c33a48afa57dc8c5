//! Lenient access to DTDC's JSON: numbers come as strings and strings as numbers, `"null"` is text
//! (contracts/dtdc.md section 6).

use rust_decimal::Decimal;
use serde_json::Value;

/// The text of a string or number; `None` for anything else, for the empty text and for `"null"`.
pub(super) fn scalar(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let nothing = text.is_empty() || text.eq_ignore_ascii_case("null");
    (!nothing).then_some(text)
}

/// The text under `key`.
pub(super) fn text(object: &Value, key: &str) -> Option<String> {
    scalar(object.get(key)?)
}

/// The text under `key`, letter case of the key ignored: the PIN look-up mixes it (section 5).
pub(super) fn text_any_case(object: &Value, key: &str) -> Option<String> {
    object
        .as_object()?
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(key))
        .and_then(|(_, value)| scalar(value))
}

/// A JSON `true` or `false`, or the same as text.
pub(super) fn flag(object: &Value, key: &str) -> Option<bool> {
    match object.get(key)? {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A decimal, written as number or text.
pub(super) fn decimal(object: &Value, key: &str) -> Option<Decimal> {
    let text = text(object, key)?;
    text.parse()
        .ok()
        .or_else(|| Decimal::from_scientific(&text).ok())
}

/// The list under `key`; a lone object counts as a list of one (section 7).
pub(super) fn list<'a>(object: &'a Value, key: &str) -> Option<&'a [Value]> {
    match object.get(key)? {
        Value::Array(items) => Some(items),
        one @ Value::Object(_) => Some(std::slice::from_ref(one)),
        _ => None,
    }
}
