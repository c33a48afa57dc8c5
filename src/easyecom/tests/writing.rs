use rust_decimal::Decimal;

use super::{client, client_with, log_in};
use crate::{
    domain::{
        Awb, CarrierId, FailureKind, InvoiceId, LocationKey, MarketplaceId, OrderId, Sku, Verdict,
        order::Package,
        request::{
            AssignRequest, ConfirmRequest, InventoryItem, InventoryRequest, ManifestGroup,
            ManifestRequest, TrackingRequest,
        },
        time::parse_ist,
        tracking::TrackingStatus,
    },
    easyecom::{AssignEncoding, ConfirmVerb, Settings, SkuVerdict, TokenState},
    http::fake::{Fake, json, nobody, reply},
    ledger::Permit,
};

fn awb(text: &str) -> Awb {
    Awb::parse(text).expect("an AWB")
}

fn assign() -> Permit<AssignRequest> {
    Permit::for_test(AssignRequest {
        invoice: InvoiceId(200_000_001),
        awb: awb("D00000001"),
        courier: "DTDC".into(),
        carrier_id: CarrierId(9001),
    })
}

fn confirm() -> Permit<ConfirmRequest> {
    Permit::for_test(ConfirmRequest {
        invoice: InvoiceId(200_000_001),
        order_id: OrderId(170_000_001),
        package: Package {
            weight_g: Some(Decimal::new(5000, 1)),
            length_cm: Some(Decimal::from(20)),
            width_cm: None,
            height_cm: Some(Decimal::new(55, 1)),
        },
    })
}

fn manifest() -> Permit<ManifestRequest> {
    Permit::for_test(ManifestRequest {
        group: ManifestGroup {
            location: LocationKey::new("ab1234567890"),
            marketplace_id: MarketplaceId(115),
            carrier_id: CarrierId(1),
        },
        members: vec![
            (InvoiceId(1), awb("D00000001")),
            (InvoiceId(2), awb("D00000002")),
            (InvoiceId(3), awb("D00000003")),
        ],
    })
}

fn tracking(status: TrackingStatus) -> Permit<TrackingRequest> {
    let at = parse_ist("2026-01-06 09:00:00").expect("a time");
    Permit::for_test(TrackingRequest {
        invoice: InvoiceId(1),
        awb: awb("D00000001"),
        status,
        scans: vec![("Picked up".into(), at, "PUNE".into())],
        delivered_at: Some(at),
    })
}

fn inventory() -> Permit<InventoryRequest> {
    let item = |sku: &str, quantity| InventoryItem {
        sku: Sku::new(sku),
        quantity,
        version: 1,
    };
    Permit::for_test(InventoryRequest {
        location: LocationKey::new("ab1234567890"),
        items: vec![item("SKU-1", 40), item("SKU-2", 0)],
    })
}

fn name<T>(verdict: &Verdict<T>) -> &'static str {
    match verdict {
        Verdict::Applied(_) => "applied",
        Verdict::Accepted(_) => "accepted",
        Verdict::NotApplied(failure) => match failure.kind {
            FailureKind::Unreachable => "unreachable",
            FailureKind::Throttled => "throttled",
            FailureKind::Unauthorized => "unauthorized",
            FailureKind::Rejected => "rejected",
            FailureKind::TooLate => "too late",
            FailureKind::NotSeen => "not seen",
            FailureKind::Account => "account",
        },
        Verdict::Unknown(_) => "unknown",
    }
}

