//! Everything that the screen shows, as plain data. Changed only by `update`, read only by `view`.

pub mod aside;
mod confirm;
pub mod feed;
mod filtered;
pub mod layer;
pub mod listing;
pub mod load;
mod scan;
pub mod session;
mod sku;
pub mod undo;
pub mod window;

use std::collections::BTreeSet;

use chrono::FixedOffset;
use tui_input::Input;

pub use super::bell::{Patterns, Ring};
pub use aside::Aside;
pub use confirm::{Confirm, Purpose};
pub use feed::Feed;
pub use filtered::Filtered;
pub use layer::{About, Detail, Layer, Menu, Search, SkuDetail};
pub use load::{Load, Scanned};
pub use scan::{Scan, ScanFound};
pub use window::{Part, Place, Window};

use super::{commands::Context, keymap::Keymap, look::Look};
use crate::{
    domain::{Clean, InvoiceId, Stamp, filter::FeedFilter, time::ist},
    handle::{Level, OrderIndex, OrderRow, OrderView, Overview, Sort, StockBy, StockRow},
};

/// Orders that can be marked at once: more than a warehouse manifests in a shift.
pub const MARKS_MAX: usize = 5_000;

/// Notices kept; the newest is shown.
pub const NOTICES_MAX: usize = 50;

/// Seconds a notice stays, by its level: bad news stays until a key is pressed.
pub const NOTICE_S: i64 = 8;

/// One of the four panes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    Orders,
    Steps,
    Feed,
    Stock,
}

impl Pane {
    /// All, in the order of their keys.
    pub const ALL: [Self; 4] = [Self::Orders, Self::Steps, Self::Feed, Self::Stock];

    /// Where its keys are listened to.
    pub fn context(self) -> Context {
        match self {
            Self::Orders => Context::Orders,
            Self::Steps => Context::Steps,
            Self::Feed => Context::Feed,
            Self::Stock => Context::Stock,
        }
    }
}

/// What does not change while the console runs.
#[derive(Clone, Debug)]
pub struct Setup {
    pub look: Look,
    pub keymap: Keymap,
    /// Overrides the zone that the engine names.
    pub zone: Option<FixedOffset>,
    pub read_only: bool,
    /// The engine lives in this process and stops with the console.
    pub owns_engine: bool,
    /// Ring the terminal's bell.
    pub bell: bool,
    /// How.
    pub rings: Patterns,
    /// The character that a scanner sends before each code.
    pub scan_prefix: Option<char>,
    /// Minutes in Confirmed from which the band is loud.
    pub loud_after_min: i64,
    pub operator: Clean,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            look: Look::default(),
            keymap: Keymap::default(),
            zone: None,
            read_only: false,
            owns_engine: false,
            bell: false,
            rings: Patterns::default(),
            scan_prefix: None,
            loud_after_min: 60,
            operator: Clean::default(),
        }
    }
}

/// A line for the operator.
#[derive(Clone, Debug)]
pub struct Notice {
    pub level: Level,
    /// Passing news of the engine: it gives way to what the selected order needs.
    pub news: bool,
    pub says: Clean,
    pub at: Stamp,
}

/// Why the engine is believed to be gone.
#[derive(Clone, Debug)]
pub struct Gone {
    pub since: Stamp,
    pub says: Clean,
}

/// One question at a time per subject; what is wanted meanwhile is asked once more afterwards.
#[derive(Clone, Copy, Debug, Default)]
pub struct Slot {
    busy: bool,
    again: Option<Part>,
}

impl Slot {
    /// Whether to ask now. A wish to go somewhere outlives a wish to see the same again.
    pub fn want(&mut self, part: Part) -> bool {
        if self.busy {
            let keep = matches!(self.again, Some(Part::Start | Part::End))
                && !matches!(part, Part::Start | Part::End);
            if !keep {
                self.again = Some(part);
            }
            return false;
        }
        self.busy = true;
        true
    }

    /// The answer came; what to ask next.
    pub fn done(&mut self) -> Option<Part> {
        self.busy = false;
        self.again.take()
    }
}

/// The slots.
#[derive(Clone, Copy, Debug, Default)]
pub struct Slots {
    pub overview: Slot,
    pub orders: Slot,
    pub order: Slot,
    pub feed: Slot,
    /// Older lines of the feed.
    pub older: Slot,
    pub stock: Slot,
    pub detail: Slot,
    pub troubles: Slot,
    pub followed: Slot,
}

