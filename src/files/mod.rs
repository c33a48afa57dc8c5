//! What lies on the warehouse's own disk: documents kept, stock files and AWB lists read.

mod allotted;
mod documents;
mod error;
#[cfg(any(test, fuzzing))]
pub(crate) mod feed;
mod inventory;
mod watch;

pub use allotted::{AllottedFile, read_allotted};
pub use documents::{DocumentError, DocumentStore, StoredDocument, Usage};
pub use error::{FileError, Problem};
pub use inventory::{StockFile, StockRow, read_stock};
pub use watch::InventoryWatch;

use std::{fs::File, io::Read, path::Path};

use sha2::{Digest, Sha256};

/// SHA-256, hex.
fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// A whole regular file of at most `max` bytes. Pipes and devices are not read: one could block.
fn load(path: &Path, max: u64) -> Result<Vec<u8>, FileError> {
    let disk = |e: std::io::Error| FileError::new(path, e.to_string());
    if !std::fs::metadata(path).map_err(disk)?.is_file() {
        return Err(FileError::new(path, "is no regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(max.saturating_add(1)).read_to_end(&mut bytes))
        .map_err(disk)?;
    if bytes.len() as u64 > max {
        return Err(FileError::new(
            path,
            format!("larger than {} MiB", max >> 20),
        ));
    }
    Ok(bytes)
}
