//! What the engine knows beside the ledger: gone when it stops.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::Shop;
use crate::{
    domain::{Clean, InvoiceId, Stamp, request::ManifestGroup, schedule::Work},
    handle::Run,
};

/// A manifest that somebody asked for.
#[derive(Clone, Debug)]
pub(in crate::worker) struct ManifestWanted {
    /// Of one group, or of all.
    pub group: Option<ManifestGroup>,
}

impl ManifestWanted {
    /// Whether orders of this group are meant.
    pub fn means(&self, group: &ManifestGroup) -> bool {
        self.group.as_ref().is_none_or(|wanted| wanted == group)
    }
}

/// How often documents of an order were tried for.
#[derive(Clone, Copy, Debug)]
pub(in crate::worker) struct DocumentTries {
    /// Tries in vain, and since when; a person's decision begins them anew.
    pub tries: u32,
    pub since: Stamp,
    /// Document calls on this day.
    pub day: chrono::NaiveDate,
    pub asked: u8,
}

/// What is known only while the engine lives.
#[derive(Default)]
pub(in crate::worker) struct Live {
    /// Orders that a task works on.
    pub busy: HashSet<InvoiceId>,
    /// Orders not to look at before an instant, or before the next reading.
    pub deferred: HashMap<InvoiceId, Stamp>,
    /// Work that went in a circle, not to be tried before an instant, whatever is read meanwhile.
    pub slowed: HashMap<(InvoiceId, Work), Stamp>,
    /// How often an order was worked on in the minute that began then.
    pub turns: HashMap<(InvoiceId, Work), (Stamp, u32)>,
    /// Readings in a row that were to settle a call of an order and could not be used.
    pub unread: HashMap<InvoiceId, u32>,
    /// How often documents of an order were tried for.
    pub documents: HashMap<InvoiceId, DocumentTries>,
    /// EasyEcom was read to the last page, asked at this instant.
    pub fresh_at: Option<Stamp>,
    /// When that reading had ended.
    pub read_ended_at: Option<Stamp>,
    /// How far EasyEcom's clock is ahead of this machine's, as far as that can be believed.
    pub easyecom_ahead: chrono::Duration,
    /// The same, whatever it is.
    pub skew: chrono::Duration,
    /// Something waits for a reading.
    pub poll_wanted: bool,
    /// A person does.
    pub poll_asked: bool,
    pub next_poll_at: Option<Stamp>,
    pub tracking_read_at: Option<Stamp>,
    pub stock_read_at: Option<Stamp>,
    pub stock_file_at: Option<Stamp>,
    pub stock_problems: Vec<Clean>,
    /// Stock rows of EasyEcom that could not be read and were told already.
    pub stock_rejected: HashSet<Clean>,
    pub stock_push_wanted: bool,
    pub stock_read_wanted: bool,
    /// A manifest was asked for by a person; who.
    pub manifest_wanted: Option<ManifestWanted>,
    pub alarms: Vec<(&'static str, Clean)>,
    /// Why nothing is booked until a person has looked: the carrier refuses us, not an order.
    pub booking_refused: Option<Clean>,
    /// Orders of a call that was refused as a whole: the next time each goes alone, so that one of
    /// them cannot stand in the way of the others.
    pub book_alone: HashSet<InvoiceId>,
    /// The disk is nearly full.
    pub short_of_room: bool,
    /// Commands for several orders that are being carried out, by the order in which they began.
    pub runs: BTreeMap<u64, Run>,
    /// The store refused to write.
    pub failed: Option<Clean>,
}

/// Keeps other tasks off an order while it lives.
pub(in crate::worker) struct Busy<'a, R> {
    pub(super) shop: &'a Shop<R>,
    pub(super) ids: Vec<InvoiceId>,
}

impl<R> Drop for Busy<'_, R> {
    fn drop(&mut self) {
        let mut live = lock(&self.shop.live);
        for id in &self.ids {
            live.busy.remove(id);
        }
        drop(live);
        self.shop.wake.notify_one();
    }
}

/// Locks what cannot be left half-changed by a panic.
pub(in crate::worker) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
