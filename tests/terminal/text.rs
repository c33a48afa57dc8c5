//! The findings about what is typed, answered and shown: sequences that come in pieces or too late,
//! strangers' text, and a screen without colours.

use std::time::Duration;

use nix::sys::signal::Signal;
use raftaar::sandbox::{Mix, SandboxOptions};

use crate::{
    house::{console::Terminal, quick},
    scene::{calm, draws, moves_down, pass, ready, selected, sequences, still},
};

/// Far longer than a test machine lets a key wait, and the most that may be set.
const ESC_HOLD: &str = "[console]\nesc_hold_ms = 1000\n[store]";

/// Between two packets of one key; the console has read the first one by then.
const PACKETS_APART: Duration = Duration::from_millis(30);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finding_4_a_split_arrow_is_an_arrow() {
    let (house, engine) = calm(3).await;
    house.amend("[store]", ESC_HOLD);
    let terminal = Terminal {
        env: &[
            ("SSH_TTY", "/dev/pts/9"),
            ("SSH_CONNECTION", "10.0.0.9 50022 10.0.0.1 22"),
        ],
        ..Terminal::default()
    };
    let mut console = ready(&house, terminal).await;
    console.press("s");
    console.until_shown("> Active, most urgent first").await;
    // Taken apart, its Esc would close the question and its letters be commands.
    for packet in ["\x1b", "[", "B"] {
        console.press(packet);
        pass(PACKETS_APART).await;
    }
    console.until_shown("> All, newest first").await;
    console.press("\x1b");
    let closed = |screen: &vt100::Screen| !screen.contents().contains("Which orders?");
    console.until("Esc alone is Esc", closed).await;
    engine.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finding_5_nothing_is_asked_of_the_terminal() {
    let (house, engine) = calm(3).await;
    let mut console = ready(&house, Terminal::default()).await;
    let mark = console.mark();
    console.press("\x0c");
    console.until_repainted(mark).await;
    console.press("\x1a");
    console.until_state('T').await;
    console.signal(Signal::SIGCONT);
    console
        .until("the screen", vt100::Screen::alternate_screen)
        .await;
    console.press("q");
    assert_eq!(console.ended(), 0);
    for sequence in sequences(&console.since(0)) {
        assert!(draws(&sequence), "{sequence:?}");
    }
    engine.stop();
}

/// Answers to questions that another program asked before: the colour of the background, twice, and
/// what the terminal is. They look like a gun's code and are offered as one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finding_5_a_late_answer_executes_nothing() {
    let (house, engine) = calm(3).await;
    let mut console = ready(&house, Terminal::default()).await;
    let row = selected(&console.screen());
    let calls = house.sandbox.report().calls;
    for (answer, offered) in [
        ("\x1b]11;rgb:1e1e/1e1e/1e1e\x07", "> 11;rgb:1e1e/1e1e/1e1e"),
        (
            "\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\",
            "> 11;rgb:1e1e/1e1e/1e1e",
        ),
        ("\x1b[>1;10;0c", "> 1;10;0c"),
    ] {
        console.press(answer);
        console.until_shown(offered).await;
        assert!(console.screen().contains("nothing was executed"));
        console.press("\x1b");
        let closed = |screen: &vt100::Screen| !screen.contents().contains("nothing was executed");
        console.until("the panes", closed).await;
        assert_eq!(selected(&console.screen()), row, "{answer:?}");
    }
    // These are known for what they are, and nothing is shown at all.
    for answer in ["\x1b[?62;c", "\x1b[24;80R", "\x1b[?1u"] {
        console.press(answer);
    }
    moves_down(&mut console, row).await;
    assert!(!console.screen().contains("nothing was executed"));
    assert_eq!(house.sandbox.report().calls, calls, "nothing was sent");
    console.press("q");
    assert_eq!(console.ended(), 0);
    engine.stop();
}

/// An answer about a mode is one that crossterm 0.29 does not know: it waits for a `c` or `u` to end it, and
/// swallows what is typed until then. The screen lives on meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finding_5_an_answer_that_does_not_end_stops_no_picture() {
    let (house, engine) = calm(3).await;
    let mut console = ready(&house, Terminal::default()).await;
    let row = selected(&console.screen());
    console.press("\x1b[?2026;2$y");
    for _ in 0..2 {
        let mark = console.mark();
        console.signal(Signal::SIGWINCH);
        console.until_repainted(mark).await;
    }
    assert_eq!(selected(&console.screen()), row);
    console.press("c");
    pass(PACKETS_APART).await;
    moves_down(&mut console, row).await;
    console.press("q");
    assert_eq!(console.ended(), 0);
    engine.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finding_9_hostile_text_stays_text() {
    let (house, engine) = still(SandboxOptions {
        mix: Mix {
            hostile: 2,
            ..Mix::calm()
        },
        ..quick(12)
    })
    .await;
    let mut console = ready(&house, Terminal::default()).await;
    for (invoice, parts) in [
        ("200000005", ["etc/passwd", "]52;c;ZWNobw=="]),
        ("200000012", ["Zalgo", "BIG-WWW"]),
    ] {
        console.press(":");
        console.until_shown("═ Command").await;
        console.press(&format!("open {invoice}"));
        console.until_shown(&format!("> open {invoice}")).await;
        console.press("\r");
        console.until_shown(&format!("═ Order {invoice}")).await;
        console.press("c");
        for part in parts {
            console.until_shown(part).await;
        }
        console.press("\x1b");
        let closed = |screen: &vt100::Screen| !screen.contents().contains("═ Order 2");
        console.until("the panes", closed).await;
    }
    let sent = console.since(0);
    for sequence in sequences(&sent) {
        assert!(draws(&sequence), "{sequence:?}");
    }
    let sent = String::from_utf8_lossy(&sent).into_owned();
    let harmful = |c: char| {
        let steers = c.is_control() && c != '\x1b';
        let hides = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
        steers || hides
    };
    let found: String = sent.chars().filter(|c| harmful(*c)).collect();
    assert_eq!(found, "");
    engine.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finding_13_without_colours_the_selection_stays() {
    let (house, engine) = calm(3).await;
    let terminal = Terminal {
        env: &[("NO_COLOR", "1"), ("COLORTERM", "truecolor")],
        ..Terminal::default()
    };
    let console = ready(&house, terminal).await;
    let row = console.screen();
    let row = row.lines().position(|line| line.contains("> 2"));
    let row = u16::try_from(row.expect("a selected row")).expect("of a screen");
    console.look(|screen| {
        // Behind the frame and the cursor's sign.
        let cell = |row, column| screen.cell(row, column).expect("a cell");
        assert!(cell(row, 4).inverse(), "the row under the cursor");
        assert!(!cell(row + 1, 4).inverse(), "the row below it");
    });
    for sequence in sequences(&console.since(0)) {
        let Some(codes) = sequence.strip_prefix('[').and_then(|s| s.strip_suffix('m')) else {
            continue;
        };
        for code in codes.split(';') {
            let code: u8 = code.parse().expect("a number");
            assert!(code < 30, "a colour: {sequence}");
        }
    }
    engine.stop();
}
