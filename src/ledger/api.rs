//! The ledger as the engine uses it.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{mpsc, oneshot, watch};

use super::{
    Permit, archive,
    backup::{self, BackupError, BackupReport},
    error::{BeginError, LedgerError, OpenError, OpenReport},
    home::Home,
    journal::{FileDisk, JournalDisk, MemoryDisk},
    keys,
    options::{Begin, LedgerOptions, Rules},
    reader::Reader,
    request::{Begun, Request, Response},
    shared::Shared,
    store::{Changes, MemoryStore, SledSource},
    weakness::Weakness,
    writer::{Message, QUEUE_MAX, Writer},
};
use crate::domain::{
    Clean, Consignee, InvoiceId, Operator, OrderRecord, Sku, Stamp,
    event::{Event, Outcome, StockResult},
    request::{InventoryRequest, WriteRequest},
};

/// The ledger: gate check, intent or outcome, journal record and indexes as one step. Clones are
/// the same ledger.
#[derive(Clone)]
pub struct Ledger {
    way: Way,
    shared: Arc<Shared>,
    dir: Arc<Path>,
}

/// How the writer is reached.
#[derive(Clone)]
enum Way {
    /// A thread of its own: the disk is waited for there.
    Thread(mpsc::Sender<Message>),
    /// In place: for simulations, where a thread would make runs differ.
    Inline(Arc<Mutex<Writer>>, MemoryDisk),
}

impl Ledger {
    /// Opens the ledger in a folder and begins a life of the engine. Blocks: it checks the whole
    /// chain and rebuilds the working state where it must.
    pub fn open(options: LedgerOptions, now: Stamp) -> Result<(Self, OpenReport), OpenError> {
        let home = Home::take(&options.dir, &options.location, now)?;
        let journal = home.journal();
        let source = SledSource::new(&options.dir, options.cache_bytes);
        let shared = Arc::new(Shared::new());
        let (writer, report) = Writer::open(
            Arc::clone(&shared),
            Box::new(move || file_disk(&journal)),
            Box::new(source),
            options.rules(),
            Some(home),
            (&options.version, now),
        )?;
        let (outbox, inbox) = mpsc::channel(QUEUE_MAX);
        std::thread::Builder::new()
            .name("raftaar-ledger".to_owned())
            .spawn(move || writer.run(inbox))
            .map_err(|e| OpenError::io(&options.dir, "given a writer thread", &e))?;
        let way = Way::Thread(outbox);
        let dir = options.dir.into();
        Ok((Self { way, shared, dir }, report))
    }

    /// Opens a ledger on a disk in memory, without a thread: every call is carried out when it is
    /// first polled and answered when the disk does not stall, so a simulation repeats itself exactly.
    /// `options.dir` is not used.
    pub fn open_in_memory(
        options: &LedgerOptions,
        disk: &MemoryDisk,
        store: &MemoryStore,
        now: Stamp,
    ) -> Result<(Self, OpenReport), OpenError> {
        Self::open_weakened(options, Weakness::default(), disk, store, now)
    }

    /// The same without some of its safeguards: a simulation that does not notice proves nothing.
    pub fn open_weakened(
        options: &LedgerOptions,
        weakness: Weakness,
        disk: &MemoryDisk,
        store: &MemoryStore,
        now: Stamp,
    ) -> Result<(Self, OpenReport), OpenError> {
        let rules = Rules {
            weakness,
            ..options.rules()
        };
        let stall = disk.clone();
        let disk = disk.clone();
        let shared = Arc::new(Shared::new());
        let (writer, report) = Writer::open(
            Arc::clone(&shared),
            Box::new(move || Ok(Arc::new(disk.clone()) as Arc<dyn JournalDisk>)),
            Box::new(store.clone()),
            rules,
            None,
            (&options.version, now),
        )?;
        let way = Way::Inline(Arc::new(Mutex::new(writer)), stall);
        let dir = options.dir.as_path().into();
        Ok((Self { way, shared, dir }, report))
    }

