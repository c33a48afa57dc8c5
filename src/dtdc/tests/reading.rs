//! Labels, tracking and the PIN look-up over HTTP.

use serde_json::json;

use super::{API_KEY, PASSWORD, TOKEN, awb, client, client_with, credentials, settings, tracker};
use crate::{
    domain::ReadError,
    dtdc::{Found, LabelFormat, Settings, TrackingAuth},
    http::fake::{Fake, json as json_reply, nobody, reply},
};

fn journey(number: &str, reference: &str) -> String {
    json!({ "statusFlag": true, "status": "SUCCESS",
        "trackHeader": { "strShipmentNo": number, "strRefNo": reference },
        "trackDetails": [{ "strCode": "SPL", "strAction": "Softdata Upload",
                           "strActionDate": "05102026", "strActionTime": "0905" }] })
    .to_string()
}

const NOTHING: &str = r#"{"statusFlag":false,"status":"FAILED","errorDetails":[
    {"name":"strError","value":"NO DATA FOUND FOR THIS CNNO NUMBER"}]}"#;

#[tokio::test]
async fn labels() {
    let pdf = reply(200, &["content-type: application/pdf"], "%PDF-1.4");
    let fake = Fake::start(vec![pdf]).await;
    let label = client(&fake.url()).label(&awb("7X1000001")).await;
    assert_eq!(label.as_deref(), Ok(&b"%PDF-1.4"[..]));
    let request = fake.requests().remove(0);
    let line = "GET /api/customer/integration/consignment/shippinglabel/stream\
                ?reference_number=7X1000001&label_code=SHIP_LABEL_4X6&label_format=pdf HTTP/1.1\r\n";
    assert!(request.starts_with(line), "{request}");
    assert!(request.contains(&format!("api-key: {API_KEY}\r\n")));

    let fake = Fake::start(vec![json_reply(r#"{"label":"JVBERi0xLjQ="}"#)]).await;
    let coded = Settings {
        label_format: LabelFormat::Base64,
        ..settings(&fake.url())
    };
    let label = client_with(coded, credentials())
        .label(&awb("7X1000001"))
        .await;
    assert_eq!(label.as_deref(), Ok(&b"%PDF-1.4"[..]));
    assert!(fake.requests()[0].contains("label_format=base64"));

    for (answer, expected) in [
        (reply(200, &[], "<html>not here</html>"), "Garbled"),
        (
            json_reply(r#"{"error":{"message":"No consignment found"}}"#),
            "Refused",
        ),
        (
            reply(400, &[], r#"{"error":{"message":"No consignment found"}}"#),
            "Refused",
        ),
        (
            reply(401, &[], r#"{"error":{"reason":"WRONG_API_KEY"}}"#),
            "Unauthorized",
        ),
        (reply(500, &[], ""), "Server"),
        (Vec::new(), "Unreachable"),
    ] {
        let fake = Fake::start(vec![answer]).await;
        let error = client(&fake.url())
            .label(&awb("7X1000001"))
            .await
            .expect_err("none");
        assert!(format!("{error:?}").starts_with(expected), "{error:?}");
    }
}

#[tokio::test]
async fn a_login_and_its_end() {
    let unauthorised =
        r#"{"timestamp":"t","status":401,"error":"Unauthorized","message":"x","path":"/p"}"#;
    let fake = Fake::start(vec![
        reply(200, &["content-type: text/plain"], &format!("{TOKEN}\n")),
        json_reply(&journey("7X1000001", "R1")),
        reply(401, &[], unauthorised),
    ])
    .await;
    let client = client(&fake.url());
    let before = client.track(&awb("7X1000001")).await;
    assert!(
        matches!(before, Err(ReadError::Unauthorized(_))),
        "{before:?}"
    );
    assert!(
        fake.requests().is_empty(),
        "nothing goes out without a token"
    );

    client.track_login().await.expect("a token");
    assert!(client.track_ready());
    let pull = client.track(&awb("7X1000001")).await.expect("a journey");
    assert_eq!(pull.scans.len(), 1);
    let error = client.track(&awb("7X1000001")).await.expect_err("too old");
    assert!(matches!(error, ReadError::Unauthorized(_)));
    assert!(
        !client.track_ready(),
        "a token that was turned away is not used again"
    );

    let requests = fake.requests();
    let login = "GET /dtdc-api/api/dtdc/authenticate?username=SB0001_trk_json&password=";
    assert!(requests[0].starts_with(login) && requests[0].contains(PASSWORD));
    let track = "POST /dtdc-api/rest/JSONCnTrk/getTrackDetails HTTP/1.1\r\n";
    assert!(requests[1].starts_with(track));
    assert!(requests[1].contains(&format!("x-access-token: {TOKEN}\r\n")));
    assert!(requests[1].ends_with(r#"{"addtnlDtl":"Y","strcnno":"7X1000001","trkType":"cnno"}"#));
}

#[tokio::test]
async fn logins_that_fail() {
    for (answer, expected) in [
        (
            reply(401, &["content-type: text/plain"], "Not Authorized"),
            "Unauthorized",
        ),
        (reply(200, &[], "Not Authorized"), "Unauthorized"),
        (reply(201, &[], TOKEN), "Garbled"),
        (reply(200, &[], "<html></html>"), "Garbled"),
        (reply(200, &[], ""), "Garbled"),
        (reply(500, &[], ""), "Server"),
    ] {
        let fake = Fake::start(vec![answer]).await;
        let client = client(&fake.url());
        let error = client.track_login().await.expect_err("no token");
        assert!(format!("{error:?}").starts_with(expected), "{error:?}");
        assert!(!client.track_ready());
    }
    let error = client(&nobody().await)
        .track_login()
        .await
        .expect_err("nobody");
    assert!(matches!(error, ReadError::NeverSent(_)));
}

#[tokio::test]
async fn a_key_that_does_not_change() {
    let fake = Fake::start(vec![
        json_reply(&journey("7X1000001", "R1")),
        reply(401, &[], "{}"),
    ])
    .await;
    let fixed = Settings {
        tracking_auth: TrackingAuth::StaticKey,
        ..settings(&fake.url())
    };
    let mut keys = credentials();
    let without = client_with(fixed.clone(), keys.clone());
    assert!(without.track_login().await.is_err());
    keys.tracking_key = Some(TOKEN.into());
    let client = client_with(fixed, keys);
    client.track_login().await.expect("nothing to do");
    client.track(&awb("7X1000001")).await.expect("a journey");
    let error = client.track(&awb("7X1000001")).await.expect_err("refused");
    assert!(matches!(error, ReadError::Unauthorized(_)));
    assert!(client.track_ready(), "there is no other key");
    assert_eq!(fake.requests().len(), 2);
}

#[tokio::test]
async fn unknown_numbers_and_references() {
    let fake = Fake::start(vec![
        reply(206, &["content-type: application/json"], NOTHING),
        reply(206, &["content-type: application/json"], NOTHING),
        json_reply(&journey("7X1000001", "R1")),
        json_reply(&journey("7X1000001", "R2")),
        reply(206, &[], ""),
        reply(500, &[], NOTHING),
    ])
    .await;
    let client = tracker(&fake.url());
    let error = client.track(&awb("7X1000001")).await.expect_err("unknown");
    assert!(matches!(error, ReadError::Nothing(_)), "{error:?}");
    assert_eq!(client.find_by_reference("R1").await, Ok(None));
    assert_eq!(
        client.find_by_reference("R1").await,
        Ok(Some(Found {
            awb: awb("7X1000001"),
            named: true,
        }))
    );
    for _ in 0..3 {
        let found = client.find_by_reference("R1").await;
        assert!(found.is_err(), "neither found nor missing: {found:?}");
    }
    let body = r#"{"addtnlDtl":"N","strcnno":"R1","trkType":"reference"}"#;
    assert!(fake.requests()[1].ends_with(body));
}

#[tokio::test]
async fn pin_codes() {
    let answer = json!({
        "ZIPCODE_RESP": [{ "MESSAGE": "SUCCESS", "SERVFLAG": "Y", "DESTCITY": "PUNE" }],
        "SERV_LIST": [{ "b2C_SERVICEABLE": "YES", "COD_Serviceable": "NO" }],
    });
    let fake = Fake::start(vec![json_reply(&answer.to_string())]).await;
    let serves = client(&fake.url())
        .serviceable("411001")
        .await
        .expect("a verdict");
    assert!(serves.prepaid && !serves.cod);
    let request = fake.requests().remove(0);
    assert!(request.starts_with("POST /ratecalapi/PincodeApiCall HTTP/1.1\r\n"));
    assert!(request.ends_with(r#"{"desPincode":"411001","orgPincode":"560001"}"#));
    assert!(!request.contains(API_KEY), "the look-up gets no key");
}
