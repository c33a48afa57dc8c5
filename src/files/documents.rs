//! Labels and invoices: files named by their own hash, so that no name from outside is ever used and
//! what is read back can be proven.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use thiserror::Error;

/// Largest document, bytes; labels and invoices are a few hundred KiB.
pub const DOCUMENT_MAX: usize = 10 << 20;

/// A folder of documents, mode 0700, files 0600.
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
    /// Opens or makes the folder.
    pub fn open(dir: &Path) -> Result<Self, DocumentError> {
        make_dir(dir)?;
        Ok(Self {
            dir: dir.to_owned(),
        })
    }

    /// Keeps a PDF. The same document twice is one file.
    pub fn put(&self, bytes: &[u8]) -> Result<StoredDocument, DocumentError> {
        check(bytes)?;
        let sha256 = hash(bytes);
        let path = self.path(&sha256)?;
        let stored = StoredDocument {
            bytes: bytes.len() as u64,
            sha256,
        };
        if path.exists() {
            return Ok(stored);
        }
        let folder = path.parent().unwrap_or(&self.dir);
        make_dir(folder)?;
        let draft = path.with_extension(format!("{}.tmp", std::process::id()));
        let written = write_new(&draft, bytes)
            .and_then(|()| fs::rename(&draft, &path))
            .and_then(|()| File::open(folder)?.sync_all());
        written.map_err(|e| {
            let _ = fs::remove_file(&draft);
            DocumentError::Disk(path, e)
        })?;
        Ok(stored)
    }

    /// Where a document lies.
    pub fn path(&self, sha256: &str) -> Result<PathBuf, DocumentError> {
        let is_hash = sha256.len() == 64
            && sha256
                .bytes()
                .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let head = sha256.get(..2).filter(|_| is_hash);
        match head {
            Some(head) => Ok(self.dir.join(head).join(format!("{sha256}.pdf"))),
            None => Err(DocumentError::Name(sha256.chars().take(80).collect())),
        }
    }

    /// Reads a document and checks that it is the one that was kept.
    pub fn read(&self, sha256: &str) -> Result<Vec<u8>, DocumentError> {
        let path = self.path(sha256)?;
        let mut bytes = Vec::new();
        OpenOptions::new()
            .read(true)
            .custom_flags(nix::libc::O_NOFOLLOW)
            .open(&path)
            .and_then(|file| file.take(DOCUMENT_MAX as u64 + 1).read_to_end(&mut bytes))
            .map_err(|e| DocumentError::Disk(path, e))?;
        if hash(&bytes) == sha256 {
            Ok(bytes)
        } else {
            Err(DocumentError::Changed(sha256.to_owned()))
        }
    }
}

fn check(bytes: &[u8]) -> Result<(), DocumentError> {
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

fn hash(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut out, b| {
            let _ = write!(out, "{b:02x}");
            out
        })
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .custom_flags(nix::libc::O_NOFOLLOW)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn make_dir(dir: &Path) -> Result<(), DocumentError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(|e| DocumentError::Disk(dir.to_owned(), e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_document_is_kept_once_under_its_hash() {
        let dir = tempfile::tempdir().expect("a folder");
        let store = DocumentStore::open(&dir.path().join("documents")).expect("opens");
        let stored = store.put(b"%PDF-1.4 label").expect("kept");
        assert_eq!(store.put(b"%PDF-1.4 label").expect("kept again"), stored);
        let path = store.path(&stored.sha256).expect("a path");
        let mode = fs::metadata(&path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        assert_eq!(store.read(&stored.sha256).expect("read"), b"%PDF-1.4 label");
        fs::write(&path, b"%PDF-1.4 other").expect("changed");
        assert!(matches!(
            store.read(&stored.sha256),
            Err(DocumentError::Changed(_))
        ));
    }

    #[test]
    fn what_is_no_pdf_is_refused() {
        let dir = tempfile::tempdir().expect("a folder");
        let store = DocumentStore::open(dir.path()).expect("opens");
        for bad in [&b""[..], b"<html>", b"{\"code\":400}", b"GIF89a"] {
            assert!(matches!(store.put(bad), Err(DocumentError::NotPdf(_))));
        }
        for name in ["../../etc/passwd", "", "zz", &"g".repeat(64)] {
            assert!(
                matches!(store.path(name), Err(DocumentError::Name(_))),
                "{name}"
            );
        }
    }
}
