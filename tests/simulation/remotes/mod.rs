//! The engine's way out in a simulation: what each call looks up or does in the world behind the line.

mod wire;

use std::sync::Arc;

use rand::Rng;
use tokio::time::Instant;

use self::wire::Whose;
use super::{
    outside::{Outside, Shared, lock},
    scenario::{BOOKING_LAG_S, Planted},
    world::consignee,
};
use raftaar::{
    domain::{
        Awb, Clean, InvoiceId, ReadError, Stamp, Verdict,
        request::{
            AssignRequest, BookRequest, CancelBookingRequest, ConfirmRequest, InventoryRequest,
            ManifestRequest, TrackingRequest,
        },
        tracking::TrackingStatus,
    },
    dtdc::{Booked, Found, Serviceability, TrackHeader, TrackPull},
    easyecom::{
        DocumentUrls, InventoryAnswer, ManifestAnswer, OrdersPage, OrdersQuery, SeenOrder,
        StockPage, TokenState, Window,
    },
    ledger::Permit,
    worker::{
        SteadyClock,
        ports::{Download, Remotes},
    },
};

/// The remotes of one life of the engine.
#[derive(Clone)]
pub struct SimRemotes {
    outside: Shared,
    base: Stamp,
    began: Instant,
    clock: Arc<SteadyClock>,
    planted: Option<Planted>,
}

impl SimRemotes {
    /// Remotes in whose world it is `base` now.
    pub fn new(outside: Shared, base: Stamp, planted: Option<Planted>) -> Self {
        let wall = base + lock(&outside).skew;
        Self {
            outside,
            base,
            began: Instant::now(),
            clock: Arc::new(SteadyClock::new(wall)),
            planted,
        }
    }

    /// The true time, which no clock shows for certain.
    pub fn truth(&self) -> Stamp {
        self.base + chrono::Duration::from_std(self.began.elapsed()).unwrap_or_default()
    }

    fn outside(&self) -> std::sync::MutexGuard<'_, Outside> {
        lock(&self.outside)
    }
}

fn accepted<T>(verdict: Verdict<T>) -> Verdict<T> {
    match verdict {
        Verdict::Applied(value) => Verdict::Accepted(value),
        other => other,
    }
}

fn seen(order: raftaar::domain::Order) -> SeenOrder {
    SeenOrder {
        order,
        consignee: consignee(),
    }
}

impl Remotes for SimRemotes {
    fn now(&self) -> Stamp {
        let wall = self.truth() + self.outside().skew;
        if self.planted == Some(Planted::NaiveClock) {
            return wall;
        }
        self.clock.read(wall, self.began.elapsed())
    }

    fn steady_since(&self) -> Stamp {
        if self.planted == Some(Planted::NaiveClock) {
            return Stamp::MIN_UTC + chrono::Duration::days(1);
        }
        self.clock.steady_since()
    }

    fn wall_behind(&self) -> Option<chrono::Duration> {
        self.clock.wall_behind()
    }

    fn token_state(&self) -> TokenState {
        let now = self.truth();
        match self.outside().token_until {
            Some(until) if until > now => TokenState::Fresh,
            _ => TokenState::None,
        }
    }

    async fn login(&self) -> Result<(), ReadError> {
        self.latency().await;
        let now = self.truth();
        let mut o = self.outside();
        o.world.spend(now);
        o.note(now, || "call login".to_owned());
        o.token_until = Some(now + chrono::Duration::days(90));
        Ok(())
    }

