//! Every rule of the sequence refuses, and says so in the log.

use std::time::Duration;

use raftaar::sandbox::{RepeatAnswer, Rule, SandboxOptions, Switches};
use serde_json::{Value, json};

use super::shop::{INVOICE, ORDER, calm, open};

#[tokio::test]
async fn confirm_needs_an_awb() {
    let shop = open(calm()).await;
    let answer = shop.confirm(ORDER).await;
    assert_eq!(
        (&answer["status"], &answer["data"]["Success"]),
        (&json!(200), &json!([]))
    );
    assert_eq!(answer["data"]["Error"].as_array().map(Vec::len), Some(1));
    assert_eq!(shop.broken(), [Rule::ConfirmWithoutAwb]);
}

#[tokio::test]
async fn an_awb_belongs_to_one_invoice_and_an_invoice_has_one() {
    let shop = open(calm()).await;
    assert_eq!(shop.assign(INVOICE, "D00000001").await["code"], 200);
    assert_eq!(
        shop.assign(INVOICE, "D00000001").await["code"],
        200,
        "the same again is harmless"
    );
    assert_eq!(shop.broken(), []);
    assert_eq!(shop.assign(INVOICE, "D00000002").await["code"], 400);
    assert_eq!(shop.assign(INVOICE + 1, "D00000001").await["code"], 400);
    shop.confirm(ORDER).await;
    assert_eq!(shop.assign(INVOICE, "D00000003").await["code"], 400);
    assert_eq!(
        shop.broken(),
        [
            Rule::SecondAwb,
            Rule::AwbOnTwoInvoices,
            Rule::AssignAfterConfirm
        ]
    );
    assert_eq!(shop.details(INVOICE).await["awb_number"], "D00000001");
}

#[tokio::test]
async fn documents_come_after_the_confirmation() {
    let shop = open(calm()).await;
    shop.assign(INVOICE, "D00000001").await;
    let answer = shop
        .get(&format!(
            "/orders/getDocument?invoice_id={INVOICE}&is_api=1"
        ))
        .await;
    assert_eq!(answer["code"], 400);
    assert_eq!(shop.broken(), [Rule::DocumentBeforeConfirm]);
}

#[tokio::test]
async fn a_manifest_takes_confirmed_orders_of_its_kind_once() {
    let shop = open(calm()).await;
    let order = shop.to_confirmed(0, "D00000001").await;
    shop.assign(INVOICE + 1, "D00000002").await;
    let mine = &order["marketplace_id"];
    assert_eq!(shop.manifest(mine, &["D00000009"]).await["code"], 400);
    let other = shop.details(INVOICE + 1).await["marketplace_id"].clone();
    assert_eq!(shop.manifest(&other, &["D00000002"]).await["code"], 400);
    assert_eq!(shop.manifest(&json!(77), &["D00000001"]).await["code"], 400);
    assert_eq!(shop.manifest(mine, &["D00000001"]).await["code"], 200);
    assert_eq!(shop.manifest(mine, &["D00000001"]).await["code"], 400);
    assert_eq!(
        shop.broken(),
        [
            Rule::ManifestUnknownAwb,
            Rule::ManifestUnconfirmed,
            Rule::ManifestMixed,
            Rule::SecondManifest
        ]
    );
    assert_eq!(shop.sandbox.report().manifests, 1);
}

#[tokio::test]
async fn tracking_follows_the_manifest_forwards() {
    let shop = open(calm()).await;
    shop.to_confirmed(0, "D00000001").await;
    assert_eq!(shop.push("D00000001", 18).await["code"], 400);
    assert_eq!(shop.push("D00000077", 18).await["code"], 400);
    let marketplace = shop.details(INVOICE).await["marketplace_id"].clone();
    shop.manifest(&marketplace, &["D00000001"]).await;
    assert_eq!(shop.push("D00000001", 20).await["code"], 200);
    assert_eq!(shop.push("D00000001", 20).await["code"], 200);
    assert_eq!(shop.push("D00000001", 2).await["code"], 400);
    assert_eq!(
        shop.broken(),
        [
            Rule::TrackingBeforeManifest,
            Rule::TrackingUnknownAwb,
            Rule::TrackingBackwards
        ]
    );
}

#[tokio::test]
async fn early_tracking_may_be_accepted_but_is_noted() {
    let switches = Switches {
        refuse_early_tracking: false,
        ..Switches::default()
    };
    let shop = open(SandboxOptions { switches, ..calm() }).await;
    shop.to_confirmed(0, "D00000001").await;
    assert_eq!(shop.push("D00000001", 18).await["code"], 200);
    assert_eq!(shop.broken(), [Rule::TrackingBeforeManifest]);
}

#[tokio::test]
async fn tracking_says_no_more_than_the_scans() {
    let shop = open(calm()).await;
    let order = shop.details(INVOICE).await;
    let awb = shop.book(&order, "WMS-200000001", "").await["reference_number"]
        .as_str()
        .expect("an AWB")
        .to_owned();
    shop.to_shipped(0, &awb).await;
    assert_eq!(shop.push(&awb, 18).await["code"], 200);
    assert_eq!(shop.push(&awb, 3).await["code"], 400);
    assert_eq!(shop.broken(), [Rule::TrackingUntrue]);
}

