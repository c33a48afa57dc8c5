//! Reading journeys, pulled and pushed.

use serde_json::{Value, json};

use crate::{
    domain::{Awb, ReadError, time::format_ist},
    dtdc::wire::{
        push::decode_push,
        track::{TrackPull, decode, decode_number},
    },
};

fn awb() -> Awb {
    Awb::parse("7X100761088").expect("an AWB")
}

fn scan(code: &str, date: &str, time: &str, remarks: &str) -> Value {
    json!({ "strCode": code, "strAction": format!("words of {code}"), "strOrigin": "BENGALURU",
            "strActionDate": date, "strActionTime": time, "sTrRemarks": remarks })
}

fn pull(details: &Value) -> TrackPull {
    let body = json!({ "statusFlag": true, "status": "SUCCESS", "errorDetails": null,
        "trackHeader": { "strShipmentNo": "7x100761088", "strRefNo": "R1", "strStatus": "In Transit",
            "strCNProduct": "PRIORITY", "strRtoNumber": "", "strNoOfAttempts": "2",
            "strExpectedDeliveryDate": "07102026", "strRevExpectedDeliveryDate": null },
        "trackDetails": details });
    decode(200, body.to_string().as_bytes(), &awb()).expect("a journey")
}

#[test]
fn scans_are_sorted_and_bad_ones_told() {
    let pull = pull(&json!([
        scan("OUTDLV", "06102026", "1202", "null"),
        scan("inscan", "06102026", "1202", "12.30"),
        scan("BKD", "05102026", "0905", ""),
        scan("XYZ", "yesterday", "0905", "Asha Devi"),
        scan("DLV", "06102026", "1500", "Asha Devi"),
        scan("rtodlv", "07102026", "1500", "Asha Devi"),
        scan("NONDLV", "06102026", "1300", "UAT|COULD NOT ATTEMPT"),
        scan("", "06102026", "1300", ""),
        7,
    ]));
    let shown: Vec<_> = pull
        .scans
        .iter()
        .map(|s| {
            let at = format_ist(s.at);
            format!("{} {at} {} {}", s.code, s.position, s.remarks)
        })
        .collect();
    assert_eq!(
        shown,
        [
            "BKD 2026-10-05 09:05:00 2 ",
            "OUTDLV 2026-10-06 12:02:00 0 ",
            "INSCAN 2026-10-06 12:02:00 1 12.30",
            "NONDLV 2026-10-06 13:00:00 6 UAT|COULD NOT ATTEMPT",
            "DLV 2026-10-06 15:00:00 4 ",
            "RTODLV 2026-10-07 15:00:00 5 ",
        ]
    );
    assert_eq!(pull.odd.len(), 3);
    assert!(
        pull.odd[0].as_str().starts_with("scan 4 (XYZ"),
        "{:?}",
        pull.odd
    );
    assert!(!format!("{pull:?}").contains("Asha"));
    let header = pull.header;
    assert_eq!(header.rto_number, None);
    assert_eq!(header.attempts, Some(2));
    assert_eq!(
        header.expected.map(format_ist).as_deref(),
        Some("2026-10-07 00:00:00")
    );
    assert_eq!(
        (header.product.as_str(), header.reference.as_str()),
        ("PRIORITY", "R1")
    );
}

#[test]
fn endless_journeys_are_cut_at_their_old_end() {
    let rows: Vec<Value> = (0..600)
        .map(|n| {
            scan(
                "IPMF",
                "06102026",
                &format!("{:02}{:02}", n / 60, n % 60),
                "",
            )
        })
        .collect();
    let pull = pull(&rows.into());
    assert_eq!(pull.scans.len(), 500);
    assert_eq!(pull.scans[0].position, 100);
    assert_eq!(pull.odd.len(), 1);
}

fn kind(error: &ReadError) -> &'static str {
    match error {
        ReadError::Nothing(_) => "nothing",
        ReadError::Refused(_) => "refused",
        ReadError::Garbled(_) => "garbled",
        _ => "other",
    }
}

