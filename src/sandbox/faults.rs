//! What goes wrong on the wire, and how often.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use rand::Rng;
use rand::rngs::StdRng;
use serde::{Deserialize, Serialize};

use super::endpoint::Endpoint;

/// One way for a call to go wrong (reliability.md section 3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// 500, 502 or 503; nothing was done.
    ErrorBefore,
    /// 500; it was done.
    ErrorAfter,
    /// 429 with `Retry-After`; nothing was done.
    Throttle,
    /// 429 without `Retry-After`; nothing was done.
    ThrottleBare,
    /// 200 with an HTML page; done in half of the cases.
    Html,
    /// 200 with JSON cut in the middle; it was done.
    Truncated,
    /// The connection closes without an answer; nothing was done.
    DropBefore,
    /// The connection closes without an answer; it was done.
    DropAfter,
    /// It was done at once, the answer takes long.
    Slow,
    /// 401: the token has expired.
    Expired,
    /// A page repeats some of its rows.
    DuplicateRows,
    /// The connection closes, and it is done some seconds later.
    LateEffect,
    /// A read answers as of some seconds ago.
    StaleRead,
    /// Only the first half of a batch is done.
    Partial,
    /// One booking of a batch fails, without identifiers, and may be tried again.
    ItemFailure,
    /// It is refused in words that repeat everything that was sent, keys and all. Never drawn by
    /// [`FaultPlan::rough`] and [`FaultPlan::swarm`]: a refusal is for a person to look at.
    Echo,
}

impl FaultKind {
    /// All kinds, in the order in which they are tried.
    pub const ALL: [Self; 16] = [
        Self::ErrorBefore,
        Self::ErrorAfter,
        Self::Throttle,
        Self::ThrottleBare,
        Self::Html,
        Self::Truncated,
        Self::DropBefore,
        Self::DropAfter,
        Self::Slow,
        Self::Expired,
        Self::DuplicateRows,
        Self::LateEffect,
        Self::StaleRead,
        Self::Partial,
        Self::ItemFailure,
        Self::Echo,
    ];

    /// Those that pass by themselves.
    fn passing() -> impl ExactSizeIterator<Item = Self> {
        Self::ALL[..Self::ALL.len() - 1].iter().copied()
    }

    /// The name used in plans and logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::ErrorBefore => "error_before",
            Self::ErrorAfter => "error_after",
            Self::Throttle => "throttle",
            Self::ThrottleBare => "throttle_bare",
            Self::Html => "html",
            Self::Truncated => "truncated",
            Self::DropBefore => "drop_before",
            Self::DropAfter => "drop_after",
            Self::Slow => "slow",
            Self::Expired => "expired",
            Self::DuplicateRows => "duplicate_rows",
            Self::LateEffect => "late_effect",
            Self::StaleRead => "stale_read",
            Self::Partial => "partial",
            Self::ItemFailure => "item_failure",
            Self::Echo => "echo",
        }
    }

    /// Whether the kind has a meaning at this endpoint.
    fn fits(self, endpoint: Endpoint) -> bool {
        match self {
            Self::DuplicateRows => endpoint == Endpoint::Orders,
            Self::LateEffect => endpoint.writes(),
            Self::StaleRead => matches!(
                endpoint,
                Endpoint::Orders | Endpoint::OrderDetails | Endpoint::TrackingDetails
            ),
            Self::Partial => matches!(endpoint, Endpoint::Manifest | Endpoint::BulkInventory),
            Self::ItemFailure => endpoint == Endpoint::Book,
            Self::Expired => endpoint.wants_bearer() || endpoint == Endpoint::Track,
            Self::Throttle | Self::ThrottleBare => endpoint != Endpoint::File,
            _ => true,
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for FaultKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| format!("{text}: no such fault"))
    }
}

/// Which calls a plan touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndpointClass {
    /// EasyEcom and DTDC logins.
    Login,
    /// Lists and details of orders, locations.
    Orders,
    /// assignAWB.
    Assign,
    /// confirm_order.
    Confirm,
    /// Get Document and the files it points at.
    Documents,
    /// Generate Manifest.
    Manifest,
    /// Tracking pushes and their reading at EasyEcom.
    Tracking,
    /// Inventory pushes and reads.
    Inventory,
    /// cancelOrder.
    CancelOrder,
    /// DTDC softdata and cancel.
    Booking,
    /// DTDC label.
    Label,
    /// DTDC tracking.
    DtdcTracking,
    /// DTDC pincode look-up.
    Pincode,
    /// Anything else.
    Other,
}

/// Rates of faults, by kind; optionally only for some calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FaultPlan {
    /// Probability of each kind at each call, 0 to 1. Kinds not named never happen.
    pub rates: BTreeMap<FaultKind, f64>,
    /// Calls that are touched; all if empty.
    pub only: BTreeSet<EndpointClass>,
    /// At most this many faults are made in all; no bound if absent.
    pub budget: Option<u64>,
    /// Shortest and longest delay of a slow answer, in real seconds.
    pub slow_seconds: (f64, f64),
    /// Shortest and longest delay of a late effect, in real seconds.
    pub late_seconds: (f64, f64),
    /// Furthest a stale read looks back, in real seconds.
    pub stale_seconds: f64,
    /// Value of `Retry-After`, in seconds.
    pub retry_after_seconds: u64,
}

