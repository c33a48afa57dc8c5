//! Documents that do not come.

use std::{fs, time::Duration};

use super::rig::Rig;
use crate::{
    domain::{
        InvoiceId, Operator,
        record::{Attention, ParkReason},
        schedule::{self, Work},
    },
    ledger::tests::support::seen,
    worker::{EngineConfig, ports::Download, steps},
};

/// A confirmed order; EasyEcom shows a label and no invoice.
async fn without_invoice() -> Rig {
    let rig = Rig::new(EngineConfig::default());
    rig.booked(1).await;
    steps::assign::assign(&rig.shop, InvoiceId(1), &Operator::engine()).await;
    let mut order = rig.confirmed(1);
    order.label_url = Some("https://x.easyecom.io/l.pdf".into());
    rig.record(seen(order)).await;
    rig
}

/// Fetches documents whenever they are due.
async fn fetch_for(rig: &Rig, long: Duration) {
    let until = tokio::time::Instant::now() + long;
    while tokio::time::Instant::now() < until {
        let due = schedule::due(&rig.order(1));
        if due.is_some_and(|d| d.work == Work::Documents && d.at <= rig.shop.now()) {
            steps::documents::documents(&rig.shop, InvoiceId(1)).await;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_invoice_that_never_comes_is_told_and_costs_few_calls() {
    let rig = without_invoice().await;
    fetch_for(&rig, Duration::from_mins(5)).await;
    assert_eq!(rig.order(1).attention(), None, "minutes are nothing");
    fetch_for(&rig, Duration::from_hours(5)).await;
    let record = rig.order(1);
    assert_eq!(record.attention(), Some(Attention::Parked));
    let reason = record.park.as_ref().map(|p| &p.reason);
    assert!(matches!(reason, Some(ParkReason::Document { .. })));
    let words = record.park_words().expect("parked");
    assert!(words.contains("no invoice document yet"), "{words}");
    let asked = rig.said().count("urls");
    assert!((1..=6).contains(&asked), "{asked} document calls");
}

#[tokio::test(start_paused = true)]
async fn a_disk_that_fails_is_not_the_documents_fault() {
    let rig = without_invoice().await;
    // Where the folder was, nothing can be kept.
    fs::remove_dir_all(rig.folder.path()).expect("removed");
    fs::write(rig.folder.path(), "").expect("a file in its place");
    fetch_for(&rig, Duration::from_mins(2)).await;
    let record = rig.order(1);
    assert!(record.documents.attempts > 2 && record.park.is_none());
    assert_eq!(record.documents.strikes, 0);
    fs::remove_file(rig.folder.path()).expect("removed");
}

#[tokio::test(start_paused = true)]
async fn a_document_host_that_is_away_for_half_an_hour_parks_nobody() {
    let rig = without_invoice().await;
    let mut order = rig.confirmed(1);
    order.invoice_url = Some("https://x.easyecom.io/i.pdf".into());
    rig.record(seen(order)).await;
    rig.said().downloads = Err(Download::Later("no answer".into()));
    fetch_for(&rig, Duration::from_mins(30)).await;
    assert!(rig.order(1).park.is_none());
    fetch_for(&rig, Duration::from_hours(2)).await;
    assert!(rig.order(1).park.is_some());
}
