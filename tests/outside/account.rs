//! A carrier that refuses us, not an order.

use std::fs;

use raftaar::{
    domain::record::Attention,
    sandbox::{EffectKind, Mix, SandboxOptions},
};

use crate::house::{House, engine::command, quick, until};

fn calls(house: &House, name: &str) -> u64 {
    house.sandbox.report().calls.get(name).copied().unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_account_is_one_alarm_and_parks_nobody() {
    let house = House::build(SandboxOptions {
        mix: Mix::calm(),
        ..quick(30)
    })
    .await;
    let right = fs::read_to_string(house.config()).expect("the configuration");
    let wrong = right.replace("customer_code = \"SB0001\"", "customer_code = \"XX9999\"");
    assert_ne!(right, wrong);
    fs::write(house.config(), wrong).expect("written");
    let engine = house.serve().await;
    let overview = house.until("one alarm", |o| !o.alarms.is_empty()).await;
    let alarms: Vec<_> = overview.alarms.iter().map(ToString::to_string).collect();
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    for words in [
        "Customer code does not belong to the api key",
        "nothing is booked",
        "raftaar resume",
    ] {
        assert!(alarms[0].contains(words), "{alarms:?}");
    }
    // A person looks, and nothing is mended: tried again, refused again, still nobody's fault.
    let before = calls(&house, "dtdc_softdata");
    assert!(before > 0, "{:?}", house.sandbox.report().calls);
    let resumed = command(&house, &["resume"]).output().expect("it runs");
    assert!(resumed.status.success(), "{resumed:?}");
    until("it was tried again", async || {
        (calls(&house, "dtdc_softdata") > before).then_some(())
    })
    .await;
    let overview = house
        .until("the alarm is back", |o| !o.alarms.is_empty())
        .await;
    assert_eq!(
        overview.attention.get(&Attention::Parked),
        None,
        "{overview:?}"
    );
    engine.stop();
    fs::write(house.config(), right).expect("written");
    let engine = house.serve().await;
    let overview = house
        .until("all are shipped", |o| {
            o.stages
                .iter()
                .all(|(stage, n)| *n == 0 || stage.is_manifested())
                && o.stages.values().sum::<u64>() == 30
        })
        .await;
    assert!(overview.alarms.is_empty(), "{:?}", overview.alarms);
    let booked = house.sandbox.log();
    let booked = booked
        .iter()
        .filter(|e| e.kind == EffectKind::Booked)
        .count();
    assert_eq!(booked, 30);
    house.nothing_is_wrong(&overview);
    engine.stop();
    house.verify();
}
