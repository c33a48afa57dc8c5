//! Intents, outcomes, and readings that show nothing.

use crate::domain::{
    event::{Event, Gave, IntentDetail, Outcome},
    fold::fixture::{Site, applied, at, awb, document, gave, group, order, scan},
    ids::InvoiceId,
    order::RemoteStatus,
    outcome::{Failure, FailureKind},
    record::{Attention, Progress},
    schedule::{Work, due},
    step::{Call, Stage},
    tracking::TrackingStatus,
};

#[test]
fn the_seven_steps() {
    let mut site = Site::default();
    let mut stages = Vec::new();
    for steps in 1..=6 {
        site = Site::default();
        site.to(1, steps);
        stages.push(site.get(1).stage());
    }
    let (codes, mut second) = (["PCUP", "OUTDLV", "DLV"], 100);
    for code in codes {
        second += 1;
        site.scanned(1, vec![scan(code, second)]);
        stages.push(site.get(1).stage());
        assert_eq!(due(site.get(1)).map(|d| d.work), Some(Work::Tell));
        let status = site.get(1).trail.next_to_tell().expect("news").status;
        let intent = site.push(crate::domain::fold::fixture::detail(
            Call::Tracking,
            1,
            status,
        ));
        site.end(intent, Call::Tracking, 1, applied(Gave::Nothing));
        assert_eq!(
            site.get(1).push.progress,
            Progress::Idle,
            "the next may follow"
        );
        assert_eq!(site.get(1).trail.told, Some(status));
    }
    let all = [
        Stage::Fetched,
        Stage::Booked,
        Stage::Assigned,
        Stage::Confirmed,
        Stage::Ready,
        Stage::Shipped,
        Stage::InTransit,
        Stage::OutForDelivery,
        Stage::Delivered,
    ];
    assert_eq!(stages, all);
    assert_eq!(due(site.get(1)), None);
    assert_eq!(site.get(1).attention(), None);
}

#[test]
fn accepted_waits_for_a_reading() {
    let mut site = Site::default();
    site.to(1, 3);
    let (says, check_at) = ("ok".into(), at(60));
    site.call(Call::Confirm, 1, Outcome::Accepted { says, check_at });
    assert_eq!(site.get(1).stage(), Stage::Confirming);
    assert_eq!(
        due(site.get(1)).map(|d| (d.work, d.at)),
        Some((Work::Reconcile, at(60)))
    );
    assert_eq!(site.get(1).attention(), None);
}

#[test]
fn readings_that_show_nothing_are_counted_only_after_the_settle_time() {
    let mut site = Site::default();
    site.to(1, 3);
    site.intend(Call::Confirm, 1);
    let mut silences = Vec::new();
    for (counts, second) in [(false, 200), (true, 215), (true, 230)] {
        site.tell(Event::Checked {
            call: Call::Confirm,
            invoice: InvoiceId(1),
            says: "nothing".into(),
            counts,
            next_at: at(second),
        });
        let Progress::Unknown {
            silent, check_at, ..
        } = &site.get(1).confirm.progress
        else {
            panic!("an intent without an answer is unknown");
        };
        assert_eq!(*check_at, at(second));
        silences.push(*silent);
    }
    assert_eq!(silences, [0, 1, 2]);
    assert_eq!(site.get(1).attention(), Some(Attention::Unknown));
}

#[test]
fn a_late_answer_settles_nothing() {
    let mut site = Site::default();
    site.see(order(1));
    let first = site.unknown(Call::Book, 1);
    let second = site.intend(Call::Book, 1);
    site.end(first, Call::Book, 1, applied(gave(50)));
    assert_eq!(site.get(1).booking, None, "a newer attempt is under way");
    site.end(second, Call::Book, 1, applied(gave(1)));
    let record = site.get(1).clone();
    for result in [
        applied(gave(51)),
        Outcome::Unknown {
            saw: "?".into(),
            check_at: at(0),
        },
    ] {
        site.end(second, Call::Book, 1, result);
        assert_eq!(site.get(1), &record, "done is done");
    }
    // An intent that a gate would never have let through does not undo it either.
    site.intend(Call::Book, 1);
    assert_eq!(site.get(1).book, record.book);
}

