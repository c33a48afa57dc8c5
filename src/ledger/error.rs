//! What can go wrong, in words that say what happened, what it means and what to do.

use std::{io, path::PathBuf, sync::Arc};

use thiserror::Error;

use crate::domain::{InvoiceId, gate::Refusal};

/// The working state could not be read or written.
#[derive(Clone, Debug, Error)]
pub enum StoreError {
    /// The disk or the file system: full, failing, not permitted. Never a reason to rebuild.
    #[error(
        "the working state could not be {doing}: {says}; nothing is lost, the journal has it all; free space or mend the disk, then start again"
    )]
    Io {
        /// `opened`, `read`, `written`, `flushed`.
        doing: &'static str,
        /// The system's words.
        says: Arc<str>,
    },
    /// The engine of the store panicked or reported corruption.
    #[error(
        "the working state is damaged ({says}); the journal has it all: starting again rebuilds it"
    )]
    Damaged {
        /// What was seen.
        says: Arc<str>,
    },
    /// A stored value does not read back as what it should be.
    #[error(
        "the working state holds something unreadable under key {key} ({says}); starting again rebuilds it from the journal"
    )]
    Garbled {
        /// The key, hex.
        key: String,
        /// Why.
        says: Arc<str>,
    },
    /// A value above the limit.
    #[error(
        "{what} would take {bytes} bytes in the working state, more than the {limit} that it keeps safely; nothing was recorded; split it into smaller parts"
    )]
    TooBig {
        /// Which value.
        what: String,
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The ledger is closed or being reopened.
    #[error(
        "the store is closed for a moment: it is opened again by itself once the disk takes what is written; make room there, or look whether the engine still runs"
    )]
    Closed,
}

impl StoreError {
    pub(in crate::ledger) fn io(doing: &'static str, error: &io::Error) -> Self {
        Self::Io {
            doing,
            says: error.to_string().into(),
        }
    }

    /// Whether rebuilding from the journal is the cure.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged { .. } | Self::Garbled { .. })
    }
}

/// The ledger could not answer.
#[derive(Clone, Debug, Error)]
pub enum LedgerError {
    /// The journal could not be forced to disk.
    #[error(
        "the journal could not be {doing}: {says}; what was asked is not recorded and nothing may be sent for it; free space or mend the disk, then the engine goes on by itself"
    )]
    Journal {
        /// `written`, `forced to disk`, `read`.
        doing: &'static str,
        /// The system's words.
        says: Arc<str>,
    },
    /// A journal line that was read for a screen is damaged.
    #[error(transparent)]
    Damage(#[from] Damage),
    /// The working state.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An event that only the ledger itself may make.
    #[error("a {0} is made by the ledger only, together with the gate's check; use begin")]
    NotRecordable(&'static str),
    /// An outcome for an order that the permit does not name.
    #[error("the permit does not concern invoice {0}; its outcome was not recorded")]
    NotInPermit(InvoiceId),
    /// The guard of a decision panicked.
    #[error("the check before the change failed inside the program; nothing was recorded")]
    Guard,
    /// The writer has ended.
    #[error("the ledger is closed; start the engine again")]
    Closed,
}

impl LedgerError {
    /// Whether what was to be recorded is larger than the store keeps safely.
    pub fn is_too_big(&self) -> bool {
        matches!(self, Self::Store(StoreError::TooBig { .. }))
    }

    /// Whether the store itself failed, so that nothing more can be recorded until it is opened
    /// again; otherwise only this one thing was not recorded.
    pub fn stops_everything(&self) -> bool {
        match self {
            Self::Journal { .. } | Self::Closed => true,
            Self::Store(_) => !self.is_too_big(),
            Self::Damage(_) | Self::NotRecordable(_) | Self::NotInPermit(_) | Self::Guard => false,
        }
    }
}

/// Why a step may not begin.
#[derive(Clone, Debug, Error)]
pub enum BeginError {
    /// The gate said no.
    #[error("{0}")]
    Refused(Refusal),
    /// The gate said no to members of a request for many orders; nothing of it was recorded.
    #[error("{} of the orders may not: {}", .0.len(), first(.0))]
    MembersRefused(Vec<Refusal>),
    /// The order is not held here.
    #[error("invoice {0} is not held here; fetch it first")]
    NotHeld(InvoiceId),
    /// The ledger failed.
    #[error(transparent)]
    Failed(#[from] LedgerError),
}

fn first(refused: &[Refusal]) -> String {
    refused.first().map(Refusal::to_string).unwrap_or_default()
}

impl BeginError {
    /// Every refusal: one for a request of one order, one per refused member otherwise.
    pub fn refused(&self) -> &[Refusal] {
        match self {
            Self::Refused(refusal) => std::slice::from_ref(refusal),
            Self::MembersRefused(refusals) => refusals,
            Self::NotHeld(_) | Self::Failed(_) => &[],
        }
    }
}

impl From<StoreError> for BeginError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// A place in the journal that is not as it was written.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error(
    "the journal is damaged: {file}, line {line}, byte {byte}: {what}; it is the only proof of what was sent, so nothing was changed; restore this file from a backup, then start again"
)]
pub struct Damage {
    /// File name.
    pub file: String,
    /// Line in it, from 1.
    pub line: u64,
    /// First byte of that line in the file.
    pub byte: u64,
    /// What is wrong.
    pub what: String,
}

