//! What the ledger holds about one order: the remote's facts, how far each call came, and what
//! people decided. Changed only by [`super::fold`]ing journal events.

use serde::{Deserialize, Serialize};

use super::{
    ids::{Awb, InvoiceId, ManifestNo, Operator},
    order::{Order, RemoteStatus},
    outcome::{Evidence, Failure, Signed},
    step::{Call, Stage, Step},
    text::Clean,
    time::Stamp,
    tracking::{TrackingStatus, Trail},
};

/// An order and everything that happened to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRecord {
    /// EasyEcom's newest word.
    pub order: Order,
    /// When the ledger first held it.
    pub first_seen: Stamp,
    /// When it was last read with something new.
    pub read_at: Stamp,
    /// Journal position of the newest event that changed it.
    pub version: u64,
    /// Book an AWB.
    pub book: CallState,
    /// Assign it at EasyEcom.
    pub assign: CallState,
    /// Confirm.
    pub confirm: CallState,
    /// Label and invoice.
    pub documents: CallState,
    /// Manifest.
    pub manifest: CallState,
    /// Cancel a booking that will not travel.
    pub cancel_booking: CallState,
    /// The tracking push under way.
    pub push: CallState,
    /// The AWB bound to this invoice.
    #[serde(default)]
    pub booking: Option<Booking>,
    /// The allotted number that an earlier attempt reserved.
    #[serde(default)]
    pub reserved: Option<Awb>,
    /// The status that the push under way tells.
    #[serde(default)]
    pub telling: Option<TrackingStatus>,
    /// The label, stored and checked.
    #[serde(default)]
    pub label: Option<Document>,
    /// The invoice, stored and checked.
    #[serde(default)]
    pub invoice: Option<Document>,
    /// EasyEcom's manifest number.
    #[serde(default)]
    pub manifest_no: Option<ManifestNo>,
    /// Journal position of the newest manifest call that it was in.
    #[serde(default)]
    pub manifest_intent: Option<u64>,
    /// Who put the parcel on the truck.
    #[serde(default)]
    pub loaded: Option<Signed>,
    /// The parcel's journey.
    #[serde(default)]
    pub trail: Trail,
    /// A person's hold.
    #[serde(default)]
    pub hold: Option<Signed>,
    /// Parked for a person.
    #[serde(default)]
    pub park: Option<Park>,
    /// A person let this twin or foreign order through.
    #[serde(default)]
    pub cleared: Option<Signed>,
    /// Cancelled.
    #[serde(default)]
    pub cancelled: Option<Cancelled>,
    /// Journal position of the stock decrement that its manifest caused.
    #[serde(default)]
    pub stock_version: Option<u64>,
}

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

/// The AWB of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// The number.
    pub awb: Awb,
    /// Where it came from.
    pub source: AwbSource,
    /// Whether it still serves.
    pub state: BookingState,
    /// When it was bound.
    pub at: Stamp,
}

/// Where an AWB came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AwbSource {
    /// Allocated by DTDC's booking.
    Dtdc,
    /// From the file of allotted numbers.
    Allotted,
    /// EasyEcom showed it; not ours.
    Foreign,
}

/// Whether an AWB still serves its order. It is bound for ever; void is a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookingState {
    /// Travels or will travel.
    Live,
    /// Paid for, will not travel, not yet cancelled.
    Orphan,
    /// Cancelled at the carrier.
    Cancelled,
}

/// A stored and checked document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// SHA-256, hex: its file's name.
    pub sha256: Box<str>,
    /// Size.
    pub bytes: u64,
    /// `easyecom` or `dtdc`.
    pub source: Box<str>,
    /// Stored at.
    pub at: Stamp,
}

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
    BookingUnknown,
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
            Self::BookingUnknown => {
                "AWB booking sent, outcome not known; a repeat could buy a second AWB".to_owned()
            }
            Self::ConfirmFailed => "EasyEcom's confirmation failed".to_owned(),
            Self::Document { says } => format!("document: {says}"),
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
            Self::BookingUnknown => {
                "ask DTDC for the reference; retry books again, drop gives up the order"
            }
            Self::ConfirmFailed => "see EasyEcom's reason (stock, address), then retry; or drop",
            Self::Document { .. } => "retry fetches it again; or drop",
            Self::Incomplete { .. } => "complete the order in EasyEcom, then retry; or drop",
            Self::Person { .. } => "retry lets it go on; or drop",
        }
    }
}

