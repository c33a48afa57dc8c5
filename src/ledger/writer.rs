//! The writer: the one that owns the core. Takes what waits, commits it as one group, answers.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::{
    core::Core,
    error::{LedgerError, OpenError, OpenReport, StoreError},
    home::Home,
    journal::{JournalDisk, Tail},
    options::Rules,
    recover::recover,
    request::{Request, Response},
    shared::{Shared, Sources},
    store::{Changes, MemoryStore, Store, StoreSource},
};

/// Requests that share one flush at most.
const GROUP_MAX: usize = 100;

/// Requests that may wait for the writer.
pub(super) const QUEUE_MAX: usize = 1_024;

/// How long a reopening waits for readers that are reading the old store.
const READERS_LEAVE_MS: u64 = 5_000;

/// A message to the writer.
pub(super) enum Message {
    Commit(Box<Request>, oneshot::Sender<Response>),
    People(Changes, oneshot::Sender<Result<(), LedgerError>>),
    Tail(oneshot::Sender<Result<Tail, LedgerError>>),
    Reopen(oneshot::Sender<Result<OpenReport, OpenError>>),
    Compact(oneshot::Sender<Result<Compacted, LedgerError>>),
    Close(oneshot::Sender<()>),
}

/// Bytes on disk of the working state before and after, where it took too many.
pub(super) type Compacted = Option<(u64, u64)>;

/// Opens the journal again, for reopening.
pub(super) type DiskSource = Box<dyn Fn() -> Result<Arc<dyn JournalDisk>, OpenError> + Send>;

/// What the writer owns.
pub(super) struct Writer {
    core: Option<Core>,
    shared: Arc<Shared>,
    disk: DiskSource,
    source: Box<dyn StoreSource>,
    rules: Rules,
    // Gives the folder back when the writer ends.
    _home: Option<Home>,
}

impl Writer {
    /// Recovers, begins a life of the engine, and lets readers in.
    pub fn open(
        shared: Arc<Shared>,
        disk: DiskSource,
        source: Box<dyn StoreSource>,
        rules: Rules,
        home: Option<Home>,
        start: (&str, crate::domain::Stamp),
    ) -> Result<(Self, OpenReport), OpenError> {
        let (mut core, mut report) = recover(disk()?, &*source, rules)?;
        core.start(start.0, start.1)?;
        if let Some(home) = &home {
            report.warnings.clone_from(&home.warnings);
        }
        let writer = Self {
            core: Some(core),
            shared,
            disk,
            source,
            rules,
            _home: home,
        };
        writer.publish();
        Ok((writer, report))
    }

    fn publish(&self) {
        let Some(core) = &self.core else {
            return;
        };
        self.shared.set_open(Some(Sources {
            store: Arc::clone(&core.store),
            journal: core.journal.reader(),
        }));
        self.shared.advance(core.seq());
        self.shared.set_failed(core.failure().cloned());
    }

    /// Works until closed.
    pub fn run(mut self, mut inbox: mpsc::Receiver<Message>) {
        while let Some(first) = inbox.blocking_recv() {
            let mut next = Some(first);
            while let Some(message) = next.take() {
                match message {
                    Message::Commit(request, answer) => {
                        next = self.group(*request, answer, &mut inbox);
                    }
                    Message::Close(answer) => {
                        self.close();
                        drop(self);
                        let _ = answer.send(());
                        return;
                    }
                    other => self.serve(other),
                }
            }
        }
        self.close();
    }

    /// Commits a request together with those that wait behind it; returns the first other message.
    fn group(
        &mut self,
        request: Request,
        answer: oneshot::Sender<Response>,
        inbox: &mut mpsc::Receiver<Message>,
    ) -> Option<Message> {
        let (mut requests, mut answers) = (vec![request], vec![answer]);
        let mut other = None;
        while requests.len() < GROUP_MAX {
            match inbox.try_recv() {
                Ok(Message::Commit(request, answer)) => {
                    requests.push(*request);
                    answers.push(answer);
                }
                Ok(message) => {
                    other = Some(message);
                    break;
                }
                Err(_) => break,
            }
        }
        let said = self.commit(requests);
        for (answer, response) in answers.into_iter().zip(said) {
            // Nobody may be waiting any more; what was recorded stays recorded.
            let _ = answer.send(response);
        }
        other
    }

