use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{V1, V2};
use crate::{
    domain::{
        Awb, CarrierId, InvoiceId, MarketplaceId, OrderId, RemoteStatus,
        order::{ConfirmView, Payment},
        time::parse_ist,
    },
    easyecom::wire::{Envelope, decode_orders, decode_row, pick_order},
};

fn changed(sample: &str, changes: Value) -> String {
    let mut row: Value = serde_json::from_str(sample).expect("a sample");
    let fields = row.as_object_mut().expect("an object");
    for (key, value) in changes.as_object().expect("an object") {
        fields.insert(key.clone(), value.clone());
    }
    row.to_string()
}

fn without(sample: &str, keys: &[&str]) -> String {
    let mut row: Value = serde_json::from_str(sample).expect("a sample");
    for key in keys {
        row.as_object_mut().expect("an object").remove(*key);
    }
    row.to_string()
}

#[test]
fn the_v1_sample() {
    let seen = decode_row(V1).expect("the sample");
    let order = seen.order;
    assert_eq!(order.invoice_id, InvoiceId(200_000_001));
    assert_eq!(order.order_id, OrderId(170_000_001));
    assert_eq!(order.reference.as_str(), "WEB-1001");
    assert_eq!(order.location.as_str(), "ab1234567890");
    assert_eq!(order.marketplace_id, MarketplaceId(10));
    assert_eq!(order.carrier_id, Some(CarrierId(23)));
    assert_eq!(order.courier.as_str(), "SelfShip");
    assert_eq!((order.awb, order.manifest_no), (None, None));
    assert_eq!((order.invoice_number, order.invoice_date), (None, None));
    assert_eq!(order.status, RemoteStatus::Open);
    assert_eq!(order.queue_status, Some(8));
    assert_eq!(
        order.payment,
        Payment::Cod {
            collect: Decimal::from(500)
        }
    );
    assert_eq!(order.total, Decimal::from(500));
    assert_eq!(order.ordered_at, parse_ist("2026-01-05 10:00:00"));
    assert_eq!(order.updated_at, parse_ist("2026-01-05 10:05:01"));
    assert_eq!(order.due_at, parse_ist("2026-01-06 10:00:00"));
    assert_eq!(order.package.weight_g, Some(Decimal::from(500)));
    assert_eq!(order.package.height_cm, Some(Decimal::from(5)));
    assert_eq!(order.destination.pin.as_str(), "560001");
    assert_eq!(order.destination.state.as_str(), "Karnataka");
    assert_eq!(order.lines.len(), 1);
    assert_eq!(
        (order.lines[0].sku.as_str(), order.lines[0].quantity),
        ("SKU-1", 2)
    );
    assert_eq!(order.shipping_status, None);
    assert_eq!(seen.consignee.name.as_str(), "Canary Kumari");
    assert_eq!(seen.consignee.phone.as_str(), "9876500012");
}

#[test]
fn the_v2_sample() {
    let seen = decode_row(V2).expect("the sample");
    let order = seen.order;
    assert_eq!(order.status, RemoteStatus::Confirmed);
    assert_eq!(order.confirm_view(), ConfirmView::Succeeded);
    assert_eq!(order.awb, Awb::parse("D00000001").ok());
    assert_eq!(order.total, Decimal::from(250));
    assert_eq!(
        order.payment,
        Payment::Cod {
            collect: Decimal::from(250)
        }
    );
    assert_eq!(order.lines[0].quantity, 3);
    assert_eq!(
        order
            .invoice_number
            .as_ref()
            .map(crate::domain::Clean::as_str),
        Some("INV-7")
    );
    assert!(
        order
            .label_url
            .as_deref()
            .is_some_and(|url| url.ends_with("l.pdf"))
    );
    assert!(order.invoice_url.is_some());
    assert_eq!(order.queue_status, None);
    assert_eq!(seen.consignee.name.as_str(), "Canary Shipping");
    let ids: Vec<i64> = order.history.iter().map(|entry| entry.status_id).collect();
    assert_eq!(ids, [17, 3, 13, 38, 16]);
    let webhook = changed(
        &without(V2, &["Package Weight", "Package Length"]),
        json!({"package_weight": "750.5", "package_length": -1}),
    );
    let package = decode_row(&webhook).expect("V2 webhook").order.package;
    assert_eq!(package.weight_g, Some(Decimal::new(7505, 1)));
    assert_eq!(package.length_cm, None);
}

