//! One line and its place in the chain.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::{domain::event::Entry, ledger::LedgerError};

/// What stands before the hash in every line.
const HASH_KEY: &str = ",\"hash\":\"";

/// Bytes of a hash in hex.
const HASH_HEX: usize = 64;

/// Position and hash of the last record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Its position; 0 before the first.
    pub seq: u64,
    /// Its hash, hex; zeros before the first.
    pub hash: String,
}

impl Default for Chain {
    fn default() -> Self {
        Self {
            seq: 0,
            hash: "0".repeat(HASH_HEX),
        }
    }
}

/// What is wrong with a line.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Damage {
    /// No newline at its end.
    #[error("the line is cut off")]
    Cut,
    /// Its hash is not the hash of its text.
    #[error("its text does not match its hash")]
    Hash,
    /// It does not follow the line before.
    #[error("it does not follow the record before it")]
    Chain,
    /// Its text is no record.
    #[error("it is no record: {0}")]
    Json(String),
}

/// A record with its chain, as it is written.
#[derive(Serialize)]
struct Written<'a> {
    #[serde(flatten)]
    entry: &'a Entry,
    prev: &'a str,
}

#[derive(Deserialize)]
struct Read {
    #[serde(flatten)]
    entry: Entry,
    prev: String,
}

/// Bytes as hex.
pub(in crate::ledger) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, b| {
            let _ = write!(out, "{b:02x}");
            out
        })
}

impl Chain {
    /// The line of the next record; the chain moves on to it.
    pub fn encode(&mut self, entry: &Entry) -> Result<Vec<u8>, LedgerError> {
        debug_assert_eq!(entry.seq, self.seq + 1, "records have no gaps");
        let body = serde_json::to_string(&Written {
            entry,
            prev: &self.hash,
        })
        .map_err(|e| LedgerError::Damaged(format!("a record could not be written down: {e}")))?;
        let hash = hex(&Sha256::digest(&body));
        let open = body.strip_suffix('}').unwrap_or(&body);
        let line = format!("{open}{HASH_KEY}{hash}\"}}\n");
        self.seq = entry.seq;
        self.hash = hash;
        Ok(line.into_bytes())
    }

    /// Reads the next record, newline included; the chain moves on to it only if it fits.
    pub fn decode(&mut self, line: &[u8]) -> Result<Entry, Damage> {
        let (body, hash) = split(line)?;
        if hex(&Sha256::digest(&body)) != hash {
            return Err(Damage::Hash);
        }
        let read: Read = serde_json::from_str(&body).map_err(|e| Damage::Json(e.to_string()))?;
        if read.prev != self.hash || read.entry.seq != self.seq + 1 {
            return Err(Damage::Chain);
        }
        self.seq = read.entry.seq;
        hash.clone_into(&mut self.hash);
        Ok(read.entry)
    }
}

/// Reads one record without its neighbours; its own hash is checked.
pub(super) fn decode(line: &[u8]) -> Result<Entry, Damage> {
    let (body, hash) = split(line)?;
    if hex(&Sha256::digest(&body)) != hash {
        return Err(Damage::Hash);
    }
    let read: Read = serde_json::from_str(&body).map_err(|e| Damage::Json(e.to_string()))?;
    Ok(read.entry)
}

/// The text that was hashed, and the hash.
fn split(line: &[u8]) -> Result<(String, &str), Damage> {
    let text = line.strip_suffix(b"\n").ok_or(Damage::Cut)?;
    let text = std::str::from_utf8(text).map_err(|e| Damage::Json(e.to_string()))?;
    let rest = text.strip_suffix("\"}").ok_or(Damage::Cut)?;
    let at = rest.len().checked_sub(HASH_HEX).ok_or(Damage::Cut)?;
    let (head, hash) = rest.split_at_checked(at).ok_or(Damage::Hash)?;
    let open = head.strip_suffix(HASH_KEY).ok_or(Damage::Hash)?;
    Ok((format!("{open}}}"), hash))
}
