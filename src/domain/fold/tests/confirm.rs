//! The confirmation, which EasyEcom carries out later and which can fail.

use crate::domain::{
    event::Decision,
    fold::fixture::{Site, history},
    order::{Order, RemoteStatus},
    outcome::FailureKind,
    record::Progress,
    schedule::{Work, due},
    step::{Call, Stage},
};

#[test]
fn thirty_eight_alone_does_not_end_a_confirmation() {
    let mut site = Site::default();
    site.to(1, 3);
    site.unknown(Call::Confirm, 1);
    let running = history(&[(17, None), (3, None), (13, None), (38, None)]);
    site.look(1, |o| {
        o.status = RemoteStatus::Confirmed;
        o.history = running.clone();
    });
    assert_eq!(site.get(1).stage(), Stage::Confirming);
    site.look(1, |o| {
        o.history = running;
        o.invoice_number = Some("INV-1".into());
    });
    assert_eq!(site.get(1).stage(), Stage::Confirmed);
}

#[test]
fn the_failure_branch_of_a_confirmation() {
    // Attempts so far, seconds between the failure in the history and our intent, does it count?
    for (attempts, second, counts) in [
        (1, Some(0), true),
        (1, Some(-100), true),
        (1, Some(-200), false),
        (1, None, true),
        (2, Some(1), true),
        (2, Some(-10), false),
        (2, None, false),
    ] {
        let mut site = Site::default();
        site.to(1, 3);
        for _ in 1..attempts {
            site.fail(Call::Confirm, 1, FailureKind::Throttled);
        }
        site.intend(Call::Confirm, 1);
        let sent = site.second;
        site.look(1, |o| {
            o.status = RemoteStatus::Confirmed;
            o.history = history(&[(13, None), (18, second.map(|s| sent + s))]);
        });
        let failed = matches!(site.get(1).confirm.progress, Progress::Waiting { .. });
        assert_eq!(failed, counts, "{attempts} {second:?}");
    }
}

#[test]
fn three_failed_confirmations_park() {
    let mut site = Site::default();
    site.to(1, 3);
    for round in 1..=3 {
        assert_eq!(
            due(site.get(1)).map(|d| d.work),
            Some(Work::Confirm),
            "{round}"
        );
        site.intend(Call::Confirm, 1);
        let now = site.second;
        site.look(1, |o| {
            o.status = RemoteStatus::Confirmed;
            o.history = history(&[(13, None), (18, Some(now))]);
        });
        // The same picture again is no second failure.
        site.look(1, |o| o.history = history(&[(13, None), (18, Some(now))]));
        assert_eq!(site.get(1).confirm.strikes, round);
    }
    assert_eq!(site.parked(1), "confirm failed");
    site.decide(1, Decision::Retry);
    assert_eq!(due(site.get(1)).map(|d| d.work), Some(Work::Confirm));
    site.fail(Call::Confirm, 1, FailureKind::Throttled);
    assert_eq!(due(site.get(1)).map(|d| d.work), Some(Work::Confirm));
}

/// A confirmation that others asked for and that failed leaves the order in Confirmed.
#[test]
fn a_failed_confirmation_of_others() {
    let failed = |o: &mut Order| {
        o.status = RemoteStatus::Confirmed;
        o.history = history(&[(13, Some(0)), (18, Some(0))]);
    };
    let mut site = Site::default();
    site.to(1, 3);
    site.look(1, failed);
    assert_eq!(due(site.get(1)).map(|d| d.work), Some(Work::Confirm));
    site.to(2, 1);
    site.look(2, failed);
    assert_eq!(site.parked(2), "confirm failed");
    // One that runs is waited for, whatever our own last attempt ended in.
    site.to(3, 3);
    site.fail(Call::Confirm, 3, FailureKind::Throttled);
    site.look(3, |o| o.status = RemoteStatus::Confirmed);
    assert_eq!(due(site.get(3)), None);
}