    pub fn commit(&mut self, requests: Vec<Request>) -> Vec<Response> {
        let Some(core) = &mut self.core else {
            let error = self.shared.failed().unwrap_or(LedgerError::Closed);
            return requests
                .iter()
                .map(|r| r.kind().failed(error.clone()))
                .collect();
        };
        let said = core.commit(requests);
        self.shared.advance(core.seq());
        self.shared.set_failed(core.failure().cloned());
        said
    }

    pub fn serve(&mut self, message: Message) {
        match message {
            Message::Commit(request, answer) => {
                if let Some(said) = self.commit(vec![*request]).pop() {
                    let _ = answer.send(said);
                }
            }
            Message::People(changes, answer) => {
                let _ = answer.send(self.people(&changes));
            }
            Message::Tail(answer) => {
                let tail = self.core.as_ref().map(|core| core.journal.tail());
                let _ = answer.send(tail.ok_or(LedgerError::Closed));
            }
            Message::Reopen(answer) => {
                let _ = answer.send(self.reopen());
            }
            Message::Compact(answer) => {
                let _ = answer.send(self.compact());
            }
            Message::Close(answer) => {
                self.close();
                let _ = answer.send(());
            }
        }
    }

    /// Compacts the working state if it takes many times the room of what is in it. Readers wait
    /// meanwhile.
    fn compact(&mut self) -> Result<Compacted, LedgerError> {
        let before = self.source.bytes_on_disk()?;
        let Some(core) = self
            .core
            .as_mut()
            .filter(|core| before > self.rules.room_for(core.position.live))
        else {
            return Ok(None);
        };
        core.settle()?;
        let mut open = self.shared.hold();
        *open = None;
        // In its place for as long as the two change places.
        let closed: Arc<dyn Store> = Arc::new(MemoryStore::default());
        let store = std::mem::replace(&mut core.store, closed);
        let opened = if wait_for(|| Arc::strong_count(&store) == 1).is_err() {
            // Somebody reads for long: another time.
            Ok(store)
        } else {
            // Where it could not be done the old one is still there.
            self.source.compact(store).or_else(|_| self.source.open())
        };
        match opened {
            Ok(store) => {
                core.store = Arc::clone(&store);
                let journal = core.journal.reader();
                *open = Some(Sources { store, journal });
                drop(open);
                let after = self.source.bytes_on_disk()?;
                Ok((after < before).then_some((before, after)))
            }
            Err(e) => {
                drop(open);
                self.core = None;
                self.shared.set_failed(Some(e.clone().into()));
                Err(e.into())
            }
        }
    }

    fn people(&mut self, changes: &Changes) -> Result<(), LedgerError> {
        let core = self.core.as_ref().ok_or(LedgerError::Closed)?;
        core.store.people_apply(changes)?;
        Ok(core.store.settle()?)
    }

    /// Lets go of the store and begins again from the journal. Everything that was acknowledged is
    /// in it; what failed is not, or comes back as if it had just been recorded.
    fn reopen(&mut self) -> Result<OpenReport, OpenError> {
        self.shared.set_open(None);
        if let Some(core) = self.core.take() {
            let store = Arc::downgrade(&core.store);
            drop(core);
            wait_for_readers(&store)?;
        }
        let opened = recover((self.disk)()?, &*self.source, self.rules);
        match opened {
            Ok((core, report)) => {
                self.core = Some(core);
                self.publish();
                Ok(report)
            }
            Err(e) => {
                if self.shared.failed().is_none() {
                    self.shared.set_failed(Some(StoreError::Closed.into()));
                }
                Err(e)
            }
        }
    }

    fn close(&mut self) {
        self.shared.set_open(None);
        if let Some(mut core) = self.core.take() {
            // The journal has everything; a failure here costs time at the next opening only.
            let _ = core.settle();
            let store = Arc::downgrade(&core.store);
            drop(core);
            let _ = wait_for_readers(&store);
        }
    }
}

impl Drop for Writer {
    /// A writer that goes without having been closed went by a panic: that must not look like rest.
    fn drop(&mut self) {
        if self.core.is_some() {
            self.shared.set_open(None);
            self.shared.set_failed(Some(LedgerError::Closed));
        }
    }
}

/// Waits until no reader holds the store any more: it can be opened once only.
fn wait_for_readers(store: &std::sync::Weak<dyn Store>) -> Result<(), OpenError> {
    Ok(wait_for(|| store.strong_count() == 0)?)
}

fn wait_for(gone: impl Fn() -> bool) -> Result<(), StoreError> {
    for _ in 0..READERS_LEAVE_MS {
        if gone() {
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    Err(StoreError::Closed)
}
