//! What all of the engine's tasks share.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::sync::{Notify, broadcast};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    config::EngineConfig,
    ports::Remotes,
    traffic::{Class, Health, Meter, NoCall},
};
use crate::{
    domain::{
        Call, Clean, InvoiceId, Operator, OrderRecord, ReadError, Stamp,
        event::Event,
        gate::{Facts, Refusal, weigh},
        record::Intent,
        request::ManifestGroup,
        schedule::Work,
    },
    dtdc::Serviceability,
    easyecom::TokenState,
    files::DocumentStore,
    handle::{Delta, Level},
    ledger::{Ledger, LedgerError, Reader},
};

/// Orders put off in memory; past this the oldest reasons are looked at again early.
const DEFERRED_MAX: usize = 5_000;

/// PIN codes whose serviceability is remembered; India has about 19,000.
const PINS_MAX: usize = 20_000;

/// Past this difference of the clocks no tracking status is told.
const SKEW_TELLING_MAX: chrono::Duration = chrono::Duration::minutes(10);

const BOOKING_ALARM: &str = "booking";

/// Tries of one read before whoever asked is told.
const READ_TRIES: u32 = 3;

/// What all tasks share.
pub(super) struct Shop<R> {
    pub remotes: R,
    pub ledger: Ledger,
    pub reader: Reader,
    pub config: EngineConfig,
    pub documents: DocumentStore,
    pub meter: Meter,
    pub easyecom: Health,
    pub carrier: Health,
    pub live: Mutex<Live>,
    /// Wakes the planner.
    pub wake: Notify,
    /// Wakes the reader of orders.
    pub poll: Notify,
    /// Wakes the mender of the store.
    pub mend: Notify,
    /// Wakes the stock keeper.
    pub stock_wake: Notify,
    pub deltas: broadcast::Sender<Delta>,
    pub stop: CancellationToken,
    pub tasks: TaskTracker,
    pub started_at: Stamp,
    /// Held while a parcel is loaded.
    pub dock: tokio::sync::Mutex<()>,
    login: tokio::sync::Mutex<Option<tokio::time::Instant>>,
    rng: Mutex<StdRng>,
    pins: Mutex<HashMap<String, Serviceability>>,
}

/// A manifest that somebody asked for.
#[derive(Clone, Debug)]
pub(super) struct ManifestWanted {
    /// Of one group, or of all.
    pub group: Option<ManifestGroup>,
}

impl ManifestWanted {
    /// Whether orders of this group are meant.
    pub fn means(&self, group: &ManifestGroup) -> bool {
        self.group.as_ref().is_none_or(|wanted| wanted == group)
    }
}

/// What is known only while the engine lives.
#[derive(Default)]
pub(super) struct Live {
    /// Orders that a task works on.
    pub busy: HashSet<InvoiceId>,
    /// Orders not to look at before an instant, or before the next reading.
    pub deferred: HashMap<InvoiceId, Stamp>,
    /// How often an order was worked on in the minute that began then.
    pub turns: HashMap<(InvoiceId, Work), (Stamp, u32)>,
    /// EasyEcom was read to the last page, asked at this instant.
    pub fresh_at: Option<Stamp>,
    /// When that reading had ended.
    pub read_ended_at: Option<Stamp>,
    /// How far EasyEcom's clock is ahead of this machine's, as far as that can be believed.
    pub easyecom_ahead: chrono::Duration,
    /// The same, whatever it is.
    pub skew: chrono::Duration,
    /// Somebody waits for a reading.
    pub poll_wanted: bool,
    pub next_poll_at: Option<Stamp>,
    pub tracking_read_at: Option<Stamp>,
    pub stock_read_at: Option<Stamp>,
    pub stock_file_at: Option<Stamp>,
    pub stock_problems: Vec<Clean>,
    /// Stock rows of EasyEcom that could not be read and were told already.
    pub stock_rejected: HashSet<Clean>,
    pub stock_push_wanted: bool,
    pub stock_read_wanted: bool,
    /// A manifest was asked for by a person; who.
    pub manifest_wanted: Option<ManifestWanted>,
    pub alarms: Vec<(&'static str, Clean)>,
    /// Why nothing is booked until a person has looked: the carrier refuses us, not an order.
    pub booking_refused: Option<Clean>,
    /// Orders of a call that was refused as a whole: the next time each goes alone, so that one of
    /// them cannot stand in the way of the others.
    pub book_alone: HashSet<InvoiceId>,
    /// The disk is nearly full.
    pub short_of_room: bool,
    /// The store refused to write.
    pub failed: Option<Clean>,
}

/// Keeps other tasks off an order while it lives.
pub(super) struct Busy<'a, R> {
    shop: &'a Shop<R>,
    ids: Vec<InvoiceId>,
}

