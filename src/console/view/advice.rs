//! What a person can do about an order, in the words of whoever refused, and with which key.

use super::pen::{Line, span};
use crate::{
    console::{commands::Action, look::Tone, model::Model},
    domain::{
        Call,
        record::{BookingState, OrderRecord, Progress},
    },
    handle::OrderView,
};

/// Every reason for a look at the order, the most pressing first: a line of what happened, and a line
/// of what it means and which keys resolve it.
pub fn advice(model: &Model, view: &OrderView) -> Vec<Line> {
    let record = &view.record;
    let mut out = Vec::new();
    late_cancel(model, record, &mut out);
    unknown(model, record, &mut out);
    parked(model, record, &mut out);
    orphan(model, record, &mut out);
    tracking(model, record, &mut out);
    if let Some(hold) = &record.hold {
        let key = key(model, Action::Release);
        out.push(format!(
            "Held by {}: {}  ({key} releases)",
            hold.by, hold.reason
        ));
    }
    failing(model, record, &mut out);
    out.into_iter()
        .map(|text| vec![span(format!(" ! {text}"), Tone::Bad)])
        .collect()
}

fn key(model: &Model, action: Action) -> String {
    model.setup.keymap.hint(action)
}

fn late_cancel(model: &Model, record: &OrderRecord, out: &mut Vec<String>) {
    let Some(cancelled) = record.cancelled.as_ref().filter(|c| c.after_manifest) else {
        return;
    };
    let by = &cancelled.by;
    out.push(format!("Cancelled after its manifest by {by}"));
    let noted = cancelled.noted_by.as_ref().map_or_else(
        || format!("; {} takes note", key(model, Action::ClearFlags)),
        |who| format!("; noted by {who}"),
    );
    out.push(format!("Pull the parcel or call it back{noted}"));
}

fn unknown(model: &Model, record: &OrderRecord, out: &mut Vec<String>) {
    for (call, state) in record.calls() {
        let Progress::Unknown { saw, .. } = &state.progress else {
            continue;
        };
        out.push(format!("{call}: sent, outcome not known: {saw}"));
        let fetch = key(model, Action::FetchNow);
        let reads = match call {
            Call::Book | Call::CancelBooking => "the engine asks DTDC".to_owned(),
            _ => format!("{fetch} reads EasyEcom now"),
        };
        out.push(format!(
            "It may have happened, so it is read before it is sent again: {reads}, {} says more",
            key(model, Action::WhyNot)
        ));
    }
}

fn parked(model: &Model, record: &OrderRecord, out: &mut Vec<String>) {
    let Some(park) = &record.park else {
        return;
    };
    let words = record.park_words().unwrap_or_default();
    out.push(format!("Parked: {words}"));
    let key = key(model, Action::Decide);
    out.push(format!("{key}: {}", park.reason.advice()));
}

fn orphan(model: &Model, record: &OrderRecord, out: &mut Vec<String>) {
    let Some(booking) = record
        .booking
        .as_ref()
        .filter(|b| b.state == BookingState::Orphan)
    else {
        return;
    };
    let says = match &record.cancel_booking.progress {
        Progress::Waiting { failure, .. } => format!("; DTDC: {}", failure.says),
        _ => String::new(),
    };
    out.push(format!(
        "AWB {} was bought and will not travel{says}",
        booking.awb
    ));
    out.push(format!(
        "The engine cancels it at DTDC; {} tries now. If DTDC will not, cancel it in DTDC's panel",
        key(model, Action::Retry)
    ));
}

fn tracking(model: &Model, record: &OrderRecord, out: &mut Vec<String>) {
    let before = out.len();
    for flag in record.trail.flags.iter().filter(|f| f.needs_person()) {
        out.push(format!("Tracking: {}", flag.describe()));
    }
    if out.len() > before {
        let (track, note) = (key(model, Action::Track), key(model, Action::ClearFlags));
        out.push(format!(
            "Ask DTDC about the parcel: {track} reads its scans again, {note} takes note"
        ));
    }
}

fn failing(model: &Model, record: &OrderRecord, out: &mut Vec<String>) {
    // What is parked or held is not tried again: the lines above say what resolves it.
    if record.park.is_some() || record.hold.is_some() {
        return;
    }
    let Some((call, state)) = record.failing() else {
        return;
    };
    let says = match &state.progress {
        Progress::Waiting { failure, .. } => format!(": {}", failure.says),
        _ => String::new(),
    };
    let title = call.failed_title();
    out.push(format!("{title} ({}x){says}", state.strikes));
    let mend = match call {
        Call::Book => "Correct address, weight or service where DTDC names them",
        Call::Assign | Call::Confirm => "See EasyEcom's reason (stock, address, carrier)",
        Call::Documents => "Label or invoice is not made yet at EasyEcom",
        Call::CancelBooking => "DTDC does not cancel it: ask DTDC",
        _ => "EasyEcom does not take it: see its reason",
    };
    out.push(format!(
        "{mend}; {} tries again now, {} holds the order",
        key(model, Action::Retry),
        key(model, Action::Hold)
    ));
}
