//! Real crashes: the real binary, over real HTTP, on a real disk, killed at random moments; then every
//! other way in which a warehouse's machine goes away. What the sandbox's own rules and `raftaar store
//! verify` say afterwards is what counts.

mod clock;
mod disks;
#[path = "../house/mod.rs"]
mod house;
mod kills;
mod proxy;
mod remotes;
mod signals;
mod tty;
