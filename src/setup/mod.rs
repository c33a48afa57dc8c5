//! What has to stand before anything runs: secrets, the log, the data folder, the process itself.

pub mod access;
pub mod data;
#[cfg(any(test, fuzzing))]
pub(crate) mod feed;
pub mod log;
pub mod panic;
pub mod process;
pub mod secrets;
pub mod token;
