//! A warehouse's orders, all derived from one seed.

mod catalogue;
mod facts;
mod hostile;
mod people;

use std::hash::{Hash, Hasher};

use chrono::Duration;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

pub(crate) use catalogue::{Sku, catalogue};
pub(crate) use facts::{CancelPlan, ConfirmFate, Facts, Fate, Line, Package, TwinKind};
pub(crate) use people::{CITIES, City, city_of_pincode};

use super::clock::{Moment, seconds};
use super::options::{Arrival, SandboxOptions};
use super::order::Order;

/// Marketplaces of the shop: id and name (only Offline's 10 is known from samples).
const MARKETPLACES: [(u64, &str); 3] = [(10, "Offline"), (8, "Amazon.in"), (2, "Flipkart")];

/// A random stream of its own for each purpose, so that one more draw here moves nothing there.
pub(crate) fn stream(seed: u64, purpose: impl Hash) -> StdRng {
    let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
    purpose.hash(&mut hasher);
    StdRng::seed_from_u64(seed ^ hasher.finish())
}

/// FNV-1a: unlike the standard library's hasher, the same in every release, so a seed keeps its world.
struct Fnv(u64);

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// All orders of the world, with those of the other location at the end.
pub(crate) fn orders(options: &SandboxOptions, start: Moment) -> Vec<Order> {
    let skus = catalogue(options.seed, options.skus);
    let count = options.orders + options.foreign_orders;
    let mut all: Vec<Order> = Vec::with_capacity(count);
    for index in 0..count {
        let facts = facts(
            options,
            &skus,
            index,
            start,
            all.last().map(|order| &order.facts),
        );
        let arrives = facts
            .twin_of
            .is_none()
            .then(|| arrival(options, index, start));
        let imported = imported(&facts, arrives.unwrap_or(start), start);
        all.push(Order::new(facts, arrives, imported));
    }
    all
}

/// When an order becomes visible.
fn arrival(options: &SandboxOptions, index: usize, start: Moment) -> Moment {
    match options.arrival {
        Arrival::AtStart => start,
        Arrival::Over(span) => {
            start + seconds(span.as_secs_f64() * index as f64 / options.orders.max(1) as f64)
        }
    }
}

/// Orders that are there at the start were imported shortly after they were placed; the others
/// when they appear.
fn imported(facts: &Facts, arrives: Moment, start: Moment) -> Moment {
    if arrives > start {
        arrives
    } else {
        (facts.ordered + Duration::seconds(40)).min(start)
    }
}

fn facts(
    options: &SandboxOptions,
    skus: &[Sku],
    index: usize,
    start: Moment,
    before: Option<&Facts>,
) -> Facts {
    let mut rng = stream(options.seed, ("order", index));
    let mix = options.mix;
    let foreign = index >= options.orders;
    let twin_of = before
        .filter(|before| before.twin_of.is_none() && before.cancel.is_none() && !foreign)
        .filter(|_| rng.random_bool(mix.twins.clamp(0.0, 1.0)))
        .map(|before| {
            let kind = if rng.random_bool(0.5) {
                TwinKind::Split
            } else {
                TwinKind::ReInvoice
            };
            (before, kind)
        });
    let marketplace = MARKETPLACES[rng.random_range(0..MARKETPLACES.len())];
    let unserviceable = rng.random_bool(mix.unserviceable.clamp(0.0, 1.0));
    let mut who = people::buyer(&mut rng, index, unserviceable);
    if let Some(person) = options.buyer.clone() {
        who.name = person.name;
        who.phone = person.phone;
        who.email = person.email;
        who.address = person.address;
    }
    let lines = catalogue::basket(&mut rng, skus);
    let weight = lines
        .iter()
        .map(|line| line.weight * line.quantity)
        .sum::<u64>()
        + 120;
    let age = Duration::seconds(rng.random_range(60..6 * 3600));
    let ordered = match options.arrival {
        Arrival::AtStart => start - age,
        Arrival::Over(_) => {
            arrival(options, index, start) - Duration::seconds(rng.random_range(5..60))
        }
    };
    let mut facts = Facts {
        index,
        invoice_id: 200_000_001 + index as u64,
        order_id: 170_000_001 + index as u64,
        reference: reference(marketplace.0, index),
        foreign,
        marketplace,
        customer: who.name,
        phone: who.phone,
        email: who.email,
        address: who.address,
        city: who.city,
        pincode: who.pincode,
        cod: rng.random_bool(mix.cod.clamp(0.0, 1.0)) && !who.city.prepaid_only,
        lines,
        ordered,
        tat: ordered + Duration::hours([6, 24, 48][rng.random_range(0..3)]),
        package: package(&mut rng, weight),
        fate: fate(&mut rng, options),
        confirm: confirm_fate(&mut rng, options),
        cancel: cancel_plan(&mut rng, options),
        twin_of: None,
        drift: rng.random_range(0..16),
        hostile: false,
    };
    if let Some((original, kind)) = twin_of {
        become_twin(&mut facts, original, kind);
    }
    // The first rows of small worlds stay readable: hostile ones sit at fixed later places.
    if !foreign && facts.twin_of.is_none() && (0..mix.hostile).any(|nth| index == 4 + nth * 7) {
        hostile::deface(&mut facts, index);
    }
    facts
}

