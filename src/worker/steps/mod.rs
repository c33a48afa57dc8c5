//! The calls of the seven steps. Each takes its turn, asks the ledger, sends once, and records what
//! came of it.

pub mod assign;
mod base;
pub mod book;
pub mod cancel;
pub mod confirm;
pub mod documents;
pub mod manifest;
pub mod reconcile;
pub mod tell;
pub mod track;

use super::{
    ports::Remotes,
    shop::{NotCalled, Shop, lock},
    traffic::Class,
};
use crate::{
    domain::{
        Call, Clean, Failure, FailureKind, InvoiceId, Operator, OrderRecord, Verdict,
        event::{Gave, Outcome},
        gate::Refusal,
        outcome::{Evidence, Proof},
        request::WriteRequest,
    },
    handle::ItemEnd,
    ledger::{Begin, BeginError, LedgerError, Permit},
};

/// What came of one call for one order.
#[derive(Clone, Debug)]
pub enum End {
    /// Done or taken; in words.
    Taken(Clean),
    /// Put off until something else has happened; what.
    Waits(Clean),
    /// The gate said no.
    Refused(Refusal),
    /// Certainly not applied; it is tried again.
    NotApplied(Failure),
    /// Not known; it is settled by reading.
    Unknown(Clean),
    /// Nothing was sent; why.
    NotSent(Clean),
    /// No such order.
    NotHeld,
}

impl End {
    /// For whoever asked.
    pub fn into_item(self) -> ItemEnd {
        match self {
            Self::Taken(says) | Self::Waits(says) => ItemEnd::Taken { says },
            Self::Refused(refusal) => ItemEnd::Refused { refusal },
            Self::NotApplied(failure) => ItemEnd::Failed {
                says: Clean::new(&format!(
                    "not applied: {}; it will be tried again",
                    failure.says
                )),
                unknown: false,
            },
            Self::Unknown(saw) => ItemEnd::Failed {
                says: Clean::new(&format!(
                    "sent, outcome not known ({saw}); the remote is read before anything is sent again"
                )),
                unknown: true,
            },
            Self::NotSent(says) => ItemEnd::Failed {
                says,
                unknown: false,
            },
            Self::NotHeld => ItemEnd::NotHeld,
        }
    }
}

impl From<NotCalled> for End {
    fn from(why: NotCalled) -> Self {
        Self::NotSent(Clean::new(&why.to_string()))
    }
}

impl From<LedgerError> for End {
    fn from(error: LedgerError) -> Self {
        Self::NotSent(Clean::new(&error.to_string()))
    }
}

/// A write at EasyEcom for one order, from taking its turn to recording its end.
pub(super) async fn write<R, Q, T>(
    shop: &Shop<R>,
    class: Class,
    by: &Operator,
    request: Q,
    send: impl AsyncFnOnce(&Permit<Q>) -> Verdict<T>,
    check_in: std::time::Duration,
) -> End
where
    R: Remotes,
    Q: WriteRequest,
{
    let Some(&id) = request.invoices().first() else {
        return End::NotHeld;
    };
    if let Err(why) = ready_to_write(shop, class).await {
        return why.into();
    }
    let permit = match begin(shop, request, by, shop.config.settle.settle()).await {
        Ok(permit) => permit,
        Err(end) => {
            shop.meter.give_back();
            return end;
        }
    };
    let verdict = if permit.is_live(shop.now()) {
        send(&permit).await
    } else {
        shop.meter.give_back();
        too_late()
    };
    note_easyecom(shop, &verdict);
    record_end(shop, id, permit, verdict, check_in).await
}

/// Sees to the right to make one write at EasyEcom.
pub(super) async fn ready_to_write<R: Remotes>(
    shop: &Shop<R>,
    class: Class,
) -> Result<(), NotCalled> {
    shop.log_in().await?;
    if let Some(says) = shop.easyecom.writes_denied() {
        return Err(NotCalled::Denied(says));
    }
    shop.allow(class).await
}

/// Records what became of a write for one order, and says it.
pub(super) async fn record_end<R: Remotes, Q: WriteRequest, T>(
    shop: &Shop<R>,
    id: InvoiceId,
    permit: Permit<Q>,
    verdict: Verdict<T>,
    check_in: std::time::Duration,
) -> End {
    let tries = u32::from(permit.attempt());
    let (outcome, end) = conclude(shop, Q::CALL, verdict, tries, check_in);
    settle(shop, permit, vec![(id, outcome)])
        .await
        .map_or_else(End::from, |()| end)
}

/// The order, or how asking for it ends.
pub(super) fn held<R: Remotes>(shop: &Shop<R>, id: InvoiceId) -> Result<OrderRecord, End> {
    shop.reader.order(id)?.ok_or(End::NotHeld)
}

/// The verdict on a request whose time had passed before it was sent.
pub(super) fn too_late<T>() -> Verdict<T> {
    Verdict::NotApplied(Failure::too_late())
}

