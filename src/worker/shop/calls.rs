//! Calls: paid for, logged in, and where they only read, tried again.

use std::time::Duration;

use super::Shop;
use crate::{
    domain::{Clean, ReadError, event::Event},
    easyecom::TokenState,
    ledger::LedgerError,
    worker::{
        ports::Remotes,
        traffic::{Class, NoCall},
    },
};

/// Tries of one read before whoever asked is told.
const READ_TRIES: u32 = 3;

/// Longest wait between two logins that do not help, and longest that the remote may ask for.
const LOGIN_WAIT_MAX: Duration = Duration::from_mins(30);
const LOGIN_ASKED_MAX: Duration = Duration::from_hours(1);

/// The last login.
#[derive(Debug, Default)]
pub(super) struct Login {
    at: Option<tokio::time::Instant>,
    /// Not again before, unless calls were answered since.
    wait: Duration,
    failed: Option<ReadError>,
    /// Calls answered when it had ended.
    answers: u64,
}

impl Login {
    /// Why the next one waits.
    fn why(&self) -> ReadError {
        self.failed.clone().unwrap_or_else(|| {
            ReadError::Unauthorized("the token was refused right after each login".into())
        })
    }
}

/// Why a remote call was not made.
#[derive(Clone, Debug)]
pub(in crate::worker) enum NotCalled {
    /// The day's calls for it are used up.
    Spent,
    /// No login.
    Login(ReadError),
    /// The remote denied one call after the other; what it says.
    Denied(Clean),
    /// The store failed.
    Store(LedgerError),
    /// The engine stops.
    Stopping,
}

impl std::fmt::Display for NotCalled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Spent => f.write_str(
                "the day's calls for this are used up; it goes on tomorrow, or raise the tier",
            ),
            Self::Login(e) => write!(f, "EasyEcom login: {e}"),
            Self::Denied(says) => write!(
                f,
                "not sent: one call after the other was denied (HTTP 401 or 403), and it is tried only now and then; \
                 look at the key and its rights with `raftaar doctor`, then `raftaar resume` tries at once: {says}"
            ),
            Self::Store(e) => write!(f, "{e}"),
            Self::Stopping => f.write_str("the engine is stopping"),
        }
    }
}

impl<R: Remotes> Shop<R> {
    /// Waits for the right to make one call at EasyEcom. Taken before an intent is written: what
    /// waits for a turn must not age.
    pub async fn allow(&self, class: Class) -> Result<(), NotCalled> {
        loop {
            if self.stop.is_cancelled() {
                return Err(NotCalled::Stopping);
            }
            match self.meter.try_take(class, self.now()) {
                Ok(()) => return Ok(()),
                Err(NoCall::Spent) => return Err(NotCalled::Spent),
                Err(NoCall::Lease(day, used)) => {
                    self.record(vec![Event::QuotaLeased { day, used }])
                        .await
                        .map_err(NotCalled::Store)?;
                    self.meter.leased(day, used);
                }
                Err(NoCall::Wait(wait)) => {
                    tokio::select! {
                        () = tokio::time::sleep(wait) => {}
                        () = self.stop.cancelled() => return Err(NotCalled::Stopping),
                    }
                }
            }
        }
    }

