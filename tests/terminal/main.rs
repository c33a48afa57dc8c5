//! The shipped binary in a terminal: a real engine behind it, over HTTP against the sandbox, and whoever
//! looks at the other end of the line reads, types, changes the size, goes slow or goes away.
//!
//! `findings` has the traps of `terminal.md` section 0, each by its number. Two of them are tried
//! elsewhere:
//! * 11 (`kill -9` loses nothing) where engines are killed, in `tests/crash/kills.rs`;
//! * 12 (a panic in a task) in `src/console/tests/tty`, on a child that panics on purpose: the shipped
//!   binary has nothing that would do so when asked.

mod findings;
mod hold;
#[path = "../house/mod.rs"]
mod house;
mod kinds;
mod scene;
mod text;