/// Answers that mean the same to every write.
fn common() -> Vec<(Vec<u8>, &'static str)> {
    let no = r#"{"code":400,"message":"Not possible","data":[]}"#;
    vec![
        (json(no), "rejected"),
        (
            reply(400, &["content-type: application/json"], no),
            "rejected",
        ),
        (
            reply(404, &["content-type: text/html"], "<html>"),
            "unknown",
        ),
        (json(r#"{"code":400,"data":[]}"#), "unknown"),
        (json(r#"{"code":500,"message":"oops"}"#), "unknown"),
        (
            json(r#"{"code":401,"message":"Invalid Api token."}"#),
            "unauthorized",
        ),
        (reply(401, &[], "Invalid Api token."), "unauthorized"),
        (
            reply(403, &["content-type: text/html"], "<html>"),
            "unauthorized",
        ),
        (reply(429, &["retry-after: 7"], ""), "throttled"),
        (reply(500, &[], no), "unknown"),
        (
            reply(502, &["content-type: text/html"], "<html>"),
            "unknown",
        ),
        (reply(302, &["location: /x"], ""), "unknown"),
        (
            reply(200, &["content-type: text/html"], "<html>"),
            "unknown",
        ),
        (reply(200, &[], ""), "unknown"),
        (json(r#"{"code":200,"mess"#), "unknown"),
        (json("[1]"), "unknown"),
        (json(r#"{"hello":"there"}"#), "unknown"),
        (json(&"x".repeat(100_000)), "unknown"),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"code\":200}".to_vec(),
            "unknown",
        ),
        (Vec::new(), "unknown"),
    ]
}

async fn every_write(url: &str) -> [(&'static str, &'static str); 5] {
    let client = || client(url);
    [
        ("assign", name(&client().assign(&assign()).await)),
        ("confirm", name(&client().confirm(&confirm()).await)),
        ("manifest", name(&client().manifest(&manifest()).await)),
        (
            "tracking",
            name(
                &client()
                    .tracking(&tracking(TrackingStatus::InTransit))
                    .await,
            ),
        ),
        ("inventory", name(&client().inventory(&inventory()).await)),
    ]
}

#[tokio::test]
async fn every_outcome_of_every_write() {
    for (answer, expected) in common() {
        let shown: String = String::from_utf8_lossy(&answer).chars().take(120).collect();
        let fake = Fake::start(vec![answer; 5]).await;
        for (call, got) in every_write(&fake.url()).await {
            assert_eq!(got, expected, "{call}: {shown}");
        }
        assert_eq!(fake.requests().len(), 5, "one request per call: {shown}");
    }
    let ok = json(r#"{"code":200,"message":"Successful","data":{}}"#);
    let fake = Fake::start(vec![ok; 5]).await;
    for (call, got) in every_write(&fake.url()).await {
        let expected = match call {
            "confirm" | "manifest" => "accepted",
            _ => "applied",
        };
        assert_eq!(got, expected, "{call}");
    }
    for (call, got) in every_write(&nobody().await).await {
        assert_eq!(got, "unreachable", "{call}");
    }
}

#[tokio::test]
async fn a_silent_remote_is_unknown() {
    // It takes the connection and never answers.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    let verdict = client(&url).assign(&assign()).await;
    assert_eq!(name(&verdict), "unknown");
    drop(listener);
}

#[tokio::test]
async fn what_may_be_sent_goes_by_the_time_that_passed_and_not_by_the_wall_clock() {
    let fake = Fake::start(vec![json(r#"{"code":200,"message":"Successful"}"#)]).await;
    let client = client(&fake.url());
    let until = |ends| Permit::for_test_until(assign().request().clone(), ends);
    let now = tokio::time::Instant::now();
    let live = until(now + std::time::Duration::from_mins(1));
    assert_eq!(name(&client.assign(&live).await), "applied");
    let ended = until(now - std::time::Duration::from_millis(1));
    assert_eq!(name(&client.assign(&ended).await), "too late");
    assert_eq!(fake.requests().len(), 1);
}

#[tokio::test]
async fn what_goes_over_the_wire() {
    let ok = json(r#"{"code":200,"message":"Successful","data":{}}"#);
    let fake = Fake::start(vec![ok; 8]).await;
    let client = client(&fake.url());
    client.assign(&assign()).await;
    client.confirm(&confirm()).await;
    client.manifest(&manifest()).await;
    client.tracking(&tracking(TrackingStatus::InTransit)).await;
    client.tracking(&tracking(TrackingStatus::Delivered)).await;
    client.inventory(&inventory()).await;
    let other = client_with(
        &fake.url(),
        Settings {
            confirm_verb: ConfirmVerb::Get,
            assign_encoding: AssignEncoding::Form,
            ..Settings::default()
        },
    );
    log_in(&other);
    other.assign(&assign()).await;
    other.confirm(&confirm()).await;
    let query = "order_id=170000001&invoice_id=200000001&height=5.5&length=20&weight=500";
    let delivered = r#""current_shipment_status_id":3,"delivery_date":"2026-01-06 09:00:00""#;
    let post = |path: &str| format!("POST {path} HTTP/1.1");
    for (request, head, body) in fake
        .requests()
        .iter()
        .zip([
            (
                post("/Carrier/assignAWB"),
                r#"{"awbNum":"D00000001","companyCarrierId":9001,"courier":"DTDC","invoiceId":200000001}"#,
            ),
            (post(&format!("/orders/confirm_order?{query}")), ""),
            (
                post("/orders/generateManifest"),
                r#"{"awb_numbers":["D00000001","D00000002","D00000003"],"carrier_id":"1","marketplace_id":"115"}"#,
            ),
            (
                post("/Carrier/V2/updateTrackingStatus"),
                r#"{"awb":"D00000001","current_shipment_status_id":2,"history_scans":[{"location":"PUNE","status":"Picked up","time":"2026-01-06 09:00:00"}]}"#,
            ),
            (post("/Carrier/V2/updateTrackingStatus"), delivered),
            (
                post("/inventory/bulkInventoryUpdate"),
                r#"{"skus":[{"quantity":40,"sku":"SKU-1"},{"quantity":0,"sku":"SKU-2"}]}"#,
            ),
            (
                post("/Carrier/assignAWB"),
                "awbNum=D00000001&companyCarrierId=9001&courier=DTDC&invoiceId=200000001",
            ),
            (format!("GET /orders/confirm_order?{query} HTTP/1.1"), ""),
        ])
        .map(|(request, (head, body))| (request, head, body))
    {
        assert!(request.starts_with(&head), "{head}\n{request}");
        let sent = request.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        assert!(sent.contains(body), "{body}\n{sent}");
        assert!(request.contains("x-api-key: canary-api-key-0001"));
        assert!(request.contains("authorization: Bearer eyJ"));
    }
    assert_eq!(fake.requests().len(), 8);
}

#[tokio::test]
async fn confirmations_are_judged_by_their_lists() {
    for (body, expected) in [
        (
            r#"{"status":200,"message":"","data":{"Error":[],"Success":[170000001]}}"#,
            "accepted",
        ),
        (
            r#"{"status":200,"message":"","data":{"Error":[{"order_id":170000001,"message":"no stock"}],"Success":[]}}"#,
            "rejected",
        ),
        (
            r#"{"status":200,"message":"","data":{"Error":[],"Success":[5000001]}}"#,
            "unknown",
        ),
    ] {
        let fake = Fake::start(vec![json(body)]).await;
        let verdict = client(&fake.url()).confirm(&confirm()).await;
        assert_eq!(name(&verdict), expected, "{body}");
        if let Verdict::NotApplied(failure) = verdict {
            assert_eq!(failure.says.as_str(), "no stock");
        }
    }
}

#[tokio::test]
async fn manifests_tell_what_they_can() {
    let manifest_of = async |body: &str| {
        let fake = Fake::start(vec![json(body)]).await;
        match client(&fake.url()).manifest(&manifest()).await {
            Verdict::Accepted(answer) => answer,
            other => panic!("{body}: {other:?}"),
        }
    };
    let plain = manifest_of(r#"{"code":200,"message":"Successful","data":[]}"#).await;
    assert_eq!(plain, crate::easyecom::ManifestAnswer::default());
    let full = manifest_of(
        r#"{"status":true,"manifest_id":"4","manifest_number":"20260105035815_115_1_7",
            "shipments":[{"awb_number":"D00000001"},{"awb_number":"D00000002"}],
            "failed":[{"awb_number":"D00000003","message":"not confirmed"}]}"#,
    )
    .await;
    assert_eq!(
        full.number.as_ref().map(crate::domain::ManifestNo::as_str),
        Some("20260105035815_115_1_7")
    );
    assert_eq!(full.taken, [awb("D00000001"), awb("D00000002")]);
    assert_eq!(full.refused, [(awb("D00000003"), "not confirmed".into())]);
    let contradicting = manifest_of(
        r#"{"code":200,"data":{"Success":["D00000001"],"Error":["D00000001"],"already_done":["D00000002"],"awb_numbers":["D00000003","X"]}}"#,
    )
    .await;
    assert_eq!(contradicting.taken, [awb("D00000003")]);
    assert!(contradicting.refused.is_empty());
}

#[tokio::test]
async fn stock_pushes_tell_what_they_can() {
    let push = async |body: &str| {
        let fake = Fake::start(vec![json(body)]).await;
        match client(&fake.url()).inventory(&inventory()).await {
            Verdict::Applied(answer) => answer,
            other => panic!("{body}: {other:?}"),
        }
    };
    let plain = push(r#"{"code":200,"message":"Successful","data":null}"#).await;
    assert_eq!(plain.per_sku, None);
    assert_eq!(plain.says.as_str(), "Successful");
    let full = push(
        r#"{"code":200,"message":"Successful","data":[
            {"sku":"SKU-1","message":"Inventory updated successfully","quantity":"39"},
            {"sku":"SKU-2","code":400,"message":"product/sku doest not exist"},
            {"sku":"SKU-9","quantity":1}]}"#,
    )
    .await;
    assert_eq!(
        full.per_sku,
        Some(vec![
            (Sku::new("SKU-1"), SkuVerdict::Taken { quantity: Some(39) }),
            (
                Sku::new("SKU-2"),
                SkuVerdict::Refused("product/sku doest not exist".into())
            ),
        ])
    );
}

#[tokio::test]
async fn nothing_is_sent_without_a_token() {
    let fake = Fake::start(vec![reply(401, &[], ""), json("{}")]).await;
    let fresh = client_with(&fake.url(), Settings::default());
    assert_eq!(name(&fresh.assign(&assign()).await), "unauthorized");
    assert!(fake.requests().is_empty());
    let client = client(&fake.url());
    assert_eq!(name(&client.assign(&assign()).await), "unauthorized");
    assert_eq!(client.token_state(chrono::Utc::now()), TokenState::Rejected);
    assert_eq!(name(&client.assign(&assign()).await), "unauthorized");
    assert_eq!(fake.requests().len(), 1);
}

#[tokio::test]
async fn a_throttled_write_tells_how_long() {
    let fake = Fake::start(vec![reply(429, &["retry-after: 7"], "")]).await;
    match client(&fake.url()).assign(&assign()).await {
        Verdict::NotApplied(failure) => assert_eq!(failure.retry_after_s, Some(7)),
        other => panic!("{other:?}"),
    }
}
