//! What lies over the four panes: an open order, a question, a field to type in. A stack; Esc takes
//! the top off.

use tui_input::Input;

use super::{
    Confirm, Filtered, Load, Scan,
    listing::{ListChoice, SortChoice},
};
use crate::{
    console::commands::Context,
    domain::{
        Clean, InvoiceId, Sku, Stamp, Step, event::Decision, filter::FeedFilter, gate::Refusal,
    },
    handle::{Command, ItemResult, JournalLine, OrderView, RejectedLine, ScanLine, SkuView},
};

/// One layer.
#[derive(Clone, Debug)]
pub enum Layer {
    /// An order fills the screen.
    Detail(Box<Detail>),
    /// Every key.
    Help(Search),
    /// Find a command by name.
    Palette(Search),
    /// Choose a list.
    Lists(Menu<ListChoice>),
    /// Choose what rows are sorted by.
    Sorts(Menu<SortChoice>),
    /// Choose a saved list to forget.
    Forget(Menu<String>),
    /// Choose what becomes of a parked order.
    Decide {
        invoice: InvoiceId,
        menu: Menu<Decision>,
        why: Clean,
        advice: &'static str,
    },
    /// Say why.
    Reason { about: About, input: Input },
    /// The filter of a list is typed.
    Filter { of: Filtered, before: String },
    /// Yes or no.
    Confirm(Box<Confirm>),
    /// What the gate said.
    WhyNot {
        invoice: InvoiceId,
        step: Step,
        answer: Option<Result<Option<Refusal>, Clean>>,
        scroll: usize,
    },
    /// What came of a command, per order.
    Results {
        title: Clean,
        items: Vec<ItemResult>,
        scroll: usize,
    },
    /// Connections, budget, alarms.
    Status {
        rejected: Option<Vec<RejectedLine>>,
        scroll: usize,
    },
    /// A SKU fills the screen.
    Sku(Box<SkuDetail>),
    /// Codes are scanned.
    Scan(Scan),
    /// Parcels are put on the truck.
    Load(Box<Load>),
    /// Figures for a wall.
    Wall,
}

/// An open order.
#[derive(Clone, Debug)]
pub struct Detail {
    pub invoice: InvoiceId,
    pub people: bool,
    pub view: Option<Box<OrderView>>,
    pub missing: bool,
    pub scans: Option<Vec<ScanLine>>,
    pub journal: Option<Vec<JournalLine>>,
    pub read_at: Option<Stamp>,
    pub scroll: usize,
    /// Which scans and which of its history.
    pub filter: Input,
    /// What that filter says, as it was last understood.
    pub wanted: FeedFilter,
}

/// An open SKU.
#[derive(Clone, Debug)]
pub struct SkuDetail {
    pub sku: Sku,
    pub view: Option<Box<SkuView>>,
    pub missing: bool,
    pub read_at: Option<Stamp>,
    pub scroll: usize,
}

/// A field with a list under it.
#[derive(Clone, Debug, Default)]
pub struct Search {
    pub input: Input,
    pub selected: usize,
    pub scroll: usize,
    /// What was typed before it was completed, and which suggestion stands there.
    pub tab: Option<(String, usize)>,
}

/// Choices.
#[derive(Clone, Debug)]
pub struct Menu<T> {
    pub items: Vec<(String, T)>,
    pub selected: usize,
}

impl<T> Menu<T> {
    /// Moves the choice.
    pub fn step(&mut self, by: isize) {
        let last = self.items.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
    }

    /// Chooses the line that is called so; else the first whose name begins so; else the first that
    /// has these words anywhere. Says whether there is one.
    pub fn find(&mut self, words: &str) -> bool {
        let words = words.trim().to_lowercase();
        let fits: [&dyn Fn(&str) -> bool; 3] = [
            &|title| name(title).to_lowercase() == words,
            &|title| name(title).to_lowercase().starts_with(&words),
            &|title| title.to_lowercase().contains(&words),
        ];
        let place = fits
            .iter()
            .find_map(|fits| self.items.iter().position(|(title, _)| fits(title)));
        self.selected = place.unwrap_or(self.selected);
        place.is_some()
    }

    /// What its lines are called.
    pub fn names(&self) -> Vec<String> {
        let called = self.items.iter().map(|(title, _)| name(title).to_owned());
        called.collect()
    }

    /// The choice.
    pub fn choice(&self) -> Option<&T> {
        self.items.get(self.selected).map(|(_, item)| item)
    }
}

/// What a line of a menu is called: without its kind, and without what is told about it.
fn name(title: &str) -> &str {
    if let Some(saved) = title.strip_prefix("Saved: ") {
        return saved.split("  (").next().unwrap_or(saved);
    }
    let rest = ["Stage: ", "Needs a person: "]
        .into_iter()
        .find_map(|kind| title.strip_prefix(kind))
        .unwrap_or(title);
    let end = rest.find([',', ':']).unwrap_or(rest.len());
    let end = end.min(rest.find("  ").unwrap_or(end));
    rest.get(..end).unwrap_or(rest)
}

