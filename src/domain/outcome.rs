//! What a remote call ended in, in the three classes that the protocol knows
//! (`reliability.md` section 2.2): certainly applied, certainly not, unknown.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{text::Clean, time::Stamp};

/// Why a call certainly had no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The request never reached the remote: name, connection or TLS.
    Unreachable,
    /// HTTP 429, or the token call's cool-down.
    Throttled,
    /// HTTP 401 or 403: the token or key was not taken.
    Unauthorized,
    /// The remote understood and said no, in its own words.
    Rejected,
    /// The remote refused us, not this order: our account, sender or contract. Every order would hear the
    /// same.
    Account,
    /// Our own deadline passed before the request was sent.
    TooLate,
    /// The outcome was unknown; reading the remote twice showed no effect.
    NotSeen,
}

impl FailureKind {
    /// Whether the order itself may be at fault, so that repeating without end is no cure.
    pub fn counts_against_the_order(self) -> bool {
        matches!(self, Self::Rejected | Self::NotSeen)
    }
}

/// A call that certainly had no effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The class.
    pub kind: FailureKind,
    /// The remote's own words, or ours where it said nothing.
    pub says: Clean,
    /// Seconds the remote asked us to wait, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u32>,
}

impl Failure {
    /// A failure of `kind` with the words `says`.
    pub fn new(kind: FailureKind, says: &str) -> Self {
        Self {
            kind,
            says: Clean::new(says),
            retry_after_s: None,
        }
    }

    /// A call whose time to be sent had passed before it could be: nothing went out.
    pub fn too_late() -> Self {
        Self::new(
            FailureKind::TooLate,
            "this machine was too slow to send it in time; nothing was sent",
        )
    }

    /// The same failure in other words.
    #[must_use]
    pub fn map_says(self, change: impl FnOnce(Clean) -> Clean) -> Self {
        Self {
            says: change(self.says),
            ..self
        }
    }
}

/// The end of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict<T> {
    /// The answer proves the effect; `T` is what it carried.
    Applied(T),
    /// The remote took the request; the effect is to be read later (confirm, manifest).
    Accepted(T),
    /// Certainly no effect.
    NotApplied(Failure),
    /// Sent, outcome not known; what was seen instead of a proper answer.
    Unknown(Clean),
}

/// The end of a read that gave nothing. Reads may be repeated freely.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ReadError {
    /// HTTP 429.
    #[error("the remote asks for fewer calls{}", retry_after_s.map(|s| format!(" (wait {s} s)")).unwrap_or_default())]
    Throttled {
        /// Seconds the remote asked us to wait, if it did.
        retry_after_s: Option<u32>,
    },
    /// HTTP 401: log in again. For the token call: bad credentials.
    #[error("not authorised: {0}")]
    Unauthorized(Clean),
    /// HTTP 403 on the token call: logged in less than 60 s ago.
    #[error("login refused for now: {0}")]
    CoolDown(Clean),
    /// Name, connection or TLS: nothing of it reached the remote.
    #[error("no connection: {0}")]
    NeverSent(Clean),
    /// It left, and then the connection broke or the time was up.
    #[error("no answer: {0}")]
    Unreachable(Clean),
    /// HTTP 5xx.
    #[error("the remote failed: {0}")]
    Server(Clean),
    /// HTML, cut or wrong JSON, an oversized body.
    #[error("the answer could not be read: {0}")]
    Garbled(Clean),
    /// The remote understood and said no (`code` 400 in an HTTP 200).
    #[error("refused: {0}")]
    Refused(Clean),
    /// The thing asked for does not exist remotely ("No Data Found", DTDC's 206).
    #[error("nothing there: {0}")]
    Nothing(Clean),
}

impl ReadError {
    /// The same end in other words, where it has any.
    #[must_use]
    pub fn map_says(self, change: impl FnOnce(Clean) -> Clean) -> Self {
        match self {
            Self::Throttled { retry_after_s } => Self::Throttled { retry_after_s },
            Self::Unauthorized(says) => Self::Unauthorized(change(says)),
            Self::CoolDown(says) => Self::CoolDown(change(says)),
            Self::NeverSent(says) => Self::NeverSent(change(says)),
            Self::Unreachable(says) => Self::Unreachable(change(says)),
            Self::Server(says) => Self::Server(change(says)),
            Self::Garbled(says) => Self::Garbled(change(says)),
            Self::Refused(says) => Self::Refused(change(says)),
            Self::Nothing(says) => Self::Nothing(change(says)),
        }
    }
}

/// Why we believe that something happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// How it is known.
    pub by: Proof,
    /// The words or figures that show it.
    pub shows: Clean,
}

/// How an effect is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// The answer to our own call.
    Answer,
    /// A later read of the remote.
    Read,
    /// A read shows an effect that we did not cause (the panel, another program).
    Adopted,
    /// A person said so.
    Person,
    /// Nothing remote was needed.
    Local,
}

impl Evidence {
    /// Evidence of the kind `by`, showing `shows`.
    pub fn new(by: Proof, shows: &str) -> Self {
        Self {
            by,
            shows: Clean::new(shows),
        }
    }
}

/// An instant with an operator: who did it and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// When.
    pub at: Stamp,
    /// Who.
    pub by: super::ids::Operator,
    /// The reason given, if any.
    #[serde(default, skip_serializing_if = "Clean::is_empty")]
    pub reason: Clean,
}