#[test]
fn only_the_ids_are_needed() {
    let seen = decode_row(r#"{"invoice_id":"7","order_id":8}"#).expect("two ids");
    assert_eq!(seen.order.payment, Payment::Prepaid);
    assert_eq!(seen.order.total, Decimal::ZERO);
    assert!(seen.order.lines.is_empty() && seen.order.location.is_empty());
    for (raw, reason, invoice) in [
        ("[]", "object", None),
        ("nonsense", "object", None),
        (r#"{"order_id":8}"#, "invoice_id", None),
        (r#"{"invoice_id":0,"order_id":8}"#, "invoice_id", None),
        (r#"{"invoice_id":"x7","order_id":8}"#, "invoice_id", None),
        (
            r#"{"invoice_id":{"id":7},"order_id":8}"#,
            "invoice_id",
            None,
        ),
        (r#"{"invoice_id":7}"#, "order_id", Some(InvoiceId(7))),
        (
            r#"{"invoice_id":7,"order_id":null}"#,
            "order_id",
            Some(InvoiceId(7)),
        ),
        (
            r#"{"invoice_id":7,"order_id":8,"awb_number":"12"}"#,
            "awb_number",
            Some(InvoiceId(7)),
        ),
    ] {
        let row = decode_row(raw).expect_err(raw);
        assert!(
            row.reason.as_str().contains(reason),
            "{raw}: {}",
            row.reason
        );
        assert_eq!(row.invoice, invoice, "{raw}");
    }
}

#[test]
fn drifted_rows() {
    let order = |changes| decode_row(&changed(V1, changes)).expect("a row").order;
    let payment = |changes| order(changes).payment;
    let cod = |collect: i64| Payment::Cod {
        collect: Decimal::from(collect),
    };
    for (changes, expected) in [
        (
            json!({"payment_mode": "PrePaid", "payment_mode_id": 5}),
            Payment::Prepaid,
        ),
        (
            json!({"payment_mode": "Online", "collectable_amount": 0}),
            Payment::Prepaid,
        ),
        (
            json!({"payment_mode": "COD", "collectable_amount": "120.0000"}),
            cod(120),
        ),
        (
            json!({"payment_mode": "cod", "collectable_amount": null}),
            cod(500),
        ),
        (
            json!({"payment_mode": null, "payment_mode_id": "2"}),
            cod(500),
        ),
        (
            json!({"payment_mode": "PartiallyPaid", "payment_mode_id": 9, "collectable_amount": 70}),
            cod(70),
        ),
        (
            json!({"payment_mode": "PartiallyPaid", "payment_mode_id": 9, "collectable_amount": 0}),
            Payment::Prepaid,
        ),
    ] {
        let shown = changes.to_string();
        assert_eq!(payment(changes), expected, "{shown}");
    }
    for (awb, expected) in [
        (json!("NA"), None),
        (json!(""), None),
        (json!("-"), None),
        (json!("N/A"), None),
        (json!("null"), None),
        (json!("--"), None),
        (json!("not assigned"), None),
        (json!("d0000-0001"), Some("D00000001")),
        (json!(123_456_789_012_u64), Some("123456789012")),
    ] {
        let read = order(json!({"awb_number": awb})).awb;
        assert_eq!(read.as_ref().map(Awb::as_str), expected, "{awb}");
    }
    let text = r#"{"invoice_id":7,"order_id":8,"manifest_no":20251101111111111111111111111111}"#;
    let manifest = decode_row(text).expect("a row").order.manifest_no;
    assert_eq!(
        manifest.as_ref().map(crate::domain::ManifestNo::as_str),
        Some("20251101111111111111111111111111")
    );
    assert_eq!(
        order(json!({"order_status": "Cancelled", "order_status_id": 2})).status,
        RemoteStatus::Cancelled
    );
    let invoice = |documents| order(json!({ "documents": documents })).invoice_url;
    for key in [
        "easyecom_invoice",
        "marketplaceinvoice",
        "marketplace_tax_invoice",
        "marketplace_b2c_invoice",
    ] {
        let found = invoice(json!({"easyecom_invoice": null, key: "https://x.easyecom.io/i.pdf"}));
        assert_eq!(
            found.as_deref(),
            Some("https://x.easyecom.io/i.pdf"),
            "{key}"
        );
    }
    let hostile = order(json!({
        "reference_code": "\u{1b}]52;c;AAAA\u{7}WEB\u{202e}1",
        "marketplace": "x".repeat(100_000),
        "documents": {"label": "javascript:alert(1)", "easyecom_invoice": "https://a b"},
        "suborders": ["no object", {"sku": "A", "suborder_quantity": -4}, {"item_quantity": 1e99}],
    }));
    assert!(!hostile.reference.as_str().chars().any(char::is_control));
    assert!(hostile.marketplace.as_str().chars().count() <= 240);
    assert_eq!((hostile.label_url, hostile.invoice_url), (None, None));
    let pieces: Vec<u32> = hostile.lines.iter().map(|line| line.quantity).collect();
    assert_eq!(pieces, [0, 0]);
}

#[test]
fn the_history_comes_out_oldest_first() {
    let view = |entries: Value| {
        let row = changed(
            V2,
            json!({"documents": null, "invoice_number": null, "easyecom_order_history": entries}),
        );
        let order = decode_row(&row).expect("a row").order;
        let ids: Vec<i64> = order.history.iter().map(|entry| entry.status_id).collect();
        (ids, order.confirm_view())
    };
    let at = |id: i64, second: u32| json!({"status_id": id, "date_time": format!("2026-01-05 10:10:{second:02}")});
    let word = |status: &str| json!({"status": status, "date_time": "2026-01-05 10:10:00"});
    for (entries, ids, end) in [
        (
            json!([at(17, 0), at(13, 2), at(18, 2)]),
            vec![17, 13, 18],
            ConfirmView::Failed,
        ),
        (
            json!([at(18, 2), at(13, 2), at(17, 0)]),
            vec![17, 13, 18],
            ConfirmView::Failed,
        ),
        (
            json!([at(18, 2), at(13, 2)]),
            vec![13, 18],
            ConfirmView::Failed,
        ),
        (
            json!([at(13, 1), at(18, 2), at(13, 9)]),
            vec![13, 18, 13],
            ConfirmView::Running,
        ),
        (
            json!([word("Confirm Fail"), word("Confirm start")]),
            vec![13, 18],
            ConfirmView::Failed,
        ),
        (
            json!([at(16, 30), at(13, 2), at(17, 0)]),
            vec![17, 13, 16],
            ConfirmView::Succeeded,
        ),
        (
            json!([{"status_id": 13}, 7, null, {"x": 1}]),
            vec![13],
            ConfirmView::Running,
        ),
    ] {
        let shown = entries.to_string();
        assert_eq!(view(entries), (ids, end), "{shown}");
    }
}

#[test]
fn pages_by_table() {
    let shape = |raw: &str| {
        let envelope = Envelope::read(raw).expect("an object");
        decode_orders(&envelope).map(|(rows, rejected, next)| (rows.len(), rejected.len(), next))
    };
    let row = r#"{"invoice_id":7,"order_id":8}"#;
    let bad = r#"{"invoice_id":null}"#;
    let next = Some("/o?cursor=eyJ%3D".to_owned());
    for (raw, expected) in [
        (
            format!(
                r#"{{"code":200,"data":{{"orders":[{row},{bad},"x",{row}],"nextUrl":"/o?cursor=eyJ%3D"}}}}"#
            ),
            (2, 2, next.clone()),
        ),
        (
            format!(r#"{{"orders":[{row}],"nextUrl":null}}"#),
            (1, 0, None),
        ),
        (
            format!(r#"{{"code":200,"orders":{{"orders":[{row}],"nextUrl":"/o?cursor=eyJ%3D"}}}}"#),
            (1, 0, next),
        ),
        (
            r#"{"code":200,"message":"Successful","data":{"orders":[],"nextUrl":null}}"#.to_owned(),
            (0, 0, None),
        ),
        (
            r#"{"code":200,"data":{"orders":"No Data Found"}}"#.to_owned(),
            (0, 0, None),
        ),
        (r#"{"code":200,"data":[]}"#.to_owned(), (0, 0, None)),
        (r#"{"data":"No Data Found"}"#.to_owned(), (0, 0, None)),
        (
            r#"{"code":400,"message":"No Data Found","data":[]}"#.to_owned(),
            (0, 0, None),
        ),
    ] {
        assert_eq!(shape(&raw), Ok(expected), "{raw}");
    }
    for raw in [
        r#"{"code":400,"message":"Date range greater than 7 days not allowed","data":[]}"#,
        r#"{"code":400,"message":"x","orders":[]}"#,
        r#"{"code":200,"data":{"somethingElse":1}}"#,
        r#"{"code":200}"#,
    ] {
        assert!(shape(raw).is_err(), "{raw}");
    }
}

#[test]
fn the_right_order_is_picked() {
    let pick = |data: &str| {
        let raw = format!(r#"{{"code":200,"data":{data}}}"#);
        let envelope = Envelope::read(&raw).expect("an object");
        pick_order(&envelope, InvoiceId(7)).map(|found| found.map(|row| row.order.order_id))
    };
    let other = r#"{"invoice_id":6,"order_id":8}"#;
    let ours = r#"{"invoice_id":7,"order_id":9}"#;
    assert_eq!(pick(&format!("[{other},{ours}]")), Ok(Some(OrderId(9))));
    assert_eq!(pick(ours), Ok(Some(OrderId(9))));
    assert_eq!(pick("[]"), Ok(None));
    assert_eq!(pick(r#""No Data Found""#), Ok(None));
    assert!(pick(&format!("[{other}]")).is_err());
    assert!(pick(r#"[{"invoice_id":7}]"#).is_err());
}
