//! What the journal records. The working state is the fold of these, nothing else.

mod about;
mod end;
mod intent;

pub use end::{Gave, Outcome, StockResult};
pub use intent::IntentDetail;

use serde::{Deserialize, Serialize};

use super::{
    ids::{Awb, InvoiceId, LocationKey, Operator, Sku},
    order::Order,
    record::{Document, ParkReason},
    request::InventoryItem,
    step::Call,
    text::Clean,
    time::Stamp,
    tracking::Scan,
};

/// One journal record without its chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Position, from 1, without gaps.
    pub seq: u64,
    /// When.
    pub at: Stamp,
    /// Which life of the engine; rises by one at each start.
    pub epoch: u64,
    /// Who asked.
    pub by: Operator,
    /// What happened.
    pub event: Event,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ev", rename_all = "snake_case")]
pub enum Event {
    /// The engine started.
    Started {
        /// Program version.
        version: Box<str>,
    },
    /// EasyEcom showed an order for the first time or with something new.
    OrderSeen {
        /// What it showed.
        order: Box<Order>,
        /// How it was read.
        via: Via,
    },
    /// A row of EasyEcom or a scan of DTDC that could not be read. Kept, shown, counted.
    RowRejected {
        /// Which call gave it.
        source: Box<str>,
        /// The invoice, if that much could be read.
        invoice: Option<InvoiceId>,
        /// What is wrong.
        reason: Clean,
        /// The row, people's data masked.
        fragment: Box<str>,
    },
    /// A window of orders was read to its last page.
    WindowRead {
        /// From.
        after: Stamp,
        /// To: the next window starts here, less the overlap.
        until: Stamp,
        /// Rows.
        rows: u32,
        /// The mark goes back to `until`: it lay in a future that a wrong clock had made.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        back: bool,
    },
    /// A remote write is about to be sent.
    Intent {
        /// What.
        detail: IntentDetail,
        /// 1 for the first.
        attempt: u16,
        /// Digest of the whole request.
        digest: Box<str>,
        /// Not sent after.
        not_after: Stamp,
        /// From here on, reading "not there" counts.
        settle_at: Stamp,
    },
    /// What became of an intent, for one order.
    Outcome {
        /// Journal position of the intent.
        intent: u64,
        /// Which call.
        call: Call,
        /// Which order.
        invoice: InvoiceId,
        /// The end.
        result: Outcome,
    },
    /// A reading that was to settle an unknown or accepted call showed nothing.
    Checked {
        /// Which call.
        call: Call,
        /// Which order.
        invoice: InvoiceId,
        /// What it showed.
        says: Clean,
        /// Whether it counts: it was made after the settle time.
        counts: bool,
        /// Next look.
        next_at: Stamp,
    },
    /// Label or invoice stored and checked.
    DocumentStored {
        /// Which order.
        invoice: InvoiceId,
        /// Which document.
        kind: DocumentKind,
        /// The file.
        document: Document,
    },
    /// New scans of the carrier.
    Scanned {
        /// Which order.
        invoice: InvoiceId,
        /// Its AWB.
        awb: Awb,
        /// The scans that were not known.
        scans: Vec<Scan>,
        /// The number under which the parcel returns, if the carrier names one.
        returns_as: Option<Clean>,
    },
    /// A person held an order.
    Held {
        /// Which.
        invoice: InvoiceId,
        /// Why.
        reason: Clean,
    },
    /// A person released it.
    Released {
        /// Which.
        invoice: InvoiceId,
        /// Why.
        reason: Clean,
    },
    /// An order was parked.
    Parked {
        /// Which.
        invoice: InvoiceId,
        /// Why.
        reason: ParkReason,
    },
    /// A person decided about a parked order.
    Decided {
        /// Which.
        invoice: InvoiceId,
        /// What.
        decision: Decision,
        /// Why.
        reason: Clean,
    },
    /// A person acknowledged the flags of a parcel.
    FlagsCleared {
        /// Which.
        invoice: InvoiceId,
    },
    /// A parcel of a manifest was put on the truck.
    Loaded {
        /// Which order.
        invoice: InvoiceId,
        /// Its AWB, as it was scanned.
        awb: Awb,
    },
    /// It was taken off again.
    Unloaded {
        /// Which order.
        invoice: InvoiceId,
    },
    /// A scan was no parcel for the truck that is loaded.
    TurnedAway {
        /// Journal position of the intent of the truck's manifest.
        manifest: u64,
        /// What was scanned.
        code: Clean,
        /// It is loaded already.
        twice: bool,
    },
    /// The truck of a manifest was handed over.
    LoadClosed {
        /// Journal position of the manifest's intent.
        manifest: u64,
        /// What stayed behind.
        missing: Vec<Awb>,
    },
    /// Allotted AWB numbers were added.
    Allotted {
        /// Name of the file.
        source: Clean,
        /// The numbers.
        numbers: Vec<Awb>,
    },
    /// The warehouse's count of SKUs.
    Counted {
        /// Warehouse.
        location: LocationKey,
        /// File name and digest.
        source: Clean,
        /// When the count was true.
        as_of: Stamp,
        /// The figures.
        rows: Vec<(Sku, i64)>,
    },
    /// A push of quantities is about to be sent.
    StockIntent {
        /// Warehouse.
        location: LocationKey,
        /// What.
        items: Vec<InventoryItem>,
        /// Digest of the request.
        digest: Box<str>,
        /// Not sent after.
        not_after: Stamp,
        /// From here on it may be pushed again.
        settle_at: Stamp,
    },
    /// What became of a push, per SKU.
    StockOutcome {
        /// Journal position of the intent.
        intent: u64,
        /// Warehouse.
        location: LocationKey,
        /// Per SKU.
        items: Vec<(Sku, StockResult)>,
    },
    /// SKUs that a person does not want pushed: a combo whose figure EasyEcom computes itself.
    LeftOut {
        /// Warehouse.
        location: LocationKey,
        /// Which.
        skus: Vec<Sku>,
        /// Why.
        reason: Clean,
    },
    /// They are to be pushed again.
    TakenIn {
        /// Warehouse.
        location: LocationKey,
        /// Which.
        skus: Vec<Sku>,
    },
    /// EasyEcom's own figures.
    StockRead {
        /// Warehouse.
        location: LocationKey,
        /// Per SKU.
        rows: Vec<(Sku, i64)>,
        /// When the read was begun: figures acknowledged later are not judged by it.
        asked_at: Stamp,
    },
    /// The worker was paused.
    Paused {
        /// Why.
        reason: Clean,
    },
    /// The worker was resumed.
    Resumed,
    /// Calls of a day set aside for use; what a crash leaves unused is lost, never used twice.
    QuotaLeased {
        /// The day, IST.
        day: chrono::NaiveDate,
        /// Calls used or set aside that day so far.
        used: u32,
    },
}

/// How an order was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// The regular window.
    Poll,
    /// Get Order Details.
    Details,
    /// A date range asked for by a person.
    Backfill,
}

/// Label or invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// The shipping label.
    Label,
    /// The invoice.
    Invoice,
}

/// What a person decides about a parked order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It is an order of its own (twin), or the AWB it has is right (foreign): go on.
    Ship,
    /// Try the refused call again.
    Retry,
    /// It will not ship from here.
    Drop,
}
