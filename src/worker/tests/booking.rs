//! Bookings that the carrier refuses in part, and what proves one whose answer was lost.

use std::time::Duration;

use super::rig::{Rig, awb, failure};
use crate::{
    domain::{FailureKind, InvoiceId, Operator, Verdict, event::Event, record::ParkReason},
    dtdc::{Found, TrackHeader, TrackPull},
    ledger::tests::support::order,
    worker::{EngineConfig, shop::lock, steps::book::book},
};

#[tokio::test(start_paused = true)]
async fn one_parcel_that_is_refused_stops_no_other() {
    let rig = Rig::new(EngineConfig::default());
    for id in 1..=3 {
        rig.shows(order(id)).await;
    }
    let refused = || {
        failure(
            FailureKind::Account,
            "Service type not available for destination",
        )
    };
    rig.said().booked = vec![
        Verdict::Applied(awb(1)),
        refused(),
        Verdict::Applied(awb(3)),
    ];
    rig.read();
    let by = Operator::engine();
    book(&rig.shop, &[1, 2, 3].map(InvoiceId), &by).await;
    assert_eq!(lock(&rig.shop.live).booking_refused, None);
    assert!(rig.order(1).live_awb().is_some() && rig.order(3).live_awb().is_some());
    rig.shows(order(4)).await;
    rig.said().booked = vec![refused(), Verdict::Applied(awb(4))];
    tokio::time::sleep(Duration::from_mins(10)).await;
    rig.read();
    book(&rig.shop, &[2, 4].map(InvoiceId), &by).await;
    let park = rig.order(2).park.map(|park| park.reason);
    assert!(matches!(park, Some(ParkReason::Refused { .. })), "{park:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_of_which_nothing_was_taken_stops_booking() {
    let rig = Rig::new(EngineConfig::default());
    for id in 1..=2 {
        rig.shows(order(id)).await;
    }
    rig.said().booked = vec![failure(FailureKind::Account, "Account is blocked"); 2];
    rig.read();
    book(&rig.shop, &[1, 2].map(InvoiceId), &Operator::engine()).await;
    assert!(lock(&rig.shop.live).booking_refused.is_some());
    assert!(rig.order(1).park.is_none());
}

/// A booking with the first number of the file, whose answer was lost.
async fn own_number_unknown() -> Rig {
    let mut config = EngineConfig::default();
    config.awb.file = Some("/nowhere/awbs.csv".into());
    config.settle.booking_latency = Some(Duration::from_mins(1));
    let rig = Rig::new(config);
    rig.record(Event::Allotted {
        source: "awbs.csv".into(),
        numbers: vec![awb(1)],
    })
    .await;
    rig.shows(order(1)).await;
    rig.said().booked = vec![Verdict::Unknown("connection lost".into())];
    rig.read();
    book(&rig.shop, &[InvoiceId(1)], &Operator::engine()).await;
    assert!(rig.order(1).book.progress.is_open());
    rig
}

fn tracked_under(reference: &str) -> TrackPull {
    TrackPull {
        header: TrackHeader {
            reference: reference.into(),
            ..TrackHeader::default()
        },
        ..TrackPull::default()
    }
}

#[tokio::test(start_paused = true)]
async fn our_number_under_our_reference_is_our_booking() {
    let rig = own_number_unknown().await;
    rig.said().tracked = Ok(tracked_under("r1"));
    rig.reconcile_for(1, Duration::from_mins(10)).await;
    assert_eq!(rig.order(1).live_awb(), Some(&awb(1)));
}

#[tokio::test(start_paused = true)]
async fn our_number_under_another_reference_or_none_proves_nothing() {
    for (reference, says) in [("R77", "under reference R77"), ("", "without naming")] {
        let rig = own_number_unknown().await;
        rig.said().tracked = Ok(tracked_under(reference));
        rig.reconcile_for(1, Duration::from_mins(30)).await;
        let record = rig.order(1);
        assert_eq!(record.live_awb(), None, "{reference:?} is not adopted");
        let words = record.park_words().expect("parked");
        assert!(words.contains(says), "{words}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_names_no_reference_is_believed_only_with_our_number() {
    let found = |n| Found {
        awb: awb(n),
        named: false,
    };
    let rig = own_number_unknown().await;
    rig.said().found = Ok(Some(found(1)));
    rig.reconcile_for(1, Duration::from_mins(10)).await;
    assert_eq!(rig.order(1).live_awb(), Some(&awb(1)));
    let rig = own_number_unknown().await;
    rig.said().found = Ok(Some(found(99)));
    rig.reconcile_for(1, Duration::from_mins(30)).await;
    let record = rig.order(1);
    assert_eq!(record.live_awb(), None);
    assert!(record.park.is_some());
}
