//! Tests of the ledger as a whole.

mod admit;
mod crash;
mod damage;
mod files;
mod journal;
mod pages;
mod power;
mod space;
pub(crate) mod support;
