//! What a reading of EasyEcom proves.

use crate::domain::{
    fold::fixture::{Site, applied, at, awb, gave, history, order},
    ids::ManifestNo,
    order::{Order, RemoteStatus},
    outcome::{FailureKind, Proof},
    record::{Attention, BookingState, Progress},
    schedule::{Work, due},
    step::{Call, Stage},
};

fn proof(progress: &Progress) -> Option<Proof> {
    match progress {
        Progress::Done { evidence, .. } => Some(evidence.by),
        _ => None,
    }
}

/// An order as it is first seen: its status, whether it shows an AWB, an invoice number, a manifest
/// number; then the stage, why it is parked, and what is due.
#[test]
fn first_seen() {
    use RemoteStatus::{
        Cancelled, Confirmed, Open, Other, Printed, ReadyToDispatch, Returned, Shipped,
    };
    let other = || Other("On hold".into());
    #[rustfmt::skip]
    let table = [
        (Open,            false, false, false, Stage::Fetched,    "no",            Some(Work::Book)),
        (Open,            true,  false, false, Stage::Assigned,   "foreign",       None),
        (Confirmed,       false, false, false, Stage::Confirming, "no",            None),
        (Confirmed,       false, true,  false, Stage::Confirmed,  "contradiction", None),
        (Confirmed,       true,  true,  false, Stage::Confirmed,  "foreign",       None),
        (Confirmed,       true,  false, false, Stage::Confirming, "foreign",       None),
        (Printed,         true,  true,  false, Stage::Confirmed,  "foreign",       None),
        (Printed,         false, true,  false, Stage::Confirmed,  "contradiction", None),
        (ReadyToDispatch, true,  true,  false, Stage::Confirmed,  "foreign",       None),
        (Shipped,         true,  true,  true,  Stage::Shipped,    "no",            None),
        (Shipped,         false, true,  false, Stage::Shipped,    "no",            None),
        (Cancelled,       false, false, false, Stage::Cancelled,  "no",            None),
        (Cancelled,       true,  true,  false, Stage::Cancelled,  "no",            None),
        (Returned,        true,  true,  true,  Stage::Shipped,    "no",            None),
        (Returned,        false, true,  false, Stage::Fetched,    "contradiction", None),
        (other(),         false, false, false, Stage::Fetched,    "no",            None),
    ];
    for (status, has_awb, number, manifest, stage, parked, work) in table {
        let mut site = Site::default();
        let name = format!("{status} awb {has_awb} number {number} manifest {manifest}");
        site.see(Order {
            status,
            awb: has_awb.then(|| awb(77)),
            invoice_number: number.then(|| "INV-1".into()),
            manifest_no: manifest.then(|| ManifestNo::new("M-1")),
            ..order(1)
        });
        assert_eq!(site.get(1).stage(), stage, "{name}");
        assert_eq!(site.parked(1), parked, "{name}");
        assert_eq!(due(site.get(1)).map(|d| d.work), work, "{name}");
    }
}

#[test]
fn a_reading_settles_what_our_calls_left_open() {
    let mut site = Site::default();
    site.to(1, 2);
    site.unknown(Call::Assign, 1);
    assert_eq!(site.get(1).attention(), Some(Attention::Unknown));
    site.look(1, |o| o.awb = Some(awb(1)));
    assert_eq!(proof(&site.get(1).assign.progress), Some(Proof::Read));
    site.unknown(Call::Confirm, 1);
    site.look(1, |o| {
        o.status = RemoteStatus::Confirmed;
        o.history = history(&[(17, None), (3, None), (13, None), (38, None), (16, None)]);
    });
    assert_eq!(proof(&site.get(1).confirm.progress), Some(Proof::Read));
    site.documents(1);
    site.unknown(Call::Manifest, 1);
    site.look(1, |o| {
        o.status = RemoteStatus::Shipped;
        o.manifest_no = Some(ManifestNo::new("M-7"));
    });
    let record = site.get(1);
    assert_eq!(proof(&record.manifest.progress), Some(Proof::Read));
    assert_eq!(record.manifest_no, Some(ManifestNo::new("M-7")));
    assert_eq!((record.stage(), record.attention()), (Stage::Shipped, None));
}

#[test]
fn what_others_did_is_adopted_as_theirs() {
    let mut site = Site::default();
    site.to(1, 3);
    site.look(1, |o| o.status = RemoteStatus::Printed);
    assert_eq!(proof(&site.get(1).confirm.progress), Some(Proof::Adopted));
    assert_eq!(site.parked(1), "no");
    site.look(1, |o| o.status = RemoteStatus::Shipped);
    assert_eq!(proof(&site.get(1).manifest.progress), Some(Proof::Adopted));
}

