//! The ledger: an append-only journal file that is the truth, and the working state built from it.
//! The gate is asked inside the same step that records an intent, and only then is there a permit.

mod core;
mod error;
mod index;
mod journal;
mod keys;
mod open;
mod permit;
mod reader;
pub mod sim;
mod store;
#[cfg(test)]
mod tests;
mod txn;
mod verify;

use std::{
    fs::File,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{mpsc, oneshot, watch};

pub use error::{BeginError, LedgerError, OpenError};
pub use open::{OpenReport, aside_name};
pub use permit::Permit;
pub use reader::Reader;
pub use verify::{StateCheck, VerifyReport, verify};

use self::{
    core::{Core, Finish, GROUP_MAX, Job, Request},
    journal::{Disk, Journal},
    store::Store,
    txn::Txn,
};
use crate::domain::{
    Call, Clean, Consignee, InvoiceId, Operator, OrderRecord, Sku, Stamp,
    event::{Event, IntentDetail, Outcome, StockResult},
    fold::View,
    gate::{Facts, Refusal, Rule, Unmet, weigh, weigh_stock},
    record::Progress,
    request::{InventoryRequest, WriteRequest},
};

/// Requests that may wait for the writer.
const WAITING_MAX: usize = 1024;

/// What a ledger is opened with.
#[derive(Clone, Debug)]
pub struct LedgerOptions {
    /// The data folder.
    pub dir: PathBuf,
    /// The warehouse it belongs to.
    pub location: crate::domain::LocationKey,
    /// sled's cache, bytes; its own default would be 1 GiB.
    pub cache_bytes: u64,
    /// How old a reading of EasyEcom may be for a write, seconds.
    pub fresh_for_s: i64,
    /// A permit lives this long.
    pub not_after: chrono::Duration,
    /// Whether EasyEcom's "Update Available Inventory Only" is known to be ON.
    pub stock_setting_on: bool,
    /// Program version, for the journal.
    pub version: String,
}

/// What comes with a request for a permit.
#[derive(Clone, Debug)]
pub struct Begin {
    /// Who asks.
    pub by: Operator,
    /// Now.
    pub now: Stamp,
    /// When EasyEcom was last read to the end.
    pub fresh_at: Option<Stamp>,
    /// From the end of the permit's life to the instant from which "not there" counts.
    pub settle: chrono::Duration,
}

/// The ledger. Cheap to clone; one writer behind it.
#[derive(Clone)]
pub struct Ledger {
    inner: Arc<Inner>,
}

struct Inner {
    way: Way,
    reader: Reader,
    changes: watch::Sender<u64>,
    options: LedgerOptions,
}

/// How requests reach the writer.
enum Way {
    /// Its own thread; `None` ends it.
    Thread(
        mpsc::Sender<Option<Request>>,
        Mutex<Option<std::thread::JoinHandle<()>>>,
    ),
    /// Right here, for simulations.
    Inline(Mutex<Core>),
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ledger(at {})", self.inner.reader.position())
    }
}

impl Ledger {
    /// Opens a data folder. Blocks: reads the whole journal. Records the start of a new life.
    pub fn open(options: LedgerOptions, now: Stamp) -> Result<(Self, OpenReport), OpenError> {
        let opened = open::open(&options)?;
        let journal = Journal::new(
            Box::new(journal::FileDisk::new(&options.dir.join("journal"))),
            &opened.scanned,
        );
        let disk: Arc<dyn Disk> = opened.disk;
        let core = start(Arc::clone(&opened.store), journal, &options.version, now)?;
        let ledger = Self::threaded(core, opened.store, disk, options, opened.lock);
        Ok((ledger, opened.report))
    }

    fn threaded(
        mut core: Core,
        store: Arc<dyn Store>,
        disk: Arc<dyn Disk>,
        options: LedgerOptions,
        lock: File,
    ) -> Self {
        let position = core.journal.chain().seq;
        let (changes, _) = watch::channel(position);
        let reader = Reader::new(store, disk, position);
        let (requests, mut waiting) = mpsc::channel::<Option<Request>>(WAITING_MAX);
        let (moved, at) = (changes.clone(), reader.clone());
        let thread = std::thread::Builder::new()
            .name("raftaar-ledger".to_owned())
            .spawn(move || {
                let mut open = true;
                while open && let Some(Some(first)) = waiting.blocking_recv() {
                    let mut group = vec![first];
                    while group.len() < GROUP_MAX {
                        match waiting.try_recv() {
                            Ok(Some(next)) => group.push(next),
                            Ok(None) => {
                                open = false;
                                break;
                            }
                            Err(_) => break,
                        }
                    }
                    core.commit(group);
                    publish(&core, &at, &moved);
                }
                if let Err(error) = core.store.flush() {
                    tracing::error!("the store could not be flushed at the end; it is replayed at the next opening: {error}");
                }
                core.store.close();
                // The folder is free for another process only now.
                drop(core);
                drop(lock);
            })
            .expect("a thread can be made at start");
        Self {
            inner: Arc::new(Inner {
                way: Way::Thread(requests, Mutex::new(Some(thread))),
                reader,
                changes,
                options,
            }),
        }
    }

