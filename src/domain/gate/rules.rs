//! The table.

use super::{
    Facts,
    LiftedBy::{self, Engine, Nothing, Person},
    Rule, Unmet,
};
use crate::domain::{
    order::RemoteStatus,
    record::{BookingState, OrderRecord, Progress},
    step::Call::{
        self, Assign, Book, CancelBooking, Confirm, Documents, Inventory, Manifest, Tracking,
    },
    text::Clean,
    twin::{Kinship, kinship},
};

/// What a rule has against a call.
pub(super) struct Words {
    what: String,
    since: String,
    lifts: String,
    lifted_by: LiftedBy,
}

impl Words {
    /// As the refusal carries them.
    pub(super) fn unmet(&self, rule: Rule) -> Unmet {
        Unmet {
            rule,
            what: Clean::new(&self.what),
            since: Clean::new(&self.since),
            lifts: Clean::new(&self.lifts),
            lifted_by: self.lifted_by,
        }
    }
}

/// One rule, the calls it governs, and its check.
pub(super) struct Row {
    pub rule: Rule,
    pub calls: &'static [Call],
    pub unmet: fn(Call, &Facts<'_>) -> Option<Words>,
}

/// Read it like the table of `ARCHITECTURE.md`: the rule, then the calls that need it.
#[rustfmt::skip]
pub(super) const TABLE: [Row; 17] = [
    Row { rule: Rule::NotCancelled,    calls: &[Book, Assign, Confirm, Documents, Manifest],                unmet: cancelled },
    Row { rule: Rule::NotHeld,         calls: &[Book, Assign, Confirm, Documents, Manifest],                unmet: held },
    Row { rule: Rule::NotParked,       calls: &[Book, Assign, Confirm, Documents, Manifest],                unmet: parked },
    Row { rule: Rule::NoTwin,          calls: &[Book, Assign, Confirm],                                     unmet: twin },
    Row { rule: Rule::NotSentAlready,  calls: &[Book, Assign, Confirm, Manifest, Tracking, CancelBooking],  unmet: sent_already },
    Row { rule: Rule::NotManifested,   calls: &[Book, Assign, Confirm, Documents, Manifest, CancelBooking], unmet: manifested },
    Row { rule: Rule::OpenRemotely,    calls: &[Book, Assign, Confirm],                                     unmet: not_open },
    Row { rule: Rule::NoAwbYet,        calls: &[Book],                                                      unmet: has_awb },
    Row { rule: Rule::AwbBooked,       calls: &[Assign, Confirm, Manifest, Tracking],                       unmet: no_awb },
    Row { rule: Rule::AwbVoid,         calls: &[CancelBooking],                                             unmet: not_void },
    Row { rule: Rule::Assigned,        calls: &[Confirm, Documents, Manifest, Tracking],                    unmet: not_assigned },
    Row { rule: Rule::Confirmed,       calls: &[Documents, Manifest, Tracking],                             unmet: not_confirmed },
    Row { rule: Rule::DocumentsStored, calls: &[Manifest],                                                  unmet: no_documents },
    Row { rule: Rule::Manifested,      calls: &[Tracking],                                                  unmet: not_manifested },
    Row { rule: Rule::TrackingForward, calls: &[Tracking],                                                  unmet: not_forward },
    Row { rule: Rule::Fresh,           calls: &[Book, Assign, Confirm, Manifest],                           unmet: stale },
    Row { rule: Rule::StockSettingOn,  calls: &[Inventory],                                                 unmet: setting_off },
];

/// What a push of quantities waits for while the account's setting is not known.
pub(super) fn stock_setting() -> Words {
    Words {
        what: "EasyEcom's \"Update Available Inventory Only\" is not known to be ON".to_owned(),
        since: "raftaar.toml: inventory.update_available_only is not true".to_owned(),
        lifts: "see Account Settings > Other Settings in EasyEcom, then set it to true".to_owned(),
        lifted_by: Person,
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the checks end in it, and theirs is an Option"
)]
fn words(
    lifted_by: LiftedBy,
    what: impl Into<String>,
    since: impl Into<String>,
    lifts: impl Into<String>,
) -> Option<Words> {
    Some(Words {
        what: what.into(),
        since: since.into(),
        lifts: lifts.into(),
        lifted_by,
    })
}

fn cancelled(_: Call, f: &Facts<'_>) -> Option<Words> {
    let c = f.record.cancelled.as_ref()?;
    words(
        Nothing,
        "the order is cancelled",
        format!("{} by {}", f.clock(c.at), c.by),
        "nothing: it will not ship",
    )
}

fn held(_: Call, f: &Facts<'_>) -> Option<Words> {
    let h = f.record.hold.as_ref()?;
    words(
        Person,
        format!("held: {}", h.reason),
        format!("{} by {}", f.clock(h.at), h.by),
        "release the hold",
    )
}

fn parked(_: Call, f: &Facts<'_>) -> Option<Words> {
    let p = f.record.park.as_ref()?;
    words(
        Person,
        format!("parked: {}", p.reason.describe()),
        format!("{} by {}", f.clock(p.at), p.by),
        p.reason.advice(),
    )
}

fn twin(_: Call, f: &Facts<'_>) -> Option<Words> {
    match kinship(f.record, f.siblings) {
        Kinship::Free => None,
        Kinship::Twin(of) => words(
            Person,
            format!("twin of {of}, which is confirmed or shipped already"),
            format!("EasyEcom row read {}", f.clock(f.record.read_at)),
            "a person decides: ship it as well, or drop it",
        ),
        Kinship::WaitsFor(of) => words(
            Engine,
            format!("split or re-invoice of {of}, which is still under way"),
            format!("EasyEcom row read {}", f.clock(f.record.read_at)),
            format!("{of} being cancelled frees it; {of} being confirmed parks it"),
        ),
    }
}

fn sent_already(call: Call, f: &Facts<'_>) -> Option<Words> {
    match &f.record.call(call)?.progress {
        Progress::Idle | Progress::Waiting { .. } => None,
        Progress::Sent { intent } => words(
            Engine,
            format!("{call} is on its way"),
            format!(
                "intent {} of {} by {}",
                intent.seq,
                f.clock(intent.at),
                intent.by
            ),
            "its answer, or a reading of the remote",
        ),
        Progress::Accepted { intent, at, .. } => words(
            Engine,
            format!("{call} was taken, its effect is not seen yet"),
            format!("intent {}, taken {}", intent.seq, f.clock(*at)),
            "the next reading of EasyEcom",
        ),
        Progress::Unknown {
            intent,
            saw,
            check_at,
            ..
        } => words(
            Engine,
            format!("{call} was sent, its outcome is not known: {saw}"),
            format!(
                "intent {} of {} by {}",
                intent.seq,
                f.clock(intent.at),
                intent.by
            ),
            format!("a reading of the remote at {}", f.clock(*check_at)),
        ),
        Progress::Done { at, by, evidence } => words(
            Nothing,
            format!("{call} is done: {}", evidence.shows),
            format!("{} by {by}", f.clock(*at)),
            "nothing: it is not done twice",
        ),
    }
}

fn manifested(call: Call, f: &Facts<'_>) -> Option<Words> {
    if call == CancelBooking
        && let Some(intent) = f.record.manifest.progress.intent()
    {
        return words(
            Engine,
            "a manifest with this AWB was sent, its outcome is not settled",
            format!("intent {} of {}", intent.seq, f.clock(intent.at)),
            "a reading of EasyEcom that settles the manifest",
        );
    }
    let Progress::Done { at, evidence, .. } = &f.record.manifest.progress else {
        return None;
    };
    words(
        Nothing,
        "the manifest is made",
        format!("{}: {}", f.clock(*at), evidence.shows),
        "nothing: from here only forward",
    )
}

fn not_open(call: Call, f: &Facts<'_>) -> Option<Words> {
    if stands_open(call, f.record) {
        return None;
    }
    let status = &f.record.order.status;
    words(
        Engine,
        format!("EasyEcom shows {status}, not Open"),
        format!("read {}", f.clock(f.record.read_at)),
        "the order being open in EasyEcom",
    )
}

/// Whether EasyEcom's standing status leaves room for `call`. A confirmation that failed may leave
/// the order standing in Confirmed (contract section 6); one that is only waiting for another reason
/// may not be repeated there, since somebody else's may be running.
pub(in crate::domain) fn stands_open(call: Call, record: &OrderRecord) -> bool {
    let confirm_failed = call == Confirm
        && record.order.status == RemoteStatus::Confirmed
        && matches!(record.confirm.progress, Progress::Waiting { .. })
        && record.confirm.refused > 0;
    record.order.status == RemoteStatus::Open || confirm_failed
}

fn has_awb(_: Call, f: &Facts<'_>) -> Option<Words> {
    let b = f.record.booking.as_ref()?;
    let state = match b.state {
        BookingState::Live => "bound",
        BookingState::Orphan => "bound, not to travel",
        BookingState::Cancelled => "bound and cancelled",
    };
    words(
        Nothing,
        format!("AWB {} is {state}", b.awb),
        f.clock(b.at),
        "nothing: one invoice has one AWB",
    )
}

fn no_awb(_: Call, f: &Facts<'_>) -> Option<Words> {
    match &f.record.booking {
        Some(b) if b.state == BookingState::Live => None,
        Some(b) => words(
            Nothing,
            format!("AWB {} will not travel", b.awb),
            format!("bound {}", f.clock(b.at)),
            "nothing: one invoice has one AWB",
        ),
        None => words(
            Engine,
            "no AWB is booked",
            "step 2 is not done",
            "book an AWB",
        ),
    }
}

fn not_void(_: Call, f: &Facts<'_>) -> Option<Words> {
    match &f.record.booking {
        Some(b) if b.state == BookingState::Orphan => None,
        Some(b) if b.state == BookingState::Live => words(
            Person,
            format!("AWB {} belongs to an order that will ship", b.awb),
            format!("bound {}", f.clock(b.at)),
            "the order being cancelled or dropped",
        ),
        Some(b) => words(
            Nothing,
            format!("AWB {} is cancelled already", b.awb),
            format!("bound {}", f.clock(b.at)),
            "nothing: it is not done twice",
        ),
        None => words(
            Nothing,
            "there is no AWB to cancel",
            "step 2 is not done",
            "nothing: only a booked AWB is cancelled",
        ),
    }
}

fn not_assigned(_: Call, f: &Facts<'_>) -> Option<Words> {
    if f.record.assign.progress.is_done() {
        return None;
    }
    words(
        Engine,
        "EasyEcom has no shipment for it",
        "step 2 is not done",
        "assign the shipment",
    )
}

fn not_confirmed(_: Call, f: &Facts<'_>) -> Option<Words> {
    if f.record.confirm.progress.is_done() {
        return None;
    }
    words(
        Engine,
        "its confirmation was not seen to succeed",
        format!(
            "EasyEcom shows {}, read {}",
            f.record.order.status,
            f.clock(f.record.read_at)
        ),
        "confirm it, and EasyEcom finishing the confirmation",
    )
}

fn no_documents(_: Call, f: &Facts<'_>) -> Option<Words> {
    let missing = match (&f.record.label, &f.record.invoice) {
        (Some(_), Some(_)) => return None,
        (None, Some(_)) => "the label is",
        (Some(_), None) => "the invoice is",
        (None, None) => "label and invoice are",
    };
    words(
        Engine,
        format!("{missing} not stored"),
        "step 4 is not done",
        "retrieve the documents",
    )
}

fn not_manifested(_: Call, f: &Facts<'_>) -> Option<Words> {
    if f.record.manifest.progress.is_done() {
        return None;
    }
    words(
        Engine,
        "its manifest is not made",
        "step 5 is not done",
        "generate the manifest",
    )
}

fn not_forward(_: Call, f: &Facts<'_>) -> Option<Words> {
    let trail = &f.record.trail;
    let Some(next) = f.telling.or_else(|| trail.next_to_tell().map(|p| p.status)) else {
        return words(
            Engine,
            "there is nothing new to tell",
            trail
                .told
                .map_or_else(|| "no scan yet".to_owned(), |t| format!("told: {t}")),
            "the carrier's next scan",
        );
    };
    let told = trail.told?;
    if told != next && told.may_become(next) {
        return None;
    }
    words(
        Nothing,
        format!("{next} does not follow {told}"),
        format!("EasyEcom was told {told}"),
        "nothing: tracking goes forward only",
    )
}

fn stale(_: Call, f: &Facts<'_>) -> Option<Words> {
    let lifts = "the next reading of the orders";
    let Some(fresh_at) = f.fresh_at else {
        return words(
            Engine,
            "EasyEcom was not read since the start",
            "no reading yet",
            lifts,
        );
    };
    let age = (f.now - fresh_at).num_seconds();
    if age <= f.fresh_for_s {
        return None;
    }
    words(
        Engine,
        format!("EasyEcom was last read {age} s ago: a cancellation could be unseen"),
        format!("read {}", f.clock(fresh_at)),
        lifts,
    )
}

fn setting_off(_: Call, f: &Facts<'_>) -> Option<Words> {
    (!f.stock_setting_on).then(stock_setting)
}
