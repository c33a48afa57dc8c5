//! Quantities per SKU: the one we want, the one EasyEcom acknowledged, the one read back. Three
//! figures, never mixed up.

mod cause;

pub use cause::Cause;

use serde::{Deserialize, Serialize};

use super::{
    ids::{LocationKey, Operator, Sku},
    outcome::Signed,
    record::{CallState, Progress},
    text::Clean,
    time::Stamp,
};

/// Above this EasyEcom silently cuts the figure (contracts/easyecom.md section 10).
pub const QUANTITY_MAX: i64 = 10_000;

/// Most SKUs in one push: the batch limit is not known, clients use 50 without trouble
/// (contracts/easyecom.md section 10).
pub const SKUS_PER_PUSH: usize = 50;

/// Minutes with shipments kept per SKU between two counts; keeps the record far below the store's
/// value limit.
const SHIPMENTS_MAX: usize = 64;

/// One SKU of one warehouse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkuRecord {
    /// Warehouse.
    pub location: LocationKey,
    /// SKU.
    pub sku: Sku,
    /// The figure of the warehouse's newest file.
    pub counted: Option<Figure>,
    /// Pieces manifested since that count, by minute, oldest first.
    #[serde(default)]
    pub shipped: Vec<(Stamp, u32)>,
    /// Journal position of the newest change to what we want.
    #[serde(default)]
    pub version: u64,
    /// What EasyEcom acknowledged last.
    #[serde(default)]
    pub acknowledged: Option<Acknowledged>,
    /// What EasyEcom showed last.
    #[serde(default)]
    pub read_back: Option<Figure>,
    /// The push under way.
    #[serde(default)]
    pub push: CallState,
    /// What the push under way carries.
    #[serde(default)]
    pub sending: Option<(i64, u64)>,
    /// How EasyEcom refused it, until a new count or a push that it takes.
    #[serde(default)]
    pub problem: Option<Clean>,
    /// A person said that it is not to be pushed.
    #[serde(default)]
    pub left_out: Option<Signed>,
    /// What happened to it last, oldest first, at most [`MOMENTS_MAX`].
    #[serde(default)]
    pub recent: Vec<Moment>,
}

/// Moments kept per SKU: a day or two of a busy one, and far below the store's value limit.
pub const MOMENTS_MAX: usize = 24;

/// Something that happened to a SKU.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// When.
    pub at: Stamp,
    /// Who.
    pub by: Operator,
    /// What.
    pub what: Happened,
    /// What EasyEcom should show from then on.
    pub ours: Option<i64>,
}

/// What can happen to a SKU.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Happened {
    /// The warehouse counted it.
    Counted {
        /// Pieces.
        quantity: i64,
    },
    /// Pieces left with a manifest.
    Shipped {
        /// Pieces.
        pieces: u32,
    },
    /// A figure was sent.
    Sent {
        /// Pieces.
        quantity: i64,
    },
    /// EasyEcom took it.
    Taken {
        /// Pieces, as it says.
        quantity: i64,
    },
    /// EasyEcom refused it.
    Refused {
        /// In these words.
        says: Clean,
    },
    /// The push had no effect.
    NotTaken {
        /// Why.
        says: Clean,
    },
    /// It is not known whether it had one.
    Unknown {
        /// What was seen.
        saw: Clean,
    },
    /// EasyEcom showed a figure.
    Shows {
        /// Pieces.
        quantity: i64,
    },
    /// A person said that it is not to be pushed.
    LeftOut {
        /// Why.
        reason: Clean,
    },
    /// It is to be pushed again.
    TakenIn,
}

/// A figure and when it was true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Pieces.
    pub quantity: i64,
    /// When.
    pub at: Stamp,
}

/// A push that EasyEcom took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// Pieces.
    pub quantity: i64,
    /// Version of the figure that was sent.
    pub version: u64,
    /// When.
    pub at: Stamp,
}

/// Where a SKU stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiffState {
    /// Refused or impossible; a person has to look.
    Problem,
    /// Sent, outcome not known.
    Unknown,
    /// EasyEcom acknowledged a figure and shows another.
    Differs,
    /// On its way.
    Sent,
    /// To be pushed.
    Waiting,
    /// Acknowledged, not yet read back.
    Unverified,
    /// Acknowledged and read back equal.
    InSync,
    /// EasyEcom has it, the warehouse has not counted it.
    NotOurs,
    /// A person said that it is not to be pushed.
    LeftOut,
}

impl DiffState {
    /// What an operator calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Problem => "problem",
            Self::Unknown => "unknown",
            Self::Differs => "differs",
            Self::Sent => "sent",
            Self::Waiting => "waiting",
            Self::Unverified => "unverified",
            Self::InSync => "in sync",
            Self::NotOurs => "not ours",
            Self::LeftOut => "left out",
        }
    }
}

impl SkuRecord {
    /// A record without any figure.
    pub fn new(location: LocationKey, sku: Sku) -> Self {
        Self {
            location,
            sku,
            counted: None,
            shipped: Vec::new(),
            version: 0,
            acknowledged: None,
            read_back: None,
            push: CallState::default(),
            sending: None,
            problem: None,
            left_out: None,
            recent: Vec::new(),
        }
    }

