//! Exit codes that scripts can use, and failures that carry one.

use std::fmt;

use super::print;
use crate::{
    config::ConfigError,
    handle::{CommandReply, HandleError, ItemEnd, ReplyEnd},
    link::LinkError,
    setup::{data::DataError, log::LogError, secrets::SecretsError},
};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// Done, or taken by the engine.
    Done,
    /// `doctor`, `keymap check`, `store verify` or `demo` found something bad.
    Bad,
    /// Wrong arguments or configuration.
    Usage,
    /// The gate refused.
    Refused,
    /// Sent, outcome not known.
    Unknown,
    /// Tried; certainly not applied.
    Failed,
    /// No engine runs, or it holds no such order.
    Absent,
    /// The store cannot be read or written.
    Store,
    /// The terminal hung up.
    HungUp,
    /// Ended by this signal.
    Signal(u8),
}

impl Code {
    /// The process's exit code.
    pub fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Bad => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::Unknown => 4,
            Self::Failed => 5,
            Self::Absent => 6,
            // sysexits.h: EX_IOERR.
            Self::Store => 74,
            Self::HungUp => 129,
            Self::Signal(signal) => 128_u8.saturating_add(signal),
        }
    }

    /// What a command for several orders ends in: the worst of them. An unknown outcome is the worst,
    /// since it is the one that a script must not answer with a second try.
    pub fn of_reply(reply: &CommandReply) -> Self {
        let rank = |code: &Self| match code {
            Self::Unknown => 4,
            Self::Failed => 3,
            Self::Refused => 2,
            Self::Absent => 1,
            _ => 0,
        };
        let whole = match reply.end {
            ReplyEnd::Taken => Self::Done,
            ReplyEnd::Refused => Self::Refused,
            ReplyEnd::Failed => Self::Failed,
        };
        let items = reply.items.iter().map(|item| match &item.end {
            ItemEnd::Taken { .. } => Self::Done,
            ItemEnd::Refused { .. } => Self::Refused,
            ItemEnd::Failed { unknown: true, .. } => Self::Unknown,
            ItemEnd::Failed { .. } => Self::Failed,
            ItemEnd::NotHeld => Self::Absent,
        });
        items.chain([whole]).max_by_key(rank).unwrap_or(Self::Done)
    }
}

/// Why a command could not be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The exit code.
    pub code: Code,
    /// What happened and what to do.
    pub says: String,
}

impl Failure {
    /// A failure.
    pub fn new(code: Code, says: impl Into<String>) -> Self {
        Self {
            code,
            says: says.into(),
        }
    }

    /// Prints it to stderr.
    pub fn print(&self) {
        print::note(&self.says);
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says)
    }
}

impl std::error::Error for Failure {}

macro_rules! fails_with {
    ($($error:ty => $code:expr),+ $(,)?) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::new($code, error.to_string())
            }
        })+
    };
}

fails_with! {
    ConfigError => Code::Usage,
    SecretsError => Code::Usage,
    DataError => Code::Store,
    LogError => Code::Store,
}

impl From<LinkError> for Failure {
    fn from(error: LinkError) -> Self {
        let code = match error {
            LinkError::NoEngine(_) => Code::Absent,
            LinkError::TooLong(_) | LinkError::NotASocket(_) => Code::Usage,
            _ => Code::Failed,
        };
        Self::new(code, error.to_string())
    }
}

impl From<HandleError> for Failure {
    fn from(error: HandleError) -> Self {
        let code = match error {
            HandleError::Gone => Code::Absent,
            HandleError::Busy => Code::Failed,
        };
        Self::new(code, error.to_string())
    }
}
