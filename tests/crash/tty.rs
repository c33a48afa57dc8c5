//! The console as an operator opens it over SSH, when the line goes away.

use std::{
    io::Read,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use raftaar::sandbox::{Mix, SandboxOptions};

use super::{
    engine::{environment, program},
    house::{House, PATIENCE, quick, until},
};

/// A console in a terminal of its own, with an engine of its own.
struct Console {
    master: Option<Box<dyn MasterPty + Send>>,
    child: Box<dyn Child + Send + Sync>,
    screen: Arc<Mutex<Vec<u8>>>,
    /// Tells the reader to let go of its end.
    gone: Arc<AtomicBool>,
}

impl Console {
    /// Opens it through `sh -c "<before> exec raftaar"`.
    fn open(house: &House, before: &str) -> Self {
        let pair = native_pty_system()
            .openpty(PtySize {
                rows: 30,
                cols: 100,
                pixel_width: 0,
                pixel_height: 0,
            })
            .expect("a pseudo-terminal");
        let mut command = CommandBuilder::new("/bin/sh");
        command.env_clear();
        for (name, value) in environment(house.path()) {
            command.env(name, value);
        }
        command.cwd(house.path());
        command.args(["-c", &format!("{before} exec \"$0\" --config \"$1\"")]);
        command.arg(program());
        command.arg(house.config());
        let child = pair
            .slave
            .spawn_command(command)
            .expect("the program starts");
        drop(pair.slave);
        let screen = Arc::new(Mutex::new(Vec::new()));
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let seen = Arc::clone(&screen);
        let gone = Arc::new(AtomicBool::new(false));
        let let_go = Arc::clone(&gone);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(n @ 1..) = reader.read(&mut bytes)
                && !let_go.load(Ordering::SeqCst)
            {
                seen.lock().expect("not poisoned").extend(&bytes[..n]);
            }
        });
        Self {
            master: Some(pair.master),
            child,
            screen,
            gone,
        }
    }

    async fn until_shown(&mut self, text: &str) {
        until(text, async || {
            let screen = self.screen.lock().expect("not poisoned");
            String::from_utf8_lossy(&screen)
                .contains(text)
                .then_some(())
        })
        .await;
    }

    /// Closes the terminal's other end, as sshd does when the link is gone. The reader lets go with the
    /// next byte that the busy console sends.
    fn hang_up(&mut self) {
        self.gone.store(true, Ordering::SeqCst);
        drop(self.master.take());
    }

    /// Waits for the end; the exit code.
    fn ended(&mut self) -> u32 {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("its status") {
                assert_eq!(
                    status.signal(),
                    None,
                    "no signal ended it, nothing was dumped"
                );
                return status.exit_code();
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

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