    /// Remembers what happened. The same figure counted or shown again is no news, and pieces that
    /// leave within the hour are one line.
    pub fn remember(&mut self, at: Stamp, by: &Operator, what: Happened) {
        let ours = self.wanted();
        let last = self
            .recent
            .iter()
            .rev()
            .find(|m| std::mem::discriminant(&m.what) == std::mem::discriminant(&what));
        let figure = matches!(what, Happened::Counted { .. } | Happened::Shows { .. });
        if figure && last.is_some_and(|last| last.what == what && last.ours == ours) {
            return;
        }
        if let (Happened::Shipped { pieces }, Some(newest)) = (&what, self.recent.last_mut())
            && let Happened::Shipped { pieces: sum } = &mut newest.what
            && (at - newest.at).num_minutes() < 60
        {
            *sum = sum.saturating_add(*pieces);
            newest.ours = ours;
            return;
        }
        if self.recent.len() >= MOMENTS_MAX {
            self.recent.remove(0);
        }
        self.recent.push(Moment {
            at,
            by: by.clone(),
            what,
            ours,
        });
    }

    /// The available pieces that EasyEcom should show: the count less what was manifested since.
    pub fn wanted(&self) -> Option<i64> {
        self.counted
            .as_ref()
            .map(|c| c.quantity.saturating_sub(self.shipped_since()).max(0))
    }

    /// Pieces manifested since the count.
    pub fn shipped_since(&self) -> i64 {
        self.shipped
            .iter()
            .map(|(_, pieces)| i64::from(*pieces))
            .sum()
    }

    /// Changes what is wanted; a new figure gets `version`, an equal one keeps the old.
    pub fn wish(&mut self, version: u64, change: impl FnOnce(&mut Self)) {
        let before = self.wanted();
        change(self);
        if self.wanted() != before {
            self.version = version;
        }
    }

    /// Notes pieces that left with a manifest.
    pub fn ship(&mut self, at: Stamp, pieces: u32) {
        match self.shipped.last_mut() {
            Some((last, sum)) if at.timestamp() / 60 == last.timestamp() / 60 => {
                *last = (*last).max(at);
                *sum = sum.saturating_add(pieces);
            }
            _ => self.shipped.push((at, pieces)),
        }
        if self.shipped.len() > SHIPMENTS_MAX {
            // Into the younger one: the figure errs to too few, which sells nothing twice.
            let (_, pieces) = self.shipped.remove(0);
            self.shipped[0].1 = self.shipped[0].1.saturating_add(pieces);
        }
    }

    /// A count taken at `as_of` has seen these leave.
    pub fn forget_shipments_until(&mut self, as_of: Stamp) {
        self.shipped.retain(|(at, _)| *at > as_of);
    }

    /// Wanted less what EasyEcom shows or, where it was not read since, acknowledged.
    pub fn difference(&self) -> Option<i64> {
        Some(self.wanted()?.saturating_sub(self.theirs()?))
    }

    /// EasyEcom's figure as last known.
    pub fn theirs(&self) -> Option<i64> {
        match (&self.read_back, &self.acknowledged) {
            (Some(read), Some(ack)) if read.at >= ack.at => Some(read.quantity),
            (_, Some(ack)) => Some(ack.quantity),
            (Some(read), None) => Some(read.quantity),
            (None, None) => None,
        }
    }

    /// Whether what we want has been acknowledged.
    pub fn is_acknowledged(&self) -> bool {
        self.acknowledged
            .as_ref()
            .is_some_and(|a| a.version >= self.version)
    }

    /// Why it cannot be pushed.
    pub fn problem(&self) -> Option<Clean> {
        match self.wanted() {
            Some(wanted) if wanted > QUANTITY_MAX => Some(Clean::new(
                "above 10,000: EasyEcom would cut it silently; not pushed",
            )),
            _ => self.problem.clone(),
        }
    }

    /// Where it stands.
    pub fn state(&self) -> DiffState {
        let Some(wanted) = self.wanted() else {
            return DiffState::NotOurs;
        };
        if self.left_out.is_none() && self.problem().is_some() {
            return DiffState::Problem;
        }
        match &self.push.progress {
            Progress::Unknown { .. } => return DiffState::Unknown,
            Progress::Sent { .. } | Progress::Accepted { .. } => return DiffState::Sent,
            _ => {}
        }
        if self.left_out.is_some() {
            return DiffState::LeftOut;
        }
        let Some(ack) = self
            .acknowledged
            .as_ref()
            .filter(|_| self.is_acknowledged())
        else {
            return DiffState::Waiting;
        };
        match &self.read_back {
            Some(read) if read.at >= ack.at && read.quantity == wanted => DiffState::InSync,
            Some(read) if read.at >= ack.at => DiffState::Differs,
            _ => DiffState::Unverified,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Stamp {
        chrono::DateTime::from_timestamp(second, 0).expect("a time")
    }

    #[test]
    fn the_three_figures_are_told_apart() {
        let mut sku = SkuRecord::new(LocationKey::new("ab1"), Sku::new("SKU-1"));
        assert_eq!(sku.state(), DiffState::NotOurs);
        sku.counted = Some(Figure {
            quantity: 40,
            at: at(0),
        });
        sku.version = 5;
        assert_eq!(sku.state(), DiffState::Waiting);
        sku.acknowledged = Some(Acknowledged {
            quantity: 40,
            version: 5,
            at: at(10),
        });
        assert_eq!(sku.state(), DiffState::Unverified);
        sku.read_back = Some(Figure {
            quantity: 41,
            at: at(20),
        });
        assert_eq!(sku.state(), DiffState::Differs);
        assert!(sku.likely_cause().is_some());
        sku.read_back = Some(Figure {
            quantity: 40,
            at: at(21),
        });
        assert_eq!(sku.state(), DiffState::InSync);
        sku.wish(6, |s| s.ship(at(30), 2));
        assert_eq!((sku.wanted(), sku.state()), (Some(38), DiffState::Waiting));
        assert_eq!(sku.difference(), Some(-2));
    }
}
