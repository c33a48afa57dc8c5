//! How loud something is that happened.

use serde::{Deserialize, Serialize};

/// How loud a notice or a line of what happened is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Good to know.
    #[default]
    Info,
    /// Went well.
    Good,
    /// Should be looked at.
    Warn,
    /// Must be looked at.
    Bad,
}

impl Level {
    /// All, the quietest first.
    pub const ALL: [Self; 4] = [Self::Info, Self::Good, Self::Warn, Self::Bad];

    /// The word used in filters and in `--json`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}
