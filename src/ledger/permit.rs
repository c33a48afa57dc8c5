//! The gate's yes, in a form that a client can demand by type.

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
    by: Operator,
}

impl<R: WriteRequest> Permit<R> {
    pub(in crate::ledger) fn new(
        request: R,
        intent: u64,
        attempt: u16,
        not_after: Stamp,
        by: Operator,
    ) -> Self {
        Self {
            request,
            intent,
            attempt,
            not_after,
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

    /// Whether the request may still be sent. Past this instant a reconciling reader may already
    /// have concluded that it was never sent.
    pub fn is_live(&self, now: Stamp) -> bool {
        now <= self.not_after
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
        Self::new(request, 1, 1, never, Operator::engine())
    }
}
