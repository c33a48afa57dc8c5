//! Bookings that the carrier refuses in part.

use super::rig::{Rig, awb, failure};
use crate::{
    domain::{FailureKind, InvoiceId, Operator, Verdict, record::ParkReason},
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
    tokio::time::sleep(std::time::Duration::from_mins(10)).await;
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