/// Somebody else confirms while our AWB is booked and not at EasyEcom.
#[test]
fn confirmed_by_others_before_our_assignment() {
    let mut site = Site::default();
    site.to(1, 2);
    let intent = site.unknown(Call::Assign, 1);
    site.look(1, |o| o.status = RemoteStatus::Printed);
    assert_eq!(site.parked(1), "no", "our assignment may have arrived");
    let failure = crate::domain::Failure::new(crate::domain::FailureKind::NotSeen, "no");
    let retry_at = at(0);
    let end = crate::domain::event::Outcome::NotApplied { failure, retry_at };
    site.end(intent, Call::Assign, 1, end);
    assert_eq!(site.parked(1), "contradiction");
    // The person enters our AWB in the panel and retries.
    site.look(1, |o| o.awb = Some(awb(1)));
    site.decide(1, crate::domain::event::Decision::Retry);
    assert_eq!(site.parked(1), "no");
    assert_eq!(due(site.get(1)).map(|d| d.work), Some(Work::Documents));
}

#[test]
fn cancelled_before_and_after_the_manifest() {
    let mut site = Site::default();
    for steps in 1..=6 {
        let id = steps as u64;
        site.to(id, steps);
        site.look(id, |o| o.status = RemoteStatus::Cancelled);
        let record = site.get(id);
        if steps == 6 {
            assert_eq!(record.stage(), Stage::Shipped);
            assert_eq!(record.attention(), Some(Attention::CancelledAfterManifest));
            assert_eq!(due(record).map(|d| d.work), Some(Work::Pull));
            continue;
        }
        assert_eq!(record.stage(), Stage::Cancelled, "{steps}");
        let orphan = record.booking.as_ref().map(|b| b.state);
        let booked = steps > 1;
        assert_eq!(orphan, booked.then_some(BookingState::Orphan), "{steps}");
        let work = due(record).map(|d| d.work);
        assert_eq!(work, booked.then_some(Work::CancelBooking), "{steps}");
        if booked {
            let nothing = crate::domain::event::Gave::Nothing;
            site.call(Call::CancelBooking, id, applied(nothing));
            assert_eq!(due(site.get(id)), None);
            assert_eq!(site.get(id).attention(), None);
        }
    }
}

/// Nobody tries it again: it leaves the exceptions with the order.
#[test]
fn what_failed_before_a_cancellation_needs_nobody() {
    let mut site = Site::default();
    site.see(order(1));
    site.book(1);
    site.assign(1);
    site.fail(Call::Confirm, 1, FailureKind::Rejected);
    assert_eq!(site.get(1).attention(), Some(Attention::Failing));
    site.look(1, |o| o.status = RemoteStatus::Cancelled);
    assert_eq!(site.get(1).attention(), Some(Attention::OrphanAwb));
    let nothing = crate::domain::event::Gave::Nothing;
    site.call(Call::CancelBooking, 1, applied(nothing));
    assert_eq!(site.get(1).attention(), None);
}

#[test]
fn cancelled_while_a_booking_is_unknown() {
    let mut site = Site::default();
    site.see(order(1));
    let intent = site.unknown(Call::Book, 1);
    site.look(1, |o| o.status = RemoteStatus::Cancelled);
    assert_eq!(due(site.get(1)).map(|d| d.work), Some(Work::Reconcile));
    site.end(intent, Call::Book, 1, applied(gave(1)));
    assert_eq!(site.get(1).attention(), Some(Attention::OrphanAwb));
    assert_eq!(due(site.get(1)).map(|d| d.work), Some(Work::CancelBooking));
}

#[test]
fn a_manifest_that_was_made_before_the_cancellation_was_seen() {
    let mut site = Site::default();
    site.to(1, 5);
    let intent = site.unknown(Call::Manifest, 1);
    site.look(1, |o| o.status = RemoteStatus::Cancelled);
    assert_eq!(due(site.get(1)).map(|d| d.call), Some(Call::Manifest));
    let number = None;
    let gave = crate::domain::event::Gave::Manifest { number };
    site.end(intent, Call::Manifest, 1, applied(gave));
    let record = site.get(1);
    assert_eq!(record.attention(), Some(Attention::CancelledAfterManifest));
    assert_eq!(record.live_awb(), Some(&awb(1)), "the parcel travels");
}

