//! What a copy says of itself.

use std::{fs, io::Write, path::Path};

use serde::{Deserialize, Serialize};

use super::BackupError;
use crate::{
    domain::{LocationKey, Stamp},
    ledger::files,
};

/// Version of `backup.json`.
pub(super) const NOTE_SCHEMA: u32 = 1;

/// How the names of copies begin.
pub(super) const PREFIX: &str = "raftaar-";

const NOTE: &str = "backup.json";

/// `backup.json`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BackupNote {
    /// Version of this file.
    pub schema: u32,
    /// When it was made, UTC.
    pub made_at: Stamp,
    /// Which warehouse's.
    pub location: LocationKey,
    /// The program that made it.
    pub version: String,
    /// Its last record.
    pub records: u64,
    /// That record's hash, hex.
    pub last_hash: String,
}

impl BackupNote {
    pub(super) fn read(copy: &Path) -> Result<Self, BackupError> {
        let path = copy.join(NOTE);
        let text = fs::read(&path).map_err(|e| BackupError::io(&path, "read", &e))?;
        let note: Self = serde_json::from_slice(&text).map_err(|e| BackupError::Unreadable {
            path: path.clone(),
            says: e.to_string(),
        })?;
        if note.schema > NOTE_SCHEMA {
            return Err(BackupError::Unreadable {
                path,
                says: format!(
                    "it has schema {}, this program reads up to {NOTE_SCHEMA}",
                    note.schema
                ),
            });
        }
        Ok(note)
    }

    pub(super) fn write(&self, copy: &Path) -> Result<(), BackupError> {
        let path = copy.join(NOTE);
        let mut text = serde_json::to_vec_pretty(self).expect("plain data");
        text.push(b'\n');
        let write = || {
            let mut file = files::create(&path)?;
            file.write_all(&text)?;
            file.sync_all()
        };
        write().map_err(|e| BackupError::io(&path, "written", &e))
    }
}

/// The name of a copy made at `now`: sorts by age.
pub(super) fn name_at(now: Stamp) -> String {
    format!("{PREFIX}{}Z", now.format("%Y%m%dT%H%M%S"))
}
