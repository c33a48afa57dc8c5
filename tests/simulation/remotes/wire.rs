//! The line between the engine and the world: every call takes virtual time and may go wrong before or
//! after its effect, or be the last of a life.

use std::time::Duration;

use rand::Rng;

use super::SimRemotes;
use crate::{
    outside::{Kill, TIMEOUT},
    scenario::{Hit, Planted},
    world::World,
};
use raftaar::domain::{Clean, Failure, FailureKind, ReadError, Stamp, Verdict};

/// Whose budget a call uses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    EasyEcom,
    Dtdc,
}

impl SimRemotes {
    pub(super) async fn latency(&self) {
        let ms = self.outside().rng.random_range(20..400);
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }

    /// The engine dies here: nothing of it runs on.
    async fn die(&self, kill: Kill, here: Kill) {
        if kill == here {
            self.outside().kill.notify_one();
            std::future::pending::<()>().await;
        }
    }

    /// A call is made: what becomes of it.
    fn make(&self, whose: Whose, what: &str) -> (Hit, Kill) {
        let now = self.truth();
        let mut o = self.outside();
        if whose == Whose::EasyEcom {
            o.world.spend(now);
        }
        let (hit, kill) = o.next_hit(what, now);
        o.note(now, || match hit {
            Hit::None => format!("call {what}"),
            hit => format!("call {what}: {hit:?}"),
        });
        (hit, kill)
    }

    pub(super) async fn read<T>(
        &self,
        whose: Whose,
        what: &str,
        look: impl FnOnce(&mut World, Stamp) -> T,
    ) -> Result<T, ReadError> {
        let (hit, kill) = self.make(whose, what);
        self.latency().await;
        self.die(kill, Kill::Before).await;
        match hit {
            Hit::Unauthorized => return Err(ReadError::Unauthorized("Invalid Api token.".into())),
            Hit::Throttled => {
                return Err(ReadError::Throttled {
                    retry_after_s: None,
                });
            }
            Hit::Unreachable | Hit::LostBefore | Hit::Late(_) => {
                return Err(ReadError::Unreachable("connection lost".into()));
            }
            Hit::ServerError | Hit::LostAfter => return Err(ReadError::Server("500".into())),
            Hit::Slow => tokio::time::sleep(Duration::from_secs(10)).await,
            Hit::None => {}
        }
        self.die(kill, Kill::After).await;
        let now = self.truth();
        let mut o = self.outside();
        o.catch_up(now);
        Ok(look(&mut o.world, now))
    }

    pub(super) async fn write<T: Default>(
        &self,
        whose: Whose,
        what: &str,
        apply: impl FnOnce(&mut World, Stamp) -> Result<T, String> + Send + 'static,
    ) -> Verdict<T> {
        let verdict = self.send(whose, what, apply).await;
        match verdict {
            Verdict::Unknown(saw) if self.planted == Some(Planted::BlindRetry) => {
                Verdict::NotApplied(Failure::new(FailureKind::Unreachable, saw.as_str()))
            }
            other => other,
        }
    }

    async fn send<T: Default>(
        &self,
        whose: Whose,
        what: &str,
        apply: impl FnOnce(&mut World, Stamp) -> Result<T, String> + Send + 'static,
    ) -> Verdict<T> {
        let (hit, kill) = self.make(whose, what);
        let unknown = |saw: &str| Verdict::Unknown(Clean::new(saw));
        let not = |kind, says: &str| Verdict::NotApplied(Failure::new(kind, says));
        self.latency().await;
        self.die(kill, Kill::Before).await;
        match hit {
            Hit::Unreachable => return not(FailureKind::Unreachable, "no connection"),
            Hit::Throttled => return not(FailureKind::Throttled, "429"),
            Hit::Unauthorized => return not(FailureKind::Unauthorized, "401"),
            Hit::LostBefore | Hit::ServerError => {
                tokio::time::sleep(Duration::from_secs(2)).await;
                return unknown("500");
            }
            Hit::Late(seconds) => {
                let at = self.truth() + chrono::Duration::seconds(seconds);
                let effect = move |world: &mut World, at: Stamp| {
                    let _ = apply(world, at);
                };
                self.outside().later(at, Box::new(effect));
                return unknown("connection lost");
            }
            Hit::None | Hit::LostAfter | Hit::Slow => {}
        }
        let now = self.truth();
        let result = {
            let mut o = self.outside();
            o.catch_up(now);
            let result = apply(&mut o.world, now);
            if let Err(says) = &result {
                o.note(now, || format!("refused {what}: {says}"));
            }
            result
        };
        self.die(kill, Kill::After).await;
        match hit {
            Hit::LostAfter => return unknown("connection lost"),
            Hit::Slow => {
                tokio::time::sleep(TIMEOUT).await;
                return unknown("timeout");
            }
            _ => self.latency().await,
        }
        match result {
            Ok(value) => Verdict::Applied(value),
            Err(says) => not(FailureKind::Rejected, &says),
        }
    }
}