#[test]
fn nothing_is_said_only_by_dtdc() {
    let error = |said: &str| {
        json!({ "statusFlag": false, "status": "FAILED", "trackHeader": null, "trackDetails": null,
                "errorDetails": [{ "name": "strShipmentNo", "value": "X" },
                                 { "name": "strError", "value": said }] })
    };
    let nothing = "NO DATA FOUND FOR THIS CNNO NUMBER";
    for (status, body, expected) in [
        (206, error(nothing), "nothing"),
        (200, error(nothing), "nothing"),
        (
            206,
            json!({ "statusFlag": false, "errorDetails": null }),
            "nothing",
        ),
        (206, error("INVALID TOKEN"), "refused"),
        (200, json!({ "statusFlag": false }), "garbled"),
        (206, json!({}), "garbled"),
        (206, json!("NO DATA FOUND"), "garbled"),
        (200, json!({ "statusFlag": true }), "garbled"),
        (
            200,
            json!({ "statusFlag": true, "trackHeader": { "strShipmentNo": "7X100761089" } }),
            "garbled",
        ),
    ] {
        let raw = body.to_string();
        let track = decode(status, raw.as_bytes(), &awb()).expect_err("no journey");
        assert_eq!(kind(&track), expected, "{raw}");
        if !raw.contains("7X100761089") {
            let number = decode_number(status, raw.as_bytes(), "R1").expect_err("no number");
            assert_eq!(kind(&number), expected, "{raw}");
        }
    }
    let cut = decode(206, b"{\"statusFlag\":fal", &awb()).expect_err("cut");
    assert_eq!(kind(&cut), "garbled");
}

#[test]
fn numbers_by_reference() {
    for (header, found) in [
        (
            json!({ "strShipmentNo": "7X100761088", "strRefNo": "r1" }),
            true,
        ),
        (json!({ "strShipmentNo": "7X100761088" }), true),
        (
            json!({ "strShipmentNo": "7X100761088", "strRefNo": "R11" }),
            false,
        ),
        (json!({ "strShipmentNo": "", "strRefNo": "R1" }), false),
        (json!(null), false),
    ] {
        let body = json!({ "statusFlag": true, "trackHeader": header }).to_string();
        let number = decode_number(200, body.as_bytes(), "R1");
        assert_eq!(number.is_ok(), found, "{body}");
        if let Ok(number) = number {
            assert_eq!(number.named, body.contains("strRefNo"), "{body}");
        }
    }
}

#[test]
fn pushes_speak_another_dialect() {
    let event = json!({ "strAction": "OUTDLV", "strActionDesc": "Out For Delivery",
        "strActionDate": "06102026", "strActionTime": "120215", "strOrigin": "PUNE",
        "strRemarks": "null" });
    let early =
        json!({ "strAction": "INSCAN", "strActionDate": "06102026", "strActionTime": "0902" });
    let push = |status: Value| {
        let shipment = json!({ "strShipmentNo": "7X100761088" });
        json!({ "shipment": shipment, "shipmentStatus": status }).to_string()
    };
    let (number, scans, odd) =
        decode_push(push(json!([event, early, 0])).as_bytes()).expect("a push");
    assert_eq!(number, awb());
    let codes: Vec<_> = scans.iter().map(|s| s.code.as_str()).collect();
    assert_eq!(codes, ["INSCAN", "OUTDLV"]);
    assert_eq!(scans[1].words.as_str(), "Out For Delivery");
    assert_eq!(format_ist(scans[1].at), "2026-10-06 12:02:15");
    assert!(scans[1].remarks.is_empty());
    assert_eq!(odd.len(), 1);
    let one = decode_push(push(event).as_bytes()).expect("a lone object");
    assert_eq!(one.1.len(), 1);
    for bad in [
        push(json!(null)),
        "{}".to_owned(),
        "no".to_owned(),
        json!({ "shipment": { "strShipmentNo": "?" }, "shipmentStatus": [] }).to_string(),
    ] {
        assert!(decode_push(bad.as_bytes()).is_err(), "{bad}");
    }
}
