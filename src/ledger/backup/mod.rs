//! Copies of the journal in another place. The journal is all there is to copy: the working state is
//! built from it, documents can be fetched again, and customers' data is read from EasyEcom again.
//!
//! A copy is a folder `raftaar-<UTC>Z` with the journal's files, the folder's identity and
//! `backup.json`. It appears under that name only when every file is forced to disk and the chain in
//! the copy was checked.

mod error;
mod note;
mod restore;
#[cfg(test)]
mod tests;

pub use error::BackupError;
pub use note::BackupNote;
pub use restore::{Restored, restore};

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use self::note::{NOTE_SCHEMA, name_at};
use super::{
    base::{BASE, Base},
    files,
    home::{Home, IDENTITY, Identity},
    journal::{Checked, FileDisk, JournalDisk, Start, Tail, segment_name},
};
use crate::domain::Stamp;

/// The journal's folder, in a data folder and in a copy.
const JOURNAL: &str = "journal";

/// What making a copy did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupReport {
    /// The copy.
    pub path: PathBuf,
    /// What it says of itself.
    pub note: BackupNote,
    /// Files that an earlier copy has too and that take no room again.
    pub linked: usize,
    /// Older copies that were removed.
    pub removed: Vec<PathBuf>,
}

/// Copies the journal of a folder that no engine uses into `to`, and keeps the newest `keep` copies.
pub fn backup(dir: &Path, to: &Path, keep: usize, now: Stamp) -> Result<BackupReport, BackupError> {
    let home = Home::visit(dir)?;
    let disk: Arc<dyn JournalDisk> = Arc::new(FileDisk::read_only(&home.journal()));
    let start = Base::read(&*disk)?.map_or_else(Start::default, |base| base.start());
    let tail = Checked::skim(disk, start)?.tail();
    copy(dir, tail, to, keep, now)
}

/// Copies the journal in `dir` up to `tail`, which is on disk. What is appended meanwhile is not
/// looked at.
pub(super) fn copy(
    dir: &Path,
    tail: Tail,
    to: &Path,
    keep: usize,
    now: Stamp,
) -> Result<BackupReport, BackupError> {
    let failed = |path: &Path, doing: &'static str| {
        let path = path.to_owned();
        move |e: io::Error| BackupError::io(&path, doing, &e)
    };
    fs::create_dir_all(to).map_err(failed(to, "made"))?;
    let earlier = list(to)?;
    let path = to.join(name_at(now));
    if path.exists() {
        return Err(BackupError::Exists { path });
    }
    let fresh = to.join(format!("{}.tmp", name_at(now)));
    clear_leftovers(to)?;
    files::make_dir(&fresh).map_err(failed(&fresh, "made"))?;
    let identity = copy_identity(dir, &fresh)?;
    let journal = fresh.join(JOURNAL);
    files::make_dir(&journal).map_err(failed(&journal, "made"))?;
    let first = copy_base(dir, &journal)?;
    let mut linked = 0;
    for segment in first..=tail.segment {
        let name = segment_name(segment);
        let (from, into) = (dir.join(JOURNAL).join(&name), journal.join(&name));
        let closed = segment < tail.segment;
        let twin = earlier
            .last()
            .map(|(copy, _)| copy.join(JOURNAL).join(&name));
        if closed && twin.is_some_and(|twin| link(&from, &twin, &into)) {
            linked += 1;
            continue;
        }
        let limit = (!closed).then_some(tail.size);
        copy_file(&from, &into, limit).map_err(failed(&from, "copied"))?;
    }
    let note = BackupNote {
        schema: NOTE_SCHEMA,
        made_at: now,
        location: identity.location,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        records: tail.seq,
        last_hash: tail.record.hex(),
    };
    note.write(&fresh)?;
    check(&fresh)?;
    files::sync_dir(&journal).map_err(failed(&journal, "forced to disk"))?;
    files::sync_dir(&fresh).map_err(failed(&fresh, "forced to disk"))?;
    fs::rename(&fresh, &path).map_err(failed(&path, "put in place"))?;
    files::sync_dir(to).map_err(failed(to, "forced to disk"))?;
    let removed = thin_out(to, keep)?;
    Ok(BackupReport {
        path,
        note,
        linked,
        removed,
    })
}

