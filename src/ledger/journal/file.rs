//! The journal's files in a folder.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use super::disk::{JournalDisk, segment_name};
use crate::ledger::files;

/// Segments kept open. Screens read the newest; a long history touches a few older ones.
const OPEN_MAX: usize = 8;

/// The archive's folder, beside the journal's.
pub(in crate::ledger) const ARCHIVE: &str = "archive";

/// `journal/NNNNNNNN.jsonl`, and where they are not there any more `archive/NNNNNNNN.jsonl`.
pub struct FileDisk {
    dir: PathBuf,
    archive: Option<PathBuf>,
    open: Mutex<BTreeMap<u32, Arc<File>>>,
    writable: bool,
}

impl FileDisk {
    /// The journal in `dir`, which is made if it is not there.
    pub fn create(dir: &Path) -> io::Result<Self> {
        files::make_dir(dir)?;
        Ok(Self::at(dir, true))
    }

    /// The journal in `dir`, to read only.
    pub fn read_only(dir: &Path) -> Self {
        Self::at(dir, false)
    }

    fn at(dir: &Path, writable: bool) -> Self {
        Self {
            dir: dir.to_owned(),
            archive: dir.parent().map(|data| data.join(ARCHIVE)),
            open: Mutex::default(),
            writable,
        }
    }

    /// The same with the archive in another folder.
    #[must_use]
    pub fn with_archive(mut self, archive: &Path) -> Self {
        self.archive = Some(archive.to_owned());
        self
    }

    /// Opens a segment: what is archived is only read.
    fn open_segment(&self, segment: u32) -> io::Result<File> {
        let name = segment_name(segment);
        let kept = fs::OpenOptions::new()
            .read(true)
            .append(self.writable)
            .open(self.dir.join(&name));
        match (kept, &self.archive) {
            (Err(e), Some(archive)) if e.kind() == io::ErrorKind::NotFound => {
                File::open(archive.join(&name))
            }
            (kept, _) => kept,
        }
    }

    fn file(&self, segment: u32) -> io::Result<Arc<File>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = open.get(&segment) {
            return Ok(Arc::clone(file));
        }
        let file = Arc::new(self.open_segment(segment)?);
        if open.len() >= OPEN_MAX {
            open.pop_first();
        }
        open.insert(segment, Arc::clone(&file));
        Ok(file)
    }
}

impl JournalDisk for FileDisk {
    fn segments(&self) -> io::Result<Vec<u32>> {
        let mut found = segments_in(&self.dir)?;
        if let Some(archive) = &self.archive {
            found.extend(segments_in(archive)?);
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    fn beside(&self, name: &str) -> io::Result<Option<Box<dyn io::Read>>> {
        match File::open(self.dir.join(name)) {
            Ok(file) => Ok(Some(Box::new(file))),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    fn create(&self, segment: u32) -> io::Result<()> {
        files::create(&self.dir.join(segment_name(segment)))?.sync_all()?;
        files::sync_dir(&self.dir)
    }

    fn size(&self, segment: u32) -> io::Result<u64> {
        Ok(self.file(segment)?.metadata()?.len())
    }

    fn append(&self, segment: u32, bytes: &[u8]) -> io::Result<()> {
        (&*self.file(segment)?).write_all(bytes)
    }

    fn sync(&self, segment: u32) -> io::Result<()> {
        self.file(segment)?.sync_data()
    }

    fn truncate(&self, segment: u32, size: u64) -> io::Result<()> {
        let file = self.file(segment)?;
        file.set_len(size)?;
        file.sync_all()
    }

    fn read_at(&self, segment: u32, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let file = self.file(segment)?;
        let mut filled = 0;
        while filled < buffer.len() {
            match file.read_at(&mut buffer[filled..], offset + filled as u64) {
                Ok(0) => break,
                Ok(n) => filled += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(filled)
    }

    fn keep_torn(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut file = files::create(&self.dir.join(name))?;
        file.set_len(0)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        files::sync_dir(&self.dir)
    }
}

/// The segments in a folder, ascending; none if it is not there.
pub(in crate::ledger) fn segments_in(dir: &Path) -> io::Result<Vec<u32>> {
    let entries = match fs::read_dir(dir) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        let number = name
            .to_str()
            .and_then(|n| n.strip_suffix(".jsonl"))
            .filter(|n| n.len() >= 8)
            .and_then(|n| n.parse::<u32>().ok());
        found.extend(number);
    }
    found.sort_unstable();
    Ok(found)
}
