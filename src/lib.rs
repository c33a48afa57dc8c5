//! raftaar: takes every EasyEcom order of a DTDC Raftaar warehouse through seven steps in one legal
//! sequence, and proves that it did. `ARCHITECTURE.md` is the map.

pub mod cli;
pub mod config;
pub mod console;
pub mod demo;
pub mod domain;
pub mod dtdc;
pub mod easyecom;
#[cfg(any(test, fuzzing))]
pub mod feed;
pub mod files;
pub mod handle;
pub mod http;
pub mod ledger;
pub mod link;
pub mod sandbox;
pub mod setup;
pub mod worker;
