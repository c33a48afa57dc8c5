//! Booking and cancelling, by outcome class.

use std::fmt::Debug;

use serde_json::{Value, json};

use super::{API_KEY, ask, awb, booking, cancelling, client};
use crate::{
    domain::{FailureKind, Verdict, order::Payment},
    http::fake::{Fake, json as json_reply, nobody, reply},
    ledger::Permit,
};

fn body_of(request: &str) -> Value {
    let (_, body) = request.split_once("\r\n\r\n").expect("a body");
    serde_json::from_str(body).expect("JSON")
}

fn class<T: Debug>(verdict: &Verdict<T>) -> &'static str {
    match verdict {
        Verdict::Applied(_) => "applied",
        Verdict::Accepted(_) => "accepted",
        Verdict::Unknown(_) => "unknown",
        Verdict::NotApplied(failure) => match failure.kind {
            FailureKind::Unreachable => "unreachable",
            FailureKind::Throttled => "throttled",
            FailureKind::Unauthorized => "unauthorized",
            FailureKind::Rejected => "rejected",
            FailureKind::TooLate => "too late",
            FailureKind::NotSeen => "not seen",
            FailureKind::Account => "account",
        },
    }
}

#[tokio::test]
async fn the_body_is_the_contracts() {
    let answer = r#"{"status":"OK","data":[
        {"success":true,"reference_number":"7X1000001","customer_reference_number":"R1"},
        {"success":true,"reference_number":"D00000001","customer_reference_number":"R2"}]}"#;
    let fake = Fake::start(vec![json_reply(answer)]).await;
    let mut cod = ask(2);
    cod.own_number = Some(awb("D00000001"));
    cod.payment = Payment::Cod {
        collect: "1499.50".parse().expect("a sum"),
    };
    cod.package.weight_g = "1250.5".parse().ok();
    cod.invoice_number = None;
    let (first, second) = (booking(1), Permit::for_test(cod));
    let verdicts = client(&fake.url()).book(&[&first, &second]).await;
    assert!(
        verdicts.iter().all(|v| class(v) == "applied"),
        "{verdicts:?}"
    );
    let request = fake.requests().remove(0);
    assert!(
        request.starts_with("POST /api/customer/integration/consignment/softdata HTTP/1.1\r\n")
    );
    assert!(request.contains(&format!("api-key: {API_KEY}\r\n")));
    let place = |name: &str,
                 phone: &str,
                 line: &str,
                 email: &str,
                 pin: &str,
                 city: &str,
                 state: &str| {
        json!({ "name": name, "phone": phone, "alternate_phone": "", "address_line_1": line,
                "address_line_2": "", "email": email, "pincode": pin, "city": city, "state": state })
    };
    let from = place(
        "Warehouse",
        "8000000001",
        "1 Dock Road",
        "",
        "560001",
        "Bengaluru",
        "Karnataka",
    );
    let email = "canary@example.in";
    let to = place(
        "Canary Customer",
        "9876500012",
        "7 Canary Lane",
        email,
        "411001",
        "Pune",
        "Maharashtra",
    );
    let expected =
        |own: &str, reference: &str, weight: &str, mode: &str, sum: &str, number: &str| {
            json!({
                "customer_code": "SB0001", "reference_number": own,
                "customer_reference_number": reference, "service_type_id": "B2C SMART EXPRESS",
                "load_type": "NON-DOCUMENT", "consignment_type": "Forward", "commodity_id": "7",
                "description": "Water filter", "declared_value": "1499.5", "num_pieces": "1",
                "dimension_unit": "cm", "length": "20", "width": "15", "height": "10",
                "weight_unit": "kg", "weight": weight, "origin_details": from,
                "destination_details": to, "cod_collection_mode": mode, "cod_amount": sum,
                "cod_favor_of": "", "eway_bill": "", "invoice_number": number, "invoice_date": "",
                "is_risk_surcharge_applicable": false,
            })
        };
    let rows = body_of(&request);
    let rows = rows
        .get("consignments")
        .and_then(Value::as_array)
        .expect("rows");
    assert_eq!(
        *rows,
        [
            expected("", "R1", "0.80", "", "", "INV-1"),
            expected("D00000001", "R2", "1.251", "CASH", "1499.5", ""),
        ]
    );
}

/// A refused call for several parcels names none of them: nobody's order is at fault.
#[tokio::test]
async fn a_call_refused_as_a_whole_is_held_against_no_parcel() {
    let refused = r#"{"error":{"reason":"WRONG_INPUT","message":"no"}}"#;
    for (parcels, expected) in [(1, vec!["rejected"]), (2, vec!["account"; 2])] {
        let fake = Fake::start(vec![json_reply(refused)]).await;
        let permits: Vec<_> = (1..=parcels).map(booking).collect();
        let permits: Vec<_> = permits.iter().collect();
        let verdicts = client(&fake.url()).book(&permits).await;
        let classes: Vec<_> = verdicts.iter().map(class).collect();
        assert_eq!(classes, expected, "{verdicts:?}");
    }
}

#[tokio::test]
async fn a_permit_ends_by_the_time_that_passed_and_not_by_the_wall_clock() {
    let answer = r#"{"data":[{"success":true,"reference_number":"7X1000001"}]}"#;
    let fake = Fake::start(vec![json_reply(answer)]).await;
    let now = tokio::time::Instant::now();
    let live = Permit::for_test_until(ask(1), now + std::time::Duration::from_mins(1));
    let ended = Permit::for_test_until(ask(2), now - std::time::Duration::from_millis(1));
    let verdicts = client(&fake.url()).book(&[&ended, &live]).await;
    let classes: Vec<_> = verdicts.iter().map(class).collect();
    assert_eq!(classes, ["too late", "applied"], "{verdicts:?}");
}

