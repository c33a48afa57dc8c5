//! Logins, lists, limits.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{FixedOffset, Utc};
use raftaar::sandbox::{Arrival, NothingThere, SandboxOptions, Switches, Tier};
use serde_json::json;

use super::shop::{INVOICE, calm, open, read};

fn ist(ago: chrono::Duration) -> String {
    let zone = FixedOffset::east_opt(19_800).expect("valid");
    (Utc::now() - ago)
        .with_timezone(&zone)
        .format("%Y-%m-%d %H:%M:%S")
        .to_string()
}

#[tokio::test]
async fn a_second_login_must_wait() {
    let shop = open(calm()).await;
    assert_eq!(shop.login().await.0, 403);
    shop.sandbox.advance(Duration::from_mins(1));
    assert_eq!(shop.login().await.0, 200);
    assert_eq!(shop.sandbox.report().token_refusals, 1);
}

#[tokio::test]
async fn missing_credentials_are_401() {
    let shop = open(calm()).await;
    let path = shop.url("/orders/V2/getAllOrders");
    let (status, body) = read(shop.http.get(&path).bearer_auth(&shop.token)).await;
    assert_eq!(
        (status, &body["message"]),
        (401, &json!("Invalid Api token."))
    );
    let keyed = shop
        .http
        .get(&path)
        .header("x-api-key", &shop.login.x_api_key);
    assert_eq!(read(keyed).await.0, 401);
    assert_eq!(shop.sandbox.report().unauthorised, 2);
}

#[tokio::test]
async fn calls_over_the_limit_are_429() {
    let shop = open(SandboxOptions {
        tier: Tier::Default,
        ..calm()
    })
    .await;
    let mut calls = 0;
    loop {
        calls += 1;
        let request = shop.signed(shop.http.get(shop.url("/getAllLocation")));
        if read(request).await.0 == 429 {
            break;
        }
        assert!(calls < 500, "five a second are never that many");
    }
    assert!(calls >= 10, "the login and nine calls are a burst of ten");
    let report = shop.sandbox.report();
    assert_eq!(report.throttled, 1);
    assert_eq!(report.calls["get_locations"], calls);
    assert_eq!(report.calls_by_key["sandbox-x-api-key"], calls + 1);
    assert_eq!(report.violations, []);
}

#[tokio::test]
async fn a_window_of_eight_days_is_refused() {
    let shop = open(calm()).await;
    let ask = async |days: i64| {
        let url = shop.url("/orders/V2/getAllOrders");
        let query = [
            ("start_date", ist(chrono::Duration::days(days))),
            ("end_date", ist(chrono::Duration::zero())),
        ];
        read(shop.signed(shop.http.get(url).query(&query))).await
    };
    assert_eq!(
        ask(7).await.1["data"]["orders"].as_array().map(Vec::len),
        Some(10)
    );
    let (status, body) = ask(8).await;
    assert_eq!((status, &body["code"]), (200, &json!(400)));
    assert_eq!(
        body["message"],
        "Date range greater than 7 days not allowed"
    );
}

#[tokio::test]
async fn pages_follow_an_opaque_cursor() {
    let shop = open(SandboxOptions {
        orders: 23,
        ..calm()
    })
    .await;
    let mut next = Some("/orders/V2/getAllOrders?limit=5".to_owned());
    let (mut seen, mut pages) = (BTreeSet::new(), 0);
    while let Some(path) = next {
        let page = shop.get(&path).await;
        seen.extend(
            page["data"]["orders"]
                .as_array()
                .expect("rows")
                .iter()
                .map(|row| row["invoice_id"].as_u64()),
        );
        next = page["data"]["nextUrl"].as_str().map(str::to_owned);
        pages += 1;
    }
    assert_eq!((seen.len(), pages), (23, 5));
    let page = shop.get("/orders/V2/getAllOrders?limit=5").await;
    let next = page["data"]["nextUrl"].as_str().expect("more");
    assert!(next.starts_with("/orders/V2/getAllOrders?cursor=") && next.ends_with("%3D"));
    let twice = shop.get(&next.replace('%', "%25")).await;
    assert_eq!(
        twice["code"], 400,
        "encoded again, it is not the cursor any more"
    );
    let cursor = next
        .split_once("cursor=")
        .expect("a cursor")
        .1
        .replace("%3D", "=")
        .replace("%2B", "+")
        .replace("%2F", "/");
    let url = shop.url("/orders/V2/getAllOrders");
    let (_, page) = read(
        shop.signed(
            shop.http
                .get(url)
                .query(&[("cursor", cursor.as_str()), ("limit", "5")]),
        ),
    )
    .await;
    assert_eq!(page["data"]["orders"][0]["invoice_id"], INVOICE + 5);
}

