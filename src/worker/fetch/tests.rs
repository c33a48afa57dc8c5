use super::*;
use crate::{
    domain::{
        Consignee, InvoiceId,
        fold::fixture::order,
        order::HistoryEntry,
    },
    easyecom::{OrdersPage, SeenOrder},
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

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn page(rows: Vec<SeenOrder>) -> OrdersPage {
    OrdersPage {
        rows,
        ..OrdersPage::default()
    }
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
        Ok(page(rows.into()))
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
