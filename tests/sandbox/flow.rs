//! One order through all seven steps, and what its calls leave behind.

use std::time::Duration;

use raftaar::sandbox::{EffectKind, SandboxOptions};
use serde_json::{Value, json};

use super::shop::{INVOICE, ORDER, calm, open, read};

fn is_pdf(bytes: &[u8], awb: &str) -> bool {
    let text = String::from_utf8_lossy(bytes);
    text.starts_with("%PDF-1.4") && text.trim_end().ends_with("%%EOF") && text.contains(awb)
}

#[tokio::test]
async fn an_order_goes_through_all_seven_steps() {
    let shop = open(calm()).await;
    let listed = shop.get("/orders/V2/getAllOrders?limit=250").await;
    let order = listed["data"]["orders"][0].clone();
    assert_eq!(
        (&order["invoice_id"], &order["order_status"]),
        (&json!(INVOICE), &json!("Open"))
    );
    assert!(order["documents"].is_null() && order["awb_number"].is_null());

    let reference = order["reference_code"].as_str().expect("text");
    let booked = shop.book(&order, reference, "").await;
    assert_eq!(booked["success"], true, "{booked}");
    let awb = booked["reference_number"].as_str().expect("an AWB");
    assert!(awb.len() == 11 && awb.starts_with("7X"));

    assert_eq!(shop.assign(INVOICE, awb).await["code"], 200);
    assert_eq!(
        shop.confirm(ORDER).await,
        json!({ "status": 200, "message": "",
        "data": { "Error": [], "Success": [ORDER] } })
    );

    let confirmed = shop.details(INVOICE).await;
    assert_eq!(
        (&confirmed["order_status"], &confirmed["order_status_id"]),
        (&json!("Confirmed"), &json!(3))
    );
    let history: Vec<u64> = confirmed["easyecom_order_history"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|entry| entry["status_id"].as_u64())
        .collect();
    assert_eq!(history, [2, 17, 3, 13, 38, 16]);
    assert!(confirmed["invoice_number"].is_string());
    for url in [
        &confirmed["documents"]["label"],
        &confirmed["documents"]["easyecom_invoice"],
    ] {
        let file = shop
            .http
            .get(url.as_str().expect("a link"))
            .send()
            .await
            .expect("sent");
        assert!(is_pdf(&file.bytes().await.expect("bytes"), awb));
    }
    let documents = shop
        .get(&format!(
            "/orders/getDocument?invoice_id={INVOICE}&is_api=1"
        ))
        .await;
    assert_eq!(documents["data"]["label"], confirmed["documents"]["label"]);

    let manifest = shop.manifest(&order["marketplace_id"], &[awb]).await;
    assert_eq!(manifest["data"]["total_shipments"], 1, "{manifest}");
    let shipped = shop.details(INVOICE).await;
    assert_eq!(
        (&shipped["order_status"], &shipped["order_status_id"]),
        (&json!("Shipped"), &json!(7))
    );
    assert_eq!(shipped["shipping_status_id"], 1);
    assert_eq!(shipped["manifest_no"], manifest["data"]["manifest_number"]);

    shop.sandbox.advance(Duration::from_mins(10));
    for status in [18, 2, 20, 3] {
        assert_eq!(shop.push(awb, status).await["code"], 200);
    }
    let tracked = shop
        .get(&format!("/Carriers/getTrackingDetails?awb_number={awb}"))
        .await;
    assert_eq!(tracked["data"][0]["shipping_status_id"], 3);

    let report = shop.sandbox.report();
    assert_eq!(
        (
            report.orders,
            report.shipped,
            report.delivered,
            report.manifests
        ),
        (10, 1, 1, 1)
    );
    assert_eq!((report.orphan_awbs, report.parcels_delivered), (0, 1));
    assert_eq!(report.violations, []);
    let kinds: Vec<EffectKind> = shop
        .sandbox
        .log()
        .iter()
        .map(|effect| effect.kind)
        .take(6)
        .collect();
    assert_eq!(
        kinds,
        [
            EffectKind::LoggedIn,
            EffectKind::Booked,
            EffectKind::Assigned,
            EffectKind::ConfirmStarted,
            EffectKind::Confirmed,
            EffectKind::Manifested
        ]
    );
    shop.sandbox.stop().await;
}

