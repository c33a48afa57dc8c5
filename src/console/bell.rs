//! The bell, by patterns that are told apart without looking: how often it rings.

use std::time::{Duration, Instant};

/// Between two rings: terminals swallow those that come faster.
const GAP: Duration = Duration::from_millis(180);

/// Rings of one pattern at most.
pub const RINGS_MAX: u8 = 5;

/// What a bell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ring {
    /// Done.
    Ok,
    /// Not this parcel, not this code, not recorded.
    Wrong,
    /// This one was here before.
    Twice,
    /// Something went wrong that a person has to look at.
    NeedsYou,
}

/// How often the bell rings for what; 0: not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patterns {
    /// For a parcel or code that is right.
    pub ok: u8,
    /// For one that is wrong, and for a scan that was not recorded.
    pub wrong: u8,
    /// For one that was there before.
    pub twice: u8,
    /// For bad news that need a person.
    pub needs_you: u8,
}

impl Default for Patterns {
    fn default() -> Self {
        Self {
            ok: 1,
            wrong: 3,
            twice: 2,
            needs_you: 2,
        }
    }
}

impl Patterns {
    /// How often it rings for this.
    pub fn times(&self, ring: Ring) -> u8 {
        match ring {
            Ring::Ok => self.ok,
            Ring::Wrong => self.wrong,
            Ring::Twice => self.twice,
            Ring::NeedsYou => self.needs_you,
        }
        .min(RINGS_MAX)
    }
}

/// Rings that are still to come.
#[derive(Debug, Default)]
pub struct Bells {
    left: u8,
    next: Option<Instant>,
}

impl Bells {
    /// Rings so often from now on. A pattern that is still ringing gives way to a longer one.
    pub fn ring(&mut self, times: u8, now: Instant) {
        if times > self.left {
            self.left = times;
            self.next.get_or_insert(now);
        }
    }

    /// Whether it rings now.
    pub fn due(&mut self, now: Instant) -> bool {
        if self.next.is_none_or(|at| at > now) {
            return false;
        }
        self.left = self.left.saturating_sub(1);
        self.next = (self.left > 0).then_some(now + GAP);
        true
    }

    /// When it rings next.
    pub fn next(&self) -> Option<Instant> {
        self.next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_rings_as_often_as_it_says_and_never_faster_than_a_terminal_takes() {
        let mut bells = Bells::default();
        let mut now = Instant::now();
        bells.ring(3, now);
        let mut rung = Vec::new();
        while let Some(at) = bells.next() {
            now = now.max(at);
            assert!(bells.due(now));
            assert!(!bells.due(now));
            rung.push(now);
        }
        assert_eq!(rung.len(), 3);
        assert!(rung.windows(2).all(|w| w[1] - w[0] >= GAP));
    }

    #[test]
    fn nothing_rings_that_is_set_to_nothing() {
        let mut bells = Bells::default();
        let silent = Patterns {
            ok: 0,
            ..Patterns::default()
        };
        bells.ring(silent.times(Ring::Ok), Instant::now());
        assert_eq!(bells.next(), None);
    }
}
