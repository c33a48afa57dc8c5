//! The working state as a fold of journal events: the same function live and on rebuilding, so that
//! a store that was thrown away comes back equal.

mod calls;
mod load;
pub mod memory;
mod observe;
mod people;
mod settle;
mod stock;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    event::{Entry, Event, IntentDetail},
    ids::{Awb, InvoiceId, LocationKey, Operator, Sku},
    inventory::SkuRecord,
    order::Order,
    outcome::Signed,
    record::{Attention, OrderRecord},
    request::ManifestGroup,
    step::Stage,
    text::Clean,
    time::Stamp,
    tracking::Scan,
    twin::commits,
};

/// What a fold reads and writes.
pub trait View {
    /// Why it could not be read.
    type Error;

    /// An order.
    fn order(&self, id: InvoiceId) -> Result<Option<OrderRecord>, Self::Error>;
    /// Keeps an order.
    fn put_order(&mut self, record: OrderRecord) -> Result<(), Self::Error>;
    /// The other invoices of the same order id or base reference, `order`'s own left out.
    fn siblings(&self, order: &Order) -> Result<Vec<OrderRecord>, Self::Error>;
    /// A SKU.
    fn sku(&self, location: &LocationKey, sku: &Sku) -> Result<Option<SkuRecord>, Self::Error>;
    /// Keeps a SKU.
    fn put_sku(&mut self, record: SkuRecord) -> Result<(), Self::Error>;
    /// What is known of an AWB.
    fn awb(&self, awb: &Awb) -> Result<Option<AwbRow>, Self::Error>;
    /// Keeps an AWB.
    fn put_awb(&mut self, row: AwbRow) -> Result<(), Self::Error>;
    /// Keeps scans; `from` is the number of scans that the order had before.
    fn put_scans(&mut self, id: InvoiceId, from: u32, scans: &[Scan]) -> Result<(), Self::Error>;
    /// A manifest, by the journal position of its intent.
    fn manifest(&self, seq: u64) -> Result<Option<ManifestRow>, Self::Error>;
    /// Keeps a manifest.
    fn put_manifest(&mut self, row: ManifestRow) -> Result<(), Self::Error>;
    /// Keeps a row that could not be read.
    fn put_rejected(&mut self, row: RejectedRow) -> Result<(), Self::Error>;
    /// The warehouse as a whole.
    fn site(&self) -> Result<Site, Self::Error>;
    /// Keeps it.
    fn put_site(&mut self, site: Site) -> Result<(), Self::Error>;
}

/// An AWB and whose it is. Bound once, for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwbRow {
    /// The number.
    pub awb: Awb,
    /// Whose; `None` for an allotted number not yet used.
    pub owner: Option<InvoiceId>,
}

/// A manifest that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestRow {
    /// Journal position of its intent: its number here.
    pub seq: u64,
    /// When.
    pub at: Stamp,
    /// Which group.
    pub group: ManifestGroup,
    /// Its members.
    pub members: Vec<(InvoiceId, Awb)>,
    /// Its truck was handed over.
    #[serde(default)]
    pub closed: Option<LoadClosed>,
    /// Scans at its truck that were no parcel of it.
    #[serde(default, skip_serializing_if = "is_none_yet")]
    pub wrong: u32,
    /// Scans at it of parcels that were loaded already.
    #[serde(default, skip_serializing_if = "is_none_yet")]
    pub twice: u32,
}

/// Left out of what is kept, so that a state of before these were counted is the same state.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_none_yet(count: &u32) -> bool {
    *count == 0
}

/// A truck was handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadClosed {
    /// When.
    pub at: Stamp,
    /// Who said so.
    pub by: Operator,
    /// Parcels that stayed behind.
    pub missing: u32,
}

/// A row of a remote that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedRow {
    /// Journal position.
    pub seq: u64,
    /// When.
    pub at: Stamp,
    /// Which call gave it.
    pub source: Box<str>,
    /// The invoice, if that much could be read.
    pub invoice: Option<InvoiceId>,
    /// What is wrong.
    pub reason: Clean,
    /// The row, people's data masked.
    pub fragment: Box<str>,
}

/// The warehouse as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Which life of the engine.
    pub epoch: u64,
    /// Why the worker stands still, if it does.
    #[serde(default)]
    pub paused: Option<Signed>,
    /// Orders were read to the last page up to here.
    #[serde(default)]
    pub high_water: Option<Stamp>,
    /// Day of the quota count.
    #[serde(default)]
    pub quota_day: Option<chrono::NaiveDate>,
    /// Calls used or set aside on that day.
    #[serde(default)]
    pub quota_used: u32,
    /// Rows that could not be read, ever.
    #[serde(default)]
    pub rejected: u64,
    /// Allotted AWBs not yet used.
    #[serde(default)]
    pub awbs_free: u64,
    /// Orders per stage.
    #[serde(default)]
    pub stages: BTreeMap<Stage, u64>,
    /// Orders per reason for attention.
    #[serde(default)]
    pub attention: BTreeMap<Attention, u64>,
}

