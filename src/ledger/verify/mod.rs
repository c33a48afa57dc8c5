//! `raftaar store verify`: proves the journal, rebuilds the state from it, compares it with the
//! stored one, and checks what must hold of every history. Works on a copy of the stored state, so
//! looking can never harm it.

mod compare;
mod rules;

use std::path::Path;

pub use compare::StateVerdict;

use super::{
    error::{OpenError, StoreError},
    home::Home,
    journal::{Checked, FileDisk, JournalDisk},
    replay::replay,
    store::{MemoryStore, Store},
    view::Overlay,
};

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyReport {
    /// Records whose chain is whole.
    pub records: u64,
    /// Segment files.
    pub segments: u32,
    /// Bytes checked.
    pub bytes: u64,
    /// Hash of the last record, hex: write it down elsewhere to prove later that nothing was cut.
    pub last_hash: String,
    /// Whether an unfinished end is there, which the engine cuts off when it starts.
    pub torn: bool,
    /// Whether the stored state equals the one rebuilt from the journal.
    pub state: StateVerdict,
    /// What does not hold of the history, in words; empty when all is well.
    pub broken: Vec<String>,
    /// How long it took.
    pub took: std::time::Duration,
}

impl VerifyReport {
    /// Whether nothing is wrong. A state that is missing is rebuilt at the next start.
    pub fn is_good(&self) -> bool {
        self.broken.is_empty() && !matches!(self.state, StateVerdict::Differs { .. })
    }

    /// One line.
    pub fn summary(&self) -> String {
        let state = match &self.state {
            StateVerdict::Equal { at } if *at == self.records => "state equal".to_owned(),
            StateVerdict::Equal { at } => {
                format!("state equal at record {at}, the rest is applied on opening")
            }
            StateVerdict::Missing => "no state yet, it is built on opening".to_owned(),
            StateVerdict::Differs { key, says } => {
                let at = if key.is_empty() { "" } else { " at key " };
                format!("STATE DIFFERS{at}{key}: {says}; it is rebuilt on opening")
            }
        };
        match self.broken.len() {
            0 => format!("chain holds, {state}"),
            n => format!("chain holds, {state}, {n} PROMISES BROKEN"),
        }
    }
}

/// Verifies the ledger in `dir`, whose engine must not be running.
pub fn verify(dir: &Path) -> Result<VerifyReport, OpenError> {
    let home = Home::visit(dir)?;
    let disk: std::sync::Arc<dyn JournalDisk> =
        std::sync::Arc::new(FileDisk::read_only(&home.journal()));
    let stored = compare::Stored::copy(&home.state())?;
    examine(disk, stored)
}

/// Verifies a ledger in memory, for simulations.
pub fn verify_in_memory(
    disk: &super::MemoryDisk,
    store: &MemoryStore,
) -> Result<VerifyReport, OpenError> {
    let stored = compare::Stored::of(std::sync::Arc::new(store.clone()))?;
    examine(std::sync::Arc::new(disk.clone()), stored)
}

fn examine(
    disk: std::sync::Arc<dyn JournalDisk>,
    mut stored: compare::Stored,
) -> Result<VerifyReport, OpenError> {
    let begun = std::time::Instant::now();
    let segments = disk
        .segments()
        .map_err(|e| OpenError::io("journal", "listed", &e))?
        .len() as u32;
    let rebuilt = MemoryStore::default();
    let mut rules = rules::Rules::default();
    let checked = Checked::new(disk, |place, entry, hash| {
        let changes = {
            let mut overlay = Overlay::new(&rebuilt);
            rules.before(&entry, &overlay)?;
            replay(&entry, place, &mut overlay)?;
            rules.after(&entry, &overlay)?;
            overlay.keep_event()
        };
        rebuilt.apply(&changes)?;
        stored.passing(entry.seq, hash, &rebuilt)?;
        Ok(())
    })?;
    rules.end(&Overlay::new(&rebuilt), &orders_of(&rebuilt)?)?;
    let tail = checked.tail();
    Ok(VerifyReport {
        records: tail.seq,
        segments,
        bytes: checked.bytes(),
        last_hash: tail.record.hex(),
        torn: checked.torn_at().is_some(),
        state: stored.verdict(tail.seq),
        broken: rules.broken,
        took: begun.elapsed(),
    })
}

fn orders_of(store: &MemoryStore) -> Result<Vec<crate::domain::OrderRecord>, StoreError> {
    use super::{
        keys::kind,
        store::{Way, end_of},
        view::decode,
    };
    store
        .range(&[kind::ORDER], &end_of(&[kind::ORDER]), Way::Up, usize::MAX)?
        .iter()
        .map(|(key, value)| decode(key, value))
        .collect()
}