#[tokio::test]
async fn a_cancelled_order_takes_no_steps() {
    let shop = open(calm()).await;
    shop.assign(INVOICE, "D00000001").await;
    assert!(shop.sandbox.cancel_order(INVOICE));
    assert_eq!(shop.confirm(ORDER).await["data"]["Success"], json!([]));
    let report = shop.sandbox.report();
    assert_eq!(
        (
            report.late_after_cancel,
            report.violations.len(),
            report.cancelled
        ),
        (1, 0, 1)
    );
    shop.sandbox.advance(Duration::from_secs(91));
    assert_eq!(shop.assign(INVOICE, "D00000001").await["code"], 400);
    assert_eq!(shop.broken(), [Rule::CallAfterCancel]);
    let row = shop.details(INVOICE).await;
    assert_eq!(row["order_status"], "Cancelled");
    assert!(
        row["invoice_number"].is_null(),
        "cancelled before invoicing, it never gets one"
    );
}

#[tokio::test]
async fn an_order_can_be_cancelled_until_it_is_shipped() {
    let shop = open(calm()).await;
    let open_order = shop.details(INVOICE + 1).await;
    let body = json!({ "reference_code": open_order["reference_code"] });
    assert_eq!(
        shop.post("/orders/cancelOrder", body.clone()).await["code"],
        200
    );
    assert_eq!(shop.post("/orders/cancelOrder", body).await["code"], 400);
    shop.to_shipped(0, "D00000001").await;
    let shipped = shop.details(INVOICE).await;
    let body = json!({ "reference_code": shipped["reference_code"] });
    assert_eq!(shop.post("/orders/cancelOrder", body).await["code"], 400);
    assert!(!shop.sandbox.cancel_order(INVOICE));
}

#[tokio::test]
async fn a_second_consignment_needs_the_first_cancelled() {
    let shop = open(calm()).await;
    let order = shop.details(INVOICE).await;
    let reference = order["reference_code"].as_str().expect("text").to_owned();
    let first = shop.book(&order, &reference, "").await;
    let second = shop.book(&order, &format!("{reference}/1"), "").await;
    assert_eq!(
        (&first["success"], &second["success"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(shop.broken(), [Rule::SecondAwb]);
    let answer = shop
        .cancel_booking(first["reference_number"].as_str().expect("an AWB"))
        .await;
    assert_eq!(answer["success"], true);
    assert_eq!(
        shop.book(&order, &format!("{reference}/1"), "").await["success"],
        true
    );
    let report = shop.sandbox.report();
    assert_eq!(
        (
            report.awbs_booked,
            report.awbs_cancelled,
            report.orphan_awbs
        ),
        (2, 1, 1)
    );
}

#[tokio::test]
async fn an_awb_of_ours_must_be_in_the_series_and_new() {
    let switches = Switches {
        duplicate_booking: RepeatAnswer::Accept,
        ..Switches::default()
    };
    let shop = open(SandboxOptions { switches, ..calm() }).await;
    let order = shop.details(INVOICE).await;
    let outside = shop.book(&order, "WMS-200000001", "7D900000000").await;
    assert_eq!(outside["reason"], "WRONG_INPUT");
    assert_eq!(
        shop.book(&order, "WMS-200000001", "7D150000001").await["success"],
        true
    );
    assert_eq!(
        shop.book(&order, "WMS-200000001", "7D150000001").await["success"],
        true,
        "the same again"
    );
    assert_eq!(shop.broken(), []);
    let other = shop.details(INVOICE + 1).await;
    assert_eq!(
        shop.book(&other, "WMS-200000002", "7D150000001").await["success"],
        false
    );
    assert_eq!(shop.broken(), [Rule::AwbOnTwoInvoices]);
}

#[tokio::test]
async fn booking_refuses_by_request_and_by_item() {
    let shop = open(calm()).await;
    let order = shop.details(INVOICE).await;
    let good = shop.consignment(&order, "X-1", "");
    let (status, body) = shop.softdata(Value::from(vec![good.clone(); 21])).await;
    assert_eq!(
        (status, &body["error"]["reason"]),
        (400, &json!("MAX_MANIFEST_LIST_LENGTH_EXCEEDED"))
    );
    let with = |key: &str, value: Value| {
        let mut item = good.clone();
        item[key] = value;
        item
    };
    let rows = json!([
        with("service_type_id", json!("TELEPORT")),
        with("declared_value", json!("0")),
        with(
            "destination_details",
            json!({ "name": "n", "phone": "9", "address_line_1": "a",
                            "pincode": "744101", "city": "c", "state": "s" })
        ),
        good
    ]);
    let (status, body) = shop.softdata(rows).await;
    assert_eq!(status, 200);
    let reasons: Vec<&str> = (0..3)
        .filter_map(|nth| body["data"][nth]["reason"].as_str())
        .collect();
    assert_eq!(
        reasons,
        [
            "SERVICE_TYPE_NOT_FOUND",
            "Invalid Declared Price",
            "PINCODE_NOT_SERVICEABLE"
        ]
    );
    assert_eq!(body["data"][3]["success"], true);
}

#[tokio::test]
async fn a_shipped_consignment_is_not_cancelled() {
    let shop = open(calm()).await;
    let order = shop.details(INVOICE).await;
    let awb = shop.book(&order, "WMS-200000001", "").await["reference_number"]
        .as_str()
        .expect("an AWB")
        .to_owned();
    shop.to_shipped(0, &awb).await;
    let answer = shop.cancel_booking(&awb).await;
    assert_eq!(
        (
            &answer["success"],
            answer["failures"].as_array().map(Vec::len)
        ),
        (&json!(false), Some(1))
    );
    assert_eq!(shop.broken(), [Rule::LiveAwbCancelled]);
}
