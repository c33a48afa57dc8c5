//! The engine's outside in a simulation: every call takes virtual time and may go wrong before or
//! after its effect.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rand::{Rng, rngs::StdRng};
use tokio::time::Instant;

use super::model::{World, consignee};
use raftaar::{
    domain::{
        Awb, Clean, Failure, FailureKind, InvoiceId, ReadError, Stamp, Verdict,
        request::{
            AssignRequest, BookRequest, CancelBookingRequest, ConfirmRequest, InventoryRequest,
            ManifestRequest, TrackingRequest,
        },
        tracking::TrackingStatus,
    },
    dtdc::{Booked, Serviceability, TrackHeader, TrackPull},
    easyecom::{
        DocumentUrls, InventoryAnswer, ManifestAnswer, OrdersPage, OrdersQuery, SeenOrder,
        StockPage, TokenState, Window,
    },
    ledger::Permit,
    worker::ports::{Download, Remotes},
};

/// An effect that comes after its call was given up.
type Late = Box<dyn FnOnce(&mut World, Stamp) + Send>;

/// What outlives a crash of the engine.
pub struct Outside {
    /// The remotes' truth.
    pub world: World,
    late: Vec<(Stamp, u64, Late)>,
    serial: u64,
    rng: StdRng,
    /// Share of calls that go wrong.
    pub fault_rate: f64,
    token_until: Option<Stamp>,
}

impl Outside {
    /// A new outside.
    pub fn new(world: World, rng: StdRng, fault_rate: f64) -> Self {
        Self {
            world,
            late: Vec::new(),
            serial: 0,
            rng,
            fault_rate,
            token_until: None,
        }
    }

    /// Applies what is late and due.
    pub fn catch_up(&mut self, now: Stamp) {
        self.late.sort_by_key(|(at, serial, _)| (*at, *serial));
        while self.late.first().is_some_and(|(at, ..)| *at <= now) {
            let (at, _, effect) = self.late.remove(0);
            effect(&mut self.world, at);
        }
        self.world.advance(now);
    }
}

/// The remotes of one life of the engine.
#[derive(Clone)]
pub struct SimRemotes {
    outside: Arc<Mutex<Outside>>,
    base: Stamp,
    began: Instant,
    /// How late a lost call may still take effect.
    late_max_s: i64,
    /// How long a booking takes to show in tracking.
    booking_lag_s: i64,
}

enum Hit {
    None,
    Unreachable,
    Throttled,
    Unauthorized,
    LostBefore,
    LostAfter,
    Late(i64),
    Refused500,
    Slow,
}

impl SimRemotes {
    /// Remotes whose clock stands at `base` now.
    pub fn new(
        outside: Arc<Mutex<Outside>>,
        base: Stamp,
        late_max_s: i64,
        booking_lag_s: i64,
    ) -> Self {
        Self {
            outside,
            base,
            began: Instant::now(),
            late_max_s,
            booking_lag_s,
        }
    }

    fn outside(&self) -> MutexGuard<'_, Outside> {
        self.outside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn latency(&self) {
        let ms = self.outside().rng.random_range(20..400);
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }

    fn hit(&self) -> Hit {
        let mut o = self.outside();
        let now = self.now();
        if o.token_until.is_none_or(|until| until <= now) {
            return Hit::Unauthorized;
        }
        let rate = o.fault_rate;
        if !o.rng.random_bool(rate) {
            return Hit::None;
        }
        let late = self.late_max_s.max(1);
        match o.rng.random_range(0..8) {
            0 => Hit::Unreachable,
            1 => Hit::Throttled,
            2 => {
                o.token_until = None;
                Hit::Unauthorized
            }
            3 => Hit::LostBefore,
            4 => Hit::LostAfter,
            5 => Hit::Late(o.rng.random_range(1..=late)),
            6 => Hit::Refused500,
            _ => Hit::Slow,
        }
    }

    async fn read<T>(&self, look: impl FnOnce(&mut World, Stamp) -> T) -> Result<T, ReadError> {
        self.latency().await;
        self.outside().world.calls += 1;
        match self.hit() {
            Hit::Unauthorized => return Err(ReadError::Unauthorized("Invalid Api token.".into())),
            Hit::Throttled => {
                return Err(ReadError::Throttled {
                    retry_after_s: None,
                });
            }
            Hit::Unreachable | Hit::LostBefore | Hit::Late(_) => {
                return Err(ReadError::Unreachable("connection lost".into()));
            }
            Hit::Refused500 | Hit::LostAfter => return Err(ReadError::Server("500".into())),
            Hit::Slow => tokio::time::sleep(Duration::from_secs(10)).await,
            Hit::None => {}
        }
        let now = self.now();
        let mut o = self.outside();
        o.catch_up(now);
        Ok(look(&mut o.world, now))
    }

