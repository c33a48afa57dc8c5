//! What the writer and the readers share: the applied state and how far it is.

use std::sync::{
    Arc, PoisonError, RwLock, RwLockWriteGuard,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::watch;

use super::{
    error::{LedgerError, StoreError},
    journal::JournalReader,
    reader::DecodedOrders,
    store::Store,
};

/// Shared by the writer and every reader.
pub(super) struct Shared {
    /// `None` while closed or being reopened.
    open: RwLock<Option<Sources>>,
    position: AtomicU64,
    changed: watch::Sender<u64>,
    failed: RwLock<Option<LedgerError>>,
    pub decoded: DecodedOrders,
}

/// Where readers read.
#[derive(Clone)]
pub(super) struct Sources {
    pub store: Arc<dyn Store>,
    pub journal: JournalReader,
}

impl Shared {
    pub fn new() -> Self {
        Self {
            open: RwLock::new(None),
            position: AtomicU64::new(0),
            changed: watch::Sender::new(0),
            failed: RwLock::new(None),
            decoded: DecodedOrders::default(),
        }
    }

    /// Lets readers read from here.
    pub fn set_open(&self, sources: Option<Sources>) {
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = sources;
    }

    /// Lets readers wait, until what is returned goes, for what it holds then.
    pub fn hold(&self) -> RwLockWriteGuard<'_, Option<Sources>> {
        self.open.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn sources(&self) -> Result<Sources, StoreError> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.clone().ok_or(StoreError::Closed)
    }

    pub fn position(&self) -> u64 {
        self.position.load(Ordering::Acquire)
    }

    /// Says that the state has followed the journal to `seq`.
    pub fn advance(&self, seq: u64) {
        if self.position.swap(seq, Ordering::AcqRel) != seq {
            self.changed.send_replace(seq);
        }
    }

    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    pub fn failed(&self) -> Option<LedgerError> {
        self.failed
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub fn set_failed(&self, error: Option<LedgerError>) {
        let mut failed = self.failed.write().unwrap_or_else(PoisonError::into_inner);
        let news = failed.is_some() != error.is_some();
        *failed = error;
        drop(failed);
        if news {
            // Screens look again at what they show of the engine.
            self.changed.send_modify(|_| {});
        }
    }
}
