//! One invoice as EasyEcom holds it: what never changes, and what the calls change.

use chrono::Duration;

use super::clock::Moment;
use super::generate::Facts;

/// How far back states are kept for stale reads.
const MEMORY_SECONDS: i64 = 30;

/// One invoice (one row, one shipment).
#[derive(Debug, Clone)]
pub(crate) struct Order {
    /// What never changes.
    pub(crate) facts: Facts,
    /// When it appears; a twin learns this from its original.
    pub(crate) arrives: Option<Moment>,
    /// What is true now.
    pub(crate) state: State,
    /// What was true until the moment given, oldest first.
    past: Vec<(Moment, State)>,
}

/// Where an order stands at EasyEcom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Open,
    Confirming { ends: Moment, fails: bool },
    Confirmed,
    Shipped,
    Cancelled,
}

/// A courier and AWB written to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Assignment {
    pub(crate) awb: String,
    pub(crate) courier: String,
    pub(crate) carrier_id: u64,
    pub(crate) at: Moment,
}

/// A tracking status that was taken.
#[derive(Debug, Clone)]
pub(crate) struct Push {
    pub(crate) status_id: u64,
    pub(crate) at: Moment,
    pub(crate) scans: Vec<serde_json::Value>,
}

/// What the calls change.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) stage: Stage,
    pub(crate) updated: Moment,
    pub(crate) assigned: Option<Assignment>,
    /// History status id and its time; entries of a running confirmation may lie ahead.
    pub(crate) history: Vec<(u64, Moment)>,
    pub(crate) confirm_failures: u32,
    pub(crate) invoice_number: Option<String>,
    pub(crate) invoiced: Option<Moment>,
    pub(crate) manifest: Option<(String, Moment)>,
    pub(crate) shipping: Option<u64>,
    pub(crate) pushes: Vec<Push>,
    pub(crate) delivery_date: Option<String>,
    pub(crate) cancelled: Option<Moment>,
}

impl State {
    /// As imported.
    pub(crate) fn open(imported: Moment) -> Self {
        Self {
            stage: Stage::Open,
            updated: imported,
            assigned: None,
            history: vec![(2, imported)],
            confirm_failures: 0,
            invoice_number: None,
            invoiced: None,
            manifest: None,
            shipping: None,
            pushes: Vec::new(),
            delivery_date: None,
            cancelled: None,
        }
    }

    /// The AWB it carries.
    pub(crate) fn awb(&self) -> Option<&str> {
        self.assigned
            .as_ref()
            .map(|assignment| assignment.awb.as_str())
    }
}

impl Order {
    pub(crate) fn new(facts: Facts, arrives: Option<Moment>, imported: Moment) -> Self {
        Self {
            facts,
            arrives,
            state: State::open(imported),
            past: Vec::new(),
        }
    }

    /// Whether it has appeared.
    pub(crate) fn visible(&self, now: Moment) -> bool {
        self.arrives.is_some_and(|arrives| arrives <= now)
    }

    /// Changes the state as of `at` and remembers the one before for stale reads.
    pub(crate) fn amend(&mut self, at: Moment, change: impl FnOnce(&mut State)) {
        let horizon = at - Duration::seconds(MEMORY_SECONDS);
        self.past.retain(|(until, _)| *until > horizon);
        self.past.push((at, self.state.clone()));
        self.state.updated = at.max(self.state.updated);
        change(&mut self.state);
    }

    /// The state that was true at `at`, as far as it is remembered.
    pub(crate) fn state_at(&self, at: Moment) -> &State {
        self.past
            .iter()
            .find(|(until, _)| at < *until)
            .map_or(&self.state, |(_, state)| state)
    }

    /// Whether the confirmation has ended well, whatever came after.
    pub(crate) fn confirm_succeeded(&self) -> bool {
        self.state.invoiced.is_some()
    }
}