    async fn write<T: Default>(
        &self,
        apply: impl FnOnce(&mut World, Stamp) -> Result<T, String> + Send + 'static,
    ) -> Verdict<T> {
        self.latency().await;
        self.outside().world.calls += 1;
        let hit = self.hit();
        let unknown = |saw: &str| Verdict::Unknown(Clean::new(saw));
        let not = |kind, says: &str| Verdict::NotApplied(Failure::new(kind, says));
        match hit {
            Hit::Unreachable => return not(FailureKind::Unreachable, "no connection"),
            Hit::Throttled => return not(FailureKind::Throttled, "429"),
            Hit::Unauthorized => return not(FailureKind::Unauthorized, "401"),
            Hit::LostBefore | Hit::Refused500 => {
                tokio::time::sleep(Duration::from_secs(2)).await;
                return unknown("500");
            }
            Hit::Late(seconds) => {
                let at = self.now() + chrono::Duration::seconds(seconds);
                let mut o = self.outside();
                o.serial += 1;
                let serial = o.serial;
                o.late.push((
                    at,
                    serial,
                    Box::new(move |world, at| {
                        let _ = apply(world, at);
                    }),
                ));
                return unknown("connection lost");
            }
            Hit::None | Hit::LostAfter | Hit::Slow => {}
        }
        let now = self.now();
        let result = {
            let mut o = self.outside();
            o.catch_up(now);
            apply(&mut o.world, now)
        };
        match hit {
            Hit::LostAfter => return unknown("connection lost"),
            Hit::Slow => {
                tokio::time::sleep(Duration::from_secs(30)).await;
                return unknown("timeout");
            }
            _ => self.latency().await,
        }
        match result {
            Ok(value) => Verdict::Applied(value),
            Err(says) => not(FailureKind::Rejected, &says),
        }
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
        self.base + chrono::Duration::from_std(self.began.elapsed()).unwrap_or_default()
    }

    fn token_state(&self) -> TokenState {
        match self.outside().token_until {
            Some(until) if until > self.now() => TokenState::Fresh,
            _ => TokenState::None,
        }
    }

    async fn login(&self) -> Result<(), ReadError> {
        self.latency().await;
        let until = self.now() + chrono::Duration::days(90);
        let mut o = self.outside();
        o.world.calls += 1;
        o.token_until = Some(until);
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
            .read(|world, now| world.updated(after, before, now))
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
            server_date: None,
        })
    }

    async fn order_details(&self, id: InvoiceId) -> Result<Option<SeenOrder>, ReadError> {
        Ok(self
            .read(|world, now| world.details(id, now))
            .await?
            .map(seen))
    }

    async fn document_urls(&self, id: InvoiceId) -> Result<DocumentUrls, ReadError> {
        let order = self.read(|world, now| world.details(id, now)).await?;
        let url = |u: Option<Box<str>>| u;
        Ok(order.map_or(DocumentUrls::default(), |o| DocumentUrls {
            label: url(o.label_url),
            invoice: url(o.invoice_url),
        }))
    }

    async fn told(&self, awb: &Awb) -> Result<Option<TrackingStatus>, ReadError> {
        self.read(|world, _| world.told(awb)).await
    }

    async fn stock_page(&self, _next: Option<String>) -> Result<StockPage, ReadError> {
        let rows = self.read(|world, _| world.stock()).await?;
        Ok(StockPage { rows, next: None })
    }

    async fn assign(&self, permit: &Permit<AssignRequest>) -> Verdict<()> {
        let AssignRequest { invoice, awb, .. } = permit.request().clone();
        self.write(move |world, now| world.assign(invoice, &awb, now))
            .await
    }

    async fn confirm(&self, permit: &Permit<ConfirmRequest>) -> Verdict<()> {
        let id = permit.request().invoice;
        let fails = self.outside().rng.random_bool(0.05);
        accepted(
            self.write(move |world, now| world.confirm(id, fails, now))
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
        let end = self
            .write(move |world, now| world.manifest(&awbs, now).map(Some))
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
        self.write(move |world, now| world.tell(&awb, status, now))
            .await
    }

    async fn push_stock(&self, permit: &Permit<InventoryRequest>) -> Verdict<InventoryAnswer> {
        let items = permit.request().items.clone();
        let end = self
            .write(move |world, _| {
                items
                    .iter()
                    .try_for_each(|i| world.set_stock(i.sku.as_str(), i.quantity))
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
        let end = self
            .write(move |world, now| {
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
        self.write(move |world, now| world.cancel_booking(&awb, now))
            .await
    }

    async fn find_booking(&self, reference: &str) -> Result<Option<Awb>, ReadError> {
        let lag = self.booking_lag_s;
        self.read(|world, now| world.find_booking(reference, lag, now))
            .await
    }

    async fn track(&self, awb: &Awb) -> Result<TrackPull, ReadError> {
        let scans = self.read(|world, now| world.scans(awb, now)).await?;
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
