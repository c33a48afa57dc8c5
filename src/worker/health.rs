//! How each remote answers: whether it is down, and whether it denies us.

use std::{sync::Mutex, time::Duration};

use tokio::time::Instant;

use crate::{
    domain::{Clean, FailureKind, ReadError, Stamp, Verdict},
    handle::{Link, LinkState},
};

/// Failures in a row before a remote counts as down and is only probed.
const DOWN_AFTER: u32 = 6;

/// How a remote answers.
#[derive(Debug)]
pub struct Health {
    state: Mutex<HealthState>,
}

#[derive(Debug)]
struct HealthState {
    link: Link,
    failures: u32,
    probe_at: Option<Instant>,
    wait: Duration,
    writes: Denial,
    reads: Denial,
    /// Calls that were answered with sense.
    answers: u64,
}

/// Denials that lie closer together than this are one: calls under way with a token that just ended.
const DENIALS_APART: Duration = Duration::from_secs(1);

/// Denials in a row before nothing but a probe is sent.
const DENIED_AFTER: u32 = 6;

/// First and longest wait between two probes of who is denied.
const DENIED_WAIT: Duration = Duration::from_mins(1);
const DENIED_WAIT_MAX: Duration = Duration::from_mins(30);

/// HTTP 401 or 403 again and again: no login, no order and no time mends a key without rights.
#[derive(Debug)]
struct Denial {
    count: u32,
    last: Option<Instant>,
    until: Option<Instant>,
    wait: Duration,
    says: Clean,
}

impl Default for Denial {
    fn default() -> Self {
        Self {
            count: 0,
            last: None,
            until: None,
            wait: DENIED_WAIT,
            says: Clean::default(),
        }
    }
}

impl Denial {
    fn note(&mut self, says: &Clean) {
        let now = Instant::now();
        self.says = says.clone();
        if self.last.is_some_and(|at| now - at < DENIALS_APART) {
            return;
        }
        self.last = Some(now);
        self.count = self.count.saturating_add(1);
        if self.count >= DENIED_AFTER {
            self.until = Some(now + self.wait);
            self.wait = (self.wait * 2).min(DENIED_WAIT_MAX);
        }
    }

    /// What was said, if nothing may be sent. Where it may, it is the one probe of this wait.
    fn stops(&mut self) -> Option<Clean> {
        let until = self.until?;
        let now = Instant::now();
        if now < until {
            return Some(self.says.clone());
        }
        self.until = Some(now + self.wait);
        None
    }
}

impl Default for Health {
    fn default() -> Self {
        Self {
            state: Mutex::new(HealthState {
                link: Link {
                    state: LinkState::Untried,
                    ok_at: None,
                    says: Clean::default(),
                },
                failures: 0,
                probe_at: None,
                wait: Duration::from_secs(1),
                writes: Denial::default(),
                reads: Denial::default(),
                answers: 0,
            }),
        }
    }
}

impl Health {
    /// Whether it may be called: always, but when it is down one call at a time finds out.
    pub fn may_call(&self) -> bool {
        let mut s = self.lock();
        let Some(at) = s.probe_at else {
            return true;
        };
        if Instant::now() < at {
            return false;
        }
        s.wait = (s.wait * 2).min(Duration::from_secs(30));
        s.probe_at = Some(Instant::now() + s.wait);
        true
    }

    /// Why no write is sent now: one after the other was denied. Asked before each; one a while goes through.
    pub fn writes_denied(&self) -> Option<Clean> {
        self.lock().writes.stops()
    }

    /// The same of reads.
    pub fn reads_denied(&self) -> Option<Clean> {
        self.lock().reads.stops()
    }

    /// What the remote says to our writes, if it denies one after the other; asks for no probe.
    pub fn denies(&self) -> Option<Clean> {
        let s = self.lock();
        s.writes.until.map(|_| s.writes.says.clone())
    }

    /// Whether it is neither down nor denying us, as far as is known; asks for no probe.
    pub fn stands(&self) -> bool {
        let s = self.lock();
        s.probe_at.is_none() && s.writes.until.is_none()
    }

