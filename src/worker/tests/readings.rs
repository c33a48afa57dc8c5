//! When a reading of the orders is wanted for what is due.

use super::rig::Rig;
use crate::{
    domain::{Order, OrderId, ReferenceCode, Stamp, schedule::Work},
    ledger::tests::support::order,
    worker::{
        EngineConfig,
        planner::{Room, worth_a_reading},
        shop::lock,
    },
};

fn wanted(rig: &Rig, work: Work) -> bool {
    worth_a_reading(&rig.shop, work, &mut Room::default())
}

#[tokio::test(start_paused = true)]
async fn an_order_that_lacks_only_a_reading_wants_one() {
    let rig = Rig::new(EngineConfig::default());
    rig.shows(order(1)).await;
    assert!(wanted(&rig, Work::Book));
    rig.booked(1).await;
    lock(&rig.shop.live).fresh_at = None::<Stamp>;
    assert!(wanted(&rig, Work::Assign) && !wanted(&rig, Work::Book));
}

#[tokio::test(start_paused = true)]
async fn a_day_without_calls_wants_none() {
    let mut config = EngineConfig::default();
    config.limits.per_day = 10;
    let rig = Rig::new(config);
    rig.shows(order(1)).await;
    assert!(!wanted(&rig, Work::Book));
}

#[tokio::test(start_paused = true)]
async fn a_twin_that_waits_wants_none() {
    let rig = Rig::new(EngineConfig::default());
    rig.booked(1).await;
    rig.shows(Order {
        order_id: OrderId(order(1).order_id.0),
        reference: ReferenceCode::new("WEB-1_OR1"),
        ..order(2)
    })
    .await;
    lock(&rig.shop.live).fresh_at = None::<Stamp>;
    assert!(!wanted(&rig, Work::Book), "it waits for its sibling");
}

#[tokio::test(start_paused = true)]
async fn a_carrier_that_is_down_wants_none() {
    let rig = Rig::new(EngineConfig::default());
    rig.shows(order(1)).await;
    for _ in 0..6 {
        let down = crate::handle::LinkState::Down;
        rig.shop.carrier.failed(down, &"no answer".into());
    }
    assert!(!wanted(&rig, Work::Book));
}

#[tokio::test(start_paused = true)]
async fn a_list_without_numbers_wants_none() {
    let mut config = EngineConfig::default();
    config.awb.file = Some("/nowhere/awbs.csv".into());
    let rig = Rig::new(config);
    rig.shows(order(1)).await;
    assert!(!wanted(&rig, Work::Book));
}
