//! Tests of the ledger as a whole.

mod admit;
mod crash;
mod damage;
mod files;
mod journal;
mod pages;
mod space;
pub(super) mod support;
