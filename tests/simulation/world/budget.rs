//! EasyEcom's tier as its server counts it: a bucket and a day.

use raftaar::domain::{Stamp, time::ist};

/// Calls a second.
pub const PER_SECOND: f64 = 20.0;

/// Calls at once.
pub const BURST: f64 = 40.0;

/// Calls a day.
pub const PER_DAY: u32 = 20_000;

/// What the server counts.
#[derive(Debug)]
pub struct Budget {
    tokens: f64,
    at: Stamp,
    day: chrono::NaiveDate,
    used: u32,
    per_day: u32,
}

impl Budget {
    /// Nothing used yet.
    pub fn new(now: Stamp, per_day: u32) -> Self {
        Self {
            tokens: BURST,
            at: now,
            day: now.with_timezone(&ist()).date_naive(),
            used: 0,
            per_day,
        }
    }

    /// Whether a call now is the first of its day.
    pub fn is_another_day(&self, now: Stamp) -> bool {
        now.with_timezone(&ist()).date_naive() != self.day
    }

    /// Counts a call. Says what it exceeds, if anything.
    pub fn spend(&mut self, now: Stamp) -> Option<String> {
        let passed = (now - self.at).num_milliseconds().max(0) as f64 / 1000.0;
        self.tokens = (self.tokens + passed * PER_SECOND).min(BURST);
        self.at = now;
        let day = now.with_timezone(&ist()).date_naive();
        if day != self.day {
            self.day = day;
            self.used = 0;
        }
        self.used += 1;
        if self.tokens < 1.0 {
            return Some("too many calls at once".to_owned());
        }
        self.tokens -= 1.0;
        (self.used > self.per_day).then(|| format!("call {} of {}", self.used, self.per_day))
    }
}
