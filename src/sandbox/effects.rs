//! The log of what calls really did, and of what they must not have tried.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Something that a call did, or a rule that it broke.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// When, by the sandbox's clock.
    pub at: DateTime<Utc>,
    /// Position in the log, from 1 without gaps.
    pub seq: u64,
    /// What it was.
    pub kind: EffectKind,
    /// EasyEcom invoice id, where one is concerned.
    pub invoice: Option<u64>,
    /// AWB, where one is concerned.
    pub awb: Option<String>,
    /// Words for a person.
    pub detail: String,
}

/// What an entry of the log is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EffectKind {
    /// A token was handed out.
    LoggedIn,
    /// DTDC booked a consignment.
    Booked,
    /// DTDC cancelled a consignment.
    BookingCancelled,
    /// An AWB was written to an order.
    Assigned,
    /// A confirmation began.
    ConfirmStarted,
    /// A confirmation ended well.
    Confirmed,
    /// A confirmation ended in Confirm Fail.
    ConfirmFailed,
    /// A manifest was made; one entry for each AWB.
    Manifested,
    /// A shipping status was taken.
    Tracked,
    /// A quantity was taken.
    InventorySet,
    /// An order was cancelled.
    Cancelled,
    /// Something already done was asked for again, in the same words; nothing changed.
    Repeated,
    /// A call for an order cancelled so recently that the caller could not have known.
    LateAfterCancel,
    /// A fault was made; the detail names it.
    Fault,
    /// The sequence was broken.
    Violation(Rule),
}

/// A rule of the sequence that a call broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// confirm_order for an order without an AWB.
    ConfirmWithoutAwb,
    /// assignAWB for an order already confirmed or further.
    AssignAfterConfirm,
    /// A second AWB for an invoice or reference whose first was not cancelled.
    SecondAwb,
    /// One AWB for two invoices or references.
    AwbOnTwoInvoices,
    /// The document call before Confirm Success.
    DocumentBeforeConfirm,
    /// A manifest with an order that has not reached Confirm Success.
    ManifestUnconfirmed,
    /// A manifest with an AWB that no order carries.
    ManifestUnknownAwb,
    /// A manifest with an AWB of another carrier or marketplace.
    ManifestMixed,
    /// A second manifest of one AWB.
    SecondManifest,
    /// A tracking push before the manifest.
    TrackingBeforeManifest,
    /// A tracking push to a lower status, or out of a final one.
    TrackingBackwards,
    /// A tracking push that the parcel's scans do not bear out.
    TrackingUntrue,
    /// A tracking push for an AWB that no order carries.
    TrackingUnknownAwb,
    /// A step for an order whose cancellation could have been known.
    CallAfterCancel,
    /// A step for an order of another location.
    ForeignLocation,
    /// A consignment cancelled although its order is shipped.
    LiveAwbCancelled,
}

impl Rule {
    /// The name in logs, the same as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::ConfirmWithoutAwb => "confirm_without_awb",
            Self::AssignAfterConfirm => "assign_after_confirm",
            Self::SecondAwb => "second_awb",
            Self::AwbOnTwoInvoices => "awb_on_two_invoices",
            Self::DocumentBeforeConfirm => "document_before_confirm",
            Self::ManifestUnconfirmed => "manifest_unconfirmed",
            Self::ManifestUnknownAwb => "manifest_unknown_awb",
            Self::ManifestMixed => "manifest_mixed",
            Self::SecondManifest => "second_manifest",
            Self::TrackingBeforeManifest => "tracking_before_manifest",
            Self::TrackingBackwards => "tracking_backwards",
            Self::TrackingUntrue => "tracking_untrue",
            Self::TrackingUnknownAwb => "tracking_unknown_awb",
            Self::CallAfterCancel => "call_after_cancel",
            Self::ForeignLocation => "foreign_location",
            Self::LiveAwbCancelled => "live_awb_cancelled",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
