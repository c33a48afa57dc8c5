//! The figures of the header: small, of constant size, sent whole.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::run::Run;
use crate::domain::{
    Clean, InvoiceId, LocationKey, Stage, Stamp, inventory::DiffState, outcome::Signed,
    record::Attention,
};

/// Everything that the header, the bands and the wall show.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Overview {
    /// When this was true, by the engine's clock.
    pub now: Stamp,
    /// Seconds east of UTC of the warehouse's zone.
    pub zone_east_s: i32,
    /// Warehouse.
    pub location: LocationKey,
    /// Its name, if configured.
    pub name: Clean,
    /// Whether the remotes are a sandbox: nothing here is real.
    pub sandbox: bool,
    /// Program version.
    pub version: Clean,
    /// Which life of the engine.
    pub epoch: u64,
    /// When this life began.
    pub started_at: Stamp,
    /// What the engine does.
    pub engine: EngineState,
    /// EasyEcom.
    pub easyecom: Link,
    /// DTDC.
    pub dtdc: Link,
    /// Calls.
    pub quota: QuotaView,
    /// Orders per stage.
    pub stages: BTreeMap<Stage, u64>,
    /// Orders per reason for attention.
    pub attention: BTreeMap<Attention, u64>,
    /// Orders that stand in Confirmed.
    pub confirmed: ConfirmedBand,
    /// Appointments.
    pub schedule: Schedule,
    /// Stock.
    pub stock: StockView,
    /// Remote rows that could not be read.
    pub rejected: u64,
    /// Allotted AWBs left, where numbers come from a file.
    pub awbs_free: Option<u64>,
    /// Calls under way.
    pub in_flight: u32,
    /// Commands for several orders that are being carried out.
    #[serde(default)]
    pub runs: Vec<Run>,
    /// Journal position.
    pub journal: u64,
    /// What is wrong with the warehouse's set-up or machine, in words; empty when nothing is.
    pub alarms: Vec<Clean>,
}

/// What the engine does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum EngineState {
    /// Advances whatever is legal.
    Automatic,
    /// Waits for a person at each step.
    ByHand,
    /// Paused.
    Paused {
        /// Who, when, why.
        by: Signed,
    },
    /// The store failed: nothing is sent until a restart.
    Stopped {
        /// What failed and what to do.
        says: Clean,
    },
}

/// A remote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Up or not.
    pub state: LinkState,
    /// Last answer that made sense.
    pub ok_at: Option<Stamp>,
    /// What it said last when it failed.
    pub says: Clean,
}

/// Minutes after which the last good answer proves little.
const QUIET_MIN: i64 = 30;

impl Overview {
    /// How many orders and SKUs need a person. An outcome that is not known is counted apart: it is read
    /// until it is known, and the order is parked where reading does not tell.
    pub fn need_a_person(&self) -> u64 {
        let skus = self.stock.states.get(&DiffState::Problem).copied();
        let orders = self.attention.iter();
        let orders = orders.filter(|(kind, _)| kind.waits_for_a_person());
        orders.map(|(_, n)| n).sum::<u64>() + skus.unwrap_or(0)
    }

    /// Orders with a call whose outcome is not known.
    pub fn unknown(&self) -> u64 {
        self.attention
            .get(&Attention::Unknown)
            .copied()
            .unwrap_or(0)
    }
}

impl Link {
    /// In one word: `up` only as long as it was heard lately.
    pub fn word(&self, now: Stamp) -> &'static str {
        match self.state {
            LinkState::Untried => "not tried",
            LinkState::Up if self.is_quiet(now) => "quiet",
            LinkState::Up => "up",
            LinkState::Throttled => "throttled",
            LinkState::Shaky => "shaky",
            LinkState::Down => "DOWN",
            LinkState::Denied => "DENIED",
        }
    }

    /// Whether it was not heard for long.
    pub fn is_quiet(&self, now: Stamp) -> bool {
        self.ok_at
            .is_none_or(|at| (now - at).num_minutes() >= QUIET_MIN)
    }
}

/// Whether a remote answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// Not asked yet.
    Untried,
    /// Answers.
    Up,
    /// Asks for fewer calls.
    Throttled,
    /// Some calls fail.
    Shaky,
    /// Does not answer.
    Down,
    /// Does not take our credentials.
    Denied,
}

/// The budget of calls at EasyEcom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaView {
    /// Allowed per day.
    pub day: u32,
    /// Used today.
    pub used: u32,
    /// Allowed per second, in thousandths of a call.
    pub per_second_milli: u32,
    /// When the day turns.
    pub resets_at: Stamp,
    /// Calls that what is due now still needs.
    pub needed: u32,
    /// When that will be done at the allowed rate; `None` if nothing is to do, or if today's calls do
    /// not reach.
    pub done_at: Option<Stamp>,
    /// How far today's calls reach.
    pub wave: WavePlan,
}

/// How far today's calls reach with the orders that are not shipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WavePlan {
    /// Orders on their way to Shipped: their calls are kept for them.
    pub under_way: u64,
    /// Orders for which EasyEcom was not called yet.
    pub waiting: u64,
    /// Of these, how many today's calls bring to Shipped, the most urgent first. The others wait for
    /// the next day's calls.
    pub fits: u64,
    /// Of all, how many are shipped before the next pickup at the allowed rate.
    pub by_cut_off: Option<u64>,
}

impl WavePlan {
    /// Orders that wait for the next day's calls.
    pub fn later(&self) -> u64 {
        self.waiting.saturating_sub(self.fits)
    }
}

/// Orders that stand in Confirmed and wait for their manifest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmedBand {
    /// How many.
    pub count: u64,
    /// The oldest.
    pub oldest: Option<InvoiceId>,
    /// Since when it stands there.
    pub oldest_since: Option<Stamp>,
    /// How many stood there at the last pickup, counted up to some thousands.
    #[serde(default)]
    pub missed: u64,
    /// That pickup.
    #[serde(default)]
    pub missed_at: Option<Stamp>,
}

/// When things happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Orders were read up to here.
    pub orders_read_at: Option<Stamp>,
    /// Next read.
    pub orders_next_at: Option<Stamp>,
    /// Next manifest by the clock.
    pub cut_off_at: Option<Stamp>,
    /// The carrier's scans were read.
    pub tracking_read_at: Option<Stamp>,
    /// EasyEcom's quantities were read back.
    pub stock_read_at: Option<Stamp>,
    /// The newest stock file.
    pub stock_file_at: Option<Stamp>,
}

/// Stock in figures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockView {
    /// Whether "Update Available Inventory Only" is known to be ON.
    pub setting_on: bool,
    /// SKUs per state.
    pub states: BTreeMap<DiffState, u64>,
    /// Problems of the newest stock file.
    pub file_problems: Vec<Clean>,
}