impl<R> Drop for Busy<'_, R> {
    fn drop(&mut self) {
        let mut live = lock(&self.shop.live);
        for id in &self.ids {
            live.busy.remove(id);
        }
        drop(live);
        self.shop.wake.notify_one();
    }
}

/// Locks what cannot be left half-changed by a panic.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Why a remote call was not made.
#[derive(Clone, Debug)]
pub(super) enum NotCalled {
    /// The day's calls for it are used up.
    Spent,
    /// No login.
    Login(ReadError),
    /// The store failed.
    Store(LedgerError),
    /// The engine stops.
    Stopping,
}

impl std::fmt::Display for NotCalled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Spent => f.write_str(
                "the day's calls for this are used up; it goes on tomorrow, or raise the tier",
            ),
            Self::Login(e) => write!(f, "EasyEcom login: {e}"),
            Self::Store(e) => write!(f, "{e}"),
            Self::Stopping => f.write_str("the engine is stopping"),
        }
    }
}

/// What a [`Shop`] is made of.
pub(super) struct Parts<R> {
    pub remotes: R,
    pub ledger: Ledger,
    pub config: EngineConfig,
    pub documents: DocumentStore,
    pub deltas: broadcast::Sender<Delta>,
    pub stop: CancellationToken,
    pub quota: Option<(chrono::NaiveDate, u32)>,
}

impl<R: Remotes> Shop<R> {
    pub fn new(parts: Parts<R>) -> Self {
        let now = parts.remotes.now();
        Self {
            meter: Meter::new(parts.config.limits, now, parts.quota),
            reader: parts.ledger.reader(),
            remotes: parts.remotes,
            ledger: parts.ledger,
            documents: parts.documents,
            easyecom: Health::default(),
            carrier: Health::default(),
            live: Mutex::default(),
            wake: Notify::new(),
            poll: Notify::new(),
            mend: Notify::new(),
            stock_wake: Notify::new(),
            deltas: parts.deltas,
            stop: parts.stop,
            tasks: TaskTracker::new(),
            started_at: now,
            dock: tokio::sync::Mutex::default(),
            login: tokio::sync::Mutex::new(None),
            rng: Mutex::new(StdRng::seed_from_u64(parts.config.seed)),
            pins: Mutex::default(),
            config: parts.config,
        }
    }

    pub fn now(&self) -> Stamp {
        self.remotes.now()
    }

    /// What the gate looks at, with these siblings.
    pub fn facts<'a>(&self, record: &'a OrderRecord, siblings: &'a [OrderRecord]) -> Facts<'a> {
        Facts {
            record,
            siblings,
            fresh_at: lock(&self.live).fresh_at,
            fresh_for_s: self.config.fetch.fresh_for.as_secs().cast_signed(),
            telling: None,
            stock_setting_on: self.config.stock.setting_on,
            zone: self.config.zone,
            now: self.now(),
        }
    }

    /// Whether a reading made at `read_at` counts as evidence that a call had no effect: the settle
    /// time of its intent has passed, and as much real time since the start or since the clock was
    /// last set.
    pub fn counts(&self, call: Call, intent: &Intent, read_at: Stamp) -> bool {
        let settle = match call {
            Call::Book => self.config.settle.settle_booking(),
            _ => self.config.settle.settle(),
        };
        read_at >= intent.settle_at && read_at >= self.remotes.steady_since() + settle
    }

    /// Asks the gate without asking for a permit.
    pub fn weigh(&self, call: Call, record: &OrderRecord) -> Result<(), Refusal> {
        let siblings = self.reader.siblings(&record.order).unwrap_or_default();
        weigh(call, &self.facts(record, &siblings))
    }

    /// What the carrier said of a PIN code.
    pub fn pin(&self, pin: &str) -> Option<Serviceability> {
        lock(&self.pins).get(pin).cloned()
    }

    /// Keeps what the carrier said of a PIN code.
    pub fn keep_pin(&self, pin: &str, serves: Serviceability) {
        let mut pins = lock(&self.pins);
        if pins.len() >= PINS_MAX {
            pins.clear();
        }
        pins.insert(pin.to_owned(), serves);
    }

