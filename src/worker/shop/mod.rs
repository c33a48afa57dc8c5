//! What all of the engine's tasks share.

mod alarms;
mod calls;
mod live;
mod patience;
mod runs;

pub(super) use self::{
    calls::{NotCalled, ReadFailed},
    live::{Busy, Live, ManifestWanted, lock},
};

use std::{collections::HashMap, sync::Mutex, time::Duration};

use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::sync::{Notify, broadcast};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{config::EngineConfig, health::Health, ports::Remotes, traffic::Meter};
use crate::{
    domain::{
        Call, Clean, InvoiceId, Operator, OrderRecord, Stamp,
        event::Event,
        gate::{Facts, Refusal, weigh},
        record::Intent,
        schedule::Work,
    },
    dtdc::Serviceability,
    files::DocumentStore,
    handle::Delta,
    ledger::{Ledger, LedgerError, Reader},
};

/// Orders put off in memory; past this the oldest reasons are looked at again early.
const DEFERRED_MAX: usize = 5_000;

/// PIN codes whose serviceability is remembered; India has about 19,000.
const PINS_MAX: usize = 20_000;

/// Past this difference of the clocks no tracking status is told.
const SKEW_TELLING_MAX: chrono::Duration = chrono::Duration::minutes(10);

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
    login: tokio::sync::Mutex<calls::Login>,
    rng: Mutex<StdRng>,
    pins: Mutex<HashMap<String, Serviceability>>,
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
            login: tokio::sync::Mutex::default(),
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

    /// From when on a reading counts as evidence that a call had no effect: the settle time of its
    /// intent has passed, and as much real time since the start or since the clock was last set.
    pub fn counts_from(&self, call: Call, intent: &Intent) -> Stamp {
        let settle = match call {
            Call::Book => self.config.settle.settle_booking(),
            _ => self.config.settle.settle(),
        };
        let sending = chrono::Duration::from_std(self.config.settle.not_after).unwrap_or_default();
        // A permit that was given before the clock was set may be used for as long after it.
        let steady = self.remotes.steady_since() + sending + settle;
        intent.settle_at.max(steady)
    }

    /// Whether a reading made at `read_at` counts as evidence that a call had no effect.
    pub fn counts(&self, call: Call, intent: &Intent, read_at: Stamp) -> bool {
        read_at >= self.counts_from(call, intent)
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

    /// Puts work that goes in a circle off until `until`. Returns whether it is put off anew.
    pub fn slow_down(&self, id: InvoiceId, work: Work, until: Stamp) -> bool {
        let now = self.now();
        let mut live = lock(&self.live);
        live.slowed.retain(|_, until| *until > now);
        if live.slowed.len() >= DEFERRED_MAX {
            live.slowed.clear();
        }
        live.slowed.insert((id, work), until).is_none()
    }

    /// Lets an order be worked on at once again.
    pub fn let_go_on(&self, id: InvoiceId) {
        let mut live = lock(&self.live);
        live.deferred.remove(&id);
        live.slowed.retain(|(slowed, _), _| *slowed != id);
        live.unread.remove(&id);
        let now = self.now();
        if let Some(documents) = live.documents.get_mut(&id) {
            (documents.tries, documents.since) = (0, now);
        }
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

    /// The turns of an order have come to an end: the next ones are counted anew.
    pub fn turns_ended(&self, id: InvoiceId, work: Work) {
        lock(&self.live).turns.remove(&(id, work));
    }

    /// Asks for a reading of the orders soon.
    pub fn want_poll(&self) {
        lock(&self.live).poll_wanted = true;
        self.poll.notify_one();
    }

    /// The same for a person: it is tried even if the readings before failed.
    pub fn ask_poll(&self) {
        lock(&self.live).poll_asked = true;
        self.want_poll();
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
        self.backoff_up_to(n, self.config.settle.retry_max)
    }

    /// The same with a longest wait of its own.
    pub fn backoff_up_to(&self, n: u32, longest: Duration) -> Duration {
        let first = self.config.settle.retry_first;
        let full = first
            .saturating_mul(1u32 << n.saturating_sub(1).min(16))
            .min(longest);
        let share = lock(&self.rng).random_range(0.5..1.0);
        full.mul_f64(share)
    }

    /// The instant of try `n` after a failure.
    pub fn retry_at(&self, n: u32) -> Stamp {
        self.now() + chrono::Duration::from_std(self.backoff(n)).unwrap_or_default()
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
}
