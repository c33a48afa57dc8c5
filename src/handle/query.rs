//! What can be read. Every answer is bounded; lists come in pages by index.

use serde::{Deserialize, Serialize};

use super::{
    load::ManifestLoad,
    overview::Overview,
    rows::{
        FeedLine, JournalLine, ManifestPlan, OrderRow, OrderView, RejectedLine, ScanLine, SkuView,
        StockRow, Trouble,
    },
};
use crate::domain::{
    Call, InvoiceId, Sku, Stage, gate::Refusal, inventory::DiffState, record::Attention,
};

/// Most rows in one page.
pub const PAGE_MAX: usize = 500;

/// Most answers to [`Query::Troubles`].
pub const TROUBLES_MAX: usize = 40;

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "query", rename_all = "snake_case")]
pub enum Query {
    /// The header.
    Overview,
    /// A page of orders.
    Orders(OrdersQuery),
    /// One order with its seven steps.
    Order {
        /// Which.
        invoice: InvoiceId,
        /// Whether to name the customer.
        people: bool,
    },
    /// Why a call is not legal now.
    WhyNot {
        /// Which order.
        invoice: InvoiceId,
        /// Which call.
        call: Call,
    },
    /// Orders whose invoice, AWB, order id or reference is, or begins with, this text. Also takes
    /// the long code of a label, which begins with the AWB.
    Find {
        /// The text.
        text: String,
    },
    /// All scans of an order, oldest first.
    Scans {
        /// Which.
        invoice: InvoiceId,
    },
    /// Newest lines of the feed, newest first.
    Feed {
        /// Which lines.
        kind: FeedKind,
        /// Only lines that fit this [`crate::domain::filter::FeedFilter`].
        #[serde(default)]
        text: String,
        /// Only lines after this journal position.
        #[serde(default)]
        after: u64,
        /// Only lines before this journal position.
        before: Option<u64>,
        /// How many.
        limit: usize,
    },
    /// A page of SKUs.
    Stock(StockQuery),
    /// One SKU and what happened to it.
    Sku {
        /// Which.
        sku: Sku,
    },
    /// What needs a person and is about no order: at most [`TROUBLES_MAX`], the most pressing first.
    Troubles,
    /// Journal lines.
    Journal {
        /// Of this order only.
        invoice: Option<InvoiceId>,
        /// Only lines before this position.
        before: Option<u64>,
        /// How many, newest first.
        limit: usize,
    },
    /// Remote rows that could not be read, newest first.
    Rejected {
        /// Only rows before this journal position.
        before: Option<u64>,
        /// How many.
        limit: usize,
    },
    /// What a manifest now would contain, per group.
    ManifestPlan,
    /// The manifests that were made here, newest first, and what of them is on the truck.
    Loads {
        /// How many.
        limit: usize,
    },
}

/// A page of orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrdersQuery {
    /// Which list.
    pub index: OrderIndex,
    /// Only rows that fit this [`crate::domain::filter::Filter`].
    pub text: String,
    /// In another order than the list's own.
    #[serde(default)]
    pub sort: Option<Sort>,
    /// From where.
    pub anchor: Anchor,
    /// How many.
    pub limit: usize,
}

/// An order that the store does not keep: at most [`SORTED_MAX`] rows of the list are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort<By = SortBy> {
    /// By what.
    pub by: By,
    /// The greatest first.
    pub descending: bool,
}

/// Rows that are sorted; where a list has more, the first so many of its own order are.
pub const SORTED_MAX: usize = 5_000;

/// A column that rows can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortBy {
    /// Invoice.
    Invoice,
    /// The merchant's number.
    Reference,
    /// Where it stands.
    Stage,
    /// For how long it stands there.
    InStage,
    /// By when it has to leave.
    Due,
    /// Since when it is held here.
    Age,
    /// Where it goes.
    City,
    /// AWB.
    Awb,
    /// Rupees to collect.
    Collect,
    /// Marketplace.
    Marketplace,
}

impl SortBy {
    /// All, in the order of the columns.
    pub const ALL: [Self; 10] = [
        Self::Invoice,
        Self::Reference,
        Self::Stage,
        Self::InStage,
        Self::Due,
        Self::Age,
        Self::City,
        Self::Awb,
        Self::Collect,
        Self::Marketplace,
    ];
}

