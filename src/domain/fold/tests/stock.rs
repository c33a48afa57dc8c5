//! Counts, decrements, pushes, read-backs.

use crate::domain::{
    event::{Event, StockResult},
    fold::fixture::{Site, at, location, sku},
    inventory::{DiffState, SkuRecord},
    outcome::{Failure, FailureKind},
    record::Progress,
    request::InventoryItem,
};

fn counted(site: &mut Site, as_of: i64, quantity: i64) {
    site.tell(Event::Counted {
        location: location(),
        source: "file".into(),
        as_of: at(as_of),
        rows: vec![(sku(), quantity)],
    });
}

fn get(site: &Site) -> &SkuRecord {
    &site.memory.skus[&(location(), sku())]
}

/// Pushes what is wanted now.
fn push(site: &mut Site) -> u64 {
    let record = get(site);
    let item = InventoryItem {
        sku: sku(),
        quantity: record.wanted().expect("a figure"),
        version: record.version,
    };
    site.tell(Event::StockIntent {
        location: location(),
        items: vec![item],
        digest: "d".into(),
        not_after: at(1_000),
        settle_at: at(2_000),
    })
}

fn end(site: &mut Site, intent: u64, result: StockResult) {
    site.tell(Event::StockOutcome {
        intent,
        location: location(),
        items: vec![(sku(), result)],
    });
}

fn taken(quantity: i64) -> StockResult {
    StockResult::Taken { quantity }
}

#[test]
fn a_newer_count_replaces_an_older_and_never_the_other_way() {
    let mut site = Site::default();
    counted(&mut site, 10, 40);
    counted(&mut site, 5, 99);
    assert_eq!(get(&site).wanted(), Some(40));
    let version = get(&site).version;
    counted(&mut site, 20, 40);
    assert_eq!(get(&site).version, version, "the same figure is no news");
    counted(&mut site, 30, 41);
    assert!(get(&site).version > version);
}

#[test]
fn pieces_leave_with_the_manifest_once() {
    let mut site = Site::default();
    counted(&mut site, 0, 40);
    site.to(1, 6);
    assert_eq!(get(&site).wanted(), Some(38));
    let version = get(&site).version;
    assert_eq!(site.get(1).stock_version, Some(version));
    site.manifest(1);
    site.look(1, |o| o.status = crate::domain::RemoteStatus::Shipped);
    assert_eq!(
        (get(&site).wanted(), get(&site).version),
        (Some(38), version)
    );
    // A count from before the manifest has not seen them leave; one from after has.
    let manifested = site.second;
    counted(&mut site, 1, 50);
    assert_eq!(get(&site).wanted(), Some(48));
    counted(&mut site, manifested + 1, 50);
    assert_eq!(get(&site).wanted(), Some(50));
    // A manifest that the count has seen takes nothing away.
    counted(&mut site, 10_000, 50);
    site.to(2, 6);
    assert_eq!(get(&site).wanted(), Some(50));
}

#[test]
fn the_first_count_knows_the_shipments_that_followed_it() {
    let mut site = Site::default();
    site.to(1, 6);
    assert_eq!(get(&site).state(), DiffState::NotOurs);
    counted(&mut site, 0, 40);
    assert_eq!(get(&site).wanted(), Some(38));
}

#[test]
fn an_acknowledgement_covers_the_version_that_was_sent() {
    let mut site = Site::default();
    counted(&mut site, 0, 40);
    let intent = push(&mut site);
    assert_eq!(get(&site).state(), DiffState::Sent);
    site.to(1, 6);
    end(&mut site, intent, taken(40));
    assert_eq!(
        get(&site).state(),
        DiffState::Waiting,
        "38 are wanted by now"
    );
    let intent = push(&mut site);
    end(&mut site, intent, taken(38));
    assert_eq!(get(&site).state(), DiffState::Unverified);
    // An answer to an older push, and one twice, decide nothing.
    let before = get(&site).clone();
    end(&mut site, intent, taken(7));
    end(&mut site, 1, taken(7));
    assert_eq!(get(&site), &before);
}

#[test]
fn a_read_back_judges_only_what_was_acknowledged_before_it() {
    let mut site = Site::default();
    counted(&mut site, 0, 40);
    let intent = push(&mut site);
    end(&mut site, intent, taken(40));
    let acknowledged = site.second;
    for (second, quantity, state) in [
        (acknowledged - 1, 3, DiffState::Unverified),
        (acknowledged, 3, DiffState::Differs),
        (acknowledged, 40, DiffState::InSync),
    ] {
        site.tell(Event::StockRead {
            location: location(),
            rows: vec![(sku(), quantity)],
            asked_at: at(second),
        });
        assert_eq!(get(&site).state(), state);
    }
}

