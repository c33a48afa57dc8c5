//! What time alone brings.

use super::super::generate::ConfirmFate;
use super::super::options::Mix;
use super::super::order::Assignment;
use super::*;
use chrono::{Duration, Utc};

fn world(mix: Mix, orders: usize) -> (World, Moment) {
    let start = Utc::now();
    let options = SandboxOptions {
        orders,
        mix,
        ..SandboxOptions::default()
    };
    (World::new(options, String::new(), start), start)
}

#[test]
fn planned_cancellations_come_in_their_time_and_never_twice() {
    let (mut world, start) = world(
        Mix {
            cancels: 1.0,
            twins: 0.0,
            ..Mix::default()
        },
        200,
    );
    world.settle(start);
    let at_once = world.effects.len();
    assert!(
        at_once > 0,
        "some are cancelled before anyone could fetch them"
    );
    world.settle(start + Duration::hours(1));
    let without_steps = world.effects.len();
    assert!(
        without_steps > at_once && without_steps < 200,
        "the others wait for their step"
    );
    world.settle(start + Duration::hours(2));
    assert_eq!(world.effects.len(), without_steps);
    for order in world
        .orders
        .values()
        .filter(|order| order.state.stage == Stage::Cancelled)
    {
        assert_eq!(order.state.history.last().map(|(id, _)| *id), Some(9));
    }
}

#[test]
fn a_cancellation_in_the_middle_of_a_confirmation_wins() {
    let (mut world, start) = world(Mix::calm(), 1);
    let ends = start + Duration::seconds(20);
    world.amend(200_000_001, start, |state| {
        state.stage = Stage::Confirming { ends, fails: false };
        state.history.extend([(17, start), (16, ends)]);
    });
    world.watch(200_000_001);
    assert!(world.cancel(200_000_001, "test", start + Duration::seconds(5)));
    world.settle(start + Duration::hours(1));
    let state = &world.orders[&200_000_001].state;
    assert_eq!((state.stage, state.invoiced), (Stage::Cancelled, None));
    assert!(state.history.iter().all(|(id, _)| *id != 16));
}

#[test]
fn a_twin_waits_for_its_original() {
    let (mut world, start) = world(
        Mix {
            twins: 1.0,
            ..Mix::calm()
        },
        2,
    );
    let later = start + Duration::hours(1);
    world.settle(later);
    assert!(world.order(200_000_002, later).is_none());
    assert_eq!(
        world.orders[&200_000_001].facts.confirm,
        ConfirmFate::Succeeds
    );
    world.amend(200_000_001, later, |state| {
        state.assigned = Some(Assignment {
            awb: "D1".into(),
            courier: "DTDC".into(),
            carrier_id: 9001,
            at: later,
        });
        state.stage = Stage::Shipped;
        state.invoiced = Some(later);
        state.manifest = Some(("m".into(), later));
    });
    let arrived = later + Duration::seconds(5);
    world.settle(arrived);
    let twin = world.order(200_000_002, arrived).expect("it is there");
    assert_eq!((twin.state.stage, twin.state.awb()), (Stage::Open, None));
    assert_eq!(twin.facts.order_id, 170_000_001);
}

#[test]
fn references_lead_to_their_invoice_however_they_are_written() {
    let (world, _) = world(Mix::calm(), 3);
    let reference = world.orders[&200_000_002].facts.reference.clone();
    for text in [
        reference.clone(),
        format!("{reference}/2"),
        "WMS-200000002-1".to_owned(),
        "200000002".to_owned(),
    ] {
        assert_eq!(
            world.invoice_of_reference(&text),
            Some(200_000_002),
            "{text}"
        );
    }
    assert_eq!(world.invoice_of_reference("EE-77"), None);
}
