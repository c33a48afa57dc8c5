//! The budget of calls at EasyEcom: a rate per second, a quota per day that survives restarts.

use std::{sync::Mutex, time::Duration};

use chrono::NaiveDate;
use tokio::time::Instant;

use super::config::Limits;
use crate::domain::{Stamp, time::ist};

/// What a call is for. The day's last calls are kept for what must not stop halfway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Settling an unknown call, making a manifest.
    Settle,
    /// Reading orders.
    Look,
    /// Assigning, confirming, documents.
    Advance,
    /// Telling a tracking status.
    Tell,
    /// Pushing and reading quantities.
    Stock,
}

impl Class {
    /// Share of the day's quota that this class may use up to.
    fn share(self) -> f64 {
        match self {
            Self::Settle => 1.0,
            Self::Look => 0.98,
            Self::Advance => 0.95,
            Self::Tell => 0.90,
            Self::Stock => 0.85,
        }
    }
}

/// Why no call is to be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoCall {
    /// The day's calls for this class are used up.
    Spent,
    /// More of the day's calls must be set aside in the ledger first, up to this count.
    Lease(NaiveDate, u32),
    /// Not before this much time.
    Wait(Duration),
}

/// The rate falls to no less than this share of what is configured.
const FACTOR_MIN: f64 = 0.1;
/// Per minute the rate climbs back by this share, however little is called.
const FACTOR_PER_MINUTE: f64 = 0.05;

/// Per call it climbs by this share: a remote that says 429 now and then at random must not hold the
/// rate at its floor.
const FACTOR_PER_CALL: f64 = 0.005;

/// The meter.
#[derive(Debug)]
pub struct Meter {
    limits: Limits,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    tokens: f64,
    at: Instant,
    factor: f64,
    factor_at: Instant,
    blocked_until: Option<Instant>,
    day: NaiveDate,
    used: u32,
    leased: u32,
}

impl Meter {
    /// A meter that goes on where the ledger's count of `day` stands: leased calls count as used. A
    /// count of a day to come was made by a clock that was ahead, so these calls were today's.
    pub fn new(limits: Limits, now: Stamp, ledger: Option<(NaiveDate, u32)>) -> Self {
        let today = day_of(now);
        let used = ledger
            .filter(|(day, _)| *day >= today)
            .map_or(0, |(_, used)| used);
        let at = Instant::now();
        Self {
            limits,
            state: Mutex::new(State {
                // The life before may have used the burst a moment ago.
                tokens: 0.0,
                at,
                factor: 1.0,
                factor_at: at,
                blocked_until: None,
                day: today,
                used,
                leased: used,
            }),
        }
    }

    /// Takes one call, or says what is in the way.
    pub fn try_take(&self, class: Class, now: Stamp) -> Result<(), NoCall> {
        let mut s = self.lock();
        let today = day_of(now);
        // A clock that jumps back must not open the quota of a day again.
        if today > s.day {
            s.day = today;
            s.used = 0;
            s.leased = 0;
        }
        if f64::from(s.used) >= f64::from(self.limits.per_day) * class.share() {
            return Err(NoCall::Spent);
        }
        let at = Instant::now();
        if let Some(until) = s.blocked_until {
            if until > at {
                return Err(NoCall::Wait(until - at));
            }
            s.blocked_until = None;
        }
        self.refill(&mut s, at);
        if s.tokens < 1.0 {
            let missing = (1.0 - s.tokens) / self.rate(&s);
            return Err(NoCall::Wait(Duration::from_secs_f64(
                missing.clamp(0.001, 60.0),
            )));
        }
        if s.used >= s.leased {
            let block = (self.limits.per_day / 1000).clamp(5, 100);
            return Err(NoCall::Lease(s.day, s.used + block));
        }
        s.tokens -= 1.0;
        s.used += 1;
        s.factor = (s.factor + FACTOR_PER_CALL).min(1.0);
        Ok(())
    }

    /// The ledger has set calls aside.
    pub fn leased(&self, day: NaiveDate, up_to: u32) {
        let mut s = self.lock();
        if s.day == day {
            s.leased = s.leased.max(up_to);
        }
    }

    /// A call that was taken was not made.
    pub fn give_back(&self) {
        let mut s = self.lock();
        s.used = s.used.saturating_sub(1);
        s.tokens += 1.0;
    }

    /// The remote said 429: half the rate, and nobody calls for a while.
    pub fn throttled(&self, retry_after_s: Option<u32>) {
        let mut s = self.lock();
        let at = Instant::now();
        Self::climb(&mut s, at);
        s.factor = (s.factor / 2.0).max(FACTOR_MIN);
        s.tokens = 0.0;
        let wait = retry_after_s.map_or(Duration::from_secs(1), |s| {
            Duration::from_secs(u64::from(s))
        });
        let until = at + wait.min(Duration::from_hours(1));
        s.blocked_until = Some(s.blocked_until.map_or(until, |old| old.max(until)));
    }

