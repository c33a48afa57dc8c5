//! The reads: each one request, repeatable at will.

use super::{
    EasyEcom, ORDERS_PER_PAGE_MAX,
    wire::{
        DocumentUrls, Envelope, Location, RejectedRow, SeenOrder, TrackRead, decode_documents,
        decode_locations, decode_orders, decode_stock, decode_tracks, is_nothing, pick_order,
    },
};
use crate::{
    domain::{Awb, InvoiceId, ReadError, Sku, Stamp, time::format_ist},
    http::Answer,
};

/// Which orders to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrdersQuery {
    /// The first page of a window of at most 7 days (contracts/easyecom.md section 4).
    First {
        /// Which.
        window: Window,
        /// Rows per page, 1 to 250.
        limit: u16,
    },
    /// A further page: `nextUrl` as it came.
    Next(String),
}

/// A span of time, sent as naive IST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// By `last_update_date`.
    Updated {
        /// `updated_after`.
        after: Stamp,
        /// `updated_before`.
        before: Stamp,
    },
    /// By the date of import, as far as is known.
    Created {
        /// `start_date`.
        start: Stamp,
        /// `end_date`.
        end: Stamp,
    },
}

impl Window {
    fn query(self) -> [(&'static str, String); 2] {
        match self {
            Self::Updated { after, before } => [
                ("updated_after", format_ist(after)),
                ("updated_before", format_ist(before)),
            ],
            Self::Created { start, end } => [
                ("start_date", format_ist(start)),
                ("end_date", format_ist(end)),
            ],
        }
    }
}

/// One page of orders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrdersPage {
    /// Rows that could be read.
    pub rows: Vec<SeenOrder>,
    /// Rows that could not.
    pub rejected: Vec<RejectedRow>,
    /// The link to the next page; `None` at the end.
    pub next: Option<String>,
    /// The remote's clock.
    pub server_date: Option<Stamp>,
}

/// One page of stock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StockPage {
    /// Available pieces by SKU.
    pub rows: Vec<(Sku, i64)>,
    /// Rows that could not be read.
    pub rejected: Vec<RejectedRow>,
    /// The link to the next page; `None` at the end.
    pub next: Option<String>,
}

impl EasyEcom {
    /// One page of Get All Orders (contracts/easyecom.md section 4).
    pub async fn orders(&self, query: OrdersQuery) -> Result<OrdersPage, ReadError> {
        let answer = match query {
            OrdersQuery::First { window, limit } => {
                let [from, to] = window.query();
                let limit = limit.clamp(1, ORDERS_PER_PAGE_MAX).to_string();
                let url = self.base.join(&self.settings.paths.orders);
                self.read(url, &[from, to, ("limit", limit)]).await
            }
            OrdersQuery::Next(link) => self.next_page(&link).await,
        };
        let answer = match answer {
            Err(error) if says_nothing(&error) => return Ok(OrdersPage::default()),
            other => other?,
        };
        let (mut rows, rejected, next) = self.decoded(&answer, decode_orders)?;
        for row in &mut rows {
            self.locate(row);
        }
        Ok(OrdersPage {
            rows,
            rejected,
            next,
            server_date: answer.date,
        })
    }

    /// One order by its invoice (section 4, Get Order Details); `None` if EasyEcom does not know it.
    pub async fn order_details(
        &self,
        invoice: InvoiceId,
        with_history: bool,
    ) -> Result<Option<SeenOrder>, ReadError> {
        let mut query = vec![("invoice_id", invoice.to_string())];
        if with_history {
            query.push(("include_ee_history", "1".to_owned()));
        }
        let url = self.base.join(&self.settings.paths.order_details);
        let answer = match self.read(url, &query).await {
            Err(error) if says_nothing(&error) => return Ok(None),
            other => other?,
        };
        let mut found = self.decoded(&answer, |envelope| pick_order(envelope, invoice))?;
        if let Some(row) = &mut found {
            self.locate(row);
        }
        Ok(found)
    }

    /// Where label and invoice can be fetched (section 7). The path is unverified; the URLs in the
    /// order's `documents` are the sure way.
    pub async fn document_urls(&self, invoice: InvoiceId) -> Result<DocumentUrls, ReadError> {
        let query = [
            ("invoice_id", invoice.to_string()),
            ("is_api", "1".to_owned()),
        ];
        let url = self.base.join(&self.settings.paths.document);
        let answer = self.read(url, &query).await?;
        self.decoded(&answer, decode_documents)
    }

    /// A parcel's status as EasyEcom has it (section 9); `None` if it does not know the AWB.
    pub async fn track_read(&self, awb: &Awb) -> Result<Option<TrackRead>, ReadError> {
        let query = [("awb_number", awb.as_str().to_owned())];
        let url = self.base.join(&self.settings.paths.track_read);
        let answer = match self.read(url, &query).await {
            Err(error) if says_nothing(&error) => return Ok(None),
            other => other?,
        };
        self.decoded(&answer, |envelope| decode_tracks(envelope, awb))
    }

    /// One page of available stock (section 10); `next` is the link of the page before.
    pub async fn inventory_page(&self, next: Option<&str>) -> Result<StockPage, ReadError> {
        let answer = if let Some(link) = next {
            self.next_page(link).await
        } else {
            let query = [
                ("includeLocations", "1".to_owned()),
                ("limit", self.settings.stock_page_size.max(1).to_string()),
            ];
            let url = self.base.join(&self.settings.paths.inventory_read);
            self.read(url, &query).await
        };
        let answer = match answer {
            Err(error) if says_nothing(&error) => return Ok(StockPage::default()),
            other => other?,
        };
        let location = &self.credentials.location_key;
        let read = self.decoded(&answer, |envelope| decode_stock(envelope, location))?;
        Ok(StockPage {
            rows: read.rows,
            rejected: read.rejected,
            next: read.next,
        })
    }

    /// The warehouses of the account (section 2).
    pub async fn locations(&self) -> Result<Vec<Location>, ReadError> {
        let url = self.base.join(&self.settings.paths.locations);
        let answer = self.read(url, &[]).await?;
        self.decoded(&answer, decode_locations)
    }

    /// A link that EasyEcom gave, character for character, on its own host only: our keys go with
    /// it.
    async fn next_page(&self, link: &str) -> Result<Answer, ReadError> {
        match self.base.follow(link) {
            Some(url) => self.read(url, &[]).await,
            None => Err(ReadError::Garbled(
                "the link to the next page leads to another host, nothing was sent".into(),
            )),
        }
    }

    fn decoded<T>(
        &self,
        answer: &Answer,
        decode: impl FnOnce(&Envelope) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        let result = Envelope::of(answer)
            .map_err(ReadError::Garbled)
            .and_then(|envelope| decode(&envelope));
        if let (Err(ReadError::Unauthorized(_)), Some(jwt)) = (&result, self.jwt()) {
            self.reject(&jwt);
        }
        result.map_err(|error| self.hush().read(error))
    }

    /// A row without `location_key` is of the token's warehouse: others it does not show (section 2).
    fn locate(&self, row: &mut SeenOrder) {
        if row.order.location.is_empty() {
            row.order.location = self.credentials.location_key.clone();
        }
    }
}

/// A true HTTP 4xx whose words only say that there is nothing.
fn says_nothing(error: &ReadError) -> bool {
    matches!(error, ReadError::Refused(says) if is_nothing(says.as_str()))
}
