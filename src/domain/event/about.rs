//! What an event is about, and how loud it is.

use super::{Event, Outcome, StockResult};
use crate::domain::{Call, InvoiceId, Level};

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

    /// The orders that it is about.
    pub fn invoices(&self) -> Vec<InvoiceId> {
        match self {
            Self::OrderSeen { order, .. } => vec![order.invoice_id],
            Self::RowRejected { invoice, .. } => invoice.iter().copied().collect(),
            Self::Intent { detail, .. } => detail.invoices(),
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
            | Self::Unloaded { invoice } => vec![*invoice],
            Self::Started { .. }
            | Self::WindowRead { .. }
            | Self::TurnedAway { .. }
            | Self::LoadClosed { .. }
            | Self::Allotted { .. }
            | Self::Counted { .. }
            | Self::StockIntent { .. }
            | Self::StockOutcome { .. }
            | Self::LeftOut { .. }
            | Self::TakenIn { .. }
            | Self::StockRead { .. }
            | Self::Paused { .. }
            | Self::Resumed
            | Self::QuotaLeased { .. } => Vec::new(),
        }
    }
}
