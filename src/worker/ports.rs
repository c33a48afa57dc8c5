//! The outside as the engine needs it. One implementation talks HTTP; a simulation puts a model in
//! its place.

use std::future::Future;

use crate::{
    domain::{
        Awb, Clean, InvoiceId, ReadError, Stamp, Verdict,
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
};

/// EasyEcom, the carrier, the document hosts and the clock. Every method that changes something
/// takes a permit; each makes exactly one remote call.
pub trait Remotes: Send + Sync + 'static {
    /// Now. Never earlier than before.
    fn now(&self) -> Stamp;
    /// Since when the clock has run without being set forward.
    fn steady_since(&self) -> Stamp;
    /// How far the machine's clock was set back since the start, if it was; [`Self::now`] did not
    /// follow.
    fn wall_behind(&self) -> Option<chrono::Duration>;

    /// How EasyEcom's token stands.
    fn token_state(&self) -> TokenState;
    /// Logs in at EasyEcom.
    fn login(&self) -> impl Future<Output = Result<(), ReadError>> + Send;
    /// A page of orders.
    fn orders(
        &self,
        query: OrdersQuery,
    ) -> impl Future<Output = Result<OrdersPage, ReadError>> + Send;
    /// One order with its history.
    fn order_details(
        &self,
        id: InvoiceId,
    ) -> impl Future<Output = Result<Option<SeenOrder>, ReadError>> + Send;
    /// Links of label and invoice.
    fn document_urls(
        &self,
        id: InvoiceId,
    ) -> impl Future<Output = Result<DocumentUrls, ReadError>> + Send;
    /// The status that EasyEcom shows for a parcel.
    fn told(
        &self,
        awb: &Awb,
    ) -> impl Future<Output = Result<Option<TrackingStatus>, ReadError>> + Send;
    /// A page of EasyEcom's quantities.
    fn stock_page(
        &self,
        next: Option<String>,
    ) -> impl Future<Output = Result<StockPage, ReadError>> + Send;
    /// Assigns.
    fn assign(&self, permit: &Permit<AssignRequest>) -> impl Future<Output = Verdict<()>> + Send;
    /// Confirms.
    fn confirm(&self, permit: &Permit<ConfirmRequest>) -> impl Future<Output = Verdict<()>> + Send;
    /// Generates a manifest.
    fn manifest(
        &self,
        permit: &Permit<ManifestRequest>,
    ) -> impl Future<Output = Verdict<ManifestAnswer>> + Send;
    /// Tells a status.
    fn tell(&self, permit: &Permit<TrackingRequest>) -> impl Future<Output = Verdict<()>> + Send;
    /// Pushes quantities.
    fn push_stock(
        &self,
        permit: &Permit<InventoryRequest>,
    ) -> impl Future<Output = Verdict<InventoryAnswer>> + Send;

    /// Books up to 20 parcels.
    fn book(
        &self,
        permits: &[Permit<BookRequest>],
    ) -> impl Future<Output = Vec<Verdict<Booked>>> + Send;
    /// Cancels a booking.
    fn cancel_booking(
        &self,
        permit: &Permit<CancelBookingRequest>,
    ) -> impl Future<Output = Verdict<()>> + Send;
    /// The AWB booked under our reference, if the carrier knows one.
    fn find_booking(
        &self,
        reference: &str,
    ) -> impl Future<Output = Result<Option<Found>, ReadError>> + Send;
    /// Scans of a parcel. Logs in at the carrier's tracking host when it has to.
    fn track(&self, awb: &Awb) -> impl Future<Output = Result<TrackPull, ReadError>> + Send;
    /// The carrier's own label.
    fn carrier_label(&self, awb: &Awb) -> impl Future<Output = Result<Vec<u8>, ReadError>> + Send;
    /// Whether the carrier serves a PIN code.
    fn serviceable(
        &self,
        pin: &str,
    ) -> impl Future<Output = Result<Serviceability, ReadError>> + Send;

    /// A document, checked to be a PDF from an allowed host.
    fn download(&self, url: &str) -> impl Future<Output = Result<Vec<u8>, Download>> + Send;
}

/// Why a document did not come.
#[derive(Clone, Debug)]
pub enum Download {
    /// It may come later.
    Later(Clean),
    /// What came is none, or its address is not allowed.
    Bad(Clean),
}