/// A cancellation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancelled {
    /// When we knew.
    pub at: Stamp,
    /// `easyecom`, or the operator who dropped it here.
    pub by: Operator,
    /// Whether the manifest was made already: the goods must be pulled or called back.
    pub after_manifest: bool,
    /// Who took that upon themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noted_by: Option<Operator>,
}

/// Why a person should look at an order, most pressing first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attention {
    /// Cancelled at EasyEcom after its manifest.
    CancelledAfterManifest,
    /// A call's outcome is not known.
    Unknown,
    /// Parked.
    Parked,
    /// A booked AWB that will not travel and is not cancelled.
    OrphanAwb,
    /// The carrier's scans contradict each other or are not understood.
    Tracking,
    /// Held by a person.
    Held,
    /// A call keeps failing; the machine goes on trying.
    Failing,
}

impl Attention {
    /// All, most pressing first.
    pub const ALL: [Self; 7] = [
        Self::CancelledAfterManifest,
        Self::Unknown,
        Self::Parked,
        Self::OrphanAwb,
        Self::Tracking,
        Self::Held,
        Self::Failing,
    ];

    /// What an operator calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::CancelledAfterManifest => "Cancelled late",
            Self::Unknown => "Unknown",
            Self::Parked => "Parked",
            Self::OrphanAwb => "Orphan AWB",
            Self::Tracking => "Tracking",
            Self::Held => "Held",
            Self::Failing => "Failing",
        }
    }
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

impl OrderRecord {
    /// A record of an order seen for the first time.
    pub fn new(order: Order, at: Stamp) -> Self {
        Self {
            order,
            first_seen: at,
            read_at: at,
            version: 0,
            book: CallState::default(),
            assign: CallState::default(),
            confirm: CallState::default(),
            documents: CallState::default(),
            manifest: CallState::default(),
            cancel_booking: CallState::default(),
            push: CallState::default(),
            booking: None,
            reserved: None,
            telling: None,
            label: None,
            invoice: None,
            manifest_no: None,
            trail: Trail::default(),
            hold: None,
            park: None,
            cleared: None,
            manifest_intent: None,
            loaded: None,
            cancelled: None,
            stock_version: None,
        }
    }

    /// Whether trying again could change anything, or why not.
    pub fn may_retry(&self) -> Result<(), Clean> {
        if self.cancelled.is_some() && self.attention().is_none() {
            return Err(Clean::new("cancelled: nothing is left to try"));
        }
        let parked = self.park.as_ref();
        if parked.is_some_and(|park| park.reason.needs_verdict()) {
            return Err(Clean::new(
                "trying again changes nothing here: ship it, or drop it",
            ));
        }
        Ok(())
    }

    /// Its key.
    pub fn id(&self) -> InvoiceId {
        self.order.invoice_id
    }

    /// The state of `call`; inventory is kept per SKU, not per order.
    pub fn call(&self, call: Call) -> Option<&CallState> {
        Some(match call {
            Call::Book => &self.book,
            Call::Assign => &self.assign,
            Call::Confirm => &self.confirm,
            Call::Documents => &self.documents,
            Call::Manifest => &self.manifest,
            Call::Tracking => &self.push,
            Call::CancelBooking => &self.cancel_booking,
            Call::Inventory => return None,
        })
    }

    /// The state of `call`, to change.
    pub fn call_mut(&mut self, call: Call) -> Option<&mut CallState> {
        Some(match call {
            Call::Book => &mut self.book,
            Call::Assign => &mut self.assign,
            Call::Confirm => &mut self.confirm,
            Call::Documents => &mut self.documents,
            Call::Manifest => &mut self.manifest,
            Call::Tracking => &mut self.push,
            Call::CancelBooking => &mut self.cancel_booking,
            Call::Inventory => return None,
        })
    }

