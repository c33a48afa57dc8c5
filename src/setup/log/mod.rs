//! The log: one file a day, ours alone, never the terminal. It names orders by id; whoever writes to
//! it has no person's data at hand, and known secrets are taken out of each line in any case.

mod daily;
mod redact;

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use thiserror::Error;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{EnvFilter, fmt};

pub use daily::Daily;
pub use redact::{Redact, hide, keep_hidden};

use crate::config::LogLevel;

/// Lines that wait for the disk; more are dropped rather than hold the engine up.
const LINES_MAX: usize = 8192;

/// Why there is no log.
#[derive(Debug, Error)]
#[error("{folder}: {error}; the log cannot be written: make the folder writable, or set log.dir", folder = .folder.display())]
pub struct LogError {
    folder: PathBuf,
    error: std::io::Error,
}

/// Keeps the log going; what waits is written when this is dropped.
#[must_use]
pub struct LogGuard {
    _worker: WorkerGuard,
}

/// How the log is kept.
#[derive(Clone, Debug)]
pub struct LogOptions {
    /// Folder.
    pub folder: PathBuf,
    /// How much.
    pub level: LogLevel,
    /// Days kept.
    pub keep_days: u32,
    /// Zone of the day in the file's name.
    pub zone: chrono::FixedOffset,
}

/// Begins the log of this process. Other crates are heard from `warn` on: at finer levels they may
/// print headers.
pub fn begin(options: &LogOptions, secrets: Vec<SecretString>) -> Result<LogGuard, LogError> {
    let (writer, guard) = writer(options, secrets)?;
    let subscriber = fmt()
        .with_env_filter(EnvFilter::new(format!(
            "warn,raftaar={}",
            word(options.level)
        )))
        .with_ansi(false)
        .with_target(false)
        .with_writer(writer)
        .finish();
    // A second beginning in one process (tests) keeps the first log.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(guard)
}

fn writer(
    options: &LogOptions,
    secrets: Vec<SecretString>,
) -> Result<(tracing_appender::non_blocking::NonBlocking, LogGuard), LogError> {
    let daily = Daily::open(&options.folder, options.keep_days, options.zone).map_err(|error| {
        LogError {
            folder: options.folder.clone(),
            error,
        }
    })?;
    let (writer, worker) = NonBlockingBuilder::default()
        .buffered_lines_limit(LINES_MAX)
        .thread_name("log")
        .finish(Redact::new(daily, &secrets));
    Ok((writer, LogGuard { _worker: worker }))
}

fn word(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "info",
        LogLevel::Debug => "debug",
        LogLevel::Trace => "trace",
    }
}

/// Whether `path` is one of our log files.
fn is_log(path: &Path) -> bool {
    let name = path
        .file_name()
        .and_then(|n| n.to_str())
        .unwrap_or_default();
    name.starts_with(daily::PREFIX) && name.ends_with(daily::SUFFIX)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn a_secret_reaches_the_log_in_no_form() {
        let folder = tempfile::tempdir().expect("a folder");
        let options = LogOptions {
            folder: folder.path().join("log"),
            level: LogLevel::Debug,
            keep_days: 3,
            zone: crate::domain::time::ist(),
        };
        let secrets = vec![
            SecretString::from("CANARY/7 f+\"q"),
            SecretString::from("ab"),
        ];
        let (writer, guard) = writer(&options, secrets).expect("a log");
        let subscriber = fmt().with_ansi(false).with_writer(writer).finish();
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(key = "CANARY/7 f+\"q", "sent with CANARY/7 f+\"q and about");
            tracing::warn!("https://h/authenticate?password=CANARY%2F7%20f%2B%22q&x=1");
            tracing::warn!("password=CANARY%2F7+f%2B%22q");
            tracing::error!("{:?}", "CANARY/7 f+\"q");
            tracing::error!("order \u{1b}[2J7000001");
        });
        drop(guard);
        let file = std::fs::read_dir(&options.folder)
            .expect("a folder")
            .next()
            .expect("a file")
            .expect("an entry");
        let text = std::fs::read_to_string(file.path()).expect("text");
        assert!(!text.contains("CANARY"), "{text}");
        assert!(
            text.contains("[secret]") && text.contains("and about"),
            "{text}"
        );
        assert!(!text.contains('\u{1b}'), "{text}");
        assert_eq!(file.metadata().expect("meta").mode() & 0o777, 0o600);
    }
}
