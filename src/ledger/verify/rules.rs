//! What must hold of every history, whatever the program that wrote it believed.

use std::collections::BTreeMap;

use crate::{
    domain::{
        Awb, Call, InvoiceId, OrderRecord,
        event::{Entry, Event, Gave, IntentDetail, Outcome},
        fold::View,
        record::AwbSource,
        tracking::TrackingStatus,
    },
    ledger::{error::StoreError, view::Overlay},
};

/// Broken rules that are named; the rest would not tell more.
const BROKEN_MAX: usize = 100;

/// Checks a history while it is replayed.
#[derive(Default)]
pub(super) struct Rules {
    /// What does not hold.
    pub broken: Vec<String>,
    /// Intents so far, and whom they concern.
    intents: BTreeMap<u64, (Call, Vec<InvoiceId>)>,
    /// What EasyEcom had been told of the orders of the record under way.
    told: Vec<(InvoiceId, Option<TrackingStatus>)>,
    epoch: u64,
    /// Intents up to this record are in an archive that is not at hand.
    since: u64,
}

impl Rules {
    /// Judges what follows a record: what was begun up to it is believed to have been.
    pub(super) fn since(record: u64) -> Self {
        Self {
            since: record,
            ..Self::default()
        }
    }

    fn say(&mut self, seq: u64, what: &str) {
        if self.broken.len() < BROKEN_MAX {
            self.broken.push(format!("record {seq}: {what}"));
        }
    }

    /// Before a record is applied.
    pub(super) fn before(&mut self, entry: &Entry, view: &Overlay<'_>) -> Result<(), StoreError> {
        let seq = entry.seq;
        if entry.epoch < self.epoch {
            self.say(
                seq,
                "it belongs to an earlier life of the engine than the one before",
            );
        }
        self.epoch = entry.epoch;
        self.told.clear();
        for id in entry.event.invoices() {
            let told = view.order(id)?.and_then(|r| r.trail.told);
            self.told.push((id, told));
        }
        match &entry.event {
            Event::Intent {
                detail, attempt, ..
            } => {
                self.intent(seq, detail, *attempt, view)?;
                self.intents.insert(seq, (detail.call(), detail.invoices()));
            }
            Event::StockIntent { .. } => {
                self.intents.insert(seq, (Call::Inventory, Vec::new()));
            }
            Event::Outcome {
                intent,
                call,
                invoice,
                result,
            } if *call != Call::Documents => {
                self.outcome(seq, *intent, *call, *invoice);
                if let Outcome::Applied {
                    gave: Gave::Awb { awb, .. },
                    ..
                } = result
                {
                    self.bound(seq, *invoice, awb, view)?;
                }
            }
            Event::StockOutcome { intent, .. }
                if *intent > self.since
                    && !matches!(self.intents.get(intent), Some((Call::Inventory, _))) =>
            {
                self.say(seq, &format!("a push ended that no intent {intent} began"));
            }
            _ => {}
        }
        Ok(())
    }

    fn intent(
        &mut self,
        seq: u64,
        detail: &IntentDetail,
        attempt: u16,
        view: &Overlay<'_>,
    ) -> Result<(), StoreError> {
        let call = detail.call();
        for id in detail.invoices() {
            let Some(record) = view.order(id)? else {
                self.say(seq, &format!("{call} of invoice {id}, which was not held"));
                continue;
            };
            if record.call(call).is_some_and(|c| c.attempts >= attempt) {
                self.say(
                    seq,
                    &format!("{call} of invoice {id}: attempt {attempt} again"),
                );
            }
            for broken in out_of_turn(call, &record) {
                self.say(seq, &format!("{call} of invoice {id} {broken}"));
            }
        }
        Ok(())
    }

    /// A booking that is said to have succeeded: one invoice has one live AWB. That an AWB has one
    /// invoice is seen at the end: a carrier can name a number twice, but only one order gets it.
    fn bound(
        &mut self,
        seq: u64,
        invoice: InvoiceId,
        awb: &Awb,
        view: &Overlay<'_>,
    ) -> Result<(), StoreError> {
        let live = view.order(invoice)?.and_then(|r| r.live_awb().cloned());
        if let Some(live) = live.filter(|live| live != awb) {
            self.say(
                seq,
                &format!("invoice {invoice} got AWB {awb} while it has {live}"),
            );
        }
        Ok(())
    }

    fn outcome(&mut self, seq: u64, intent: u64, call: Call, invoice: InvoiceId) {
        let known = intent <= self.since
            || self
                .intents
                .get(&intent)
                .is_some_and(|(c, ids)| *c == call && ids.contains(&invoice));
        if !known {
            let what =
                format!("{call} of invoice {invoice} ended, but no intent {intent} began it");
            self.say(seq, &what);
        }
    }

    /// After a record is applied.
    pub(super) fn after(&mut self, entry: &Entry, view: &Overlay<'_>) -> Result<(), StoreError> {
        for (id, before) in std::mem::take(&mut self.told) {
            let after = view.order(id)?.and_then(|r| r.trail.told);
            let backwards = match (before, after) {
                (Some(before), Some(after)) => before != after && !before.may_become(after),
                (Some(_), None) => true,
                (None, _) => false,
            };
            if backwards {
                self.say(
                    entry.seq,
                    &format!("tracking of invoice {id} went backwards"),
                );
            }
        }
        Ok(())
    }

    /// When all are applied.
    pub(super) fn end(
        &mut self,
        view: &Overlay<'_>,
        orders: impl Iterator<Item = Result<OrderRecord, StoreError>>,
    ) -> Result<(), StoreError> {
        let mut owners: BTreeMap<Awb, InvoiceId> = BTreeMap::new();
        for record in orders {
            let record = record?;
            let Some(booking) = &record.booking else {
                continue;
            };
            let (id, awb) = (record.id(), &booking.awb);
            if let Some(other) = owners.insert(awb.clone(), id) {
                self.say(
                    record.version,
                    &format!("AWB {awb} of invoices {other} and {id}"),
                );
            }
            // A foreign AWB was not booked here and is nobody's until it is claimed.
            let claimed = view.awb(awb)?.and_then(|row| row.owner);
            if booking.source != AwbSource::Foreign && claimed != Some(id) {
                self.say(
                    record.version,
                    &format!("AWB {awb} of invoice {id} is not bound to it"),
                );
            }
        }
        Ok(())
    }
}

/// What forbids a call at this moment, whatever let it through. Not the gate's table: these are the
/// few sentences that a customer would read in a contract.
fn out_of_turn(call: Call, record: &OrderRecord) -> Vec<&'static str> {
    let forward = matches!(
        call,
        Call::Book | Call::Assign | Call::Confirm | Call::Manifest
    );
    let confirmed = record.confirm.progress.is_done();
    let manifested = record.manifest.progress.is_done() || record.order.is_manifested_remotely();
    [
        (
            forward && record.cancelled.is_some(),
            "after it was cancelled",
        ),
        (forward && record.hold.is_some(), "while it is held"),
        (forward && record.park.is_some(), "while it is parked"),
        (
            call == Call::Book && record.live_awb().is_some(),
            "while it has an AWB",
        ),
        (
            call == Call::Confirm && !record.assign.progress.is_done(),
            "before its shipment was assigned",
        ),
        (
            call == Call::Manifest && !confirmed,
            "before its confirmation",
        ),
        (call == Call::Manifest && manifested, "a second time"),
        (call == Call::Tracking && !manifested, "before its manifest"),
    ]
    .into_iter()
    .filter_map(|(broken, says)| broken.then_some(says))
    .collect()
}
