//! Colours, keys and guns.

use super::*;

/// What each terminal can show, and nothing that it cannot.
#[test]
fn every_terminal_is_sent_what_it_understands() {
    let all = [
        "xterm-256color",
        "tmux-256color",
        "screen-256color",
        "screen",
        "linux",
        "vt100",
    ];
    for term in all {
        for (name, value) in [
            ("COLORTERM", ""),
            ("COLORTERM", "truecolor"),
            ("NO_COLOR", "1"),
        ] {
            let mut tty = Tty::open("plain", &[("TERM", term), (name, value)]).ready();
            tty.send("q");
            assert_eq!(tty.exit(), 0, "{term}");
            let raw = tty.raw.lock().expect("bytes").clone();
            let sent = String::from_utf8_lossy(&raw).into_owned();
            let (deep, wide) = (sent.contains("38;2;"), sent.contains("38;5;"));
            match (name, value) {
                ("NO_COLOR", _) => assert!(!deep && !wide, "{term}: no colour"),
                (_, "truecolor") => {}
                _ if term.contains("256color") => assert!(!deep, "{term}: 256 colours"),
                _ => assert!(!deep && !wide, "{term}: 16 colours"),
            }
        }
    }
}

#[test]
fn a_gone_engine_is_said_at_once() {
    let mut tty = Tty::open("engine-stops", &[]);
    tty.wait_text("NO ENGINE since");
    tty.send("q");
    assert_eq!(tty.exit(), 0);
}

#[test]
fn a_scanner_outside_the_field_executes_nothing() {
    let mut tty = Tty::open("plain", &[]).ready();
    tty.send("7X100761002q\r");
    tty.wait_text("nothing was executed");
    tty.send("\x1b");
    tty.wait_for("the panes", |t| {
        !t.screen().contains("nothing was executed")
    });
    tty.send("q");
    assert_eq!(tty.exit(), 0);
}

/// Writes a code as a gun does; says whether this machine kept the pace.
fn shoot(tty: &mut Tty, code: &str, apart: Duration) -> bool {
    let mut kept = true;
    let mut last = Instant::now();
    for c in code.chars() {
        thread::sleep(apart.saturating_sub(last.elapsed()));
        kept &= last.elapsed() < Duration::from_millis(32);
        last = Instant::now();
        tty.send(c.encode_utf8(&mut [0; 4]));
    }
    kept
}

#[test]
fn a_gun_that_types_ten_to_twenty_milliseconds_apart_executes_nothing() {
    for apart in [10, 15, 20] {
        let mut tries = 0;
        loop {
            tries += 1;
            assert!(tries < 20, "this machine is too busy to type like a gun");
            let mut tty = Tty::open("plain", &[]).ready();
            // W opens the wall, B and 1 are keys, Enter opens an order: none of it may happen.
            if !shoot(&mut tty, "WEB-1135\r", Duration::from_millis(apart)) {
                continue;
            }
            tty.wait_text("nothing was executed");
            assert!(tty.screen().contains("> WEB-1135"), "{}", tty.screen());
            tty.send("\x1b");
            tty.wait_for("the panes as they were", |t| {
                t.screen().contains("2 Steps of 100200")
                    && !t.screen().contains("nothing was executed")
            });
            break;
        }
    }
}

#[test]
fn a_key_alone_is_acted_on_without_a_visible_wait() {
    let mut tty = Tty::open("plain", &[]).ready();
    let mut waits = Vec::new();
    for n in 1..=8 {
        thread::sleep(Duration::from_millis(200));
        let start = Instant::now();
        tty.send("j");
        tty.wait_text(&format!("Steps of {}", 100_200 + n));
        waits.push(start.elapsed());
    }
    let best = waits.iter().min().expect("some");
    assert!(*best < Duration::from_millis(200), "{waits:?}");
    println!("from key to screen: {waits:?}");
}
