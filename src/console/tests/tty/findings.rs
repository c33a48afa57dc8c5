//! The traps of `terminal.md` section 0, each by name. 8 is tried where frames are written, 10 and 11 with
//! whole engines in `tests/crash`.

use super::*;

#[test]
fn finding_1_a_hang_up_ends_it_at_once() {
    let mut tty = Tty::open("plain", &[]).ready();
    tty.writer = None;
    tty.master = None;
    // The reader thread holds a descriptor of its own; the signal is what a dropped line sends.
    tty.signal(nix::sys::signal::Signal::SIGHUP);
    assert_eq!(tty.exit(), 129);
}

#[test]
fn finding_2_a_hang_up_dumps_no_core() {
    let mut tty = Tty::open("plain", &[]).ready();
    tty.writer = None;
    tty.master = None;
    tty.signal(nix::sys::signal::Signal::SIGHUP);
    let status = tty.ended();
    assert_eq!(status.signal(), None, "it ended by itself: {status:?}");
}

#[test]
fn finding_3_a_repaint_asks_for_no_cursor() {
    let mut tty = Tty::open("plain", &[]).ready();
    let before = tty.sent();
    tty.send("\x0c");
    tty.wait_for("a whole screen again", |t| t.sent() > before + 1_500);
    let raw = tty.raw.lock().expect("bytes").clone();
    assert!(!raw.windows(4).any(|w| w == b"\x1b[6n"));
}

#[test]
fn finding_9_hostile_text_stays_text() {
    let mut tty = Tty::open("hostile", &[]).ready();
    tty.send("3");
    tty.send("j");
    tty.wait_for("the feed has focus", |t| t.screen().contains("3 Tracking"));
    let raw = tty.raw.lock().expect("bytes").clone();
    let text = String::from_utf8_lossy(&raw);
    for sign in ['\u{202e}', '\u{200b}', '\u{feff}', '\u{9b}', '\t'] {
        assert!(!text.contains(sign), "{sign:?}");
    }
    // What the screen itself sends: colours, moves, modes; never the title, never a link.
    assert!(!text.contains("\x1b]0;") && !text.contains("\x1b]8;"));
}

#[test]
fn finding_4_a_split_arrow_is_an_arrow() {
    let mut tty = Tty::open("slow-link", &[]).ready();
    tty.send("?");
    tty.wait_text("type to search");
    // Taken apart this would close the help and then press [ and B.
    for part in ["\x1b", "[", "B"] {
        tty.send(part);
        thread::sleep(Duration::from_millis(25));
    }
    thread::sleep(Duration::from_millis(300));
    assert!(tty.screen().contains("type to search"));
    tty.send("\x1b");
    tty.wait_for("the panes", |t| !t.screen().contains("type to search"));
}

#[test]
fn finding_5_nothing_is_asked_of_the_terminal() {
    let mut tty = Tty::open("plain", &[]).ready();
    tty.send("j");
    tty.wait_text("Steps of 100201");
    tty.send("\x0c");
    thread::sleep(Duration::from_millis(300));
    let raw = tty.raw.lock().expect("bytes").clone();
    let text = String::from_utf8_lossy(&raw);
    for query in ["\x1b[6n", "\x1b[c", "\x1b]11;?", "\x1b[?u", "\x1bP"] {
        assert!(!text.contains(query), "{query:?}");
    }
}

#[test]
fn finding_6_idle_sends_nothing() {
    let tty = Tty::open("plain", &[]).ready();
    // The clock's minute may pass once meanwhile.
    thread::sleep(Duration::from_millis(500));
    let before = tty.sent();
    thread::sleep(Duration::from_secs(2));
    let sent = tty.sent() - before;
    assert!(sent == 0 || sent < 1_000, "{sent}");
}

#[test]
fn finding_7_what_arrives_does_not_shove_the_rows() {
    let mut tty = Tty::open("arrivals", &[]).ready();
    // The invoices from the top down: those of the list, as it stands on the screen.
    let listed = |tty: &Tty| -> Vec<String> {
        let screen = tty.screen();
        let frame = |line: &&str| line.starts_with('║') || line.starts_with('│');
        let first = |line: &str| {
            let mut words = line.split_whitespace();
            words
                .find(|w| w.len() == 6 && w.starts_with("100"))
                .map(str::to_owned)
        };
        screen
            .lines()
            .take(13)
            .filter(frame)
            .filter_map(first)
            .collect()
    };
    tty.send("3");
    tty.wait_text("3 Tracking");
    let before = listed(&tty);
    assert_eq!(before[..2], ["100200", "100201"], "{}", tty.screen());
    tty.send("1j");
    tty.wait_text("77 in Confirmed");
    tty.wait_text("12 new");
    assert_eq!(listed(&tty), before, "{}", tty.screen());
    assert!(tty.screen().contains("> 100201"), "{}", tty.screen());
    tty.send(".");
    tty.wait_for("folded in", |t| !t.screen().contains("12 new"));
}

#[test]
fn finding_12_a_panic_in_a_task_leaves_the_screen_up() {
    let mut tty = Tty::open("task-panics", &[]).ready();
    tty.wait_text("a task failed on purpose");
    assert!(
        tty.parser
            .lock()
            .expect("parser")
            .screen()
            .alternate_screen()
    );
    tty.send("j");
    tty.wait_text("Steps of 100201");
    tty.send("q");
    assert_eq!(tty.exit(), 0);
    // Printed where it is read, after the screen.
    tty.wait_for("the panic on the main screen", |t| {
        let parser = t.parser.lock().expect("parser");
        !parser.screen().alternate_screen() && parser.screen().contents().contains("on purpose")
    });
}

#[test]
fn finding_13_no_colour_keeps_the_selection() {
    let tty = Tty::open("plain", &[("NO_COLOR", "1")]).ready();
    let parser = tty.parser.lock().expect("parser");
    let cell = parser.screen().cell(5, 10).expect("a cell").clone();
    assert!(cell.inverse());
    assert_eq!(cell.fgcolor(), vt100::Color::Default);
    drop(parser);
    let raw = tty.raw.lock().expect("bytes").clone();
    let text = String::from_utf8_lossy(&raw);
    for sequence in text.split('\u{1b}').filter_map(|part| part.split_once('m')) {
        let codes = sequence.0.trim_start_matches('[').split(';');
        for code in codes.filter_map(|code| code.parse::<u8>().ok()) {
            assert!(code < 30, "a colour code: {}", sequence.0);
        }
    }
}
