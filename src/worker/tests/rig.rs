//! What the tests stand on.

use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{
        Awb, Clean, Consignee, Failure, FailureKind, InvoiceId, Operator, Order, OrderRecord,
        ReadError, RemoteStatus, Stamp, Verdict,
        event::Event,
        order::HistoryEntry,
        request::{
            AssignRequest, BookRequest, CancelBookingRequest, ConfirmRequest, InventoryRequest,
            ManifestRequest, TrackingRequest,
        },
        tracking::TrackingStatus,
    },
    dtdc::{Booked, Found, Serviceability, TrackPull},
    easyecom::{
        DocumentUrls, InventoryAnswer, ManifestAnswer, OrdersPage, OrdersQuery, SeenOrder,
        StockPage, TokenState,
    },
    files::DocumentStore,
    ledger::{
        Permit,
        tests::support::{at, fresh, order, seen},
    },
    worker::{
        EngineConfig,
        ports::{Download, Remotes},
        shop::{Parts, Shop, lock},
        steps::{self, End},
    },
};

/// What the remotes say, and what they were asked.
pub struct Said {
    /// Each call, its name first.
    pub calls: Vec<String>,
    pub token: TokenState,
    pub login: Result<(), ReadError>,
    pub listed: Result<Vec<Order>, ReadError>,
    pub details: Result<Option<Order>, ReadError>,
    /// The end of every write at EasyEcom.
    pub write: Verdict<()>,
    /// The ends of a booking by position; past them every parcel gets a number of its own.
    pub booked: Vec<Verdict<Awb>>,
    pub found: Result<Option<Found>, ReadError>,
    pub tracked: Result<TrackPull, ReadError>,
    pub urls: DocumentUrls,
    pub downloads: Result<Vec<u8>, Download>,
    pub stock_pages: usize,
}

impl Said {
    /// How often this was called.
    pub fn count(&self, name: &str) -> usize {
        self.calls.iter().filter(|c| c.starts_with(name)).count()
    }
}

/// Remotes on virtual time.
#[derive(Clone)]
pub struct Told {
    said: Arc<Mutex<Said>>,
    began: tokio::time::Instant,
}

impl Told {
    pub fn said(&self) -> MutexGuard<'_, Said> {
        lock(&self.said)
    }

    fn called(&self, what: &str) -> MutexGuard<'_, Said> {
        let mut said = self.said();
        said.calls.push(what.to_owned());
        said
    }

    fn write<T>(&self, what: &str, value: T) -> Verdict<T> {
        match self.called(what).write.clone() {
            Verdict::Applied(()) => Verdict::Applied(value),
            Verdict::Accepted(()) => Verdict::Accepted(value),
            Verdict::NotApplied(failure) => Verdict::NotApplied(failure),
            Verdict::Unknown(saw) => Verdict::Unknown(saw),
        }
    }
}

pub fn consignee() -> Consignee {
    Consignee {
        name: "A B".into(),
        phone: "9000000000".into(),
        address_1: "1 Road".into(),
        address_2: Clean::default(),
        email: Clean::default(),
    }
}

fn seen_order(order: Order) -> SeenOrder {
    SeenOrder {
        order,
        consignee: consignee(),
    }
}

impl Remotes for Told {
    fn now(&self) -> Stamp {
        at(1_000) + chrono::Duration::from_std(self.began.elapsed()).expect("short")
    }
    fn steady_since(&self) -> Stamp {
        at(0)
    }
    fn wall_behind(&self) -> Option<chrono::Duration> {
        None
    }
    fn token_state(&self) -> TokenState {
        self.said().token
    }
    async fn login(&self) -> Result<(), ReadError> {
        let mut said = self.called("login");
        let end = said.login.clone();
        if end.is_ok() {
            said.token = TokenState::Fresh;
        }
        end
    }
    async fn orders(&self, _query: OrdersQuery) -> Result<OrdersPage, ReadError> {
        let rows = self.called("orders").listed.clone()?;
        Ok(OrdersPage {
            rows: rows.into_iter().map(seen_order).collect(),
            rejected: Vec::new(),
            next: None,
            server_date: None,
        })
    }
    async fn order_details(&self, id: InvoiceId) -> Result<Option<SeenOrder>, ReadError> {
        let found = self.called(&format!("details {id}")).details.clone()?;
        Ok(found.map(seen_order))
    }
    async fn document_urls(&self, id: InvoiceId) -> Result<DocumentUrls, ReadError> {
        Ok(self.called(&format!("urls {id}")).urls.clone())
    }
    async fn told(&self, _awb: &Awb) -> Result<Option<TrackingStatus>, ReadError> {
        drop(self.called("told"));
        Ok(None)
    }
    async fn stock_page(&self, next: Option<String>) -> Result<StockPage, ReadError> {
        let page = next.map_or(1, |n| n.parse().unwrap_or(1));
        let pages = self.called("stock page").stock_pages;
        Ok(StockPage {
            next: (page < pages).then(|| (page + 1).to_string()),
            ..StockPage::default()
        })
    }
    async fn assign(&self, permit: &Permit<AssignRequest>) -> Verdict<()> {
        self.write(&format!("assign {}", permit.request().invoice), ())
    }
    async fn confirm(&self, permit: &Permit<ConfirmRequest>) -> Verdict<()> {
        self.write(&format!("confirm {}", permit.request().invoice), ())
    }
    async fn manifest(&self, _permit: &Permit<ManifestRequest>) -> Verdict<ManifestAnswer> {
        self.write("manifest", ManifestAnswer::default())
    }
    async fn tell(&self, _permit: &Permit<TrackingRequest>) -> Verdict<()> {
        self.write("tell", ())
    }
    async fn push_stock(&self, _permit: &Permit<InventoryRequest>) -> Verdict<InventoryAnswer> {
        self.write("push stock", InventoryAnswer::default())
    }
    async fn book(&self, permits: &[Permit<BookRequest>]) -> Vec<Verdict<Booked>> {
        let ends = self.called("book").booked.clone();
        permits
            .iter()
            .enumerate()
            .map(|(at, permit)| match ends.get(at) {
                None => Verdict::Applied(booked(awb(permit.request().invoice.0))),
                Some(Verdict::Applied(awb) | Verdict::Accepted(awb)) => {
                    Verdict::Applied(booked(awb.clone()))
                }
                Some(Verdict::NotApplied(failure)) => Verdict::NotApplied(failure.clone()),
                Some(Verdict::Unknown(saw)) => Verdict::Unknown(saw.clone()),
            })
            .collect()
    }
    async fn cancel_booking(&self, _permit: &Permit<CancelBookingRequest>) -> Verdict<()> {
        self.write("cancel booking", ())
    }
    async fn find_booking(&self, _reference: &str) -> Result<Option<Found>, ReadError> {
        self.called("find booking").found.clone()
    }
    async fn track(&self, _awb: &Awb) -> Result<TrackPull, ReadError> {
        self.called("track").tracked.clone()
    }
    async fn carrier_label(&self, _awb: &Awb) -> Result<Vec<u8>, ReadError> {
        Err(ReadError::Nothing("no label".into()))
    }
    async fn serviceable(&self, _pin: &str) -> Result<Serviceability, ReadError> {
        Err(ReadError::Nothing("not asked".into()))
    }
    async fn download(&self, url: &str) -> Result<Vec<u8>, Download> {
        self.called(&format!("download {url}")).downloads.clone()
    }
}