impl Default for FaultPlan {
    fn default() -> Self {
        Self::none()
    }
}

impl FaultPlan {
    /// Nothing goes wrong.
    pub fn none() -> Self {
        Self {
            rates: BTreeMap::new(),
            only: BTreeSet::new(),
            budget: None,
            slow_seconds: (0.5, 4.0),
            late_seconds: (1.0, 20.0),
            stale_seconds: 10.0,
            retry_after_seconds: 2,
        }
    }

    /// Every kind, all at the same rate and together `rate` (0 to 1). A kind without meaning at a
    /// call is passed over there, so fewer calls than that are struck.
    pub fn rough(rate: f64) -> Self {
        let each = rate.clamp(0.0, 1.0) / FaultKind::passing().len() as f64;
        let rates = FaultKind::passing().map(|kind| (kind, each)).collect();
        Self {
            rates,
            ..Self::none()
        }
    }

    /// A random half of the kinds at random rates up to `rate`: with all switched on, one fault
    /// masks the others.
    pub fn swarm(seed: u64, rate: f64) -> Self {
        let mut rng = super::generate::stream(seed, "swarm");
        let rates = FaultKind::passing()
            .filter_map(|kind| {
                let draw = (
                    rng.random_bool(0.5),
                    rng.random::<f64>() * rate.clamp(0.0, 1.0),
                );
                draw.0.then_some((kind, draw.1))
            })
            .collect();
        Self {
            rates,
            ..Self::none()
        }
    }

    /// One kind at one rate.
    pub fn just(kind: FaultKind, rate: f64) -> Self {
        Self {
            rates: BTreeMap::from([(kind, rate)]),
            ..Self::none()
        }
    }

    /// The same plan for calls of one class alone.
    #[must_use]
    pub fn only_for(mut self, class: EndpointClass) -> Self {
        self.only.insert(class);
        self
    }

    /// The same plan, spent after `count` faults.
    #[must_use]
    pub fn at_most(mut self, count: u64) -> Self {
        self.budget = Some(count);
        self
    }

    /// Draws what happens to one call.
    pub(crate) fn roll(&mut self, endpoint: Endpoint, rng: &mut StdRng) -> Option<FaultKind> {
        if self.budget == Some(0)
            || !(self.only.is_empty() || self.only.contains(&endpoint.class()))
        {
            return None;
        }
        let kind = self.rates.iter().find_map(|(kind, rate)| {
            (kind.fits(endpoint) && rng.random_bool(rate.clamp(0.0, 1.0))).then_some(*kind)
        })?;
        if let Some(left) = &mut self.budget {
            *left -= 1;
        }
        Some(kind)
    }
}

impl FromStr for FaultPlan {
    type Err = String;

    /// `none`, `rough:0.1`, or a list such as `drop_after=0.05,slow=0.2`.
    fn from_str(text: &str) -> Result<Self, String> {
        let rate = |text: &str| -> Result<f64, String> {
            let rate: f64 = text.parse().map_err(|_| format!("{text}: not a rate"))?;
            if (0.0..=1.0).contains(&rate) {
                Ok(rate)
            } else {
                Err(format!("{text}: not from 0 to 1"))
            }
        };
        match text.split_once(':') {
            Some(("rough", value)) => return Ok(Self::rough(rate(value)?)),
            Some(_) => return Err(format!("{text}: no such preset")),
            None if text == "none" => return Ok(Self::none()),
            None if text == "rough" => return Ok(Self::rough(0.1)),
            None => {}
        }
        let mut plan = Self::none();
        for part in text.split(',') {
            let (kind, value) = part
                .split_once('=')
                .ok_or_else(|| format!("{part}: expected kind=rate"))?;
            plan.rates.insert(kind.trim().parse()?, rate(value.trim())?);
        }
        Ok(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_reads_from_text() {
        assert_eq!("none".parse(), Ok(FaultPlan::none()));
        assert_eq!("rough:0.3".parse(), Ok(FaultPlan::rough(0.3)));
        let plan: FaultPlan = "drop_after=0.5, slow=1".parse().expect("reads");
        assert_eq!(plan.rates.len(), 2);
        assert!("drop_after=2".parse::<FaultPlan>().is_err());
        assert!("thunder=0.1".parse::<FaultPlan>().is_err());
    }

    #[test]
    fn a_plan_strikes_only_where_it_should_and_until_spent() {
        let mut rng = super::super::generate::stream(1, "test");
        let mut plan = FaultPlan::just(FaultKind::DropAfter, 1.0)
            .only_for(EndpointClass::Manifest)
            .at_most(1);
        assert_eq!(plan.roll(Endpoint::Assign, &mut rng), None);
        assert_eq!(
            plan.roll(Endpoint::Manifest, &mut rng),
            Some(FaultKind::DropAfter)
        );
        assert_eq!(plan.roll(Endpoint::Manifest, &mut rng), None);
    }
}
