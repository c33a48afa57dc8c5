//! Entries of EasyEcom's decoders: see [`crate::feed`].

use std::sync::LazyLock;

use serde_json::Value;

use super::{
    Credentials, EasyEcom, Settings,
    token::read_token,
    wire::{
        DocumentUrls, Envelope, RejectedRow, SeenOrder, decode_documents, decode_locations,
        decode_orders, decode_stock, decode_tracks, judge_confirm, pick_order,
    },
};
use crate::{
    domain::{
        Awb, Failure, InvoiceId, LocationKey, OrderId, ReadError, Sku, Verdict,
        request::{InventoryItem, InventoryRequest},
    },
    feed::{harmless, keeps, shown},
    http::{Answer, Http, HttpSettings},
};

fn answer(bytes: &[u8]) -> Answer {
    Answer {
        status: 200,
        body: bytes.to_vec(),
        ..Answer::default()
    }
}

fn read<T>(bytes: &[u8], decode: impl FnOnce(&Envelope) -> Result<T, ReadError>) -> Option<T> {
    let answer = answer(bytes);
    match Envelope::of(&answer) {
        Ok(envelope) => match decode(&envelope) {
            Ok(value) => Some(value),
            Err(error) => {
                shown(&error.to_string());
                None
            }
        },
        Err(says) => {
            shown(says.as_str());
            None
        }
    }
}

fn seen(row: &SeenOrder) {
    keeps(&row.order);
    keeps(&row.consignee);
}

fn rejected(row: &RejectedRow) {
    harmless(&(&row.reason, &row.fragment));
    assert!(!row.reason.is_empty(), "a bad row says why");
}

/// The list that an answer holds under `data.<key>` or as `data`, read by other means.
fn listed(bytes: &[u8], key: &str) -> Option<usize> {
    let value: Value = serde_json::from_slice(bytes).ok()?;
    let data = value.get("data")?;
    data.get(key).unwrap_or(data).as_array().map(Vec::len)
}

fn urls(urls: &DocumentUrls) {
    for url in [&urls.label, &urls.invoice].into_iter().flatten() {
        shown(url);
    }
}

/// A page of Get All Orders: no row is lost.
pub fn orders_page(bytes: &[u8]) {
    let Some((rows, bad, next)) = read(bytes, decode_orders) else {
        return;
    };
    rows.iter().for_each(seen);
    bad.iter().for_each(rejected);
    if let Some(count) = listed(bytes, "orders").filter(|count| *count > 0) {
        let kept = rows.len() + bad.len();
        // "Nothing there" in words beside rows is nothing there.
        assert!(kept == count || kept == 0, "{kept} of {count} rows");
        if let Some(Value::Number(code)) = serde_json::from_slice::<Value>(bytes)
            .ok()
            .and_then(|value| value.get("code").cloned())
        {
            assert!(
                kept == count || code != 200.into(),
                "{kept} of {count} rows"
            );
        }
    }
    if let Some(next) = next {
        next_page(&next);
    }
}

fn next_page(link: &str) {
    if let Some(url) = CLIENT.base().follow(link) {
        assert_eq!(url.host_str(), Some(CLIENT.base().host()));
    }
}

/// Get Order Details.
pub fn order_details(bytes: &[u8]) {
    let invoice = InvoiceId(200_000_001);
    if let Some(Some(row)) = read(bytes, |envelope| pick_order(envelope, invoice)) {
        assert_eq!(row.order.invoice_id, invoice, "another order is no answer");
        seen(&row);
    }
}

/// Get Document.
pub fn documents_answer(bytes: &[u8]) {
    if let Some(found) = read(bytes, decode_documents) {
        urls(&found);
    }
}

/// Get Tracking Details.
pub fn tracks_answer(bytes: &[u8]) {
    let awb = Awb::parse("7X1000001").expect("an AWB");
    read(bytes, |envelope| decode_tracks(envelope, &awb));
}

