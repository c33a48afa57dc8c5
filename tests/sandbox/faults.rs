//! Faults on the wire do, or do not do, what they say.

use std::time::Duration;

use raftaar::sandbox::{EffectKind, EndpointClass, FaultKind, FaultPlan, SandboxOptions};
use serde_json::json;

use super::shop::{INVOICE, ORDER, Shop, calm, open, read};

/// Sends one assignAWB under a fault; the answer, if one came.
async fn assign_under(shop: &Shop, kind: FaultKind) -> Result<(u16, String), reqwest::Error> {
    shop.sandbox.set_faults(
        FaultPlan::just(kind, 1.0)
            .only_for(EndpointClass::Assign)
            .at_most(1),
    );
    let body = json!({ "invoiceId": INVOICE, "courier": "DTDC", "awbNum": "D00000001", "companyCarrierId": 9001 });
    let request = shop
        .signed(shop.http.post(shop.url("/Carrier/assignAWB")))
        .json(&body);
    let answer = request.send().await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}

fn assigned(shop: &Shop) -> usize {
    shop.sandbox
        .log()
        .iter()
        .filter(|effect| effect.kind == EffectKind::Assigned)
        .count()
}

#[tokio::test]
async fn faults_before_the_effect_leave_nothing() {
    let shop = open(calm()).await;
    let (status, _) = assign_under(&shop, FaultKind::ErrorBefore)
        .await
        .expect("an answer");
    assert!([500, 502, 503].contains(&status));
    assert_eq!(
        assign_under(&shop, FaultKind::ThrottleBare)
            .await
            .expect("an answer")
            .0,
        429
    );
    assert!(assign_under(&shop, FaultKind::DropBefore).await.is_err());
    assert_eq!(assigned(&shop), 0);
    assert_eq!(shop.sandbox.report().faults.values().sum::<u64>(), 3);
}

#[tokio::test]
async fn a_lost_answer_is_a_done_deed() {
    for kind in [
        FaultKind::ErrorAfter,
        FaultKind::DropAfter,
        FaultKind::Truncated,
    ] {
        let shop = open(calm()).await;
        match assign_under(&shop, kind).await {
            Ok((status, body)) => {
                assert_ne!(kind, FaultKind::DropAfter);
                assert!(status == 500 || serde_json::from_str::<serde_json::Value>(&body).is_err());
            }
            Err(error) => assert!(
                kind == FaultKind::DropAfter && !error.is_connect(),
                "{error:?}"
            ),
        }
        assert_eq!(assigned(&shop), 1, "{kind}");
        assert_eq!(shop.details(INVOICE).await["awb_number"], "D00000001");
    }
}

#[tokio::test]
async fn a_429_may_say_how_long_to_wait() {
    let shop = open(calm()).await;
    shop.sandbox
        .set_faults(FaultPlan::just(FaultKind::Throttle, 1.0).at_most(1));
    let answer = shop
        .signed(shop.http.get(shop.url("/getAllLocation")))
        .send()
        .await
        .expect("sent");
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["retry-after"]),
        (429, &"2".parse().expect("valid"))
    );
}

#[tokio::test]
async fn a_page_of_html_comes_with_200() {
    let shop = open(calm()).await;
    let (status, body) = assign_under(&shop, FaultKind::Html)
        .await
        .expect("an answer");
    assert!(status == 200 && body.starts_with("<!DOCTYPE html>"));
}

#[tokio::test]
async fn a_slow_answer_outlasts_the_caller_but_not_the_deed() {
    let shop = open(calm()).await;
    let plan = FaultPlan {
        slow_seconds: (30.0, 30.0),
        ..FaultPlan::just(FaultKind::Slow, 1.0)
    };
    shop.sandbox.set_faults(plan.at_most(1));
    let body = json!({ "invoiceId": INVOICE, "courier": "DTDC", "awbNum": "D00000001", "companyCarrierId": 9001 });
    let request = shop
        .signed(shop.http.post(shop.url("/Carrier/assignAWB")))
        .json(&body);
    let waiting = tokio::spawn(request.send());
    while assigned(&shop) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(!waiting.is_finished(), "the answer is half a minute away");
    waiting.abort();
    assert_eq!(shop.details(INVOICE).await["awb_number"], "D00000001");
}

#[tokio::test]
async fn a_stopped_sandbox_answers_nobody() {
    let shop = open(calm()).await;
    let url = shop.url("/_sandbox/report");
    assert_eq!(read(shop.http.get(&url)).await.0, 200);
    shop.sandbox.stop().await;
    assert!(shop.http.get(&url).send().await.is_err());
}