    /// Whether a write would be let through now.
    pub fn may_write(&self) -> bool {
        let s = self.lock();
        s.writes.until.is_none_or(|until| Instant::now() >= until)
    }

    /// Whoever looked wants it tried at once.
    pub fn try_again(&self) {
        let mut s = self.lock();
        s.writes = Denial::default();
        s.reads = Denial::default();
    }

    /// How many calls were answered with sense so far.
    pub fn answers(&self) -> u64 {
        self.lock().answers
    }

    /// An answer that made sense, be it a refusal.
    pub fn answered(&self, now: Stamp) {
        let mut s = self.lock();
        s.answers += 1;
        s.failures = 0;
        s.probe_at = None;
        s.wait = Duration::from_secs(1);
        s.link = Link {
            state: LinkState::Up,
            ok_at: Some(now),
            says: Clean::default(),
        };
    }

    /// Something else.
    pub fn failed(&self, kind: LinkState, says: &Clean) {
        let mut s = self.lock();
        s.link.says = says.clone();
        if matches!(kind, LinkState::Throttled | LinkState::Denied) {
            s.link.state = kind;
            return;
        }
        s.failures += 1;
        if s.failures >= DOWN_AFTER {
            s.link.state = LinkState::Down;
            s.probe_at = Some(Instant::now() + s.wait);
        } else {
            s.link.state = LinkState::Shaky;
        }
    }

    /// Notes the end of a read.
    pub fn note_read<T>(&self, result: &Result<T, ReadError>, now: Stamp) {
        match result {
            Ok(_) | Err(ReadError::Refused(_) | ReadError::Nothing(_)) => {
                self.lock().reads = Denial::default();
            }
            Err(ReadError::Unauthorized(says)) => self.lock().reads.note(says),
            Err(_) => {}
        }
        self.note_login(result, now);
    }

    /// Notes the end of a login, which says nothing of what the token is good for.
    pub fn note_login<T>(&self, result: &Result<T, ReadError>, now: Stamp) {
        match result {
            Ok(_) | Err(ReadError::Refused(_) | ReadError::Nothing(_)) => self.answered(now),
            Err(ReadError::Throttled { .. }) => {
                self.failed(LinkState::Throttled, &Clean::new("asks for fewer calls"));
            }
            Err(ReadError::Unauthorized(says) | ReadError::CoolDown(says)) => {
                self.failed(LinkState::Denied, says);
            }
            Err(
                ReadError::NeverSent(says)
                | ReadError::Unreachable(says)
                | ReadError::Server(says)
                | ReadError::Garbled(says),
            ) => {
                self.failed(LinkState::Down, says);
            }
        }
    }

    /// Notes the end of a write.
    pub fn note_verdict<T>(&self, verdict: &Verdict<T>, now: Stamp) {
        match verdict {
            Verdict::Applied(_) | Verdict::Accepted(_) => {
                self.lock().writes = Denial::default();
                self.answered(now);
            }
            Verdict::NotApplied(failure) => self.note_failure(failure.kind, &failure.says, now),
            Verdict::Unknown(saw) => self.failed(LinkState::Down, saw),
        }
    }

    /// Notes a write that was certainly not applied.
    fn note_failure(&self, kind: FailureKind, says: &Clean, now: Stamp) {
        match kind {
            FailureKind::Unreachable => self.failed(LinkState::Down, says),
            FailureKind::Throttled => self.failed(LinkState::Throttled, says),
            FailureKind::Unauthorized => {
                self.lock().writes.note(says);
                self.failed(LinkState::Denied, says);
            }
            FailureKind::Account => self.failed(LinkState::Denied, says),
            FailureKind::Rejected => {
                self.lock().writes = Denial::default();
                self.answered(now);
            }
            FailureKind::TooLate | FailureKind::NotSeen => {}
        }
    }

    /// For the header.
    pub fn link(&self) -> Link {
        self.lock().link.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HealthState> {
        // Nothing under this lock can panic halfway through a change.
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