#[test]
fn a_cancellation_taken_back_is_for_a_person() {
    let mut site = Site::default();
    site.to(1, 3);
    site.look(1, |o| o.status = RemoteStatus::Cancelled);
    // An equally old picture proves nothing.
    let mut stale = site.get(1).order.clone();
    stale.status = RemoteStatus::Open;
    site.see(stale);
    assert_eq!(site.get(1).stage(), Stage::Cancelled);
    site.look(1, |o| o.status = RemoteStatus::Open);
    assert_eq!(
        (site.get(1).stage(), site.parked(1)),
        (Stage::Assigned, "contradiction")
    );
    assert_eq!(site.get(1).live_awb(), Some(&awb(1)), "not yet cancelled");
    site.decide(1, crate::domain::event::Decision::Retry);
    assert_eq!(due(site.get(1)).map(|d| d.work), Some(Work::Confirm));

    site.to(2, 3);
    site.look(2, |o| o.status = RemoteStatus::Cancelled);
    site.call(
        Call::CancelBooking,
        2,
        applied(crate::domain::event::Gave::Nothing),
    );
    site.look(2, |o| o.status = RemoteStatus::Open);
    site.decide(2, crate::domain::event::Decision::Retry);
    assert_eq!(site.parked(2), "contradiction", "its one AWB is gone");
    site.decide(2, crate::domain::event::Decision::Drop);
    assert_eq!(
        (site.get(2).stage(), due(site.get(2))),
        (Stage::Cancelled, None)
    );
    // What a person dropped stays dropped.
    site.look(2, |o| o.status = RemoteStatus::Printed);
    assert_eq!(site.get(2).stage(), Stage::Cancelled);
}

#[test]
fn an_older_picture_changes_nothing() {
    let mut site = Site::default();
    site.see(Order {
        updated_at: Some(at(100)),
        ..order(1)
    });
    let before = site.get(1).clone();
    site.see(Order {
        updated_at: Some(at(99)),
        status: RemoteStatus::Shipped,
        ..order(1)
    });
    assert_eq!(site.get(1), &before);
}

#[test]
fn a_document_link_once_seen_stays() {
    let mut site = Site::default();
    site.see(order(1));
    site.look(1, |o| o.label_url = Some("https://x/l.pdf".into()));
    site.look(1, |o| o.label_url = None);
    assert!(site.get(1).order.label_url.is_some());
}

#[test]
fn another_awb_than_ours_contradicts() {
    let mut site = Site::default();
    site.to(1, 2);
    site.look(1, |o| o.awb = Some(awb(99)));
    assert_eq!(site.parked(1), "contradiction");
    assert_eq!(site.get(1).live_awb(), Some(&awb(1)));
    site.decide(1, crate::domain::event::Decision::Retry);
    assert_eq!(site.parked(1), "contradiction", "EasyEcom still shows it");
    site.decide(1, crate::domain::event::Decision::Ship);
    assert_eq!(due(site.get(1)).map(|d| d.work), Some(Work::Assign));
}

#[test]
fn an_awb_that_others_assigned_while_our_booking_was_open_is_seen_when_it_settles() {
    let mut site = Site::default();
    site.see(order(1));
    let intent = site.unknown(Call::Book, 1);
    site.look(1, |o| o.awb = Some(awb(99)));
    assert_eq!(site.get(1).booking, None);
    let failure = crate::domain::Failure::new(crate::domain::FailureKind::NotSeen, "no");
    let retry_at = at(0);
    let end = crate::domain::event::Outcome::NotApplied { failure, retry_at };
    site.end(intent, Call::Book, 1, end);
    assert_eq!(site.parked(1), "foreign", "no second AWB is bought");

    site.see(order(2));
    let intent = site.unknown(Call::Book, 2);
    site.look(2, |o| o.awb = Some(awb(98)));
    site.end(intent, Call::Book, 2, applied(gave(2)));
    assert_eq!(site.parked(2), "contradiction", "theirs is not overwritten");
}

#[test]
fn one_awb_is_never_taken_over_by_a_second_invoice() {
    let mut site = Site::default();
    site.to(1, 3);
    site.see(Order {
        awb: Some(awb(1)),
        ..order(2)
    });
    assert_eq!(
        (site.parked(2), site.get(2).booking.as_ref()),
        ("contradiction", None)
    );
    site.decide(2, crate::domain::event::Decision::Ship);
    assert_eq!(site.parked(2), "contradiction");
    site.look(2, |o| o.awb = None);
    site.decide(2, crate::domain::event::Decision::Retry);
    assert_eq!(due(site.get(2)).map(|d| d.work), Some(Work::Book));
    // The carrier gives a number that is taken.
    site.call(Call::Book, 2, applied(gave(1)));
    assert_eq!(
        (site.parked(2), site.get(2).booking.as_ref()),
        ("contradiction", None)
    );
    assert_eq!(
        site.memory.awbs[&awb(1)].owner,
        Some(crate::domain::InvoiceId(1))
    );
}

/// A shipment that EasyEcom made without our booked AWB.
#[test]
fn shipped_by_others_with_another_or_no_awb() {
    for shown in [None, Some(awb(99))] {
        let mut site = Site::default();
        site.to(1, 2);
        site.look(1, |o| {
            o.status = RemoteStatus::Shipped;
            o.awb = shown;
        });
        assert_eq!(site.parked(1), "contradiction");
        assert_eq!(due(site.get(1)), None, "not our parcel to report");
    }
}