#[tokio::test]
async fn updates_are_found_by_their_time() {
    let shop = open(calm()).await;
    let since = ist(chrono::Duration::zero());
    let url = shop.url("/orders/V2/getAllOrders");
    let ask = async || {
        read(shop.signed(shop.http.get(&url).query(&[("updated_after", &since)])))
            .await
            .1
    };
    assert_eq!(ask().await["data"], "No Data Found");
    shop.assign(INVOICE + 3, "D00000001").await;
    let changed = ask().await;
    assert_eq!(changed["data"]["orders"].as_array().map(Vec::len), Some(1));
    assert_eq!(changed["data"]["orders"][0]["awb_number"], "D00000001");
}

#[tokio::test]
async fn orders_arrive_over_time() {
    let options = SandboxOptions {
        arrival: Arrival::Over(Duration::from_secs(1000)),
        ..calm()
    };
    let shop = open(options).await;
    assert_eq!(shop.sandbox.report().orders, 1);
    shop.sandbox.advance(Duration::from_secs(550));
    let report = shop.sandbox.report();
    assert_eq!((report.orders, report.to_come), (6, 4));
}

#[tokio::test]
async fn switches_change_what_lists_look_like() {
    let switches = Switches {
        status_id_honoured: true,
        nothing_there: NothingThere::Code400,
        malformed_row: true,
        amounts_as_strings: true,
        ..Switches::default()
    };
    let shop = open(SandboxOptions {
        switches,
        foreign_orders: 2,
        ..calm()
    })
    .await;
    assert_eq!(
        shop.get("/orders/V2/getAllOrders?status_id=7").await["code"],
        400
    );
    let page = shop.get("/orders/V2/getAllOrders?status_id=1,2").await;
    let rows = page["data"]["orders"].as_array().expect("rows");
    assert_eq!(rows.len(), 11, "ten orders and one row that is none");
    assert_eq!(
        rows.iter()
            .filter(|row| !row["invoice_id"].is_u64())
            .count(),
        1
    );
    assert!(
        rows[0]["total_amount"]
            .as_str()
            .is_some_and(|sum| sum.ends_with("00"))
    );
    let everywhere = shop.get("/orders/V2/getAllOrders?isalllocation=1").await;
    assert_eq!(
        everywhere["data"]["orders"].as_array().map(Vec::len),
        Some(13)
    );
}

#[tokio::test]
async fn pincodes_tell_what_the_courier_does_there() {
    let shop = open(calm()).await;
    let ask = async |to: &str| {
        let request = shop.http.post(shop.url("/ratecalapi/PincodeApiCall"));
        read(request.json(&json!({ "orgPincode": "411001", "desPincode": to })))
            .await
            .1
    };
    assert_eq!(
        ask("560001").await["SERV_LIST"][0]["b2C_COD_Serviceable"],
        "YES"
    );
    let leh = ask("194101").await;
    assert_eq!(
        (
            &leh["ZIPCODE_RESP"][0]["SERVFLAG"],
            &leh["ZIPCODE_RESP"][0]["SERV_COD"]
        ),
        (&json!("Y"), &json!("N"))
    );
    assert_eq!(ask("744101").await["ZIPCODE_RESP"][0]["SERVFLAG"], "N");
    assert_eq!(
        ask("999999").await["ZIPCODE_RESP"][0]["MESSAGE"],
        "DESTPIN is not valid"
    );
}
