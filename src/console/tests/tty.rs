//! The loop in a pseudo-terminal: the traps of `terminal.md` section 0, each by name. The child is
//! this test binary itself, told by its environment to open the console on a hand-made engine.

use std::{
    io::{Read, Write},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::console::{
    ConsoleOptions, Exit,
    fixture::{Engine, pair, serve},
    run,
};

const CHILD: &str = "RAFTAAR_TTY_CHILD";

/// Longest wait for something to appear on the screen; two shared cores are slow.
const PATIENCE: Duration = Duration::from_secs(20);

/// Not a test but the child's whole life, where the environment asks for it.
#[test]
fn child() {
    let Ok(mode) = std::env::var(CHILD) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let exit = runtime.block_on(async {
        let (handle, end) = pair();
        let content = if mode == "hostile" {
            Engine::hostile()
        } else {
            Engine::normal()
        };
        let engine = tokio::spawn(serve(end, content));
        if mode == "engine-stops" {
            let engine = engine.abort_handle();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(700)).await;
                engine.abort();
            });
        }
        if mode == "task-panics" {
            tokio::spawn(async {
                tokio::time::sleep(Duration::from_millis(700)).await;
                panic!("a task failed on purpose");
            });
        }
        // Longer than the 60 ms of an SSH link: the machine that tests is slower than a link.
        let esc_hold = (mode == "slow-link").then(|| Duration::from_millis(1_500));
        let options = ConsoleOptions {
            esc_hold,
            ..ConsoleOptions::default()
        };
        run(handle, options).await
    });
    let code = match exit {
        Ok(Exit::Quit) => 0,
        Ok(Exit::HungUp) => 129,
        Ok(Exit::Signal(number)) => 128 + number,
        Err(_) => 3,
    };
    // What the program's own main does with the code, without its destructors.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is a process of the test's own"
    )]
    std::process::exit(code);
}

struct Tty {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    child: Box<dyn Child + Send + Sync>,
    parser: Arc<Mutex<vt100::Parser>>,
    raw: Arc<Mutex<Vec<u8>>>,
    /// Nobody reads: the line stands still.
    still: Arc<AtomicBool>,
}

