//! What has to stand before anything runs: secrets, the log, the data folder, the process itself.

pub mod data;
pub mod log;
pub mod panic;
pub mod process;
pub mod secrets;