#[tokio::test]
async fn a_confirmation_runs_before_it_ends() {
    let options = SandboxOptions {
        confirm_delay: Duration::from_hours(1),
        ..calm()
    };
    let shop = open(options).await;
    shop.assign(INVOICE, "D00000001").await;
    shop.confirm(ORDER).await;
    let path = format!("/orders/V2/getAllOrders?invoice_id={INVOICE}");
    let row = shop.get(&path).await["data"]["orders"][0].clone();
    assert_eq!(
        (&row["order_status_id"], &row["queue_status"]),
        (&json!(3), &json!(2))
    );
    assert!(row["documents"].is_null() && row["invoice_number"].is_null());
    assert_eq!(
        shop.confirm(ORDER).await["data"]["Success"],
        json!([]),
        "a running one is not begun again"
    );
    shop.sandbox.advance(Duration::from_secs(3601));
    let row = shop.get(&path).await["data"]["orders"][0].clone();
    assert_eq!(row["queue_status"], 3);
    assert!(row["documents"]["label"].is_string());
}

#[tokio::test]
async fn a_failed_confirmation_reads_open_and_may_be_tried_again() {
    let mut options = calm();
    options.mix.confirm_fail = 1.0;
    let shop = open(options).await;
    shop.assign(INVOICE, "D00000001").await;
    shop.confirm(ORDER).await;
    let failed = shop.details(INVOICE).await;
    assert_eq!(
        (&failed["order_status"], &failed["order_status_id"]),
        (&json!("Open"), &json!(2))
    );
    let last = failed["easyecom_order_history"]
        .as_array()
        .and_then(|list| list.last())
        .cloned();
    assert_eq!(last.expect("a history")["status_id"], 18);
    shop.confirm(ORDER).await;
    assert_eq!(shop.details(INVOICE).await["order_status"], "Confirmed");
    assert_eq!(shop.broken(), []);
}

#[tokio::test]
async fn a_parcel_is_tracked_by_number_and_by_reference() {
    let shop = open(calm()).await;
    let order = shop.details(INVOICE).await;
    let awb = shop.book(&order, "WMS-200000001", "7D150000001").await["reference_number"].clone();
    assert_eq!(awb, "7D150000001");
    let token = shop.tracking_token().await;
    let (status, early) = shop.track(&token, "reference", "WMS-200000001").await;
    assert_eq!(
        (status, &early["trackHeader"]["strShipmentNo"]),
        (200, &awb)
    );
    let codes = |reply: &Value| -> Vec<String> {
        let list = reply["trackDetails"].as_array().expect("a list");
        list.iter()
            .filter_map(|scan| scan["strCode"].as_str().map(str::to_owned))
            .collect()
    };
    assert_eq!(codes(&early), ["SPL", "PCSC", "PCAW"]);
    shop.sandbox.advance(Duration::from_hours(1));
    let (_, still) = shop.track(&token, "cnno", "7D150000001").await;
    assert_eq!(codes(&still).len(), 3, "nothing moves before the manifest");
    shop.to_shipped(0, "7D150000001").await;
    shop.sandbox.advance(Duration::from_mins(10));
    let (_, done) = shop.track(&token, "cnno", "7D150000001").await;
    assert_eq!(codes(&done).last().map(String::as_str), Some("DLV"));
    assert!(done["trackDetails"][0]["sTrRemarks"].is_string());
    let (status, unknown) = shop.track(&token, "cnno", "7X999999999").await;
    assert_eq!((status, &unknown["statusFlag"]), (206, &json!(false)));
    assert_eq!(shop.track("wrong", "cnno", "x").await.0, 401);
}

