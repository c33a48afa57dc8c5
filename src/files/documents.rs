//! Labels and invoices: files named by their own hash, so that no name from outside is ever used and
//! what is read back can be proven.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use nix::libc::{O_DIRECTORY, O_NOFOLLOW};
use thiserror::Error;

use super::hash;

/// Largest document, bytes; labels and invoices are a few hundred KiB.
pub const DOCUMENT_MAX: usize = 10 << 20;

/// What a file is called while it is written.
const DRAFT: &str = "tmp";

/// A folder of documents, mode 0700, files 0600, `<first two hex digits>/<sha256>.pdf`.
#[derive(Clone, Debug)]
pub struct DocumentStore {
    dir: PathBuf,
}

/// A document that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDocument {
    /// SHA-256, hex.
    pub sha256: String,
    /// Size.
    pub bytes: u64,
}

/// What the folder holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Documents.
    pub count: u64,
    /// Their size, bytes.
    pub bytes: u64,
}

/// Why a document was not kept or not found.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// It is no PDF.
    #[error("not a PDF ({0})")]
    NotPdf(&'static str),
    /// It is too large.
    #[error("larger than {} MiB", DOCUMENT_MAX >> 20)]
    TooLarge,
    /// Not a hash.
    #[error("{0:?} names no document")]
    Name(String),
    /// What lies there is something else.
    #[error("the document {0} was changed on disk")]
    Changed(String),
    /// The disk.
    #[error("{0}: {1}")]
    Disk(PathBuf, #[source] io::Error),
}

impl DocumentStore {
    /// Opens or makes the folder, and clears away what a crash left half-written.
    pub fn open(dir: &Path) -> Result<Self, DocumentError> {
        let disk = |e| DocumentError::Disk(dir.to_owned(), e);
        make_dir(dir).map_err(disk)?;
        fs::set_permissions(dir, Permissions::from_mode(0o700)).map_err(disk)?;
        let store = Self {
            dir: dir.to_owned(),
        };
        store
            .each(|path, _| match path.extension() {
                Some(ending) if ending == DRAFT => fs::remove_file(path),
                _ => Ok(()),
            })
            .map_err(disk)?;
        Ok(store)
    }

    /// Keeps a PDF. The same document twice is one file; one that was changed on disk is put right.
    pub fn put(&self, bytes: &[u8]) -> Result<StoredDocument, DocumentError> {
        check(bytes)?;
        let sha256 = hash(bytes);
        let path = self.path(&sha256)?;
        if self.read(&sha256).is_err() {
            self.write(&path, bytes)
                .map_err(|e| DocumentError::Disk(path, e))?;
        }
        Ok(StoredDocument {
            bytes: bytes.len() as u64,
            sha256,
        })
    }

    /// Keeps a sheet for the printer under `sheets/`. Of the name only letters, digits, `-` and `_` are
    /// taken; an older sheet of the same name makes way.
    pub fn put_sheet(&self, name: &str, text: &str) -> Result<PathBuf, DocumentError> {
        let plain: String = name
            .chars()
            .map(|c| match c {
                c if c.is_ascii_alphanumeric() || c == '-' || c == '_' => c,
                _ => '-',
            })
            .take(80)
            .collect();
        let path = self.dir.join("sheets").join(format!("{plain}.txt"));
        self.write(&path, text.as_bytes())
            .map_err(|e| DocumentError::Disk(path.clone(), e))?;
        Ok(path)
    }

    /// Where a document lies.
    pub fn path(&self, sha256: &str) -> Result<PathBuf, DocumentError> {
        let is_hash = sha256.len() == 64
            && sha256
                .bytes()
                .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        match sha256.get(..2).filter(|_| is_hash) {
            Some(head) => Ok(self.dir.join(head).join(format!("{sha256}.pdf"))),
            None => Err(DocumentError::Name(sha256.chars().take(80).collect())),
        }
    }

    /// Reads a document and checks that it is the one that was kept.
    pub fn read(&self, sha256: &str) -> Result<Vec<u8>, DocumentError> {
        let path = self.path(sha256)?;
        let mut bytes = Vec::new();
        open_folder(path.parent().unwrap_or(&self.dir))
            .and_then(|_| {
                OpenOptions::new()
                    .read(true)
                    .custom_flags(O_NOFOLLOW)
                    .open(&path)
            })
            .and_then(|file| file.take(DOCUMENT_MAX as u64 + 1).read_to_end(&mut bytes))
            .map_err(|e| DocumentError::Disk(path, e))?;
        if hash(&bytes) == sha256 {
            Ok(bytes)
        } else {
            Err(DocumentError::Changed(sha256.to_owned()))
        }
    }

    /// How many documents there are, and their size.
    pub fn usage(&self) -> Result<Usage, DocumentError> {
        let mut usage = Usage::default();
        self.each(|path, bytes| {
            if path.extension().is_some_and(|ending| ending == "pdf") {
                usage.count += 1;
                usage.bytes += bytes;
            }
            Ok(())
        })
        .map_err(|e| DocumentError::Disk(self.dir.clone(), e))?;
        Ok(usage)
    }

    /// Every regular file two levels down, with its size in bytes. Links are passed over.
    fn each(&self, mut visit: impl FnMut(&Path, u64) -> io::Result<()>) -> io::Result<()> {
        for folder in fs::read_dir(&self.dir)? {
            let folder = folder?;
            if !folder.file_type()?.is_dir() {
                continue;
            }
            for file in fs::read_dir(folder.path())? {
                let file = file?;
                let meta = file.metadata()?;
                if meta.is_file() {
                    visit(&file.path(), meta.len())?;
                }
            }
        }
        Ok(())
    }

    /// Draft, fsync, rename, fsync of the folder: after a power cut there is the whole document or
    /// none.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        static DRAFTS: AtomicU64 = AtomicU64::new(0);
        let folder = path.parent().unwrap_or(&self.dir);
        make_dir(folder)?;
        let handle = open_folder(folder)?;
        open_folder(&self.dir)?.sync_all()?;
        let nth = DRAFTS.fetch_add(1, Ordering::Relaxed);
        let draft = path.with_extension(format!("{}-{nth}.{DRAFT}", std::process::id()));
        write_new(&draft, bytes)
            .and_then(|()| fs::rename(&draft, path))
            .and_then(|()| handle.sync_all())
            .inspect_err(|_| {
                // The first error is the one to tell; a draft left over goes at the next start.
                fs::remove_file(&draft).ok();
            })
    }
}

