use super::{V1, V2, client};
use crate::{
    domain::{Awb, InvoiceId, ReadError, time::parse_ist},
    easyecom::{OrdersQuery, Window},
    http::fake::{Fake, json, nobody, reply},
};

fn first() -> OrdersQuery {
    OrdersQuery::First {
        window: Window::Updated {
            after: parse_ist("2026-01-01 00:00:00").expect("a time"),
            before: parse_ist("2026-01-05 10:00:00").expect("a time"),
        },
        limit: 1000,
    }
}

#[tokio::test]
async fn pages_of_orders() {
    let link = "/orders/V2/getAllOrders?cursor=eyJh%3D%2B";
    let page = format!(
        r#"{{"code":200,"message":"Successful","data":{{"orders":[{V1},{{"invoice_id":5}}],"nextUrl":"{link}"}}}}"#
    );
    let headers = [
        "content-type: application/json",
        "date: Mon, 05 Jan 2026 04:30:00 GMT",
    ];
    let fake = Fake::start(vec![
        reply(200, &headers, &page),
        json(r#"{"data":"No Data Found"}"#),
        json(&format!(
            r#"{{"orders":[{}]}}"#,
            r#"{"invoice_id":7,"order_id":8}"#
        )),
    ])
    .await;
    let client = client(&fake.url());
    let page = client.orders(first()).await.expect("a page");
    assert_eq!((page.rows.len(), page.rejected.len()), (1, 1));
    assert_eq!(page.rejected[0].invoice, Some(InvoiceId(5)));
    assert_eq!(page.server_date, parse_ist("2026-01-05 10:00:00"));
    let next = page.next.expect("a next page");
    let page = client
        .orders(OrdersQuery::Next(next))
        .await
        .expect("the end");
    assert!(page.rows.is_empty() && page.next.is_none());
    let window = Window::Created {
        start: parse_ist("2026-01-01 00:00:00").expect("a time"),
        end: parse_ist("2026-01-02 00:00:00").expect("a time"),
    };
    let page = client
        .orders(OrdersQuery::First { window, limit: 50 })
        .await
        .expect("a page");
    assert_eq!(page.rows[0].order.location.as_str(), "ab1234567890");

    let requests = fake.requests();
    let line = |i: usize| requests[i].lines().next().unwrap_or_default().to_owned();
    assert_eq!(
        line(0),
        "GET /orders/V2/getAllOrders?updated_after=2026-01-01+00%3A00%3A00&updated_before=2026-01-05+10%3A00%3A00&limit=250 HTTP/1.1"
    );
    assert_eq!(line(1), format!("GET {link} HTTP/1.1"));
    assert!(line(2).contains("start_date=2026-01-01+00%3A00%3A00&end_date="));
    for request in &requests {
        assert!(request.contains("x-api-key: canary-api-key-0001"));
        assert!(request.contains("authorization: Bearer eyJ"));
    }
}

#[tokio::test]
async fn a_link_to_another_host_is_not_followed() {
    let fake = Fake::start(vec![json("{}")]).await;
    let client = client(&fake.url());
    for link in [
        "http://127.0.0.1:9/x",
        "//evil.example/x",
        "https://evil.example/orders?cursor=1",
        "x",
    ] {
        let error = client
            .orders(OrdersQuery::Next(link.to_owned()))
            .await
            .expect_err(link);
        assert!(matches!(error, ReadError::Garbled(_)), "{link}");
        assert!(client.inventory_page(Some(link)).await.is_err());
    }
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn reads_that_give_nothing() {
    let name = |error: &ReadError| match error {
        ReadError::Throttled {
            retry_after_s: Some(7),
        } => "throttled 7",
        ReadError::Throttled { .. } => "throttled",
        ReadError::Unauthorized(_) => "unauthorized",
        ReadError::CoolDown(_) => "cool-down",
        ReadError::NeverSent(_) => "never sent",
        ReadError::Unreachable(_) => "unreachable",
        ReadError::Server(_) => "server",
        ReadError::Garbled(_) => "garbled",
        ReadError::Refused(_) => "refused",
        ReadError::Nothing(_) => "nothing",
    };
    let seven = r#"{"code":400,"message":"Date range greater than 7 days not allowed","data":[]}"#;
    for (answer, expected) in [
        (json(seven), "refused"),
        (reply(401, &[], "Invalid Api token."), "unauthorized"),
        (reply(403, &[], "{}"), "unauthorized"),
        (reply(429, &["retry-after: 7"], ""), "throttled 7"),
        (reply(500, &[], "{}"), "server"),
        (
            reply(200, &["content-type: text/html"], "<html>"),
            "garbled",
        ),
        (
            reply(302, &["location: https://evil.example/"], ""),
            "garbled",
        ),
        (json(r#"{"code":200,"data":{"orders":["#), "garbled"),
        (json("[]"), "garbled"),
        (json(&"x".repeat(100_000)), "unreachable"),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{\"code\":200".to_vec(),
            "unreachable",
        ),
        (Vec::new(), "unreachable"),
    ] {
        let shown = String::from_utf8_lossy(&answer)
            .chars()
            .take(80)
            .collect::<String>();
        let fake = Fake::start(vec![answer]).await;
        let error = client(&fake.url()).orders(first()).await.expect_err(&shown);
        assert_eq!(name(&error), expected, "{shown}: {error}");
        assert_eq!(fake.requests().len(), 1, "{shown}");
    }
    let error = client(&nobody().await)
        .orders(first())
        .await
        .expect_err("nobody");
    assert_eq!(name(&error), "never sent");
}

#[tokio::test]
async fn one_order() {
    let unknown = r#"{"code":400,"message":"Unable to find the reference_code/order_id/invoice_id","data":[]}"#;
    let fake = Fake::start(vec![
        json(&format!(
            r#"{{"code":200,"message":"Successful","data":[{V2}]}}"#
        )),
        json(unknown),
        reply(404, &["content-type: application/json"], unknown),
    ])
    .await;
    let client = client(&fake.url());
    let seen = client
        .order_details(InvoiceId(200_000_001), true)
        .await
        .expect("an answer");
    assert!(seen.is_some_and(|row| row.order.history.len() == 5));
    assert_eq!(client.order_details(InvoiceId(1), false).await, Ok(None));
    assert_eq!(client.order_details(InvoiceId(1), false).await, Ok(None));
    let request = &fake.requests()[0];
    assert!(request.starts_with(
        "GET /orders/V2/getOrderDetails?invoice_id=200000001&include_ee_history=1 HTTP/1.1"
    ));
}

#[tokio::test]
async fn the_smaller_reads() {
    let awb = Awb::parse("D00000001").expect("an AWB");
    let fake = Fake::start(vec![
        json(r#"{"code":200,"data":[{"awbNumber":"D00000002","shipping_status_id":3},
            {"awbNumber":"d00000001","shipping_status_id":"19","last_status_update":"2026-01-06 09:00:00"}]}"#),
        json(r#"{"code":200,"data":[]}"#),
        json(r#"{"code":200,"data":[{"awbNumber":"D00000002"}]}"#),
        json(r#"{"code":200,"data":{"inventoryData":[{"sku":"A","availableInventory":"4"},
            {"sku":"B","availableInventory":-2},{"sku":"C"},{"availableInventory":1},
            {"sku":"D","availableInventory":9,"location_key":"zz1"}],"nextUrl":"/n?cursor=1"}}"#),
        json(r#"{"code":200,"data":{"documents":{"label":"https://x.easyecom.io/l.pdf","easyecom_invoice":null}}}"#),
        json(r#"{"code":200,"data":[{"label":"https://x.easyecom.io/l.pdf","easyecom_invoice":"https://x.easyecom.io/i.pdf"}]}"#),
        json(r#"{"code":200,"data":[{"company_id":"5","location_key":"ab1","location_name":"Pune","phone number":"1"},{}]}"#),
    ])
    .await;
    let client = client(&fake.url());
    let track = client
        .track_read(&awb)
        .await
        .expect("an answer")
        .expect("ours");
    assert_eq!(track.shipping_status, Some(19));
    assert_eq!(track.updated_at, parse_ist("2026-01-06 09:00:00"));
    assert_eq!(client.track_read(&awb).await, Ok(None));
    assert!(matches!(
        client.track_read(&awb).await,
        Err(ReadError::Garbled(_))
    ));
    let stock = client.inventory_page(None).await.expect("a page");
    let rows: Vec<(&str, i64)> = stock
        .rows
        .iter()
        .map(|(sku, n)| (sku.as_str(), *n))
        .collect();
    assert_eq!(rows, [("A", 4), ("B", -2)]);
    assert_eq!(stock.next.as_deref(), Some("/n?cursor=1"));
    let urls = client.document_urls(InvoiceId(7)).await.expect("documents");
    assert_eq!(
        (urls.label.is_some(), urls.invoice.is_some()),
        (true, false)
    );
    let urls = client.document_urls(InvoiceId(7)).await.expect("documents");
    assert!(urls.label.is_some() && urls.invoice.is_some());
    let places = client.locations().await.expect("locations");
    assert_eq!((places.len(), places[0].company_id), (1, Some(5)));
    let lines: Vec<String> = fake
        .requests()
        .iter()
        .map(|r| r.lines().next().unwrap_or_default().to_owned())
        .collect();
    assert!(lines[0].contains("/Carriers/getTrackingDetails?awb_number=D00000001"));
    assert!(lines[3].contains("/getInventoryDetailsV3?includeLocations=1&limit=100"));
    assert!(lines[4].contains("?invoice_id=7&is_api=1"));
}