#[tokio::test]
async fn a_late_effect_comes_after_its_answer_was_lost() {
    let shop = open(calm()).await;
    let plan = FaultPlan {
        late_seconds: (0.3, 0.3),
        ..FaultPlan::just(FaultKind::LateEffect, 1.0)
    };
    shop.sandbox.set_faults(plan.at_most(1));
    let body = json!({ "invoiceId": INVOICE, "courier": "DTDC", "awbNum": "D00000001", "companyCarrierId": 9001 });
    let sent = shop
        .signed(shop.http.post(shop.url("/Carrier/assignAWB")))
        .json(&body)
        .send()
        .await;
    assert!(sent.is_err());
    for _ in 0..500 {
        if assigned(&shop) == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the effect never came");
}

#[tokio::test]
async fn an_expired_token_ends_the_session_once_a_login_is_possible() {
    let shop = open(calm()).await;
    shop.sandbox
        .set_faults(FaultPlan::just(FaultKind::Expired, 1.0).at_most(2));
    assert_eq!(
        shop.get("/getAllLocation").await["code"],
        200,
        "not while a login would be refused"
    );
    shop.sandbox.advance(Duration::from_secs(61));
    let (status, _) = read(shop.signed(shop.http.get(shop.url("/getAllLocation")))).await;
    assert_eq!(status, 401);
    let (status, _) = read(shop.signed(shop.http.get(shop.url("/getAllLocation")))).await;
    assert_eq!(status, 401, "the session is gone for good");
    assert_eq!(shop.login().await.0, 200);
}

#[tokio::test]
async fn a_page_may_repeat_rows() {
    let shop = open(calm()).await;
    shop.sandbox
        .set_faults(FaultPlan::just(FaultKind::DuplicateRows, 1.0));
    let page = shop.get("/orders/V2/getAllOrders").await;
    assert_eq!(page["data"]["orders"].as_array().map(Vec::len), Some(14));
}

#[tokio::test]
async fn a_stale_read_shows_what_was() {
    let shop = open(SandboxOptions { seed: 5, ..calm() }).await;
    shop.assign(INVOICE, "D00000001").await;
    shop.sandbox.set_faults(FaultPlan {
        stale_seconds: 30.0,
        ..FaultPlan::just(FaultKind::StaleRead, 1.0)
    });
    let row = shop.details(INVOICE).await;
    assert!(
        row["invoice_id"] == INVOICE && row["awb_number"].is_null(),
        "{row}"
    );
    shop.sandbox.set_faults(FaultPlan::none());
    assert_eq!(shop.details(INVOICE).await["awb_number"], "D00000001");
}

#[tokio::test]
async fn half_a_manifest_and_a_nameless_failure() {
    let shop = open(calm()).await;
    let order = shop.details(INVOICE).await;
    shop.sandbox
        .set_faults(FaultPlan::just(FaultKind::ItemFailure, 1.0));
    let row = shop.book(&order, "WMS-200000001", "").await;
    assert_eq!(
        (&row["success"], &row["should_retry"]),
        (&json!(false), &json!(true))
    );
    assert!(row["reference_number"].is_null() && row["customer_reference_number"].is_null());
    shop.sandbox.set_faults(FaultPlan::none());
    let mut awbs = Vec::new();
    let marketplace = &order["marketplace_id"];
    for nth in 0..10 {
        if shop.details(INVOICE + nth).await["marketplace_id"] == *marketplace && awbs.len() < 2 {
            let awb = format!("D0000000{nth}");
            shop.to_confirmed(nth, &awb).await;
            awbs.push(awb);
        }
    }
    assert_eq!(
        awbs.len(),
        2,
        "seed 1 has two orders of the first marketplace"
    );
    shop.sandbox
        .set_faults(FaultPlan::just(FaultKind::Partial, 1.0));
    let both: Vec<&str> = awbs.iter().map(String::as_str).collect();
    assert_eq!(
        shop.manifest(marketplace, &both).await["data"]["total_shipments"],
        1
    );
    assert_eq!(shop.sandbox.report().shipped, 1);
}

#[tokio::test]
async fn the_roughest_wire_breaks_no_rule_by_itself() {
    let shop = open(calm()).await;
    let plan = FaultPlan {
        slow_seconds: (0.0, 0.0),
        late_seconds: (0.0, 0.0),
        ..FaultPlan::rough(1.0)
    };
    shop.sandbox.set_faults(plan);
    let url = shop.url(&format!("/orders/confirm_order?order_id={ORDER}"));
    for _ in 0..60 {
        let _ = shop
            .signed(shop.http.get(shop.url("/orders/V2/getAllOrders")))
            .send()
            .await;
        let _ = shop.http.post(&url).send().await;
    }
    assert_eq!(shop.broken(), []);
    assert!(shop.sandbox.report().faults.len() > 3);
}