/// Asks the ledger for a permit.
pub(super) async fn begin<R: Remotes, Q: WriteRequest>(
    shop: &Shop<R>,
    request: Q,
    by: &Operator,
    settle: chrono::Duration,
) -> Result<Permit<Q>, End> {
    begin_all(shop, request, by, settle)
        .await
        .map_err(|no| match no {
            No::Members(refused) => refused
                .into_iter()
                .next()
                .map_or(End::NotHeld, End::Refused),
            No::All(end) => end,
        })
}

/// Why there is no permit.
pub(super) enum No {
    /// These members may not; nothing was recorded, so that the others can be asked for.
    Members(Vec<Refusal>),
    /// Nobody may.
    All(End),
}

/// Asks the ledger for a permit for many orders.
pub(super) async fn begin_all<R: Remotes, Q: WriteRequest>(
    shop: &Shop<R>,
    request: Q,
    by: &Operator,
    settle: chrono::Duration,
) -> Result<Permit<Q>, No> {
    if let Some(says) = lock(&shop.live).failed.clone() {
        return Err(No::All(End::NotSent(says)));
    }
    let fresh_at = lock(&shop.live).fresh_at;
    let begin = Begin {
        by: by.clone(),
        now: shop.now(),
        fresh_at,
        settle,
    };
    shop.ledger
        .begin(request, begin)
        .await
        .map_err(|error| match error {
            BeginError::Refused(refusal) => No::All(End::Refused(refusal)),
            BeginError::MembersRefused(refusals) => No::Members(refusals),
            BeginError::NotHeld(_) => No::All(End::NotHeld),
            BeginError::Failed(error) => {
                shop.store_failed(&error);
                No::All(error.into())
            }
        })
}

/// Records the end of a call.
pub(super) async fn settle<R: Remotes, Q: WriteRequest>(
    shop: &Shop<R>,
    permit: Permit<Q>,
    outcomes: Vec<(InvoiceId, Outcome)>,
) -> Result<(), LedgerError> {
    let result = shop.ledger.settle(permit, shop.now(), outcomes).await;
    if let Err(error) = &result {
        shop.store_failed(error);
    }
    result
}

/// What EasyEcom's answer says about EasyEcom.
pub(super) fn note_easyecom<R: Remotes, T>(shop: &Shop<R>, verdict: &Verdict<T>) {
    shop.easyecom.note_verdict(verdict, shop.now());
    if let Verdict::NotApplied(failure) = verdict
        && failure.kind == FailureKind::Throttled
    {
        shop.meter.throttled(failure.retry_after_s);
    }
    shop.say_denied("denied", "EasyEcom", &shop.easyecom);
}

/// What the carrier's answer says about the carrier.
pub(super) fn note_carrier<R: Remotes, T>(shop: &Shop<R>, verdict: &Verdict<T>) {
    shop.carrier.note_verdict(verdict, shop.now());
    shop.say_denied("denied-dtdc", "DTDC", &shop.carrier);
}

/// Turns a verdict into what the journal keeps and what the asker is told.
pub(super) fn conclude<R: Remotes, T>(
    shop: &Shop<R>,
    call: Call,
    verdict: Verdict<T>,
    tries: u32,
    check_in: std::time::Duration,
) -> (Outcome, End) {
    let soon = shop.now() + chrono::Duration::from_std(check_in).unwrap_or_default();
    match verdict {
        Verdict::Applied(_) => (
            Outcome::Applied {
                evidence: Evidence::new(Proof::Answer, "the remote answered success"),
                gave: Gave::Nothing,
            },
            End::Taken(Clean::new(&format!("{call}: done"))),
        ),
        Verdict::Accepted(_) => (
            Outcome::Accepted {
                says: Clean::new("taken; the effect is read from the order"),
                check_at: soon,
            },
            End::Taken(Clean::new(&format!(
                "{call}: taken, its effect is to be seen"
            ))),
        ),
        Verdict::NotApplied(failure) => (
            Outcome::NotApplied {
                failure: failure.clone(),
                // Booking stands still by itself, and goes on at once when somebody has looked.
                retry_at: if call == Call::Book && failure.kind == FailureKind::Account {
                    shop.now()
                } else {
                    retry_at(shop, &failure, tries)
                },
            },
            End::NotApplied(failure),
        ),
        Verdict::Unknown(saw) => (
            Outcome::Unknown {
                saw: saw.clone(),
                check_at: soon,
            },
            End::Unknown(saw),
        ),
    }
}

/// When a call that was not applied is tried again.
pub(super) fn retry_at<R: Remotes>(
    shop: &Shop<R>,
    failure: &Failure,
    tries: u32,
) -> crate::domain::Stamp {
    match (failure.kind, failure.retry_after_s) {
        (FailureKind::TooLate | FailureKind::NotSeen, _) => shop.now(),
        (_, Some(seconds)) => shop.now() + chrono::Duration::seconds(i64::from(seconds.min(3600))),
        (FailureKind::Throttled, None) => shop.retry_at(1),
        _ => shop.retry_at(tries),
    }
}

/// The gate's no to a call that lacks what its request is made of.
pub(super) fn weigh_only<R: Remotes>(shop: &Shop<R>, record: &OrderRecord, call: Call) -> End {
    match shop.weigh(call, record) {
        Err(refusal) => End::Refused(refusal),
        Ok(()) => End::NotSent(Clean::new("there is nothing to send")),
    }
}
