//! Judging a booking and a cancellation.

use serde_json::{Value, json};

use crate::{
    domain::{Awb, FailureKind, Verdict},
    dtdc::wire::{
        booking::{Asked, Booked, judge, phone},
        cancel, refusal,
    },
};

fn awb(text: &str) -> Awb {
    Awb::parse(text).expect("an AWB")
}

/// `awb` for a booking, `no: words` for a refusal, `?: words` for unknown.
fn short<T>(verdict: &Verdict<T>, awb: impl Fn(&T) -> String) -> String {
    match verdict {
        Verdict::Applied(done) => awb(done),
        Verdict::Accepted(_) => "accepted".to_owned(),
        Verdict::NotApplied(failure) => format!("no: {}", failure.says),
        Verdict::Unknown(seen) => format!("?: {seen}"),
    }
}

fn booked(rows: &Value, asked: &[(&str, Option<&str>)]) -> Vec<String> {
    let own: Vec<Option<Awb>> = asked.iter().map(|(_, own)| own.map(awb)).collect();
    let asked: Vec<Asked<'_>> = asked
        .iter()
        .zip(&own)
        .map(|((reference, _), own)| Asked {
            reference,
            own_number: own.as_ref(),
        })
        .collect();
    let body = json!({ "status": "OK", "data": rows }).to_string();
    judge(body.as_bytes(), &asked)
        .iter()
        .map(|verdict| short(verdict, |done: &Booked| done.awb.to_string()))
        .collect()
}

fn yes(awb: &str, reference: &str) -> Value {
    json!({ "success": true, "reference_number": awb, "customer_reference_number": reference })
}

const TWO: [(&str, Option<&str>); 2] = [("R1", None), ("R2", None)];

#[test]
fn rows_are_paired_by_place_and_reference() {
    let bare = json!({ "success": true, "reference_number": "7X1000002" });
    let failed = json!({ "success": false, "reason": "SERVICE_TYPE_NOT_FOUND",
                         "message": "Service type not found", "should_retry": false });
    let no =
        "no: SERVICE_TYPE_NOT_FOUND: Service type not found (DTDC: trying again will not help)";
    for (name, rows, expected) in [
        (
            "as asked",
            json!([yes("7X1000001", "R1"), yes("7X1000002", "R2")]),
            ["7X1000001", "7X1000002"],
        ),
        (
            "without reference",
            json!([yes("7X1000001", "R1"), bare]),
            ["7X1000001", "7X1000002"],
        ),
        (
            "a failed row that names nothing",
            json!([failed, yes("7X1000002", "R2")]),
            [no, "7X1000002"],
        ),
        (
            "swapped",
            json!([yes("7X1000002", "R2"), yes("7X1000001", "R1")]),
            ["?: the result in the place of R1 speaks of R2"; 2],
        ),
        (
            "one reference twice",
            json!([yes("7X1000001", "R1"), yes("7X1000002", "R1")]),
            ["?: the result in the place of R2 speaks of R1"; 2],
        ),
        (
            "a stranger's reference",
            json!([yes("7X1000001", "R9"), yes("7X1000002", "R2")]),
            ["?: the result in the place of R1 speaks of R9", "7X1000002"],
        ),
        (
            "one AWB twice",
            json!([yes("7X1000001", "R1"), yes("7x1000001", "R2")]),
            ["?: AWB 7X1000001 stands for two parcels of this call"; 2],
        ),
        (
            "too few",
            json!([yes("7X1000001", "R1")]),
            ["?: 1 results for 2 parcels"; 2],
        ),
        (
            "no AWB, no verdict",
            json!([{ "success": true }, 7]),
            [
                "?: DTDC says booked, but gives no readable AWB",
                "?: the result says neither success nor failure",
            ],
        ),
        (
            "no rows",
            json!(null),
            ["?: the answer has no list of results"; 2],
        ),
    ] {
        assert_eq!(booked(&rows, &TWO), expected, "{name}");
    }
}

#[test]
fn our_own_numbers_come_back_or_nothing_is_known() {
    let asked = [("R1", Some("D00000001")), ("R2", Some("D00000002"))];
    let refused = |number: &str| {
        json!({ "success": false, "reference_number": number, "reason": "WRONG_INPUT",
                "message": "Series does not belong", "should_retry": true })
    };
    for (rows, expected) in [
        (
            json!([yes("d00000001", "R1"), yes("D00000002", "R2")]),
            ["D00000001", "D00000002"],
        ),
        (
            json!([yes("7X1000001", "R1"), refused("D00000002")]),
            [
                "?: we sent our number D00000001, DTDC answers with 7X1000001",
                "no: WRONG_INPUT: Series does not belong (DTDC: may be tried again)",
            ],
        ),
        (
            json!([yes("D00000002", "R1"), refused("")]),
            ["?: AWB D00000002 stands for two parcels of this call"; 2],
        ),
        (
            json!([refused("7X1000009"), refused("D00000002")]),
            [
                "?: refused (WRONG_INPUT: Series does not belong), but names AWB 7X1000009",
                "no: WRONG_INPUT: Series does not belong (DTDC: may be tried again)",
            ],
        ),
    ] {
        assert_eq!(booked(&rows, &asked), expected, "{rows}");
    }
}