#[tokio::test]
async fn every_outcome_class() {
    let error = |reason: &str| format!(r#"{{"error":{{"reason":"{reason}","message":"no"}}}}"#);
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{\"data\"".to_vec();
    for (answer, expected) in [
        (
            json_reply(r#"{"data":[{"success":true,"reference_number":"7X1000001"}]}"#),
            "applied",
        ),
        (
            json_reply(r#"{"data":[{"success":false,"message":"no"}]}"#),
            "rejected",
        ),
        (json_reply(r#"{"data":[]}"#), "unknown"),
        (json_reply("{}"), "unknown"),
        (json_reply(&error("WRONG_INPUT")), "rejected"),
        (
            reply(400, &[], &error("MAX_MANIFEST_LIST_LENGTH_EXCEEDED")),
            "account",
        ),
        (reply(400, &[], "{}"), "unknown"),
        (reply(401, &[], &error("NO_API_KEY")), "unauthorized"),
        (reply(403, &[], ""), "unauthorized"),
        (reply(429, &["retry-after: 7"], ""), "throttled"),
        (reply(500, &[], &error("WRONG_INPUT")), "unknown"),
        (
            reply(502, &["content-type: text/html"], "<html>"),
            "unknown",
        ),
        (
            reply(200, &["content-type: text/html"], "<html>"),
            "unknown",
        ),
        (reply(302, &["location: /login"], ""), "unknown"),
        (cut, "unknown"),
        (Vec::new(), "unknown"),
    ] {
        let shown = String::from_utf8_lossy(&answer).into_owned();
        let fake = Fake::start(vec![answer.clone()]).await;
        let verdicts = client(&fake.url()).book(&[&booking(1)]).await;
        assert_eq!(verdicts.len(), 1);
        assert_eq!(class(&verdicts[0]), expected, "{shown}: {verdicts:?}");
        assert_eq!(fake.requests().len(), 1, "sent once");
        if let Verdict::NotApplied(failure) = &verdicts[0]
            && expected == "throttled"
        {
            assert_eq!(failure.retry_after_s, Some(7));
        }
    }
    let gone = client(&nobody().await)
        .book(&[&booking(1), &booking(2)])
        .await;
    assert!(gone.iter().all(|v| class(v) == "unreachable"), "{gone:?}");
}

#[tokio::test]
async fn what_cannot_be_sent_is_left_out() {
    let answer = r#"{"data":[{"success":true,"reference_number":"7X1000003"}]}"#;
    let fake = Fake::start(vec![json_reply(answer)]).await;
    let mut weightless = ask(1);
    weightless.package.weight_g = None;
    let weightless = Permit::for_test(weightless);
    let good = booking(3);
    let verdicts = client(&fake.url()).book(&[&weightless, &good]).await;
    let Verdict::NotApplied(failure) = &verdicts[0] else {
        panic!("{verdicts:?}");
    };
    assert!(failure.says.as_str().contains("no weight"), "{failure:?}");
    assert_eq!(class(&verdicts[1]), "applied");
    let none = client(&fake.url()).book(&[&weightless]).await;
    assert_eq!(class(&none[0]), "rejected");
    assert_eq!(fake.requests().len(), 1);
    assert!(client(&fake.url()).book(&[]).await.is_empty());
}

#[tokio::test]
async fn twenty_parcels_and_no_more() {
    let rows: Vec<Value> = (1..=20)
        .map(|n| json!({ "success": true, "reference_number": format!("7X{n:07}") }))
        .collect();
    let fake = Fake::start(vec![json_reply(&json!({ "data": rows }).to_string())]).await;
    let permits: Vec<_> = (1..=21).map(booking).collect();
    let all: Vec<_> = permits.iter().collect();
    let verdicts = client(&fake.url()).book(&all).await;
    let classes: Vec<_> = verdicts.iter().map(class).collect();
    assert_eq!(classes[..20], ["applied"; 20]);
    assert_eq!(classes[20..], ["too late"]);
    let sent = body_of(&fake.requests()[0]);
    assert_eq!(sent["consignments"].as_array().map(Vec::len), Some(20));
}

#[tokio::test]
async fn cancelling_by_class() {
    for (answer, expected) in [
        (
            json_reply(r#"{"status":"OK","success":true}"#),
            ["applied"; 2],
        ),
        (
            json_reply(
                r#"{"success":false,"successConsignments":[{"success":true,"reference_number":"7X1000001"}],
                "failures":[{"reference_number":"7X1000002","message":"no","reason":"NO"}]}"#,
            ),
            ["applied", "rejected"],
        ),
        (
            reply(
                400,
                &[],
                r#"{"error":{"reason":"WRONG_INPUT","code":"CUSTOMER_CODE_MISSING"}}"#,
            ),
            ["account"; 2],
        ),
        (
            reply(401, &[], r#"{"error":{"reason":"WRONG_API_KEY"}}"#),
            ["unauthorized"; 2],
        ),
        (reply(429, &[], ""), ["throttled"; 2]),
        (reply(503, &[], ""), ["unknown"; 2]),
        (Vec::new(), ["unknown"; 2]),
    ] {
        let fake = Fake::start(vec![answer]).await;
        let (a, b) = (cancelling("7X1000001"), cancelling("7X1000002"));
        let verdicts = client(&fake.url()).cancel(&[&a, &b]).await;
        let classes: Vec<_> = verdicts.iter().map(class).collect();
        assert_eq!(classes, expected, "{verdicts:?}");
        let body = body_of(&fake.requests()[0]);
        assert_eq!(
            body,
            json!({ "AWBNo": ["7X1000001", "7X1000002"], "customerCode": "SB0001" })
        );
    }
}
