//! The gate against an oracle that was written from the design's table, not from the rules; and the
//! table that a warehouse manager can read.

mod oracle;
mod state;
mod table;
