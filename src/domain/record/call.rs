//! How far a call came.

use serde::{Deserialize, Serialize};

use crate::domain::{
    ids::Operator,
    outcome::{Evidence, Failure},
    text::Clean,
    time::Stamp,
};

/// How far one call came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallState {
    /// Intents written so far.
    #[serde(default)]
    pub attempts: u16,
    /// Failures in a row that count against the order.
    #[serde(default)]
    pub strikes: u8,
    /// How many of them the remote refused in its own words. A person's retry leaves one: that the
    /// remote once said no stays known.
    #[serde(default)]
    pub refused: u8,
    /// Where it stands.
    pub progress: Progress,
}

/// Where a call stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Progress {
    /// Not begun.
    #[default]
    Idle,
    /// Certainly not applied; to be tried again.
    Waiting {
        /// What happened.
        failure: Failure,
        /// When.
        at: Stamp,
        /// Not before.
        retry_at: Stamp,
    },
    /// The intent is durable; the call may be on its way.
    Sent {
        /// The intent.
        intent: Intent,
    },
    /// The remote took it; its effect is still to be read.
    Accepted {
        /// The intent.
        intent: Intent,
        /// When it was taken.
        at: Stamp,
        /// Reads since `settle_at` that showed nothing.
        silent: u8,
        /// Next look.
        check_at: Stamp,
    },
    /// Sent, outcome not known: reconciled by reading, never blindly repeated.
    Unknown {
        /// The intent.
        intent: Intent,
        /// Since when.
        since: Stamp,
        /// What was seen instead of an answer.
        saw: Clean,
        /// Reads after the settle time that showed nothing.
        silent: u8,
        /// Next look.
        check_at: Stamp,
    },
    /// Happened.
    Done {
        /// When we knew.
        at: Stamp,
        /// Who asked.
        by: Operator,
        /// Why we believe it.
        evidence: Evidence,
    },
}

/// An intent as the record keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Journal position.
    pub seq: u64,
    /// Written at.
    pub at: Stamp,
    /// Not sent after.
    pub not_after: Stamp,
    /// From here on, reading "not there" counts.
    pub settle_at: Stamp,
    /// Who asked.
    pub by: Operator,
    /// Digest of the request.
    pub digest: Box<str>,
}

impl Progress {
    /// Whether the effect is proven.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done { .. })
    }

    /// Whether a call may be on its way or its outcome is not settled.
    pub fn is_open(&self) -> bool {
        matches!(
            self,
            Self::Sent { .. } | Self::Accepted { .. } | Self::Unknown { .. }
        )
    }

    /// The unsettled intent.
    pub fn intent(&self) -> Option<&Intent> {
        match self {
            Self::Sent { intent }
            | Self::Accepted { intent, .. }
            | Self::Unknown { intent, .. } => Some(intent),
            _ => None,
        }
    }
}
