//! raftaar: takes every EasyEcom order of a DTDC Raftaar warehouse through seven steps in one legal
//! sequence, and proves that it did. `ARCHITECTURE.md` is the map.

pub mod domain;
pub mod dtdc;
pub mod easyecom;
pub mod files;
pub mod handle;
pub mod http;
pub mod ledger;
pub mod sandbox;
