//! What must never be seen: our secrets, and the customer.

use super::{API_KEY, JWT, PASSWORD, V1, client, client_with, token_reply};
use crate::{
    domain::{Awb, CarrierId, InvoiceId, Verdict, request::AssignRequest, time::parse_ist},
    easyecom::{OrdersQuery, Settings, Window, wire::decode_row},
    http::fake::{Fake, json, reply},
    ledger::Permit,
};

/// Everything of [`V1`] that belongs to a person carries one of these.
const PERSON: [&str; 4] = ["Canary", "canary@", "9876500012", "9876500013"];

fn assert_hidden(text: &str) {
    for secret in [API_KEY, PASSWORD, JWT, "eyJjYW5h"].iter().chain(&PERSON) {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

fn assigning() -> Permit<AssignRequest> {
    Permit::for_test(AssignRequest {
        invoice: InvoiceId(1),
        awb: Awb::parse("D00000001").expect("an AWB"),
        courier: "DTDC".into(),
        carrier_id: CarrierId(1),
    })
}

#[tokio::test]
async fn no_debug_and_no_error_shows_a_secret() {
    // A remote that repeats everything it was told.
    let echo = format!("you sent {API_KEY} {PASSWORD} {JWT}");
    let refusal = format!(r#"{{"code":400,"message":"{echo}","data":"{echo}"}}"#);
    let window = Window::Created {
        start: parse_ist("2026-01-01 00:00:00").expect("a time"),
        end: parse_ist("2026-01-02 00:00:00").expect("a time"),
    };
    let permit = assigning();
    for answer in [
        json(&refusal),
        json(&format!(r#"{{"data":"{echo}"}}"#)),
        json(&echo),
        reply(400, &[], &refusal),
        reply(401, &[], &refusal),
        reply(403, &[], &refusal),
        reply(429, &[], &refusal),
        reply(500, &[], &echo),
        reply(200, &[], &format!("<html>{echo}")),
        json(&format!(r#"{{"code":200,"data":{{"orders":[{V1}],"#)),
        json(&format!(
            r#"{{"code":7,"message":"{}{echo}"}}"#,
            "x".repeat(200)
        )),
        Vec::new(),
    ] {
        let fake = Fake::start(vec![answer.clone(), answer.clone(), answer]).await;
        let reader = client(&fake.url());
        let query = OrdersQuery::First { window, limit: 1 };
        let error = reader.orders(query).await.expect_err("no page");
        assert_hidden(&format!(
            "{error} {error:?} {reader:?} {:?}",
            reader.settings()
        ));
        let writer = client(&fake.url());
        match writer.assign(&permit).await {
            Verdict::NotApplied(failure) => assert_hidden(&format!("{failure:?}")),
            Verdict::Unknown(seen) => assert_hidden(seen.as_str()),
            other => panic!("{other:?}"),
        }
        let login = client(&fake.url()).login().await;
        assert_hidden(&format!("{login:?}"));
    }
    let fake = Fake::start(vec![token_reply()]).await;
    let client = client_with(&fake.url(), Settings::default());
    assert_hidden(&format!("{:?} {client:?}", client.login().await));
    assert_hidden(&format!("{:?}", client.export_token()));
}

/// Long words are cut, and the cut can go through a secret.
#[tokio::test]
async fn no_beginning_of_a_secret_survives_a_cut() {
    // Where a message of the remote's is cut, the dots included.
    let room = crate::domain::text::CLEAN_CHARS_MAX - 1;
    for secret in [API_KEY, PASSWORD, JWT] {
        for kept in 3..secret.len() {
            let words = format!("{}{secret}{}", "x".repeat(room - kept), "y".repeat(40));
            let refusal = json(&format!(r#"{{"code":400,"message":"{words}"}}"#));
            let fake = Fake::start(vec![refusal.clone(), refusal]).await;
            let client = client(&fake.url());
            let error = client.locations().await.expect_err("refused").to_string();
            let Verdict::NotApplied(failure) = client.assign(&assigning()).await else {
                panic!("{words} is a refusal");
            };
            let head: String = secret.chars().take(3).collect();
            for says in [error.as_str(), failure.says.as_str()] {
                assert!(!says.contains(&head), "{kept} of {secret} in {says}");
                assert!(says.ends_with("***…"), "{says}");
            }
        }
    }
}

#[test]
fn no_debug_and_no_fragment_shows_a_customer() {
    let seen = decode_row(V1).expect("the sample");
    assert_hidden(&format!("{seen:?}"));
    assert_hidden(&serde_json::to_string(&seen.order).expect("an order"));
    for broken in [
        V1.replace("\"invoice_id\"", "\"invoiceIdentity\""),
        V1.replace("\"order_id\": 170000001", "\"order_id\": \"none\""),
        V1.replace("\"awb_number\": null", "\"awb_number\": \"?7\""),
        format!("[{V1}]"),
        V1.replace('}', ""),
    ] {
        let row = decode_row(&broken).expect_err("a broken row");
        assert_hidden(&format!("{row:?}"));
        assert!(row.fragment.as_str().len() <= 2048);
    }
}
