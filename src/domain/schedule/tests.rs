//! Due work is legal work, and no order is forgotten.

use std::collections::BTreeSet;

use proptest::{prelude::*, strategy::ValueTree};

use super::{Due, Work, due};
use crate::domain::{
    event::Decision,
    fold::{
        chaos::{draws, event, refused},
        fixture::{Site, order, scan},
    },
    gate::Rule,
    order::RemoteStatus,
    record::{AwbSource, BookingState, OrderRecord},
    step::{Call, Stage},
    tracking::TrackingStatus,
};

#[test]
fn the_next_work_of_an_order_on_its_way() {
    use Work::{Assign, Book, Confirm, Documents, Manifest, Pull};
    let work = |steps| {
        let mut site = Site::default();
        site.to(1, steps);
        due(site.get(1)).map(|d| d.work)
    };
    let expected = [Book, Assign, Confirm, Documents, Manifest, Pull].map(Some);
    assert_eq!([1, 2, 3, 4, 5, 6].map(work), expected);
}

#[test]
fn every_open_call_is_read_about() {
    for (call, steps) in [
        (Call::Book, 1),
        (Call::Assign, 2),
        (Call::Confirm, 3),
        (Call::Manifest, 5),
        (Call::Tracking, 6),
    ] {
        let mut site = Site::default();
        site.to(1, steps);
        site.scanned(1, vec![scan("PCUP", 1)]);
        site.intend(call, 1);
        let settle_at = site.get(1).call(call).and_then(|c| c.progress.intent());
        let at = settle_at.expect("an intent").settle_at;
        let expected = Due {
            work: Work::Reconcile,
            call,
            at,
            leaves_by: site.get(1).urgency(),
        };
        assert_eq!(due(site.get(1)), Some(expected));
        // Whatever is said of the order meanwhile.
        site.decide(1, Decision::Drop);
        site.look(1, |o| o.status = RemoteStatus::Cancelled);
        assert_eq!(due(site.get(1)), Some(expected), "{call}");
    }
}

#[test]
fn a_failed_call_waits_for_its_retry() {
    let mut site = Site::default();
    site.see(order(1));
    site.fail(Call::Book, 1, crate::domain::FailureKind::Throttled);
    let crate::domain::record::Progress::Waiting { retry_at, .. } = site.get(1).book.progress
    else {
        panic!("it waits");
    };
    assert_eq!(due(site.get(1)).map(|d| d.at), Some(retry_at));
}

/// What the gate may still refuse although it is due: a sibling, or a status that does not follow.
fn is_passing(rule: Rule) -> bool {
    matches!(rule, Rule::NoTwin | Rule::TrackingForward)
}

fn holds_for(site: &Site, record: &OrderRecord) -> Result<(), TestCaseError> {
    let next = due(record);
    let manifested = record.manifest.progress.is_done();
    let stopped = record.hold.is_some() || record.park.is_some() || record.cancelled.is_some();
    match next.map(|d| (d.work, d.call)) {
        Some((Work::Reconcile, call)) => {
            let open = record.call(call).is_some_and(|c| c.progress.is_open());
            prop_assert!(open, "there is nothing to settle");
        }
        Some((Work::Pull, _)) => prop_assert!(manifested),
        Some((work, call)) => {
            let unmet = refused(site, call, record);
            prop_assert!(
                unmet.iter().copied().all(is_passing),
                "{work:?}: {unmet:?} {record:#?}"
            );
            let step = !matches!(work, Work::CancelBooking | Work::Tell);
            prop_assert!(!(stopped && step), "{work:?} of a stopped order");
        }
        None => {}
    }
    let orphan = record
        .booking
        .as_ref()
        .is_some_and(|b| b.state == BookingState::Orphan);
    let works = next.map(|d| d.work);
    if orphan {
        let settles_the_booking = record
            .park
            .as_ref()
            .is_some_and(|_| record.book.progress.is_open());
        let cancels = matches!(works, Some(Work::CancelBooking | Work::Reconcile));
        prop_assert!(cancels || settles_the_booking, "an orphan AWB is forgotten");
    }
    if next.is_none() && !stopped && !record.stage().is_final() {
        // EasyEcom's own doing is awaited; its next change is read by the regular window.
        let waits = !manifested
            && !record.confirm.progress.is_done()
            && record.order.status != RemoteStatus::Open;
        // What others shipped is theirs to report.
        let theirs = manifested
            && (!record.assign.progress.is_done()
                || record
                    .booking
                    .as_ref()
                    .is_none_or(|b| b.source == AwbSource::Foreign || record.live_awb().is_none()));
        // Told all there was to tell of a parcel that came to an end.
        let over = record.trail.reached.is_some_and(TrackingStatus::is_final);
        prop_assert!(waits || theirs || over, "forgotten: {record:#?}");
    }
    if record.stage() == Stage::Cancelled && next.is_some() {
        let last = matches!(works, Some(Work::Reconcile | Work::CancelBooking));
        prop_assert!(last, "{works:?} of a cancelled order");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn due_work_is_legal_and_no_order_is_forgotten(draws in draws()) {
        let mut site = Site::default();
        for draw in draws {
            let Some(event) = event(&site, draw, true) else { continue };
            site.tell(event);
            for record in site.memory.orders.values() {
                holds_for(&site, record)?;
            }
        }
    }
}

/// The property above would prove little if the draws never came far.
#[test]
fn the_draws_reach_every_stage_and_every_work() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut stages, mut works) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..3_000 {
        let drawn = draws().new_tree(&mut runner).expect("a draw").current();
        let mut site = Site::default();
        for draw in drawn {
            let Some(event) = event(&site, draw, true) else {
                continue;
            };
            site.tell(event);
            stages.extend(site.memory.orders.values().map(OrderRecord::stage));
            let due = site.memory.orders.values().filter_map(due);
            works.extend(due.map(|d| d.work));
        }
    }
    assert_eq!(stages, Stage::ALL.into_iter().collect());
    assert_eq!(works, Work::ALL.into_iter().collect());
}