    /// The AWB that travels.
    pub fn live_awb(&self) -> Option<&Awb> {
        self.booking
            .as_ref()
            .filter(|b| b.state == BookingState::Live)
            .map(|b| &b.awb)
    }

    /// The manifest call that shipped it, if one of ours did.
    pub fn manifested_by(&self) -> Option<u64> {
        self.manifest_intent
            .filter(|_| self.manifest.progress.is_done())
    }

    /// Where it stands.
    pub fn stage(&self) -> Stage {
        if self.manifest.progress.is_done() {
            return match self.trail.reached {
                None | Some(TrackingStatus::PickupScheduled) => Stage::Shipped,
                Some(TrackingStatus::InTransit) => Stage::InTransit,
                Some(TrackingStatus::OutForDelivery) => Stage::OutForDelivery,
                Some(TrackingStatus::Delivered) => Stage::Delivered,
                Some(TrackingStatus::Rto) => Stage::Rto,
                Some(TrackingStatus::RtoDelivered) => Stage::RtoDelivered,
            };
        }
        if self.cancelled.is_some() {
            return Stage::Cancelled;
        }
        if self.confirm.progress.is_done() {
            return if self.label.is_some() && self.invoice.is_some() {
                Stage::Ready
            } else {
                Stage::Confirmed
            };
        }
        if self.confirm.progress.is_open() || self.order.status == RemoteStatus::Confirmed {
            return Stage::Confirming;
        }
        if self.assign.progress.is_done() {
            return Stage::Assigned;
        }
        if self.live_awb().is_some() {
            return Stage::Booked;
        }
        Stage::Fetched
    }

    /// Whether it was cancelled after its manifest, and nobody has taken note of that yet.
    pub fn is_cancelled_late(&self) -> bool {
        self.cancelled
            .as_ref()
            .is_some_and(|c| c.after_manifest && c.noted_by.is_none())
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

    /// Whether, and why, a person should look at it.
    pub fn attention(&self) -> Option<Attention> {
        if self.is_cancelled_late() {
            return Some(Attention::CancelledAfterManifest);
        }
        let calls = [
            &self.book,
            &self.assign,
            &self.confirm,
            &self.manifest,
            &self.push,
            &self.cancel_booking,
        ];
        if calls
            .iter()
            .any(|c| matches!(c.progress, Progress::Unknown { .. }))
        {
            return Some(Attention::Unknown);
        }
        if self.cancelled.is_none() && self.park.is_some() {
            return Some(Attention::Parked);
        }
        if self
            .booking
            .as_ref()
            .is_some_and(|b| b.state == BookingState::Orphan)
        {
            return Some(Attention::OrphanAwb);
        }
        if self
            .trail
            .flags
            .iter()
            .any(super::tracking::Flag::needs_person)
        {
            return Some(Attention::Tracking);
        }
        if self.cancelled.is_none() && self.hold.is_some() {
            return Some(Attention::Held);
        }
        if calls
            .iter()
            .chain([&&self.documents])
            .any(|c| c.strikes > 0 && !c.progress.is_done())
        {
            return Some(Attention::Failing);
        }
        None
    }

    /// The instant by which the order has to leave, or, where EasyEcom gives none, when it came.
    pub fn urgency(&self) -> Stamp {
        self.order.due_at.unwrap_or(self.first_seen)
    }

    /// How step `step` stands for this order, in words for a screen.
    pub fn step_done(&self, step: Step) -> bool {
        match step {
            Step::Fetch => true,
            Step::Assign => self.assign.progress.is_done(),
            Step::Confirm => self.confirm.progress.is_done(),
            Step::Documents => self.label.is_some() && self.invoice.is_some(),
            Step::Manifest => self.manifest.progress.is_done(),
            Step::Tracking => self.trail.told.is_some_and(TrackingStatus::is_final),
            Step::Inventory => false,
        }
    }
}
