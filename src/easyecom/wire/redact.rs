//! Taking people out of a row that must be kept for a person to look at.

use serde_json::Value;

use crate::domain::Clean;

/// Most bytes of a kept fragment.
const FRAGMENT_BYTES_MAX: usize = 2048;

/// Longest value kept, in characters: ids, dates, amounts and status words are shorter, addresses
/// that strayed into a kept key are not.
const VALUE_CHARS_MAX: usize = 40;

/// Keys whose values say nothing about a person, lower case without separators. A list of what is
/// kept rather than of what is hidden, so that a key never seen before is hidden.
const KEPT: &[&str] = &[
    "invoiceid",
    "orderid",
    "queuestatus",
    "orderpriority",
    "blocksplit",
    "referencecode",
    "locationkey",
    "warehouseid",
    "ordertype",
    "ordertypekey",
    "marketplace",
    "marketplaceid",
    "orderdate",
    "tat",
    "invoicedate",
    "importdate",
    "lastupdatedate",
    "manifestdate",
    "manifestno",
    "invoicenumber",
    "batchid",
    "courier",
    "courieraggregatorname",
    "carrierid",
    "awbnumber",
    "packageweight",
    "packageheight",
    "packagelength",
    "packagewidth",
    "orderstatus",
    "orderstatusid",
    "subordercount",
    "shippingstatus",
    "shippingstatusid",
    "deliverydate",
    "paymentmode",
    "paymentmodeid",
    "orderquantity",
    "totalamount",
    "totaltax",
    "totalshippingcharge",
    "totaldiscount",
    "collectableamount",
    "suborderid",
    "subordernum",
    "itemstatus",
    "suborderquantity",
    "itemquantity",
    "cancelledquantity",
    "shippedquantity",
    "sku",
    "marketplacesku",
    "productid",
    "companyproductid",
    "statusid",
    "datetime",
    "code",
];

/// A JSON text with every value hidden that may concern a person, at most 2 KiB. What is no JSON
/// is told by its size alone.
pub fn redact(raw: &str) -> Clean {
    let Ok(mut value) = serde_json::from_str::<Value>(raw) else {
        return format!("(not JSON, {} bytes)", raw.len()).into();
    };
    hide(&mut value, false);
    let text = value.to_string();
    let clean = Clean::with_limit(&text, FRAGMENT_BYTES_MAX);
    if clean.as_str().len() <= FRAGMENT_BYTES_MAX {
        clean
    } else {
        Clean::with_limit(&text, FRAGMENT_BYTES_MAX / 4)
    }
}

fn hide(value: &mut Value, kept: bool) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Object(fields) => {
            for (key, value) in fields {
                hide(value, is_kept(key));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| hide(item, kept)),
        Value::String(text) if kept && text.chars().count() <= VALUE_CHARS_MAX => {}
        Value::Number(_) if kept => {}
        hidden => *hidden = Value::from("***"),
    }
}

fn is_kept(key: &str) -> bool {
    let plain: String = key
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    KEPT.contains(&plain.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_is_kept() {
        let raw = r#"{"invoice_id":"x","customer_name":"Asha Devi","contact_num":9000000012,
            "deliverTo":{"who":"Asha","phones":["9000000012"]},"Package Weight":500,
            "order_status":"Asha Devi of a very long address in Bengaluru 560001"}"#;
        let text = redact(raw);
        assert!(!text.as_str().contains("Asha") && !text.as_str().contains("90000000"));
        assert!(text.as_str().contains(r#""invoice_id":"x""#));
        assert!(text.as_str().contains("500") && text.as_str().contains("deliverTo"));
        assert_eq!(redact("Asha {").as_str(), "(not JSON, 6 bytes)");
        let long = format!(r#"{{"sku":[{}"é"]}}"#, r#""éééééééééééé","#.repeat(400));
        assert!(redact(&long).as_str().len() <= FRAGMENT_BYTES_MAX);
    }
}
