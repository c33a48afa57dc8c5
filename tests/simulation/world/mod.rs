//! What is true at EasyEcom and DTDC in a simulation, and the rules that no client may break.
//! Written from the contracts, not from the engine.

mod budget;
mod carrier;
mod truth;

use std::collections::{BTreeMap, BTreeSet};

use raftaar::domain::{
    Awb, Consignee, InvoiceId, LocationKey, ManifestNo, Order, Sku, Stamp, tracking::TrackingStatus,
};
use rand::{Rng, rngs::StdRng};

pub use budget::{BURST, Budget, PER_DAY, PER_SECOND};
use carrier::Consignment;
use truth::{Confirming, Truth, truth};

/// A rule that a call broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Virtual time.
    pub at: Stamp,
    /// Which rule.
    pub rule: &'static str,
    /// In words.
    pub what: String,
}

/// The remotes' side of a simulation.
#[derive(Debug)]
pub struct World {
    orders: BTreeMap<InvoiceId, Truth>,
    parcels: BTreeMap<Awb, Consignment>,
    next_awb: u32,
    next_manifest: u32,
    /// Quantity, and the version of the figure that made it, per SKU.
    stock: BTreeMap<String, (i64, u64)>,
    /// EasyEcom's tier.
    pub budget: Budget,
    /// Per day that has ended, the orders that were begun and had not left.
    pub left_standing: Vec<usize>,
    /// How often an order was asked about, per hour.
    asked: BTreeMap<(InvoiceId, i64), u32>,
    latest: Stamp,
    listing_lag_s: i64,
    /// Rules that were broken.
    pub breaches: Vec<Breach>,
    /// Remote writes that were applied.
    pub effects: u64,
    location: LocationKey,
}

/// What a client cannot have known: a cancellation younger than this is no breach.
const UNKNOWABLE_S: i64 = 180;

/// Questions about one order in one hour that no engine should need.
const ASKED_MAX: u32 = 120;

/// SKUs that EasyEcom knows.
pub const SKUS: u32 = 5;

impl World {
    /// A world of `count` orders that appear over `hours`.
    pub fn new(rng: &mut StdRng, count: u32, start: Stamp, hours: i64, listing_lag_s: i64) -> Self {
        let mut orders = BTreeMap::new();
        for n in 0..count {
            let truth = truth(rng, n, start, hours);
            orders.insert(truth.id, truth);
        }
        // Some come back as a split or re-invoice of an earlier one.
        for n in 0..count / 10 {
            let original = InvoiceId(1000 + u64::from(rng.random_range(0..count)));
            let Some(of) = orders.get(&original).cloned() else {
                continue;
            };
            let id = InvoiceId(9000 + u64::from(n));
            let appears_at = of.appears_at + chrono::Duration::minutes(rng.random_range(0..300));
            orders.insert(
                id,
                Truth {
                    id,
                    reference: format!(
                        "{}_{}1",
                        of.reference,
                        if n % 2 == 0 { "OR" } else { "RE" }
                    ),
                    appears_at,
                    updated_at: appears_at,
                    cancels_at: None,
                    ..of
                },
            );
        }
        Self {
            orders,
            parcels: BTreeMap::new(),
            next_awb: 100_000_000,
            next_manifest: 1,
            stock: (0..SKUS).map(|n| (format!("SKU-{n}"), (100, 0))).collect(),
            budget: Budget::new(start, PER_DAY),
            left_standing: Vec::new(),
            asked: BTreeMap::new(),
            latest: start,
            listing_lag_s,
            breaches: Vec::new(),
            effects: 0,
            location: LocationKey::new("sm1000000001"),
        }
    }

    fn breach(&mut self, at: Stamp, rule: &'static str, what: String) {
        self.breaches.push(Breach { at, rule, what });
    }

    /// The newest instant that anything happened at.
    pub fn now(&self) -> Stamp {
        self.latest
    }

    /// Brings every order up to `now`: cancellations and confirmations happen by themselves.
    pub fn advance(&mut self, now: Stamp) {
        self.latest = self.latest.max(now);
        for truth in self.orders.values_mut() {
            truth.advance(now);
        }
    }

