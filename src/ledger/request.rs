//! What the ledger is asked, as plain messages: the same for the writer's thread and for a
//! simulation that drives the core directly.

use crate::domain::{
    Awb, Call, Clean, InvoiceId, LocationKey, Operator, OrderRecord, Stamp,
    event::{Event, IntentDetail},
    request::InventoryItem,
    tracking::TrackingStatus,
};

use super::{
    error::{BeginError, LedgerError},
    options::Begin,
};

/// Reads an order and says what to record, or why not.
pub type Guard = Box<dyn FnOnce(&OrderRecord) -> Result<Vec<Event>, Clean> + Send>;

/// One step of the ledger: checked and recorded as a whole, or not at all.
pub enum Request {
    /// Gate check and intent.
    Begin {
        /// What the intent keeps of the request.
        detail: IntentDetail,
        /// Digest of the whole request.
        digest: String,
        /// Who, when, how fresh.
        begin: Begin,
    },
    /// Gate check and intent of a push of quantities.
    BeginStock {
        /// Warehouse.
        location: LocationKey,
        /// What to set.
        items: Vec<InventoryItem>,
        /// Digest of the whole request.
        digest: String,
        /// Who and when.
        begin: Begin,
    },
    /// Events that need no gate: what was seen, answered or decided.
    Record {
        /// Who.
        by: Operator,
        /// When.
        at: Stamp,
        /// What.
        events: Vec<Event>,
    },
    /// Read, check, record.
    Decide {
        /// Who.
        by: Operator,
        /// When.
        at: Stamp,
        /// Which order.
        invoice: InvoiceId,
        /// The check.
        guard: Guard,
    },
}

/// The answer to a request, in kind.
#[derive(Debug)]
pub enum Response {
    /// To both kinds of begin.
    Begun(Result<Begun, BeginError>),
    /// To a record: the last position.
    Recorded(Result<u64, LedgerError>),
    /// To a decision: the last position, or the guard's no.
    Decided(Result<Result<u64, Clean>, LedgerError>),
}

/// A durable intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Its position.
    pub intent: u64,
    /// 1 for the first.
    pub attempt: u16,
    /// Not to be sent after.
    pub not_after: Stamp,
}

impl Request {
    /// The same kind of answer, failed.
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Begin { .. } | Self::BeginStock { .. } => Kind::Begin,
            Self::Record { .. } => Kind::Record,
            Self::Decide { .. } => Kind::Decide,
        }
    }
}

/// Kinds of requests.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Begin,
    Record,
    Decide,
}

impl Kind {
    pub fn failed(self, error: LedgerError) -> Response {
        match self {
            Self::Begin => Response::Begun(Err(error.into())),
            Self::Record => Response::Recorded(Err(error)),
            Self::Decide => Response::Decided(Err(error)),
        }
    }
}

/// The AWBs that a request names, with their orders.
pub(super) fn awbs_of(detail: &IntentDetail) -> Vec<(InvoiceId, &Awb)> {
    match detail {
        IntentDetail::Assign { invoice, awb, .. }
        | IntentDetail::Tracking { invoice, awb, .. }
        | IntentDetail::CancelBooking { invoice, awb } => vec![(*invoice, awb)],
        IntentDetail::Manifest { members, .. } => members.iter().map(|(i, a)| (*i, a)).collect(),
        IntentDetail::Book { .. } | IntentDetail::Confirm { .. } => Vec::new(),
    }
}

/// The status that a request tells.
pub(super) fn telling(detail: &IntentDetail) -> Option<TrackingStatus> {
    match detail {
        IntentDetail::Tracking { status, .. } => Some(*status),
        _ => None,
    }
}

/// Whether the call concerns the AWB that travels (or one that will not).
pub(super) fn needs_live_awb(call: Call) -> bool {
    call != Call::CancelBooking
}
