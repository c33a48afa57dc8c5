//! How often is drawn: a change at once, a cursor move and the answer to it at once, a flood ten
//! times a second.

use std::time::{Duration, Instant};

/// Between frames of a flood. A new row on top can cost 4 kB; ten of those a second still pass
/// through a link of 50 kB/s.
const INTERVAL: Duration = Duration::from_millis(100);

/// Frames that may follow each other at once: a key's echo, the answer to it, and one more.
const BURST: u32 = 3;

/// The pace.
#[derive(Debug)]
pub struct Pace {
    /// When all of the burst is available again.
    full_at: Instant,
}

impl Pace {
    /// Nothing drawn yet.
    pub fn new(now: Instant) -> Self {
        Self { full_at: now }
    }

    /// When the next frame may be drawn.
    pub fn next_at(&self, now: Instant) -> Instant {
        let credit = INTERVAL * (BURST - 1);
        self.full_at
            .checked_sub(credit)
            .map_or(now, |at| at.max(now))
    }

    /// A frame is drawn.
    pub fn drawn(&mut self, now: Instant) {
        self.full_at = self.full_at.max(now) + INTERVAL;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_drawn_ten_times_a_second() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let mut now = start;
        let mut frames = 0;
        while now < start + Duration::from_secs(10) {
            if pace.next_at(now) <= now {
                pace.drawn(now);
                frames += 1;
            }
            now += Duration::from_millis(1);
        }
        assert!((100..=103).contains(&frames), "{frames}");
    }

    #[test]
    fn the_first_changes_are_drawn_at_once() {
        let now = Instant::now();
        let mut pace = Pace::new(now);
        for _ in 0..BURST {
            assert_eq!(pace.next_at(now), now);
            pace.drawn(now);
        }
        assert!(pace.next_at(now) > now);
    }
}
