//! What a person can do about an order, in the words of whoever refused, and with which key.

use super::pen::{Line, columns, span, wrap};
use crate::{
    console::{commands::Action, look::Tone, model::Model},
    domain::{
        Call, FailureKind,
        record::{BookingState, CallState, OrderRecord, Progress},
    },
    handle::OrderView,
};

/// A reason for a look at the order.
pub struct Advice {
    /// What happened, in the words of whoever refused.
    says: Option<String>,
    /// What it means and which keys resolve it, the fullest words first.
    does: Vec<String>,
}

impl Advice {
    /// What resolves it, or what happened where nothing does, in `width` columns: the fullest words that
    /// fit, since words that are cut hide the key.
    pub fn shortly(&self, width: usize) -> Line {
        self.fitting(width)
            .or(self.says.as_deref())
            .map_or_else(Vec::new, line)
    }

    /// All of it, each part on a line.
    pub fn lines(&self, width: usize) -> impl Iterator<Item = Line> {
        let says = self.says.as_deref();
        says.into_iter().chain(self.fitting(width)).map(line)
    }

    /// All of it in the fullest words, on as many lines as it takes.
    pub fn whole(&self, width: usize) -> Vec<Line> {
        let texts = self.says.iter().chain(self.does.first());
        let wrapped = texts.flat_map(|text| {
            let parts = wrap(text, width.saturating_sub(HEAD)).into_iter();
            parts.enumerate().map(|(n, part)| match n {
                0 => line(&part),
                _ => vec![span(format!("   {part}"), Tone::Bad)],
            })
        });
        wrapped.collect()
    }

    fn fitting(&self, width: usize) -> Option<&str> {
        let fits = |text: &&String| columns(text) + HEAD <= width;
        let fullest = self.does.iter().find(fits);
        fullest.or(self.does.last()).map(String::as_str)
    }
}

/// Columns before the words.
const HEAD: usize = 3;

fn line(text: &str) -> Line {
    vec![span(format!(" ! {text}"), Tone::Bad)]
}

/// Every reason for a look at the order, the most pressing first.
pub fn advice(model: &Model, view: &OrderView) -> Vec<Advice> {
    let record = &view.record;
    let mut out = Vec::new();
    out.extend(late_cancel(model, record));
    out.extend(unknown(model, record));
    out.extend(parked(model, record));
    out.extend(orphan(model, record));
    tracking(model, record, &mut out);
    out.extend(held(model, record));
    out.extend(failing(model, record));
    out
}

fn key(model: &Model, action: Action) -> String {
    model.setup.keymap.hint(action)
}

fn late_cancel(model: &Model, record: &OrderRecord) -> Option<Advice> {
    let cancelled = record.cancelled.as_ref().filter(|c| c.after_manifest)?;
    let noted = cancelled.noted_by.as_ref().map_or_else(
        || format!("; {} takes note", key(model, Action::ClearFlags)),
        |who| format!("; noted by {who}"),
    );
    Some(Advice {
        says: Some(format!("Cancelled after its manifest by {}", cancelled.by)),
        does: vec![format!("Pull the parcel or call it back{noted}")],
    })
}

fn unknown(model: &Model, record: &OrderRecord) -> Vec<Advice> {
    let of = |(call, state): (Call, &CallState)| {
        let Progress::Unknown { saw, .. } = &state.progress else {
            return None;
        };
        let fetch = key(model, Action::FetchNow);
        let reads = match call {
            Call::Book | Call::CancelBooking => "the engine asks DTDC".to_owned(),
            _ => format!("{fetch} reads EasyEcom now"),
        };
        let why = key(model, Action::WhyNot);
        Some(Advice {
            says: Some(format!("{call}: sent, outcome not known: {saw}")),
            does: vec![
                format!(
                    "It may have happened, so it is read before it is sent again: {reads}, {why} says more"
                ),
                format!("Read before it is sent again: {reads}, {why} says more"),
            ],
        })
    };
    record.calls().filter_map(of).collect()
}

