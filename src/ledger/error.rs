//! What can go wrong, and what it means.

use thiserror::Error;

use super::store::StoreError;
use crate::domain::{InvoiceId, gate::Refusal};

/// The ledger could not read or write.
#[derive(Clone, Debug, Error)]
pub enum LedgerError {
    /// The disk. Nothing that was not answered has happened; nothing is sent until a restart.
    #[error(
        "{what}: {says}. Nothing that was not recorded was sent; free the disk or mend it, then restart the engine"
    )]
    Disk {
        /// What was written or read.
        what: String,
        /// The system's words.
        says: String,
        /// Whether the disk is full.
        full: bool,
    },
    /// Journal or store are damaged.
    #[error("{0}")]
    Damaged(String),
    /// A value is too large to keep.
    #[error("a record of {0} bytes is larger than the store takes; it was not kept")]
    TooLarge(usize),
    /// The writer is gone.
    #[error("the ledger is closed; the engine is stopping")]
    Closed,
    /// An event that only the ledger itself may record.
    #[error("intents and starts are recorded by the ledger itself")]
    NotYours,
}

impl LedgerError {
    pub(super) fn disk(what: &str, error: &std::io::Error) -> Self {
        Self::Disk {
            what: what.to_owned(),
            says: error.to_string(),
            full: matches!(
                error.kind(),
                std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded
            ),
        }
    }
}

impl From<StoreError> for LedgerError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Disk(says) => Self::Disk {
                what: "the store".to_owned(),
                says,
                full: false,
            },
            StoreError::Damaged(says) => Self::Damaged(format!(
                "the working state is damaged ({says}); restart the engine, it is rebuilt from the journal"
            )),
            StoreError::TooLarge(bytes) => Self::TooLarge(bytes),
        }
    }
}

/// No permit.
#[derive(Clone, Debug, Error)]
pub enum BeginError {
    /// The gate said no.
    #[error("{0}")]
    Refused(Refusal),
    /// No such order.
    #[error("no order {0} is held here")]
    NotHeld(InvoiceId),
    /// The ledger could not write.
    #[error(transparent)]
    Failed(#[from] LedgerError),
}

/// The data folder could not be opened.
#[derive(Clone, Debug, Error)]
pub enum OpenError {
    /// Another process has it.
    #[error(
        "the data folder {dir} is in use{by}; attach to that engine (run `raftaar` without --data), or stop it first"
    )]
    InUse {
        /// The folder.
        dir: String,
        /// ` by process 123`, if known.
        by: String,
    },
    /// It is something else's folder.
    #[error(
        "{0} is not empty and not a data folder of raftaar; nothing was touched. Name an empty or new folder with site.data_dir"
    )]
    Foreign(String),
    /// Written by a newer program.
    #[error(
        "{dir} was written by a newer raftaar (schema {found}, this program knows {known}); nothing was touched. Use the newer program"
    )]
    Newer {
        /// The folder.
        dir: String,
        /// Its schema.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// It belongs to another warehouse.
    #[error(
        "{dir} belongs to location {found}, the configuration says {wanted}; nothing was touched"
    )]
    OtherLocation {
        /// The folder.
        dir: String,
        /// Whose.
        found: String,
        /// Configured.
        wanted: String,
    },
    /// Others can read it.
    #[error("{path} can be read by others (mode {mode:o}); run: chmod -R go-rwx {path}")]
    Exposed {
        /// Which path.
        path: String,
        /// Its mode.
        mode: u32,
    },
    /// The disk.
    #[error("{path}: {says}")]
    Disk {
        /// Which path.
        path: String,
        /// The system's words.
        says: String,
    },
    /// The ledger itself.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}