    async fn orders(&self, query: OrdersQuery) -> Result<OrdersPage, ReadError> {
        let (after, before, skip, limit) = match query {
            OrdersQuery::First {
                window: Window::Updated { after, before },
                limit,
            } => (after, before, 0, limit as usize),
            OrdersQuery::First {
                window: Window::Created { start, end },
                limit,
            } => (start, end, 0, limit as usize),
            OrdersQuery::Next(next) => {
                let mut parts = next.split(' ').map(|p| p.parse::<i64>().unwrap_or(0));
                let mut next = || parts.next().unwrap_or(0);
                let time = |s| chrono::DateTime::from_timestamp(s, 0).unwrap_or_default();
                (time(next()), time(next()), next() as usize, next() as usize)
            }
        };
        let rows = self
            .read(Whose::EasyEcom, "orders", |world, now| {
                world.updated(after, before, now)
            })
            .await?;
        let more = rows.len() > skip + limit;
        Ok(OrdersPage {
            next: more.then(|| {
                format!(
                    "{} {} {} {limit}",
                    after.timestamp(),
                    before.timestamp(),
                    skip + limit
                )
            }),
            rows: rows.into_iter().skip(skip).take(limit).map(seen).collect(),
            rejected: Vec::new(),
            server_date: Some(self.truth()),
        })
    }

    async fn order_details(&self, id: InvoiceId) -> Result<Option<SeenOrder>, ReadError> {
        Ok(self
            .read(Whose::EasyEcom, &format!("details {id}"), |world, now| {
                world.details(id, now)
            })
            .await?
            .map(seen))
    }

    async fn document_urls(&self, id: InvoiceId) -> Result<DocumentUrls, ReadError> {
        let order = self
            .read(Whose::EasyEcom, &format!("documents {id}"), |world, now| {
                world.details(id, now)
            })
            .await?;
        let url = |u: Option<Box<str>>| u;
        Ok(order.map_or(DocumentUrls::default(), |o| DocumentUrls {
            label: url(o.label_url),
            invoice: url(o.invoice_url),
        }))
    }

    async fn told(&self, awb: &Awb) -> Result<Option<TrackingStatus>, ReadError> {
        self.read(Whose::EasyEcom, &format!("told {awb}"), |world, _| {
            world.told(awb)
        })
        .await
    }

    async fn stock_page(&self, _next: Option<String>) -> Result<StockPage, ReadError> {
        let rows = self
            .read(Whose::EasyEcom, "stock", |world, _| world.stock())
            .await?;
        Ok(StockPage {
            rows,
            ..StockPage::default()
        })
    }

    async fn assign(&self, permit: &Permit<AssignRequest>) -> Verdict<()> {
        let AssignRequest { invoice, awb, .. } = permit.request().clone();
        let what = format!("assign {invoice} {awb}");
        self.write(Whose::EasyEcom, &what, move |world, now| {
            world.assign(invoice, &awb, now)
        })
        .await
    }

    async fn confirm(&self, permit: &Permit<ConfirmRequest>) -> Verdict<()> {
        let id = permit.request().invoice;
        let fails = self.outside().rng.random_bool(0.05);
        accepted(
            self.write(
                Whose::EasyEcom,
                &format!("confirm {id}"),
                move |world, now| world.confirm(id, fails, now),
            )
            .await,
        )
    }

    async fn manifest(&self, permit: &Permit<ManifestRequest>) -> Verdict<ManifestAnswer> {
        let awbs: Vec<Awb> = permit
            .request()
            .members
            .iter()
            .map(|(_, awb)| awb.clone())
            .collect();
        let what = format!("manifest {awbs:?}");
        let end = self
            .write(Whose::EasyEcom, &what, move |world, now| {
                world.manifest(&awbs, now).map(Some)
            })
            .await;
        let answer = |number| ManifestAnswer {
            number,
            taken: Vec::new(),
            refused: Vec::new(),
        };
        match end {
            Verdict::Applied(number) | Verdict::Accepted(number) => {
                Verdict::Accepted(answer(number))
            }
            Verdict::NotApplied(failure) => Verdict::NotApplied(failure),
            Verdict::Unknown(saw) => Verdict::Unknown(saw),
        }
    }

