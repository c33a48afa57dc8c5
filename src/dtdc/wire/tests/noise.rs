//! No decoder panics, whatever comes; every judgement has as many verdicts as were asked for.

use proptest::{collection::vec, prelude::*};
use serde_json::{Map, Value};

use crate::{
    domain::Awb,
    dtdc::wire::{
        booking::{self, Asked},
        cancel, label, pincode, push, refusal, token, track,
    },
};

/// Keys that the decoders look for.
const KEYS: [&str; 30] = [
    "data",
    "success",
    "reference_number",
    "customer_reference_number",
    "reason",
    "message",
    "should_retry",
    "chargeable_weight",
    "error",
    "successConsignments",
    "failures",
    "label",
    "referenceNumber",
    "ZIPCODE_RESP",
    "SERV_LIST",
    "MESSAGE",
    "statusFlag",
    "status",
    "errorDetails",
    "name",
    "value",
    "trackHeader",
    "trackDetails",
    "strShipmentNo",
    "strCode",
    "strAction",
    "strActionDate",
    "strActionTime",
    "shipment",
    "shipmentStatus",
];

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![
            "7X1000001",
            "R1",
            "R2",
            "SUCCESS",
            "05102026",
            "0905",
            "strError",
            "null",
            "DLV"
        ])
        .prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ]
}

/// JSON of any shape, with the keys that matter.
fn json() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 48, 6, |inner| {
        let key = prop::sample::select(KEYS.to_vec());
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((key, inner), 0..8).prop_map(|fields| {
                let fields = fields
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value));
                Value::Object(fields.collect::<Map<_, _>>())
            }),
        ]
    })
}

fn try_all(status: u16, body: &[u8]) {
    let awb = Awb::parse("7X1000001").expect("an AWB");
    let asked = [("R1", None), ("R2", Some(&awb))].map(|(reference, own_number)| Asked {
        reference,
        own_number,
    });
    assert_eq!(booking::judge(body, &asked).len(), 2);
    assert_eq!(cancel::judge(body, &[&awb, &awb]).len(), 2);
    let _ = refusal::of_request(status, body);
    let _ = label::decode(body.to_vec(), &awb);
    let _ = pincode::decode(body);
    let _ = token::decode(body);
    let _ = track::decode(status, body, &awb);
    let _ = track::decode_number(status, body, "R1");
    let _ = push::decode_push(body);
}

proptest! {
    #[test]
    fn json_of_any_shape(value in json(), wrap in prop::sample::select(KEYS.to_vec())) {
        try_all(200, value.to_string().as_bytes());
        try_all(206, serde_json::json!({ wrap: value, "statusFlag": true }).to_string().as_bytes());
    }

    #[test]
    fn bytes_of_any_kind(body in vec(any::<u8>(), 0..200)) {
        try_all(200, &body);
    }
}
