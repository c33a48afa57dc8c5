//! Rows and views: what a screen or a script needs to know, no more.

use serde::{Deserialize, Serialize};

use crate::domain::{
    Awb, Call, Clean, InvoiceId, OrderId, ReferenceCode, Sku, Stage, Stamp, Step,
    event::Event,
    filter::FeedSight,
    inventory::{DiffState, Moment},
    record::{Attention, OrderRecord},
    request::ManifestGroup,
    schedule::Due,
    tracking::{Scan, TrackingStatus},
};

/// An order in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRow {
    /// Place in the list that it was asked from, for [`super::Anchor`].
    pub key: String,
    /// Invoice.
    pub invoice: InvoiceId,
    /// EasyEcom's order.
    pub order: OrderId,
    /// The merchant's number.
    pub reference: ReferenceCode,
    /// Where it stands.
    pub stage: Stage,
    /// Why a person should look at it.
    pub attention: Option<Attention>,
    /// What is wrong or under way, in few words.
    pub note: Clean,
    /// AWB.
    pub awb: Option<Awb>,
    /// Courier or marketplace.
    pub marketplace: Clean,
    /// Where it goes.
    pub city: Clean,
    /// PIN code.
    pub pin: Clean,
    /// Rupees to collect, where it is COD.
    pub collect: Option<Clean>,
    /// Pieces.
    pub pieces: u32,
    /// When it was first held here.
    pub seen_at: Stamp,
    /// Since when it stands in its stage; `None` once the carrier moves it.
    #[serde(default)]
    pub stage_at: Option<Stamp>,
    /// By when it has to leave.
    pub due_at: Option<Stamp>,
    /// When it changed last.
    pub changed_at: Stamp,
}

impl OrderRow {
    /// Why a person should look at it, in words; a call that fails is named by its note already.
    pub fn needs(&self) -> Option<String> {
        let kind = self.attention?;
        Some(if self.note.is_empty() {
            kind.title().to_owned()
        } else if kind == Attention::Failing {
            self.note.to_string()
        } else {
            format!("{}: {}", kind.title(), self.note)
        })
    }
}

/// One order in full.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OrderView {
    /// The record.
    pub record: OrderRecord,
    /// The list row.
    pub row: OrderRow,
    /// The seven steps.
    pub steps: Vec<StepView>,
    /// What the engine does next and when.
    pub due: Option<Due>,
    /// Other invoices of the same order.
    pub siblings: Vec<OrderRow>,
    /// Customer's name, masked unless asked for.
    pub customer: Clean,
    /// Customer's phone, masked unless asked for.
    pub phone: Clean,
    /// Customer's address; empty unless asked for.
    pub address: Clean,
}

/// One step of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepView {
    /// Which.
    pub step: Step,
    /// How it stands.
    pub state: StepState,
    /// When it came to stand so.
    pub at: Option<Stamp>,
    /// Evidence, failure or what it waits for.
    pub says: Clean,
    /// What would lift it, where something is in the way.
    pub lifts: Clean,
    /// What the engine does next by itself. A text made once would go on promising a time that is past.
    #[serde(default)]
    pub again: Option<Again>,
}

/// What the engine does next, and from when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Again {
    /// What.
    pub what: AgainWhat,
    /// Not before.
    pub at: Stamp,
    /// A person does this step: the engine waits.
    pub by_hand: bool,
}

/// What the engine can do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgainWhat {
    /// Tries what failed.
    Retry,
    /// Reads what came of a call.
    Look,
    /// Generates the group's manifest.
    Manifest,
}

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Done, proven.
    Done,
    /// Can be done now.
    Ready,
    /// Under way.
    Running,
    /// Sent, outcome not known.
    Unknown,
    /// Failed; it will be tried again.
    Failed,
    /// Not legal yet.
    Blocked,
    /// Will never be done for this order.
    Off,
}

/// A scan of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanLine {
    /// The scan.
    pub scan: Scan,
    /// What its code was read as; `None`: held.
    pub status: Option<TrackingStatus>,
    /// Whether EasyEcom was told this status or a later one.
    pub told: bool,
}

