//! A careful client works through a whole shop: the sandbox must let it finish without blame.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use raftaar::sandbox::{Mix, SandboxOptions};
use serde_json::{Value, json};

use super::shop::{Shop, calm, open};

/// What the client remembers between rounds.
#[derive(Default)]
struct Memory {
    parked: BTreeSet<u64>,
    attempts: BTreeMap<u64, u32>,
    /// Scans already told, and the last status among them, by AWB.
    told: BTreeMap<String, (usize, u64)>,
}

async fn all_orders(shop: &Shop) -> Vec<Value> {
    let mut next = Some("/orders/V2/getAllOrders?limit=250".to_owned());
    let mut rows = Vec::new();
    while let Some(path) = next {
        let page = shop.get(&path).await;
        rows.extend(
            page["data"]["orders"]
                .as_array()
                .expect("rows")
                .iter()
                .cloned(),
        );
        next = page["data"]["nextUrl"].as_str().map(str::to_owned);
    }
    rows
}

fn is_twin(row: &Value) -> bool {
    row["reference_code"]
        .as_str()
        .is_some_and(|code| code.ends_with("_OR1") || code.ends_with("_RE1"))
}

/// Books, assigns and confirms what is open.
async fn assign_and_confirm(shop: &Shop, memory: &mut Memory) {
    for row in all_orders(shop)
        .await
        .iter()
        .filter(|row| row["order_status"] == "Open" && !is_twin(row))
    {
        let invoice = row["invoice_id"].as_u64().expect("an id");
        let attempts = memory.attempts.entry(invoice).or_default();
        *attempts += 1;
        if *attempts > 3 || memory.parked.contains(&invoice) {
            memory.parked.insert(invoice);
            continue;
        }
        if row["awb_number"].is_null() {
            let booked = shop.book(row, &format!("WMS-{invoice}"), "").await;
            let Some(awb) = booked["reference_number"]
                .as_str()
                .filter(|_| booked["success"] == true)
            else {
                memory.parked.insert(invoice);
                continue;
            };
            shop.assign(invoice, awb).await;
        }
        let query = format!("order_id={}&invoice_id={invoice}", row["order_id"]);
        shop.post(&format!("/orders/confirm_order?{query}"), Value::Null)
            .await;
    }
}

/// One manifest for each marketplace.
async fn manifest(shop: &Shop) {
    let mut batches: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for row in all_orders(shop).await {
        if row["order_status"] == "Confirmed" && row["documents"]["label"].is_string() {
            let batch = batches
                .entry(row["marketplace_id"].as_u64().expect("an id"))
                .or_default();
            batch.push(row["awb_number"].as_str().expect("an AWB").to_owned());
        }
    }
    for (marketplace, awbs) in batches {
        let awbs: Vec<&str> = awbs.iter().map(String::as_str).collect();
        let answer = shop.manifest(&json!(marketplace), &awbs).await;
        assert_eq!(answer["code"], 200, "{answer}");
    }
}

/// EasyEcom's status for a code, as far as this client cares.
fn status_of(code: &str) -> Option<u64> {
    match code {
        "SPL" | "PCSC" | "PCAW" => Some(18),
        "PCUP" | "BKD" | "OPMF" | "CDOUT" | "CDIN" | "INSCAN" | "PREPERD" => Some(2),
        "OUTDLV" => Some(20),
        "DLV" => Some(3),
        "NONDLV" => Some(16),
        "RTODLV" => Some(9),
        _ if code.contains("RTO") => Some(17),
        _ => None,
    }
}

async fn push_tracking(shop: &Shop, memory: &mut Memory, token: &str) {
    for row in all_orders(shop)
        .await
        .iter()
        .filter(|row| row["order_status"] == "Shipped")
    {
        let awb = row["awb_number"].as_str().expect("an AWB");
        let (_, reply) = shop.track(token, "cnno", awb).await;
        let mut scans = reply["trackDetails"].as_array().expect("scans").clone();
        scans.sort_by_key(|scan| {
            let date = scan["strActionDate"].as_str().unwrap_or_default();
            let day: String = [4, 5, 6, 7, 2, 3, 0, 1]
                .iter()
                .filter_map(|at| date.chars().nth(*at))
                .collect();
            day + scan["strActionTime"].as_str().unwrap_or_default()
        });
        let told = memory.told.entry(awb.to_owned()).or_default();
        for scan in scans.iter().skip(told.0) {
            let status = status_of(scan["strCode"].as_str().expect("a code")).unwrap_or(told.1);
            if status != told.1 {
                let answer = shop.push(awb, status).await;
                assert_eq!(answer["code"], 200, "{awb} {status} {answer}");
            }
            *told = (told.0 + 1, status);
        }
    }
}

#[tokio::test]
async fn a_careful_client_finishes_a_whole_shop() {
    let mix = Mix {
        cancels: 0.1,
        rto: 0.2,
        ndr: 0.3,
        confirm_fail: 0.1,
        twins: 0.1,
        unknown_code: 0.1,
        ..Mix::default()
    };
    let shop = open(SandboxOptions {
        orders: 80,
        mix,
        ..calm()
    })
    .await;
    let token = shop.tracking_token().await;
    let mut memory = Memory::default();
    for _ in 0..4 {
        assign_and_confirm(&shop, &mut memory).await;
        manifest(&shop).await;
        shop.sandbox.advance(Duration::from_mins(2));
        push_tracking(&shop, &mut memory, &token).await;
    }
    let report = shop.sandbox.report();
    assert_eq!(report.violations, []);
    assert_eq!(
        report.orders,
        report.open + report.cancelled + report.confirmed_now + report.shipped
    );
    assert_eq!(
        (report.confirmed_now, report.in_transit),
        (0, 0),
        "{report:?}"
    );
    assert!(
        report.delivered > 30 && report.rto_delivered > 3 && report.cancelled > 0,
        "{report:?}"
    );
    assert_eq!(
        (report.delivered, report.rto_delivered),
        (report.parcels_delivered, report.parcels_returned)
    );
    let twins = all_orders(&shop)
        .await
        .iter()
        .filter(|row| is_twin(row))
        .count() as u64;
    assert!(twins > 0);
    assert_eq!(
        report.open,
        twins + memory.parked.len() as u64,
        "all others are done: {report:?}"
    );
}