    async fn ask<T>(
        &self,
        message: impl FnOnce(oneshot::Sender<T>) -> Message,
    ) -> Result<T, LedgerError> {
        let (answer, waiting) = oneshot::channel();
        let message = message(answer);
        match &self.way {
            Way::Thread(outbox) => {
                outbox
                    .send(message)
                    .await
                    .map_err(|_| LedgerError::Closed)?;
            }
            Way::Inline(writer, disk) => {
                writer
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .serve(message);
                let stall = disk.stall();
                if !stall.is_zero() {
                    tokio::time::sleep(stall).await;
                }
            }
        }
        waiting.await.map_err(|_| LedgerError::Closed)
    }

    async fn commit(&self, request: Request) -> Result<Response, LedgerError> {
        self.ask(|answer| Message::Commit(Box::new(request), answer))
            .await
    }

    async fn begun<R: WriteRequest>(
        &self,
        asked: Request,
        request: R,
        by: Operator,
        now: Stamp,
    ) -> Result<Permit<R>, BeginError> {
        let asked_at = tokio::time::Instant::now();
        match self.commit(asked).await? {
            Response::Begun(begun) => {
                let Begun {
                    intent,
                    attempt,
                    not_after,
                } = begun?;
                // A span that no clock can hold has no end.
                let ends = (not_after - now)
                    .to_std()
                    .ok()
                    .and_then(|span| asked_at.checked_add(span));
                Ok(Permit::new(request, intent, attempt, not_after, ends, by))
            }
            Response::Recorded(_) | Response::Decided(_) => unreachable!("answered in kind"),
        }
    }

    /// Gate check and intent as one step, for every order of the request: all of them or none.
    pub async fn begin<R: WriteRequest>(
        &self,
        request: R,
        begin: Begin,
    ) -> Result<Permit<R>, BeginError> {
        let (by, now) = (begin.by.clone(), begin.now);
        let detail = request.detail().ok_or(LedgerError::NotRecordable(
            "push of quantities (use begin_stock)",
        ))?;
        let asked = Request::Begin {
            detail,
            digest: request.digest(),
            begin,
        };
        self.begun(asked, request, by, now).await
    }

    /// Gate check and intent of a push of quantities. Refuses SKUs whose push is open and figures
    /// that are not the newest.
    pub async fn begin_stock(
        &self,
        request: InventoryRequest,
        begin: Begin,
    ) -> Result<Permit<InventoryRequest>, BeginError> {
        let (by, now) = (begin.by.clone(), begin.now);
        let asked = Request::BeginStock {
            location: request.location.clone(),
            items: request.items.clone(),
            digest: request.digest(),
            begin,
        };
        self.begun(asked, request, by, now).await
    }

    /// Records what became of a call. The permit is used up either way; an order whose outcome is
    /// not recorded stays sent, and is reconciled.
    pub async fn settle<R: WriteRequest>(
        &self,
        permit: Permit<R>,
        now: Stamp,
        outcomes: Vec<(InvoiceId, Outcome)>,
    ) -> Result<(), LedgerError> {
        let members = permit.request().invoices();
        if let Some((stranger, _)) = outcomes.iter().find(|(id, _)| !members.contains(id)) {
            return Err(LedgerError::NotInPermit(*stranger));
        }
        let intent = permit.intent();
        let events = outcomes
            .into_iter()
            .map(|(invoice, result)| Event::Outcome {
                intent,
                call: R::CALL,
                invoice,
                result,
            })
            .collect();
        self.record(permit.by(), now, events).await.map(|_| ())
    }

