//! What the process gives up before it holds a secret, and what it hands down.

use std::process::Command;

use nix::sys::stat::{Mode, umask};

use super::secrets::Secret;

/// Keeps files ours, and memory out of core dumps and of other processes' sight.
pub fn harden() {
    umask(Mode::from_bits_truncate(0o077));
    // Not possible in some containers; then core dumps are the administrator's to switch off.
    let _ = nix::sys::prctl::set_dumpable(false);
}

/// Another program, which inherits no secret of ours. The one way to start any.
pub fn child(program: &str) -> Command {
    let mut command = Command::new(program);
    for secret in Secret::ALL {
        command.env_remove(secret.variable());
    }
    command.env_remove("CREDENTIALS_DIRECTORY");
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_inherit_no_secret() {
        let command = child("true");
        for secret in Secret::ALL {
            let taken_out = command
                .get_envs()
                .any(|(name, value)| name == secret.variable().as_str() && value.is_none());
            assert!(taken_out, "{}", secret.variable());
        }
    }
}