fn booked(awb: Awb) -> Booked {
    Booked {
        awb,
        chargeable_weight_kg: None,
        courier_partner: Clean::default(),
    }
}

/// The number that an order gets.
pub fn awb(id: u64) -> Awb {
    Awb::parse(&format!("D{id:08}")).expect("an AWB")
}

pub fn failure<T>(kind: FailureKind, says: &str) -> Verdict<T> {
    Verdict::NotApplied(Failure::new(kind, says))
}

/// An engine's parts, and the folder of its documents.
pub struct Rig {
    pub shop: Arc<Shop<Told>>,
    pub folder: tempfile::TempDir,
}

impl Rig {
    pub fn new(config: EngineConfig) -> Self {
        let (ledger, _, _) = fresh();
        let folder = tempfile::tempdir().expect("a folder");
        let remotes = Told {
            said: Arc::new(Mutex::new(Said {
                calls: Vec::new(),
                token: TokenState::Fresh,
                login: Ok(()),
                listed: Ok(Vec::new()),
                details: Ok(None),
                write: Verdict::Applied(()),
                booked: Vec::new(),
                found: Ok(None),
                tracked: Err(ReadError::Nothing("NO DATA FOUND".into())),
                urls: DocumentUrls::default(),
                downloads: Ok(b"%PDF-1.4\n1\n%%EOF\n".to_vec()),
                stock_pages: 1,
            })),
            began: tokio::time::Instant::now(),
        };
        let shop = Arc::new(Shop::new(Parts {
            remotes,
            ledger,
            documents: DocumentStore::open(folder.path()).expect("a folder"),
            deltas: broadcast::channel(16).0,
            stop: CancellationToken::new(),
            quota: None,
            config,
        }));
        Self { shop, folder }
    }

    pub fn said(&self) -> MutexGuard<'_, Said> {
        self.shop.remotes.said()
    }

    /// EasyEcom was read to the last page just now.
    pub fn read(&self) {
        lock(&self.shop.live).fresh_at = Some(self.shop.now());
    }

    pub async fn record(&self, event: Event) {
        self.shop.record(vec![event]).await.expect("recorded");
    }

    pub fn order(&self, id: u64) -> OrderRecord {
        let held = self.shop.reader.order(InvoiceId(id)).expect("readable");
        held.expect("held")
    }

    /// EasyEcom shows an order of a known person.
    pub async fn shows(&self, order: Order) {
        let id = order.invoice_id;
        self.record(seen(order)).await;
        let people = vec![(id, consignee())];
        self.shop.ledger.put_people(people).await.expect("kept");
    }

    /// An order with an AWB.
    pub async fn booked(&self, id: u64) {
        self.shows(order(id)).await;
        self.read();
        let ids = [InvoiceId(id)];
        let ends = steps::book::book(&self.shop, &ids, &Operator::engine()).await;
        assert!(matches!(ends.as_slice(), [(_, End::Taken(_))]), "{ends:?}");
    }

    /// What EasyEcom shows of an order that was confirmed.
    pub fn confirmed(&self, id: u64) -> Order {
        Order {
            awb: Some(awb(id)),
            status: RemoteStatus::Confirmed,
            invoice_number: Some("INV-1".into()),
            updated_at: Some(self.shop.now()),
            history: vec![HistoryEntry {
                status_id: 16,
                at: Some(self.shop.now()),
            }],
            ..order(id)
        }
    }

    /// Reconciles an order whenever it is due, as the planner does, for so long.
    pub async fn reconcile_for(&self, id: u64, long: std::time::Duration) {
        let until = tokio::time::Instant::now() + long;
        while tokio::time::Instant::now() < until {
            self.read();
            let now = self.shop.now();
            let due = crate::domain::schedule::due(&self.order(id));
            let is_due = due
                .is_some_and(|d| d.work == crate::domain::schedule::Work::Reconcile && d.at <= now);
            if is_due {
                steps::reconcile::reconcile(&self.shop, InvoiceId(id)).await;
            }
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        }
    }
}
