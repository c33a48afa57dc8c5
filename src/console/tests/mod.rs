//! The console as a whole, on a hand-made engine.

mod aside;
mod bulk;
mod bytes;
mod docs;
mod filters;
mod flows;
mod hand;
mod load;
mod look;
mod palette;
mod panes;
mod questions;
mod random;
mod reasons;
mod screens;
mod session;
mod sight;
mod tty;
mod ways;
