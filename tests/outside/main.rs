//! What comes from outside and must do no harm, and what must not go out: the real binary against the
//! sandbox.

mod account;
mod by_hand;
mod dock;
mod documents;
#[path = "../house/mod.rs"]
mod house;
mod needs;
mod panics;
mod secrets;
mod tls;
