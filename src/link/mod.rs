//! The way to an engine in another process: newline-delimited JSON over a Unix socket in the data
//! folder. Whoever may open the socket (owner and group) may use the engine; who it was is taken from
//! the kernel, not from the caller.
//!
//! Frames, one JSON object a line, at most [`FRAME_MAX`] bytes:
//!
//! | from | frame |
//! | --- | --- |
//! | both, first | `{"hello":{"protocol":2,"version":"0.1.0"}}`, the engine's also with `"user"` |
//! | client | `{"id":1,"operator":"asha","ask":{…}}`; `operator` may be left out |
//! | engine | `{"id":1,"answer":{…}}`, in any order |
//! | engine | `{"delta":{…}}` |
//! | engine | `{"lagged":12}`: so many deltas were left out because the client reads too slowly |
//! | engine | `{"error":"…"}`, then the connection ends |

mod client;
#[cfg(any(test, fuzzing))]
pub(crate) mod feed;
mod frame;
mod listen;
mod server;
#[cfg(test)]
mod tests;
pub mod who;

use std::{io, path::PathBuf};

use thiserror::Error;

pub use client::connect;
pub use listen::Listener;
pub use server::serve;

/// The socket's name in the data folder.
pub const SOCKET_NAME: &str = "engine.sock";

/// Rises when a frame changes so that an older program would misread it.
pub const PROTOCOL: u32 = 2;

/// Longest frame: a page of 500 rows has about 400 KiB, a journal line with a whole count of stock
/// about 1 MiB.
pub const FRAME_MAX: usize = 4 << 20;

/// Why there is no way to an engine, or none can be opened.
#[derive(Debug, Error)]
pub enum LinkError {
    /// Nobody listens.
    #[error("no engine runs on {path}; start one with `raftaar serve`", path = .0.display())]
    NoEngine(PathBuf),
    /// Another engine listens.
    #[error("an engine already runs on {path}; attach to it with `raftaar`, or stop it first", path = .0.display())]
    AlreadyServed(PathBuf),
    /// The socket is not for us.
    #[error("{path}: permission denied; the engine's user and group may attach: run this as one of them (see `raftaar doctor`)", path = .0.display())]
    Denied(PathBuf),
    /// Something that is no socket stands in its place.
    #[error("{path} is not a socket; move it away and start again", path = .0.display())]
    NotASocket(PathBuf),
    /// Unix socket addresses have 107 bytes.
    #[error("{path}: the path is too long for a socket (107 bytes at most); choose a shorter data folder", path = .0.display())]
    TooLong(PathBuf),
    /// The other side speaks otherwise.
    #[error("the engine on {path} is version {version} and speaks protocol {theirs}, this program protocol {ours}; use the same version for both", path = .path.display(), ours = PROTOCOL)]
    Protocol {
        /// Where.
        path: PathBuf,
        /// Its protocol.
        theirs: u32,
        /// Its version.
        version: String,
    },
    /// What listens there is no engine of ours, or it refused.
    #[error("{path}: {says}", path = .path.display())]
    Refused {
        /// Where.
        path: PathBuf,
        /// Its words, or what was wrong with them.
        says: String,
    },
    /// The system said no.
    #[error("{path}: {error}", path = .path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}
