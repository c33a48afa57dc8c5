//! The loop in a pseudo-terminal. The child is this test binary itself, told by its environment to open
//! the console on a hand-made engine: for what has to go wrong inside the process, and for tests that
//! open a console dozens of times and know its orders beforehand. Everything else about terminals is tried
//! on the shipped binary, in `tests/terminal`.

mod findings;
mod life;

use std::{
    io::{Read, Write},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

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
        let engine = tokio::spawn(serve(end, Engine::normal()));
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
        run(handle, ConsoleOptions::default(), None).await
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
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    parser: Arc<Mutex<vt100::Parser>>,
    raw: Arc<Mutex<Vec<u8>>>,
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
        thread::spawn(move || {
            let mut bytes = [0; 8192];
            while let Ok(n) = reader.read(&mut bytes) {
                if n == 0 {
                    break;
                }
                to.lock().expect("parser").process(&bytes[..n]);
                kept.lock().expect("bytes").extend_from_slice(&bytes[..n]);
            }
        });
        Self {
            writer: pty.master.take_writer().expect("a writer"),
            child,
            parser,
            raw,
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
        self.writer.write_all(bytes.as_bytes()).expect("written");
        self.writer.flush().expect("flushed");
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
}

impl Drop for Tty {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