    /// A permit for one remote write: the gate is asked and the intent recorded as one step.
    pub async fn begin<R: WriteRequest>(
        &self,
        request: R,
        begin: Begin,
    ) -> Result<Permit<R>, BeginError> {
        let Some(detail) = request.detail() else {
            return Err(LedgerError::NotYours.into());
        };
        let digest = request.digest();
        let options = &self.inner.options;
        let (not_after, fresh_for_s) = (begin.now + options.not_after, options.fresh_for_s);
        let stock_setting_on = options.stock_setting_on;
        let (tell, told) = oneshot::channel();
        let tell = Arc::new(Mutex::new(Some(tell)));
        let refused = Arc::clone(&tell);
        let job: Job = Box::new(move |txn| {
            let outcome = allowed(txn, &detail, &begin, fresh_for_s, stock_setting_on)?;
            let attempt = match outcome {
                Ok(attempt) => attempt,
                Err(refusal) => return Ok(Box::new(move |_| send(&tell, Err(refusal)))),
            };
            let event = Event::Intent {
                detail,
                attempt,
                digest: digest.into(),
                not_after,
                settle_at: not_after + begin.settle,
            };
            let seq = txn.record(&begin.by, begin.now, event)?;
            let finish: Finish = Box::new(move |written| {
                let end = written.map(|_| (seq, attempt)).map_err(BeginError::Failed);
                send(&tell, end);
            });
            Ok(finish)
        });
        self.submit(Request {
            job,
            refused: Box::new(move |error| send(&refused, Err(BeginError::Failed(error)))),
        })
        .await?;
        let (seq, attempt) = told.await.map_err(|_| LedgerError::Closed)??;
        Ok(Permit::new(request, seq, attempt, not_after))
    }

    /// A permit for a push of quantities.
    pub async fn begin_stock(
        &self,
        request: InventoryRequest,
        begin: Begin,
    ) -> Result<Permit<InventoryRequest>, BeginError> {
        weigh_stock(self.inner.options.stock_setting_on).map_err(BeginError::Refused)?;
        let not_after = begin.now + self.inner.options.not_after;
        let (digest, items, location) = (
            request.digest(),
            request.items.clone(),
            request.location.clone(),
        );
        let seq = self
            .change(move |txn| {
                for item in &items {
                    let held = txn.sku(&location, &item.sku)?;
                    let current = held
                        .as_ref()
                        .is_some_and(|r| r.version == item.version && !r.push.progress.is_open());
                    if !current {
                        return Ok(Err(stock_moved(&item.sku)));
                    }
                }
                let event = Event::StockIntent {
                    location,
                    items,
                    digest: digest.into(),
                    not_after,
                    settle_at: not_after + begin.settle,
                };
                txn.record(&begin.by, begin.now, event).map(Ok)
            })
            .await?
            .map_err(BeginError::Refused)?;
        Ok(Permit::new(request, seq, 1, not_after))
    }

    /// Records what became of a call, per order. Consumes the permit: a call ends once.
    pub async fn settle<R: WriteRequest>(
        &self,
        permit: Permit<R>,
        now: Stamp,
        outcomes: Vec<(InvoiceId, Outcome)>,
    ) -> Result<(), LedgerError> {
        let (intent, by) = (permit.intent(), Operator::engine());
        let events = outcomes
            .into_iter()
            .map(|(invoice, result)| Event::Outcome {
                intent,
                call: R::CALL,
                invoice,
                result,
            })
            .collect();
        drop(permit);
        self.record(&by, now, events).await.map(|_| ())
    }

    /// Records what became of a push, per SKU.
    pub async fn settle_stock(
        &self,
        permit: Permit<InventoryRequest>,
        now: Stamp,
        items: Vec<(Sku, StockResult)>,
    ) -> Result<(), LedgerError> {
        let event = Event::StockOutcome {
            intent: permit.intent(),
            location: permit.request().location.clone(),
            items,
        };
        drop(permit);
        self.record(&Operator::engine(), now, vec![event])
            .await
            .map(|_| ())
    }

