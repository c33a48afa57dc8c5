//! The console as a whole, on a hand-made engine.

mod look;
