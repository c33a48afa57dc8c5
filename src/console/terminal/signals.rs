//! Signals that concern the screen.

use std::{io, time::Duration};

use nix::sys::signal::Signal as Number;
use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

/// A signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The line was hung up.
    HangUp,
    /// Somebody asks us to end; the number for the exit code.
    End(i32),
    /// The window has another size, or was attached again.
    Window,
    /// We were stopped and go on.
    Continue,
}

/// All of them.
#[derive(Debug)]
pub struct Signals {
    hang_up: Stream,
    terminate: Stream,
    interrupt: Stream,
    quit: Stream,
    window: Stream,
    go_on: Stream,
}

impl Signals {
    /// Begins to listen. Also takes SIGHUP back where the caller ignored it (`nohup`): a terminal
    /// that is gone makes the reader of keys spin.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            hang_up: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            window: signal(SignalKind::window_change())?,
            go_on: signal(SignalKind::from_raw(Number::SIGCONT as i32))?,
        })
    }

    /// The next one.
    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            biased;
            _ = self.hang_up.recv() => Signal::HangUp,
            _ = self.terminate.recv() => Signal::End(Number::SIGTERM as i32),
            _ = self.interrupt.recv() => Signal::End(Number::SIGINT as i32),
            _ = self.quit.recv() => Signal::End(Number::SIGQUIT as i32),
            _ = self.go_on.recv() => Signal::Continue,
            _ = self.window.recv() => Signal::Window,
        }
    }
}

/// The call returns a moment before the stop reaches this thread; what came next would still run.
const STOP_REACHES_US: Duration = Duration::from_millis(30);

/// Stops this process group, as Ctrl-Z does outside raw mode (under `cargo run` the shell waits for
/// cargo, not for us); returns when it goes on. SIGSTOP, since SIGTSTP is ignored for groups without
/// a shell.
pub fn stop() -> io::Result<()> {
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(0), Number::SIGSTOP)?;
    std::thread::sleep(STOP_REACHES_US);
    Ok(())
}
