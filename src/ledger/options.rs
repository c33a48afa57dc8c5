//! What the ledger is opened with, and what a step is begun with.

use std::path::PathBuf;

use chrono::FixedOffset;

use super::weakness::Weakness;
use crate::domain::{LocationKey, Operator, Stamp};

/// How to open a ledger.
#[derive(Clone, Debug)]
pub struct LedgerOptions {
    /// The data folder.
    pub dir: PathBuf,
    /// Whose ledger it is: a folder of another warehouse is refused.
    pub location: LocationKey,
    /// Memory for the working state's cache; what the process takes can be three times as much.
    pub cache_bytes: u64,
    /// How old a reading of EasyEcom may be for the gate, seconds.
    pub fresh_for_s: i64,
    /// How long after its intent a request may still be sent.
    pub not_after: chrono::Duration,
    /// Whether the account's "Update Available Inventory Only" is known to be ON.
    pub stock_setting_on: bool,
    /// The warehouse's zone, for the words of a refusal.
    pub zone: FixedOffset,
    /// The program's version, for the journal.
    pub version: String,
    /// A new journal file begins when the last one reached this size: small enough to copy away and
    /// to search, large enough that a year has a few hundred.
    pub segment_bytes: u64,
    /// The working state is compacted on opening when it takes this many times the bytes of what is
    /// in it.
    pub compact_times: u64,
    /// Below this many bytes on disk it is never compacted.
    pub compact_floor: u64,
}

impl LedgerOptions {
    /// The defaults for `dir` and `location`.
    pub fn new(dir: impl Into<PathBuf>, location: LocationKey) -> Self {
        Self {
            dir: dir.into(),
            location,
            cache_bytes: 64 << 20,
            fresh_for_s: 60,
            not_after: chrono::Duration::seconds(4),
            stock_setting_on: false,
            zone: crate::domain::time::ist(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            segment_bytes: 64 << 20,
            compact_times: 4,
            compact_floor: 64 << 20,
        }
    }

    pub(in crate::ledger) fn rules(&self) -> Rules {
        Rules {
            fresh_for_s: self.fresh_for_s,
            not_after: self.not_after,
            stock_setting_on: self.stock_setting_on,
            zone: self.zone,
            segment_bytes: self.segment_bytes,
            compact_times: self.compact_times,
            compact_floor: self.compact_floor,
            weakness: Weakness::default(),
        }
    }
}

/// What the gate needs of the settings.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// See [`LedgerOptions::fresh_for_s`].
    pub fresh_for_s: i64,
    /// See [`LedgerOptions::not_after`].
    pub not_after: chrono::Duration,
    /// See [`LedgerOptions::stock_setting_on`].
    pub stock_setting_on: bool,
    /// See [`LedgerOptions::zone`].
    pub zone: FixedOffset,
    /// See [`LedgerOptions::segment_bytes`].
    pub segment_bytes: u64,
    /// See [`LedgerOptions::compact_times`].
    pub compact_times: u64,
    /// See [`LedgerOptions::compact_floor`].
    pub compact_floor: u64,
    /// Nothing, but in simulations.
    pub weakness: Weakness,
}

impl Rules {
    /// Bytes on disk that a state may take that has so many of its own, before it is compacted.
    pub(in crate::ledger) fn room_for(&self, live: u64) -> u64 {
        self.compact_floor
            .max(live.saturating_mul(self.compact_times))
    }
}

/// What `begin` needs to know beside the request.
#[derive(Clone, Debug)]
pub struct Begin {
    /// Who asks.
    pub by: Operator,
    /// Now.
    pub now: Stamp,
    /// When EasyEcom was last read so that a cancellation would have been seen.
    pub fresh_at: Option<Stamp>,
    /// How long after the last instant of sending a reading "not there" begins to count.
    pub settle: chrono::Duration,
}