fn parked(model: &Model, record: &OrderRecord) -> Option<Advice> {
    let park = record.park.as_ref()?;
    let words = record.park_words().unwrap_or_default();
    let key = key(model, Action::Decide);
    Some(Advice {
        says: Some(format!("Parked: {words}")),
        does: vec![format!("{key}: {}", park.reason.advice())],
    })
}

fn orphan(model: &Model, record: &OrderRecord) -> Option<Advice> {
    let booking = record
        .booking
        .as_ref()
        .filter(|b| b.state == BookingState::Orphan)?;
    let says = match &record.cancel_booking.progress {
        Progress::Waiting { failure, .. } => format!("; DTDC: {}", failure.says),
        _ => String::new(),
    };
    let key = key(model, Action::Retry);
    Some(Advice {
        says: Some(format!(
            "AWB {} was bought and will not travel{says}",
            booking.awb
        )),
        does: vec![
            format!(
                "The engine cancels it at DTDC; {key} tries now. If DTDC will not, cancel it in DTDC's panel"
            ),
            format!("The engine cancels it; {key} tries now, else cancel it in DTDC's panel"),
        ],
    })
}

fn tracking(model: &Model, record: &OrderRecord, out: &mut Vec<Advice>) {
    let (track, note) = (key(model, Action::Track), key(model, Action::ClearFlags));
    let flags = record.trail.flags.iter().filter(|f| f.needs_person());
    let last = flags.clone().count().saturating_sub(1);
    out.extend(flags.enumerate().map(|(n, flag)| Advice {
        says: Some(format!("Tracking: {}", flag.describe())),
        // What to do about all of them is said once.
        does: if n < last {
            Vec::new()
        } else {
            vec![format!(
                "Ask DTDC about the parcel: {track} reads its scans again, {note} takes note"
            )]
        },
    }));
}

fn held(model: &Model, record: &OrderRecord) -> Option<Advice> {
    let hold = record.hold.as_ref()?;
    let key = key(model, Action::Release);
    // The key first: a reason can be long.
    Some(Advice {
        says: None,
        does: vec![format!(
            "{key} releases it; held by {}: {}",
            hold.by, hold.reason
        )],
    })
}

fn failing(model: &Model, record: &OrderRecord) -> Option<Advice> {
    // What is parked or held is not tried again: the lines above say what resolves it.
    if record.park.is_some() || record.hold.is_some() {
        return None;
    }
    let (call, state) = record.failing()?;
    let says = match &state.progress {
        Progress::Waiting { failure, .. } => format!(": {}", failure.says),
        _ => String::new(),
    };
    let unseen = matches!(&state.progress, Progress::Waiting { failure, .. } if failure.kind == FailureKind::NotSeen);
    let [full, short] = match call {
        _ if unseen => ["It was sent and did not happen"; 2],
        Call::Book => [
            "Correct address, weight or service where DTDC names them",
            "Correct what DTDC names",
        ],
        Call::Assign | Call::Confirm => [
            "See EasyEcom's reason (stock, address, carrier)",
            "See EasyEcom's reason",
        ],
        Call::Documents => [
            "Label or invoice is not made yet at EasyEcom",
            "Not made yet at EasyEcom",
        ],
        Call::CancelBooking => ["DTDC does not cancel it: ask DTDC"; 2],
        _ => [
            "EasyEcom does not take it: see its reason",
            "EasyEcom does not take it",
        ],
    };
    let (retry, hold) = (key(model, Action::Retry), key(model, Action::Hold));
    let with = |mend| format!("{mend}; {retry} tries again now, {hold} holds the order");
    Some(Advice {
        says: Some(format!(
            "{} ({}x){says}",
            call.failed_title(),
            state.strikes
        )),
        does: vec![with(full), with(short)],
    })
}
