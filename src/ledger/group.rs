//! A group of requests that share one write: each is weighed against the state as those before it
//! leave it, and adds its records or nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{
    admit,
    error::{BeginError, LedgerError, StoreError},
    journal::{Journal, LineHash, Place},
    options::Rules,
    position::size_of,
    replay::index_record,
    request::{Begun, Kind, Request, Response},
    store::{Changes, FLUSH_BYTES_MAX, Store},
    view::Overlay,
};
use crate::domain::{
    Clean, Operator, OrderRecord, Stamp,
    event::{Entry, Event},
    fold::{View, fold},
};

/// Bytes of journal written at once; requests that wait beyond it go into the next group.
const GROUP_BYTES_MAX: usize = 1 << 20;

/// Changes of some records, and the last of them.
pub(super) struct Chunk {
    pub changes: Changes,
    bytes: usize,
    pub seq: u64,
    pub hash: LineHash,
}

/// What a group of requests adds, before it is written.
pub(super) struct Group<'a> {
    overlay: Overlay<'a>,
    journal: &'a mut Journal,
    rules: Rules,
    epoch: u64,
    pub chunks: Vec<Chunk>,
    pub marks: Vec<(u64, Place)>,
}

/// Something to carry out.
pub(super) enum Work {
    /// What somebody asked for.
    Asked(Request),
    /// The ledger's own record.
    Trusted {
        by: Operator,
        at: Stamp,
        event: Event,
    },
}

impl<'a> Group<'a> {
    pub fn new(store: &'a dyn Store, journal: &'a mut Journal, rules: Rules, epoch: u64) -> Self {
        Self {
            overlay: Overlay::new(store),
            journal,
            rules,
            epoch,
            chunks: Vec::new(),
            marks: Vec::new(),
        }
    }

    /// Whether it is as large as one write should be.
    pub fn is_full(&self) -> bool {
        self.journal.staged_bytes() >= GROUP_BYTES_MAX
    }

    /// Adds a request, or nothing of it. The answer holds once the group is on disk.
    pub fn take(&mut self, kind: Kind, work: Work) -> Response {
        let answer = self.admit(work);
        self.overlay.drop_request();
        answer.unwrap_or_else(|e| kind.failed(e))
    }

    fn admit(&mut self, work: Work) -> Result<Response, LedgerError> {
        match work {
            Work::Trusted { by, at, event } => {
                Ok(Response::Recorded(Ok(self.add(&by, at, vec![event])?)))
            }
            Work::Asked(Request::Begin {
                detail,
                digest,
                begin,
            }) => {
                let admitted = admit::begin(&self.overlay, self.rules, detail, digest, &begin);
                Ok(Response::Begun(self.begun(admitted, &begin.by, begin.now)))
            }
            Work::Asked(Request::BeginStock {
                location,
                items,
                digest,
                begin,
            }) => {
                let view = &self.overlay;
                let admitted =
                    admit::begin_stock(view, self.rules, location, items, digest, &begin);
                Ok(Response::Begun(self.begun(admitted, &begin.by, begin.now)))
            }
            Work::Asked(Request::Record { by, at, events }) => {
                Ok(Response::Recorded(Ok(self.record(&by, at, events)?)))
            }
            Work::Asked(Request::Decide {
                by,
                at,
                invoice,
                guard,
            }) => {
                let Some(record) = self.overlay.order(invoice)? else {
                    let says = format!("invoice {invoice} is not held here");
                    return Ok(Response::Decided(Ok(Err(Clean::new(&says)))));
                };
                let said = catch_unwind(AssertUnwindSafe(|| guard(&record)))
                    .map_err(|_| LedgerError::Guard)?;
                Ok(Response::Decided(Ok(match said {
                    Ok(events) => Ok(self.record(&by, at, events)?),
                    Err(no) => Err(no),
                })))
            }
        }
    }

    fn begun(
        &mut self,
        admitted: Result<admit::Admitted, BeginError>,
        by: &Operator,
        at: Stamp,
    ) -> Result<Begun, BeginError> {
        let admitted = admitted?;
        let intent = self.add(by, at, vec![admitted.event])?;
        Ok(Begun {
            intent,
            attempt: admitted.attempt,
            not_after: admitted.not_after,
        })
    }

    fn record(&mut self, by: &Operator, at: Stamp, events: Vec<Event>) -> Result<u64, LedgerError> {
        if let Some(name) = events.iter().find_map(admit::reserved) {
            return Err(LedgerError::NotRecordable(name));
        }
        self.add(by, at, admit::in_parts(events))
    }

    /// Folds the events and stages their records: all of them, or none. Returns the last position.
    fn add(&mut self, by: &Operator, at: Stamp, events: Vec<Event>) -> Result<u64, LedgerError> {
        let mut entries = Vec::with_capacity(events.len());
        let mut changes = Vec::with_capacity(events.len());
        for event in events {
            let entry = Entry {
                seq: self.journal.next_seq() + entries.len() as u64,
                at,
                epoch: self.epoch,
                by: by.clone(),
                event,
            };
            match self.fold(&entry) {
                Ok(true) => {
                    changes.push(self.overlay.keep_event());
                    entries.push(entry);
                }
                Ok(false) => self.overlay.drop_event(),
                Err(e) => {
                    self.overlay.drop_request();
                    return Err(e.into());
                }
            }
        }
        for (entry, mut changes) in entries.iter().zip(changes) {
            let (place, hash) = self.journal.stage(entry);
            index_record(entry, place, &mut self.overlay);
            changes.extend(self.overlay.keep_event());
            self.marks.push((entry.seq, place));
            self.gather(changes, entry.seq, hash);
        }
        self.overlay.keep_request();
        Ok(self.journal.next_seq() - 1)
    }

    /// Folds one event. `false` where it is a look at an order that taught nothing.
    fn fold(&mut self, entry: &Entry) -> Result<bool, StoreError> {
        let before = match &entry.event {
            Event::OrderSeen { order, .. } => self.overlay.order(order.invoice_id)?,
            _ => None,
        };
        fold(entry, &mut self.overlay)?;
        let Some(before) = before else {
            return Ok(true);
        };
        let after = self.overlay.order(before.id())?;
        Ok(after.is_none_or(|after| !same_but_for_reading(&before, after)))
    }

    fn gather(&mut self, changes: Changes, seq: u64, hash: LineHash) {
        let bytes = size_of(&changes);
        match self.chunks.last_mut() {
            Some(last) if last.bytes + bytes <= FLUSH_BYTES_MAX / 2 => {
                last.changes.extend(changes);
                last.bytes += bytes;
                last.seq = seq;
                last.hash = hash;
            }
            _ => self.chunks.push(Chunk {
                changes,
                bytes,
                seq,
                hash,
            }),
        }
    }
}

/// Whether a look at an order changed nothing but when it was made.
fn same_but_for_reading(before: &OrderRecord, mut after: OrderRecord) -> bool {
    after.read_at = before.read_at;
    after.version = before.version;
    *before == after
}