/// A manifest is refused as a group; its members get their turn alone.
#[test]
fn one_refusal_of_a_group_parks_nobody() {
    let mut site = Site::default();
    for id in [1, 2, 3] {
        site.to(id, 5);
    }
    // One of them had vanished before, which is no refusal.
    site.fail(Call::Manifest, 3, FailureKind::NotSeen);
    let members = [1, 2, 3].map(|id| (InvoiceId(id), awb(id))).to_vec();
    let group = group();
    let intent = site.push(IntentDetail::Manifest { group, members });
    for id in [1, 2, 3] {
        let failure = Failure::new(FailureKind::Rejected, "AWB 2 is not known");
        let retry_at = at(0);
        site.end(
            intent,
            Call::Manifest,
            id,
            Outcome::NotApplied { failure, retry_at },
        );
        assert_eq!(site.parked(id), "no", "{id}");
        assert_eq!(due(site.get(id)).map(|d| d.work), Some(Work::Manifest));
    }
    site.manifest(1);
    site.fail(Call::Manifest, 2, FailureKind::Rejected);
    site.manifest(3);
    let parked = [1, 2, 3].map(|id| site.parked(id));
    assert_eq!(parked, ["no", "refused", "no"]);
    assert_eq!(site.memory.manifests.len(), 5);
}

/// How often a call may fail in which way before its order is a person's.
#[test]
fn parking_limits() {
    use FailureKind::{NotSeen, Rejected, Throttled, TooLate, Unauthorized, Unreachable};
    for (kind, limit) in [
        (Rejected, Some(2)),
        (NotSeen, Some(8)),
        (Throttled, None),
        (Unauthorized, None),
        (Unreachable, None),
        (TooLate, None),
    ] {
        for (call, steps) in [
            (Call::Book, 1),
            (Call::Assign, 2),
            (Call::Confirm, 3),
            (Call::Manifest, 5),
        ] {
            let mut site = Site::default();
            site.to(1, steps);
            let parked = (1..=20).find(|_| {
                site.fail(call, 1, kind);
                site.parked(1) != "no"
            });
            assert_eq!(parked, limit, "{call} {kind:?}");
            let failing = site.get(1).attention();
            assert_eq!(failing, limit.map(|_| Attention::Parked), "{call} {kind:?}");
        }
        let mut site = Site::default();
        site.to(1, 6);
        for _ in 0..20 {
            site.fail(Call::Tracking, 1, kind);
        }
        assert_eq!(site.parked(1), "no", "a push never stops an order");
    }
}

#[test]
fn documents_are_reads_and_may_fail_and_be_had_again() {
    let mut site = Site::default();
    site.to(1, 4);
    let refused = |site: &mut Site, retry| {
        let failure = Failure::new(FailureKind::Rejected, "no document");
        let retry_at = at(retry);
        site.end(
            0,
            Call::Documents,
            1,
            Outcome::NotApplied { failure, retry_at },
        );
    };
    refused(&mut site, 500);
    assert_eq!(
        due(site.get(1)).map(|d| (d.work, d.at)),
        Some((Work::Documents, at(500)))
    );
    // A reading that went well and gave one of the two is not the end of it.
    site.end(0, Call::Documents, 1, applied(Gave::Nothing));
    refused(&mut site, 600);
    assert_eq!(due(site.get(1)).map(|d| d.at), Some(at(600)));
    refused(&mut site, 700);
    assert_eq!(site.parked(1), "document");
    site.tell(Event::DocumentStored {
        invoice: InvoiceId(1),
        kind: crate::domain::event::DocumentKind::Label,
        document: document(),
    });
    assert_eq!(site.get(1).documents.strikes, 0);
}

