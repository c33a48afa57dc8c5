//! A summary of the world, for tests and for whoever wants to see that the sequence was kept.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::clock::Moment;
use super::dtdc;
use super::effects::{EffectKind, Rule};
use super::order::Stage;
use super::world::World;

/// Counts over everything that has appeared at this location.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// Invoices that have appeared.
    pub orders: u64,
    /// Invoices that will appear later, twins of originals that have not gone far enough included.
    pub to_come: u64,
    /// Open, whether or not they carry an AWB.
    pub open: u64,
    /// Cancelled.
    pub cancelled: u64,
    /// Confirmed now, a running confirmation included.
    pub confirmed_now: u64,
    /// Shipped, whatever the parcel did since.
    pub shipped: u64,
    /// Shipped, and EasyEcom was told that the parcel is delivered.
    pub delivered: u64,
    /// Shipped, and EasyEcom was told that the parcel is back at the seller.
    pub rto_delivered: u64,
    /// Shipped, and EasyEcom was told neither.
    pub in_transit: u64,
    /// Parcels that in truth are delivered.
    pub parcels_delivered: u64,
    /// Parcels that in truth are back at the seller.
    pub parcels_returned: u64,
    /// Consignments booked at DTDC, cancelled ones included.
    pub awbs_booked: u64,
    /// Consignments cancelled at DTDC.
    pub awbs_cancelled: u64,
    /// Consignments alive that no order carries.
    pub orphan_awbs: u64,
    /// Consignments alive whose order is cancelled.
    pub unreleased_awbs: u64,
    /// AWBs on orders that DTDC never booked.
    pub unbooked_awbs: u64,
    /// Manifests made.
    pub manifests: u64,
    /// Confirmations that ended in Confirm Fail.
    pub confirm_failures: u64,
    /// Calls that repeated what was done, in the same words.
    pub repeats: u64,
    /// Rules broken, oldest first.
    pub violations: Vec<Violation>,
    /// Calls for orders cancelled too recently to be known.
    pub late_after_cancel: u64,
    /// Calls by operation.
    pub calls: BTreeMap<String, u64>,
    /// EasyEcom calls by `x-api-key`.
    pub calls_by_key: BTreeMap<String, u64>,
    /// Calls over the rate limit.
    pub throttled: u64,
    /// Token calls within the cool-down.
    pub token_refusals: u64,
    /// Calls with missing or wrong credentials.
    pub unauthorised: u64,
    /// Faults made, by kind.
    pub faults: BTreeMap<String, u64>,
}

/// A rule that a call broke.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// Position in the effect log.
    pub seq: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// Which.
    pub rule: Rule,
    /// For which invoice.
    pub invoice: Option<u64>,
    /// For which AWB.
    pub awb: Option<String>,
    /// Words for a person.
    pub detail: String,
}

/// Sums the world up as of `now`.
pub(crate) fn report(world: &World, now: Moment) -> Report {
    let counters = &world.counters;
    let named = |map: &BTreeMap<&'static str, u64>| {
        map.iter().map(|(k, v)| ((*k).to_owned(), *v)).collect()
    };
    let count = |kind: EffectKind| {
        world
            .effects
            .iter()
            .filter(|effect| effect.kind == kind)
            .count() as u64
    };
    let mut report = Report {
        manifests: counters.manifests,
        confirm_failures: count(EffectKind::ConfirmFailed),
        repeats: count(EffectKind::Repeated),
        late_after_cancel: count(EffectKind::LateAfterCancel),
        violations: violations(world),
        calls: named(&counters.calls),
        calls_by_key: counters.calls_by_key.clone(),
        throttled: counters.throttled,
        token_refusals: counters.token_refusals,
        unauthorised: counters.unauthorised,
        faults: named(&counters.faults),
        ..Report::default()
    };
    count_orders(world, now, &mut report);
    count_parcels(world, now, &mut report);
    report
}

fn violations(world: &World) -> Vec<Violation> {
    world
        .effects
        .iter()
        .filter_map(|effect| match effect.kind {
            EffectKind::Violation(rule) => Some(Violation {
                seq: effect.seq,
                at: effect.at,
                rule,
                invoice: effect.invoice,
                awb: effect.awb.clone(),
                detail: effect.detail.clone(),
            }),
            _ => None,
        })
        .collect()
}

fn count_orders(world: &World, now: Moment, report: &mut Report) {
    for order in world.orders.values().filter(|order| !order.facts.foreign) {
        if !order.visible(now) {
            report.to_come += 1;
            continue;
        }
        report.orders += 1;
        match order.state.stage {
            Stage::Open => report.open += 1,
            Stage::Confirming { .. } | Stage::Confirmed => report.confirmed_now += 1,
            Stage::Cancelled => report.cancelled += 1,
            Stage::Shipped => {
                report.shipped += 1;
                match order.state.shipping {
                    Some(3) => report.delivered += 1,
                    Some(9) => report.rto_delivered += 1,
                    _ => report.in_transit += 1,
                }
            }
        }
        if order
            .state
            .awb()
            .is_some_and(|awb| !world.bookings.contains_key(awb))
        {
            report.unbooked_awbs += 1;
        }
    }
}

fn count_parcels(world: &World, now: Moment, report: &mut Report) {
    for booking in world.bookings.values() {
        report.awbs_booked += 1;
        if booking.cancelled.is_some() {
            report.awbs_cancelled += 1;
            continue;
        }
        let carrier = world
            .awbs
            .get(&booking.awb)
            .and_then(|invoice| world.orders.get(invoice));
        match carrier.filter(|order| order.state.awb() == Some(&booking.awb)) {
            None => report.orphan_awbs += 1,
            Some(order) if order.state.cancelled.is_some() => report.unreleased_awbs += 1,
            Some(_) => {}
        }
        match dtdc::scans_of(world, &booking.awb, now)
            .and_then(|scans| scans.last().map(|scan| scan.code))
        {
            Some("DLV") => report.parcels_delivered += 1,
            Some("RTODLV") => report.parcels_returned += 1,
            _ => {}
        }
    }
}
