//! The findings about the line, its cost, and what goes over it unasked.

use std::{
    fs,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use nix::sys::signal::Signal;
use raftaar::sandbox::{Arrival, Mix, SandboxOptions};

use crate::{
    house::{House, console::Terminal, line::Reading, quick, until},
    scene::{calm, listed, pass, ready, selected},
};

/// Nothing is waited for; the rest is for a machine with other things to do.
const GONE_WITHIN: Duration = Duration::from_secs(10);

const HANG_UPS: usize = 5;

/// CPU time that leaving may take, in a build that is not optimised. A reader that spins takes twice as
/// much in three seconds.
const LEAVING_CPU_MAX: Duration = Duration::from_millis(800);

/// Several, one after the other: which comes first, the signal or the end of what can be read, is chance.
async fn hang_up(before: &str) {
    let (house, engine) = calm(3).await;
    let terminal = Terminal {
        before,
        ..Terminal::default()
    };
    for _ in 0..HANG_UPS {
        let mut console = ready(&house, terminal).await;
        let (cpu, begun) = (console.process().cpu, Instant::now());
        console.hang_up();
        let gone = console.until_state('Z').await;
        assert!(begun.elapsed() < GONE_WITHIN, "{:?}", begun.elapsed());
        assert!(gone.cpu < cpu + LEAVING_CPU_MAX, "{cpu:?}, then {gone:?}");
        assert_eq!(console.ended(), 129);
    }
    assert!(house.overview().await.is_some(), "the engine goes on");
    engine.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finding_1_a_hang_up_ends_it_and_burns_nothing() {
    hang_up("").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finding_1_a_hang_up_ends_it_where_it_was_told_to_ignore_it() {
    hang_up("trap '' HUP;").await;
}

/// Hung up while a frame is on its way and stays there: nothing can be written any more, and what tries
/// to must neither abort nor panic.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finding_2_a_hang_up_in_the_middle_of_a_frame_aborts_nothing() {
    let (house, engine) = calm(3).await;
    let terminal = Terminal {
        size: (200, 60),
        before: "ulimit -c unlimited 2>/dev/null;",
        ..Terminal::default()
    };
    let mut console = ready(&house, terminal).await;
    console.read(Reading::NotAtAll);
    for _ in 0..8 {
        console.press("\x0c");
        pass(Duration::from_millis(20)).await;
    }
    console.hang_up();
    assert_eq!(console.ended(), 129);
    let dumped = fs::read_dir(house.path())
        .expect("the folder it ran in")
        .flatten()
        .any(|entry| entry.file_name().to_string_lossy().starts_with("core"));
    assert!(!dumped);
    assert!(!house.log().contains("panic"), "{}", house.log());
    engine.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finding_3_a_repaint_is_whole_and_asks_for_no_cursor() {
    let (house, engine) = calm(3).await;
    let mut console = ready(&house, Terminal::default()).await;
    let mark = console.mark();
    console.press("\x0c");
    console.until_repainted(mark).await;
    let sent = String::from_utf8_lossy(&console.since(mark)).into_owned();
    assert!(!sent.contains("\x1b[6n"), "{sent:?}");
    console.press("q");
    assert_eq!(console.ended(), 0);
    engine.stop();
}

/// Taken for the time in which nothing has to come.
const IDLE: Duration = Duration::from_millis(1_500);

/// How long after the clock's minute its answers have come, on a busy machine too.
const MINUTE: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finding_6_idle_sends_nothing_but_the_clocks_minute() {
    let (house, engine) = calm(12).await;
    let console = ready(&house, Terminal::default()).await;
    // The first answers come one by one.
    pass(Duration::from_millis(500)).await;
    let minute = |at: DateTime<Utc>| at.timestamp().div_euclid(60);
    let sent = loop {
        let (begun, mark) = (Utc::now() - MINUTE, console.mark());
        pass(IDLE).await;
        let sent = console.since(mark);
        if minute(begun) == minute(Utc::now()) {
            break sent;
        }
    };
    assert_eq!(String::from_utf8_lossy(&sent), "");
    engine.stop();
}

/// Orders come for as long as the test looks, so that none needs to be waited for in vain.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finding_7_what_arrives_does_not_shove_the_rows() {
    let options = SandboxOptions {
        mix: Mix::calm(),
        arrival: Arrival::Over(Duration::from_mins(2)),
        ..quick(2_400)
    };
    let house = House::build(options).await;
    house.amend("poll_s = 2", "poll_s = 3600\nmode = \"by_hand\"");
    let came = async |more: u64| {
        let at_least = house.sandbox.report().orders + more;
        until("more orders", async || {
            (house.sandbox.report().orders >= at_least).then_some(())
        })
        .await;
    };
    // More than the list has rows.
    came(24).await;
    let engine = house.serve().await;
    let mut console = ready(&house, Terminal::default()).await;
    for (key, shown) in [
        ("3", "╔═ 3 Tracking"),
        ("v", "orders read"),
        ("1", "╔═ 1 Orders"),
        ("s", "Which orders?"),
        ("j", "> All, newest first"),
        ("\r", "newest first ═"),
    ] {
        console.press(key);
        console.until_shown(shown).await;
    }
    // The title is there before the rows are read.
    let newest_first = |screen: &vt100::Screen| {
        let rows = listed(&screen.contents());
        let invoices = rows.iter().map(|row| row.trim_start_matches("> "));
        invoices.rev().is_sorted()
    };
    console.until("the newest first", newest_first).await;
    let before = console.screen();
    assert!(listed(&before).len() > 12, "{before}");
    came(20).await;
    console.press("f");
    console.until_shown("new: . shows them").await;
    console.until_shown("↑").await;
    let after = console.screen();
    assert_eq!(listed(&after), listed(&before), "{after}");
    assert_eq!(feed(&after), feed(&before), "{after}");
    console.press(".");
    let folded = |screen: &vt100::Screen| !screen.contents().contains("new: . shows them");
    console.until("the new lines", folded).await;
    let folded = console.screen();
    assert_ne!(feed(&folded), feed(&before));
    assert_eq!(listed(&folded), listed(&before), "{folded}");
    engine.stop();
}

/// The lines of the feed, which stands below the list.
fn feed(screen: &str) -> Vec<String> {
    let lines = screen
        .lines()
        .skip_while(|line| !line.contains("3 Everything"));
    let inside = lines
        .skip(1)
        .take_while(|line| !line.starts_with(['└', '╚']));
    // The pane beside it, and the age of things, are not what is looked at.
    inside.map(|line| line.chars().take(60).collect()).collect()
}

/// A buffer of lines, as the standard library's output is, would send this frame in six pieces or more.
/// The kernel counts them; it tells the count to root only, since the program hides itself from other
/// users' eyes. Whoever else runs this is left with the test of the same name beside the writer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finding_8_a_full_paint_is_one_write() {
    let (house, engine) = calm(12).await;
    let mut console = ready(&house, Terminal::default()).await;
    pass(Duration::from_millis(500)).await;
    let Some(before) = console.writes() else {
        println!("not counted: only root may see what the program writes");
        return engine.stop();
    };
    let mark = console.mark();
    console.press("\x0c");
    console.until_repainted(mark).await;
    let (bytes, writes) = (console.mark() - mark, console.writes().expect("as before"));
    assert!(bytes > 4_096, "{bytes}: a paint of the whole screen");
    // One is the paint. If the clock's minute passes meanwhile, the engine is asked and another frame
    // goes out; threads that wake each other write, too.
    assert!(writes - before <= 4, "{}", writes - before);
    engine.stop();
}

/// Two people on one server are two processes: the second attaches to the engine of the first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finding_10_two_consoles_look_at_one_engine() {
    let (house, engine) = calm(5).await;
    let mut first = ready(&house, Terminal::default()).await;
    let mut second = ready(&house, Terminal::default()).await;
    first.press("q");
    assert_eq!(first.ended(), 0);
    let other = selected(&second.screen()).expect("a row");
    second.press("j");
    let moved = |screen: &vt100::Screen| selected(&screen.contents()) != Some(other.clone());
    second.until("it answers", moved).await;
    second.signal(Signal::SIGTERM);
    assert_eq!(second.ended(), 143);
    assert!(house.overview().await.is_some(), "the engine goes on");
    engine.stop();
}
