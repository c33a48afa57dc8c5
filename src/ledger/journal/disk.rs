//! The files of the journal, behind a trait so that a simulation can lose what was not forced to
//! disk.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// What the journal needs of a disk. Segments are named by the position of their first record.
pub trait Disk: Send + Sync {
    /// The segments, oldest first.
    fn segments(&self) -> io::Result<Vec<u64>>;
    /// Makes an empty segment, itself durable.
    fn create(&self, segment: u64) -> io::Result<()>;
    /// Its size in bytes.
    fn len(&self, segment: u64) -> io::Result<u64>;
    /// Writes at the end.
    fn append(&self, segment: u64, bytes: &[u8]) -> io::Result<()>;
    /// Forces what was written to disk.
    fn sync(&self, segment: u64) -> io::Result<()>;
    /// Cuts a segment.
    fn truncate(&self, segment: u64, len: u64) -> io::Result<()>;
    /// Reads a part.
    fn read(&self, segment: u64, offset: u64, len: usize) -> io::Result<Vec<u8>>;
    /// Puts bytes that were cut off aside for a person to look at.
    fn keep_aside(&self, name: &str, bytes: &[u8]) -> io::Result<()>;
}

/// A folder of files `00000000000000000001.jsonl`, mode 0600.
#[derive(Debug)]
pub struct FileDisk {
    dir: PathBuf,
    open: Mutex<BTreeMap<u64, File>>,
}

impl FileDisk {
    /// The folder has to exist.
    pub fn new(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
            open: Mutex::default(),
        }
    }

    fn path(&self, segment: u64) -> PathBuf {
        self.dir.join(format!("{segment:020}.jsonl"))
    }

    fn with<T>(
        &self,
        segment: u64,
        use_it: impl FnOnce(&mut File) -> io::Result<T>,
    ) -> io::Result<T> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let file = match open.entry(segment) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let file = OpenOptions::new()
                    .read(true)
                    .append(true)
                    .open(self.path(segment))?;
                entry.insert(file)
            }
        };
        use_it(file)
    }
}

impl Disk for FileDisk {
    fn segments(&self) -> io::Result<Vec<u64>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.dir)? {
            let name = entry?.file_name();
            let name = name.to_string_lossy();
            if let Some(number) = name.strip_suffix(".jsonl").and_then(|n| n.parse().ok()) {
                found.push(number);
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    fn create(&self, segment: u64) -> io::Result<()> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(self.path(segment))?;
        file.sync_all()?;
        File::open(&self.dir)?.sync_all()
    }

    fn len(&self, segment: u64) -> io::Result<u64> {
        self.with(segment, |file| Ok(file.metadata()?.len()))
    }

    fn append(&self, segment: u64, bytes: &[u8]) -> io::Result<()> {
        self.with(segment, |file| file.write_all(bytes))
    }

    fn sync(&self, segment: u64) -> io::Result<()> {
        self.with(segment, |file| file.sync_data())
    }

    fn truncate(&self, segment: u64, len: u64) -> io::Result<()> {
        self.with(segment, |file| {
            file.set_len(len)?;
            file.sync_data()
        })
    }

    fn read(&self, segment: u64, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        self.with(segment, |file| {
            file.seek(SeekFrom::Start(offset))?;
            let mut bytes = vec![0; len];
            file.read_exact(&mut bytes)?;
            Ok(bytes)
        })
    }

    fn keep_aside(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(self.dir.join(name))?;
        file.write_all(bytes)?;
        file.sync_all()
    }
}
