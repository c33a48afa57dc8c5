//! The gate's yes, in a form that a client can demand by type.

use tokio::time::Instant;

use crate::domain::{Operator, Stamp, request::WriteRequest};

/// The right to send one request once. Only the ledger makes one, after the intent is durable;
/// clients that change something remotely take it by reference, so a call out of sequence does not
/// compile. It cannot be cloned: settling the call consumes it.
#[derive(Debug)]
pub struct Permit<R: WriteRequest> {
    request: R,
    intent: u64,
    attempt: u16,
    not_after: Stamp,
    ends: Option<Instant>,
    by: Operator,
}

impl<R: WriteRequest> Permit<R> {
    pub(in crate::ledger) fn new(
        request: R,
        intent: u64,
        attempt: u16,
        not_after: Stamp,
        ends: Option<Instant>,
        by: Operator,
    ) -> Self {
        Self {
            request,
            intent,
            attempt,
            not_after,
            ends,
            by,
        }
    }

    /// What to send: exactly what the intent recorded.
    pub fn request(&self) -> &R {
        &self.request
    }

    /// Journal position of the intent.
    pub fn intent(&self) -> u64 {
        self.intent
    }

    /// 1 for the first attempt of this call on this order.
    pub fn attempt(&self) -> u16 {
        self.attempt
    }

    /// Who asked.
    pub fn by(&self) -> &Operator {
        &self.by
    }

    /// Whether the request may still be sent, by the clock that `not_after` is of and by the time that really
    /// passed. Past this instant a reconciling reader may already have concluded that it was never sent.
    pub fn is_live(&self, now: Stamp) -> bool {
        now <= self.not_after && self.may_be_sent()
    }

    /// The same, by the time alone that passed since the permit was asked for: whoever sends knows no other
    /// clock, and the wall's may be set at any moment.
    pub fn may_be_sent(&self) -> bool {
        self.ends.is_none_or(|ends| Instant::now() <= ends)
    }

    /// The last instant to send at.
    pub fn not_after(&self) -> Stamp {
        self.not_after
    }
}

#[cfg(test)]
impl<R: WriteRequest> Permit<R> {
    /// A permit for tests of the clients.
    pub(crate) fn for_test(request: R) -> Self {
        let never = chrono::DateTime::<chrono::Utc>::MAX_UTC;
        Self::new(request, 1, 1, never, None, Operator::engine())
    }

    /// The same, with an end; by the wall clock its end is long past.
    pub(crate) fn for_test_until(request: R, ends: Instant) -> Self {
        let past = chrono::DateTime::<chrono::Utc>::MIN_UTC;
        Self::new(request, 1, 1, past, Some(ends), Operator::engine())
    }
}