#[test]
fn refused_unknown_and_failed_pushes() {
    let mut site = Site::default();
    counted(&mut site, 0, 40);
    let intent = push(&mut site);
    end(
        &mut site,
        intent,
        StockResult::Unknown {
            saw: "timeout".into(),
        },
    );
    assert_eq!(get(&site).state(), DiffState::Unknown);
    let Progress::Unknown { check_at, .. } = &get(&site).push.progress else {
        panic!("unknown");
    };
    assert_eq!(*check_at, at(2_000));
    let intent = push(&mut site);
    let failure = Failure::new(FailureKind::Throttled, "wait");
    let retry_at = at(99);
    end(
        &mut site,
        intent,
        StockResult::NotApplied { failure, retry_at },
    );
    assert_eq!(
        (get(&site).state(), get(&site).push.strikes),
        (DiffState::Waiting, 0)
    );
    let intent = push(&mut site);
    end(
        &mut site,
        intent,
        StockResult::Refused {
            says: "unknown SKU".into(),
        },
    );
    assert_eq!(
        (get(&site).state(), get(&site).push.strikes),
        (DiffState::Problem, 1)
    );
    // A new count gives it another chance.
    counted(&mut site, 50, 40);
    assert_eq!(get(&site).state(), DiffState::Waiting);
    counted(&mut site, 60, 10_001);
    assert_eq!(get(&site).state(), DiffState::Problem);
}

#[test]
fn a_refusal_ends_when_easyecom_takes_a_figure() {
    let mut site = Site::default();
    counted(&mut site, 0, 40);
    let says = "unknown SKU".into();
    let intent = push(&mut site);
    end(&mut site, intent, StockResult::Refused { says });
    assert_eq!(get(&site).state(), DiffState::Problem);
    let intent = push(&mut site);
    end(&mut site, intent, taken(40));
    assert_eq!(get(&site).state(), DiffState::Unverified);
    // Too many is a problem only as long as there are too many.
    let now = site.second;
    counted(&mut site, now, 10_001);
    assert_eq!(get(&site).state(), DiffState::Problem);
    site.to(1, 6);
    assert_eq!(
        (get(&site).wanted(), get(&site).state()),
        (Some(9_999), DiffState::Waiting)
    );
}

#[test]
fn what_a_person_left_out_is_no_problem_and_not_pushed_until_it_is_taken_in() {
    let mut site = Site::default();
    counted(&mut site, 0, 40);
    let says = "Inventory of combo can not be updated".into();
    let intent = push(&mut site);
    end(&mut site, intent, StockResult::Refused { says });
    let leave_out = || Event::LeftOut {
        location: location(),
        skus: vec![sku()],
        reason: "a combo".into(),
    };
    let take_in = || Event::TakenIn {
        location: location(),
        skus: vec![sku()],
    };
    site.tell(leave_out());
    assert_eq!(get(&site).state(), DiffState::LeftOut);
    let now = site.second;
    counted(&mut site, now, 41);
    assert_eq!(get(&site).state(), DiffState::LeftOut, "also after a count");
    site.tell(take_in());
    assert_eq!(get(&site).state(), DiffState::Waiting);
    let before = get(&site).clone();
    site.tell(take_in());
    assert_eq!(get(&site), &before, "nothing was left out");
    // A push that is on its way is not hidden by it.
    push(&mut site);
    site.tell(leave_out());
    assert_eq!(get(&site).state(), DiffState::Sent);
}

#[test]
fn what_happened_lately_is_remembered_and_bounded() {
    use crate::domain::inventory::{Happened, MOMENTS_MAX};
    let mut site = Site::default();
    let what = |site: &Site| -> Vec<Happened> {
        let recent = &get(site).recent;
        recent.iter().map(|moment| moment.what.clone()).collect()
    };
    counted(&mut site, 1, 40);
    counted(&mut site, 2, 40);
    let intent = push(&mut site);
    end(&mut site, intent, taken(40));
    for _ in 0..3 {
        let asked_at = at(site.second);
        site.tell(Event::StockRead {
            location: location(),
            rows: vec![(sku(), 37)],
            asked_at,
        });
    }
    assert_eq!(
        what(&site),
        [
            Happened::Counted { quantity: 40 },
            Happened::Sent { quantity: 40 },
            Happened::Taken { quantity: 40 },
            Happened::Shows { quantity: 37 },
        ],
        "the same figure again is no news"
    );
    site.to(1, 6);
    site.to(2, 6);
    assert_eq!(
        what(&site).last(),
        Some(&Happened::Shipped { pieces: 4 }),
        "what leaves within the hour is one line"
    );
    assert_eq!(get(&site).recent.last().and_then(|m| m.ours), Some(36));
    for n in 0..100 {
        counted(&mut site, 10_000 + n, n);
    }
    assert_eq!(get(&site).recent.len(), MOMENTS_MAX);
}
