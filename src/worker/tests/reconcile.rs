//! Calls whose outcome no reading settles.

use std::time::Duration;

use chrono::TimeDelta;

use super::rig::Rig;
use crate::{
    domain::{
        InvoiceId, Operator, Order, ReadError, RemoteStatus, Step, Verdict,
        event::{Decision, Event},
        fold::fixture::order,
        record::Attention,
        schedule::Work,
    },
    handle::{AgainWhat, StepState},
    ledger::tests::support::seen,
    worker::{EngineConfig, steps, views},
};

/// An order whose assignment went out and whose answer was lost.
async fn assigned_unknown() -> Rig {
    let rig = Rig::new(EngineConfig::default());
    rig.booked(1).await;
    rig.said().write = Verdict::Unknown("connection lost".into());
    steps::assign::assign(&rig.shop, InvoiceId(1), &Operator::engine()).await;
    rig
}

#[tokio::test(start_paused = true)]
async fn an_invoice_that_is_gone_is_a_persons_and_is_rarely_asked_about() {
    let rig = assigned_unknown().await;
    rig.said().details = Ok(None);
    rig.reconcile_for(1, Duration::from_hours(24)).await;
    let said = rig.said().count("details");
    assert!((3..=12).contains(&said), "{said} looks in a day");
    let record = rig.order(1);
    let words = record.park_words().expect("parked");
    assert!(words.contains("does not know this invoice"), "{words}");
    assert!(record.attention().is_some());
}

#[tokio::test(start_paused = true)]
async fn an_accepted_call_of_a_gone_invoice_stands_among_the_exceptions() {
    let rig = Rig::new(EngineConfig::default());
    rig.booked(1).await;
    rig.said().write = Verdict::Applied(());
    steps::assign::assign(&rig.shop, InvoiceId(1), &Operator::engine()).await;
    rig.said().write = Verdict::Accepted(());
    steps::confirm::confirm(&rig.shop, InvoiceId(1), &Operator::engine()).await;
    assert_eq!(rig.order(1).attention(), None);
    rig.reconcile_for(1, Duration::from_hours(1)).await;
    assert_eq!(rig.order(1).attention(), Some(Attention::Parked));
}

#[tokio::test(start_paused = true)]
async fn answers_that_cannot_be_read_end_with_a_person() {
    let rig = assigned_unknown().await;
    rig.said().details = Err(ReadError::Garbled("a web page".into()));
    rig.reconcile_for(1, Duration::from_hours(24)).await;
    let said = rig.said().count("details");
    assert!(said <= 40, "{said} calls in a day");
    let words = rig.order(1).park_words().expect("parked");
    assert!(words.contains("a web page"), "{words}");
}

#[tokio::test(start_paused = true)]
async fn a_remote_that_does_not_answer_parks_nobody() {
    let rig = assigned_unknown().await;
    rig.said().details = Err(ReadError::Unreachable("no answer".into()));
    rig.reconcile_for(1, Duration::from_hours(6)).await;
    assert!(rig.order(1).park.is_none());
    let said = rig.said().count("details");
    assert!(said <= 3 * 6 * 30, "{said} calls in six hours");
}

/// Two calls of which nothing was seen are twice as many looks, and no circle.
#[tokio::test(start_paused = true)]
async fn turns_are_counted_anew_when_what_they_were_for_is_settled() {
    let rig = assigned_unknown().await;
    let look = || steps::reconcile::reconcile(&rig.shop, InvoiceId(1));
    let turns = || rig.shop.count_turn(InvoiceId(1), Work::Reconcile);
    rig.said().details = Ok(Some(order(1)));
    assert_eq!((turns(), turns()), (1, 2));
    look().await;
    assert_eq!(turns(), 3, "it is not settled");
    rig.reconcile_for(1, Duration::from_mins(30)).await;
    assert!(!rig.order(1).assign.progress.is_open(), "nothing was there");
    assert_eq!(turns(), 1);
}

/// An order of which a manifest was taken; EasyEcom shows this status and no number from then on.
async fn manifested_then(status: RemoteStatus) -> Rig {
    manifested(EngineConfig::default(), status).await
}

async fn manifested(config: EngineConfig, status: RemoteStatus) -> Rig {
    let rig = Rig::new(config);
    rig.booked(1).await;
    let (by, ids) = (Operator::engine(), [InvoiceId(1)]);
    steps::assign::assign(&rig.shop, ids[0], &by).await;
    let links = |order: Order| Order {
        label_url: Some("https://x.easyecom.io/l.pdf".into()),
        invoice_url: Some("https://x.easyecom.io/i.pdf".into()),
        ..order
    };
    rig.record(seen(links(rig.confirmed(1)))).await;
    steps::documents::documents(&rig.shop, ids[0]).await;
    rig.read();
    rig.said().write = Verdict::Accepted(());
    steps::manifest::manifest(&rig.shop, &ids, &by).await;
    assert!(rig.order(1).manifest.progress.is_open());
    rig.said().details = Ok(Some(Order {
        status,
        ..links(rig.confirmed(1))
    }));
    rig
}

#[tokio::test(start_paused = true)]
async fn a_status_between_confirmed_and_shipped_sends_no_second_manifest() {
    let rig = manifested_then(RemoteStatus::Other("Manifest Scanned".into())).await;
    rig.reconcile_for(1, Duration::from_hours(24)).await;
    let record = rig.order(1);
    assert!(record.manifest.progress.is_open(), "it is not sent again");
    let words = record.park_words().expect("parked");
    assert!(words.contains("Manifest Scanned"), "{words}");
    assert!(rig.said().count("details") <= 12);
    // A person has looked: it was not made.
    let event = Event::Decided {
        invoice: InvoiceId(1),
        decision: Decision::Ship,
        reason: "none there".into(),
    };
    rig.record(event).await;
    rig.reconcile_for(1, Duration::from_hours(5)).await;
    assert!(!rig.order(1).manifest.progress.is_open());
}

#[tokio::test(start_paused = true)]
async fn a_manifest_that_left_no_trace_is_sent_again() {
    let rig = manifested_then(RemoteStatus::Confirmed).await;
    rig.reconcile_for(1, Duration::from_hours(1)).await;
    let record = rig.order(1);
    assert!(record.park.is_none() && !record.manifest.progress.is_open());
}

/// Between pickups nothing is manifested: it is not overdue then, it has its time.
#[tokio::test(start_paused = true)]
async fn a_manifest_that_failed_says_when_the_next_ones_are_made() {
    let mut config = EngineConfig::default();
    let now = Rig::new(config.clone()).shop.now();
    let pickup = (now + TimeDelta::hours(5)).with_timezone(&config.zone);
    config.manifest.continuous = false;
    config.manifest.cut_offs = vec![pickup.time()];
    let rig = manifested(config, RemoteStatus::Confirmed).await;
    rig.reconcile_for(1, Duration::from_hours(1)).await;
    let steps = views::steps(&rig.shop, &rig.order(1));
    let step = steps.iter().find(|s| s.step == Step::Manifest);
    let step = step.expect("the step");
    assert_eq!(step.state, StepState::Failed);
    let again = step.again.expect("it is made again");
    assert_eq!(again.what, AgainWhat::Manifest);
    assert!(again.at > rig.shop.now(), "{again:?}");
}