#[test]
fn an_allotted_number_is_reserved_with_the_intent_for_one_order_for_ever() {
    let mut site = Site::default();
    site.tell(Event::Allotted {
        source: "file".into(),
        numbers: vec![awb(70), awb(71), awb(70)],
    });
    assert_eq!(site.memory.site.awbs_free, 2);
    let book = |id, number| IntentDetail::Book {
        invoice: InvoiceId(id),
        reference: "R".into(),
        own_number: Some(awb(number)),
    };
    site.see(order(1));
    site.see(order(2));
    site.push(book(1, 70));
    assert_eq!(site.memory.site.awbs_free, 1);
    assert_eq!(site.get(1).reserved, Some(awb(70)));
    site.push(book(2, 70));
    assert_eq!(site.get(2).reserved, None);
    assert_eq!(site.memory.awbs[&awb(70)].owner, Some(InvoiceId(1)));
    // An AWB that EasyEcom shows is not free either.
    site.look(2, |o| o.awb = Some(awb(71)));
    site.end(4, Call::Book, 2, applied(gave(2)));
    site.see(crate::domain::Order {
        awb: Some(awb(71)),
        ..order(3)
    });
    assert_eq!(site.memory.site.awbs_free, 0);
}

#[test]
fn what_was_told_never_goes_backwards() {
    let mut site = Site::default();
    site.to(1, 6);
    site.scanned(1, vec![scan("DLV", 100)]);
    for status in [TrackingStatus::Delivered, TrackingStatus::InTransit] {
        let intent = site.push(crate::domain::fold::fixture::detail(
            Call::Tracking,
            1,
            status,
        ));
        site.end(intent, Call::Tracking, 1, applied(Gave::Nothing));
    }
    assert_eq!(site.get(1).trail.told, Some(TrackingStatus::Delivered));
}

#[test]
fn scans_of_another_parcel_are_not_taken() {
    let mut site = Site::default();
    site.to(1, 6);
    site.tell(Event::Scanned {
        invoice: InvoiceId(1),
        awb: awb(99),
        scans: vec![scan("DLV", 1)],
        returns_as: None,
    });
    site.scanned(404, vec![scan("DLV", 1)]);
    assert_eq!(site.get(1).stage(), Stage::Shipped);
    assert!(site.memory.scans.is_empty());
    site.scanned(1, vec![scan("PCUP", 1), scan("ZZZ", 2)]);
    assert_eq!(site.memory.scans.len(), 2);
    assert_eq!(site.get(1).attention(), Some(Attention::Tracking));
    site.tell(Event::FlagsCleared {
        invoice: InvoiceId(1),
    });
    assert_eq!(site.get(1).attention(), None);
}

#[test]
fn events_about_orders_that_are_not_held_change_nothing() {
    let mut site = Site::default();
    site.call(Call::Confirm, 9, applied(Gave::Nothing));
    site.documents(9);
    site.decide(9, crate::domain::event::Decision::Ship);
    assert!(site.memory.orders.is_empty());
    assert_eq!(site.memory.site.stages.len(), 0);
}

#[test]
fn the_warehouse_as_a_whole() {
    let mut site = Site::default();
    let reject = Event::RowRejected {
        source: "getAllOrders".into(),
        invoice: None,
        reason: "no id".into(),
        fragment: "{}".into(),
    };
    site.tell(Event::Started {
        version: "1".into(),
    });
    site.tell(reject);
    let read = |until, back| Event::WindowRead {
        after: at(0),
        until,
        rows: 1,
        back,
    };
    site.tell(read(at(90), false));
    site.tell(read(at(50), true));
    site.tell(read(at(40), false));
    let day = chrono::NaiveDate::from_ymd_opt(2026, 1, 5).expect("a day");
    site.tell(Event::QuotaLeased { day, used: 20 });
    site.tell(Event::Paused {
        reason: "lunch".into(),
    });
    let warehouse = &site.memory.site;
    assert_eq!((warehouse.epoch, warehouse.rejected), (1, 1));
    assert_eq!(warehouse.high_water, Some(at(50)));
    assert_eq!((warehouse.quota_day, warehouse.quota_used), (Some(day), 20));
    assert!(warehouse.paused.is_some());
    site.tell(Event::Resumed);
    assert_eq!(site.memory.site.paused, None);
    assert_eq!(site.memory.rejected.len(), 1);
}

#[test]
fn a_status_nobody_knows_is_never_acted_on() {
    let mut site = Site::default();
    site.to(1, 3);
    site.look(1, |o| o.status = RemoteStatus::Other("On hold".into()));
    assert_eq!((due(site.get(1)), site.parked(1)), (None, "no"));
    site.look(1, |o| o.status = RemoteStatus::Open);
    assert_eq!(due(site.get(1)).map(|d| d.work), Some(Work::Confirm));
}
