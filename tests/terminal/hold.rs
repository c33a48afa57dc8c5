//! A console that is stopped, resized, attached again, or at the end of a slow line.

use std::time::Duration;

use nix::sys::signal::Signal;
use raftaar::sandbox::{Arrival, Mix, SandboxOptions};

use crate::{
    house::{
        House,
        console::{Console, Terminal},
        line::Reading,
        quick, until,
    },
    scene::{calm, moves_down, pass, ready, selected},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopped_with_ctrl_z_and_continued_it_draws_again() {
    let (house, engine) = calm(3).await;
    let mut console = ready(&house, Terminal::default()).await;
    console.press("\x1a");
    console.until_state('T').await;
    console
        .until("the shell's screen", |screen| {
            !screen.alternate_screen() && !screen.hide_cursor()
        })
        .await;
    let mark = console.mark();
    console.signal(Signal::SIGCONT);
    console.until_shown("Steps of 2").await;
    console
        .until("its own", vt100::Screen::alternate_screen)
        .await;
    console.until_repainted(mark).await;
    // Raw mode is back: a key is answered, and not echoed.
    let row = selected(&console.screen());
    moves_down(&mut console, row).await;
    console.press("q");
    assert_eq!(console.ended(), 0);
    engine.stop();
}

/// What tmux and dtach do when somebody attaches again to a screen of the same size.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_signal_with_the_same_size_paints_it_whole() {
    let (house, engine) = calm(3).await;
    let console = ready(&house, Terminal::default()).await;
    let mark = console.mark();
    console.signal(Signal::SIGWINCH);
    console.until_repainted(mark).await;
    engine.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_sizes_ends_in_a_whole_screen() {
    let (house, engine) = calm(3).await;
    // A serial line knows no size at all.
    let terminal = Terminal {
        size: (0, 0),
        ..Terminal::default()
    };
    let mut console = Console::open_in(&house, terminal);
    console
        .until("its screen", vt100::Screen::alternate_screen)
        .await;
    console.resize((80, 24));
    console.until_shown("Steps of 2").await;
    for n in 0..40 {
        for size in [(0, 0), (1, 1), (59, 15), (60 + n, 16 + n), (300, 80)] {
            console.resize(size);
        }
    }
    console.until_shown("4 Inventory").await;
    console.until_shown("q Quit").await;
    console.resize((59, 15));
    console.until_shown("raftaar needs 60x16").await;
    console.resize((1, 1));
    let mark = console.mark();
    console.resize((300, 80));
    console.until_repainted(mark).await;
    console.until_shown("4 Inventory").await;
    let mark = console.mark();
    console.resize((80, 24));
    console.until_repainted(mark).await;
    console.until_shown("Steps of 2").await;
    console.press("q");
    assert_eq!(console.ended(), 0);
    engine.stop();
}

/// A link of this rate takes a third of a second for a full paint.
const SLOW: Reading = Reading::Slowly {
    bytes_per_s: 25 * 1024,
};

/// Bytes that can be on their way before the answer to a key: two frames of the whole screen, the one
/// that is being written and the one with the answer, and what the kernel holds of the line.
const ON_THE_WAY_MAX: usize = 2 * 9_000 + 16 * 1_024;

/// Full paints are asked for faster than the line takes them, while orders arrive.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_slow_line_frames_are_left_out_and_keys_are_not() {
    let house = House::build(SandboxOptions {
        mix: Mix::calm(),
        arrival: Arrival::Over(Duration::from_mins(2)),
        ..quick(2_400)
    })
    .await;
    house.amend("[engine]", "[engine]\nmode = \"by_hand\"");
    let engine = house.serve().await;
    let mut console = ready(&house, Terminal::default()).await;
    let held = |overview: &raftaar::handle::Overview| overview.stages.values().sum::<u64>();
    let before = house.until("some orders", |o| held(o) > 0).await;
    console.read(SLOW);
    let (mark, mut asked) = (console.mark(), 0);
    while console.mark() - mark < 40_000 {
        console.press("\x0c");
        asked += 1;
        pass(Duration::from_millis(20)).await;
    }
    let drawn = |bytes: &[u8]| bytes.windows(4).filter(|w| w == b"\x1b[2J").count();
    let frames = drawn(&console.since(mark));
    assert!(frames < asked / 2, "{frames} of {asked}");
    let mark = console.mark();
    console.press("?");
    console.until_shown("type to search").await;
    let queued = console.mark() - mark;
    println!("{frames} frames of {asked}, {queued} bytes before the answer");
    assert!(queued < ON_THE_WAY_MAX, "{queued} bytes before the answer");
    console.press("\x1b");
    console.read(Reading::Freely);
    house
        .until("more orders", |o| held(o) > held(&before))
        .await;
    let shown = format!("Orders ({})", held(&before));
    let more = |screen: &vt100::Screen| {
        let screen = screen.contents();
        screen.contains("1 Orders (") && !screen.contains(&shown)
    };
    console.until("they are on the screen", more).await;
    console.press("q");
    assert_eq!(console.ended(), 0);
    engine.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_stands_still_stops_neither_keys_nor_leaving() {
    let (house, engine) = calm(5).await;
    let mut console = ready(&house, Terminal::default()).await;
    console.read(Reading::NotAtAll);
    let mark = console.mark();
    for _ in 0..30 {
        console.press("\x0c");
        pass(Duration::from_millis(10)).await;
    }
    let calls = || house.sandbox.report().calls.values().sum::<u64>();
    let before = calls();
    console.press("f");
    until("orders are read", async || (calls() > before).then_some(())).await;
    console.read(Reading::Freely);
    console.until_repainted(mark).await;
    let sent = console.mark() - mark;
    assert!(sent < 60_000, "frames were left out, not queued: {sent}");
    console.read(Reading::NotAtAll);
    for _ in 0..30 {
        console.press("\x0c");
        pass(Duration::from_millis(10)).await;
    }
    console.signal(Signal::SIGTERM);
    assert_eq!(console.ended(), 143);
    engine.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leaving_gives_the_terminal_back() {
    let (house, engine) = calm(1).await;
    let mut left = ready(&house, Terminal::default()).await;
    let mut ended = ready(&house, Terminal::default()).await;
    left.press("q");
    assert_eq!(left.ended(), 0);
    ended.signal(Signal::SIGTERM);
    assert_eq!(ended.ended(), 143);
    for console in [left, ended] {
        console
            .until("the shell's screen", |screen| {
                !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste()
            })
            .await;
    }
    engine.stop();
}