    async fn tell(&self, permit: &Permit<TrackingRequest>) -> Verdict<()> {
        let TrackingRequest { awb, status, .. } = permit.request().clone();
        let what = format!("tell {awb} {status}");
        self.write(Whose::EasyEcom, &what, move |world, now| {
            world.tell(&awb, status, now)
        })
        .await
    }

    async fn push_stock(&self, permit: &Permit<InventoryRequest>) -> Verdict<InventoryAnswer> {
        let items = permit.request().items.clone();
        let end = self
            .write(Whose::EasyEcom, "push stock", move |world, now| {
                items
                    .iter()
                    .try_for_each(|i| world.set_stock(i.sku.as_str(), i.quantity, i.version, now))
            })
            .await;
        match end {
            Verdict::Applied(()) | Verdict::Accepted(()) => Verdict::Applied(InventoryAnswer {
                per_sku: None,
                says: Clean::default(),
            }),
            Verdict::NotApplied(failure) => Verdict::NotApplied(failure),
            Verdict::Unknown(saw) => Verdict::Unknown(saw),
        }
    }

    async fn book(&self, permits: &[Permit<BookRequest>]) -> Vec<Verdict<Booked>> {
        let references: Vec<String> = permits
            .iter()
            .map(|p| p.request().booking_reference.clone())
            .collect();
        let count = references.len();
        let what = format!("book {references:?}");
        let end = self
            .write(Whose::Dtdc, &what, move |world, now| {
                Ok(references
                    .iter()
                    .map(|r| world.book(r, now))
                    .collect::<Vec<_>>())
            })
            .await;
        let booked = |awb| Booked {
            awb,
            chargeable_weight_kg: None,
            courier_partner: Clean::default(),
        };
        match end {
            Verdict::Applied(awbs) | Verdict::Accepted(awbs) => awbs
                .into_iter()
                .map(|awb| Verdict::Applied(booked(awb)))
                .collect(),
            Verdict::NotApplied(failure) => vec![Verdict::NotApplied(failure); count],
            Verdict::Unknown(saw) => vec![Verdict::Unknown(saw); count],
        }
    }

    async fn cancel_booking(&self, permit: &Permit<CancelBookingRequest>) -> Verdict<()> {
        let awb = permit.request().awb.clone();
        let what = format!("cancel booking {awb}");
        self.write(Whose::Dtdc, &what, move |world, now| {
            world.cancel_booking(&awb, now)
        })
        .await
    }

    async fn find_booking(&self, reference: &str) -> Result<Option<Found>, ReadError> {
        let found = self
            .read(
                Whose::Dtdc,
                &format!("find booking {reference}"),
                |world, now| world.find_booking(reference, BOOKING_LAG_S, now),
            )
            .await?;
        let found = found.filter(|_| self.planted != Some(Planted::NewAwbOnRetry));
        Ok(found.map(|awb| Found { awb, named: true }))
    }

    async fn track(&self, awb: &Awb) -> Result<TrackPull, ReadError> {
        let scans = self
            .read(Whose::Dtdc, &format!("track {awb}"), |world, now| {
                world.scans(awb, now)
            })
            .await?;
        let scans = scans.ok_or_else(|| ReadError::Nothing("NO DATA FOUND".into()))?;
        Ok(TrackPull {
            header: TrackHeader::default(),
            scans,
            odd: Vec::new(),
        })
    }

    async fn carrier_label(&self, _awb: &Awb) -> Result<Vec<u8>, ReadError> {
        Err(ReadError::Nothing("no label".into()))
    }

    async fn serviceable(&self, _pin: &str) -> Result<Serviceability, ReadError> {
        Ok(Serviceability {
            prepaid: true,
            cod: true,
            says: Clean::default(),
        })
    }

    async fn download(&self, url: &str) -> Result<Vec<u8>, Download> {
        self.latency().await;
        Ok(format!("%PDF-1.4\n{url}\n%%EOF\n").into_bytes())
    }
}