/// Copies what the journal begins with, if its first segments are in the archive. Returns its first
/// segment.
fn copy_base(dir: &Path, into: &Path) -> Result<u32, BackupError> {
    let source = dir.join(JOURNAL);
    let Some(base) = Base::read(&FileDisk::read_only(&source))? else {
        return Ok(1);
    };
    for name in [BASE, &base.pairs] {
        copy_file(&source.join(name), &into.join(name), None)
            .map_err(|e| BackupError::io(&source.join(name), "copied", &e))?;
    }
    Ok(base.first_segment)
}

/// Checks a copy: its chain from the first record (or the state that it begins with) to the last, and
/// that it ends where it says.
pub fn check(copy: &Path) -> Result<BackupNote, BackupError> {
    let note = BackupNote::read(copy)?;
    let disk: Arc<dyn JournalDisk> = Arc::new(FileDisk::read_only(&copy.join(JOURNAL)));
    let base = Base::read(&*disk)?;
    if let Some(base) = &base {
        base.each_pair(&*disk, |_, _| Ok(()))?;
    }
    let start = base.map_or_else(Start::default, |base| base.start());
    let checked = Checked::skim(disk, start)?;
    let tail = checked.tail();
    if checked.torn_at().is_some()
        || tail.seq != note.records
        || tail.record.hex() != note.last_hash
    {
        return Err(BackupError::Differs {
            path: copy.to_owned(),
            says: format!(
                "it says that it ends at record {} with hash {}, but it ends at record {} with hash {}",
                note.records,
                note.last_hash,
                tail.seq,
                tail.record.hex()
            ),
        });
    }
    Ok(note)
}

/// The copies in a folder, oldest first. What is none is left out.
pub fn list(to: &Path) -> Result<Vec<(PathBuf, BackupNote)>, BackupError> {
    let entries = match fs::read_dir(to) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(BackupError::io(to, "listed", &e)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(|e| BackupError::io(to, "listed", &e))?.path();
        let named = path
            .file_name()
            .and_then(|n| n.to_str())
            .is_some_and(|n| n.starts_with(note::PREFIX) && n.ends_with('Z'));
        if let (true, Ok(note)) = (named, BackupNote::read(&path)) {
            found.push((path, note));
        }
    }
    found.sort();
    Ok(found)
}

/// Removes all but the newest `keep` copies; never the last one.
fn thin_out(to: &Path, keep: usize) -> Result<Vec<PathBuf>, BackupError> {
    let copies = list(to)?;
    let surplus = copies.len().saturating_sub(keep.max(1));
    let mut removed = Vec::new();
    for (path, _) in copies.into_iter().take(surplus) {
        fs::remove_dir_all(&path).map_err(|e| BackupError::io(&path, "removed", &e))?;
        removed.push(path);
    }
    Ok(removed)
}

/// Copies that were cut short: nothing is ever read from them.
fn clear_leftovers(to: &Path) -> Result<(), BackupError> {
    let entries = fs::read_dir(to).map_err(|e| BackupError::io(to, "listed", &e))?;
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(note::PREFIX) && name.ends_with("Z.tmp") {
            fs::remove_dir_all(entry.path())
                .map_err(|e| BackupError::io(&entry.path(), "removed", &e))?;
        }
    }
    Ok(())
}

fn copy_identity(dir: &Path, into: &Path) -> Result<Identity, BackupError> {
    let from = dir.join(IDENTITY);
    copy_file(&from, &into.join(IDENTITY), None)
        .map_err(|e| BackupError::io(&from, "copied", &e))?;
    let text = fs::read(&from).map_err(|e| BackupError::io(&from, "read", &e))?;
    serde_json::from_slice(&text).map_err(|e| BackupError::Unreadable {
        path: from,
        says: e.to_string(),
    })
}

/// Shares a closed segment with an earlier copy. Whether its content is right is checked with the
/// whole copy; on another file system, or where there is none, it is copied.
fn link(from: &Path, twin: &Path, into: &Path) -> bool {
    let size = |path: &Path| fs::metadata(path).map(|m| m.len()).ok();
    size(from).is_some() && size(from) == size(twin) && fs::hard_link(twin, into).is_ok()
}

/// Copies a file, or its first `limit` bytes, and forces it to disk.
fn copy_file(from: &Path, into: &Path, limit: Option<u64>) -> io::Result<()> {
    let source = File::open(from)?;
    let mut target = files::create(into)?;
    let copied = io::copy(&mut source.take(limit.unwrap_or(u64::MAX)), &mut target)?;
    if limit.is_some_and(|limit| copied != limit) {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
    }
    target.flush()?;
    target.sync_all()
}
