//! Remotes that cannot be reached.

use raftaar::{
    domain::{
        Awb, Clean, Failure, FailureKind, InvoiceId, ReadError, Stamp, Verdict,
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
    ledger::Permit,
    worker::ports::{Download, Remotes},
};

/// See the module.
pub struct Offline;

fn gone() -> ReadError {
    ReadError::Unreachable(Clean::new("no network in a benchmark"))
}

fn not_sent<T>() -> Verdict<T> {
    Verdict::NotApplied(Failure::new(
        FailureKind::Unreachable,
        "no network in a benchmark",
    ))
}

impl Remotes for Offline {
    fn now(&self) -> Stamp {
        chrono::Utc::now()
    }

    fn steady_since(&self) -> Stamp {
        Stamp::MIN_UTC
    }

    fn wall_behind(&self) -> Option<chrono::Duration> {
        None
    }

    fn token_state(&self) -> TokenState {
        TokenState::Fresh
    }

    async fn login(&self) -> Result<(), ReadError> {
        Err(gone())
    }

    async fn orders(&self, _query: OrdersQuery) -> Result<OrdersPage, ReadError> {
        Err(gone())
    }

    async fn order_details(&self, _id: InvoiceId) -> Result<Option<SeenOrder>, ReadError> {
        Err(gone())
    }

    async fn document_urls(&self, _id: InvoiceId) -> Result<DocumentUrls, ReadError> {
        Err(gone())
    }

    async fn told(&self, _awb: &Awb) -> Result<Option<TrackingStatus>, ReadError> {
        Err(gone())
    }

    async fn stock_page(&self, _next: Option<String>) -> Result<StockPage, ReadError> {
        Err(gone())
    }

    async fn assign(&self, _permit: &Permit<AssignRequest>) -> Verdict<()> {
        not_sent()
    }

    async fn confirm(&self, _permit: &Permit<ConfirmRequest>) -> Verdict<()> {
        not_sent()
    }

    async fn manifest(&self, _permit: &Permit<ManifestRequest>) -> Verdict<ManifestAnswer> {
        not_sent()
    }

    async fn tell(&self, _permit: &Permit<TrackingRequest>) -> Verdict<()> {
        not_sent()
    }

    async fn push_stock(&self, _permit: &Permit<InventoryRequest>) -> Verdict<InventoryAnswer> {
        not_sent()
    }

    async fn book(&self, permits: &[Permit<BookRequest>]) -> Vec<Verdict<Booked>> {
        permits.iter().map(|_| not_sent()).collect()
    }

    async fn cancel_booking(&self, _permit: &Permit<CancelBookingRequest>) -> Verdict<()> {
        not_sent()
    }

    async fn find_booking(&self, _reference: &str) -> Result<Option<Found>, ReadError> {
        Err(gone())
    }

    async fn track(&self, _awb: &Awb) -> Result<TrackPull, ReadError> {
        Err(gone())
    }

    async fn carrier_label(&self, _awb: &Awb) -> Result<Vec<u8>, ReadError> {
        Err(gone())
    }

    async fn serviceable(&self, _pin: &str) -> Result<Serviceability, ReadError> {
        Err(gone())
    }

    async fn download(&self, _url: &str) -> Result<Vec<u8>, Download> {
        Err(Download::Later(Clean::new("no network in a benchmark")))
    }
}