pub(super) fn check(bytes: &[u8]) -> Result<(), DocumentError> {
    if bytes.len() > DOCUMENT_MAX {
        return Err(DocumentError::TooLarge);
    }
    if bytes.starts_with(b"%PDF-") {
        return Ok(());
    }
    let first = bytes.iter().find(|b| !b.is_ascii_whitespace());
    Err(DocumentError::NotPdf(match first {
        None => "it is empty",
        Some(b'<') => "it is a web page",
        Some(b'{' | b'[') => "it is a JSON answer",
        Some(_) => "it does not begin with %PDF-",
    }))
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .custom_flags(O_NOFOLLOW)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A folder that is one, not a link to one.
fn open_folder(dir: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .custom_flags(O_NOFOLLOW | O_DIRECTORY)
        .open(dir)
}

fn make_dir(dir: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    const LABEL: &[u8] = b"%PDF-1.4 label";

    fn open(dir: &tempfile::TempDir) -> DocumentStore {
        DocumentStore::open(&dir.path().join("documents")).expect("opens")
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("there").permissions().mode() & 0o777
    }

    #[test]
    fn a_document_is_kept_once_under_its_hash() {
        let dir = tempfile::tempdir().expect("a folder");
        let store = open(&dir);
        let stored = store.put(LABEL).expect("kept");
        assert_eq!(store.put(LABEL).expect("kept again"), stored);
        let path = store.path(&stored.sha256).expect("a path");
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().expect("a folder")), 0o700);
        assert_eq!(mode(&store.dir), 0o700);
        assert_eq!(store.read(&stored.sha256).expect("read"), LABEL);
        let usage = Usage {
            count: 1,
            bytes: 14,
        };
        assert_eq!(store.usage().expect("counted"), usage);
        fs::write(&path, b"%PDF-1.4 other").expect("changed");
        let changed = store.read(&stored.sha256);
        assert!(matches!(changed, Err(DocumentError::Changed(_))));
        store.put(LABEL).expect("put right");
        assert_eq!(store.read(&stored.sha256).expect("read"), LABEL);
    }

    #[test]
    fn what_is_no_pdf_is_refused() {
        let dir = tempfile::tempdir().expect("a folder");
        let store = open(&dir);
        for bad in [&b""[..], b"<html>", b"{\"code\":400}", b"GIF89a"] {
            assert!(matches!(store.put(bad), Err(DocumentError::NotPdf(_))));
        }
        let mut huge = b"%PDF-".to_vec();
        huge.resize(DOCUMENT_MAX + 1, b' ');
        assert!(matches!(store.put(&huge), Err(DocumentError::TooLarge)));
        let upper = "A".repeat(64);
        for name in ["../../etc/passwd", "", "zz", &"g".repeat(64), &upper] {
            let path = store.path(name);
            assert!(matches!(path, Err(DocumentError::Name(_))), "{name}");
        }
        assert_eq!(store.usage().expect("counted"), Usage::default());
    }

    #[test]
    fn links_are_not_followed() {
        let dir = tempfile::tempdir().expect("a folder");
        let store = open(&dir);
        let path = store.path(&hash(LABEL)).expect("a path");
        let folder = path.parent().expect("a folder");
        let elsewhere = dir.path().join("elsewhere");
        fs::create_dir(&elsewhere).expect("a folder");
        symlink(&elsewhere, folder).expect("a link");
        assert!(store.put(LABEL).is_err());
        assert_eq!(fs::read_dir(&elsewhere).expect("a folder").count(), 0);
        fs::remove_file(folder).expect("gone");

        let outside = dir.path().join("outside.pdf");
        fs::write(&outside, LABEL).expect("written");
        fs::create_dir(folder).expect("a folder");
        symlink(&outside, &path).expect("a link");
        assert!(store.read(&hash(LABEL)).is_err());
        store.put(LABEL).expect("the link is replaced");
        assert!(!fs::symlink_metadata(&path).expect("there").is_symlink());
        assert!(outside.exists());
    }

    #[test]
    fn drafts_of_a_crash_are_cleared_away() {
        let dir = tempfile::tempdir().expect("a folder");
        let store = open(&dir);
        let stored = store.put(LABEL).expect("kept");
        let path = store.path(&stored.sha256).expect("a path");
        let draft = path.with_extension("7-0.tmp");
        fs::write(&draft, b"%PDF").expect("written");
        let again = open(&dir);
        assert!(!draft.exists());
        assert_eq!(again.read(&stored.sha256).expect("read"), LABEL);
    }

    #[test]
    fn many_hands_at_once() {
        let dir = tempfile::tempdir().expect("a folder");
        let store = open(&dir);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| store.put(LABEL).expect("kept"));
            }
        });
        assert_eq!(store.usage().expect("counted").count, 1);
    }
}
