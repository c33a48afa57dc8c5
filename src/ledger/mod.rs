//! The ledger: an append-only journal file that is the truth, and the working state built from it.
//!
//! One writer takes what waits, lets the gate weigh it against the working state, appends all of it
//! to the journal, forces the journal to disk once, applies it to the working state, and only then
//! answers. On opening, what the journal has and the state lacks is applied; a state that panics,
//! errs or disagrees is set aside and rebuilt. The journal is never rebuilt.

mod admit;
mod api;
pub mod archive;
pub mod backup;
mod base;
mod core;
mod error;
#[cfg(any(test, fuzzing))]
pub(crate) mod feed;
mod files;
mod follow;
mod group;
mod home;
mod index;
mod journal;
mod keys;
mod options;
mod permit;
mod position;
mod reader;
mod recover;
mod replay;
mod request;
mod shared;
mod store;
#[cfg(test)]
pub(crate) mod tests;
mod verify;
mod view;
mod weakness;
mod writer;

pub use api::Ledger;
pub use core::Core;
pub use error::{BeginError, Damage, LedgerError, OpenError, OpenReport, StoreError, Torn};
pub use home::{Identity, identity};
pub use journal::{FileDisk, JOURNAL_SCHEMA, JournalDisk, LineHash, MemoryDisk};
pub use options::{Begin, LedgerOptions};
pub use permit::Permit;
pub use reader::Reader;
pub use recover::{compact, set_state_aside};
pub use request::{Begun, Guard, Request, Response};
pub use store::{Changes, MemoryStore, Pair, Store, StoreSource, VALUE_BYTES_MAX, Way};
pub use verify::{
    Extent, StateVerdict, VerifyReport, verify, verify_in_memory, verify_with_archive,
};
pub use weakness::Weakness;
