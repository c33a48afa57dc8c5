//! The ways in which rows differ from the sample (easyecom.md section 4, "unstable types").

use serde_json::{Map, Value, json};

/// Makes some of the rows odd: only in keys that are known to be unstable, never in ids, status,
/// AWB or lines.
pub(super) fn apply(row: &mut Map<String, Value>, drift: u8) {
    match drift {
        1 => {
            set(row, "suborder_count", json!("NA"));
            set(row, "buyer_gst", json!(""));
            set(row, "address_line_2", json!("-"));
        }
        2 => {
            set(row, "customer_code", json!(4411));
            set(row, "batch_id", json!("B-77"));
            set(row, "country_code", json!(0));
            set(row, "unheard_of_key", json!({ "nested": [1, "two", null] }));
        }
        3 => {
            for key in [
                "Package Weight",
                "Package Height",
                "Package Length",
                "Package Width",
            ] {
                let text = row.get(key).map(|value| format!("{value}.00"));
                row.insert(key.to_owned(), text.into());
            }
        }
        4 => {
            set(row, "Package Height", Value::Null);
            set(row, "Package Length", json!(""));
            set(row, "Package Width", json!("NA"));
            set(row, "address_line_2", json!(""));
        }
        5 => {
            for key in [
                "latitude",
                "longitude",
                "meta",
                "message",
                "tcs_rate",
                "available_after",
            ] {
                row.remove(key);
            }
            set(row, "email", json!("NA"));
            set(row, "tcs_amount", json!("0.0000"));
        }
        _ => {}
    }
}

fn set(row: &mut Map<String, Value>, key: &str, value: Value) {
    row.insert(key.to_owned(), value);
}
