//! Going back to a copy.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{BackupError, BackupNote, JOURNAL, check, copy_file};
use crate::{
    domain::{LocationKey, Stamp},
    ledger::{files, home::Home},
};

/// What going back did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// What the copy says of itself.
    pub note: BackupNote,
    /// Where the journal and the state that were there are now.
    pub kept_as: Option<PathBuf>,
}

/// Puts the journal of a checked copy into the data folder. What is there is moved aside, not
/// removed. The engine must not run, and what was sent after the copy is not in it: whoever calls
/// this pauses the ledger before an engine starts.
pub fn restore(
    copy: &Path,
    dir: &Path,
    location: &LocationKey,
    now: Stamp,
) -> Result<Restored, BackupError> {
    let note = check(copy)?;
    if note.location != *location {
        return Err(BackupError::OtherLocation {
            path: copy.to_owned(),
            found: note.location.to_string(),
            asked: location.to_string(),
        });
    }
    let home = Home::take(dir, location, now)?;
    let io = |path: &Path, doing: &'static str| {
        let path = path.to_owned();
        move |e: std::io::Error| BackupError::io(&path, doing, &e)
    };
    // Written beside the journal that is there, so that a copy that does not fit harms nothing.
    let fresh = dir.join("journal.restoring");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).map_err(io(&fresh, "removed"))?;
    }
    files::make_dir(&fresh).map_err(io(&fresh, "made"))?;
    let source = copy.join(JOURNAL);
    for entry in fs::read_dir(&source).map_err(io(&source, "listed"))? {
        let name = entry.map_err(io(&source, "listed"))?.file_name();
        copy_file(&source.join(&name), &fresh.join(&name), None).map_err(io(&fresh, "written"))?;
    }
    files::sync_dir(&fresh).map_err(io(&fresh, "forced to disk"))?;
    let aside = dir.join(format!("before-restore-{}Z", now.format("%Y%m%dT%H%M%S")));
    let had = home.journal().exists() || home.state().exists();
    if had {
        files::make_dir(&aside).map_err(io(&aside, "made"))?;
    }
    // Without a state the journal that is there is still whole; the other way round it would not be.
    if home.state().exists() {
        fs::rename(home.state(), aside.join("state")).map_err(io(&home.state(), "moved aside"))?;
    }
    if home.journal().exists() {
        exchange(&fresh, &home.journal()).map_err(io(&fresh, "put in place"))?;
        fs::rename(&fresh, aside.join(JOURNAL)).map_err(io(&fresh, "moved aside"))?;
    } else {
        fs::rename(&fresh, home.journal()).map_err(io(&fresh, "put in place"))?;
    }
    files::sync_dir(dir).map_err(io(dir, "forced to disk"))?;
    Ok(Restored {
        note,
        kept_as: had.then_some(aside),
    })
}

/// Lets two folders change places in one step: at no instant is there no journal.
fn exchange(one: &Path, other: &Path) -> std::io::Result<()> {
    use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};
    renameat2(AT_FDCWD, one, AT_FDCWD, other, RenameFlags::RENAME_EXCHANGE)?;
    Ok(())
}
