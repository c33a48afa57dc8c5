//! Who asks: the kernel's word about the peer, and the name that somebody gave.

use nix::unistd::{Uid, User};

use crate::domain::{Clean, Operator};

/// Longest name that `--operator` keeps, so that the user behind it never falls off the end.
const CLAIM_CHARS_MAX: usize = 32;

/// A user of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// User id.
    pub uid: u32,
    /// User name, or the id where it has none.
    pub user: Clean,
}

impl Peer {
    /// The user with this id.
    pub fn of_uid(uid: u32) -> Self {
        let user = User::from_uid(Uid::from_raw(uid)).ok().flatten();
        let name = user.map_or_else(|| uid.to_string(), |user| user.name);
        Self {
            uid,
            user: Clean::with_limit(&name, CLAIM_CHARS_MAX),
        }
    }

    /// The user that runs this process.
    pub fn of_process() -> Self {
        Self::of_uid(nix::unistd::getuid().as_raw())
    }

    /// What the journal keeps: the user; or, where another name was given, `name (uid user)`. The
    /// name cannot contain brackets, so it cannot pretend to be such a pair.
    pub fn operator(&self, claim: Option<&str>) -> Operator {
        let claim: String = claim
            .unwrap_or_default()
            .chars()
            .filter(|c| !matches!(c, '(' | ')'))
            .collect();
        let claim = Clean::with_limit(&claim, CLAIM_CHARS_MAX);
        if claim.is_empty() || claim == self.user {
            return Operator::new(self.user.as_str());
        }
        Operator::new(&format!("{claim} ({} {})", self.uid, self.user))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_hides_the_user() {
        let peer = Peer {
            uid: 1000,
            user: Clean::new("kiran"),
        };
        for (claim, kept) in [
            (None, "kiran"),
            (Some(""), "kiran"),
            (Some("kiran"), "kiran"),
            (Some("asha"), "asha (1000 kiran)"),
            (Some("engine"), "engine (1000 kiran)"),
            (Some("root (0 root)"), "root 0 root (1000 kiran)"),
            (Some("\u{1b}[2Jx"), "␛[2Jx (1000 kiran)"),
        ] {
            assert_eq!(peer.operator(claim).as_str(), kept, "{claim:?}");
        }
        let long = peer.operator(Some(&"x".repeat(500)));
        assert!(long.as_str().ends_with("… (1000 kiran)"), "{long}");
    }
}