#[tokio::test]
async fn labels_come_as_bytes_as_text_and_as_a_link() {
    let shop = open(calm()).await;
    let order = shop.details(INVOICE).await;
    let booked = shop.book(&order, "WMS-1", "").await;
    let awb = booked["reference_number"].as_str().expect("an AWB");
    let label = |tail: &str| {
        let path = format!("/api/customer/integration/consignment/shippinglabel/{tail}");
        shop.http
            .get(shop.url(&path))
            .header("api-key", &shop.login.dtdc_api_key)
    };
    let stream = label(&format!(
        "stream?reference_number={awb}&label_code=SHIP_LABEL_4X6&label_format=pdf"
    ));
    let answer = stream.send().await.expect("sent");
    assert_eq!(answer.headers()["content-type"], "application/pdf");
    assert!(is_pdf(&answer.bytes().await.expect("bytes"), awb));
    let (_, coded) = read(label(&format!(
        "stream?reference_number={awb}&label_format=base64"
    )))
    .await;
    assert!(
        coded["label"]
            .as_str()
            .expect("text")
            .starts_with("JVBERi0xLjQK")
    );
    let (_, link) = read(label(&format!("link?reference_number={awb}"))).await;
    let file = shop
        .http
        .get(link["data"]["url"].as_str().expect("a link"))
        .send()
        .await
        .expect("sent");
    assert!(is_pdf(&file.bytes().await.expect("bytes"), awb));
    assert_eq!(read(label("stream?reference_number=nope")).await.0, 400);
}

#[tokio::test]
async fn inventory_keeps_what_it_acknowledged() {
    let shop = open(calm()).await;
    let stock = shop.sandbox.stock();
    let (sku, combo) = (&stock[0].0, &stock[19].0);
    let body = json!({ "skus": [{ "sku": sku, "quantity": 40 }, { "sku": stock[1].0, "quantity": 12000 },
                                { "sku": combo, "quantity": 1 }, { "sku": "NOPE", "quantity": 1 }] });
    let answer = shop.post("/inventory/bulkInventoryUpdate", body).await;
    let codes: Vec<u64> = answer["data"]
        .as_array()
        .expect("rows")
        .iter()
        .filter_map(|r| r["code"].as_u64())
        .collect();
    assert_eq!(codes, [200, 200, 400, 400]);
    let now = shop.sandbox.stock();
    assert_eq!((now[0].1, now[1].1, now[19].1), (40, 10_000, stock[19].1));
    let page = shop
        .get("/getInventoryDetailsV3?includeLocations=1&limit=25")
        .await;
    assert_eq!(page["data"]["inventoryData"][0]["availableInventory"], 40);
    let next = page["data"]["nextUrl"].as_str().expect("more");
    assert_eq!(
        shop.get(next).await["data"]["inventoryData"]
            .as_array()
            .map(Vec::len),
        Some(25)
    );
}

#[tokio::test]
async fn another_process_sees_the_same_world() {
    let shop = open(calm()).await;
    let (_, report) = read(shop.http.get(shop.url("/_sandbox/report"))).await;
    assert_eq!(report["orders"], 10);
    let (status, done) = read(
        shop.http
            .post(shop.url(&format!("/_sandbox/cancel?invoice_id={INVOICE}"))),
    )
    .await;
    assert_eq!((status, &done["cancelled"]), (200, &json!(true)));
    let (_, plan) = read(
        shop.http
            .post(shop.url("/_sandbox/faults?plan=drop_after=0.5")),
    )
    .await;
    assert_eq!(plan["rates"]["drop_after"], 0.5);
    let (_, log) = read(shop.http.get(shop.url("/_sandbox/log?after=1"))).await;
    assert_eq!(
        (&log[0]["kind"], &log[0]["invoice"]),
        (&json!("cancelled"), &json!(INVOICE))
    );
}