    /// Rows updated in a window, oldest update first.
    pub fn updated(&mut self, after: Stamp, before: Stamp, now: Stamp) -> Vec<Order> {
        self.advance(now);
        let shown = now - chrono::Duration::seconds(self.listing_lag_s);
        let mut rows: Vec<_> = self
            .orders
            .values()
            .filter(|t| t.appears_at <= now && t.updated_at <= shown)
            // Seconds are what the remote keeps.
            .filter(|t| {
                let at = t.updated_at.timestamp();
                at >= after.timestamp() && at <= before.timestamp()
            })
            .map(|t| t.order(&self.location, false))
            .collect();
        rows.sort_by_key(|o| (o.updated_at, o.invoice_id));
        rows
    }

    /// One order with its history.
    pub fn details(&mut self, id: InvoiceId, now: Stamp) -> Option<Order> {
        self.advance(now);
        let hour = now.timestamp() / 3600;
        let asked = self.asked.entry((id, hour)).or_default();
        *asked += 1;
        if *asked == ASKED_MAX {
            self.breach(now, "nobody is asked in a circle", format!("{id}"));
        }
        let truth = self.orders.get(&id).filter(|t| t.appears_at <= now)?;
        Some(truth.order(&self.location, true))
    }

    /// assignAWB.
    pub fn assign(&mut self, id: InvoiceId, awb: &Awb, now: Stamp) -> Result<(), String> {
        self.advance(now);
        self.effects += 1;
        let other = self
            .orders
            .values()
            .any(|t| t.id != id && t.awb.as_ref() == Some(awb));
        if other {
            self.breach(now, "one AWB, one invoice", format!("{awb} on {id} too"));
        }
        let Some(truth) = self.orders.get_mut(&id) else {
            return Err("no such invoice".into());
        };
        if let Some(at) = truth.cancelled(now) {
            let late = (now - at).num_seconds() > UNKNOWABLE_S;
            if late {
                self.breach(now, "nothing for a cancelled order", format!("assign {id}"));
            }
            return Err("order is cancelled".into());
        }
        if truth.awb.as_ref().is_some_and(|known| known != awb) {
            let known = truth.awb.clone();
            self.breach(
                now,
                "one invoice, one AWB",
                format!("{id}: {known:?} then {awb}"),
            );
            return Err("another AWB is assigned".into());
        }
        if truth.awb.is_none() {
            truth.awb = Some(awb.clone());
            truth.updated_at = now;
        }
        Ok(())
    }

    /// confirm_order.
    pub fn confirm(&mut self, id: InvoiceId, fails: bool, now: Stamp) -> Result<(), String> {
        self.advance(now);
        self.effects += 1;
        let Some(truth) = self.orders.get_mut(&id) else {
            return Err("no such order".into());
        };
        if let Some(at) = truth.cancelled(now) {
            if (now - at).num_seconds() > UNKNOWABLE_S {
                self.breach(
                    now,
                    "nothing for a cancelled order",
                    format!("confirm {id}"),
                );
            }
            return Err("order is cancelled".into());
        }
        if truth.awb.is_none() {
            self.breach(now, "assign before confirm", format!("{id}"));
            return Err("no shipment".into());
        }
        match truth.confirming {
            Confirming::No => {
                let fails = fails && truth.confirm_fails == 0;
                truth.confirming = Confirming::Since { at: now, fails };
                truth.history.push((17, now));
                truth.history.push((13, now));
                truth.updated_at = now;
                Ok(())
            }
            Confirming::Since { .. } => Err("already confirmed".into()),
        }
    }