    /// Records events; returns the journal position. An order that shows nothing new is not recorded.
    pub async fn record(
        &self,
        by: &Operator,
        now: Stamp,
        events: Vec<Event>,
    ) -> Result<u64, LedgerError> {
        let reserved = |e: &Event| {
            matches!(
                e,
                Event::Intent { .. } | Event::StockIntent { .. } | Event::Started { .. }
            )
        };
        if events.iter().any(reserved) {
            return Err(LedgerError::NotYours);
        }
        let by = by.clone();
        let mut last = self.inner.reader.position();
        // A page of orders is many records: in parts, so that a group stays small.
        let mut rest = events.into_iter().peekable();
        while rest.peek().is_some() {
            let part: Vec<Event> = rest.by_ref().take(GROUP_MAX).collect();
            let by = by.clone();
            last = self
                .change(move |txn| {
                    let mut last = 0;
                    for event in part {
                        if !says_nothing_new(txn, &event)? {
                            last = txn.record(&by, now, event)?;
                        }
                    }
                    Ok(last)
                })
                .await?;
        }
        Ok(last)
    }

    /// Reads an order, lets `guard` decide on it, and records what it says, as one step.
    pub async fn decide(
        &self,
        by: &Operator,
        now: Stamp,
        invoice: InvoiceId,
        guard: impl FnOnce(&OrderRecord) -> Result<Vec<Event>, Clean> + Send + 'static,
    ) -> Result<Result<u64, Clean>, LedgerError> {
        let by = by.clone();
        self.change(move |txn| {
            let Some(record) = txn.order(invoice)? else {
                return Ok(Err(Clean::new("no such order is held here")));
            };
            let events = match guard(&record) {
                Ok(events) => events,
                Err(says) => return Ok(Err(says)),
            };
            let mut last = 0;
            for event in events {
                last = txn.record(&by, now, event)?;
            }
            Ok(Ok(last))
        })
        .await
    }

    /// Keeps customers, apart from the journal.
    pub async fn put_people(&self, people: Vec<(InvoiceId, Consignee)>) -> Result<(), LedgerError> {
        self.change(move |txn| {
            for (id, consignee) in people {
                let bytes = serde_json::to_vec(&consignee).expect("plain fields");
                txn.put_people(id, Some(bytes));
            }
            Ok(())
        })
        .await
    }

    /// Forgets a customer.
    pub async fn erase_people(&self, id: InvoiceId) -> Result<(), LedgerError> {
        self.change(move |txn| {
            txn.put_people(id, None);
            Ok(())
        })
        .await
    }

    /// What is durable, to read.
    pub fn reader(&self) -> Reader {
        self.inner.reader.clone()
    }

    /// The journal position, as it moves.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changes.subscribe()
    }

    /// Ends the writer; the folder is free for another process when this returns.
    pub async fn close(&self) {
        let Way::Thread(requests, thread) = &self.inner.way else {
            return;
        };
        // Whatever waits before this is written first; a writer that is gone already needs no word.
        let _ = requests.send(None).await;
        let thread = thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let joined = tokio::task::spawn_blocking(move || thread.join()).await;
            if !matches!(joined, Ok(Ok(()))) {
                tracing::error!("the ledger's writer ended badly");
            }
        }
    }

    /// Runs a change and waits until it is durable.
    async fn change<T: Send + 'static>(
        &self,
        run: impl FnOnce(&mut Txn<'_>) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let (tell, told) = oneshot::channel();
        let tell = Arc::new(Mutex::new(Some(tell)));
        let refused = Arc::clone(&tell);
        let job: Job = Box::new(move |txn| {
            let value = run(txn)?;
            let finish: Finish = Box::new(move |written| send(&tell, written.map(|_| value)));
            Ok(finish)
        });
        self.submit(Request {
            job,
            refused: Box::new(move |error| send(&refused, Err(error))),
        })
        .await?;
        told.await.map_err(|_| LedgerError::Closed)?
    }

    async fn submit(&self, request: Request) -> Result<(), LedgerError> {
        match &self.inner.way {
            Way::Thread(requests, _) => requests
                .send(Some(request))
                .await
                .map_err(|_| LedgerError::Closed),
            Way::Inline(core) => {
                let mut core = core.lock().unwrap_or_else(PoisonError::into_inner);
                core.commit(vec![request]);
                publish(&core, &self.inner.reader, &self.inner.changes);
                Ok(())
            }
        }
    }
}

type Teller<T> = Arc<Mutex<Option<oneshot::Sender<T>>>>;

/// Tells whoever waits, once; they may be gone.
fn send<T>(tell: &Teller<T>, value: T) {
    if let Some(tell) = tell.lock().unwrap_or_else(PoisonError::into_inner).take() {
        let _ = tell.send(value);
    }
}

fn publish(core: &Core, reader: &Reader, changes: &watch::Sender<u64>) {
    let position = core.journal.chain().seq;
    reader.moved_to(position);
    changes.send_if_modified(|held| {
        let moved = *held != position;
        *held = position;
        moved
    });
}

