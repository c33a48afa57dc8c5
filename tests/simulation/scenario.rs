//! What a run is made of. Everything random in it is derived from its seed.

use rand::{Rng, SeedableRng, rngs::StdRng};

use super::world::PER_DAY;

/// What is simulated.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Everything random is derived from this.
    pub seed: u64,
    /// Orders, without twins.
    pub orders: u32,
    /// Hours over which they appear.
    pub hours: i64,
    /// Lives of the engine that are cut short.
    pub crashes: u32,
    /// Calls that EasyEcom allows a day.
    pub per_day: u32,
    /// What goes wrong, and how often.
    pub faults: Faults,
    /// A protocol broken on purpose.
    pub planted: Option<Planted>,
    /// What happens at one exact place, in place of chance.
    pub script: Script,
}

/// Shares of calls that end so, 0 to 1, and what else happens.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Faults {
    /// No connection.
    pub unreachable: f64,
    /// 429.
    pub throttled: f64,
    /// The token is taken back.
    pub unauthorized: f64,
    /// The request is lost, the client sees a timeout.
    pub lost_before: f64,
    /// The answer is lost.
    pub lost_after: f64,
    /// The request has its effect long after the client gave up.
    pub late: f64,
    /// 500 without an effect.
    pub server_error: f64,
    /// The answer takes longer than the client waits.
    pub slow: f64,
    /// New rows show in listings only so many seconds later.
    pub listing_lag_s: i64,
    /// The disk runs full now and then.
    pub full_disk: bool,
    /// The disk stalls for minutes now and then.
    pub stalls: bool,
    /// The clock is set, while the engine runs and between its lives.
    pub clock: bool,
    /// People press keys, most of them wrong ones.
    pub people: bool,
    /// Counts of the stock come in.
    pub stock: bool,
}

/// What happens at one exact place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    /// Only calls whose name begins so are counted; all, if empty.
    pub of: &'static str,
    /// At these calls (from 0) these things go wrong.
    pub hits: Vec<(u64, Hit)>,
    /// The power goes at this operation of the journal's disk (from 0).
    pub power_at: Option<u32>,
    /// The disk stalls for so many seconds after so many flushes.
    pub stall_at: Option<(u64, u64)>,
    /// The engine is killed at this call (from 0), before or after its effect.
    pub kill_at: Option<(u64, bool)>,
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// Nothing goes wrong.
    None,
    /// No connection.
    Unreachable,
    /// 429.
    Throttled,
    /// 401.
    Unauthorized,
    /// Lost before its effect.
    LostBefore,
    /// Lost after its effect.
    LostAfter,
    /// Its effect comes so many seconds later.
    Late(i64),
    /// 500.
    ServerError,
    /// The answer comes too late.
    Slow,
}

impl Hit {
    /// Each kind once.
    pub const ALL: [Self; 8] = [
        Self::Unreachable,
        Self::Throttled,
        Self::Unauthorized,
        Self::LostBefore,
        Self::LostAfter,
        Self::Late(LATE_MAX_S),
        Self::ServerError,
        Self::Slow,
    ];
}

/// A protocol broken on purpose: a simulation that does not find it proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planted {
    /// The intent reaches the disk together with its outcome.
    NoIntent,
    /// A timeout is taken for a failure.
    BlindRetry,
    /// A lost booking is repeated although tracking lags behind.
    NewAwbOnRetry,
    /// "Not there" counts at once.
    NoSettle,
    /// A permit has no last instant.
    NoNotAfter,
    /// The journal answers before the disk has it.
    AcknowledgedBeforeDurable,
    /// Whatever is asked for is permitted.
    NoGate,
    /// The clock is believed when it is set forward.
    NaiveClock,
}

/// Longest that a lost call takes to have its effect, seconds.
pub const LATE_MAX_S: i64 = 45;

/// How long a booking takes to show in tracking, seconds.
pub const BOOKING_LAG_S: i64 = 60;

impl Scenario {
    /// A scenario in which nothing goes wrong.
    pub fn peaceful(seed: u64, orders: u32) -> Self {
        Self {
            seed,
            orders,
            hours: 2,
            crashes: 0,
            per_day: PER_DAY,
            faults: Faults::default(),
            planted: None,
            script: Script::default(),
        }
    }

    /// The scenario of a seed: each kind of fault is on in some runs and off in others, since one
    /// kind would hide another.
    pub fn of(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed ^ 0xfa17);
        let mut some = |max: f64| {
            if rng.random_bool(0.5) {
                rng.random_range(0.0..max)
            } else {
                0.0
            }
        };
        let faults = Faults {
            unreachable: some(0.1),
            throttled: some(0.05),
            unauthorized: some(0.02),
            lost_before: some(0.1),
            lost_after: some(0.1),
            late: some(0.1),
            server_error: some(0.1),
            slow: some(0.05),
            listing_lag_s: some(10.0) as i64,
            full_disk: some(1.0) > 0.5,
            stalls: some(1.0) > 0.5,
            clock: some(1.0) > 0.3,
            people: some(1.0) > 0.0,
            stock: some(1.0) > 0.0,
        };
        Self {
            orders: rng.random_range(10..50),
            hours: rng.random_range(1..5),
            crashes: rng.random_range(0..5),
            faults,
            ..Self::peaceful(seed, 0)
        }
    }

    /// What could be left out of a scenario that shows something, most first.
    pub fn simpler(&self) -> Vec<Self> {
        let mut found = Vec::new();
        let mut with = |change: &dyn Fn(&mut Self)| {
            let mut next = self.clone();
            change(&mut next);
            if next != *self {
                found.push(next);
            }
        };
        with(&|s| s.orders = (s.orders / 2).max(1));
        with(&|s| s.orders = (s.orders - 1).max(1));
        with(&|s| s.crashes /= 2);
        with(&|s| s.crashes = s.crashes.saturating_sub(1));
        with(&|s| s.faults.people = false);
        with(&|s| s.faults.stock = false);
        with(&|s| s.faults.full_disk = false);
        with(&|s| s.faults.stalls = false);
        with(&|s| s.faults.clock = false);
        with(&|s| s.faults.listing_lag_s = 0);
        with(&|s| s.faults.unreachable = 0.0);
        with(&|s| s.faults.throttled = 0.0);
        with(&|s| s.faults.unauthorized = 0.0);
        with(&|s| s.faults.lost_before = 0.0);
        with(&|s| s.faults.lost_after = 0.0);
        with(&|s| s.faults.late = 0.0);
        with(&|s| s.faults.server_error = 0.0);
        with(&|s| s.faults.slow = 0.0);
        found
    }
}

impl Faults {
    /// What becomes of the next call.
    pub fn draw(&self, rng: &mut StdRng) -> Hit {
        let mut dice: f64 = rng.random();
        let late = rng.random_range(1..=LATE_MAX_S);
        let kinds = [
            (self.unreachable, Hit::Unreachable),
            (self.throttled, Hit::Throttled),
            (self.unauthorized, Hit::Unauthorized),
            (self.lost_before, Hit::LostBefore),
            (self.lost_after, Hit::LostAfter),
            (self.late, Hit::Late(late)),
            (self.server_error, Hit::ServerError),
            (self.slow, Hit::Slow),
        ];
        for (share, hit) in kinds {
            if dice < share {
                return hit;
            }
            dice -= share;
        }
        Hit::None
    }
}
