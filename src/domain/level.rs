//! How loud something is that happened.

use serde::{Deserialize, Serialize};

use super::{
    event::{Event, Outcome, StockResult},
    ids::InvoiceId,
    step::Call,
};

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

impl Event {
    /// How loud it is.
    pub fn level(&self) -> Level {
        match self {
            Self::Outcome { result, .. } => match result {
                Outcome::Applied { .. } => Level::Good,
                Outcome::Accepted { .. } => Level::Info,
                Outcome::NotApplied { .. } => Level::Warn,
                Outcome::Unknown { .. } => Level::Bad,
            },
            Self::Parked { .. } => Level::Bad,
            Self::RowRejected { .. }
            | Self::Held { .. }
            | Self::Unloaded { .. }
            | Self::TurnedAway { .. }
            | Self::LeftOut { .. }
            | Self::Paused { .. } => Level::Warn,
            Self::LoadClosed { missing, .. } if !missing.is_empty() => Level::Warn,
            Self::StockOutcome { items, .. } => {
                let taken =
                    |(_, result): &(_, StockResult)| matches!(result, StockResult::Taken { .. });
                if items.iter().all(taken) {
                    Level::Good
                } else {
                    Level::Warn
                }
            }
            Self::DocumentStored { .. }
            | Self::Loaded { .. }
            | Self::LoadClosed { .. }
            | Self::Resumed => Level::Good,
            Self::Started { .. }
            | Self::OrderSeen { .. }
            | Self::WindowRead { .. }
            | Self::Intent { .. }
            | Self::Checked { .. }
            | Self::Scanned { .. }
            | Self::Released { .. }
            | Self::Decided { .. }
            | Self::FlagsCleared { .. }
            | Self::Allotted { .. }
            | Self::Counted { .. }
            | Self::StockIntent { .. }
            | Self::TakenIn { .. }
            | Self::StockRead { .. }
            | Self::QuotaLeased { .. } => Level::Info,
        }
    }

    /// The call that it is about, if one.
    pub fn call(&self) -> Option<Call> {
        match self {
            Self::Intent { detail, .. } => Some(detail.call()),
            Self::Outcome { call, .. } | Self::Checked { call, .. } => Some(*call),
            Self::DocumentStored { .. } => Some(Call::Documents),
            Self::LoadClosed { .. } => Some(Call::Manifest),
            Self::Counted { .. }
            | Self::StockIntent { .. }
            | Self::StockOutcome { .. }
            | Self::LeftOut { .. }
            | Self::TakenIn { .. }
            | Self::StockRead { .. } => Some(Call::Inventory),
            _ => None,
        }
    }

    /// The order that it is about, if one; of several the first.
    pub fn invoice(&self) -> Option<InvoiceId> {
        match self {
            Self::OrderSeen { order, .. } => Some(order.invoice_id),
            Self::RowRejected { invoice, .. } => *invoice,
            Self::Intent { detail, .. } => detail.invoices().first().copied(),
            Self::Outcome { invoice, .. }
            | Self::Checked { invoice, .. }
            | Self::DocumentStored { invoice, .. }
            | Self::Scanned { invoice, .. }
            | Self::Held { invoice, .. }
            | Self::Released { invoice, .. }
            | Self::Parked { invoice, .. }
            | Self::Decided { invoice, .. }
            | Self::FlagsCleared { invoice }
            | Self::Loaded { invoice, .. }
            | Self::Unloaded { invoice } => Some(*invoice),
            _ => None,
        }
    }
}
