//! Why there is no copy, or none to go back to.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use thiserror::Error;

use crate::ledger::error::{LedgerError, OpenError};

/// A copy could not be made, checked or restored.
#[derive(Clone, Debug, Error)]
pub enum BackupError {
    /// The disk or the file system.
    #[error("{} could not be {doing}: {says}; the ledger itself is not concerned", path.display())]
    Io {
        /// Which path.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// The system's words.
        says: Arc<str>,
    },
    /// There is one of this second.
    #[error("{} exists already; wait a second and try again", path.display())]
    Exists {
        /// Which path.
        path: PathBuf,
    },
    /// A file of the copy says nothing that is understood.
    #[error("{} cannot be understood ({says}); use another copy", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        says: String,
    },
    /// It is not what it says.
    #[error("{} is not a good copy: {says}; use another one", path.display())]
    Differs {
        /// Which copy.
        path: PathBuf,
        /// Why.
        says: String,
    },
    /// Another warehouse's.
    #[error("{} belongs to location {found}, not {asked}; nothing was touched", path.display())]
    OtherLocation {
        /// Which copy.
        path: PathBuf,
        /// Whose it is.
        found: String,
        /// Whose was asked for.
        asked: String,
    },
    /// The journal cannot be read or is damaged.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The ledger is closed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl BackupError {
    pub(super) fn io(path: &Path, doing: &'static str, e: &io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            doing,
            says: e.to_string().into(),
        }
    }
}
