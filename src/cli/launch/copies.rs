//! Copies of the journal: making one, checking one, going back to one.

use std::path::{Path, PathBuf};

use super::{ledger_options, store::StoreReport};
use crate::{
    cli::{Code, Context, Failure, context::command},
    domain::{Clean, LocationKey, event::Event},
    handle::{Command, ReplyEnd},
    ledger::{
        Ledger, LedgerOptions,
        backup::{self, BackupError, BackupNote},
    },
    link::Listener,
};

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        let code = match error {
            BackupError::OtherLocation { .. } => Code::Usage,
            _ => Code::Store,
        };
        Self::new(code, error.to_string())
    }
}

/// Makes a copy: by the running engine, else here.
pub async fn back_up(context: &Context, to: Option<PathBuf>) -> Result<StoreReport, Failure> {
    let config = context.config();
    let configured = &config.backup.dir;
    let named = to.is_some();
    let to = to.unwrap_or_else(|| configured.clone());
    if to.as_os_str().is_empty() {
        return Err(Failure::new(
            Code::Usage,
            "there is no folder for copies: set backup.dir, or name one with --to",
        ));
    }
    let data = config.data_dir();
    if let Ok(handle) = context.attach().await {
        if named && to != *configured {
            return Err(Failure::new(
                Code::Usage,
                format!(
                    "an engine runs: it copies to the configured folder only ({}); leave --to out, or stop the engine",
                    configured.display()
                ),
            ));
        }
        let reply = command(&handle, Command::Backup).await?;
        let made = match reply.end {
            ReplyEnd::Taken => newest(&to)?,
            _ => None,
        };
        return match made {
            Some((path, note)) => Ok(report(&path, &note)),
            None => Err(Failure::new(Code::Store, reply.says.to_string())),
        };
    }
    let keep = config.backup.keep as usize;
    let now = chrono::Utc::now();
    let made = blocking(move || backup::backup(&data, &to, keep, now)).await??;
    let mut found = report(&made.path, &made.note);
    for old in &made.removed {
        found.line("removed", old.display());
    }
    Ok(found)
}

/// Lists the copies and checks each.
pub async fn check_all(context: &Context) -> Result<StoreReport, Failure> {
    let to = context.config().backup.dir.clone();
    blocking(move || {
        let mut found = StoreReport {
            good: true,
            ..StoreReport::default()
        };
        for (path, _) in backup::list(&to)? {
            let says = match backup::check(&path) {
                Ok(note) => format!("good, {} records, made {}", note.records, note.made_at),
                Err(error) => {
                    found.good = false;
                    error.to_string()
                }
            };
            found.line(&path.display().to_string(), says);
        }
        if found.lines.is_empty() {
            found.line("copies", format!("none in {}", to.display()));
        }
        Ok(found)
    })
    .await?
}

/// Goes back to a copy, and pauses: what was sent after it is not known here.
pub async fn restore(context: &Context, copy: &Path) -> Result<StoreReport, Failure> {
    let config = context.config();
    let data = config.data_dir();
    std::fs::create_dir_all(&data)
        .map_err(|error| Failure::new(Code::Store, format!("{}: {error}", data.display())))?;
    // Held until the end: no engine starts in between.
    let _socket = Listener::bind(&data)?;
    let note = {
        let copy = copy.to_owned();
        blocking(move || backup::check(&copy)).await??
    };
    let asked = match config.site.location_key.as_str() {
        "" => note.location.clone(),
        key => LocationKey::new(key),
    };
    let now = chrono::Utc::now();
    let options = LedgerOptions {
        location: asked.clone(),
        ..ledger_options(config)
    };
    let (restored, opened) = {
        let (copy, data) = (copy.to_owned(), data.clone());
        blocking(move || -> Result<_, Failure> {
            let restored = backup::restore(&copy, &data, &asked, now)?;
            Ok((restored, Ledger::open(options, now)?))
        })
        .await??
    };
    let (ledger, _) = opened;
    let reason = Clean::new(&format!(
        "restored from the copy of {}: what was sent after it is not known here; let the orders be read, compare with EasyEcom and DTDC, then resume",
        note.made_at
            .with_timezone(&context.zone())
            .format("%d %b %H:%M:%S")
    ));
    let paused = ledger
        .record(&context.operator(), now, vec![Event::Paused { reason }])
        .await;
    ledger.close().await;
    paused.map_err(|error| Failure::new(Code::Store, error.to_string()))?;
    let mut found = report(copy, &note);
    if let Some(aside) = &restored.kept_as {
        found.line("what was there", format!("kept as {}", aside.display()));
    }
    found.line(
        "paused",
        "the engine sends nothing until `raftaar resume`; what was sent after the copy is not in it",
    );
    Ok(found)
}

fn newest(to: &Path) -> Result<Option<(PathBuf, BackupNote)>, Failure> {
    Ok(backup::list(to)?.pop())
}

fn report(path: &Path, note: &BackupNote) -> StoreReport {
    let mut found = StoreReport {
        good: true,
        ..StoreReport::default()
    };
    found.line("copy", path.display());
    found.line("made", note.made_at);
    found.line("records", note.records);
    found.line("last hash", &note.last_hash);
    found
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Failure::new(Code::Store, error.to_string()))
}
