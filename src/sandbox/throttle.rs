//! EasyEcom's rate limit: a bucket and a day count for each `x-api-key`.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::clock::{Moment, ist_day};
use super::options::Tier;

/// Counters of every key seen.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    keys: BTreeMap<String, Meter>,
}

#[derive(Debug)]
struct Meter {
    tokens: f64,
    filled: Moment,
    day: NaiveDate,
    today: u64,
}

impl Throttle {
    /// Counts a call; false if it is over the limit. The day is taken to turn at India's midnight:
    /// nobody knows whether it does (easyecom.md section 16).
    pub(crate) fn admit(&mut self, key: &str, tier: Tier, now: Moment) -> bool {
        let Some((rate, burst, per_day)) = tier.limits() else {
            return true;
        };
        let meter = self.keys.entry(key.to_owned()).or_insert_with(|| Meter {
            tokens: burst,
            filled: now,
            day: ist_day(now),
            today: 0,
        });
        let passed = (now - meter.filled).num_milliseconds().max(0) as f64 / 1000.0;
        meter.tokens = (meter.tokens + passed * rate).min(burst);
        meter.filled = now;
        if meter.day != ist_day(now) {
            meter.day = ist_day(now);
            meter.today = 0;
        }
        let admitted = meter.tokens >= 1.0 && meter.today < per_day;
        if admitted {
            meter.tokens -= 1.0;
            meter.today += 1;
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Duration, Utc};

    #[test]
    fn burst_then_rate_then_day() {
        let mut throttle = Throttle::default();
        let mut now = Utc::now();
        let admitted = (0..20)
            .filter(|_| throttle.admit("k", Tier::Default, now))
            .count();
        assert_eq!(admitted, 10);
        assert!(
            throttle.admit("other", Tier::Default, now),
            "keys are counted apart"
        );
        now += Duration::seconds(1);
        let admitted = (0..20)
            .filter(|_| throttle.admit("k", Tier::Default, now))
            .count();
        assert_eq!(admitted, 5);
    }

    #[test]
    fn a_day_has_500_calls_on_a_new_key() {
        let mut throttle = Throttle::default();
        let start = super::super::clock::parse_ist("2026-01-05 10:00:00").expect("valid");
        let admitted = (0..600)
            .filter(|second| throttle.admit("k", Tier::Default, start + Duration::seconds(*second)))
            .count();
        assert_eq!(admitted, 500);
        assert!(throttle.admit("k", Tier::Default, start + Duration::days(1)));
    }
}