/// The order whose steps are shown.
#[derive(Clone, Debug, Default)]
pub struct Steps {
    pub view: Option<Box<OrderView>>,
    pub read_at: Option<Stamp>,
    /// The order is known to have changed since.
    pub behind: bool,
    /// Row under the cursor, 0 to 6.
    pub selected: usize,
    /// The order last asked for.
    pub asked: Option<InvoiceId>,
    /// The engine holds no such order.
    pub missing: bool,
}

/// Orders that are watched for a while after a bulk action.
#[derive(Clone, Debug)]
pub struct Followed {
    pub orders: BTreeSet<InvoiceId>,
    /// They are let go of then.
    pub until: Stamp,
}

/// The screen.
#[derive(Clone, Debug)]
pub struct Model {
    pub setup: Setup,
    /// Columns and rows.
    pub size: (u16, u16),
    pub now: Stamp,
    pub overview: Option<Overview>,
    pub overview_at: Option<Stamp>,
    pub gone: Option<Gone>,
    pub orders: Window<OrderRow>,
    /// What needs a person and is about no order.
    pub aside: Aside,
    pub index: OrderIndex,
    /// The list and its filter before the exceptions were looked at.
    pub list_before: Option<(OrderIndex, Input)>,
    pub orders_filter: Input,
    /// What the filter says, as it was last understood.
    pub wanted: listing::Wanted,
    /// Why what is typed is no filter.
    pub filter_wrong: Option<Clean>,
    /// In another order than the list's own.
    pub sort: Option<Sort>,
    /// The operator's own lists.
    pub saved: Vec<listing::SavedList>,
    pub steps: Steps,
    pub feed: Feed,
    pub feed_filter: Input,
    /// What that filter says, as it was last understood.
    pub feed_wanted: FeedFilter,
    pub stock: Window<StockRow>,
    pub stock_filter: Input,
    /// What that filter says, as it was last understood.
    pub stock_wanted: String,
    /// In another order than the worst first.
    pub stock_sort: Option<Sort<StockBy>>,
    pub focus: Pane,
    /// The pane that shares a small screen with the orders.
    pub second: Pane,
    pub zoomed: bool,
    pub layers: Vec<Layer>,
    pub marks: BTreeSet<InvoiceId>,
    /// The order marked last: one end of a range.
    pub last_mark: Option<InvoiceId>,
    pub notices: Vec<Notice>,
    /// What this console did and can take back, the newest last.
    pub undo: Vec<undo::Undo>,
    /// Orders of the last bulk actions, whose calls may yet fail.
    pub followed: Followed,
    /// What the panes have beyond their usual size: columns for the left, rows for the upper ones.
    pub sizes: (i16, i16),
    pub slots: Slots,
    /// Marking everything that matches is under way, for this generation of the list.
    pub marking: Option<u64>,
    /// Serial of the newest question.
    pub serial: u64,
    /// When a key was pressed last: nobody at the keyboard means nobody reads a still feed.
    pub key_at: Stamp,
    /// Commands sent and not answered.
    pub sent: u32,
    /// Something on the screen may have changed.
    pub dirty: bool,
}

impl Model {
    /// An empty screen.
    pub fn new(setup: Setup, size: (u16, u16), now: Stamp) -> Self {
        Self {
            setup,
            size,
            now,
            overview: None,
            overview_at: None,
            gone: None,
            orders: Window::default(),
            aside: Aside::default(),
            index: OrderIndex::Active,
            list_before: None,
            orders_filter: Input::default(),
            wanted: listing::Wanted::default(),
            filter_wrong: None,
            sort: None,
            saved: Vec::new(),
            steps: Steps::default(),
            feed: Feed::default(),
            feed_filter: Input::default(),
            feed_wanted: FeedFilter::default(),
            stock: Window::default(),
            stock_filter: Input::default(),
            stock_wanted: String::new(),
            stock_sort: None,
            focus: Pane::Orders,
            second: Pane::Steps,
            zoomed: false,
            layers: Vec::new(),
            marks: BTreeSet::new(),
            last_mark: None,
            notices: Vec::new(),
            undo: Vec::new(),
            followed: Followed {
                orders: BTreeSet::new(),
                until: now,
            },
            sizes: (0, 0),
            slots: Slots::default(),
            marking: None,
            serial: 0,
            key_at: now,
            sent: 0,
            dirty: true,
        }
    }

