use proptest::prelude::*;
use serde_json::Value;

use super::{V1, V2};
use crate::{
    domain::InvoiceId,
    easyecom::wire::{Envelope, decode_orders, decode_row, pick_order},
};

/// Any JSON value, keys of the contract included.
fn any_json() -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        Just("invoice_id".to_owned()),
        Just("order_id".to_owned()),
        Just("data".to_owned()),
        Just("documents".to_owned()),
        Just("suborders".to_owned()),
        Just("orders".to_owned()),
        Just("awb_number".to_owned()),
        Just("easyecom_order_history".to_owned()),
        ".{0,12}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,24}".prop_map(Value::from),
        "[0-9]{1,40}([.][0-9]{0,30})?(e-?[0-9]{1,9})?".prop_map(Value::from),
        "[-+]?[0-9]{1,7}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 8, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            proptest::collection::vec((key.clone(), inner), 0..8)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_text_is_survived(raw in ".{0,200}") {
        decode_row(&raw).ok();
    }

    #[test]
    fn any_value_is_survived(value in any_json()) {
        let raw = value.to_string();
        if let Err(row) = decode_row(&raw) {
            prop_assert!(row.fragment.as_str().len() <= 2048);
        }
        if let Some(envelope) = Envelope::read(&raw) {
            decode_orders(&envelope).ok();
            pick_order(&envelope, InvoiceId(7)).ok();
        }
    }

    #[test]
    fn mutated_samples_are_survived(
        second in any::<bool>(),
        swaps in proptest::collection::vec((any::<proptest::sample::Index>(), any_json()), 0..6),
        cut in proptest::option::of(any::<proptest::sample::Index>()),
    ) {
        let sample = if second { V2 } else { V1 };
        let mut row: Value = serde_json::from_str(sample).expect("a sample");
        let fields = row.as_object_mut().expect("an object");
        let keys: Vec<String> = fields.keys().cloned().collect();
        for (index, value) in swaps {
            fields.insert(index.get(&keys).clone(), value);
        }
        let text = row.to_string();
        let ids_stand = row["invoice_id"] == 200_000_001 && row["order_id"] == 170_000_001;
        if let Some(cut) = cut {
            let at = cut.index(text.len());
            decode_row(text.get(..at).unwrap_or_default()).ok();
        }
        match decode_row(&text) {
            Ok(seen) => {
                // What was read can be kept and read again.
                let kept = serde_json::to_string(&seen.order).expect("an order");
                serde_json::from_str::<crate::domain::Order>(&kept).expect("the same order");
            }
            Err(row) => prop_assert!(!ids_stand || row.reason.as_str().contains("awb_number")),
        }
    }
}
