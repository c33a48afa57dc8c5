//! What the contract leaves open, either way.

use std::time::Duration;

use raftaar::sandbox::{
    ConfirmVerb, EndpointClass, FaultKind, FaultPlan, RepeatAnswer, Rule, SandboxOptions, Switches,
};
use serde_json::{Value, json};

use super::shop::{INVOICE, ORDER, Shop, calm, open, read};

async fn with(switches: Switches) -> Shop {
    open(SandboxOptions { switches, ..calm() }).await
}

#[tokio::test]
async fn confirm_takes_the_verb_that_is_switched_on() {
    for (verb, get, post) in [
        (ConfirmVerb::Get, 200, 405),
        (ConfirmVerb::Post, 405, 200),
        (ConfirmVerb::Both, 200, 200),
    ] {
        let shop = with(Switches {
            confirm_verb: verb,
            ..Switches::default()
        })
        .await;
        let url = shop.url(&format!("/orders/confirm_order?order_id={ORDER}"));
        let statuses = (
            read(shop.signed(shop.http.get(&url))).await.0,
            read(shop.signed(shop.http.post(&url))).await.0,
        );
        assert_eq!(statuses, (get, post), "{verb:?}");
    }
}

#[tokio::test]
async fn assign_takes_a_form_and_may_refuse_a_repeat() {
    let shop = with(Switches {
        repeat_assign: RepeatAnswer::Refuse,
        ..Switches::default()
    })
    .await;
    let form = [
        ("invoiceId", "200000001"),
        ("courier", "DTDC"),
        ("awbNum", "D00000001"),
        ("companyCarrierId", "9001"),
    ];
    let send = || {
        shop.signed(shop.http.post(shop.url("/Carrier/assignAWB")))
            .form(&form)
    };
    assert_eq!(read(send()).await.1["code"], 200);
    assert_eq!(read(send()).await.1["code"], 400);
    let report = shop.sandbox.report();
    assert_eq!(
        (
            report.repeats,
            report.violations.len(),
            report.unbooked_awbs
        ),
        (1, 0, 1)
    );
}

#[tokio::test]
async fn an_awb_may_have_to_be_booked() {
    let shop = with(Switches {
        require_booked_awb: true,
        ..Switches::default()
    })
    .await;
    assert_eq!(shop.assign(INVOICE, "D00000001").await["code"], 400);
    assert_eq!(shop.broken(), []);
}

#[tokio::test]
async fn the_label_may_be_only_in_the_document_call() {
    let shop = with(Switches {
        label_in_documents: false,
        ..Switches::default()
    })
    .await;
    let order = shop.to_confirmed(0, "D00000001").await;
    assert!(
        order["documents"]["label"].is_null() && order["documents"]["easyecom_invoice"].is_string()
    );
    let documents = shop
        .get(&format!(
            "/orders/getDocument?invoice_id={INVOICE}&is_api=1"
        ))
        .await;
    assert!(documents["data"]["label"].is_string());
}

#[tokio::test]
async fn a_manifest_may_be_partial() {
    let shop = with(Switches {
        partial_manifest: true,
        ..Switches::default()
    })
    .await;
    let order = shop.to_confirmed(0, "D00000001").await;
    let answer = shop
        .manifest(&order["marketplace_id"], &["D00000001", "D00000009"])
        .await;
    assert_eq!(answer["data"]["total_shipments"], 1);
    assert_eq!(answer["data"]["errors"][0]["awb_number"], "D00000009");
}

#[tokio::test]
async fn a_booking_may_be_made_twice_and_seen_late() {
    let switches = Switches {
        duplicate_booking: RepeatAnswer::Accept,
        tracking_lag_seconds: 20.0,
        ..Switches::default()
    };
    let shop = with(switches).await;
    let order = shop.details(INVOICE).await;
    let first = shop.book(&order, "WMS-200000001", "").await;
    let second = shop.book(&order, "WMS-200000001", "").await;
    assert_eq!(second["success"], true);
    assert_ne!(first["reference_number"], second["reference_number"]);
    assert_eq!(shop.broken(), [Rule::SecondAwb]);
    let token = shop.tracking_token().await;
    assert_eq!(
        shop.track(&token, "reference", "WMS-200000001").await.0,
        206
    );
    shop.sandbox.advance(Duration::from_secs(21));
    assert_eq!(
        shop.track(&token, "reference", "WMS-200000001").await.0,
        200
    );
}

#[tokio::test]
async fn bulk_inventory_may_be_silent_strict_or_false() {
    let batch = |shop: &Shop, other: &str| {
        let sku = shop.sandbox.stock()[0].0.clone();
        json!({ "skus": [{ "sku": sku, "quantity": 7 }, { "sku": other, "quantity": 7 }] })
    };
    let push = async |switches: Switches, other: &str| {
        let shop = with(switches).await;
        let body = batch(&shop, other);
        let answer = shop.post("/inventory/bulkInventoryUpdate", body).await;
        (answer, shop.sandbox.stock()[0].1 == 7)
    };
    let (answer, kept) = push(
        Switches {
            bulk_per_sku: false,
            ..Switches::default()
        },
        "NOPE",
    )
    .await;
    assert!(answer["code"] == 200 && answer["data"].is_null() && kept);
    let (answer, kept) = push(
        Switches {
            bulk_all_or_nothing: true,
            ..Switches::default()
        },
        "NOPE",
    )
    .await;
    assert!(answer["code"] == 400 && !kept);
    let (answer, kept) = push(
        Switches {
            phantom_inventory_every: 1,
            ..Switches::default()
        },
        "NOPE",
    )
    .await;
    assert!(answer["code"] == 200 && !kept);
}

#[tokio::test]
async fn keys_and_error_pages_may_be_as_disputed() {
    let switches = Switches {
        require_api_key: false,
        html_errors: false,
        retry_after: true,
        ..Switches::default()
    };
    let shop = with(switches).await;
    let bearer_only = || {
        shop.http
            .get(shop.url("/getAllLocation"))
            .bearer_auth(&shop.token)
    };
    assert_eq!(read(bearer_only()).await.0, 200);
    shop.sandbox
        .set_faults(FaultPlan::just(FaultKind::ErrorBefore, 1.0).only_for(EndpointClass::Orders));
    let (status, body) = read(bearer_only()).await;
    assert!(status >= 500 && body["message"].is_string());
}

#[tokio::test]
async fn orders_of_another_location_are_not_ours() {
    let shop = open(SandboxOptions {
        orders: 3,
        foreign_orders: 1,
        ..calm()
    })
    .await;
    let seen = shop.get("/orders/V2/getAllOrders").await;
    assert_eq!(seen["data"]["orders"].as_array().map(Vec::len), Some(3));
    assert_eq!(shop.assign(INVOICE + 3, "D00000001").await["code"], 400);
    assert_eq!(shop.broken(), [Rule::ForeignLocation]);
}

#[tokio::test]
async fn a_cancelled_order_may_contradict_itself() {
    for (disagrees, id) in [(true, json!(2)), (false, json!(9))] {
        let shop = with(Switches {
            cancel_disagrees: disagrees,
            ..Switches::default()
        })
        .await;
        shop.sandbox.cancel_order(INVOICE + 1);
        let row: Value = shop.details(INVOICE + 1).await;
        assert_eq!(
            (&row["order_status"], &row["order_status_id"]),
            (&json!("Cancelled"), &id)
        );
    }
}