    /// The warehouse's zone.
    pub fn zone(&self) -> FixedOffset {
        self.setup
            .zone
            .or_else(|| {
                let east = self.overview.as_ref()?.zone_east_s;
                FixedOffset::east_opt(east)
            })
            .unwrap_or_else(ist)
    }

    /// Why nothing can be put on a truck now, if that is so.
    pub fn dock_closed(&self) -> Option<String> {
        if self.setup.read_only {
            return Some("this console is read-only: nothing is recorded".to_owned());
        }
        let gone = self.gone.as_ref()?;
        Some(format!(
            "NOT RECORDED, the engine does not answer: {}",
            gone.says
        ))
    }

    /// Where keys are listened to now.
    pub fn contexts(&self) -> Vec<Context> {
        match self.layers.last() {
            // A field with keys of its own.
            Some(Layer::Load(_)) => vec![Context::Text, Context::Dock],
            Some(Layer::Scan(_)) => vec![Context::Text, Context::Scan],
            Some(Layer::Sku(_)) => vec![Context::Pager, Context::Sku],
            Some(layer) => vec![layer.context()],
            None => vec![Context::Board, self.focus.context()],
        }
    }

    /// The order that a key for one order goes to.
    pub fn cursor_order(&self) -> Option<InvoiceId> {
        match self.detail() {
            Some(detail) => Some(detail.invoice),
            None if self.trouble().is_some() => None,
            None => self.orders.selected,
        }
    }

    /// The order that stands in Confirmed the longest.
    pub fn oldest_confirmed(&self) -> Option<InvoiceId> {
        self.overview.as_ref()?.confirmed.oldest
    }

    /// The orders that a key for many goes to: the marked ones, or the one under the cursor. An open
    /// order stands for itself.
    pub fn targets(&self) -> Vec<InvoiceId> {
        match self.detail() {
            Some(detail) => vec![detail.invoice],
            None if self.marks.is_empty() => self.cursor_order().into_iter().collect(),
            None => self.marks.iter().copied().collect(),
        }
    }

    /// The row of the target, where there is one only.
    pub fn single_row(&self) -> Option<&OrderRow> {
        let targets = self.targets();
        match targets.as_slice() {
            [one] => self.row_of(*one),
            _ => None,
        }
    }

    /// The row of an order, if it is held.
    pub fn row_of(&self, invoice: InvoiceId) -> Option<&OrderRow> {
        match self.view_of(invoice) {
            Some(view) => Some(&view.row),
            None => self.orders.rows.iter().find(|row| row.invoice == invoice),
        }
    }

    /// The view of the target, where there is one only and it is held.
    pub fn single_view(&self) -> Option<&OrderView> {
        match self.targets().as_slice() {
            [one] => self.view_of(*one),
            _ => None,
        }
    }

    /// The view of an order, if it is held.
    pub fn view_of(&self, invoice: InvoiceId) -> Option<&OrderView> {
        let open = self.detail().and_then(|d| d.view.as_deref());
        [open, self.steps.view.as_deref()]
            .into_iter()
            .flatten()
            .find(|view| view.row.invoice == invoice)
    }

    /// Tells the operator something.
    pub fn notify(&mut self, level: Level, says: impl Into<Clean>) {
        if self.notices.len() >= NOTICES_MAX {
            self.notices.remove(0);
        }
        let at = self.now;
        self.notices.push(Notice {
            level,
            news: false,
            says: says.into(),
            at,
        });
    }

    /// Passes on what the engine tells everybody.
    pub fn pass_on(&mut self, level: Level, says: impl Into<Clean>) {
        self.notify(level, says);
        if let Some(notice) = self.notices.last_mut() {
            notice.news = level == Level::Info;
        }
    }

    /// The notice to show: bad news until a key is pressed after it, the rest for some seconds.
    pub fn notice(&self) -> Option<&Notice> {
        self.notices.last().filter(|n| {
            let age = (self.now - n.at).num_seconds();
            match n.level {
                Level::Bad => self.key_at <= n.at || age < NOTICE_S,
                _ => age < NOTICE_S,
            }
        })
    }

    /// A number that no question had before.
    pub fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }
}