/// A column that SKUs can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StockBy {
    /// SKU.
    Sku,
    /// What EasyEcom should show.
    Ours,
    /// What EasyEcom shows, or acknowledged where it was not read since.
    Theirs,
    /// How far the two are apart, whichever is greater.
    Difference,
    /// When the warehouse counted it.
    Counted,
    /// When EasyEcom acknowledged it.
    Acknowledged,
}

impl StockBy {
    /// All, in the order of the columns.
    pub const ALL: [Self; 6] = [
        Self::Sku,
        Self::Ours,
        Self::Theirs,
        Self::Difference,
        Self::Counted,
        Self::Acknowledged,
    ];
}

/// A list of orders, kept sorted by the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "list", rename_all = "snake_case")]
pub enum OrderIndex {
    /// Those not ended, most urgent first.
    Active,
    /// All, newest first.
    Newest,
    /// Those of one stage, most urgent first.
    Stage {
        /// Which.
        stage: Stage,
    },
    /// Those that need a person, oldest first; those whose outcome is not known behind them.
    Attention {
        /// One reason only.
        kind: Option<Attention>,
    },
}

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum Anchor {
    /// At the start of the list.
    First,
    /// At its end, backwards.
    Last,
    /// Behind this row.
    After {
        /// Its key.
        key: String,
    },
    /// Before this row, backwards.
    Before {
        /// Its key.
        key: String,
    },
    /// At this row, forwards: for drawing the same page again.
    From {
        /// Its key.
        key: String,
    },
}

/// Rows of a list, in list order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether there are rows before the first.
    pub more_before: bool,
    /// Whether there are rows behind the last.
    pub more_after: bool,
    /// How many rows the list has, where that is known without counting.
    pub total: Option<u64>,
    /// Whether a filter gave up looking before the page was full; asking on from [`Self::resume`] goes
    /// further. In a sorted list: whether there are more rows than are sorted.
    pub cut_short: bool,
    /// The place of the last row that was looked at, where that is not the last one of the page.
    #[serde(default)]
    pub resume: Option<String>,
}

/// Lines of the feed, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedPage {
    /// The lines.
    pub lines: Vec<FeedLine>,
    /// The newest journal position that was looked at, whether its line fits or not.
    pub newest: u64,
    /// Lines before this journal position were not looked at; `None`: there are none that could fit.
    /// A filter gives up for a while: asking on from here goes further.
    pub older: Option<u64>,
}

/// Which lines of the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedKind {
    /// Scans and what was told to EasyEcom.
    Tracking,
    /// Everything that happened.
    All,
}

/// A page of SKUs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockQuery {
    /// Only these states; empty means all. The list is sorted by state, worst first, then SKU.
    pub states: Vec<DiffState>,
    /// Only SKUs that fit this [`crate::domain::filter::StockFilter`].
    pub text: String,
    /// One SKU only.
    pub sku: Option<Sku>,
    /// In another order than the list's own.
    #[serde(default)]
    pub sort: Option<Sort<StockBy>>,
    /// From where.
    pub anchor: Anchor,
    /// How many.
    pub limit: usize,
}

/// An answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "reply", content = "with", rename_all = "snake_case")]
pub enum Reply {
    /// The header.
    Overview(Box<Overview>),
    /// A page of orders.
    Orders(Page<OrderRow>),
    /// One order, if it is held.
    Order(Option<Box<OrderView>>),
    /// `None`: it is legal.
    WhyNot(Option<Refusal>),
    /// Orders found.
    Found(Vec<OrderRow>),
    /// Scans.
    Scans(Vec<ScanLine>),
    /// Feed lines.
    Feed(FeedPage),
    /// A page of SKUs.
    Stock(Page<StockRow>),
    /// One SKU, if it is held.
    Sku(Option<Box<SkuView>>),
    /// What needs a person and is about no order.
    Troubles(Vec<Trouble>),
    /// Journal lines.
    Journal(Vec<JournalLine>),
    /// Rows that could not be read.
    Rejected(Vec<RejectedLine>),
    /// Groups.
    ManifestPlan(Vec<ManifestPlan>),
    /// Manifests at the dock.
    Loads(Vec<ManifestLoad>),
}