/// Records the start of a new life of the engine.
fn start(
    store: Arc<dyn Store>,
    journal: Journal,
    version: &str,
    now: Stamp,
) -> Result<Core, LedgerError> {
    let epoch =
        txn::get::<crate::domain::fold::Site>(&*store, &keys::site())?.map_or(1, |s| s.epoch + 1);
    let mut core = Core::new(store, journal, epoch);
    let version: Box<str> = version.into();
    let job: Job = Box::new(move |txn| {
        txn.record(&Operator::engine(), now, Event::Started { version })?;
        Ok(Box::new(|_| ()))
    });
    core.commit(vec![Request {
        job,
        refused: Box::new(|_| ()),
    }]);
    core.failed().cloned().map_or(Ok(core), Err)
}

/// Asks the gate for every order of a request. `Ok` is the attempt's number.
fn allowed(
    txn: &Txn<'_>,
    detail: &IntentDetail,
    begin: &Begin,
    fresh_for_s: i64,
    stock_setting_on: bool,
) -> Result<Result<u16, BeginError>, LedgerError> {
    let call = detail.call();
    let mut attempt = 0;
    for invoice in detail.invoices() {
        let Some(record) = txn.order(invoice)? else {
            return Ok(Err(BeginError::NotHeld(invoice)));
        };
        let siblings = txn.siblings(&record.order)?;
        let facts = Facts {
            record: &record,
            siblings: &siblings,
            fresh_at: begin.fresh_at,
            fresh_for_s,
            telling: match detail {
                IntentDetail::Tracking { status, .. } => Some(*status),
                _ => None,
            },
            stock_setting_on,
            now: begin.now,
        };
        if let Err(refusal) = weigh(call, &facts) {
            return Ok(Err(BeginError::Refused(refusal)));
        }
        if let Some(refusal) = wrong_awb(txn, detail, &record)? {
            return Ok(Err(BeginError::Refused(refusal)));
        }
        attempt = attempt.max(record.call(call).map_or(0, |s| s.attempts) + 1);
    }
    Ok(Ok(attempt))
}

/// An AWB in a request has to be the order's own; an allotted one has to be free or reserved by it.
fn wrong_awb(
    txn: &Txn<'_>,
    detail: &IntentDetail,
    record: &OrderRecord,
) -> Result<Option<Refusal>, LedgerError> {
    let bound = record.booking.as_ref().map(|b| &b.awb);
    let wrong = match detail {
        IntentDetail::Book {
            own_number: Some(awb),
            invoice,
            ..
        } => {
            let owner = txn.awb(awb)?.map(|row| row.owner);
            let taken = !matches!(owner, Some(None)) && owner.flatten() != Some(*invoice);
            let other = record.reserved.as_ref().is_some_and(|r| r != awb);
            taken || other
        }
        IntentDetail::Assign { awb, .. }
        | IntentDetail::Tracking { awb, .. }
        | IntentDetail::CancelBooking { awb, .. } => bound != Some(awb),
        IntentDetail::Manifest { members, .. } => members
            .iter()
            .any(|(id, awb)| *id == record.id() && bound != Some(awb)),
        IntentDetail::Book { .. } | IntentDetail::Confirm { .. } => false,
    };
    Ok(wrong.then(|| Refusal {
        call: detail.call(),
        invoice: Some(record.id()),
        unmet: vec![Unmet {
            rule: Rule::AwbBooked,
            what: Clean::new("the AWB of this request is not the order's"),
            since: Clean::new("the ledger's AWB list"),
            lifts: Clean::new("ask again: the request is made anew from the order"),
        }],
    }))
}

fn stock_moved(sku: &Sku) -> Refusal {
    Refusal {
        call: Call::Inventory,
        invoice: None,
        unmet: vec![Unmet {
            rule: Rule::NotSentAlready,
            what: Clean::new(&format!(
                "{sku}: its figure changed, or a push of it is under way"
            )),
            since: Clean::new("the SKU's record"),
            lifts: Clean::new("the next push takes the current figure"),
        }],
    }
}

/// An order seen exactly as it is held, and a reading that settles nothing, need no record.
fn says_nothing_new(txn: &Txn<'_>, event: &Event) -> Result<bool, LedgerError> {
    Ok(match event {
        Event::OrderSeen { order, .. } => txn
            .order(order.invoice_id)?
            .is_some_and(|held| held.order == **order),
        Event::Outcome {
            call,
            invoice,
            intent,
            ..
        } if *call != Call::Documents => {
            let record = txn.order(*invoice)?;
            let state = record.as_ref().and_then(|r| r.call(*call));
            state.is_some_and(|s| {
                matches!(s.progress, Progress::Done { .. })
                    || s.progress.intent().is_some_and(|i| i.seq != *intent)
            })
        }
        _ => false,
    })
}
