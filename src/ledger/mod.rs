//! The ledger: an append-only journal file that is the truth, and the working state built from it.

mod permit;

pub use permit::Permit;
