//! The one command table. Dispatch, footer, help, palette, `keymap.toml` and the clash check are made
//! from it; nothing else says what a key does.

mod enabled;
pub mod resolves;
mod table;

pub use enabled::next_of;
pub use table::TABLE;

use super::model::Model;

/// Everything that a key can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    FocusNext,
    FocusPrev,
    FocusOrders,
    FocusSteps,
    FocusFeed,
    FocusStock,
    Zoom,
    Wider,
    Narrower,
    Taller,
    Shorter,
    EvenOut,
    Filter,
    Lists,
    Sort,
    SaveList,
    ForgetList,
    Exceptions,
    OldestConfirmed,
    Scan,
    LoadOut,
    TakeBack,
    HandOver,
    Open,
    OpenFound,
    Mark,
    MarkPage,
    MarkRange,
    MarkMatching,
    ClearMarks,
    NextStep,
    DoStep,
    Retry,
    Hold,
    Release,
    Decide,
    WhyNot,
    Track,
    ClearFlags,
    Undo,
    ShowPeople,
    CopyAwb,
    Manifest,
    PushStock,
    LeaveOut,
    ReadStock,
    FetchNow,
    Pause,
    FoldIn,
    FeedKind,
    Status,
    Wall,
    Help,
    Palette,
    Repaint,
    Suspend,
    Back,
    Quit,
    Accept,
    Yes,
    Complete,
}

/// Where a key is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Context {
    /// The four panes, whichever has focus.
    Board,
    /// Orders have focus.
    Orders,
    /// The steps have focus.
    Steps,
    /// The feed has focus.
    Feed,
    /// Inventory has focus.
    Stock,
    /// One order fills the screen.
    Detail,
    /// A list to choose from.
    Menu,
    /// Text to read.
    Pager,
    /// A question that wants a yes.
    Confirm,
    /// A field to type in.
    Text,
    /// One SKU fills the screen.
    Sku,
    /// The dock, where parcels are scanned on to the truck.
    Dock,
    /// The field for codes.
    Scan,
}

impl Context {
    /// Whether keys of both are listened to at the same time.
    pub fn meets(self, other: Self) -> bool {
        let pane = |c| matches!(c, Self::Orders | Self::Steps | Self::Feed | Self::Stock);
        self == other
            || (self == Self::Board && pane(other))
            || (other == Self::Board && pane(self))
            || matches!(
                (self, other),
                (Self::Text, Self::Dock | Self::Scan)
                    | (Self::Dock | Self::Scan, Self::Text)
                    | (Self::Pager, Self::Sku)
                    | (Self::Sku, Self::Pager)
            )
    }
}

/// What a command can do to the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Danger {
    /// Looks only.
    Safe,
    /// Changes what the ledger holds.
    Local,
    /// Changes something at EasyEcom or DTDC.
    Remote,
}

/// What may stand behind a command's name in the palette.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    Nothing,
    /// A filter of the pane.
    Filter,
    /// A line of the menu that the command opens.
    Choice,
    /// The code of an order: invoice, AWB, label, reference.
    Order,
    /// A code that goes into the field that the command opens.
    Code,
    /// A SKU.
    Sku,
    /// A reason, seen before it is sent.
    Reason,
    /// Words that go into the field that the command opens.
    Words,
}

/// A command.
#[derive(Debug)]
pub struct Command {
    pub action: Action,
    /// Its name in `keymap.toml` and in the palette.
    pub id: &'static str,
    /// Two or three words for the footer.
    pub title: &'static str,
    /// One sentence for the help.
    pub help: &'static str,
    /// Under which heading help and `keymap.toml` list it.
    pub group: &'static str,
    pub keys: &'static [&'static str],
    pub contexts: &'static [Context],
    pub danger: Danger,
    /// What may stand behind its name in the palette.
    pub takes: Takes,
    /// Place in the footer; 0 keeps it out of it.
    pub footer: u8,
    /// What must be so, beyond what its danger asks.
    enabled: fn(&Model) -> Result<(), String>,
}

impl Command {
    /// The row of an action.
    pub fn of(action: Action) -> &'static Self {
        TABLE
            .iter()
            .find(|row| row.action == action)
            .unwrap_or(&TABLE[0])
    }

    /// The row with this name.
    pub fn named(id: &str) -> Option<&'static Self> {
        TABLE.iter().find(|row| row.id == id)
    }

    /// Whether it can be used now, or why not.
    pub fn enabled(&self, model: &Model) -> Result<(), String> {
        if self.danger != Danger::Safe {
            if model.setup.read_only {
                return Err("this console is read-only".to_owned());
            }
            if let Some(gone) = &model.gone {
                return Err(format!("the engine does not answer: {}", gone.says));
            }
        }
        (self.enabled)(model)
    }

    /// Whether keys of the two are ever listened to together.
    pub fn meets(&self, other: &Self) -> bool {
        self.contexts
            .iter()
            .any(|a| other.contexts.iter().any(|b| a.meets(*b)))
    }
}

impl Command {
    /// How many commands there are.
    pub fn count() -> usize {
        TABLE.len()
    }
}
