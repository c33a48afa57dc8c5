//! What people and scripts can make the engine do.

use serde::{Deserialize, Serialize};

use super::load::LoadScan;
use crate::domain::{
    Clean, InvoiceId, Sku, Stamp, Step, event::Decision, gate::Refusal, request::ManifestGroup,
};

/// A command. The operator travels beside it and is kept in the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    /// Carry out a step of one order now, through the gate.
    Step {
        /// Which order.
        invoice: InvoiceId,
        /// Which step.
        step: Step,
    },
    /// Carry out the next legal step of each order now.
    Next {
        /// Which orders.
        invoices: Vec<InvoiceId>,
    },
    /// Try what failed again now; a parked order is let go on.
    Retry {
        /// Which orders.
        invoices: Vec<InvoiceId>,
    },
    /// Hold.
    Hold {
        /// Which orders.
        invoices: Vec<InvoiceId>,
        /// Why.
        reason: Clean,
    },
    /// Release a hold.
    Release {
        /// Which orders.
        invoices: Vec<InvoiceId>,
        /// Why.
        reason: Clean,
    },
    /// Park by hand.
    Park {
        /// Which order.
        invoice: InvoiceId,
        /// Why.
        reason: Clean,
    },
    /// Decide about a parked order.
    Decide {
        /// Which order.
        invoice: InvoiceId,
        /// What.
        decision: Decision,
        /// Why.
        reason: Clean,
    },
    /// Take note of the tracking flags of an order, or that it was cancelled after its manifest.
    ClearFlags {
        /// Which order.
        invoice: InvoiceId,
    },
    /// Take a step of one's own back: what came after it, or is another's, stays.
    Undo {
        /// Which orders.
        invoices: Vec<InvoiceId>,
        /// Which step.
        what: Undoable,
    },
    /// Stand still.
    Pause {
        /// Why.
        reason: Clean,
    },
    /// Go on.
    Resume,
    /// Read new orders now.
    FetchNow,
    /// Read the orders of a range of dates.
    Backfill {
        /// From.
        from: Stamp,
        /// To.
        to: Stamp,
    },
    /// Generate manifests now: of one group, or of all that are ready.
    ManifestNow {
        /// Which group.
        group: Option<ManifestGroup>,
    },
    /// Push quantities now: of these SKUs, or of all that wait.
    PushStock {
        /// Which SKUs; empty means all that wait.
        skus: Vec<Sku>,
    },
    /// Push these SKUs no more: EasyEcom computes their figure itself, or never takes it.
    LeaveOut {
        /// Which.
        skus: Vec<Sku>,
        /// Why.
        reason: Clean,
    },
    /// Push these again.
    TakeIn {
        /// Which.
        skus: Vec<Sku>,
    },
    /// Read EasyEcom's quantities back now.
    ReadStock,
    /// Copy the journal to the configured folder now.
    Backup,
    /// A parcel was scanned on to the truck.
    Load {
        /// What was scanned: AWB, label, invoice or reference.
        code: Clean,
        /// The manifest that is loaded; any, if none is named.
        manifest: Option<u64>,
        /// Also on to a truck that was handed over: somebody has been told that it left.
        #[serde(default)]
        late: bool,
    },
    /// It came off the truck again.
    Unload {
        /// Which order.
        invoice: InvoiceId,
    },
    /// The truck of a manifest leaves, with whatever is on it.
    CloseLoad {
        /// Which manifest.
        manifest: u64,
    },
    /// Ask the carrier about these orders now.
    Track {
        /// Which orders.
        invoices: Vec<InvoiceId>,
    },
}

impl Command {
    /// What an operator calls it.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Step { .. } => "step",
            Self::Next { .. } => "next step",
            Self::Retry { .. } => "retry",
            Self::Hold { .. } => "hold",
            Self::Release { .. } => "release",
            Self::Park { .. } => "park",
            Self::Decide { .. } => "decide",
            Self::ClearFlags { .. } => "clear flags",
            Self::Undo { .. } => "undo",
            Self::Pause { .. } => "pause",
            Self::Resume => "resume",
            Self::FetchNow => "fetch now",
            Self::Backfill { .. } => "backfill",
            Self::ManifestNow { .. } => "manifest now",
            Self::PushStock { .. } => "push stock",
            Self::LeaveOut { .. } => "leave out",
            Self::TakeIn { .. } => "take in",
            Self::ReadStock => "read stock back",
            Self::Backup => "back up now",
            Self::Load { .. } => "load",
            Self::Unload { .. } => "unload",
            Self::CloseLoad { .. } => "hand over",
            Self::Track { .. } => "track now",
        }
    }

    /// Whether it is about SKUs and not about orders.
    pub fn concerns_skus(&self) -> bool {
        matches!(
            self,
            Self::PushStock { .. } | Self::LeaveOut { .. } | Self::TakeIn { .. }
        )
    }
}

/// A step that changed nothing outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undoable {
    /// A hold.
    Hold,
    /// A release.
    Release,
    /// A parking by hand.
    Park,
}

/// What came of a command as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyEnd {
    /// Done or under way; what came of each order stands at the orders.
    #[default]
    Taken,
    /// Not legal now: nothing was done.
    Refused,
    /// It was tried and did not happen, or not to its end.
    Failed,
}

/// What came of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandReply {
    /// One line for the screen.
    pub says: Clean,
    /// How it ended as a whole.
    #[serde(default)]
    pub end: ReplyEnd,
    /// Per order.
    pub items: Vec<ItemResult>,
    /// What a scan at the dock was.
    #[serde(default)]
    pub load: Option<Box<LoadScan>>,
}

impl CommandReply {
    /// A command that concerns no order is done or under way.
    pub fn taken(says: &str) -> Self {
        Self::whole(ReplyEnd::Taken, says)
    }

    /// It is not legal now.
    pub fn refused(says: &str) -> Self {
        Self::whole(ReplyEnd::Refused, says)
    }

    /// It did not happen, or not to its end.
    pub fn failed(says: &str) -> Self {
        Self::whole(ReplyEnd::Failed, says)
    }

    /// What came of each of several orders, with a line about all of them.
    pub fn of_items(says: &str, items: Vec<ItemResult>) -> Self {
        Self {
            items,
            ..Self::taken(says)
        }
    }

    fn whole(end: ReplyEnd, says: &str) -> Self {
        Self {
            says: Clean::new(says),
            end,
            items: Vec::new(),
            load: None,
        }
    }
}

/// What came of a command for one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemResult {
    /// Which order.
    pub invoice: InvoiceId,
    /// The end.
    pub end: ItemEnd,
}

/// The end of a command for one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum ItemEnd {
    /// Done or under way.
    Taken {
        /// What happens now.
        says: Clean,
    },
    /// The gate said no.
    Refused {
        /// Why, and what would lift it.
        refusal: Refusal,
    },
    /// It was tried and did not happen, or its outcome is not known.
    Failed {
        /// What happened.
        says: Clean,
        /// Whether the outcome is unknown.
        unknown: bool,
    },
    /// No such order here.
    NotHeld,
}

/// What a command would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Orders it concerns.
    pub orders: u64,
    /// The ones left out and why, as many as are named.
    pub left_out: Vec<(InvoiceId, Clean)>,
    /// How many are left out.
    #[serde(default)]
    pub left_out_total: u64,
    /// Remote calls it needs.
    pub calls: u64,
    /// Calls left today.
    pub calls_left: u64,
    /// When it would be finished at the allowed rate.
    pub done_at: Option<Stamp>,
    /// What else is to know: the next pickup.
    pub says: Clean,
}
