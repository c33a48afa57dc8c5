//! Answers of DTDC by table.

use serde_json::json;

use super::decode_track;
use crate::domain::ReadError;

#[test]
fn scans_are_sorted_and_bad_ones_kept_apart() {
    let body = json!({
        "statusFlag": true,
        "trackHeader": { "strShipmentNo": "7X100761088", "strRefNo": "5103", "strRtoNumber": null },
        "trackDetails": [
            { "strCode": "outdlv", "strAction": "Out For Delivery", "strActionDate": "06012026", "strActionTime": "0930", "strOrigin": "PUNE" },
            { "strCode": "BKD", "strAction": "Booked", "strActionDate": "05012026", "strActionTime": "1202", "strOrigin": "PUNE", "sTrRemarks": "0.80" },
            { "strCode": "DLV", "strAction": "Delivered", "strActionDate": "06012026", "strActionTime": "101500", "sTrRemarks": "ASHA DEVI" },
            { "strCode": "XYZ", "strActionDate": "soon", "strActionTime": "1" },
        ],
    });
    let pull = decode_track(&body).expect("readable");
    let codes: Vec<_> = pull.scans.iter().map(|s| s.code.as_str()).collect();
    assert_eq!(codes, ["BKD", "OUTDLV", "DLV"]);
    assert_eq!(pull.odd.len(), 1);
    assert!(!format!("{pull:?}").contains("ASHA"));
    assert_eq!(pull.header.awb.expect("a number").as_str(), "7X100761088");
}

#[test]
fn what_is_not_known_is_nothing() {
    let body = json!({ "statusFlag": false, "status": "FAILED", "errorDetails": [] });
    assert!(matches!(decode_track(&body), Err(ReadError::Nothing(_))));
    assert!(matches!(
        decode_track(&json!([])),
        Err(ReadError::Garbled(_))
    ));
}
