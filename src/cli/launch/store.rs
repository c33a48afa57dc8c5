//! The store of a folder in which no engine runs.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use chrono::SecondsFormat::AutoSi;
use serde::Serialize;

use super::{copies, ledger_options};
use crate::{
    cli::{Code, Context, Failure, args::StoreAction, print::clean},
    config::Config,
    domain::{Clean, LocationKey, Stamp},
    ledger::{self, Identity, Ledger, LedgerOptions},
    link::Listener,
};

/// What a look at the store found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StoreReport {
    /// Names and values, in order.
    pub lines: Vec<(Clean, Clean)>,
    /// Whether everything is as it should be.
    pub good: bool,
}

impl StoreReport {
    pub(super) fn line(&mut self, name: &str, value: impl ToString) {
        self.lines.push((Clean::new(name), clean(value)));
    }
}

/// Does what was asked.
pub async fn look_after(context: &Context, action: StoreAction) -> Result<StoreReport, Failure> {
    let config = context.config();
    let data = config.data_dir();
    match action {
        StoreAction::Backup { to } => copies::back_up(context, to).await,
        StoreAction::Backups => copies::check_all(context).await,
        StoreAction::Restore { copy } => copies::restore(context, &copy).await,
        StoreAction::Compact => compact(&data),
        StoreAction::Verify { archive } => verify(&data, archive.as_deref()),
        StoreAction::Archive { keep_days, to } => {
            let days = keep_days.map_or(config.store.archive_days, u64::from);
            archive(&data, days, to.as_deref())
        }
        StoreAction::Info => info(&data),
        StoreAction::Rebuild => rebuild(config, &data).await,
    }
}

fn verify(data: &Path, archive: Option<&Path>) -> Result<StoreReport, Failure> {
    let found = ledger::verify_with_archive(data, archive)?;
    let mut report = StoreReport {
        lines: Vec::new(),
        good: found.is_good(),
    };
    report.line("records", found.records);
    report.line("segments", found.segments);
    report.line("last hash", &found.last_hash);
    report.line(
        "checked",
        format!("{} bytes in {:.1} s", found.bytes, found.took.as_secs_f64()),
    );
    if found.torn {
        report.line(
            "torn end",
            "an unfinished last append; nobody was told of it, it is cut off at the next start",
        );
    }
    report.line("verdict", found.summary());
    for broken in &found.broken {
        report.line("BROKEN", broken);
    }
    Ok(report)
}

fn info(data: &Path) -> Result<StoreReport, Failure> {
    let io = |error: io::Error| Failure::new(Code::Store, format!("{}: {error}", data.display()));
    let mut report = StoreReport {
        lines: Vec::new(),
        good: true,
    };
    report.line("folder", data.display());
    let identity = identity(data)?;
    report.line("created", identity.created.to_rfc3339_opts(AutoSi, true));
    report.line("location", identity.location);
    report.line("schema", identity.schema);
    for (name, folder) in [
        ("journal", "journal"),
        ("archive", "archive"),
        ("working state", "state"),
        ("documents", "documents"),
    ] {
        let (files, bytes) = size(&data.join(folder)).map_err(io)?;
        report.line(
            name,
            format!(
                "{files} files, {:.1} MiB",
                bytes as f64 / f64::from(1 << 20)
            ),
        );
    }
    let aside = fs::read_dir(data)
        .map_err(io)?
        .flatten()
        .filter(|entry| {
            entry
                .file_name()
                .to_string_lossy()
                .starts_with("state.aside-")
        })
        .count();
    if aside > 0 {
        report.line(
            "set aside",
            format!("{aside} damaged working states; remove them once looked at"),
        );
    }
    Ok(report)
}

/// Files below a folder and their bytes; none if it is not there.
fn size(folder: &Path) -> io::Result<(u64, u64)> {
    let mut open: Vec<PathBuf> = vec![folder.to_owned()];
    let (mut files, mut bytes) = (0, 0);
    while let Some(folder) = open.pop() {
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let meta = entry.metadata()?;
            if meta.is_dir() {
                open.push(entry.path());
            } else {
                files += 1;
                bytes += meta.len();
            }
        }
    }
    Ok((files, bytes))
}

