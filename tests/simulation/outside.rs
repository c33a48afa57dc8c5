//! What outlives a crash of the engine: the remotes' truth, effects still under way, the machine's
//! clock, and the trace.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use raftaar::domain::Stamp;
use rand::{SeedableRng, rngs::StdRng};
use tokio::sync::Notify;

use super::{
    scenario::{Faults, Hit, Script},
    world::World,
};

/// An effect that comes after its call was given up.
pub type Late = Box<dyn FnOnce(&mut World, Stamp) + Send>;

/// Lines of a trace that are kept.
const TRACE_MAX: usize = 20_000;

/// See the module.
pub struct Outside {
    /// The remotes' truth.
    pub world: World,
    /// What goes wrong from here on.
    pub faults: Faults,
    /// Until when the token is taken.
    pub token_until: Option<Stamp>,
    /// What the machine's clock shows beyond the true time.
    pub skew: chrono::Duration,
    /// Everything random outside.
    pub rng: StdRng,
    /// Fires when the engine is to be killed where it stands.
    pub kill: Arc<Notify>,
    script: Script,
    calls: u64,
    counted: u64,
    late: Vec<(Stamp, u64, Late)>,
    serial: u64,
    trace: Option<Vec<(Stamp, String)>>,
}

/// The outside, shared.
pub type Shared = Arc<Mutex<Outside>>;

/// Locks what cannot be left half-changed by a panic.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// When a call of the script kills the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kill {
    /// It does not.
    No,
    /// Before its effect.
    Before,
    /// After its effect, before its answer.
    After,
}

impl Outside {
    /// A new outside.
    pub fn new(world: World, seed: u64, faults: Faults, script: Script, trace: bool) -> Self {
        Self {
            world,
            faults,
            token_until: None,
            skew: chrono::Duration::zero(),
            rng: StdRng::seed_from_u64(seed ^ 0x5eed),
            kill: Arc::new(Notify::new()),
            script,
            calls: 0,
            counted: 0,
            late: Vec::new(),
            serial: 0,
            trace: trace.then(Vec::new),
        }
    }

    /// Applies what is late and due.
    pub fn catch_up(&mut self, now: Stamp) {
        if !self.late.is_empty() {
            self.late.sort_by_key(|(at, serial, _)| (*at, *serial));
            while self.late.first().is_some_and(|(at, ..)| *at <= now) {
                let (at, _, effect) = self.late.remove(0);
                self.note(at, || "a late effect".to_owned());
                effect(&mut self.world, at);
            }
        }
        self.world.advance(now);
    }

    /// Lets an effect come later.
    pub fn later(&mut self, at: Stamp, effect: Late) {
        self.serial += 1;
        self.late.push((at, self.serial, effect));
    }

    /// What becomes of the next call.
    pub fn next_hit(&mut self, what: &str, now: Stamp) -> (Hit, Kill) {
        self.calls += 1;
        let number = what.starts_with(self.script.of).then_some(self.counted);
        self.counted += u64::from(number.is_some());
        let kill = match self.script.kill_at {
            Some((at, after)) if Some(at) == number => {
                if after {
                    Kill::After
                } else {
                    Kill::Before
                }
            }
            _ => Kill::No,
        };
        let scripted = self.script.hits.iter().find(|(at, _)| Some(*at) == number);
        let hit = match scripted {
            Some((_, hit)) => *hit,
            None if self.token_until.is_none_or(|until| until <= now) => Hit::Unauthorized,
            None => self.faults.draw(&mut self.rng),
        };
        if hit == Hit::Unauthorized {
            self.token_until = None;
        }
        (hit, kill)
    }

    /// Calls so far.
    pub fn calls(&self) -> u64 {
        self.calls
    }

    /// Adds a line to the trace.
    pub fn note(&mut self, at: Stamp, line: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace
            && trace.len() < TRACE_MAX
        {
            trace.push((at, line()));
        }
    }

    /// The trace.
    pub fn trace(&mut self) -> Vec<(Stamp, String)> {
        self.trace.take().unwrap_or_default()
    }
}

/// How long a call waits for an answer.
pub const TIMEOUT: Duration = Duration::from_secs(30);
