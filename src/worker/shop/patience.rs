//! What is tried again and again, counted in memory.

use super::{DEFERRED_MAX, Shop, live::DocumentTries, lock};
use crate::{
    domain::{InvoiceId, Stamp},
    worker::{ports::Remotes, traffic::day_of},
};

impl<R: Remotes> Shop<R> {
    /// Counts a reading of an order that could not be used. Returns how many there were in a row.
    pub fn count_unread(&self, id: InvoiceId) -> u32 {
        let mut live = lock(&self.live);
        if live.unread.len() >= DEFERRED_MAX {
            live.unread.clear();
        }
        let tries = live.unread.entry(id).or_default();
        *tries = tries.saturating_add(1);
        *tries
    }

    /// An order was read as it should be.
    pub fn was_read(&self, id: InvoiceId) {
        lock(&self.live).unread.remove(&id);
    }

    /// Counts a try for the documents of an order that was in vain. Returns how many there were, and since
    /// when.
    pub fn count_document_try(&self, id: InvoiceId) -> (u32, Stamp) {
        self.with_documents(id, |documents, now| {
            if documents.tries == 0 {
                documents.since = now;
            }
            documents.tries = documents.tries.saturating_add(1);
            (documents.tries, documents.since)
        })
    }

    /// Whether the document call, which costs a call for one order, may be made now: more and more seldom, and
    /// no more than `most` times a day.
    pub fn may_ask_for_documents(&self, id: InvoiceId, most: u8) -> bool {
        self.with_documents(id, |documents, now| {
            let today = day_of(now);
            if documents.day != today {
                (documents.day, documents.asked) = (today, 0);
            }
            let seldom = documents.tries == 0 || documents.tries.is_power_of_two();
            let may = seldom && documents.asked < most;
            documents.asked += u8::from(may);
            may
        })
    }

    /// The documents of an order are there.
    pub fn documents_came(&self, id: InvoiceId) {
        lock(&self.live).documents.remove(&id);
    }

    fn with_documents<T>(
        &self,
        id: InvoiceId,
        with: impl FnOnce(&mut DocumentTries, Stamp) -> T,
    ) -> T {
        let now = self.now();
        let mut live = lock(&self.live);
        if live.documents.len() >= DEFERRED_MAX {
            live.documents.clear();
        }
        let documents = live.documents.entry(id).or_insert(DocumentTries {
            tries: 0,
            since: now,
            day: day_of(now),
            asked: 0,
        });
        with(documents, now)
    }
}
