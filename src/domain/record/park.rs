//! What waits for a person to decide.

use serde::{Deserialize, Serialize};

use super::{CallState, OrderRecord, Progress};
use crate::domain::{
    ids::{InvoiceId, Operator},
    step::Call,
    text::Clean,
    time::Stamp,
};

/// Parked: nothing happens until a person decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Park {
    /// Why.
    pub reason: ParkReason,
    /// Since when.
    pub at: Stamp,
    /// Who or what parked it.
    pub by: Operator,
}

/// Why an order is parked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum ParkReason {
    /// A sibling of the same order is confirmed or shipped already.
    Twin {
        /// The sibling.
        of: InvoiceId,
    },
    /// EasyEcom shows an AWB that this ledger did not book.
    Foreign {
        /// What it shows.
        says: Clean,
    },
    /// The remote's view and ours exclude each other.
    Contradiction {
        /// Both views.
        says: Clean,
    },
    /// The carrier does not serve the place, or not with COD.
    Unserviceable {
        /// The carrier's words.
        says: Clean,
    },
    /// The remote refused again and again.
    Refused {
        /// Which call.
        call: Call,
        /// The remote's words.
        says: Clean,
    },
    /// A booking whose outcome no reading settles: a repeat could buy a second AWB.
    BookingUnknown {
        /// What was seen instead of a proof, if anything was.
        #[serde(default, skip_serializing_if = "Clean::is_empty")]
        says: Clean,
    },
    /// EasyEcom's confirmation failed.
    ConfirmFailed,
    /// A document is none, or cannot be had.
    Document {
        /// What is wrong.
        says: Clean,
    },
    /// Something the booking needs is missing from the order.
    Incomplete {
        /// What.
        says: Clean,
    },
    /// A person parked it.
    Person {
        /// The reason given.
        says: Clean,
    },
}

impl ParkReason {
    /// Whether a person has to say "ship" or "drop": trying again changes nothing.
    pub fn needs_verdict(&self) -> bool {
        matches!(self, Self::Twin { .. } | Self::Foreign { .. })
    }

    /// One line for the screen: what is wrong.
    pub fn describe(&self) -> String {
        match self {
            Self::Twin { of } => format!("twin of {of}, which is confirmed or shipped already"),
            Self::Foreign { says } => format!("not booked here: {says}"),
            Self::Contradiction { says } => format!("EasyEcom and the ledger disagree: {says}"),
            Self::Unserviceable { says } => format!("carrier does not serve it: {says}"),
            Self::Refused { call, says } => format!("{call} refused: {says}"),
            Self::BookingUnknown { says } => {
                let seen = if says.is_empty() {
                    String::new()
                } else {
                    format!(": {says}")
                };
                format!(
                    "AWB booking sent, outcome not known{seen}; a repeat could buy a second AWB"
                )
            }
            Self::ConfirmFailed => "EasyEcom's confirmation failed".to_owned(),
            Self::Document { says } => format!("documents missing: {says}"),
            Self::Incomplete { says } => format!("order incomplete: {says}"),
            Self::Person { says } => format!("parked by hand: {says}"),
        }
    }

    /// What resolves it, in words an operator can act on.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Twin { .. } => "compare both orders; ship it as well, or drop it",
            Self::Foreign { .. } => "ship it to go on with that AWB, or drop it",
            Self::Contradiction { .. } => "look at the order in EasyEcom; then retry, ship or drop",
            Self::Unserviceable { .. } => "correct the address in EasyEcom, then retry; or drop",
            Self::Refused { .. } => "mend the cause in EasyEcom, then retry; or drop",
            Self::BookingUnknown { .. } => {
                "ask DTDC for the reference; retry books again, drop gives up the order"
            }
            Self::ConfirmFailed => "see EasyEcom's reason (stock, address), then retry; or drop",
            Self::Document { .. } => "retry fetches it again; or drop",
            Self::Incomplete { .. } => "complete the order in EasyEcom, then retry; or drop",
            Self::Person { .. } => "retry lets it go on; or drop",
        }
    }
}

impl OrderRecord {
    /// Whether trying again could change anything, or why not.
    pub fn may_retry(&self) -> Result<(), Clean> {
        if self.cancelled.is_some() && self.attention().is_none() {
            return Err(Clean::new("cancelled: nothing is left to try"));
        }
        // Of a cancelled order only its AWB is left to be cancelled: nobody has to decide whether it ships.
        let parked = self.park.as_ref().filter(|_| self.cancelled.is_none());
        if parked.is_some_and(|park| park.reason.needs_verdict()) {
            return Err(Clean::new(
                "trying again changes nothing here: ship it, or drop it",
            ));
        }
        let failed = |call: &CallState| {
            let struck = call.strikes > 0 && !call.progress.is_done();
            struck || matches!(call.progress, Progress::Waiting { .. })
        };
        if parked.is_none() && !self.calls().any(|(_, call)| failed(call)) {
            return Err(Clean::new("nothing has failed: there is nothing to retry"));
        }
        Ok(())
    }

    /// Whether a hold would stop anything, or why not.
    pub fn may_hold(&self) -> Result<(), Clean> {
        if let Some(hold) = &self.hold {
            let says = format!("held already by {}: {}", hold.by, hold.reason);
            return Err(Clean::new(&says));
        }
        if self.stage().is_manifested() || self.cancelled.is_some() {
            return Err(Clean::new(
                "shipped or cancelled: a hold would stop nothing",
            ));
        }
        Ok(())
    }

    /// Whether it can be parked by hand, or why not.
    pub fn may_park(&self) -> Result<(), Clean> {
        if self.park.is_some() {
            return Err(Clean::new("parked already"));
        }
        if self.stage().is_manifested() || self.cancelled.is_some() {
            return Err(Clean::new(
                "shipped or cancelled: parking would stop nothing",
            ));
        }
        Ok(())
    }

    /// Whether there is a hold to release, or why not.
    pub fn may_release(&self) -> Result<(), Clean> {
        match self.hold {
            Some(_) => Ok(()),
            None => Err(Clean::new("not held")),
        }
    }

    /// Why it is parked, with the remote's own words where the reason does not hold them already.
    pub fn park_words(&self) -> Option<String> {
        let reason = &self.park.as_ref()?.reason;
        let words = reason.describe();
        if !matches!(reason, ParkReason::ConfirmFailed) {
            return Some(words);
        }
        Some(match &self.confirm.progress {
            Progress::Waiting { failure, .. } => format!("{words}: {}", failure.says),
            _ => words,
        })
    }
}
