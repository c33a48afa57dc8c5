//! The console as an operator opens it over SSH, when the line goes away.

use std::time::Duration;

use raftaar::sandbox::{Mix, SandboxOptions};

use super::house::{House, console::Console, quick};

async fn hang_up(before: &str) {
    let house = House::build(SandboxOptions {
        mix: Mix::calm(),
        ..quick(12)
    })
    .await;
    let mut console = Console::open(&house, before);
    console.until_shown("Crash house").await;
    house
        .until("its engine works", |overview| {
            overview.stages.values().sum::<u64>() > 0
        })
        .await;
    console.hang_up();
    assert_eq!(console.ended(), 129);
    // Its engine ended in order; the next one goes on.
    house.verify();
    let engine = house.serve().await;
    let overview = house.until_settled(Duration::from_mins(2)).await;
    house.nothing_is_wrong(&overview);
    engine.stop();
    house.verify();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ssh_link_drops_under_a_console() {
    hang_up("").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ssh_link_drops_under_a_console_that_was_told_to_ignore_it() {
    hang_up("trap '' HUP;").await;
}

/// List, filter, marks and saved lists are there again for the same operator, not for another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_finds_the_screen_again_after_leaving() {
    let house = House::build(SandboxOptions {
        mix: Mix::calm(),
        ..quick(12)
    })
    .await;
    let engine = house.serve().await;
    let mut console = Console::open(&house, "RAFTAAR_OPERATOR=asha");
    console.until_shown("Crash house").await;
    for (keys, shown) in [
        // A hand is slower than a gun: each key has its answer before the next.
        ("s", "Which orders?"),
        ("j\r", "Orders (12)  newest first"),
        (" ", "1 marked"),
        ("/", "Enter keeps it"),
        ("-state:nowhere\r", "-state:nowhere"),
    ] {
        console.press(keys);
        console.until_shown(shown).await;
    }
    console.press("F");
    console.until_shown("under which name?").await;
    console.press("mine\r");
    console.until_shown("mine").await;
    console.press("q");
    assert_eq!(console.ended(), 0);

    let mut again = Console::open(&house, "RAFTAAR_OPERATOR=asha");
    again.until_shown("-state:nowhere").await;
    again.until_shown("1 marked").await;
    again.press("s");
    again.until_shown("mine").await;
    again.press("qq");
    assert_eq!(again.ended(), 0);

    let mut other = Console::open(&house, "RAFTAAR_OPERATOR=ravi");
    other.until_shown("most urgent first").await;
    assert!(!other.screen().contains("-state:nowhere"));
    other.press("q");
    assert_eq!(other.ended(), 0);
    engine.stop();
}

/// A screen that stays open all day outlives its engine's restart.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_finds_the_engine_that_was_started_again() {
    let house = House::build(SandboxOptions {
        mix: Mix::calm(),
        ..quick(3)
    })
    .await;
    let engine = house.serve().await;
    let mut console = Console::open(&house, "");
    console.until_shown("Crash house").await;
    engine.kill_9();
    console.until_shown("NO ENGINE since").await;
    let engine = house.serve().await;
    console.until_shown("the engine answers again").await;
    house.until_settled(Duration::from_mins(2)).await;
    console.press("s");
    console.until_shown("Which orders?").await;
    console.press("j\r");
    console.until_shown("newest first").await;
    console.until_shown("Delivered").await;
    console.press("q");
    assert_eq!(console.ended(), 0);
    engine.stop();
}
