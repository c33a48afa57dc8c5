//! The loop in a pseudo-terminal. The child is this test binary itself, told by its environment to open
//! the console on a hand-made engine.

mod findings;
mod life;

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

use crate::{
    console::{
        ConsoleOptions, Exit,
        fixture::{Engine, feed_line, order_row, pair, serve},
        run,
    },
    handle::{Ask, Delta, EngineEnd, Query},
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
        if mode == "arrivals" {
            tokio::spawn(arrivals(end, content));
            return run(handle, ConsoleOptions::default(), None).await;
        }
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
        run(handle, options, None).await
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

/// Answers like the hand-made engine, until somebody asks about order 100201: then an order and twelve
/// lines of tracking arrive above all others.
async fn arrivals(mut end: EngineEnd, mut engine: Engine) {
    let mut come = false;
    while let Some(asked) = end.asks.recv().await {
        let answer = engine.answer(&asked.ask);
        let about = matches!(&asked.ask, Ask::Query { query: Query::Order { invoice, .. } } if invoice.0 == 100_201);
        let _ = asked.answer.send(answer);
        if come || !about {
            continue;
        }
        come = true;
        let mut row = order_row(900);
        row.key = "0".to_owned();
        engine.orders.insert(0, row);
        let newest = engine.feed.first().map_or(0, |line| line.seq);
        for n in 1..=12 {
            let mut line = feed_line(n);
            line.seq = newest + n;
            engine.feed.insert(0, line);
        }
        engine.overview.confirmed.count = 77;
        let _ = end.deltas.send(Delta::Changed {
            overview: Box::new(engine.overview.clone()),
            orders: true,
            tracking: true,
            stock: false,
        });
    }
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
