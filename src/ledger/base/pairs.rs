//! A file of pairs: for each, the lengths of key and value (4 bytes each, big-endian), key, value.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Write},
    path::Path,
};

use sha2::{Digest as _, Sha256};

use crate::ledger::{files, store::VALUE_BYTES_MAX};

/// Longest key: far above any of ours, so that a damaged length does not fill the memory.
const KEY_BYTES_MAX: usize = 4 * 1024;

/// Writes pairs and their hash.
pub(in crate::ledger) struct PairsWriter {
    file: BufWriter<File>,
    hasher: Sha256,
}

impl PairsWriter {
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = files::create(path)?;
        file.set_len(0)?;
        Ok(Self {
            file: BufWriter::new(file),
            hasher: Sha256::new(),
        })
    }

    pub fn add(&mut self, key: &[u8], value: &[u8]) -> io::Result<()> {
        let length = |bytes: &[u8]| {
            u32::try_from(bytes.len())
                .map(u32::to_be_bytes)
                .map_err(io::Error::other)
        };
        for part in [&length(key)?[..], &length(value)?[..], key, value] {
            self.hasher.update(part);
            self.file.write_all(part)?;
        }
        Ok(())
    }

    /// Forces it to disk. Returns its hash, hex.
    pub fn finish(mut self) -> io::Result<String> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        Ok(hex::encode(self.hasher.finalize()))
    }
}

/// Reads them.
pub(in crate::ledger) struct PairsReader<R> {
    file: BufReader<R>,
    hasher: Sha256,
}

impl<R: Read> PairsReader<R> {
    pub fn new(file: R) -> Self {
        Self {
            file: BufReader::new(file),
            hasher: Sha256::new(),
        }
    }

    /// The next pair; `None` at the end.
    pub fn next(&mut self) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
        let mut lengths = [0; 8];
        if self.file.by_ref().take(1).read(&mut lengths[..1])? == 0 {
            return Ok(None);
        }
        self.file.read_exact(&mut lengths[1..])?;
        self.hasher.update(lengths);
        let (key, value) = lengths.split_at(4);
        let key = self.part(key, KEY_BYTES_MAX)?;
        let value = self.part(value, VALUE_BYTES_MAX)?;
        Ok(Some((key, value)))
    }

    fn part(&mut self, length: &[u8], limit: usize) -> io::Result<Vec<u8>> {
        let length = length.iter().fold(0_usize, |n, b| n << 8 | usize::from(*b));
        if length > limit {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("a part of {length} bytes"),
            ));
        }
        let mut bytes = vec![0; length];
        self.file.read_exact(&mut bytes)?;
        self.hasher.update(&bytes);
        Ok(bytes)
    }

    /// Hash of what was read, hex.
    pub fn sha256(self) -> String {
        hex::encode(self.hasher.finalize())
    }
}
