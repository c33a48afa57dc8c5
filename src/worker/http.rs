//! The remotes over HTTP.

use std::time::Instant;

use chrono::Utc;

use super::{
    SteadyClock,
    ports::{Download, Remotes},
};
use crate::{
    domain::{
        Awb, Clean, InvoiceId, ReadError, Stamp, Verdict,
        request::{
            AssignRequest, BookRequest, CancelBookingRequest, ConfirmRequest, InventoryRequest,
            ManifestRequest, TrackingRequest,
        },
        tracking::TrackingStatus,
    },
    dtdc::{Booked, Dtdc, Found, Serviceability, TrackPull},
    easyecom::{
        DocumentUrls, EasyEcom, InventoryAnswer, ManifestAnswer, OrdersPage, OrdersQuery,
        SeenOrder, StockPage, TokenState,
    },
    http::{DownloadError, Downloader},
    ledger::Permit,
    setup::token::TokenFile,
};

/// EasyEcom, DTDC and the document hosts.
#[derive(Debug)]
pub struct HttpRemotes {
    /// EasyEcom.
    pub easyecom: EasyEcom,
    /// DTDC.
    pub dtdc: Dtdc,
    /// Documents.
    pub downloader: Downloader,
    /// Where the token is kept between two lives.
    pub token_file: Option<TokenFile>,
    /// The clock.
    pub clock: WallClock,
}

/// This machine's clock, made steady.
#[derive(Debug)]
pub struct WallClock {
    steady: SteadyClock,
    began: Instant,
}

impl Default for WallClock {
    fn default() -> Self {
        Self {
            steady: SteadyClock::new(Utc::now()),
            began: Instant::now(),
        }
    }
}

impl WallClock {
    fn now(&self) -> Stamp {
        self.steady.read(Utc::now(), self.began.elapsed())
    }
}

impl HttpRemotes {
    /// Logs in at the tracking host where there is no token that may be tried.
    async fn track_ready(&self) -> Result<(), ReadError> {
        if self.dtdc.track_ready() {
            return Ok(());
        }
        self.dtdc.track_login().await
    }
}

impl Remotes for HttpRemotes {
    fn now(&self) -> Stamp {
        self.clock.now()
    }

    fn steady_since(&self) -> Stamp {
        self.clock.steady.steady_since()
    }

    fn wall_behind(&self) -> Option<chrono::Duration> {
        self.clock.steady.wall_behind()
    }

    fn token_state(&self) -> TokenState {
        self.easyecom.token_state(self.now())
    }

    async fn login(&self) -> Result<(), ReadError> {
        self.easyecom.login().await?;
        if let (Some(file), Some(token)) = (&self.token_file, self.easyecom.export_token())
            && let Err(error) = file.write(&token)
        {
            tracing::warn!("the token cannot be kept: {error}");
        }
        Ok(())
    }

    async fn orders(&self, query: OrdersQuery) -> Result<OrdersPage, ReadError> {
        self.easyecom.orders(query).await
    }

    async fn order_details(&self, id: InvoiceId) -> Result<Option<SeenOrder>, ReadError> {
        self.easyecom.order_details(id, true).await
    }

    async fn document_urls(&self, id: InvoiceId) -> Result<DocumentUrls, ReadError> {
        self.easyecom.document_urls(id).await
    }

    async fn told(&self, awb: &Awb) -> Result<Option<TrackingStatus>, ReadError> {
        let read = self.easyecom.track_read(awb).await?;
        let ids = &self.easyecom.settings().status_ids;
        Ok(read
            .and_then(|r| r.shipping_status)
            .and_then(|id| ids.status(id)))
    }

    async fn stock_page(&self, next: Option<String>) -> Result<StockPage, ReadError> {
        self.easyecom.inventory_page(next.as_deref()).await
    }

    async fn assign(&self, permit: &Permit<AssignRequest>) -> Verdict<()> {
        self.easyecom.assign(permit).await
    }

    async fn confirm(&self, permit: &Permit<ConfirmRequest>) -> Verdict<()> {
        self.easyecom.confirm(permit).await
    }

    async fn manifest(&self, permit: &Permit<ManifestRequest>) -> Verdict<ManifestAnswer> {
        self.easyecom.manifest(permit).await
    }

    async fn tell(&self, permit: &Permit<TrackingRequest>) -> Verdict<()> {
        self.easyecom.tracking(permit).await
    }

    async fn push_stock(&self, permit: &Permit<InventoryRequest>) -> Verdict<InventoryAnswer> {
        self.easyecom.inventory(permit).await
    }

    async fn book(&self, permits: &[Permit<BookRequest>]) -> Vec<Verdict<Booked>> {
        self.dtdc.book(&permits.iter().collect::<Vec<_>>()).await
    }

    async fn cancel_booking(&self, permit: &Permit<CancelBookingRequest>) -> Verdict<()> {
        let mut verdicts = self.dtdc.cancel(&[permit]).await;
        verdicts
            .pop()
            .unwrap_or_else(|| Verdict::Unknown("no verdict".into()))
    }

    async fn find_booking(&self, reference: &str) -> Result<Option<Found>, ReadError> {
        self.track_ready().await?;
        match self.dtdc.find_by_reference(reference).await {
            Err(ReadError::Unauthorized(_)) => {
                self.dtdc.track_login().await?;
                self.dtdc.find_by_reference(reference).await
            }
            other => other,
        }
    }

    async fn track(&self, awb: &Awb) -> Result<TrackPull, ReadError> {
        self.track_ready().await?;
        match self.dtdc.track(awb).await {
            Err(ReadError::Unauthorized(_)) => {
                self.dtdc.track_login().await?;
                self.dtdc.track(awb).await
            }
            other => other,
        }
    }

    async fn carrier_label(&self, awb: &Awb) -> Result<Vec<u8>, ReadError> {
        self.dtdc.label(awb).await
    }

    async fn serviceable(&self, pin: &str) -> Result<Serviceability, ReadError> {
        self.dtdc.serviceable(pin).await
    }

    async fn download(&self, url: &str) -> Result<Vec<u8>, Download> {
        self.downloader.pdf(url).await.map_err(|error| {
            let says = Clean::new(&error.to_string());
            if DownloadError::may_pass(&error) {
                Download::Later(says)
            } else {
                Download::Bad(says)
            }
        })
    }
}