#[test]
fn details_of_a_booking() {
    let body = br#"{"data":[{"success":"true","reference_number":"7X1000001",
        "chargeable_weight":0.8,"courier_partner":null}]}"#;
    let asked = [Asked {
        reference: "R1",
        own_number: None,
    }];
    let Verdict::Applied(done) = judge(body, &asked).remove(0) else {
        panic!("booked");
    };
    assert_eq!(done.chargeable_weight_kg, "0.8".parse().ok());
    assert!(done.courier_partner.is_empty());
    for (raw, ten) in [
        ("+91 90000-00012", "9000000012"),
        ("090000 00012", "9000000012"),
        ("12345", "12345"),
        ("", ""),
    ] {
        assert_eq!(phone(raw), ten);
    }
}

#[test]
fn cancelled_one_by_one() {
    let (a, b) = (awb("7X1000001"), awb("7X1000002"));
    let judged = |body: Value, asked: &[&Awb]| -> Vec<String> {
        cancel::judge(body.to_string().as_bytes(), asked)
            .iter()
            .map(|verdict| short(verdict, |()| "yes".to_owned()))
            .collect()
    };
    let done = |awb: &Awb| json!({ "success": true, "reference_number": awb });
    let failed = |awb: &Awb| {
        json!({ "reference_number": awb, "message": "not yours",
                "reason": "CONSIGNMENT_DOES_NOT_BELONG_TO_CLIENT" })
    };
    let no = "no: CONSIGNMENT_DOES_NOT_BELONG_TO_CLIENT: not yours";
    for (name, body, expected) in [
        ("version 1", json!({ "success": true }), ["yes", "yes"]),
        (
            "version 2",
            json!({ "success": true, "successConsignments": [done(&a), done(&b)] }),
            ["yes", "yes"],
        ),
        (
            "some",
            json!({ "success": false, "successConsignments": [done(&a)], "failures": [failed(&b)] }),
            ["yes", no],
        ),
        (
            "one unspoken of",
            json!({ "success": true, "successConsignments": [done(&a)] }),
            ["yes", "?: the answer does not speak of 7X1000002"],
        ),
        (
            "version 1 with failures",
            json!({ "success": false, "failures": [failed(&b)] }),
            ["?: the answer does not speak of 7X1000001", no],
        ),
        (
            "both",
            json!({ "success": false, "successConsignments": [done(&a)],
                    "failures": [failed(&a), failed(&b)] }),
            ["?: 7X1000001 is both cancelled and refused", no],
        ),
        (
            "no to all, without a word",
            json!({ "success": false }),
            [
                "?: the answer does not speak of 7X1000001",
                "?: the answer does not speak of 7X1000002",
            ],
        ),
    ] {
        assert_eq!(judged(body, &[&a, &b]), expected, "{name}");
    }
    let nameless = json!({ "success": false, "failures": [{ "message": "picked up" }] });
    assert_eq!(judged(nameless.clone(), &[&a]), ["no: picked up"]);
    assert_eq!(judged(nameless, &[&a, &b]).len(), 2);
}

#[test]
fn whole_requests_refused() {
    for (status, body, words) in [
        (
            401,
            r#"{"error":{"reason":"WRONG_API_KEY","message":"Wrong api key","statusCode":401}}"#,
            Some("Unauthorized WRONG_API_KEY: Wrong api key"),
        ),
        (
            400,
            r#"{"error":{"reason":"WRONG_API_KEY"}}"#,
            Some("Unauthorized WRONG_API_KEY"),
        ),
        (
            400,
            r#"{"error":{"reason":"MAX_MANIFEST_LIST_LENGTH_EXCEEDED","message":"more than 20"}}"#,
            Some("Account MAX_MANIFEST_LIST_LENGTH_EXCEEDED: more than 20"),
        ),
        (
            200,
            r#"{"error":{"reason":"WRONG_INPUT","message":"no"}}"#,
            Some("Rejected WRONG_INPUT: no"),
        ),
        (200, r#"{"error":{"reason":"SOMETHING"}}"#, None),
        (200, r#"{"data":[],"error":{"reason":"WRONG_INPUT"}}"#, None),
        (400, r#"{"error":"no"}"#, None),
        (400, "<html>", None),
    ] {
        let said = refusal::of_request(status, body.as_bytes())
            .map(|(kind, says)| format!("{kind:?} {says}"));
        assert_eq!(said.as_deref(), words, "{body}");
    }
}

#[test]
fn what_is_about_us_and_what_about_a_parcel() {
    for (row, ours) in [
        (r#"{"reason":"SERVICE_TYPE_NOT_FOUND"}"#, true),
        (r#"{"reason":"X","message":"Service type not found"}"#, true),
        (
            r#"{"reason":"WRONG_INPUT","message":"Consignment Series with service B2C PRIORITY does not Belong to Client"}"#,
            true,
        ),
        (
            r#"{"reason":"WRONG_INPUT","code":"CUSTOMER_CODE_MISSING"}"#,
            true,
        ),
        (
            r#"{"message":"origin_details.pincode should be present"}"#,
            true,
        ),
        (
            r#"{"message":"Account is blocked: credit limit exceeded"}"#,
            true,
        ),
        (
            r#"{"message":"Service type not available for destination pincode"}"#,
            false,
        ),
        (r#"{"reason":"Invalid Declared Price"}"#, false),
        (
            r#"{"message":"destination_details.phone should be present"}"#,
            false,
        ),
        (r#"{"message":"Pincode 744101 is not serviceable"}"#, false),
        (r#"{"message":"weight should be a positive number"}"#, false),
        ("{}", false),
    ] {
        let row: Value = serde_json::from_str(row).expect("JSON");
        let kind = refusal::of_item(&row);
        assert_eq!(kind == FailureKind::Account, ours, "{row}");
    }
}
