//! All that both services know, and the changes that time alone brings.

use std::collections::{BTreeMap, BTreeSet};

use rand::rngs::StdRng;

use super::clock::{Moment, seconds};
use super::effects::{Effect, EffectKind, Rule};
use super::faults::FaultPlan;
use super::generate::{self, CITIES, CancelPlan, City, Sku, TwinKind};
use super::journey::Route;
use super::options::{CarrierAccount, SandboxOptions};
use super::order::{Order, Stage, State};
use super::throttle::Throttle;

/// A consignment at DTDC.
#[derive(Debug, Clone)]
pub(crate) struct Booking {
    pub(crate) awb: String,
    pub(crate) reference: String,
    pub(crate) invoice: Option<u64>,
    pub(crate) at: Moment,
    pub(crate) cancelled: Option<Moment>,
    pub(crate) route: Route,
    pub(crate) pieces: u64,
    pub(crate) pincode: String,
    pub(crate) service: String,
    pub(crate) cod: bool,
}

/// Numbers for the report that no other state holds.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) calls: BTreeMap<&'static str, u64>,
    pub(crate) calls_by_key: BTreeMap<String, u64>,
    pub(crate) throttled: u64,
    pub(crate) token_refusals: u64,
    pub(crate) unauthorised: u64,
    pub(crate) faults: BTreeMap<&'static str, u64>,
    pub(crate) manifests: u64,
    pub(crate) inventory_batches: u64,
}

/// How long a token lives.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) expires: Moment,
}

/// The state behind the server.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) options: SandboxOptions,
    pub(crate) base_url: String,
    started: Moment,
    pub(crate) orders: BTreeMap<u64, Order>,
    pub(crate) by_reference: BTreeMap<String, u64>,
    pub(crate) by_order_id: BTreeMap<u64, Vec<u64>>,
    /// Orders that time alone may still change.
    pending: BTreeSet<u64>,
    /// AWB to the invoice that carries or carried it, for ever.
    pub(crate) awbs: BTreeMap<String, u64>,
    pub(crate) bookings: BTreeMap<String, Booking>,
    pub(crate) bookings_by_reference: BTreeMap<String, Vec<String>>,
    pub(crate) bookings_by_invoice: BTreeMap<u64, Vec<String>>,
    pub(crate) catalogue: Vec<Sku>,
    pub(crate) sku_index: BTreeMap<String, usize>,
    pub(crate) sessions: BTreeMap<String, Session>,
    pub(crate) last_login: Option<Moment>,
    pub(crate) tracking_tokens: BTreeSet<String>,
    pub(crate) throttle: Throttle,
    pub(crate) effects: Vec<Effect>,
    pub(crate) counters: Counters,
    pub(crate) faults: FaultPlan,
    pub(crate) rng: StdRng,
}

/// What time alone does to an order.
enum Event {
    Arrive,
    Cancel,
    ConfirmEnds,
}

impl World {
    /// A world that begins at `start` and answers under `base_url`.
    pub(crate) fn new(options: SandboxOptions, base_url: String, start: Moment) -> Self {
        let orders: BTreeMap<u64, Order> = generate::orders(&options, start)
            .into_iter()
            .map(|order| (order.facts.invoice_id, order))
            .collect();
        let mut by_order_id: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        for order in orders.values() {
            by_order_id
                .entry(order.facts.order_id)
                .or_default()
                .push(order.facts.invoice_id);
        }
        let catalogue = generate::catalogue(options.seed, options.skus);
        Self {
            base_url,
            started: start,
            by_reference: orders
                .values()
                .map(|o| (o.facts.reference.clone(), o.facts.invoice_id))
                .collect(),
            by_order_id,
            pending: orders
                .values()
                .filter(|o| o.arrives.is_none() || o.facts.cancel.is_some())
                .map(|o| o.facts.invoice_id)
                .collect(),
            orders,
            awbs: BTreeMap::new(),
            bookings: BTreeMap::new(),
            bookings_by_reference: BTreeMap::new(),
            bookings_by_invoice: BTreeMap::new(),
            sku_index: catalogue
                .iter()
                .enumerate()
                .map(|(at, sku)| (sku.code.clone(), at))
                .collect(),
            catalogue,
            sessions: BTreeMap::new(),
            last_login: None,
            tracking_tokens: BTreeSet::new(),
            throttle: Throttle::default(),
            effects: Vec::new(),
            counters: Counters::default(),
            faults: options.faults.clone(),
            rng: generate::stream(options.seed, "faults"),
            options,
        }
    }

