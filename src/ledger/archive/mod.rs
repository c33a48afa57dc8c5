//! Old segments of the journal go to the archive; a base takes their place.
//!
//! Every step leaves a folder that opens: the state and the copies are made beside what is there, one
//! rename moves the journal's beginning, and only then are the old segments removed. What a step that
//! was cut short left behind is removed by the next opening.

mod copy;
#[cfg(test)]
mod tests;
mod tidy;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

pub(super) use tidy::tidy;

use super::{
    base::{Base, PairsWriter},
    error::OpenError,
    files,
    follow::follow,
    home::Home,
    journal::{
        ARCHIVE, Checked, FileDisk, JournalDisk, LineHash, Start, last_record, segment_name,
        segments_in,
    },
    position::{Digest, Position},
    recover::{load, usable_base},
    store::{SledSource, Store, StoreSource, Way},
};
use crate::domain::Stamp;

/// Where the state at the last archived record is built.
const BUILDING: &str = "archive.building";

/// Memory for the cache of that state.
const CACHE_BYTES: u64 = 64 << 20;

/// Pairs written at once.
const PAGE: usize = 1_024;

/// What was archived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveReport {
    /// First and last segment that went.
    pub segments: (u32, u32),
    /// The last archived record.
    pub records: u64,
    /// When that was written.
    pub until: Stamp,
    /// Bytes that went.
    pub bytes: u64,
    /// Where to.
    pub to: PathBuf,
}

/// What is about to be done; tests end it here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The state at the last archived record is built.
    Build,
    /// It is written beside the journal.
    WriteState,
    /// This segment is copied.
    Copy(u32),
    /// The journal's beginning moves.
    Commit,
    /// This segment is removed.
    Remove(u32),
}

/// The segments that go.
struct Cut {
    segments: Vec<u32>,
    last: (u64, LineHash),
    until: Stamp,
}

/// Moves the closed segments whose last record is older than `older_than` into `to`, by default the
/// folder `archive` of the data folder `dir`, which no engine may use. `None` where there are none.
pub fn archive(
    dir: &Path,
    older_than: Stamp,
    to: Option<&Path>,
) -> Result<Option<ArchiveReport>, OpenError> {
    archive_in_steps(dir, older_than, to, &mut |_| Ok(()))
}

fn archive_in_steps(
    dir: &Path,
    older_than: Stamp,
    to: Option<&Path>,
    before: &mut dyn FnMut(Step) -> Result<(), OpenError>,
) -> Result<Option<ArchiveReport>, OpenError> {
    let home = Home::visit(dir)?;
    let journal = home.journal();
    tidy(dir)?;
    let disk: Arc<dyn JournalDisk> = Arc::new(FileDisk::read_only(&journal));
    let Some(cut) = plan(&*disk, &journal, older_than)? else {
        return Ok(None);
    };
    let base = usable_base(&*disk)?;
    let start = base.as_ref().map(Base::start).unwrap_or_default();
    let checked = Checked::skim(Arc::clone(&disk), start)?;

    before(Step::Build)?;
    let building = dir.join(BUILDING);
    files::make_dir(&building).map_err(|e| OpenError::io(&building, "made", &e))?;
    let store = SledSource::new(&building, CACHE_BYTES).open()?;
    let position = match &base {
        Some(base) => load(base, &*disk, &*store)?,
        None => Position::default(),
    };
    let position = follow(&*store, checked.reader(), position, cut.last)?;

    before(Step::WriteState)?;
    let name = Base::pairs_name(position.seq);
    let sha256 = write_state(&*store, position.digest, &journal.join(&name))?;
    files::sync_dir(&journal).map_err(|e| OpenError::io(&journal, "forced to disk", &e))?;
    drop(store);
    remove_dir(&building)?;

    let to = to.map_or_else(|| dir.join(ARCHIVE), Path::to_owned);
    fs::create_dir_all(to.parent().unwrap_or(&to)).map_err(|e| OpenError::io(&to, "made", &e))?;
    files::make_dir(&to).map_err(|e| OpenError::io(&to, "made", &e))?;
    let mut bytes = 0;
    for segment in &cut.segments {
        before(Step::Copy(*segment))?;
        let name = segment_name(*segment);
        bytes += copy::proven(&journal.join(&name), &to.join(&name))?;
    }
    files::sync_dir(&to).map_err(|e| OpenError::io(&to, "forced to disk", &e))?;

    before(Step::Commit)?;
    let (first, last) = (cut.segments[0], cut.segments[cut.segments.len() - 1]);
    let start = Start {
        segment: last + 1,
        seq: position.seq,
        hash: position.hash,
    };
    Base::new(start, position.digest, name, sha256)
        .put(&journal)
        .map_err(|e| OpenError::io(&journal, "given a new beginning", &e))?;

    for segment in &cut.segments {
        before(Step::Remove(*segment))?;
        let file = journal.join(segment_name(*segment));
        fs::remove_file(&file).map_err(|e| OpenError::io(&file, "removed", &e))?;
    }
    tidy(dir)?;
    Ok(Some(ArchiveReport {
        segments: (first, last),
        records: position.seq,
        until: cut.until,
        bytes,
        to,
    }))
}

/// Which segments go: closed ones, from the first on, as long as they are old.
fn plan(
    disk: &dyn JournalDisk,
    journal: &Path,
    older_than: Stamp,
) -> Result<Option<Cut>, OpenError> {
    let mut kept = segments_in(journal).map_err(|e| OpenError::io(journal, "listed", &e))?;
    // The last one is still written to.
    kept.pop();
    let mut cut: Option<Cut> = None;
    for segment in kept {
        let found = last_record(disk, segment)
            .map_err(|e| OpenError::io(segment_name(segment), "read", &e))?;
        // Where it is damaged the check of the chain, which follows, says so.
        let Some((entry, hash)) = found.filter(|(entry, _)| entry.at < older_than) else {
            break;
        };
        let mut segments = cut.map_or_else(Vec::new, |cut| cut.segments);
        segments.push(segment);
        cut = Some(Cut {
            segments,
            last: (entry.seq, hash),
            until: entry.at,
        });
    }
    Ok(cut)
}

/// Writes every pair of the state. Returns the file's hash.
fn write_state(store: &dyn Store, digest: Digest, path: &Path) -> Result<String, OpenError> {
    let io = |e: std::io::Error| OpenError::io(path, "written", &e);
    let mut out = PairsWriter::create(path).map_err(io)?;
    let mut written = Digest::default();
    // Kind 0 is the state's word about itself.
    let mut from = vec![1];
    loop {
        let page = store.range(&from, &[u8::MAX; 2], Way::Up, PAGE)?;
        for (key, value) in &page {
            written.add(key, value);
            out.add(key, value).map_err(io)?;
        }
        match page.last() {
            Some((key, _)) if page.len() == PAGE => {
                from.clone_from(key);
                from.push(0);
            }
            _ => break,
        }
    }
    if written != digest {
        return Err(crate::ledger::StoreError::Damaged {
            says: "the state that was built is not what was written into it".into(),
        }
        .into());
    }
    out.finish().map_err(io)
}

fn remove_dir(path: &Path) -> Result<(), OpenError> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(OpenError::io(path, "removed", &e))
        }
        _ => Ok(()),
    }
}