    /// Takes the orders for one task, or none of them if another has one.
    pub fn take(&self, ids: &[InvoiceId]) -> Option<Busy<'_, R>> {
        let mut live = lock(&self.live);
        if ids.iter().any(|id| live.busy.contains(id)) {
            return None;
        }
        live.busy.extend(ids);
        Some(Busy {
            shop: self,
            ids: ids.to_vec(),
        })
    }

    /// What keeps tracking statuses from being told: with clocks this far apart, nobody can say which
    /// scan came before which call.
    pub fn clocks_disagree(&self) -> Option<Clean> {
        let skew = lock(&self.live).skew;
        (skew.abs() > SKEW_TELLING_MAX).then(|| {
            Clean::new(&format!(
                "this machine's clock and EasyEcom's are {} min apart; no tracking status is told until they agree: set the clock, then restart the engine",
                skew.num_minutes().abs()
            ))
        })
    }

    /// Puts an order off until `until`.
    pub fn defer(&self, id: InvoiceId, until: Stamp) {
        let mut live = lock(&self.live);
        if live.deferred.len() >= DEFERRED_MAX {
            live.deferred.clear();
        }
        live.deferred.insert(id, until);
    }

    /// Counts a turn of an order. Returns how many it had within a minute.
    pub fn count_turn(&self, id: InvoiceId, work: Work) -> u32 {
        let now = self.now();
        let mut live = lock(&self.live);
        if live.turns.len() >= DEFERRED_MAX {
            live.turns.clear();
        }
        let (since, turns) = live.turns.entry((id, work)).or_insert((now, 0));
        if now - *since > chrono::Duration::minutes(1) {
            (*since, *turns) = (now, 0);
        }
        *turns += 1;
        *turns
    }

    /// Asks for a reading of the orders soon.
    pub fn want_poll(&self) {
        lock(&self.live).poll_wanted = true;
        self.poll.notify_one();
    }

    /// Whether EasyEcom was read freshly enough for a manifest. A reading of many pages over a slow
    /// link is old when it ends; then one that has just ended is the best there is, as long as it
    /// counts at all.
    pub fn is_fresh_for_manifest(&self) -> bool {
        let within = self.config.fetch.fresh_for_manifest;
        let ended = lock(&self.live).read_ended_at;
        let bound = chrono::Duration::from_std(within).unwrap_or(chrono::Duration::MAX);
        let just_ended = ended.is_some_and(|at| self.now() - at <= bound);
        self.is_fresh(within) || just_ended && self.is_fresh(self.config.fetch.fresh_for)
    }

    /// Whether EasyEcom was read within `within`.
    pub fn is_fresh(&self, within: Duration) -> bool {
        let fresh_at = lock(&self.live).fresh_at;
        let within = chrono::Duration::from_std(within).unwrap_or(chrono::Duration::MAX);
        fresh_at.is_some_and(|at| self.now() - at <= within)
    }

    /// A wait before try `n` (from 1): doubles, with full jitter, never less than half.
    pub fn backoff(&self, n: u32) -> Duration {
        let first = self.config.settle.retry_first;
        let full = first
            .saturating_mul(1u32 << n.saturating_sub(1).min(16))
            .min(self.config.settle.retry_max);
        let share = lock(&self.rng).random_range(0.5..1.0);
        full.mul_f64(share)
    }

    /// The instant of try `n` after a failure.
    pub fn retry_at(&self, n: u32) -> Stamp {
        self.now() + chrono::Duration::from_std(self.backoff(n)).unwrap_or_default()
    }

    /// One line on every screen.
    pub fn notice(&self, level: Level, says: &str) {
        tracing::info!(?level, "{says}");
        // Nobody looking is no error.
        let _ = self.deltas.send(Delta::Notice {
            level,
            says: Clean::new(says),
        });
    }

    /// Raises or clears a standing alarm.
    pub fn alarm(&self, name: &'static str, says: Option<&str>) {
        let mut live = lock(&self.live);
        live.alarms.retain(|(known, _)| *known != name);
        if let Some(says) = says {
            live.alarms.push((name, Clean::new(says)));
        }
    }

    /// Stops booking: the carrier refused a call for these orders because of us.
    pub fn stop_booking(&self, ids: &[InvoiceId], says: &Clean) {
        {
            let mut live = lock(&self.live);
            live.booking_refused = Some(says.clone());
            if ids.len() > 1 {
                live.book_alone.extend(ids);
            }
        }
        let says = format!(
            "nothing is booked: DTDC refuses us, not one order. Look, correct [dtdc] and restart, or try again with `raftaar resume`. It says: {says}"
        );
        self.alarm(BOOKING_ALARM, Some(&says));
        self.notice(Level::Bad, &says);
    }

    /// Books again: a booking went through, or a person looked.
    pub fn book_again(&self) {
        if lock(&self.live).booking_refused.take().is_some() {
            self.alarm(BOOKING_ALARM, None);
            self.wake.notify_one();
        }
    }

    /// Keeps a store failure for the screen: from here on nothing is sent until it is mended.
    pub fn store_failed(&self, error: &LedgerError) {
        if !error.stops_everything() {
            self.notice(Level::Bad, &format!("not recorded: {error}"));
            return;
        }
        let says = Clean::new(&error.to_string());
        let first = lock(&self.live).failed.replace(says).is_none();
        if first {
            self.notice(
                Level::Bad,
                &format!("the store failed, nothing is sent: {error}"),
            );
            self.mend.notify_one();
        }
    }

    /// Records events in the engine's own name.
    pub async fn record(&self, events: Vec<Event>) -> Result<(), LedgerError> {
        self.record_as(&Operator::engine(), events).await
    }

    /// Records events in the name of `by`.
    pub async fn record_as(&self, by: &Operator, events: Vec<Event>) -> Result<(), LedgerError> {
        if events.is_empty() {
            return Ok(());
        }
        let result = self.ledger.record(by, self.now(), events).await;
        if let Err(error) = &result {
            self.store_failed(error);
        }
        result.map(|_| ())
    }

    /// Waits for the right to make one call at EasyEcom. Taken before an intent is written: what
    /// waits for a turn must not age.
    pub async fn allow(&self, class: Class) -> Result<(), NotCalled> {
        loop {
            if self.stop.is_cancelled() {
                return Err(NotCalled::Stopping);
            }
            match self.meter.try_take(class, self.now()) {
                Ok(()) => return Ok(()),
                Err(NoCall::Spent) => return Err(NotCalled::Spent),
                Err(NoCall::Lease(day, used)) => {
                    self.record(vec![Event::QuotaLeased { day, used }])
                        .await
                        .map_err(NotCalled::Store)?;
                    self.meter.leased(day, used);
                }
                Err(NoCall::Wait(wait)) => {
                    tokio::select! {
                        () = tokio::time::sleep(wait) => {}
                        () = self.stop.cancelled() => return Err(NotCalled::Stopping),
                    }
                }
            }
        }
    }

    /// Sees to a token that will be taken. One login at a time, never two within the cool-down.
    pub async fn log_in(&self) -> Result<(), NotCalled> {
        if matches!(self.remotes.token_state(), TokenState::Fresh) {
            return Ok(());
        }
        let mut last = self.login.lock().await;
        let state = self.remotes.token_state();
        if matches!(state, TokenState::Fresh) {
            return Ok(());
        }
        if let Some(at) = *last {
            let again = at + self.config.limits.login_gap;
            if tokio::time::Instant::now() < again {
                // An ageing token still works meanwhile.
                if matches!(state, TokenState::Ageing) {
                    return Ok(());
                }
                tokio::select! {
                    () = tokio::time::sleep_until(again) => {}
                    () = self.stop.cancelled() => return Err(NotCalled::Stopping),
                }
            }
        }
        self.allow(Class::Settle).await?;
        *last = Some(tokio::time::Instant::now());
        let result = self.remotes.login().await;
        self.easyecom.note_read(&result, self.now());
        match result {
            Ok(()) => {
                self.alarm("login", None);
                Ok(())
            }
            Err(error) => {
                self.alarm("login", Some(&format!("EasyEcom login failed: {error}; check the credentials with `raftaar doctor`")));
                Err(NotCalled::Login(error))
            }
        }
    }

    /// Reads something at EasyEcom: logged in, metered, tried a few times.
    pub async fn read<T, F>(&self, class: Class, read: impl Fn() -> F) -> Result<T, ReadFailed>
    where
        F: Future<Output = Result<T, ReadError>>,
    {
        let mut tries = 0;
        loop {
            self.log_in().await.map_err(ReadFailed::NotCalled)?;
            self.allow(class).await.map_err(ReadFailed::NotCalled)?;
            let result = read().await;
            self.easyecom.note_read(&result, self.now());
            let error = match result {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            if let ReadError::Throttled { retry_after_s } = &error {
                self.meter.throttled(*retry_after_s);
            }
            tries += 1;
            let hopeless = matches!(error, ReadError::Refused(_) | ReadError::Nothing(_));
            if hopeless || tries >= READ_TRIES {
                return Err(ReadFailed::Remote(error));
            }
            if !matches!(error, ReadError::Unauthorized(_)) {
                tokio::time::sleep(self.backoff(tries)).await;
            }
        }
    }
}

/// Why a read gave nothing.
#[derive(Clone, Debug)]
pub(super) enum ReadFailed {
    /// It was not made.
    NotCalled(NotCalled),
    /// The remote failed or refused.
    Remote(ReadError),
}

impl std::fmt::Display for ReadFailed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotCalled(why) => write!(f, "{why}"),
            Self::Remote(error) => write!(f, "{error}"),
        }
    }
}