fn compact(data: &Path) -> Result<StoreReport, Failure> {
    let _socket = Listener::bind(data)?;
    let (before, after) = ledger::compact(data)?;
    let mut report = StoreReport {
        good: true,
        ..StoreReport::default()
    };
    report.line("before", format!("{before} bytes"));
    report.line("after", format!("{after} bytes"));
    Ok(report)
}

/// The instant before which records are old.
pub(super) fn days_ago(days: u64) -> Stamp {
    let days = chrono::TimeDelta::days(days.cast_signed());
    let now = chrono::Utc::now();
    now.checked_sub_signed(days).unwrap_or(now)
}

fn archive(data: &Path, keep_days: u64, to: Option<&Path>) -> Result<StoreReport, Failure> {
    let _socket = Listener::bind(data)?;
    let mut report = StoreReport {
        good: true,
        ..StoreReport::default()
    };
    match ledger::archive::archive(data, days_ago(keep_days), to)? {
        Some(done) => {
            let (first, last) = done.segments;
            report.line("archived", format!("segments {first} to {last}"));
            report.line(
                "records",
                format!("up to {}, of {}", done.records, done.until),
            );
            report.line("bytes", done.bytes);
            report.line("to", done.to.display());
        }
        None => report.line(
            "archived",
            format!("nothing: no closed journal file ends more than {keep_days} days ago"),
        ),
    }
    Ok(report)
}

/// Sets the working state aside and has it built from the journal. The journal is judged first: what
/// it cannot prove is not built upon.
async fn rebuild(config: &Config, data: &Path) -> Result<StoreReport, Failure> {
    // Held until the end: no engine starts in between.
    let _socket = Listener::bind(data)?;
    let before = ledger::verify(data)?;
    let options = LedgerOptions {
        location: location(config, data)?,
        ..ledger_options(config)
    };
    let aside = ledger::set_state_aside(data)?;
    let opened = tokio::task::spawn_blocking(move || Ledger::open(options, chrono::Utc::now()));
    let (ledger, built) = opened
        .await
        .map_err(|error| Failure::new(Code::Store, error.to_string()))??;
    ledger.close().await;
    drop(ledger);
    let mut report = verify(data, None)?;
    report.line(
        "built from",
        format!("{} records in {} ms", built.records, built.took.as_millis()),
    );
    report.line("before", before.summary());
    report.line("old state", format!("kept as {aside}"));
    Ok(report)
}

/// The warehouse that the folder belongs to; the configuration need not name it.
fn location(config: &Config, data: &Path) -> Result<LocationKey, Failure> {
    if config.site.location_key.is_empty() {
        return Ok(identity(data)?.location);
    }
    Ok(LocationKey::new(&config.site.location_key))
}

fn identity(data: &Path) -> Result<Identity, Failure> {
    ledger::identity(data).map_err(|error| Failure::new(Code::Store, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_names_no_warehouse_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("raftaar.json");
        let config = Config::default();
        let told = |text: &str| {
            fs::write(&file, text).expect("written");
            (info(folder.path()), location(&config, folder.path()))
        };
        let (report, key) =
            told(r#"{"schema":1,"location":"ab1","created":"2026-01-02T03:04:05.250Z"}"#);
        let lines: Vec<String> = report
            .expect("a report")
            .lines
            .iter()
            .skip(1)
            .take(3)
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        assert_eq!(
            lines,
            [
                "created 2026-01-02T03:04:05.250Z",
                "location ab1",
                "schema 1"
            ]
        );
        assert_eq!(key, Ok(LocationKey::new("ab1")));
        for broken in [
            r#"{"schema":1,"created":"2026-01-02T03:04:05Z"}"#,
            r#"{"schema":99,"location":"ab1"}"#,
            "ab1",
        ] {
            let (report, key) = told(broken);
            assert_eq!(report.expect_err(broken).code, Code::Store);
            assert!(key.expect_err(broken).says.contains("raftaar.json"));
        }
    }
}
