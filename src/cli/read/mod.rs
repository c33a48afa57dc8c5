//! Commands that read.

pub mod find;
pub mod inventory;
pub mod journal;
pub mod order;
pub mod orders;
pub mod tracking;
pub mod why_not;

/// Rows asked for at once; the engine gives at most 500.
const PAGE: usize = 200;
