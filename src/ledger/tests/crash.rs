//! Power cuts, full disks, groups.

use proptest::prelude::*;

use super::support::{
    at, begin, book, confirm, fresh, gave, held, in_memory, now, order, seen, who,
};
use crate::{
    domain::{
        Awb, InvoiceId,
        event::{Event, Outcome},
        outcome::{Evidence, Proof},
    },
    ledger::{
        BeginError, Ledger, LedgerError, MemoryDisk, MemoryStore, StateVerdict, StoreError,
        verify_in_memory,
    },
};

/// Books and assigns some orders.
async fn work(ledger: &Ledger, orders: std::ops::RangeInclusive<u64>) {
    for id in orders {
        ledger
            .record(&who(), at(1), vec![seen(order(id))])
            .await
            .expect("recorded");
        let permit = ledger.begin(book(id, None), begin(2)).await.expect("legal");
        let outcome = vec![(InvoiceId(id), gave(&format!("D{id:08}")))];
        ledger
            .settle(permit, at(3), outcome)
            .await
            .expect("settled");
    }
}

#[test]
fn a_power_cut_at_any_byte_leaves_what_was_acknowledged() {
    let (ledger, disk, store) = fresh();
    now(work(&ledger, 1..=2));
    let acknowledged = ledger.reader().position();
    // One more group reaches the disk in part and is not acknowledged.
    disk.set_sync_fails(true);
    now(async {
        let events = vec![held(1), held(2), seen(order(3))];
        ledger
            .record(&who(), at(4), events)
            .await
            .expect_err("not forced");
    });
    let unsynced = 4_000;
    for keep in (0..unsynced).step_by(29) {
        let after = disk.after_power_cut(keep);
        for state in [store.fork(), MemoryStore::default()] {
            let (again, report) = in_memory(&after, &state);
            assert!(report.records >= acknowledged, "kept {keep}");
            let record = again
                .reader()
                .order(InvoiceId(2))
                .expect("read")
                .expect("held");
            assert!(record.live_awb().is_some());
            let report = verify_in_memory(&after, &state).expect("verified");
            assert!(
                matches!(report.state, StateVerdict::Equal { .. }),
                "{report:?}"
            );
            assert!(report.is_good(), "{report:?}");
        }
    }
}

#[test]
fn a_full_disk_acknowledges_nothing_and_reopens() {
    for room in [0, 1, 100, 900] {
        let (ledger, disk, store) = fresh();
        now(async {
            work(&ledger, 1..=2).await;
            let before = (ledger.reader().position(), store.contents(), disk.bytes(1));
            disk.set_room(Some(room));
            let failed = ledger.record(&who(), at(4), vec![seen(order(3))]).await;
            assert!(
                matches!(failed, Err(LedgerError::Journal { .. })),
                "{failed:?}"
            );
            // The disk has room again, but nobody has looked at the journal.
            disk.set_room(None);
            let begun = ledger.begin(book(3, None), begin(5)).await;
            assert!(matches!(
                begun,
                Err(BeginError::Failed(LedgerError::Journal { .. }))
            ));
            assert!(ledger.failed().is_some());
            assert!(
                ledger
                    .reader()
                    .order(InvoiceId(2))
                    .expect("reads go on")
                    .is_some()
            );
            let after = (ledger.reader().position(), store.contents(), disk.bytes(1));
            assert_eq!(before, after);
            ledger.reopen().await.expect("reopens");
            assert!(ledger.failed().is_none());
            work(&ledger, 3..=3).await;
            assert!(verify_in_memory(&disk, &store).expect("verified").is_good());
        });
    }
}

#[test]
fn a_state_that_fails_after_the_journal_follows_on_reopening() {
    let (ledger, disk, store) = fresh();
    now(async {
        work(&ledger, 1..=1).await;
        store.fail_writes(Some(StoreError::Io {
            doing: "written",
            says: "full".into(),
        }));
        ledger
            .record(&who(), at(4), vec![held(1)])
            .await
            .expect_err("fails");
        assert!(
            ledger
                .reader()
                .order(InvoiceId(1))
                .expect("read")
                .expect("held")
                .hold
                .is_none()
        );
        store.fail_writes(None);
        let report = ledger.reopen().await.expect("reopens");
        assert_eq!((report.replayed, report.rebuilt), (1, None));
        assert!(
            ledger
                .reader()
                .order(InvoiceId(1))
                .expect("read")
                .expect("held")
                .hold
                .is_some()
        );
        assert!(verify_in_memory(&disk, &store).expect("verified").is_good());
    });
}

#[test]
fn steps_that_wait_together_share_one_flush() {
    use crate::ledger::{Request, core::Core, recover::recover};
    let rules = super::support::options(std::path::Path::new("x")).rules();
    let (disk, store) = (MemoryDisk::default(), MemoryStore::default());
    let (mut core, _): (Core, _) =
        recover(std::sync::Arc::new(disk.clone()), &store, rules).expect("opens");
    let record = |events| Request::Record {
        by: who(),
        at: at(1),
        events,
    };
    core.commit((1..=100).map(|id| record(vec![seen(order(id))])).collect());
    assert_eq!(disk.syncs(), 1);
    let begins = (1..=100).map(|id| Request::Begin {
        detail: crate::domain::request::WriteRequest::detail(&book(id, None)).expect("one"),
        digest: String::new(),
        begin: begin(2),
    });
    let answers = core.commit(begins.collect());
    assert_eq!((answers.len(), disk.syncs(), core.seq()), (100, 2, 200));
}

