//! The console as an operator opens it over SSH.

use std::{
    fs,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
    sync::MutexGuard,
    time::{Duration, Instant},
};

use nix::{
    fcntl::OFlag,
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::{
    House, LOOK_EVERY, PATIENCE,
    engine::{environment, program},
    line::{self, Line, Reading, Shared, at_least_one},
};

/// The clock ticks in which Linux tells CPU time to programs, on every machine of today.
const TICKS_PER_S: u32 = 100;

/// The terminal that a console is opened in.
#[derive(Clone, Copy)]
pub struct Terminal<'a> {
    /// Columns and rows.
    pub size: (u16, u16),
    /// Beside what the house says, or in its place.
    pub env: &'a [(&'a str, &'a str)],
    /// Shell in front of the program, on its line: `trap '' HUP;`.
    pub before: &'a str,
}

impl Default for Terminal<'_> {
    fn default() -> Self {
        Self {
            size: (120, 40),
            env: &[],
            before: "",
        }
    }
}

/// What the kernel says about a console's process.
#[derive(Clone, Copy, Debug)]
pub struct Process {
    /// `S` sleeps, `T` is stopped, `Z` has ended.
    pub state: char,
    pub cpu: Duration,
}

/// A console in a terminal of its own, with an engine of its own if none runs.
pub struct Console {
    master: Option<Box<dyn MasterPty + Send>>,
    child: Box<dyn Child + Send + Sync>,
    line: Shared,
    writer: Option<Box<dyn Write + Send>>,
    tty: PathBuf,
}

impl Console {
    /// Opens it through `sh -c "<before> exec raftaar"`.
    pub fn open(house: &House, before: &str) -> Self {
        let terminal = Terminal {
            before,
            ..Terminal::default()
        };
        Self::open_in(house, terminal)
    }

    /// The same in a terminal as wished.
    pub fn open_in(house: &House, terminal: Terminal<'_>) -> Self {
        let pair = native_pty_system()
            .openpty(pty_size(terminal.size))
            .expect("a pseudo-terminal");
        let mut command = CommandBuilder::new("/bin/sh");
        command.env_clear();
        for (name, value) in environment(house) {
            command.env(name, value);
        }
        for (name, value) in terminal.env {
            command.env(name, value);
        }
        command.cwd(house.path());
        let before = terminal.before;
        command.args(["-c", &format!("{before} exec \"$0\" --config \"$1\"")]);
        command.arg(program());
        command.arg(house.config());
        let child = pair
            .slave
            .spawn_command(command)
            .expect("the program starts");
        drop(pair.slave);
        let reader = pair.master.try_clone_reader().expect("a reader");
        Self {
            tty: pair.master.tty_name().expect("it has a name"),
            writer: Some(pair.master.take_writer().expect("a writer")),
            master: Some(pair.master),
            child,
            line: line::read(reader, terminal.size),
        }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().expect("not poisoned")
    }

    /// Waits until something was shown.
    pub async fn until_shown(&self, text: &str) {
        self.until(text, |screen| screen.contents().contains(text))
            .await;
    }

    /// Waits until the screen is as wished.
    pub async fn until(&self, what: &str, wished: impl Fn(&vt100::Screen) -> bool) {
        let begun = Instant::now();
        while !self.look(&wished) {
            let waited = begun.elapsed();
            assert!(waited < PATIENCE, "{what:?} is not on\n{}", self.screen());
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until what came since a mark is enough to draw the whole screen as it is.
    pub async fn until_repainted(&self, mark: usize) {
        super::until("the whole screen again", async || {
            let line = self.line();
            let shown = line.parser.screen();
            let (rows, columns) = shown.size();
            let mut anew = line::parser((columns.get(), rows.get()));
            anew.process(&line.bytes[mark..]);
            (anew.screen().contents_formatted() == shown.contents_formatted()).then_some(())
        })
        .await;
    }

    /// Presses keys.
    pub fn press(&mut self, keys: &str) {
        let writer = self.writer.as_mut().expect("the line is up");
        writer.write_all(keys.as_bytes()).expect("written");
        writer.flush().expect("flushed");
    }

    /// Looks at the screen: its cells, its cursor, its modes.
    pub fn look<T>(&self, at: impl FnOnce(&vt100::Screen) -> T) -> T {
        at(self.line().parser.screen())
    }

    /// What stands on the screen.
    pub fn screen(&self) -> String {
        self.look(vt100::Screen::contents)
    }

    /// How many bytes have come: a mark for [`Self::since`].
    pub fn mark(&self) -> usize {
        self.line().bytes.len()
    }

    /// The bytes that came since a mark.
    pub fn since(&self, mark: usize) -> Vec<u8> {
        self.line().bytes[mark..].to_vec()
    }

    /// Every byte that came so far, then what stands on the screen: a word that is drawn piece by piece
    /// stands in the latter only.
    pub fn shown(&self) -> Vec<u8> {
        let mut bytes = self.since(0);
        bytes.extend(self.screen().into_bytes());
        bytes
    }

    /// How the other end reads from now on.
    pub fn read(&self, how: Reading) {
        self.line().reading = how;
    }

    /// Gives the terminal another size: columns and rows.
    pub fn resize(&mut self, (columns, rows): (u16, u16)) {
        // Before the program hears of it, and together with what was drawn for the size before.
        let mut line = self.line.lock().expect("not poisoned");
        line.parser
            .screen_mut()
            .set_size(at_least_one(rows), at_least_one(columns));
        let master = self.master.as_ref().expect("the line is up");
        master
            .resize(pty_size((columns, rows)))
            .expect("it is resized");
    }

    /// Its process.
    pub fn pid(&self) -> Pid {
        let pid = self.child.process_id().expect("it has started");
        Pid::from_raw(pid.cast_signed())
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).expect("the signal is sent");
    }

    /// What the kernel says about its process, also when it has ended and was not waited for.
    pub fn process(&self) -> Process {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid())).expect("its figures");
        // The name may hold anything; behind it come the state and numbers.
        let (_, figures) = stat.rsplit_once(") ").expect("a name");
        let figures: Vec<&str> = figures.split(' ').collect();
        let ticks = |place: usize| figures[place].parse::<u32>().expect("a number");
        Process {
            state: figures[0].chars().next().expect("a letter"),
            cpu: Duration::from_secs(1) * (ticks(11) + ticks(12)) / TICKS_PER_S,
        }
    }

    /// How often it has written, to whatever; nothing where the kernel does not tell.
    pub fn writes(&self) -> Option<u64> {
        let io = fs::read_to_string(format!("/proc/{}/io", self.pid())).ok()?;
        let count = io.lines().find_map(|line| line.strip_prefix("syscw: "))?;
        count.parse().ok()
    }

    /// Waits until its process is in a state.
    pub async fn until_state(&self, state: char) -> Process {
        super::until(&format!("its state is {state}"), async || {
            Some(self.process()).filter(|process| process.state == state)
        })
        .await
    }

    /// Closes the terminal's other end, as sshd does when the link is gone.
    pub fn hang_up(&mut self) {
        self.read(Reading::NoMore);
        let mut end = fs::File::options()
            .write(true)
            .custom_flags(OFlag::O_NOCTTY.bits())
            .open(&self.tty)
            .expect("the console's end");
        drop(self.writer.take());
        drop(self.master.take());
        // The reader may wait for a byte with its descriptor open. It may also have gone already.
        let _ = end.write_all(&[0]);
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

fn pty_size((cols, rows): (u16, u16)) -> PtySize {
    PtySize {
        rows,
        cols,
        pixel_width: 0,
        pixel_height: 0,
    }
}