fn reference(marketplace: u64, index: usize) -> String {
    match marketplace {
        8 => format!(
            "40{}-{:07}-{:07}",
            index % 9,
            1_234_567 + index * 31,
            2_000_000 + index
        ),
        2 => format!("OD4{:015}", 31_000_000_000_000_u64 + index as u64 * 7),
        _ => format!("WEB-{}", 1001 + index),
    }
}

fn package(rng: &mut StdRng, weight: u64) -> Package {
    Package {
        weight,
        length: rng.random_range(12..45),
        width: rng.random_range(8..30),
        height: rng.random_range(3..25),
    }
}

fn fate(rng: &mut StdRng, options: &SandboxOptions) -> Fate {
    let draw: f64 = rng.random();
    if draw < options.mix.rto {
        Fate::Returned
    } else if draw < options.mix.rto + options.mix.ndr {
        Fate::DeliveredAfterNdr
    } else {
        Fate::Delivered
    }
}

fn confirm_fate(rng: &mut StdRng, options: &SandboxOptions) -> ConfirmFate {
    let (fails, poison): (f64, f64) = (rng.random(), rng.random());
    match (
        fails < options.mix.confirm_fail,
        poison < options.mix.poison,
    ) {
        (true, true) => ConfirmFate::Poison,
        (true, false) => ConfirmFate::FailsOnce,
        (false, _) => ConfirmFate::Succeeds,
    }
}

fn cancel_plan(rng: &mut StdRng, options: &SandboxOptions) -> Option<CancelPlan> {
    let (strikes, kind, after): (f64, u32, f64) = (
        rng.random(),
        rng.random_range(0..4),
        rng.random_range(0.5..20.0),
    );
    (strikes < options.mix.cancels).then_some(match kind {
        0 => CancelPlan::BeforeFetch,
        1 => CancelPlan::AfterArrival(after * 3.0),
        2 => CancelPlan::AfterAssign(after),
        _ => CancelPlan::AfterConfirm(after),
    })
}

fn become_twin(facts: &mut Facts, original: &Facts, kind: TwinKind) {
    let suffix = match kind {
        TwinKind::Split => "_OR1",
        TwinKind::ReInvoice => "_RE1",
    };
    *facts = Facts {
        index: facts.index,
        invoice_id: facts.invoice_id,
        reference: format!("{}{suffix}", original.reference),
        twin_of: Some((original.invoice_id, kind)),
        cancel: None,
        ..original.clone()
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Utc;

    fn world(seed: u64, orders_count: usize) -> Vec<Order> {
        let options = SandboxOptions {
            seed,
            orders: orders_count,
            ..SandboxOptions::default()
        };
        orders(&options, Utc::now())
    }

    #[test]
    fn one_seed_makes_one_world() {
        let names = |seed| {
            world(seed, 50)
                .into_iter()
                .map(|o| o.facts.customer + &o.facts.reference)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(7), names(7));
        assert_ne!(names(7), names(8));
    }

    #[test]
    fn special_orders_come_in_their_shares() {
        let all = world(3, 4000);
        let share =
            |pick: fn(&Order) -> bool| all.iter().filter(|o| pick(o)).count() as f64 / 4000.0;
        assert!((0.01..0.03).contains(&share(|o| o.facts.twin_of.is_some())));
        assert!((0.01..0.03).contains(&share(|o| o.facts.cancel.is_some())));
        assert!((0.06..0.10).contains(&share(|o| o.facts.fate == Fate::Returned)));
        assert!((0.02..0.04).contains(&share(|o| o.facts.confirm != ConfirmFate::Succeeds)));
        assert!(all.iter().all(|o| (1..=4).contains(&o.facts.lines.len())));
        assert_eq!(all.iter().filter(|o| o.facts.hostile).count(), 2);
    }

    #[test]
    fn a_twin_shares_the_order_but_not_the_invoice() {
        let all = world(3, 1000);
        let twin = all
            .iter()
            .find(|o| o.facts.twin_of.is_some())
            .expect("some");
        let (original, _) = twin.facts.twin_of.expect("twin");
        let original = all
            .iter()
            .find(|o| o.facts.invoice_id == original)
            .expect("there");
        assert_eq!(twin.facts.order_id, original.facts.order_id);
        assert_ne!(twin.facts.invoice_id, original.facts.invoice_id);
        assert!(twin.facts.reference.starts_with(&original.facts.reference));
        assert!(twin.arrives.is_none());
    }

    #[test]
    fn references_are_unique() {
        let all = world(9, 3000);
        let unique: std::collections::BTreeSet<_> =
            all.iter().map(|o| &o.facts.reference).collect();
        assert_eq!(unique.len(), all.len());
    }
}
