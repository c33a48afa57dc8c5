//! A clock that never goes back, and says since when it has run without a step. What waits for a
//! late effect must wait for real time: a clock set forward would end the wait too early, and a clock
//! set back would make an old reading look fresh.

use std::sync::{Mutex, PoisonError};

use std::time::Duration;

use crate::domain::Stamp;

/// A difference that the slow correction of a clock does not make.
const STEP: chrono::Duration = chrono::Duration::seconds(5);

/// The engine's time: the wall's at the start, then as much as really passed. A wall clock set forward
/// is followed, and everything that waits begins to wait again; one set back is not.
#[derive(Debug)]
pub struct SteadyClock {
    state: Mutex<State>,
}

#[derive(Clone, Copy, Debug)]
struct State {
    base: Stamp,
    since: Stamp,
    behind: chrono::Duration,
}

impl SteadyClock {
    /// A clock that starts at `wall`.
    pub fn new(wall: Stamp) -> Self {
        Self {
            state: Mutex::new(State {
                base: wall,
                since: wall,
                behind: chrono::Duration::zero(),
            }),
        }
    }

    /// The time, when the wall shows `wall` and `elapsed` has passed since the start.
    pub fn read(&self, wall: Stamp, elapsed: Duration) -> Stamp {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = chrono::Duration::from_std(elapsed).unwrap_or_default();
        let drift = wall - (state.base + passed);
        if drift > STEP {
            state.base += drift;
            state.since = state.base + passed;
        }
        state.behind = (-drift).max(chrono::Duration::zero());
        state.base + passed
    }

    /// Since when there was no step.
    pub fn steady_since(&self) -> Stamp {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .since
    }

    /// How far the wall clock was set back, if it was.
    pub fn wall_behind(&self) -> Option<chrono::Duration> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        (state.behind > STEP).then_some(state.behind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(s: i64) -> Stamp {
        chrono::DateTime::from_timestamp(1_800_000_000 + s, 0).expect("a time")
    }

    #[test]
    fn it_follows_forward_and_never_goes_back() {
        let clock = SteadyClock::new(wall(0));
        let read = |w, s| clock.read(wall(w), Duration::from_secs(s));
        assert_eq!(read(10, 10), wall(10));
        assert_eq!((clock.steady_since(), clock.wall_behind()), (wall(0), None));
        // An hour forward: followed, and said.
        assert_eq!(read(3_611, 11), wall(3_611));
        assert_eq!(clock.steady_since(), wall(3_611));
        // Back to where it was: not followed.
        assert_eq!(read(12, 12), wall(3_612));
        assert_eq!(clock.steady_since(), wall(3_611));
        assert_eq!(clock.wall_behind(), Some(chrono::Duration::seconds(3_600)));
        // Set right again.
        assert_eq!(read(3_620, 20), wall(3_620));
        assert_eq!(clock.wall_behind(), None);
    }
}
