//! A state in the words of the design, and the record that stands for it.

use crate::domain::{
    fold::fixture::{at, awb, document, order, scan},
    ids::{Operator, OrderId, ReferenceCode},
    order::RemoteStatus,
    outcome::{Evidence, Failure, FailureKind, Proof, Signed},
    record::{
        AwbSource, Booking, BookingState, CallState, Cancelled, CancelledBy, Intent, OrderRecord,
        Park, ParkReason, Progress,
    },
    step::Call,
    tracking::TrackingStatus,
};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Remote {
    Open,
    Confirmed,
    Shipped,
    Strange,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Own {
    NotTried,
    WillRetry,
    WasRefused,
    OnItsWay,
    Taken,
    NotKnown,
    Done,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Parcel {
    None,
    Bound,
    WillNotTravel,
    Void,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Sibling {
    None,
    Confirmed,
    OriginalUnderWay,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum News {
    None,
    Forward,
    Backward,
}

/// A state in the words of the design.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    pub(super) call: Call,
    pub(super) own: Own,
    pub(super) remote: Remote,
    pub(super) cancelled: bool,
    pub(super) held: bool,
    pub(super) parked: bool,
    pub(super) sibling: Sibling,
    /// Seconds since the last reading.
    pub(super) read: Option<i64>,
    pub(super) parcel: Parcel,
    pub(super) assigned: bool,
    pub(super) confirmed: bool,
    pub(super) label: bool,
    pub(super) invoice: bool,
    /// Of other calls than the manifest itself.
    pub(super) manifest: Own,
    pub(super) news: News,
    pub(super) setting_on: bool,
}

impl State {
    pub(super) fn manifest_is(&self) -> Own {
        if self.call == Call::Manifest {
            self.own
        } else {
            self.manifest
        }
    }
    pub(super) fn assigned_is(&self) -> bool {
        if self.call == Call::Assign {
            self.own == Own::Done
        } else {
            self.assigned
        }
    }
    pub(super) fn confirmed_is(&self) -> bool {
        if self.call == Call::Confirm {
            self.own == Own::Done
        } else {
            self.confirmed
        }
    }
}

fn call_state(own: Own) -> CallState {
    let intent = Intent {
        seq: 7,
        at: at(0),
        not_after: at(4),
        settle_at: at(120),
        by: Operator::engine(),
        digest: "d".into(),
    };
    let waiting = |kind| Progress::Waiting {
        failure: Failure::new(kind, "no"),
        at: at(0),
        retry_at: at(0),
    };
    let (refused, progress) = match own {
        Own::NotTried => (0, Progress::Idle),
        Own::WillRetry => (0, waiting(FailureKind::Throttled)),
        Own::WasRefused => (1, waiting(FailureKind::Rejected)),
        Own::OnItsWay => (0, Progress::Sent { intent }),
        Own::Taken => {
            let (at, check_at) = (at(0), at(9));
            let accepted = Progress::Accepted {
                intent,
                at,
                silent: 0,
                check_at,
            };
            (0, accepted)
        }
        Own::NotKnown => {
            let (since, check_at, saw) = (at(0), at(9), "timeout".into());
            let unknown = Progress::Unknown {
                intent,
                since,
                saw,
                silent: 0,
                check_at,
            };
            (0, unknown)
        }
        Own::Done => (0, done()),
    };
    let attempts = u16::from(own != Own::NotTried);
    CallState {
        attempts,
        refused,
        strikes: refused,
        progress,
    }
}

fn done() -> Progress {
    Progress::Done {
        at: at(0),
        by: Operator::engine(),
        evidence: Evidence::new(Proof::Answer, "200"),
    }
}

fn signed() -> Signed {
    Signed {
        at: at(0),
        by: Operator::new("asha"),
        reason: "because".into(),
    }
}

pub(super) fn record(s: &State) -> OrderRecord {
    let mut r = OrderRecord::new(order(1), at(0));
    r.order.reference = ReferenceCode::new("WEB-1_OR1");
    r.order.status = match s.remote {
        Remote::Open => RemoteStatus::Open,
        Remote::Confirmed => RemoteStatus::Confirmed,
        Remote::Shipped => RemoteStatus::Shipped,
        Remote::Strange => RemoteStatus::Other("On hold".into()),
    };
    r.assign.progress = if s.assigned { done() } else { Progress::Idle };
    r.confirm.progress = if s.confirmed { done() } else { Progress::Idle };
    r.manifest = call_state(s.manifest);
    if let Some(own) = r.call_mut(s.call) {
        *own = call_state(s.own);
    }
    let state = match s.parcel {
        Parcel::None => None,
        Parcel::Bound => Some(BookingState::Live),
        Parcel::WillNotTravel => Some(BookingState::Orphan),
        Parcel::Void => Some(BookingState::Cancelled),
    };
    let source = AwbSource::Dtdc;
    r.booking = state.map(|state| Booking {
        awb: awb(1),
        source,
        state,
        at: at(0),
    });
    r.label = s.label.then(document);
    r.invoice = s.invoice.then(document);
    r.hold = s.held.then(signed);
    r.park = s.parked.then(|| Park {
        reason: ParkReason::ConfirmFailed,
        at: at(0),
        by: Operator::engine(),
    });
    r.cancelled = s.cancelled.then(|| Cancelled {
        at: at(0),
        by: CancelledBy::EasyEcom,
        after_manifest: false,
        noted_by: None,
    });
    match s.news {
        News::None => {}
        News::Forward => r.trail.take(&[scan("PCUP", 1)]),
        News::Backward => {
            r.trail.take(&[scan("DLV", 1)]);
            r.trail.tell(TrackingStatus::Delivered);
        }
    }
    r
}

pub(super) fn siblings(s: &State) -> Vec<OrderRecord> {
    let mut other = OrderRecord::new(order(2), at(0));
    other.order.order_id = OrderId(1);
    other.order.reference = ReferenceCode::new("WEB-1");
    match s.sibling {
        Sibling::None => return Vec::new(),
        Sibling::Confirmed => other.confirm.progress = done(),
        Sibling::OriginalUnderWay => {}
    }
    vec![other]
}
