//! `raftaar serve` as a process.

use std::{
    fs::{self, File},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use super::{House, PATIENCE};

/// The real binary, or another build of it: a long run should not be disturbed by the next build.
pub fn program() -> std::ffi::OsString {
    std::env::var_os("RAFTAAR_BIN").unwrap_or_else(|| env!("CARGO_BIN_EXE_raftaar").into())
}

/// The real binary, told of a house and of nothing else: not of the developer's own set-up.
pub fn command(house: &House, args: &[&str]) -> Command {
    let mut command = Command::new(program());
    command
        .env_clear()
        .envs(environment(house))
        .arg("--config")
        .arg(house.config())
        .args(args)
        .current_dir(house.path())
        .stdin(Stdio::null());
    command
}

/// What the binary finds in its environment: the sandbox's own logins, unless they lie in a file.
pub fn environment(house: &House) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = [
        ("PATH", "/usr/bin:/bin"),
        ("TERM", "xterm-256color"),
        ("LANG", "C.UTF-8"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    all.push(("HOME".to_owned(), house.path().display().to_string()));
    if !house.secrets_in_file() {
        let secrets = house.secrets().into_iter();
        all.extend(
            secrets.map(|(key, value)| (format!("RAFTAAR_{}", key.to_ascii_uppercase()), value)),
        );
    }
    all
}

/// A running engine; killed when dropped.
pub struct Engine {
    child: Child,
    said: PathBuf,
}

impl Engine {
    /// Starts one without waiting for it.
    pub fn start(house: &House) -> Self {
        let said = house.path().join("said");
        let to = File::options()
            .create(true)
            .append(true)
            .open(&said)
            .expect("a file for its output");
        let child = command(house, &["serve"])
            .stdout(to.try_clone().expect("a second handle"))
            .stderr(to)
            .spawn()
            .expect("the program starts");
        Self { child, said }
    }

    /// Its process.
    pub fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }

    /// Whether it runs.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_none())
    }

    /// What it and those before it said.
    pub fn said(&self) -> String {
        fs::read_to_string(&self.said).unwrap_or_default()
    }

    /// Kills it as a power cut of the process would: no handler runs.
    pub fn kill_9(mut self) {
        self.child.kill().expect("SIGKILL is sent");
        self.child.wait().expect("it is gone");
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).expect("the signal is sent");
    }

    /// Waits for its end.
    pub fn ended(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("its status") {
                return status;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "it does not end: {}",
                self.said()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Stops it in order.
    pub fn stop(mut self) {
        self.signal(Signal::SIGTERM);
        let status = self.ended();
        assert_eq!(status.code(), Some(0), "{}", self.said());
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
