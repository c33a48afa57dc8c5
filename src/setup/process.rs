//! What the process gives up before it holds a secret.

use nix::sys::stat::{Mode, umask};

/// Keeps files ours, and memory out of core dumps and of other processes' sight.
pub fn harden() {
    umask(Mode::from_bits_truncate(0o077));
    // Not possible in some containers; then core dumps are the administrator's to switch off.
    let _ = nix::sys::prctl::set_dumpable(false);
}
