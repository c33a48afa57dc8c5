use std::sync::Arc;

use super::*;
use crate::{
    domain::{
        Consignee, InvoiceId, Operator,
        event::Decision,
        fold::fixture::order,
        order::{HistoryEntry, RemoteStatus},
        record::ParkReason,
    },
    easyecom::{OrdersPage, RejectedRow, SeenOrder},
    worker::{
        EngineConfig,
        fake::{Fake, notices},
    },
};

fn row(order: crate::domain::Order) -> SeenOrder {
    SeenOrder {
        order,
        consignee: Consignee::default(),
    }
}

fn rejected(id: u64, fragment: &str) -> RejectedRow {
    RejectedRow {
        reason: "order_id is no number above 0".into(),
        invoice: Some(InvoiceId(id)),
        fragment: Clean::new(fragment),
    }
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn page(rows: Vec<SeenOrder>, rejected: Vec<RejectedRow>) -> OrdersPage {
    OrdersPage {
        rows,
        rejected,
        ..OrdersPage::default()
    }
}

async fn decide(shop: &Arc<Shop<Fake>>, id: u64, decision: Decision) {
    let event = Event::Decided {
        invoice: InvoiceId(id),
        decision,
        reason: "looked at it".into(),
    };
    let by = Operator::new("asha");
    shop.ledger
        .record(&by, shop.now(), vec![event])
        .await
        .expect("recorded");
}

#[tokio::test(start_paused = true)]
async fn an_order_too_large_for_the_ledger_does_not_sink_its_page() {
    let (fake, folder) = (Fake::new(), folder());
    let shop = fake.shop(EngineConfig::default(), folder.path());
    let mut heard = shop.deltas.subscribe();
    fake.answer(|_| {
        let mut giant = order(2);
        let entry = HistoryEntry {
            status_id: 13,
            at: None,
        };
        giant.history = vec![entry; 2_000];
        let rows = [order(1), giant, order(3)].map(row);
        Ok(page(rows.into(), Vec::new()))
    });
    let mut told = Told::default();
    let read = poll(&shop, &mut told).await.expect("the page is read");
    // Two windows reach seven days back, and both show the page.
    assert_eq!((read.rows, read.new), (6, 2));
    assert!(lock(&shop.live).fresh_at.is_some());
    let held = |id| shop.reader.order(InvoiceId(id)).expect("read").is_some();
    assert_eq!([1, 2, 3].map(held), [true, false, true]);
    assert_eq!(shop.reader.site().expect("read").rejected, 1);
    let said = notices(&mut heard).join("\n");
    assert!(
        said.contains("invoice 2") && said.contains("16384"),
        "{said}"
    );
    // Told once, however often it is read.
    poll(&shop, &mut told).await.expect("the page is read");
    assert_eq!(shop.reader.site().expect("read").rejected, 1);
    assert!(notices(&mut heard).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_held_order_whose_row_cannot_be_read_is_parked() {
    let (fake, folder) = (Fake::new(), folder());
    let shop = fake.shop(EngineConfig::default(), folder.path());
    let mut told = Told::default();
    fake.answer(|_| Ok(page([order(1), order(2)].map(row).into(), Vec::new())));
    poll(&shop, &mut told).await.expect("read");
    let parked = |id| {
        let record = shop.reader.order(InvoiceId(id)).expect("read");
        record.expect("held").park.map(|park| park.reason)
    };

    fake.answer(|_| Ok(page(Vec::new(), vec![rejected(1, "a"), rejected(9, "b")])));
    poll(&shop, &mut told).await.expect("read");
    let Some(ParkReason::Contradiction { says }) = parked(1) else {
        panic!("{:?}", parked(1));
    };
    assert!(says.as_str().contains("cannot be read: order_id"), "{says}");
    assert_eq!(parked(2), None);

    // Trying again finds the same; a person who ships it is asked again only by another row.
    decide(&shop, 1, Decision::Retry).await;
    poll(&shop, &mut told).await.expect("read");
    assert!(parked(1).is_some());
    decide(&shop, 1, Decision::Ship).await;
    poll(&shop, &mut told).await.expect("read");
    assert_eq!(parked(1), None);
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    fake.answer(|_| Ok(page(Vec::new(), vec![rejected(1, "changed")])));
    poll(&shop, &mut told).await.expect("read");
    assert!(parked(1).is_some());

    // What is cancelled already is not a person's again.
    fake.answer(|_| {
        let mut gone = order(2);
        gone.status = RemoteStatus::Cancelled;
        Ok(page(vec![row(gone)], vec![rejected(2, "c")]))
    });
    poll(&shop, &mut told).await.expect("read");
    assert_eq!(parked(2), None);
}
