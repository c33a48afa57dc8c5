//! Where a journal begins whose first segments went to the archive: the whole working state at the
//! last archived record, and that record's hash, which the first segment that stayed continues.

mod pairs;

use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

pub(super) use pairs::{PairsReader, PairsWriter};

use super::{
    error::{Damage, OpenError},
    files,
    journal::{JournalDisk, LineHash, Start},
    position::{Digest, STATE_SCHEMA},
};

/// Version of `base.json`.
pub(super) const BASE_SCHEMA: u32 = 1;

/// In the journal's folder.
pub(super) const BASE: &str = "base.json";

/// `base.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Base {
    /// Version of this file.
    pub schema: u32,
    /// The first segment that stayed.
    pub first_segment: u32,
    /// The last archived record.
    pub seq: u64,
    /// That record's hash, hex.
    hash: String,
    /// Schema of the state in `pairs`.
    pub state_schema: u32,
    /// The state's digest, hex.
    digest: String,
    /// The file with the state.
    pub pairs: String,
    /// That file's SHA-256, hex.
    pub sha256: String,
}

/// The one member that every version has.
#[derive(Deserialize)]
struct Schema {
    schema: u32,
}

impl Base {
    /// The base of a state at record `seq` that `pairs` holds.
    pub fn new(start: Start, digest: Digest, pairs: String, sha256: String) -> Self {
        Self {
            schema: BASE_SCHEMA,
            first_segment: start.segment,
            seq: start.seq,
            hash: start.hash.hex(),
            state_schema: STATE_SCHEMA,
            digest: digest.hex(),
            pairs,
            sha256,
        }
    }

    /// The name of the file with the state at record `seq`.
    pub fn pairs_name(seq: u64) -> String {
        format!("base-{seq}.pairs")
    }

    /// The base of a journal, if it has one.
    pub fn read(disk: &dyn JournalDisk) -> Result<Option<Self>, OpenError> {
        let text = disk
            .beside(BASE)
            .map_err(|e| OpenError::io(BASE, "read", &e))?;
        text.map(|mut text| {
            let mut bytes = Vec::new();
            io::Read::read_to_end(&mut text, &mut bytes)
                .map_err(|e| OpenError::io(BASE, "read", &e))?;
            Self::parse(&bytes)
        })
        .transpose()
    }

    fn parse(text: &[u8]) -> Result<Self, OpenError> {
        // The schema first: a newer file may have other members.
        let Schema { schema } =
            serde_json::from_slice(text).map_err(|e| damaged(BASE, &e.to_string()))?;
        if schema > BASE_SCHEMA {
            return Err(OpenError::Newer {
                what: BASE.into(),
                found: schema,
                known: BASE_SCHEMA,
            });
        }
        let base: Self = serde_json::from_slice(text).map_err(|e| damaged(BASE, &e.to_string()))?;
        let plain = base.pairs == Self::pairs_name(base.seq);
        let hashes = LineHash::parse(base.hash.as_bytes()).is_some()
            && Digest::parse(&base.digest).is_some();
        if base.first_segment < 2 || base.seq == 0 || !plain || !hashes {
            return Err(damaged(BASE, "its members do not fit together").into());
        }
        Ok(base)
    }

    /// What the first segment that stayed continues.
    pub fn start(&self) -> Start {
        Start {
            segment: self.first_segment,
            seq: self.seq,
            // Checked when it was read.
            hash: LineHash::parse(self.hash.as_bytes()).unwrap_or_default(),
        }
    }

    /// The state's digest.
    pub fn digest(&self) -> Digest {
        // Checked when it was read.
        Digest::parse(&self.digest).unwrap_or_default()
    }

    /// Whether this program understands the state in it.
    pub fn is_understood(&self) -> bool {
        self.state_schema == STATE_SCHEMA
    }

    /// The pairs of the state, each shown in turn; an error where they are not what was written.
    pub fn each_pair(
        &self,
        disk: &dyn JournalDisk,
        mut see: impl FnMut(Vec<u8>, Vec<u8>) -> Result<(), OpenError>,
    ) -> Result<(), OpenError> {
        let io = |e: io::Error| match e.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => {
                OpenError::from(damaged(&self.pairs, &e.to_string()))
            }
            _ => OpenError::io(self.pairs.as_str(), "read", &e),
        };
        let Some(file) = disk.beside(&self.pairs).map_err(io)? else {
            return Err(damaged(&self.pairs, "the file is missing").into());
        };
        let mut digest = Digest::default();
        let mut reader = PairsReader::new(file);
        while let Some((key, value)) = reader.next().map_err(io)? {
            digest.add(&key, &value);
            see(key, value)?;
        }
        if reader.sha256() != self.sha256 {
            return Err(damaged(&self.pairs, "its text does not match its hash").into());
        }
        if digest != self.digest() {
            return Err(damaged(&self.pairs, "it does not match its digest").into());
        }
        Ok(())
    }

    /// Puts it in place in one step: from then on the journal begins behind it.
    pub fn put(&self, journal: &Path) -> io::Result<()> {
        let fresh = journal.join(format!("{BASE}.new"));
        let mut file = files::create(&fresh)?;
        file.set_len(0)?;
        let mut text = serde_json::to_vec_pretty(self).expect("plain data");
        text.push(b'\n');
        file.write_all(&text)?;
        file.sync_all()?;
        std::fs::rename(&fresh, journal.join(BASE))?;
        files::sync_dir(journal)
    }
}

fn damaged(file: &str, what: &str) -> Damage {
    Damage {
        file: file.to_owned(),
        line: 1,
        byte: 0,
        what: what.to_owned(),
    }
}
