//! Calls whose outcome no reading settles.

use std::time::Duration;

use super::rig::Rig;
use crate::{
    domain::{InvoiceId, Operator, ReadError, Verdict, record::Attention},
    worker::{EngineConfig, steps},
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