#[test]
fn one_awb_one_invoice() {
    let (ledger, disk, store) = fresh();
    now(async {
        let orders = (1..=3).map(|id| seen(order(id))).collect();
        ledger
            .record(&who(), at(1), orders)
            .await
            .expect("recorded");
        let numbers = ["D10000001", "D10000002"].map(|n| Awb::parse(n).expect("an AWB"));
        let event = Event::Allotted {
            source: "a.csv".into(),
            numbers: numbers.to_vec(),
        };
        ledger
            .record(&who(), at(1), vec![event])
            .await
            .expect("recorded");
        let reader = ledger.reader();
        assert_eq!(
            reader.free_awb(None).expect("read").as_ref(),
            Some(&numbers[0])
        );
        ledger
            .begin(book(1, Some("D10000001")), begin(2))
            .await
            .expect("free");
        assert_eq!(
            reader.free_awb(None).expect("read").as_ref(),
            Some(&numbers[1])
        );
        assert_eq!(reader.free_awb(Some(&numbers[1])).expect("read"), None);
        for taken in ["D10000001", "D99999999"] {
            let refused = ledger.begin(book(2, Some(taken)), begin(3)).await;
            assert!(
                matches!(refused, Err(BeginError::Refused(_))),
                "{refused:?}"
            );
        }
        // The carrier gives a number that is somebody's already: parked, not bound.
        let permit = ledger.begin(book(3, None), begin(3)).await.expect("legal");
        let outcome = vec![(InvoiceId(3), gave("D10000001"))];
        ledger
            .settle(permit, at(4), outcome)
            .await
            .expect("settled");
        let record = reader.order(InvoiceId(3)).expect("read").expect("held");
        assert!(record.booking.is_none() && record.park.is_some());
        assert!(verify_in_memory(&disk, &store).expect("verified").is_good());
    });
}

#[test]
fn the_same_look_twice_is_one_record() {
    let (ledger, _, _) = fresh();
    now(async {
        let first = ledger
            .record(&who(), at(1), vec![seen(order(1))])
            .await
            .expect("recorded");
        let again = vec![seen(order(1)), held(1), seen(order(1))];
        let last = ledger.record(&who(), at(2), again).await.expect("recorded");
        assert_eq!(last, first + 1);
        let by = who();
        let said = ledger.decide(&by, at(3), InvoiceId(1), |record| {
            assert!(record.hold.is_some());
            Ok(vec![Event::Released {
                invoice: record.id(),
                reason: "go".into(),
            }])
        });
        assert_eq!(said.await.expect("answered"), Ok(last + 1));
    });
}

/// Something that may happen to an order; most of it is refused most of the time.
fn happen(ledger: &Ledger, id: u64, what: u8, s: i64) {
    now(async {
        let invoice = InvoiceId(id);
        match what {
            0 => drop(ledger.record(&who(), at(s), vec![seen(order(id))]).await),
            1 => drop(ledger.record(&who(), at(s), vec![held(id)]).await),
            2 => {
                let reason = "go".into();
                let event = Event::Released { invoice, reason };
                drop(ledger.record(&who(), at(s), vec![event]).await);
            }
            3 => {
                let mut changed = order(id);
                changed.updated_at = Some(at(s));
                changed.due_at = Some(at(s + 500));
                changed.reference = crate::domain::ReferenceCode::new("WEB-1_OR1");
                drop(ledger.record(&who(), at(s), vec![seen(changed)]).await);
            }
            4 => {
                if let Ok(permit) = ledger.begin(book(id, None), begin(s)).await {
                    let outcome = vec![(invoice, gave(&format!("D{id:08}")))];
                    drop(ledger.settle(permit, at(s), outcome).await);
                }
            }
            5 => {
                let mut shown = order(id);
                shown.updated_at = Some(at(s));
                shown.awb = Awb::parse(&format!("D{id:08}")).ok();
                drop(ledger.record(&who(), at(s), vec![seen(shown)]).await);
            }
            6 => {
                if let Ok(permit) = ledger.begin(confirm(id), begin(s)).await {
                    let evidence = Evidence::new(Proof::Answer, "200");
                    let done = Outcome::Applied {
                        evidence,
                        gave: crate::domain::event::Gave::Nothing,
                    };
                    drop(ledger.settle(permit, at(s), vec![(invoice, done)]).await);
                }
            }
            _ => drop(ledger.begin(book(id, None), begin(s)).await),
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happens, the state is the fold of the journal, and starting again changes nothing.
    #[test]
    fn the_state_is_the_fold_of_the_journal(
        happenings in prop::collection::vec((1u64..6, 0u8..8), 1..60)
    ) {
        let (ledger, disk, store) = fresh();
        for (n, (id, what)) in happenings.iter().enumerate() {
            happen(&ledger, *id, *what, n as i64 + 2);
        }
        let report = verify_in_memory(&disk, &store).expect("verified");
        prop_assert!(report.is_good(), "{:?}", report);
        let rebuilt = MemoryStore::default();
        let copy = disk.after_power_cut(0);
        in_memory(&copy, &rebuilt);
        in_memory(&disk, &store);
        prop_assert_eq!(rebuilt.contents(), store.contents());
    }
}
