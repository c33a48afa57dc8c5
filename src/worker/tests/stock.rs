//! Quantities beside the orders' calls.

use std::time::Duration;

use super::rig::Rig;
use crate::{
    domain::{Clean, Sku, event::Event},
    ledger::tests::support::order,
    worker::{EngineConfig, stock::Pace},
};

fn config() -> EngineConfig {
    let mut config = EngineConfig::default();
    config.stock.setting_on = true;
    config
}

async fn counted(rig: &Rig, quantity: i64) {
    rig.record(Event::Counted {
        location: rig.shop.config.location.clone(),
        source: Clean::new("count.csv"),
        as_of: rig.shop.now(),
        rows: vec![(Sku::new("SKU-1"), quantity)],
    })
    .await;
}

/// Counts every minute, for so long.
async fn count_for(rig: &Rig, long: Duration) {
    let mut pace = Pace::new(&rig.shop, tokio::time::Instant::now());
    let minutes = long.as_secs() / 60;
    for minute in 0..minutes {
        counted(rig, minute.cast_signed()).await;
        for _ in 0..12 {
            pace.turn(&rig.shop, false, false).await;
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_catalogue_that_changes_each_minute_takes_its_share_of_calls() {
    let rig = Rig::new(config());
    rig.said().stock_pages = 4;
    count_for(&rig, Duration::from_hours(12)).await;
    let said = rig.said();
    let (pushes, pages) = (said.count("push stock"), said.count("stock page"));
    // Of 500 calls a day 100 and 50, half of them in half a day.
    assert!((40..=51).contains(&pushes), "{pushes} pushes");
    assert!((4..=28).contains(&pages), "{pages} pages");
}

#[tokio::test(start_paused = true)]
async fn orders_that_wait_keep_their_calls_from_the_stock() {
    let rig = Rig::new(config());
    for id in 1..=250 {
        rig.shows(order(id)).await;
    }
    count_for(&rig, Duration::from_hours(1)).await;
    assert_eq!(rig.said().count("push stock"), 0);
    assert_eq!(rig.said().count("stock page"), 0);
}

#[tokio::test(start_paused = true)]
async fn who_asks_by_hand_is_not_held_back() {
    let rig = Rig::new(config());
    for id in 1..=250 {
        rig.shows(order(id)).await;
    }
    counted(&rig, 7).await;
    let mut pace = Pace::new(&rig.shop, tokio::time::Instant::now());
    pace.turn(&rig.shop, true, true).await;
    let said = rig.said();
    assert_eq!((said.count("push stock"), said.count("stock page")), (1, 1));
}