/// Why the ledger could not be opened. Nothing was changed unless the text says so.
#[derive(Clone, Debug, Error)]
pub enum OpenError {
    /// Another process has it.
    #[error(
        "the ledger in {} is in use by process {pid}; attach to that engine instead of starting a second one", dir.display()
    )]
    InUse {
        /// The folder.
        dir: PathBuf,
        /// What the lock file says.
        pid: String,
    },
    /// Somebody else's folder.
    #[error(
        "{} is not empty and not a raftaar folder (it has no raftaar.json); nothing was touched; name an empty folder, or the right one", dir.display()
    )]
    Foreign {
        /// The folder.
        dir: PathBuf,
    },
    /// No ledger there.
    #[error("there is no ledger in {}; name the data folder of an engine", dir.display())]
    Absent {
        /// The folder.
        dir: PathBuf,
    },
    /// Written by a newer program.
    #[error(
        "{} has schema {found}, this program reads up to {known}; nothing was touched; use the newer raftaar that wrote it", what.display()
    )]
    Newer {
        /// Which file.
        what: PathBuf,
        /// Its schema.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// Another warehouse's ledger.
    #[error(
        "the ledger in {} belongs to location {found}, not {asked}; nothing was touched; correct the location key or name another folder", dir.display()
    )]
    OtherLocation {
        /// The folder.
        dir: PathBuf,
        /// Whose it is.
        found: String,
        /// Whose was asked for.
        asked: String,
    },
    /// The identity file cannot be read.
    #[error("{} cannot be understood ({says}); nothing was touched; restore it from a backup", file.display())]
    Identity {
        /// Which file.
        file: PathBuf,
        /// Why.
        says: String,
    },
    /// Others could read it.
    #[error(
        "{} can be read by others (mode {mode:o}); it holds customers' data; run: chmod -R go-rwx {}", path.display(), path.display()
    )]
    Permissions {
        /// Which path.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The journal is damaged.
    #[error(transparent)]
    Damage(#[from] Damage),
    /// The journal lacks what the working state has.
    #[error(
        "the journal ends at record {journal}, but the working state has followed it to record {state}: acknowledged records are missing from the journal; nothing was sent since, nothing was changed; restore the journal from a backup, or, to go on without those records, move the folder `state` away by hand"
    )]
    JournalShort {
        /// Last record of the journal.
        journal: u64,
        /// Last record in the state.
        state: u64,
    },
    /// The state that the kept journal begins with is of another program version.
    #[error(
        "the journal begins at segment {first}, and the state before it was written for schema {found} (this program has {known}): it has to be built from the archived segments; put {} files from the archive back into the folder `archive`, then start again; nothing was changed", first - 1
    )]
    ArchiveNeeded {
        /// The first segment that stayed.
        first: u32,
        /// The schema of the state at its beginning.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// The archive has a file of this name that is not this segment.
    #[error(
        "{} is there already and is not this journal's; nothing was archived; name another folder with --to", path.display()
    )]
    ArchiveDiffers {
        /// Which file.
        path: PathBuf,
    },
    /// The disk or the file system.
    #[error("{} could not be {doing}: {says}; nothing was rebuilt or moved; mend that, then start again", path.display())]
    Io {
        /// Which path.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// The system's words.
        says: Arc<str>,
    },
    /// The working state, and not because it is damaged.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The first record of this life could not be written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl OpenError {
    pub(in crate::ledger) fn io(
        path: impl Into<PathBuf>,
        doing: &'static str,
        e: &io::Error,
    ) -> Self {
        Self::Io {
            path: path.into(),
            doing,
            says: e.to_string().into(),
        }
    }
}

/// What opening found and did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenReport {
    /// Records in the journal.
    pub records: u64,
    /// Records applied to the working state because it lacked them.
    pub replayed: u64,
    /// Why the working state was built anew, if it was.
    pub rebuilt: Option<String>,
    /// What was cut off the end of the journal, if anything.
    pub torn: Option<Torn>,
    /// Bytes of the working state before and after it was compacted, if it was.
    pub compacted: Option<(u64, u64)>,
    /// Things to know that do not stop anything.
    pub warnings: Vec<String>,
    /// Bytes of journal whose chain was checked.
    pub journal_bytes: u64,
    /// How long it took.
    pub took: std::time::Duration,
}

/// An unfinished end of the journal: written when the power or the process went, never
/// acknowledged to anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Torn {
    /// Which segment file.
    pub file: String,
    /// From which byte on.
    pub byte: u64,
    /// How many bytes.
    pub bytes: u64,
    /// Where a copy was kept.
    pub kept_as: String,
}
