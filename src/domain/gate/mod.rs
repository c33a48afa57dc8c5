//! The gate: whether a call is legal for an order now. One table, one row per rule; every row that
//! is not met is named, with what established it and what would lift it.

mod rules;
mod stock;
#[cfg(test)]
mod tests;

pub(in crate::domain) use rules::stands_open;
pub use stock::{weigh_sku, weigh_stock};

use std::fmt;

use chrono::FixedOffset;
use serde::{Deserialize, Serialize};

use super::{
    ids::InvoiceId, record::OrderRecord, step::Call, text::Clean, time::Stamp,
    tracking::TrackingStatus,
};

/// What the gate looks at.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The order.
    pub record: &'a OrderRecord,
    /// Other invoices of the same order.
    pub siblings: &'a [OrderRecord],
    /// When EasyEcom was last read so that a cancellation would have been seen.
    pub fresh_at: Option<Stamp>,
    /// How old that may be, seconds.
    pub fresh_for_s: i64,
    /// The status to push, for [`Call::Tracking`].
    pub telling: Option<TrackingStatus>,
    /// Whether the account's "Update Available Inventory Only" is known to be ON.
    pub stock_setting_on: bool,
    /// The warehouse's zone, for the words.
    pub zone: FixedOffset,
    /// Now.
    pub now: Stamp,
}

impl Facts<'_> {
    fn clock(&self, at: Stamp) -> String {
        clock(self.zone, at)
    }
}

fn clock(zone: FixedOffset, at: Stamp) -> String {
    let at = at.with_timezone(&zone);
    at.format("%d %b %H:%M:%S").to_string()
}

/// A precondition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Not cancelled.
    NotCancelled,
    /// No person's hold.
    NotHeld,
    /// Not parked.
    NotParked,
    /// No sibling is in its way.
    NoTwin,
    /// EasyEcom shows it open.
    OpenRemotely,
    /// This call has no unsettled or done attempt.
    NotSentAlready,
    /// No AWB is bound yet.
    NoAwbYet,
    /// A live AWB is bound.
    AwbBooked,
    /// The bound AWB will not travel.
    AwbVoid,
    /// EasyEcom has the AWB.
    Assigned,
    /// The confirmation was seen to have succeeded.
    Confirmed,
    /// Label and invoice are stored and checked.
    DocumentsStored,
    /// The manifest is made.
    Manifested,
    /// The manifest is not made.
    NotManifested,
    /// The status goes forward from what was told.
    TrackingForward,
    /// EasyEcom was read a moment ago.
    Fresh,
    /// "Update Available Inventory Only" is ON.
    StockSettingOn,
    /// The SKU is held here.
    SkuHeld,
    /// No person left the SKU out of the push.
    SkuNotLeftOut,
}

/// Who gets out of the way what stands there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LiftedBy {
    /// Time, a reading of the remotes, or the engine's own next step.
    Engine,
    /// A person. Also where an older engine does not say: then somebody looks.
    #[default]
    Person,
    /// Nobody: it is final.
    Nothing,
}

/// A precondition that is not met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmet {
    /// Which.
    pub rule: Rule,
    /// What stands in the way.
    pub what: Clean,
    /// What established it: event, time, operator.
    pub since: Clean,
    /// What would lift it.
    pub lifts: Clean,
    /// Who does that.
    #[serde(default)]
    pub lifted_by: LiftedBy,
}

/// The gate's no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Which call.
    pub call: Call,
    /// Which order; `None` for inventory.
    pub invoice: Option<InvoiceId>,
    /// Every unmet precondition.
    pub unmet: Vec<Unmet>,
}

impl Refusal {
    /// Whether only time or the engine's own doing is missing: no person, and nothing that is final.
    pub fn lifts_itself(&self) -> bool {
        self.stays().is_none()
    }

    /// The first precondition that waiting does not meet.
    pub fn stays(&self) -> Option<&Unmet> {
        self.unmet.iter().find(|u| u.lifted_by != LiftedBy::Engine)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.invoice {
            Some(invoice) => write!(f, "{} of {invoice} is not legal now", self.call)?,
            None => write!(f, "{} is not legal now", self.call)?,
        }
        for unmet in &self.unmet {
            write!(f, "; {} ({}); {}", unmet.what, unmet.since, unmet.lifts)?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}

/// Weighs `call`.
pub fn weigh(call: Call, facts: &Facts<'_>) -> Result<(), Refusal> {
    let unmet: Vec<Unmet> = rules::TABLE
        .iter()
        .filter(|row| row.calls.contains(&call))
        .filter_map(|row| (row.unmet)(call, facts).map(|words| words.unmet(row.rule)))
        .collect();
    if unmet.is_empty() {
        return Ok(());
    }
    Err(Refusal {
        call,
        invoice: (call != Call::Inventory).then(|| facts.record.id()),
        unmet,
    })
}