/// Applies one journal entry.
pub fn fold<V: View>(entry: &Entry, view: &mut V) -> Result<(), V::Error> {
    match &entry.event {
        Event::Started { .. } => site(view, |s| s.epoch = entry.epoch),
        Event::OrderSeen { order, .. } => observe::order_seen(entry, order, view),
        Event::RowRejected {
            source,
            invoice,
            reason,
            fragment,
        } => {
            view.put_rejected(RejectedRow {
                seq: entry.seq,
                at: entry.at,
                source: source.clone(),
                invoice: *invoice,
                reason: reason.clone(),
                fragment: fragment.clone(),
            })?;
            site(view, |s| s.rejected += 1)
        }
        Event::WindowRead { until, back, .. } => site(view, |s| {
            let old = s.high_water.filter(|_| !back);
            s.high_water = old.max(Some(*until));
        }),
        Event::Intent {
            detail,
            attempt,
            digest,
            not_after,
            settle_at,
        } => {
            if let IntentDetail::Manifest { group, members } = detail {
                view.put_manifest(ManifestRow {
                    seq: entry.seq,
                    at: entry.at,
                    group: group.clone(),
                    members: members.clone(),
                    closed: None,
                    wrong: 0,
                    twice: 0,
                })?;
            }
            calls::intent(
                entry, detail, *attempt, digest, *not_after, *settle_at, view,
            )
        }
        Event::Outcome {
            intent,
            call,
            invoice,
            result,
        } => calls::outcome(entry, *intent, *call, *invoice, result, view),
        Event::Checked {
            call,
            invoice,
            counts,
            next_at,
            ..
        } => calls::checked(entry, *call, *invoice, *counts, *next_at, view),
        Event::DocumentStored {
            invoice,
            kind,
            document,
        } => calls::document(entry, *invoice, *kind, document, view),
        Event::Scanned {
            invoice,
            awb,
            scans,
            returns_as,
        } => {
            let Some(held) = view.order(*invoice)? else {
                return Ok(());
            };
            // The journey of another parcel must never be told as this one's.
            if held.booking.is_some_and(|b| b.awb != *awb) {
                return Ok(());
            }
            let from = held.trail.scans;
            view.put_scans(*invoice, from, scans)?;
            change(entry, *invoice, view, |record| {
                record.trail.take(scans);
                if let Some(number) = returns_as {
                    record.trail.returns_as(number);
                }
            })
        }
        Event::Held { .. }
        | Event::Released { .. }
        | Event::Parked { .. }
        | Event::Decided { .. }
        | Event::FlagsCleared { .. }
        | Event::Paused { .. }
        | Event::Resumed => people::decided(entry, view),
        Event::Loaded { .. }
        | Event::Unloaded { .. }
        | Event::TurnedAway { .. }
        | Event::LoadClosed { .. } => load::load(entry, view),
        Event::Allotted { numbers, .. } => {
            let mut added = 0;
            for awb in numbers {
                if view.awb(awb)?.is_none() {
                    view.put_awb(AwbRow {
                        awb: awb.clone(),
                        owner: None,
                    })?;
                    added += 1;
                }
            }
            site(view, |s| s.awbs_free += added)
        }
        Event::Counted { .. }
        | Event::StockIntent { .. }
        | Event::StockOutcome { .. }
        | Event::LeftOut { .. }
        | Event::TakenIn { .. }
        | Event::StockRead { .. } => stock::stock(entry, view),
        Event::QuotaLeased { day, used } => site(view, |s| {
            s.quota_day = Some(*day);
            s.quota_used = *used;
        }),
    }
}

/// Changes the site.
fn site<V: View>(view: &mut V, with: impl FnOnce(&mut Site)) -> Result<(), V::Error> {
    let mut site = view.site()?;
    with(&mut site);
    view.put_site(site)
}

/// Changes an order that is held; an event about one that is not changes nothing.
fn change<V: View>(
    entry: &Entry,
    id: InvoiceId,
    view: &mut V,
    with: impl FnOnce(&mut OrderRecord),
) -> Result<(), V::Error> {
    let Some(before) = view.order(id)? else {
        return Ok(());
    };
    let mut after = before.clone();
    with(&mut after);
    save(entry, Some(&before), after, view)
}

/// Keeps an order, and with it what follows from the change: whether it is now a person's, the
/// counts per stage, the stock decrement of a new manifest, and the siblings that it hinders.
fn save<V: View>(
    entry: &Entry,
    before: Option<&OrderRecord>,
    mut after: OrderRecord,
    view: &mut V,
) -> Result<(), V::Error> {
    after.version = entry.seq;
    settle::settle(entry.at, before, &mut after);
    let newly_manifested =
        after.manifest.progress.is_done() && before.is_some_and(|b| !b.manifest.progress.is_done());
    if newly_manifested {
        after.stock_version = Some(entry.seq);
        stock::decrement(entry, &after, view)?;
    }
    let (was, is) = (before.map(OrderRecord::stage), after.stage());
    let (had, has) = (before.and_then(OrderRecord::attention), after.attention());
    if was != Some(is) || had != has {
        site(view, |s| {
            if was != Some(is) {
                recount(&mut s.stages, was, Some(is));
            }
            recount(&mut s.attention, had, has);
        })?;
    }
    view.put_order(after.clone())?;
    if commits(&after) && !before.is_some_and(commits) {
        observe::park_twins(entry, &after, view)?;
    }
    Ok(())
}

fn recount<K: Ord>(counts: &mut BTreeMap<K, u64>, from: Option<K>, to: Option<K>) {
    if let Some(count) = from.and_then(|k| counts.get_mut(&k)) {
        *count = count.saturating_sub(1);
    }
    if let Some(key) = to {
        *counts.entry(key).or_default() += 1;
    }
}

#[cfg(test)]
pub(in crate::domain) mod chaos;
#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
