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

fn after(query: &OrdersQuery) -> chrono::DateTime<chrono::Utc> {
    match query {
        OrdersQuery::First {
            window: Window::Updated { after, .. },
            ..
        } => *after,
        other => panic!("{other:?}"),
    }
}

fn mark(shop: &Shop<Fake>) -> Stamp {
    let site = shop.reader.site().expect("read");
    site.high_water.expect("something was read")
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_ahead_leaves_no_hours_unread() {
    let (fake, folder) = (Fake::new(), folder());
    let shop = fake.shop(EngineConfig::default(), folder.path());
    // The hardware clock keeps local time: 5.5 hours ahead until somebody sets it.
    let ahead = Duration::minutes(330);
    lock(&fake.world).ahead = Some(-ahead);
    poll(&shop, &mut Told::default()).await.expect("read");
    let truth = shop.now() - ahead;
    assert!(mark(&shop) <= truth, "{} is after {truth}", mark(&shop));
}

#[tokio::test(start_paused = true)]
async fn a_mark_beyond_the_present_is_taken_back() {
    let (fake, folder) = (Fake::new(), folder());
    let shop = fake.shop(EngineConfig::default(), folder.path());
    let event = Event::WindowRead {
        after: shop.now(),
        until: shop.now() + Duration::hours(5),
        rows: 1,
        back: false,
    };
    shop.record(vec![event]).await.expect("recorded");
    poll(&shop, &mut Told::default()).await.expect("read");
    let now = shop.now();
    assert!(mark(&shop) <= now && now - mark(&shop) < Duration::minutes(2));
    let first = lock(&fake.world).asked.iter().map(after).min();
    let days = shop.config.fetch.first_days;
    let week_ago = now - Duration::days(days);
    assert!(first.is_some_and(|at| (at - week_ago).abs() < Duration::minutes(2)));

    // Where it is our clock that lags, the mark is right: nothing is read from the beginning.
    let asked = lock(&fake.world).asked.len();
    {
        let mut world = lock(&fake.world);
        world.base -= Duration::minutes(15);
        world.ahead = Some(Duration::minutes(15));
    }
    lock(&shop.live).easyecom_ahead = Duration::zero();
    poll(&shop, &mut Told::default()).await.expect("read");
    let recent = shop.now() - Duration::hours(1);
    let world = lock(&fake.world);
    assert!(
        world.asked[asked..]
            .iter()
            .all(|query| after(query) > recent)
    );
}

#[tokio::test(start_paused = true)]
async fn clocks_that_are_days_apart_make_no_reading_fresh() {
    let (fake, folder) = (Fake::new(), folder());
    let shop = fake.shop(EngineConfig::default(), folder.path());
    lock(&fake.world).ahead = Some(Duration::days(3));
    let Err(error) = poll(&shop, &mut Told::default()).await else {
        panic!("relied on");
    };
    assert!(error.to_string().contains("72 h apart"), "{error}");
    let live = lock(&shop.live);
    assert_eq!(live.fresh_at, None);
    assert!(live.alarms.iter().any(|(name, _)| *name == "skew"));
}

/// Readings that an outage of half an hour costs.
async fn outage(error: crate::domain::ReadError) -> (usize, u32) {
    let (fake, folder) = (Fake::new(), folder());
    fake.answer(move |_| Err(error.clone()));
    let shop = fake.shop(EngineConfig::default(), folder.path());
    let task = tokio::spawn(run(Arc::clone(&shop)));
    // As the planner does while orders wait.
    for _ in 0..1_800 {
        shop.want_poll();
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    let asked = lock(&fake.world).asked.len();
    // A person who asks is not kept waiting.
    fake.answer(|_| Ok(OrdersPage::default()));
    shop.ask_poll();
    tokio::time::sleep(std::time::Duration::from_secs(10)).await;
    assert!(lock(&shop.live).fresh_at.is_some());
    shop.stop.cancel();
    task.await.expect("it stops");
    (asked, shop.meter.gauge().0)
}

#[tokio::test(start_paused = true)]
async fn an_outage_does_not_use_up_the_day() {
    let (asked, used) = outage(crate::domain::ReadError::Server("502".into())).await;
    assert!((5..25).contains(&asked), "{asked} calls");
    assert!(used >= asked as u32);
    let (asked, used) = outage(crate::domain::ReadError::NeverSent("no route".into())).await;
    assert!(
        (5..25).contains(&asked) && used <= 2,
        "{asked} tried, {used} used"
    );
}
