//! A segment's way into the archive.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use sha2::{Digest as _, Sha256};

use crate::ledger::{error::OpenError, files};

/// Puts a copy of `from` at `to`, forced to disk and read back. Where the same is there already,
/// nothing is done; anything else there is not touched. Returns its bytes.
pub(super) fn proven(from: &Path, to: &Path) -> Result<u64, OpenError> {
    let (want, bytes) = hash(from)?;
    if to.exists() {
        return same(to, &want).map(|()| bytes);
    }
    let io = |e: io::Error| OpenError::io(to, "written", &e);
    // Under another name until it is whole; the folder is forced to disk by whoever asked.
    let fresh = to.with_extension("jsonl.new");
    let mut target = files::create(&fresh).map_err(io)?;
    target.set_len(0).map_err(io)?;
    let mut source = File::open(from).map_err(|e| OpenError::io(from, "read", &e))?;
    io::copy(&mut source, &mut target).map_err(io)?;
    target.sync_all().map_err(io)?;
    drop(target);
    same(&fresh, &want)?;
    fs::rename(&fresh, to).map_err(io)?;
    Ok(bytes)
}

fn same(path: &Path, want: &[u8; 32]) -> Result<(), OpenError> {
    if hash(path)?.0 == *want {
        Ok(())
    } else {
        Err(OpenError::ArchiveDiffers {
            path: path.to_owned(),
        })
    }
}

fn hash(path: &Path) -> Result<([u8; 32], u64), OpenError> {
    let io = |e: io::Error| OpenError::io(path, "read", &e);
    let mut hasher = Sha256::new();
    let bytes = io::copy(&mut File::open(path).map_err(io)?, &mut hasher).map_err(io)?;
    Ok((hasher.finalize().into(), bytes))
}