    /// Calls used today and the present rate in thousandths of a call per second.
    pub fn gauge(&self) -> (u32, u32) {
        let s = self.lock();
        (s.used, (self.rate(&s) * 1000.0) as u32)
    }

    /// Calls left for the class today.
    pub fn left(&self, class: Class) -> u32 {
        let s = self.lock();
        ((f64::from(self.limits.per_day) * class.share()) as u32).saturating_sub(s.used)
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    fn rate(&self, s: &State) -> f64 {
        (self.limits.per_second * (1.0 - self.limits.margin) * s.factor).max(0.01)
    }

    fn climb(s: &mut State, at: Instant) {
        let minutes = at.duration_since(s.factor_at).as_secs_f64() / 60.0;
        s.factor = (s.factor + minutes * FACTOR_PER_MINUTE).min(1.0);
        s.factor_at = at;
    }

    fn refill(&self, s: &mut State, at: Instant) {
        Self::climb(s, at);
        let passed = at.duration_since(s.at).as_secs_f64();
        let burst = (self.limits.burst * (1.0 - self.limits.margin)).max(1.0);
        s.tokens = (s.tokens + passed * self.rate(s)).min(burst);
        s.at = at;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        // Nothing under this lock can panic halfway through a change.
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The day that EasyEcom counts: whether it turns at midnight IST is not known
/// (contracts/easyecom.md section 3), so a day too short is never assumed.
pub fn day_of(now: Stamp) -> NaiveDate {
    now.with_timezone(&ist()).date_naive()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        per_second: 10.0,
        burst: 10.0,
        per_day: 100,
        margin: 0.0,
        login_gap: Duration::from_mins(1),
    };

    fn noon() -> Stamp {
        Stamp::from_timestamp(1_790_000_000, 0).expect("a time in 2026")
    }

    /// Takes calls, waiting and leasing as told, until refused for the day.
    async fn drain(meter: &Meter, class: Class) -> u32 {
        let mut taken = 0;
        loop {
            match meter.try_take(class, noon()) {
                Ok(()) => taken += 1,
                Err(NoCall::Lease(day, up_to)) => meter.leased(day, up_to),
                Err(NoCall::Wait(wait)) => tokio::time::sleep(wait).await,
                Err(NoCall::Spent) => return taken,
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_calls_of_a_day_are_kept_for_what_must_not_stop_halfway() {
        let meter = Meter::new(LIMITS, noon(), None);
        assert_eq!(drain(&meter, Class::Stock).await, 85);
        assert_eq!(drain(&meter, Class::Advance).await, 10);
        assert_eq!(drain(&meter, Class::Settle).await, 5);
        assert_eq!(drain(&meter, Class::Settle).await, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_restart_does_not_open_the_quota_again() {
        let meter = Meter::new(LIMITS, noon(), Some((day_of(noon()), 95)));
        assert_eq!(drain(&meter, Class::Settle).await, 5);
        let tomorrow = noon() + chrono::Duration::days(1);
        assert_ne!(meter.try_take(Class::Settle, tomorrow), Err(NoCall::Spent));
        // A clock that jumps back finds the newer day's count.
        assert!(meter.left(Class::Settle) > 0);
        // So does a start after the jump; the day after counts by itself again.
        let meter = Meter::new(LIMITS, noon(), Some((day_of(tomorrow), 95)));
        assert_eq!(drain(&meter, Class::Settle).await, 5);
        assert_ne!(meter.try_take(Class::Settle, tomorrow), Err(NoCall::Spent));
    }

    #[tokio::test(start_paused = true)]
    async fn the_rate_is_kept_and_a_429_halves_it() {
        let limits = Limits {
            per_day: 1_000_000,
            ..LIMITS
        };
        let meter = Meter::new(limits, noon(), None);
        let began = Instant::now();
        let mut taken = 0;
        while began.elapsed() < Duration::from_secs(10) {
            match meter.try_take(Class::Look, noon()) {
                Ok(()) => taken += 1,
                Err(NoCall::Lease(day, up_to)) => meter.leased(day, up_to),
                Err(NoCall::Wait(wait)) => tokio::time::sleep(wait).await,
                Err(NoCall::Spent) => panic!("a million calls a day"),
            }
        }
        assert!(
            (95..=101).contains(&taken),
            "{taken} calls in 10 s at 10 a second, without a burst at the start"
        );
        let (_, before) = meter.gauge();
        meter.throttled(Some(3));
        let (_, after) = meter.gauge();
        assert!(after * 2 <= before + 1, "{before} then {after}");
        assert!(matches!(
            meter.try_take(Class::Look, noon()),
            Err(NoCall::Wait(_))
        ));
    }
}