/// A line of the feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedLine {
    /// Journal position.
    pub seq: u64,
    /// When.
    pub at: Stamp,
    /// Which order.
    pub invoice: Option<InvoiceId>,
    /// Its reference.
    pub reference: Option<ReferenceCode>,
    /// Its AWB.
    pub awb: Option<Awb>,
    /// Which call, if one.
    pub call: Option<Call>,
    /// How loud.
    pub level: super::Level,
    /// Who.
    pub by: crate::domain::Operator,
    /// What.
    pub says: Clean,
}

impl FeedLine {
    /// The line as a filter sees it.
    pub fn sight(&self) -> FeedSight<'_> {
        FeedSight {
            at: self.at,
            invoice: self.invoice,
            reference: self.reference.as_ref().map_or("", |r| r.as_str()),
            awb: self.awb.as_ref().map_or("", |awb| awb.as_str()),
            by: self.by.as_str(),
            call: self.call,
            level: self.level,
            says: self.says.as_str(),
        }
    }
}

/// A SKU in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockRow {
    /// Place in the list.
    pub key: String,
    /// SKU.
    pub sku: Sku,
    /// Where it stands.
    pub state: DiffState,
    /// What EasyEcom should show.
    pub ours: Option<i64>,
    /// What it acknowledged.
    pub acknowledged: Option<i64>,
    /// What it showed when last read.
    pub read_back: Option<i64>,
    /// Ours less theirs.
    pub difference: Option<i64>,
    /// When the warehouse counted it.
    pub counted_at: Option<Stamp>,
    /// When EasyEcom acknowledged.
    pub acknowledged_at: Option<Stamp>,
    /// When it was read back.
    pub read_at: Option<Stamp>,
    /// Problem, likely cause, or what it waits for.
    pub note: Clean,
    /// When the engine tries it again.
    #[serde(default)]
    pub again: Option<Again>,
}

/// One SKU in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkuView {
    /// The list row.
    pub row: StockRow,
    /// The warehouse's own count, before what left since.
    pub counted: Option<i64>,
    /// Pieces manifested since that count.
    pub shipped_since: i64,
    /// What happened to it, newest first.
    pub recent: Vec<Moment>,
}

/// What needs a person and is about no order. It is gone when its cause is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// What it is about.
    pub about: TroubleAbout,
    /// What it is, in few words.
    pub what: Clean,
    /// The remote's own words, or what was found.
    pub says: Clean,
    /// What it means and what resolves it.
    pub means: Clean,
}

/// What a [`Trouble`] is about: the same one has the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum TroubleAbout {
    /// Few or no allotted AWBs are left.
    Awbs,
    /// The newest stock file was not taken whole.
    StockFile,
    /// A SKU that EasyEcom refused.
    Sku {
        /// Which.
        sku: Sku,
    },
    /// Set-up or machine.
    Alarm {
        /// Which.
        name: Clean,
    },
    /// More SKUs than are listed.
    MoreSkus,
}

/// A journal line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalLine {
    /// Position.
    pub seq: u64,
    /// When.
    pub at: Stamp,
    /// Which life of the engine.
    pub epoch: u64,
    /// Who.
    pub by: crate::domain::Operator,
    /// What.
    pub event: Event,
}

/// A remote row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedLine {
    /// Journal position.
    pub seq: u64,
    /// When.
    pub at: Stamp,
    /// Which call gave it.
    pub source: Clean,
    /// The invoice, if that much could be read.
    pub invoice: Option<InvoiceId>,
    /// What is wrong.
    pub reason: Clean,
    /// The row, people's data masked.
    pub fragment: Clean,
}

/// What a manifest of one group would contain now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestPlan {
    /// Which group.
    pub group: ManifestGroup,
    /// Marketplace's name.
    pub marketplace: Clean,
    /// Orders ready.
    pub ready: u64,
    /// Orders of the group that stand in Confirmed but are not ready.
    pub not_ready: u64,
    /// Since when the oldest is ready.
    pub oldest_at: Option<Stamp>,
}
