//! The one writer: runs what waits, appends to the journal, forces it to disk once, applies to the
//! store, and only then lets anybody be told.

use super::{
    LedgerError,
    journal::Journal,
    keys::{self, Key, Kind},
    store::Store,
    txn::{Pending, Txn, merge},
};
use std::sync::Arc;

/// What is called once the change is durable, or has failed.
pub(super) type Finish = Box<dyn FnOnce(Result<u64, LedgerError>) + Send>;

/// A request: changes the transaction and says how to finish. `Err` leaves no trace.
pub(super) type Job = Box<dyn FnOnce(&mut Txn<'_>) -> Result<Finish, LedgerError> + Send>;

/// A request and what hears of it when it could not even be tried.
pub(super) struct Request {
    pub job: Job,
    pub refused: Box<dyn FnOnce(LedgerError) + Send>,
}

/// Journal records of one group: keeps what is applied at once far below what stalls sled.
pub(super) const GROUP_MAX: usize = 48;

/// Groups between two flushes of the store.
const CHECKPOINT_EVERY: u32 = 2_000;

/// Journal and store.
pub(super) struct Core {
    pub store: Arc<dyn Store>,
    pub journal: Journal,
    pub epoch: u64,
    groups: u32,
    failed: Option<LedgerError>,
}

impl Core {
    pub fn new(store: Arc<dyn Store>, journal: Journal, epoch: u64) -> Self {
        Self {
            store,
            journal,
            epoch,
            groups: 0,
            failed: None,
        }
    }

    /// Runs requests as one group. After a failure of the disk nothing is tried any more: what the
    /// store shows is what is durable, and it stays so until a restart.
    pub fn commit(&mut self, requests: Vec<Request>) {
        if let Some(error) = &self.failed {
            for request in requests {
                (request.refused)(error.clone());
            }
            return;
        }
        let mut group = Pending::default();
        let mut finishes: Vec<Finish> = Vec::new();
        for request in requests {
            let mut txn = Txn::new(&*self.store, &group, self.journal.chain().seq, self.epoch);
            match (request.job)(&mut txn) {
                Ok(finish) => {
                    let own = txn.done();
                    merge(&mut group, own);
                    finishes.push(finish);
                }
                Err(error) => (request.refused)(error),
            }
        }
        let result = self.write(group);
        if let Err(error) = &result {
            tracing::error!("the ledger stops writing: {error}");
            self.failed = Some(error.clone());
        }
        for finish in finishes {
            finish(result.clone());
        }
    }

    fn write(&mut self, mut group: Pending) -> Result<u64, LedgerError> {
        let entries = std::mem::take(&mut group.entries);
        let mut changes = group.into_changes(&*self.store)?;
        if !entries.is_empty() {
            let places = self.journal.append(&entries)?;
            for (entry, place) in entries.iter().zip(places) {
                let key = Key::of(Kind::Place).num(entry.seq).done();
                changes.push((key, Some(place.to_bytes())));
            }
            let chain = self.journal.chain();
            let position = format!("{} {}", chain.seq, chain.hash);
            changes.push((keys::position(), Some(position.into_bytes())));
        }
        if !changes.is_empty() {
            self.store.apply(changes)?;
        }
        self.groups += 1;
        if self.groups >= CHECKPOINT_EVERY {
            self.groups = 0;
            self.store.flush()?;
        }
        Ok(self.journal.chain().seq)
    }

    pub fn failed(&self) -> Option<&LedgerError> {
        self.failed.as_ref()
    }
}
