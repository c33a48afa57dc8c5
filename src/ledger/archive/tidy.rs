//! What an archiving that was cut short left behind.

use std::{fs, io, path::Path};

use super::{BUILDING, remove_dir};
use crate::ledger::{
    base::{BASE, Base},
    error::OpenError,
    journal::{FileDisk, segment_name, segments_in},
};

/// Removes segments that are in the archive already, states that no base names, and what was being
/// built. Where the base cannot be read nothing is touched: the opening says why.
pub(in crate::ledger) fn tidy(dir: &Path) -> Result<(), OpenError> {
    let journal = dir.join("journal");
    let Ok(base) = Base::read(&FileDisk::read_only(&journal)) else {
        return Ok(());
    };
    remove_dir(&dir.join(BUILDING))?;
    let entries = match fs::read_dir(&journal) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(|e| OpenError::io(&journal, "listed", &e))?,
    };
    let named = base.as_ref().map(|base| base.pairs.clone());
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let state = name
            .strip_prefix("base-")
            .and_then(|n| n.strip_suffix(".pairs"));
        if name == format!("{BASE}.new") || state.is_some() && Some(&name) != named.as_ref() {
            remove(&entry.path())?;
        }
    }
    if let Some(base) = base {
        // The base was put in place after their copies were forced to disk.
        let kept = segments_in(&journal).map_err(|e| OpenError::io(&journal, "listed", &e))?;
        for segment in kept.into_iter().filter(|n| *n < base.first_segment) {
            remove(&journal.join(segment_name(segment)))?;
        }
    }
    Ok(())
}

fn remove(path: &Path) -> Result<(), OpenError> {
    fs::remove_file(path).map_err(|e| OpenError::io(path, "removed", &e))
}
