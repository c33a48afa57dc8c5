//! One order as it truly is at EasyEcom, and the row that shows it.

use raftaar::domain::{
    Awb, CarrierId, Clean, InvoiceId, LocationKey, ManifestNo, MarketplaceId, Order, OrderId,
    ReferenceCode, RemoteStatus, Sku, Stamp,
    order::{Destination, HistoryEntry, Line, Package, Payment},
    tracking::TrackingStatus,
};
use rand::{Rng, rngs::StdRng};
use rust_decimal::Decimal;

/// Confirmation as EasyEcom runs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirming {
    No,
    Since { at: Stamp, fails: bool },
}

/// One order as it truly is.
#[derive(Clone, Debug)]
pub struct Truth {
    pub id: InvoiceId,
    pub reference: String,
    pub order_id: u64,
    pub appears_at: Stamp,
    pub cancels_at: Option<Stamp>,
    pub awb: Option<Awb>,
    pub confirming: Confirming,
    pub confirm_fails: u8,
    pub manifested_at: Option<Stamp>,
    pub told: Option<TrackingStatus>,
    pub updated_at: Stamp,
    pub returns: bool,
    pub sku: String,
    pub history: Vec<(i64, Stamp)>,
}

/// A confirmation takes this long.
const CONFIRM_S: i64 = 20;

pub fn truth(rng: &mut StdRng, n: u32, start: Stamp, hours: i64) -> Truth {
    let appears_at = start + chrono::Duration::seconds(rng.random_range(0..hours.max(1) * 3600));
    let cancels = rng.random_bool(0.08);
    Truth {
        id: InvoiceId(1000 + u64::from(n)),
        reference: format!("SIM-{n}"),
        order_id: 500 + u64::from(n),
        appears_at,
        cancels_at: cancels
            .then(|| appears_at + chrono::Duration::seconds(rng.random_range(0..7200))),
        awb: None,
        confirming: Confirming::No,
        confirm_fails: 0,
        manifested_at: None,
        told: None,
        updated_at: appears_at,
        returns: rng.random_bool(0.1),
        sku: format!("SKU-{}", rng.random_range(0..super::SKUS)),
        history: Vec::new(),
    }
}

impl Truth {
    pub fn cancelled(&self, now: Stamp) -> Option<Stamp> {
        self.cancels_at
            .filter(|at| *at <= now && self.manifested_at.is_none_or(|m| m > *at))
    }

    pub fn advance(&mut self, now: Stamp) {
        if let Some(at) = self.cancelled(now)
            && self.updated_at < at
        {
            self.updated_at = at;
        }
        if let Confirming::Since { at, fails } = self.confirming {
            let end = at + chrono::Duration::seconds(CONFIRM_S);
            if now >= end && self.updated_at < end && self.cancelled(end).is_none() {
                self.updated_at = end;
                self.history.push((if fails { 18 } else { 16 }, end));
                if fails {
                    self.confirm_fails += 1;
                    self.confirming = Confirming::No;
                }
            }
        }
    }

    pub fn is_confirmed(&self, now: Stamp) -> bool {
        matches!(self.confirming, Confirming::Since { at, fails: false } if (now - at).num_seconds() >= CONFIRM_S)
    }

    pub fn status(&self, now: Stamp) -> RemoteStatus {
        if self.manifested_at.is_some() {
            RemoteStatus::Shipped
        } else if self.cancelled(now).is_some() {
            RemoteStatus::Cancelled
        } else if self.confirming == Confirming::No {
            RemoteStatus::Open
        } else {
            RemoteStatus::Confirmed
        }
    }

    pub fn order(&self, location: &LocationKey, history: bool) -> Order {
        let now = self.updated_at;
        let confirmed = self.is_confirmed(now);
        Order {
            invoice_id: self.id,
            order_id: OrderId(self.order_id),
            reference: ReferenceCode::new(&self.reference),
            location: location.clone(),
            marketplace_id: MarketplaceId(10 + self.order_id % 2),
            marketplace: "Offline".into(),
            carrier_id: Some(CarrierId(9001)),
            courier: "DTDC".into(),
            awb: self.awb.clone(),
            status: self.status(now),
            queue_status: Some(if confirmed { 3 } else { 2 }),
            payment: Payment::Prepaid,
            total: Decimal::new(500, 0),
            ordered_at: Some(self.appears_at),
            updated_at: Some(self.updated_at),
            due_at: None,
            invoice_number: confirmed.then(|| Clean::new(&format!("INV-{}", self.id))),
            invoice_date: None,
            manifest_no: self.manifested_at.map(|_| ManifestNo::new("SIM")),
            label_url: confirmed.then(|| format!("sim://label/{}", self.id).into()),
            invoice_url: confirmed.then(|| format!("sim://invoice/{}", self.id).into()),
            package: Package::default(),
            destination: Destination {
                city: "Pune".into(),
                state: "Maharashtra".into(),
                pin: "411001".into(),
            },
            lines: vec![Line {
                sku: Sku::new(&self.sku),
                name: "Thing".into(),
                quantity: 1,
            }],
            shipping_status: None,
            history: if history {
                self.history
                    .iter()
                    .map(|(status_id, at)| HistoryEntry {
                        status_id: *status_id,
                        at: Some(*at),
                    })
                    .collect()
            } else {
                Vec::new()
            },
        }
    }
}