    /// Where parcels start.
    pub(crate) fn warehouse() -> &'static City {
        &CITIES[6]
    }

    /// The carrier account of an id.
    pub(crate) fn carrier(&self, id: u64) -> Option<&CarrierAccount> {
        self.options
            .carriers
            .iter()
            .find(|carrier| carrier.company_carrier_id == id)
    }

    /// The order of an invoice, if it has appeared.
    pub(crate) fn order(&self, invoice: u64, now: Moment) -> Option<&Order> {
        self.orders.get(&invoice).filter(|order| order.visible(now))
    }

    /// The moment a read looks at: some time back if it is stale, but never before the beginning.
    pub(crate) fn as_of(&self, now: Moment, lag: chrono::Duration) -> Moment {
        (now - lag).max(self.started)
    }

    /// Changes an order; does nothing if there is none.
    pub(crate) fn amend(&mut self, invoice: u64, at: Moment, change: impl FnOnce(&mut State)) {
        if let Some(order) = self.orders.get_mut(&invoice) {
            order.amend(at, change);
        }
    }

    /// Watches an order for what time will do to it.
    pub(crate) fn watch(&mut self, invoice: u64) {
        self.pending.insert(invoice);
    }

    /// The invoice that a DTDC customer reference speaks of: the order's reference or invoice id,
    /// also with the `/n` that clients append to rebook (dtdc.md section 2), or a longer booking id
    /// with the invoice id in it.
    pub(crate) fn invoice_of_reference(&self, reference: &str) -> Option<u64> {
        let base = base_reference(reference);
        self.by_reference
            .get(reference)
            .or_else(|| self.by_reference.get(base))
            .copied()
            .or_else(|| {
                reference
                    .split(|c: char| !c.is_ascii_digit())
                    .filter_map(|part| part.parse().ok())
                    .find(|invoice| self.orders.contains_key(invoice))
            })
    }

    /// Writes to the log.
    pub(crate) fn record(
        &mut self,
        kind: EffectKind,
        invoice: Option<u64>,
        awb: Option<&str>,
        detail: impl Into<String>,
        now: Moment,
    ) {
        self.effects.push(Effect {
            at: now,
            seq: self.effects.len() as u64 + 1,
            kind,
            invoice,
            awb: awb.map(str::to_owned),
            detail: detail.into(),
        });
    }

    /// Writes a broken rule to the log and hands back its words for the answer.
    pub(crate) fn violate(
        &mut self,
        rule: Rule,
        invoice: Option<u64>,
        awb: Option<&str>,
        detail: &str,
        now: Moment,
    ) -> String {
        self.record(EffectKind::Violation(rule), invoice, awb, detail, now);
        detail.to_owned()
    }

    /// Why a step of an order is refused whatever the step is: it is cancelled, or not of this
    /// location. Recorded; a cancellation too recent to be known counts without blame.
    pub(crate) fn barred(&mut self, invoice: u64, step: &str, now: Moment) -> Option<String> {
        let order = self.orders.get(&invoice)?;
        let awb = order.state.awb().map(str::to_owned);
        if order.facts.foreign {
            let words = format!("{step}: order belongs to another location");
            return Some(self.violate(
                Rule::ForeignLocation,
                Some(invoice),
                awb.as_deref(),
                &words,
                now,
            ));
        }
        let cancelled = order.state.cancelled?;
        let words = format!("{step}: order is cancelled");
        let grace = seconds(self.options.cancel_grace.as_secs_f64());
        if now - cancelled < grace {
            self.record(
                EffectKind::LateAfterCancel,
                Some(invoice),
                awb.as_deref(),
                words.clone(),
                now,
            );
            return Some(words);
        }
        Some(self.violate(
            Rule::CallAfterCancel,
            Some(invoice),
            awb.as_deref(),
            &words,
            now,
        ))
    }

    /// Cancels an order as its buyer or the panel would; false if it is shipped, gone or unknown.
    pub(crate) fn cancel(&mut self, invoice: u64, by: &str, at: Moment) -> bool {
        let Some(order) = self.orders.get_mut(&invoice) else {
            return false;
        };
        if matches!(order.state.stage, Stage::Shipped | Stage::Cancelled) {
            return false;
        }
        order.amend(at, |state| {
            state.stage = Stage::Cancelled;
            state.cancelled = Some(at);
            state.history.retain(|(_, time)| *time <= at);
            state.history.push((9, at));
        });
        let awb = order.state.awb().map(str::to_owned);
        self.record(EffectKind::Cancelled, Some(invoice), awb.as_deref(), by, at);
        true
    }

    /// Lets everything happen that time alone brings until `now`, in the order of its times.
    pub(crate) fn settle(&mut self, now: Moment) {
        let ids: Vec<u64> = self.pending.iter().copied().collect();
        for invoice in ids {
            while let Some((at, event)) = self.next_event(invoice).filter(|(at, _)| *at <= now) {
                self.apply(invoice, at, &event);
            }
            if !self.may_still_change(invoice) {
                self.pending.remove(&invoice);
            }
        }
    }

    fn may_still_change(&self, invoice: u64) -> bool {
        self.orders
            .get(&invoice)
            .is_some_and(|order| match order.state.stage {
                Stage::Confirming { .. } => true,
                Stage::Open | Stage::Confirmed => {
                    order.arrives.is_none() || order.facts.cancel.is_some()
                }
                Stage::Shipped | Stage::Cancelled => false,
            })
    }

    fn next_event(&self, invoice: u64) -> Option<(Moment, Event)> {
        let order = self.orders.get(&invoice)?;
        let Some(arrives) = order.arrives else {
            return self.twin_arrival(order).map(|at| (at, Event::Arrive));
        };
        let cancels = cancel_time(order, arrives);
        match order.state.stage {
            Stage::Confirming { ends, .. } => match cancels.filter(|at| *at < ends) {
                Some(at) => Some((at, Event::Cancel)),
                None => Some((ends, Event::ConfirmEnds)),
            },
            Stage::Open | Stage::Confirmed => cancels.map(|at| (at, Event::Cancel)),
            Stage::Shipped | Stage::Cancelled => None,
        }
    }

    /// A twin appears five seconds after its original went far enough.
    fn twin_arrival(&self, order: &Order) -> Option<Moment> {
        let (original, kind) = order.facts.twin_of?;
        let original = &self.orders.get(&original)?.state;
        let after = match kind {
            TwinKind::Split => original.manifest.as_ref().map(|(_, at)| *at),
            TwinKind::ReInvoice => original.invoiced,
        };
        after.map(|at| at + seconds(5.0))
    }

    fn apply(&mut self, invoice: u64, at: Moment, event: &Event) {
        match event {
            Event::Arrive => {
                if let Some(order) = self.orders.get_mut(&invoice) {
                    order.arrives = Some(at);
                    order.state = State::open(at);
                }
            }
            Event::Cancel => {
                self.cancel(invoice, "cancelled by the buyer", at);
            }
            Event::ConfirmEnds => self.end_confirmation(invoice, at),
        }
    }

    fn end_confirmation(&mut self, invoice: u64, at: Moment) {
        let Some(order) = self.orders.get_mut(&invoice) else {
            return;
        };
        let Stage::Confirming { fails, .. } = order.state.stage else {
            return;
        };
        let number = format!("SB/{}", invoice - 200_000_000);
        order.amend(at, |state| {
            if fails {
                state.stage = Stage::Open;
                state.confirm_failures += 1;
            } else {
                state.stage = Stage::Confirmed;
                state.invoice_number = Some(number);
                state.invoiced = Some(at);
                state.shipping = Some(1);
            }
        });
        let awb = order.state.awb().map(str::to_owned);
        let kind = if fails {
            EffectKind::ConfirmFailed
        } else {
            EffectKind::Confirmed
        };
        self.record(kind, Some(invoice), awb.as_deref(), "", at);
    }
}

/// A reference without the `/n` of a rebooking.
pub(crate) fn base_reference(reference: &str) -> &str {
    match reference.rsplit_once('/') {
        Some((base, n)) if !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()) => base,
        _ => reference,
    }
}

/// When the order's plan to be cancelled falls due, if its trigger has happened.
fn cancel_time(order: &Order, arrives: Moment) -> Option<Moment> {
    let state = &order.state;
    let due = match order.facts.cancel? {
        CancelPlan::BeforeFetch => arrives,
        CancelPlan::AfterArrival(after) => arrives + seconds(after),
        CancelPlan::AfterAssign(after) => state.assigned.as_ref()?.at + seconds(after),
        CancelPlan::AfterConfirm(after) => {
            state.history.iter().rev().find(|(id, _)| *id == 17)?.1 + seconds(after)
        }
    };
    Some(due.max(state.updated))
}

#[cfg(test)]
mod tests;
