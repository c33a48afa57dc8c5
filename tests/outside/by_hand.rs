//! A warehouse that makes its manifests by hand.

use raftaar::{
    domain::Stage,
    sandbox::{Mix, SandboxOptions},
};

use crate::house::{House, engine::command, quick};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_manifest_that_waits_for_a_person_is_made_when_one_asks() {
    let house = House::build(SandboxOptions {
        mix: Mix::calm(),
        ..quick(5)
    })
    .await;
    house.amend("[engine]", "[engine]\nmanual_steps = [\"manifest\"]");
    let engine = house.serve().await;
    let ready = |o: &raftaar::handle::Overview| o.stages.get(&Stage::Ready) == Some(&5);
    house.until("all are ready", ready).await;
    assert!(run(&house, &["pause", "lunch"]).success());
    let paused = run(&house, &["manifest"]);
    assert_eq!(paused.code(), Some(3), "paused: refused, not promised");
    assert!(run(&house, &["resume"]).success());
    assert_eq!(house.sandbox.report().manifests, 0, "none by itself");
    assert!(run(&house, &["manifest"]).success());
    house
        .until("none stands in Confirmed", |o| o.confirmed.count == 0)
        .await;
    assert!(house.sandbox.report().violations.is_empty());
    engine.stop();
}

fn run(house: &House, args: &[&str]) -> std::process::ExitStatus {
    command(house, args).status().expect("it runs")
}