    /// Records what became of a push of quantities.
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
        self.record(permit.by(), now, vec![event]).await.map(|_| ())
    }

    /// Records events as one step. A look at an order that teaches nothing is dropped. Returns the
    /// last position.
    pub async fn record(
        &self,
        by: &Operator,
        now: Stamp,
        events: Vec<Event>,
    ) -> Result<u64, LedgerError> {
        let request = Request::Record {
            by: by.clone(),
            at: now,
            events,
        };
        match self.commit(request).await? {
            Response::Recorded(done) => done,
            Response::Begun(_) | Response::Decided(_) => unreachable!("answered in kind"),
        }
    }

    /// Reads an order, lets `guard` say what to record or why not, and records it: one step, so
    /// nothing comes in between. An order that is not held is a no.
    pub async fn decide(
        &self,
        by: &Operator,
        now: Stamp,
        invoice: InvoiceId,
        guard: impl FnOnce(&OrderRecord) -> Result<Vec<Event>, Clean> + Send + 'static,
    ) -> Result<Result<u64, Clean>, LedgerError> {
        let request = Request::Decide {
            by: by.clone(),
            at: now,
            invoice,
            guard: Box::new(guard),
        };
        match self.commit(request).await? {
            Response::Decided(done) => done,
            Response::Begun(_) | Response::Recorded(_) => unreachable!("answered in kind"),
        }
    }

    /// Keeps customers' data. It is in no journal, and nothing rebuilds it.
    pub async fn put_people(&self, people: Vec<(InvoiceId, Consignee)>) -> Result<(), LedgerError> {
        let rows: Changes = people
            .into_iter()
            .map(|(id, who)| {
                let value = serde_json::to_vec(&who).expect("plain data");
                (keys::order(id), Some(value))
            })
            .collect();
        self.ask(|answer| Message::People(rows, answer)).await?
    }

    /// Forgets a customer.
    pub async fn erase_people(&self, id: InvoiceId) -> Result<(), LedgerError> {
        let rows = Changes::from([(keys::order(id), None)]);
        self.ask(|answer| Message::People(rows, answer)).await?
    }

    /// Reads what is durable.
    pub fn reader(&self) -> Reader {
        Reader::new(Arc::clone(&self.shared))
    }

    /// Says each position that the state has reached.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.shared.changes()
    }

    /// Why nothing can be recorded, if so. Reads go on.
    pub fn failed(&self) -> Option<LedgerError> {
        self.shared.failed()
    }

    /// Begins again from the journal after a failure.
    pub async fn reopen(&self) -> Result<OpenReport, OpenError> {
        self.ask(Message::Reopen).await?
    }

    /// Compacts the working state if it takes many times the room of what is in it; readers wait
    /// meanwhile. Returns its bytes on disk before and after.
    pub async fn compact_if_needed(&self) -> Result<Option<(u64, u64)>, LedgerError> {
        self.ask(Message::Compact).await?
    }

    /// Bytes that the ledger's file system still has for us; `None` where there is none.
    pub fn free_bytes(&self) -> Option<u64> {
        let stat = nix::sys::statvfs::statvfs(&*self.dir).ok()?;
        Some(stat.blocks_available().saturating_mul(stat.fragment_size()))
    }

    /// Copies the journal into `to` while the ledger works, checks the copy, and keeps the newest
    /// `keep` copies.
    pub async fn backup(
        &self,
        to: PathBuf,
        keep: usize,
        now: Stamp,
    ) -> Result<BackupReport, BackupError> {
        let tail = self.ask(Message::Tail).await??;
        let dir = Arc::clone(&self.dir);
        tokio::task::spawn_blocking(move || backup::copy(&dir, tail, &to, keep, now))
            .await
            .map_err(|_| LedgerError::Closed)?
    }

    /// Forces everything to disk and gives the folder back. Readers answer an error afterwards.
    pub async fn close(&self) {
        // Closed already is as good.
        let _ = self.ask(Message::Close).await;
    }
}

fn file_disk(dir: &Path) -> Result<Arc<dyn JournalDisk>, OpenError> {
    if let Some(data) = dir.parent() {
        archive::tidy(data)?;
    }
    let disk = FileDisk::create(dir).map_err(|e| OpenError::io(dir, "made", &e))?;
    Ok(Arc::new(disk))
}