    /// generate manifest.
    pub fn manifest(&mut self, awbs: &[Awb], now: Stamp) -> Result<ManifestNo, String> {
        self.advance(now);
        self.effects += awbs.len() as u64;
        let mut members = Vec::new();
        let mut refused = None;
        for awb in awbs {
            let Some(truth) = self
                .orders
                .values()
                .find(|t| t.awb.as_ref() == Some(awb))
                .cloned()
            else {
                self.breach(now, "manifest of an assigned AWB", format!("{awb}"));
                refused = Some(format!("{awb} unknown"));
                continue;
            };
            if let Some(at) = truth.cancelled(now) {
                if (now - at).num_seconds() > UNKNOWABLE_S {
                    self.breach(
                        now,
                        "no manifest of a cancelled order",
                        format!("{}", truth.id),
                    );
                }
                refused = Some(format!("{awb} cancelled"));
                continue;
            }
            if !truth.is_confirmed(now) {
                self.breach(now, "confirm before manifest", format!("{}", truth.id));
                refused = Some(format!("{awb} not confirmed"));
                continue;
            }
            if truth.manifested_at.is_some() {
                self.breach(now, "one manifest per shipment", format!("{}", truth.id));
                refused = Some(format!("{awb} manifested already"));
                continue;
            }
            members.push(truth.id);
        }
        if let Some(why) = refused {
            return Err(why);
        }
        for id in members {
            if let Some(truth) = self.orders.get_mut(&id) {
                truth.manifested_at = Some(now);
                truth.updated_at = now;
            }
        }
        let number = format!("SIM{:06}", self.next_manifest);
        self.next_manifest += 1;
        Ok(ManifestNo::new(&number))
    }

    /// updateTrackingStatus.
    pub fn tell(&mut self, awb: &Awb, status: TrackingStatus, now: Stamp) -> Result<(), String> {
        self.effects += 1;
        let Some(id) = self
            .orders
            .values()
            .find(|t| t.awb.as_ref() == Some(awb))
            .map(|t| t.id)
        else {
            self.breach(now, "tracking of an assigned AWB", format!("{awb}"));
            return Err("unknown AWB".into());
        };
        let (manifested, told) = self
            .orders
            .get(&id)
            .map_or((false, None), |t| (t.manifested_at.is_some(), t.told));
        if !manifested {
            self.breach(now, "tracking after the manifest", format!("{id} {status}"));
        }
        if told.is_some_and(|t| t != status && !t.may_become(status)) {
            self.breach(
                now,
                "tracking goes forward",
                format!("{id}: {told:?} then {status}"),
            );
        }
        if let Some(truth) = self.orders.get_mut(&id) {
            truth.told = Some(status);
        }
        Ok(())
    }

    /// What EasyEcom knows of a parcel.
    pub fn told(&self, awb: &Awb) -> Option<TrackingStatus> {
        self.orders
            .values()
            .find(|t| t.awb.as_ref() == Some(awb))
            .and_then(|t| t.told)
    }

    /// Sets a quantity from a figure of this version.
    pub fn set_stock(
        &mut self,
        sku: &str,
        quantity: i64,
        version: u64,
        now: Stamp,
    ) -> Result<(), String> {
        self.effects += 1;
        let Some(held) = self.stock.get_mut(sku) else {
            return Err("product/sku doest not exist".into());
        };
        let newer = held.1;
        *held = (quantity, version);
        if version < newer {
            let what = format!("{sku}: version {version} over {newer}");
            self.breach(now, "no older figure over a newer one", what);
        }
        Ok(())
    }

    /// A call at EasyEcom: it must be within the tier.
    pub fn spend(&mut self, now: Stamp) {
        if self.budget.is_another_day(now) {
            let begun = |t: &&Truth| {
                t.awb.is_some() && t.manifested_at.is_none() && t.cancelled(now).is_none()
            };
            self.left_standing
                .push(self.orders.values().filter(begun).count());
        }
        if let Some(what) = self.budget.spend(now) {
            self.breach(now, "within rate and quota", what);
        }
    }

    /// All quantities.
    pub fn stock(&self) -> Vec<(Sku, i64)> {
        self.stock
            .iter()
            .map(|(s, (quantity, _))| (Sku::new(s), *quantity))
            .collect()
    }

    /// Orders that have appeared.
    pub fn appeared(&self, now: Stamp) -> BTreeSet<InvoiceId> {
        self.orders
            .values()
            .filter(|t| t.appears_at <= now)
            .map(|t| t.id)
            .collect()
    }

    /// How many orders there will ever be.
    pub fn all(&self) -> usize {
        self.orders.len()
    }

    /// Orders that are shipped.
    pub fn shipped(&self) -> usize {
        self.orders
            .values()
            .filter(|t| t.manifested_at.is_some())
            .count()
    }
}

/// The customer of every simulated order.
pub fn consignee() -> Consignee {
    Consignee {
        name: "Canary Person".into(),
        phone: "9000000000".into(),
        address_1: "1 Canary Road".into(),
        ..Consignee::default()
    }
}
