//! The console as an operator opens it over SSH.

use std::{
    io::{Read, Write},
    num::NonZeroU16,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::{
    House, LOOK_EVERY, PATIENCE,
    engine::{environment, program},
};

const ROWS: NonZeroU16 = NonZeroU16::new(40).expect("not zero");
const COLUMNS: NonZeroU16 = NonZeroU16::new(120).expect("not zero");

/// What the terminal was sent.
struct Seen {
    bytes: Vec<u8>,
    parser: vt100::Parser,
}

/// A console in a terminal of its own, with an engine of its own.
pub struct Console {
    master: Option<Box<dyn MasterPty + Send>>,
    child: Box<dyn Child + Send + Sync>,
    screen: Arc<Mutex<Seen>>,
    writer: Option<Box<dyn Write + Send>>,
    /// Tells the reader to let go of its end.
    gone: Arc<AtomicBool>,
}

impl Console {
    /// Opens it through `sh -c "<before> exec raftaar"`.
    pub fn open(house: &House, before: &str) -> Self {
        let pair = native_pty_system()
            .openpty(PtySize {
                rows: ROWS.get(),
                cols: COLUMNS.get(),
                pixel_width: 0,
                pixel_height: 0,
            })
            .expect("a pseudo-terminal");
        let mut command = CommandBuilder::new("/bin/sh");
        command.env_clear();
        for (name, value) in environment(house) {
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
        let screen = Arc::new(Mutex::new(Seen {
            bytes: Vec::new(),
            parser: vt100::Parser::new(ROWS, COLUMNS, 0),
        }));
        let writer = pair.master.take_writer().expect("a writer");
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let seen = Arc::clone(&screen);
        let gone = Arc::new(AtomicBool::new(false));
        let let_go = Arc::clone(&gone);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(n @ 1..) = reader.read(&mut bytes)
                && !let_go.load(Ordering::SeqCst)
            {
                let mut seen = seen.lock().expect("not poisoned");
                seen.bytes.extend(&bytes[..n]);
                seen.parser.process(&bytes[..n]);
            }
        });
        Self {
            master: Some(pair.master),
            child,
            screen,
            gone,
            writer: Some(writer),
        }
    }

    /// Waits until something was shown.
    pub async fn until_shown(&self, text: &str) {
        let begun = Instant::now();
        while !self.screen().contains(text) {
            let waited = begun.elapsed();
            assert!(waited < PATIENCE, "{text:?} is not on\n{}", self.screen());
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Presses keys.
    pub fn press(&mut self, keys: &str) {
        let writer = self.writer.as_mut().expect("the line is up");
        writer.write_all(keys.as_bytes()).expect("written");
        writer.flush().expect("flushed");
    }

    /// What stands on the screen.
    pub fn screen(&self) -> String {
        let seen = self.screen.lock().expect("not poisoned");
        seen.parser.screen().contents()
    }

    /// Every byte that came so far, then what stands on the screen: a word that is drawn piece by piece
    /// stands in the latter only.
    pub fn shown(&self) -> Vec<u8> {
        let mut bytes = self.screen.lock().expect("not poisoned").bytes.clone();
        bytes.extend(self.screen().into_bytes());
        bytes
    }

    /// Closes the terminal's other end, as sshd does when the link is gone. The reader lets go with the
    /// next byte that the busy console sends.
    pub fn hang_up(&mut self) {
        self.gone.store(true, Ordering::SeqCst);
        drop(self.writer.take());
        drop(self.master.take());
    }

    /// Waits for the end; the exit code.
    pub fn ended(&mut self) -> u32 {
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