/// What a reason is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// Hold these.
    Hold(Vec<InvoiceId>),
    /// Release these.
    Release(Vec<InvoiceId>),
    /// Park this one.
    Park(InvoiceId),
    /// This was decided.
    Decide(InvoiceId, Decision),
    /// Push it no more.
    LeaveOut(Sku),
    /// Stand still.
    Pause,
    /// Keep what is listed under a name.
    SaveList,
}

impl About {
    /// The question.
    pub fn title(&self) -> String {
        match self {
            Self::Hold(list) => format!("Hold {}: why?", orders(list)),
            Self::Release(list) => format!("Release {}: why?", orders(list)),
            Self::Park(invoice) => format!("Park {invoice} by hand: why?"),
            Self::Decide(invoice, Decision::Ship) => format!("Ship {invoice}: why?"),
            Self::Decide(invoice, Decision::Retry) => format!("Retry {invoice}: why?"),
            Self::Decide(invoice, Decision::Drop) => {
                format!("Drop {invoice}, it will not ship: why?")
            }
            Self::LeaveOut(sku) => format!("Leave {sku} out of the push: why?"),
            Self::Pause => "Pause the engine, nothing is sent: why?".to_owned(),
            Self::SaveList => "Save list, filter and order: under which name?".to_owned(),
        }
    }

    /// What stands under the field.
    pub fn help(&self) -> &'static str {
        match self {
            Self::SaveList => "Enter saves it, Esc goes back. It is yours, and there tomorrow.",
            _ => "Enter does it, Esc goes back. The reason is kept in the journal.",
        }
    }

    /// The command, once there is a reason; none where the engine is not concerned.
    pub fn command(self, reason: Clean) -> Option<Command> {
        Some(match self {
            Self::Hold(invoices) => Command::Hold { invoices, reason },
            Self::Release(invoices) => Command::Release { invoices, reason },
            Self::Park(invoice) => Command::Park { invoice, reason },
            Self::Decide(invoice, decision) => Command::Decide {
                invoice,
                decision,
                reason,
            },
            Self::LeaveOut(sku) => Command::LeaveOut {
                skus: vec![sku],
                reason,
            },
            Self::Pause => Command::Pause { reason },
            Self::SaveList => return None,
        })
    }
}

/// `100234` or `12 orders`.
pub fn orders(list: &[InvoiceId]) -> String {
    match list {
        [one] => format!("order {one}"),
        many => format!("{} orders", many.len()),
    }
}

impl Layer {
    /// Chooses the first line of a menu that has these words. Says whether there is one.
    pub fn find(&mut self, words: &str) -> bool {
        match self {
            Self::Lists(menu) => menu.find(words),
            Self::Sorts(menu) => menu.find(words),
            Self::Forget(menu) => menu.find(words),
            Self::Decide { menu, .. } => menu.find(words),
            _ => false,
        }
    }

    /// Moves the choice of a menu. Says whether this is one.
    pub fn step_menu(&mut self, by: isize) -> bool {
        match self {
            Self::Lists(menu) => menu.step(by),
            Self::Sorts(menu) => menu.step(by),
            Self::Forget(menu) => menu.step(by),
            Self::Decide { menu, .. } => menu.step(by),
            _ => return false,
        }
        true
    }

    /// Where keys go while it is on top.
    pub fn context(&self) -> Context {
        match self {
            Self::Detail(_) => Context::Detail,
            Self::Help(_)
            | Self::Palette(_)
            | Self::Reason { .. }
            | Self::Filter { .. }
            | Self::Scan(_)
            | Self::Load(_) => Context::Text,
            Self::Lists(_) | Self::Sorts(_) | Self::Forget(_) | Self::Decide { .. } => {
                Context::Menu
            }
            Self::Confirm(_) => Context::Confirm,
            Self::WhyNot { .. }
            | Self::Results { .. }
            | Self::Status { .. }
            | Self::Sku(_)
            | Self::Wall => Context::Pager,
        }
    }

    /// How far it is scrolled, if it scrolls.
    pub fn scroll_mut(&mut self) -> Option<&mut usize> {
        match self {
            Self::Detail(detail) => Some(&mut detail.scroll),
            Self::Sku(open) => Some(&mut open.scroll),
            Self::Help(search) => Some(&mut search.scroll),
            Self::Confirm(confirm) => Some(&mut confirm.scroll),
            Self::WhyNot { scroll, .. }
            | Self::Results { scroll, .. }
            | Self::Status { scroll, .. } => Some(scroll),
            _ => None,
        }
    }
}
