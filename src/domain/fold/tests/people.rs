//! What people decide.

use crate::domain::{
    event::{Decision, Event},
    fold::fixture::{Site, applied, awb, gave, order},
    ids::{InvoiceId, Operator},
    order::{Order, RemoteStatus},
    outcome::FailureKind,
    record::{Attention, BookingState, CancelledBy, ParkReason, Progress},
    schedule::{Work, due},
    step::{Call, Stage},
    text::Clean,
};

#[test]
fn a_hold_stops_and_a_release_lets_go_on() {
    let mut site = Site::default();
    site.to(1, 3);
    let invoice = InvoiceId(1);
    site.tell(Event::Held {
        invoice,
        reason: "ask the customer".into(),
    });
    assert_eq!(site.get(1).attention(), Some(Attention::Held));
    assert_eq!(due(site.get(1)), None);
    site.tell(Event::Released {
        invoice,
        reason: "asked".into(),
    });
    assert_eq!(site.get(1).attention(), None);
    assert_eq!(due(site.get(1)).map(|d| d.work), Some(Work::Confirm));
}

#[test]
fn a_drop_orphans_the_awb_and_its_booking_is_cancelled() {
    let mut site = Site::default();
    site.to(1, 4);
    site.decide(1, Decision::Drop);
    let record = site.get(1);
    assert_eq!(record.stage(), Stage::Cancelled);
    assert_eq!(record.attention(), Some(Attention::OrphanAwb));
    assert_eq!(due(record).map(|d| d.work), Some(Work::CancelBooking));
    site.fail(Call::CancelBooking, 1, FailureKind::Rejected);
    assert_eq!(due(site.get(1)).map(|d| d.work), Some(Work::CancelBooking));
    site.call(
        Call::CancelBooking,
        1,
        applied(crate::domain::event::Gave::Nothing),
    );
    let record = site.get(1);
    assert_eq!(
        record.booking.as_ref().map(|b| b.state),
        Some(BookingState::Cancelled)
    );
    assert_eq!((due(record), record.attention()), (None, None));
}

#[test]
fn nothing_is_dropped_after_its_manifest() {
    let mut site = Site::default();
    site.to(1, 6);
    site.decide(1, Decision::Drop);
    assert_eq!(site.get(1).stage(), Stage::Shipped);
    assert_eq!(site.get(1).cancelled, None);
    assert!(site.get(1).live_awb().is_some());
}

/// EasyEcom takes back its own cancellations only, whatever an operator's name is.
#[test]
fn a_drop_stays_a_drop_whoever_made_it() {
    for name in ["asha", "easyecom"] {
        let mut site = Site::default();
        site.to(1, 3);
        site.tell_as(
            name,
            Event::Decided {
                invoice: InvoiceId(1),
                decision: Decision::Drop,
                reason: "because".into(),
            },
        );
        let dropped = site.get(1).cancelled.clone();
        let by = dropped.as_ref().map(|c| c.by.clone());
        assert_eq!(by, Some(CancelledBy::Person(Operator::new(name))));
        site.look(1, |o| o.status = RemoteStatus::Confirmed);
        assert_eq!(site.get(1).cancelled, dropped, "{name}");
        assert_eq!(site.get(1).stage(), Stage::Cancelled, "{name}");
    }
    // And a cancellation of EasyEcom is no person's, whoever read it.
    let mut site = Site::default();
    site.to(1, 3);
    site.look(1, |o| o.status = RemoteStatus::Cancelled);
    let by = site.get(1).cancelled.as_ref().map(|c| c.by.clone());
    assert_eq!(by, Some(CancelledBy::EasyEcom));
}

/// Shipped by somebody in the panel although it was dropped here.
#[test]
fn a_dropped_order_that_ships_is_flagged() {
    let mut site = Site::default();
    site.to(1, 3);
    site.decide(1, Decision::Drop);
    site.look(1, |o| {
        o.status = RemoteStatus::Shipped;
        o.awb = Some(awb(1));
    });
    let record = site.get(1);
    assert_eq!(record.attention(), Some(Attention::CancelledAfterManifest));
    assert_eq!(record.live_awb(), Some(&awb(1)));
}

#[test]
fn a_booking_nobody_can_settle_is_repeated_or_given_up_by_a_person() {
    for (decision, next) in [(Decision::Retry, Some(Work::Book)), (Decision::Drop, None)] {
        let mut site = Site::default();
        site.see(order(1));
        site.unknown(Call::Book, 1);
        assert_eq!(due(site.get(1)).map(|d| d.work), Some(Work::Reconcile));
        site.park(
            1,
            ParkReason::BookingUnknown {
                says: Clean::default(),
            },
        );
        assert_eq!(due(site.get(1)), None);
        assert_eq!(site.get(1).attention(), Some(Attention::Parked));
        site.decide(1, decision);
        assert!(matches!(
            site.get(1).book.progress,
            Progress::Waiting { .. }
        ));
        assert_eq!(site.parked(1), "no");
        assert_eq!(due(site.get(1)).map(|d| d.work), next, "{decision:?}");
        if decision == Decision::Drop {
            assert_eq!(site.get(1).attention(), None);
        }
    }
}

#[test]
fn an_open_call_is_reconciled_although_its_order_is_parked() {
    let mut site = Site::default();
    site.see(order(1));
    let intent = site.unknown(Call::Book, 1);
    site.park(
        1,
        ParkReason::Person {
            says: "wait".into(),
        },
    );
    assert_eq!(due(site.get(1)).map(|d| d.work), Some(Work::Reconcile));
    site.end(intent, Call::Book, 1, applied(gave(1)));
    assert_eq!(due(site.get(1)), None);
    assert_eq!(site.get(1).live_awb(), Some(&awb(1)));
}

#[test]
fn a_retry_forgives() {
    let mut site = Site::default();
    site.to(1, 5);
    site.fail(Call::Manifest, 1, FailureKind::Rejected);
    site.fail(Call::Manifest, 1, FailureKind::Rejected);
    assert_eq!(site.parked(1), "refused");
    site.decide(1, Decision::Retry);
    let now = crate::domain::fold::fixture::at(site.second);
    assert_eq!(
        due(site.get(1)).map(|d| (d.work, d.at)),
        Some((Work::Manifest, now))
    );
    site.fail(Call::Manifest, 1, FailureKind::Rejected);
    assert_eq!(site.parked(1), "no", "one refusal is not two");
    site.fail(Call::Manifest, 1, FailureKind::Rejected);
    assert_eq!(site.parked(1), "refused");
}

#[test]
fn a_foreign_awb_goes_on_only_when_a_person_says_ship() {
    let mut site = Site::default();
    site.see(Order {
        awb: Some(awb(77)),
        ..order(1)
    });
    assert_eq!(site.parked(1), "foreign");
    site.decide(1, Decision::Retry);
    assert_eq!(site.parked(1), "foreign");
    site.decide(1, Decision::Ship);
    assert_eq!(due(site.get(1)).map(|d| d.work), Some(Work::Confirm));
    site.confirm(1);
    site.documents(1);
    site.manifest(1);
    assert_eq!(due(site.get(1)).map(|d| d.work), Some(Work::Pull));
    // Dropped, it is not ours to cancel at the carrier.
    site.see(Order {
        awb: Some(awb(78)),
        ..order(2)
    });
    site.decide(2, Decision::Drop);
    assert_eq!((due(site.get(2)), site.get(2).attention()), (None, None));
}