impl Tty {
    fn open(mode: &str, env: &[(&str, &str)]) -> Self {
        let size = PtySize {
            rows: 24,
            cols: 80,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pty = native_pty_system().openpty(size).expect("a pty");
        let program = std::env::current_exe().expect("this program");
        let mut command = CommandBuilder::new(program);
        command.args([
            "console::tests::tty::child",
            "--exact",
            "--nocapture",
            "--test-threads=1",
        ]);
        for name in [
            "NO_COLOR",
            "COLORTERM",
            "SSH_TTY",
            "SSH_CONNECTION",
            "LC_ALL",
            "LC_CTYPE",
        ] {
            command.env_remove(name);
        }
        command.env("TERM", "xterm-256color");
        command.env("LANG", "en_IN.UTF-8");
        command.env(CHILD, mode);
        for (name, value) in env {
            command.env(name, value);
        }
        let child = pty.slave.spawn_command(command).expect("a child");
        drop(pty.slave);
        let mut reader = pty.master.try_clone_reader().expect("a reader");
        let rows = std::num::NonZeroU16::new(24).expect("not zero");
        let cols = std::num::NonZeroU16::new(80).expect("not zero");
        let parser = Arc::new(Mutex::new(vt100::Parser::new(rows, cols, 0)));
        let raw = Arc::new(Mutex::new(Vec::new()));
        let (to, kept) = (Arc::clone(&parser), Arc::clone(&raw));
        let still = Arc::new(AtomicBool::new(false));
        let stands = Arc::clone(&still);
        thread::spawn(move || {
            let mut bytes = [0; 8192];
            while let Ok(n) = reader.read(&mut bytes) {
                if n == 0 {
                    break;
                }
                while stands.load(Ordering::Relaxed) {
                    thread::sleep(Duration::from_millis(5));
                }
                to.lock().expect("parser").process(&bytes[..n]);
                kept.lock().expect("bytes").extend_from_slice(&bytes[..n]);
            }
        });
        Self {
            writer: Some(pty.master.take_writer().expect("a writer")),
            master: Some(pty.master),
            child,
            parser,
            raw,
            still,
        }
    }

    fn screen(&self) -> String {
        self.parser.lock().expect("parser").screen().contents()
    }

    fn wait_for(&self, what: &str, is: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !is(self) {
            assert!(start.elapsed() < PATIENCE, "no {what}:\n{}", self.screen());
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn wait_text(&self, text: &str) {
        self.wait_for(text, |tty| tty.screen().contains(text));
    }

    fn ready(self) -> Self {
        self.wait_text("2 Steps of 100200");
        self
    }

    fn send(&mut self, bytes: &str) {
        let writer = self.writer.as_mut().expect("open");
        writer.write_all(bytes.as_bytes()).expect("written");
        writer.flush().expect("flushed");
    }

    fn signal(&self, signal: nix::sys::signal::Signal) {
        let pid = self.child.process_id().expect("a pid") as i32;
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), signal).expect("sent");
    }

    fn exit(&mut self) -> u32 {
        self.ended().exit_code()
    }

    fn ended(&mut self) -> portable_pty::ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a status") {
                return status;
            }
            if start.elapsed() > PATIENCE {
                let _ = self.child.kill();
                panic!("the child did not end:\n{}", self.screen());
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn sent(&self) -> usize {
        self.raw.lock().expect("bytes").len()
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

#[test]
fn keys_are_answered_and_the_terminal_is_given_back() {
    let mut tty = Tty::open("plain", &[]).ready();
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
    tty.wait_for("main screen", |t| {
        let parser = t.parser.lock().expect("parser");
        !parser.screen().alternate_screen() && !parser.screen().hide_cursor()
    });
}

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

#[test]
fn a_gone_engine_is_said_at_once() {
    let mut tty = Tty::open("engine-stops", &[]);
    tty.wait_text("NO ENGINE since");
    tty.send("q");
    assert_eq!(tty.exit(), 0);
}

#[test]
fn a_terminate_signal_gives_the_terminal_back() {
    let mut tty = Tty::open("plain", &[]).ready();
    tty.signal(nix::sys::signal::Signal::SIGTERM);
    assert_eq!(tty.exit(), 143);
    tty.wait_for("main screen", |t| {
        !t.parser.lock().expect("parser").screen().alternate_screen()
    });
}

#[test]
fn stopped_and_continued_it_draws_again() {
    let mut tty = Tty::open("plain", &[]).ready();
    tty.send("\x1a");
    tty.wait_for("the main screen", |t| {
        !t.parser.lock().expect("parser").screen().alternate_screen()
    });
    tty.signal(nix::sys::signal::Signal::SIGCONT);
    tty.wait_text("2 Steps of 100200");
    assert!(
        tty.parser
            .lock()
            .expect("parser")
            .screen()
            .alternate_screen()
    );
    tty.send("q");
    assert_eq!(tty.exit(), 0);
}

#[test]
fn a_resize_is_drawn_whole() {
    let mut tty = Tty::open("plain", &[]).ready();
    for (cols, rows) in [(120, 40), (61, 17), (20, 5), (100, 30)] {
        let size = PtySize {
            rows,
            cols,
            pixel_width: 0,
            pixel_height: 0,
        };
        tty.master
            .as_ref()
            .expect("open")
            .resize(size)
            .expect("resized");
        let rows = std::num::NonZeroU16::new(rows).expect("not zero");
        let cols = std::num::NonZeroU16::new(cols).expect("not zero");
        tty.parser
            .lock()
            .expect("parser")
            .screen_mut()
            .set_size(rows, cols);
    }
    tty.wait_text("4 Inventory");
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

#[test]
fn a_line_that_stands_still_stops_neither_keys_nor_leaving() {
    let mut tty = Tty::open("plain", &[]).ready();
    tty.still.store(true, Ordering::Relaxed);
    // Full paints until the line's buffer is full, and far beyond.
    for _ in 0..60 {
        tty.send("\x0c");
        thread::sleep(Duration::from_millis(10));
    }
    tty.send("jj");
    thread::sleep(Duration::from_millis(300));
    tty.still.store(false, Ordering::Relaxed);
    tty.wait_text("Steps of 100202");
    let sent = tty.sent();
    assert!(sent < 200_000, "frames were skipped, not queued: {sent}");
    tty.still.store(true, Ordering::Relaxed);
    for _ in 0..60 {
        tty.send("\x0c");
        thread::sleep(Duration::from_millis(10));
    }
    tty.signal(nix::sys::signal::Signal::SIGTERM);
    assert_eq!(tty.exit(), 143);
}

#[test]
fn a_dumb_terminal_is_refused_kindly() {
    let mut tty = Tty::open("plain", &[("TERM", "dumb")]);
    assert_eq!(tty.exit(), 3);
}

#[test]
fn ascii_where_the_locale_says_so() {
    let tty = Tty::open("plain", &[("LC_ALL", "C")]).ready();
    assert!(tty.screen().is_ascii());
}