    /// Sees to a token that will be taken. One login at a time, never two within the cool-down, and more and
    /// more seldom while they do not help.
    pub async fn log_in(&self) -> Result<(), NotCalled> {
        if matches!(self.remotes.token_state(), TokenState::Fresh) {
            return Ok(());
        }
        let mut last = self.login.lock().await;
        let state = self.remotes.token_state();
        if matches!(state, TokenState::Fresh) {
            return Ok(());
        }
        let gap = self.config.limits.login_gap;
        let helped = last.failed.is_none() && self.easyecom.answers() > last.answers;
        if let Some(at) = last.at {
            let again = at + if helped { gap } else { last.wait.max(gap) };
            let now = tokio::time::Instant::now();
            if now < again {
                // An ageing token still works meanwhile.
                if matches!(state, TokenState::Ageing) {
                    return Ok(());
                }
                if again - now > gap {
                    return Err(NotCalled::Login(last.why()));
                }
                tokio::select! {
                    () = tokio::time::sleep_until(again) => {}
                    () = self.stop.cancelled() => return Err(NotCalled::Stopping),
                }
            }
        }
        self.allow(Class::Settle).await?;
        let longer = if last.at.is_none() || helped {
            gap
        } else {
            (last.wait * 2).min(LOGIN_WAIT_MAX)
        };
        last.at = Some(tokio::time::Instant::now());
        let result = self.remotes.login().await;
        if matches!(result, Err(ReadError::NeverSent(_))) {
            self.meter.give_back();
        }
        self.easyecom.note_login(&result, self.now());
        last.answers = self.easyecom.answers();
        last.failed = result.as_ref().err().cloned();
        last.wait = match &result {
            Err(ReadError::Throttled { retry_after_s }) => {
                let asked = retry_after_s.map_or(0, u64::from);
                longer.max(Duration::from_secs(asked).min(LOGIN_ASKED_MAX))
            }
            // The line, not the credentials.
            Err(ReadError::NeverSent(_) | ReadError::Unreachable(_) | ReadError::Server(_)) => gap,
            _ => longer,
        };
        match result {
            Ok(()) => {
                self.alarm("login", None);
                Ok(())
            }
            Err(error) => {
                let minutes = last.wait.as_secs().div_ceil(60);
                self.alarm(
                    "login",
                    Some(&format!(
                        "EasyEcom login failed: {error}; nothing is read or sent there, and it is tried again in \
                         {minutes} min; check the credentials with `raftaar doctor`, then restart the engine"
                    )),
                );
                Err(NotCalled::Login(error))
            }
        }
    }

    /// Whoever looked wants what was denied tried at once.
    pub fn try_again(&self) {
        self.easyecom.try_again();
        self.carrier.try_again();
        self.alarm("denied", None);
        self.alarm("denied-dtdc", None);
        // Who logs in right now has it, and is as good.
        if let Ok(mut last) = self.login.try_lock() {
            last.wait = self.config.limits.login_gap;
        }
    }

    /// Notes the end of a read at EasyEcom. What never left used none of the day's calls.
    fn note_read<T>(&self, result: &Result<T, ReadError>) {
        if matches!(result, Err(ReadError::NeverSent(_))) {
            self.meter.give_back();
        }
        self.easyecom.note_read(result, self.now());
    }

    /// Reads something at EasyEcom: logged in, metered, tried a few times.
    pub async fn read<T, F>(&self, class: Class, read: impl Fn() -> F) -> Result<T, ReadFailed>
    where
        F: Future<Output = Result<T, ReadError>>,
    {
        let mut tries = 0;
        loop {
            self.log_in().await.map_err(ReadFailed::NotCalled)?;
            if let Some(says) = self.easyecom.reads_denied() {
                return Err(ReadFailed::NotCalled(NotCalled::Denied(says)));
            }
            self.allow(class).await.map_err(ReadFailed::NotCalled)?;
            let result = read().await;
            self.note_read(&result);
            let error = match result {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            if let ReadError::Throttled { retry_after_s } = &error {
                self.meter.throttled(*retry_after_s);
            }
            tries += 1;
            let hopeless = matches!(error, ReadError::Refused(_) | ReadError::Nothing(_));
            // Where EasyEcom is down one call finds out as much as three.
            if hopeless || tries >= READ_TRIES || !self.easyecom.may_call() {
                return Err(ReadFailed::Remote(error));
            }
            if !matches!(error, ReadError::Unauthorized(_)) {
                tokio::time::sleep(self.backoff(tries)).await;
            }
        }
    }
}

/// Why a read gave nothing.
#[derive(Clone, Debug)]
pub(in crate::worker) enum ReadFailed {
    /// It was not made.
    NotCalled(NotCalled),
    /// The remote failed or refused.
    Remote(ReadError),
    /// It was read, and cannot be relied on; why.
    Doubtful(Clean),
}

impl std::fmt::Display for ReadFailed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotCalled(why) => write!(f, "{why}"),
            Self::Remote(error) => write!(f, "{error}"),
            Self::Doubtful(why) => write!(f, "{why}"),
        }
    }
}
