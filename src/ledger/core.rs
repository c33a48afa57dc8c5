//! The core: requests in, answers out, without threads and without a clock. Everything that the
//! ledger promises is decided here.

use std::sync::Arc;

use super::{
    error::{LedgerError, OpenError, StoreError},
    follow::follow,
    group::{Chunk, Group, Work},
    journal::{Journal, Place},
    options::Rules,
    position::Position,
    request::{Kind, Request, Response},
    store::Store,
    view::Overlay,
};
use crate::domain::{Operator, Stamp, event::Event, fold::View};

/// Records applied between two flushes of the working state.
pub(super) const RECORDS_PER_SETTLE: u64 = 100;

/// The ledger without threads.
pub struct Core {
    pub(super) store: Arc<dyn Store>,
    pub(super) journal: Journal,
    pub(super) position: Position,
    pub(super) rules: Rules,
    epoch: u64,
    failed: Option<LedgerError>,
    unsettled: u64,
}

impl Core {
    pub(super) fn new(
        store: Arc<dyn Store>,
        journal: Journal,
        position: Position,
        rules: Rules,
    ) -> Result<Self, StoreError> {
        let epoch = Overlay::new(&*store).site()?.epoch;
        Ok(Self {
            store,
            journal,
            position,
            rules,
            epoch,
            failed: None,
            unsettled: 0,
        })
    }

    /// Begins a life of the engine: the next epoch, durable.
    pub(super) fn start(&mut self, version: &str, at: Stamp) -> Result<(), LedgerError> {
        self.epoch += 1;
        let event = Event::Started {
            version: version.into(),
        };
        let kept = self.group(vec![(
            Kind::Record,
            Work::Trusted {
                by: Operator::engine(),
                at,
                event,
            },
        )]);
        match kept.into_iter().next() {
            Some(Response::Recorded(Err(e))) => Err(e),
            _ => Ok(()),
        }
    }

    /// The last record applied.
    pub fn seq(&self) -> u64 {
        self.position.seq
    }

    /// Which life of the engine this is.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Why nothing can be recorded any more, if so.
    pub fn failure(&self) -> Option<&LedgerError> {
        self.failed.as_ref()
    }

    /// Carries out requests in turn and answers when all of them are durable: one flush per group.
    pub fn commit(&mut self, requests: Vec<Request>) -> Vec<Response> {
        let work = requests
            .into_iter()
            .map(|r| (r.kind(), Work::Asked(r)))
            .collect();
        self.group(work)
    }

    fn group(&mut self, work: Vec<(Kind, Work)>) -> Vec<Response> {
        let mut answers = Vec::with_capacity(work.len());
        let mut rest = work.into_iter().peekable();
        while rest.peek().is_some() {
            if let Some(error) = &self.failed {
                answers.extend(rest.by_ref().map(|(kind, _)| kind.failed(error.clone())));
                break;
            }
            let store = Arc::clone(&self.store);
            let mut group = Group::new(&*store, &mut self.journal, self.rules, self.epoch);
            let mut waiting = Vec::new();
            while !group.is_full() {
                let Some((kind, work)) = rest.next() else {
                    break;
                };
                waiting.push((kind, group.take(kind, work)));
            }
            let (chunks, marks) = (group.chunks, group.marks);
            match self.keep(chunks, &marks) {
                Ok(()) => answers.extend(waiting.into_iter().map(|(_, answer)| answer)),
                Err(e) => {
                    answers.extend(waiting.into_iter().map(|(kind, _)| kind.failed(e.clone())));
                    self.failed = Some(e);
                }
            }
        }
        answers
    }

    /// Journal first, forced to disk; then the working state.
    fn keep(&mut self, chunks: Vec<Chunk>, marks: &[(u64, Place)]) -> Result<(), LedgerError> {
        self.journal.commit()?;
        let reader = self.journal.reader();
        for (seq, place) in marks {
            reader.mark(*seq, *place);
        }
        for chunk in chunks {
            self.unsettled += chunk.seq - self.position.seq;
            self.position
                .advance(&*self.store, chunk.changes, chunk.seq, chunk.hash)?;
            if self.unsettled >= RECORDS_PER_SETTLE {
                self.settle()?;
            }
        }
        Ok(())
    }

    /// Forces the working state to disk. Only speeds up the next opening.
    pub fn settle(&mut self) -> Result<(), LedgerError> {
        self.store.settle()?;
        self.unsettled = 0;
        Ok(())
    }

    /// Applies records that the journal has and the state lacks. Returns how many.
    pub(super) fn catch_up(&mut self) -> Result<u64, OpenError> {
        let tail = self.journal.tail();
        let from = self.position;
        let reader = self.journal.reader();
        self.position = follow(&*self.store, &reader, from, (tail.seq, tail.record))?;
        self.epoch = Overlay::new(&*self.store).site()?.epoch;
        Ok(tail.seq - from.seq)
    }
}