/// A page of Get Inventory Details: no row is lost.
pub fn stock_page(bytes: &[u8]) {
    let location = LocationKey::new("sb1234567890");
    let Some(page) = read(bytes, |envelope| decode_stock(envelope, &location)) else {
        return;
    };
    harmless(&page.rows);
    page.rejected.iter().for_each(rejected);
    if let Some(count) = listed(bytes, "inventoryData").filter(|count| *count > 0) {
        let kept = page.rows.len() + page.rejected.len() + page.elsewhere;
        assert!(kept == count || kept == 0, "{kept} of {count} rows");
    }
}

/// The warehouses of the account.
pub fn locations_answer(bytes: &[u8]) {
    for location in read(bytes, decode_locations).unwrap_or_default() {
        harmless(&(&location.key, &location.name));
    }
}

/// A login.
pub fn login_answer(bytes: &[u8]) {
    match read_token(&answer(bytes)) {
        Ok((_, company)) => shown(company.as_str()),
        Err(error) => shown(&error.to_string()),
    }
}

static CLIENT: LazyLock<EasyEcom> = LazyLock::new(|| {
    let http = Http::new(&HttpSettings::default()).expect("a client");
    let credentials = Credentials {
        api_key: "a-key-for-nothing".into(),
        email: "nobody@example.in".to_owned(),
        password: "a-password-for-nothing".into(),
        location_key: LocationKey::new("sb1234567890"),
    };
    EasyEcom::new(http, Settings::default(), credentials).expect("a client")
});

fn failed(failure: &Failure) {
    shown(failure.says.as_str());
}

/// A write whose answer carries nothing but a code: assign, tracking.
pub fn write_answer(bytes: &[u8]) {
    let answer = answer(bytes);
    match CLIENT.taken(&answer) {
        Ok(envelope) => assert!(envelope.is_success()),
        Err(not_done) => verdict(&Verdict::<()>::from(not_done)),
    }
}

fn verdict<T>(verdict: &Verdict<T>) {
    match verdict {
        Verdict::NotApplied(failure) => failed(failure),
        Verdict::Unknown(says) => shown(says.as_str()),
        Verdict::Applied(_) | Verdict::Accepted(_) => {}
    }
}

/// confirm_order.
pub fn confirm_answer(bytes: &[u8]) {
    let answer = answer(bytes);
    if let Ok(envelope) = CLIENT.envelope(&answer) {
        let order = OrderId(170_000_001);
        verdict(&judge_confirm(&envelope, order, InvoiceId(200_000_001)));
    }
}

/// Generate Manifest: it speaks of what was asked and of nothing else.
pub fn manifest_answer(bytes: &[u8]) {
    let awbs = ["7X1000001", "7X1000002"].map(|text| Awb::parse(text).expect("an AWB"));
    let asked: Vec<&Awb> = awbs.iter().collect();
    let answer = answer(bytes);
    let Ok(envelope) = CLIENT.taken(&answer) else {
        return;
    };
    let read = CLIENT.read_manifest(&envelope, &asked);
    harmless(&(&read.number, &read.taken, &read.refused));
    let refused = read.refused.iter().map(|(awb, _)| awb);
    let mut spoken: Vec<&Awb> = read.taken.iter().chain(refused).collect();
    assert!(spoken.iter().all(|awb| asked.contains(awb)));
    let count = spoken.len();
    spoken.sort();
    spoken.dedup();
    assert_eq!(spoken.len(), count, "each AWB has one verdict");
}

/// Bulk Inventory Update: likewise.
pub fn inventory_answer(bytes: &[u8]) {
    let items = ["SKU-1", "SKU-2"].map(|sku| InventoryItem {
        sku: Sku::new(sku),
        quantity: 5,
        version: 1,
    });
    let ask = InventoryRequest {
        location: LocationKey::new("sb1234567890"),
        items: items.to_vec(),
    };
    let answer = answer(bytes);
    let Ok(envelope) = CLIENT.taken(&answer) else {
        return;
    };
    let read = CLIENT.read_inventory(&envelope, &ask);
    shown(read.says.as_str());
    let per_sku = read.per_sku.unwrap_or_default();
    assert!(per_sku.len() <= ask.items.len());
    assert!(
        per_sku
            .iter()
            .all(|(sku, _)| ask.items.iter().any(|item| item.sku == *sku))
    );
}
