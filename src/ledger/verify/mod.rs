//! `raftaar store verify`: proves the journal, rebuilds the state from it, compares it with the
//! stored one, and checks what must hold of every history. Works on a copy of the stored state, so
//! looking can never harm it.

mod compare;
mod rules;

use std::path::Path;

pub use compare::StateVerdict;

use super::{
    base::{BASE, Base},
    error::{Damage, OpenError, StoreError},
    home::Home,
    journal::{Checked, FileDisk, JournalDisk, LineHash, Start},
    keys::kind,
    position::Digest,
    recover::{is_whole, usable_base},
    replay::replay,
    store::{Changes, MemoryStore, Store, Way, end_of},
    view::{Overlay, decode},
};
use crate::domain::OrderRecord;

/// How much of the history was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of it; so many of its records are in the archive.
    Whole {
        /// Records in the archive, which the kept ones continue.
        archived: u64,
    },
    /// What follows the state at this record: the archive is not at hand.
    Since {
        /// The last archived record.
        record: u64,
    },
}

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyReport {
    /// How much of the history was judged.
    pub extent: Extent,
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
        let extent = match self.extent {
            Extent::Whole { archived: 0 } => String::new(),
            Extent::Whole { archived } => format!(" from record 1, {archived} in the archive"),
            Extent::Since { record } => {
                format!(" since record {record}, those before are in an archive that is not here")
            }
        };
        match self.broken.len() {
            0 => format!("chain holds{extent}, {state}"),
            n => format!("chain holds{extent}, {state}, {n} PROMISES BROKEN"),
        }
    }
}

/// Verifies the ledger in `dir`, whose engine must not be running; what is archived too, where it is
/// in the data folder.
pub fn verify(dir: &Path) -> Result<VerifyReport, OpenError> {
    verify_with_archive(dir, None)
}

/// The same with the archive in another folder.
pub fn verify_with_archive(dir: &Path, archive: Option<&Path>) -> Result<VerifyReport, OpenError> {
    let home = Home::visit(dir)?;
    let mut disk = FileDisk::read_only(&home.journal());
    if let Some(archive) = archive {
        disk = disk.with_archive(archive);
    }
    let stored = compare::Stored::copy(&home.state())?;
    examine(std::sync::Arc::new(disk), stored)
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
    let base = Base::read(&*disk)?;
    let whole = base
        .as_ref()
        .map_or(Ok(true), |base| is_whole(&*disk, base.first_segment))?;
    // An error where the state before the first segment is not understood and cannot be built.
    usable_base(&*disk)?;
    let rebuilt = MemoryStore::default();
    let mut rules = rules::Rules::default();
    let mut start = Start::default();
    let mut extent = Extent::Whole { archived: 0 };
    match &base {
        Some(base) if whole => {
            // Proven against the archive below; here that it is what it says.
            base.each_pair(&*disk, |_, _| Ok(()))?;
            extent = Extent::Whole { archived: base.seq };
        }
        Some(base) => {
            base.each_pair(&*disk, |key, value| {
                Ok(rebuilt.apply(&Changes::from([(key, Some(value))]))?)
            })?;
            start = base.start();
            extent = Extent::Since { record: base.seq };
            rules = rules::Rules::since(base.seq);
            stored.passing(start.seq, start.hash, &rebuilt)?;
        }
        None => {}
    }
    let checked = Checked::new(disk, start, |place, entry, hash| {
        let changes = {
            let mut overlay = Overlay::new(&rebuilt);
            rules.before(&entry, &overlay)?;
            replay(&entry, place, &mut overlay)?;
            rules.after(&entry, &overlay)?;
            overlay.keep_event()
        };
        rebuilt.apply(&changes)?;
        stored.passing(entry.seq, hash, &rebuilt)?;
        match &base {
            Some(base) if base.seq == entry.seq => agrees(base, hash, &rebuilt),
            _ => Ok(()),
        }
    })?;
    rules.end(&Overlay::new(&rebuilt), orders_of(&rebuilt))?;
    let tail = checked.tail();
    Ok(VerifyReport {
        extent,
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

/// Whether a base says what the archived records make. One of another state schema is compared by its
/// place in the chain only.
fn agrees(base: &Base, hash: LineHash, rebuilt: &MemoryStore) -> Result<(), OpenError> {
    let what = if base.start().hash != hash {
        "it names another last record than the archive has"
    } else if base.is_understood() && base.digest() != Digest::compute(rebuilt)? {
        "its state is not what the archived records make"
    } else {
        return Ok(());
    };
    Err(Damage {
        file: BASE.to_owned(),
        line: 1,
        byte: 0,
        what: what.to_owned(),
    }
    .into())
}

/// Orders decoded at once.
const ORDERS_PAGE: usize = 512;

/// Every order of a state, a page at a time.
fn orders_of(store: &MemoryStore) -> impl Iterator<Item = Result<OrderRecord, StoreError>> + '_ {
    let mut from = vec![kind::ORDER];
    let pages = std::iter::from_fn(move || {
        let read = store.range(&from, &end_of(&[kind::ORDER]), Way::Up, ORDERS_PAGE);
        match read {
            Ok(page) => {
                let (last, _) = page.last()?;
                from.clone_from(last);
                from.push(0);
                Some(page.iter().map(|(key, value)| decode(key, value)).collect())
            }
            Err(error) => Some(vec![Err(error)]),
        }
    });
    pages.flat_map(|page: Vec<_>| page)
}
