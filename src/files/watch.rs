//! Waiting for stock files: by looking, which works on every file system, network shares included.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::{
    error::FileError,
    inventory::{self, FILE_MAX, StockFile},
    load,
};

/// What a file looked like: when it was written, and its size in bytes.
type Look = (SystemTime, u64);

/// Watches a file, or the files of a folder. They are never moved or deleted: they are the
/// warehouse's.
#[derive(Debug)]
pub struct InventoryWatch {
    path: PathBuf,
    seen: HashMap<PathBuf, Look>,
    done: HashMap<PathBuf, Look>,
    /// What could not be opened, with the words that were told already.
    failed: HashMap<PathBuf, String>,
}

impl InventoryWatch {
    /// Watches `path`.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            seen: HashMap::new(),
            done: HashMap::new(),
            failed: HashMap::new(),
        }
    }

    /// Files that are new or changed and have not changed since the last look: one that is still
    /// being written waits. Oldest first. What cannot be opened is told once and tried again.
    pub fn poll(&mut self) -> Vec<Result<StockFile, FileError>> {
        let looks = match self.looks() {
            Ok(looks) => looks,
            Err(error) => {
                self.seen.clear();
                let path = self.path.clone();
                return self.told_once(&path, error).into_iter().collect();
            }
        };
        let mut steady: Vec<(&PathBuf, Look)> = looks
            .iter()
            .filter(|(path, look)| self.seen.get(*path) == Some(look))
            .filter(|(path, look)| self.done.get(*path) != Some(look))
            .map(|(path, look)| (path, *look))
            .collect();
        steady.sort_by(|a, b| (a.1.0, a.0).cmp(&(b.1.0, b.0)));
        let found = steady
            .into_iter()
            .filter_map(|(path, look)| self.read(path, look))
            .collect();
        self.done.retain(|path, _| looks.contains_key(path));
        self.failed.retain(|path, _| looks.contains_key(path));
        self.seen = looks;
        found
    }

    fn read(&mut self, path: &Path, look: Look) -> Option<Result<StockFile, FileError>> {
        let bytes = match load(path, FILE_MAX) {
            Ok(bytes) => bytes,
            Err(error) => return self.told_once(path, error),
        };
        // Written to while it was read: the next look will show it.
        if look_at(path).ok() != Some(look) {
            return None;
        }
        self.failed.remove(path);
        self.done.insert(path.to_owned(), look);
        Some(inventory::parse(path, &bytes, look.0.into()))
    }

    fn told_once(&mut self, path: &Path, error: FileError) -> Option<Result<StockFile, FileError>> {
        let before = self.failed.insert(path.to_owned(), error.says.clone());
        (before.as_ref() != Some(&error.says)).then_some(Err(error))
    }

    fn looks(&self) -> Result<HashMap<PathBuf, Look>, FileError> {
        let wrong = |e: io::Error| FileError::new(&self.path, e.to_string());
        let meta = fs::metadata(&self.path).map_err(wrong)?;
        // A file that is named in the settings may be called what it likes.
        let candidates: Vec<PathBuf> = if meta.is_dir() {
            fs::read_dir(&self.path)
                .map_err(wrong)?
                .filter_map(|entry| Some(entry.ok()?.path()))
                .filter(|path| !is_passing(path))
                .collect()
        } else {
            vec![self.path.clone()]
        };
        Ok(candidates
            .into_iter()
            .filter_map(|path| {
                let look = look_at(&path).ok()?;
                Some((path, look))
            })
            .collect())
    }
}

/// How a regular file looks.
fn look_at(path: &Path) -> io::Result<Look> {
    let meta = fs::metadata(path)?;
    if !meta.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    Ok((meta.modified()?, meta.len()))
}

/// Hidden files, and the names under which uploads and editors keep what is not finished.
fn is_passing(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
    name.starts_with('.') || name.ends_with('~') || ending == "tmp" || ending == "part"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, text: &str) {
        fs::write(path, text).expect("written");
    }

    #[test]
    fn a_file_that_is_being_written_waits() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut watch = InventoryWatch::new(dir.path().to_owned());
        let path = dir.path().join("count");
        write(&path, "sku,quantity\nA,1\n");
        for passing in [".hidden.csv", "count.csv.tmp", "up.PART", "count.csv~"] {
            write(&dir.path().join(passing), "sku,quantity\nX,1\n");
        }
        fs::create_dir(dir.path().join("old")).expect("a folder");
        assert!(watch.poll().is_empty());
        assert_eq!(watch.poll().len(), 1);
        assert!(watch.poll().is_empty());
        write(&path, "sku,quantity\nA,1\nB,2\n");
        assert!(watch.poll().is_empty());
        write(&path, "sku,quantity\nA,1\nB,2\nC,3\n");
        assert!(watch.poll().is_empty(), "it grew since");
        let found = watch.poll();
        let Some(Ok(file)) = found.first() else {
            panic!("{found:?}");
        };
        assert_eq!((found.len(), file.rows.len()), (1, 3));
        assert!(path.exists());
        fs::remove_file(&path).expect("gone");
        assert!(watch.poll().is_empty());
        write(&path, "sku,quantity\nA,1\n");
        watch.poll();
        assert_eq!(watch.poll().len(), 1, "a new file under the old name");
    }

    #[test]
    fn errors_are_told_once() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("count.dat");
        let mut watch = InventoryWatch::new(path.clone());
        assert!(matches!(watch.poll().as_slice(), [Err(_)]));
        assert!(watch.poll().is_empty());
        write(&path, "no header");
        assert!(watch.poll().is_empty());
        assert!(matches!(watch.poll().as_slice(), [Err(_)]));
        assert!(watch.poll().is_empty(), "it has not changed");
        write(&path, "sku,quantity\nA,1\n");
        watch.poll();
        assert!(matches!(watch.poll().as_slice(), [Ok(_)]));
    }
}
