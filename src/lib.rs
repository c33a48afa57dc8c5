//! raftaar: takes every EasyEcom order of a DTDC Raftaar warehouse through seven steps in one legal
//! sequence, and proves that it did. `ARCHITECTURE.md` is the map.

pub mod console;
pub mod domain;
pub mod handle;
pub mod ledger;
