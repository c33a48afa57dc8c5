//! Remotes whose order list a test writes, and an engine's shop on a ledger in memory.

use std::{
    path::Path,
    sync::{Arc, Mutex},
};

use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use super::{
    config::EngineConfig,
    ports::{Download, Remotes},
    shop::{Parts, Shop, lock},
};
use crate::{
    domain::{
        Awb, Clean, InvoiceId, LocationKey, ReadError, Stamp, Verdict,
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
    handle::Delta,
    ledger::{Ledger, LedgerOptions, MemoryDisk, MemoryStore, Permit},
};

type Answer = Box<dyn FnMut(&OrdersQuery) -> Result<OrdersPage, ReadError> + Send>;

/// What the outside is. Time passes as tokio's does.
pub struct World {
    /// What the machine's clock showed at the start.
    pub base: Stamp,
    /// How far EasyEcom's clock is ahead of it; `None`: it does not say.
    pub ahead: Option<chrono::Duration>,
    /// Answers the order list.
    pub orders: Answer,
    /// What it was asked.
    pub asked: Vec<OrdersQuery>,
}

/// Remotes that know only the order list.
#[derive(Clone)]
pub struct Fake {
    pub world: Arc<Mutex<World>>,
    began: tokio::time::Instant,
}

pub fn noon() -> Stamp {
    Stamp::from_timestamp(1_790_000_000, 0).expect("a time in 2026")
}

impl Fake {
    /// EasyEcom without orders, its clock right.
    pub fn new() -> Self {
        Self {
            world: Arc::new(Mutex::new(World {
                base: noon(),
                ahead: Some(chrono::Duration::zero()),
                orders: Box::new(|_| Ok(OrdersPage::default())),
                asked: Vec::new(),
            })),
            began: tokio::time::Instant::now(),
        }
    }

    /// EasyEcom answers the order list so from now on.
    pub fn answer(
        &self,
        orders: impl FnMut(&OrdersQuery) -> Result<OrdersPage, ReadError> + Send + 'static,
    ) {
        lock(&self.world).orders = Box::new(orders);
    }

    /// An engine's shop with these remotes on an empty ledger.
    pub fn shop(&self, config: EngineConfig, folder: &Path) -> Arc<Shop<Self>> {
        self.shop_on(
            config,
            folder,
            &MemoryDisk::default(),
            &MemoryStore::default(),
        )
    }

    /// The same on a ledger that was used before.
    pub fn shop_on(
        &self,
        config: EngineConfig,
        folder: &Path,
        disk: &MemoryDisk,
        store: &MemoryStore,
    ) -> Arc<Shop<Self>> {
        let options = LedgerOptions::new(folder, LocationKey::new("ab1"));
        let (ledger, _) = Ledger::open_in_memory(&options, disk, store, self.now()).expect("opens");
        Arc::new(Shop::new(Parts {
            remotes: self.clone(),
            ledger,
            config,
            documents: DocumentStore::open(folder).expect("a folder"),
            deltas: broadcast::channel(1_000).0,
            stop: CancellationToken::new(),
            quota: None,
        }))
    }
}

/// What was said on every screen.
pub fn notices(heard: &mut broadcast::Receiver<Delta>) -> Vec<String> {
    let mut said = Vec::new();
    while let Ok(delta) = heard.try_recv() {
        if let Delta::Notice { says, .. } = delta {
            said.push(says.to_string());
        }
    }
    said
}

fn away<T>() -> Result<T, ReadError> {
    Err(ReadError::Unreachable("the test has no such thing".into()))
}

fn unknown<T>() -> Verdict<T> {
    Verdict::Unknown("the test has no such thing".into())
}

impl Remotes for Fake {
    fn now(&self) -> Stamp {
        let passed = chrono::Duration::from_std(self.began.elapsed()).expect("short");
        lock(&self.world).base + passed
    }

    fn steady_since(&self) -> Stamp {
        noon() - chrono::Duration::days(1)
    }

    fn wall_behind(&self) -> Option<chrono::Duration> {
        None
    }

    fn token_state(&self) -> TokenState {
        TokenState::Fresh
    }

    async fn login(&self) -> Result<(), ReadError> {
        Ok(())
    }

    async fn orders(&self, query: OrdersQuery) -> Result<OrdersPage, ReadError> {
        let now = self.now();
        let mut world = lock(&self.world);
        world.asked.push(query.clone());
        let mut page = (world.orders)(&query)?;
        page.server_date = world.ahead.map(|ahead| now + ahead);
        Ok(page)
    }

    async fn order_details(&self, _: InvoiceId) -> Result<Option<SeenOrder>, ReadError> {
        away()
    }

    async fn document_urls(&self, _: InvoiceId) -> Result<DocumentUrls, ReadError> {
        away()
    }

    async fn told(&self, _: &Awb) -> Result<Option<TrackingStatus>, ReadError> {
        away()
    }

    async fn stock_page(&self, _: Option<String>) -> Result<StockPage, ReadError> {
        away()
    }

    async fn assign(&self, _: &Permit<AssignRequest>) -> Verdict<()> {
        unknown()
    }

    async fn confirm(&self, _: &Permit<ConfirmRequest>) -> Verdict<()> {
        unknown()
    }

    async fn manifest(&self, _: &Permit<ManifestRequest>) -> Verdict<ManifestAnswer> {
        unknown()
    }

    async fn tell(&self, _: &Permit<TrackingRequest>) -> Verdict<()> {
        unknown()
    }

    async fn push_stock(&self, _: &Permit<InventoryRequest>) -> Verdict<InventoryAnswer> {
        unknown()
    }

    async fn book(&self, permits: &[Permit<BookRequest>]) -> Vec<Verdict<Booked>> {
        permits.iter().map(|_| unknown()).collect()
    }

    async fn cancel_booking(&self, _: &Permit<CancelBookingRequest>) -> Verdict<()> {
        unknown()
    }

    async fn find_booking(&self, _: &str) -> Result<Option<Found>, ReadError> {
        away()
    }

    async fn track(&self, _: &Awb) -> Result<TrackPull, ReadError> {
        away()
    }

    async fn carrier_label(&self, _: &Awb) -> Result<Vec<u8>, ReadError> {
        away()
    }

    async fn serviceable(&self, _: &str) -> Result<Serviceability, ReadError> {
        away()
    }

    async fn download(&self, _: &str) -> Result<Vec<u8>, Download> {
        Err(Download::Later(Clean::default()))
    }
}
