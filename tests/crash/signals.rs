//! Being told to stop, and losing the line that started it.

use std::{fs, time::Duration};

use nix::sys::signal::Signal;
use raftaar::sandbox::{FaultPlan, Mix, SandboxOptions};

use super::house::{House, quick, timely, until};

/// What the engine records at the start for a call whose answer nobody waited for.
const OPEN: &str = "the engine stopped before the answer was recorded";

async fn busy_house() -> House {
    let mut faults = timely("slow=1".parse::<FaultPlan>().expect("a plan"));
    // Long enough to be met by a signal, shorter than any of the engine's own limits.
    faults.slow_seconds = (0.8, 1.5);
    House::build(SandboxOptions {
        mix: Mix::calm(),
        faults,
        ..quick(10)
    })
    .await
}

fn files(house: &House, folder: &str) -> String {
    let mut text = String::new();
    for file in fs::read_dir(house.data().join(folder))
        .into_iter()
        .flatten()
        .flatten()
    {
        text += &String::from_utf8_lossy(&fs::read(file.path()).unwrap_or_default());
    }
    text
}

/// Waits until a write is under way whose answer is still to come.
async fn until_a_write_is_open(house: &House) {
    until("calls that write are under way", async || {
        let journal = files(house, "journal");
        let begun = journal.matches(r#""ev":"intent""#).count();
        let ended = journal.matches(r#""ev":"outcome""#).count();
        (begun > ended).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_awaits_what_is_under_way_and_leaves_nothing_open() {
    let house = busy_house().await;
    let mut engine = house.serve().await;
    until_a_write_is_open(&house).await;
    engine.signal(Signal::SIGTERM);
    assert_eq!(engine.ended().code(), Some(0), "{}", engine.said());
    assert!(house.attach().await.is_none(), "nobody listens any more");
    house.verify();
    house.sandbox.set_faults(FaultPlan::none());
    let engine = house.serve().await;
    let overview = house.until_settled(Duration::from_mins(2)).await;
    house.nothing_is_wrong(&overview);
    engine.stop();
    assert!(!files(&house, "journal").contains(OPEN), "nothing was open");
}

/// The same with SIGKILL finds something open: the test above can fail.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigkill_leaves_something_open_and_says_so() {
    let house = busy_house().await;
    let engine = house.serve().await;
    until_a_write_is_open(&house).await;
    engine.kill_9();
    house.sandbox.set_faults(FaultPlan::none());
    let engine = house.serve().await;
    until("the open call is owned up to", async || {
        files(&house, "journal").contains(OPEN).then_some(())
    })
    .await;
    let overview = house.until_settled(Duration::from_mins(2)).await;
    house.nothing_is_wrong(&overview);
    engine.stop();
    house.verify();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sighup_does_not_stop_an_engine_without_a_screen() {
    let house = House::build(quick(2)).await;
    let engine = house.serve().await;
    engine.signal(Signal::SIGHUP);
    until("it noticed", async || {
        files(&house, "log")
            .contains("the terminal hung up; going on")
            .then_some(())
    })
    .await;
    assert!(house.overview().await.is_some(), "it still answers");
    engine.stop();
}
