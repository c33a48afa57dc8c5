//! Intents and outcomes.

use super::{AwbRow, View, change, observe, save, site};
use crate::domain::{
    event::{DocumentKind, Entry, Gave, IntentDetail, Outcome},
    ids::{Awb, InvoiceId},
    outcome::{Failure, FailureKind},
    record::{
        AwbSource, Booking, BookingState, Document, Intent, OrderRecord, Park, ParkReason, Progress,
    },
    step::Call,
    text::Clean,
    time::Stamp,
};

/// The same business refusal twice will not turn into a yes by itself.
const REJECTIONS_MAX: u8 = 2;

/// Calls that vanished this often in a row are no accident of the network.
const VANISHED_MAX: u8 = 8;

pub(super) fn intent<V: View>(
    entry: &Entry,
    detail: &IntentDetail,
    attempt: u16,
    digest: &str,
    not_after: Stamp,
    settle_at: Stamp,
    view: &mut V,
) -> Result<(), V::Error> {
    let call = detail.call();
    let mut reserved = false;
    if let IntentDetail::Book {
        invoice,
        own_number: Some(awb),
        ..
    } = detail
    {
        reserved = claim(awb, *invoice, view)?;
    }
    for invoice in detail.invoices() {
        change(entry, invoice, view, |record| {
            match detail {
                IntentDetail::Book { own_number, .. } if reserved => {
                    record.reserved.clone_from(own_number);
                }
                IntentDetail::Tracking { status, .. } => record.telling = Some(*status),
                _ => {}
            }
            // What is done stays done, whatever a damaged or foreign journal says.
            if call == Call::Manifest && !record.manifest.progress.is_done() {
                record.manifest_intent = Some(entry.seq);
            }
            if let Some(state) = record.call_mut(call).filter(|s| !s.progress.is_done()) {
                state.attempts = attempt;
                state.progress = Progress::Sent {
                    intent: Intent {
                        seq: entry.seq,
                        at: entry.at,
                        not_after,
                        settle_at,
                        by: entry.by.clone(),
                        digest: digest.into(),
                    },
                };
            }
        })?;
    }
    Ok(())
}

/// Binds an AWB to an invoice. Returns whether it is that invoice's.
pub(super) fn claim<V: View>(
    awb: &Awb,
    invoice: InvoiceId,
    view: &mut V,
) -> Result<bool, V::Error> {
    let row = view.awb(awb)?;
    match row.as_ref().and_then(|r| r.owner) {
        Some(owner) => return Ok(owner == invoice),
        None if row.is_some() => site(view, |s| s.awbs_free = s.awbs_free.saturating_sub(1))?,
        None => {}
    }
    view.put_awb(AwbRow {
        awb: awb.clone(),
        owner: Some(invoice),
    })?;
    Ok(true)
}

pub(super) fn outcome<V: View>(
    entry: &Entry,
    intent: u64,
    call: Call,
    invoice: InvoiceId,
    result: &Outcome,
    view: &mut V,
) -> Result<(), V::Error> {
    let Some(before) = view.order(invoice)? else {
        return Ok(());
    };
    let Some(state) = before.call(call) else {
        return Ok(());
    };
    // An answer that comes after a reading settled the call, or after a newer attempt, decides
    // nothing; documents are reads and have no intent.
    let current = state.progress.intent().is_some_and(|i| i.seq == intent);
    let settles_nothing = call != Call::Documents && (state.progress.is_done() || !current);
    if settles_nothing {
        return Ok(());
    }
    let mut after = before.clone();
    match result {
        Outcome::Applied { evidence, gave } => {
            applied(entry, call, gave, &mut after, view)?;
            if let Some(state) = after.call_mut(call) {
                let by = state
                    .progress
                    .intent()
                    .map_or_else(|| entry.by.clone(), |i| i.by.clone());
                state.strikes = 0;
                state.refused = 0;
                state.progress = match call {
                    // One push follows another on the same order; documents are had when they are
                    // stored.
                    Call::Tracking | Call::Documents => Progress::Idle,
                    _ => Progress::Done {
                        at: entry.at,
                        by,
                        evidence: evidence.clone(),
                    },
                };
            }
        }
        Outcome::Accepted { check_at, .. } => open(entry, &mut after, call, None, *check_at),
        Outcome::Unknown { saw, check_at } => open(entry, &mut after, call, Some(saw), *check_at),
        Outcome::NotApplied { failure, retry_at } => {
            not_applied(entry, &mut after, call, failure, *retry_at);
        }
    }
    if call == Call::Book {
        // EasyEcom may have shown an AWB while ours was not settled.
        observe::assigned(entry, &mut after, view)?;
    }
    save(entry, Some(&before), after, view)
}

fn open(entry: &Entry, record: &mut OrderRecord, call: Call, saw: Option<&Clean>, check_at: Stamp) {
    let Some(state) = record.call_mut(call) else {
        return;
    };
    let Some(intent) = state.progress.intent().cloned() else {
        return;
    };
    state.progress = match saw {
        None => Progress::Accepted {
            intent,
            at: entry.at,
            silent: 0,
            check_at,
        },
        Some(saw) => Progress::Unknown {
            intent,
            since: entry.at,
            saw: saw.clone(),
            silent: 0,
            check_at,
        },
    };
}

fn applied<V: View>(
    entry: &Entry,
    call: Call,
    gave: &Gave,
    record: &mut OrderRecord,
    view: &mut V,
) -> Result<(), V::Error> {
    match (call, gave) {
        (Call::Book, Gave::Awb { awb, source }) => bind(entry, awb, *source, record, view)?,
        (Call::CancelBooking, _) => {
            if let Some(booking) = &mut record.booking {
                booking.state = BookingState::Cancelled;
            }
        }
        (Call::Manifest, Gave::Manifest { number }) if number.is_some() => {
            record.manifest_no.clone_from(number);
        }
        (Call::Tracking, _) => {
            if let Some(status) = record.telling.take() {
                record.trail.tell(status);
            }
        }
        _ => {}
    }
    Ok(())
}

fn bind<V: View>(
    entry: &Entry,
    awb: &Awb,
    source: AwbSource,
    record: &mut OrderRecord,
    view: &mut V,
) -> Result<(), V::Error> {
    let ours = claim(awb, record.id(), view)?;
    let wanted_elsewhere = !ours || record.booking.as_ref().is_some_and(|b| b.awb != *awb);
    if wanted_elsewhere {
        let says = Clean::new(&format!(
            "the carrier gave AWB {awb}, which belongs to another order or replaces one"
        ));
        record.park = Some(Park {
            reason: ParkReason::Contradiction { says },
            at: entry.at,
            by: entry.by.clone(),
        });
    }
    if record.booking.is_none() && ours {
        record.booking = Some(Booking {
            awb: awb.clone(),
            source,
            state: BookingState::Live,
            at: entry.at,
        });
    }
    Ok(())
}

fn not_applied(
    entry: &Entry,
    record: &mut OrderRecord,
    call: Call,
    failure: &Failure,
    retry_at: Stamp,
) {
    let Some(state) = record.call_mut(call) else {
        return;
    };
    if failure.kind.counts_against_the_order() {
        state.strikes = state.strikes.saturating_add(1);
    }
    if failure.kind == FailureKind::Rejected {
        state.refused = state.refused.saturating_add(1);
    }
    if call == Call::Documents {
        // Reads have no intents to count.
        state.attempts = state.attempts.saturating_add(1);
    }
    state.progress = Progress::Waiting {
        failure: failure.clone(),
        at: entry.at,
        retry_at,
    };
    let (strikes, refused) = (state.strikes, state.refused);
    let hopeless = match failure.kind {
        // A call that vanished before is no refusal: a member of a refused manifest gets its turn
        // alone whatever happened earlier.
        FailureKind::Rejected => strikes.min(refused) >= REJECTIONS_MAX,
        FailureKind::NotSeen => strikes >= VANISHED_MAX,
        _ => false,
    };
    // A push or a cancellation that fails must not stop anything else of the order.
    let parks = !matches!(call, Call::Tracking | Call::CancelBooking);
    if hopeless && parks && record.park.is_none() {
        record.park = Some(Park {
            reason: match call {
                Call::Documents => ParkReason::Document {
                    says: failure.says.clone(),
                },
                call => ParkReason::Refused {
                    call,
                    says: failure.says.clone(),
                },
            },
            at: entry.at,
            by: entry.by.clone(),
        });
    }
}

pub(super) fn checked<V: View>(
    entry: &Entry,
    call: Call,
    invoice: InvoiceId,
    counts: bool,
    next_at: Stamp,
    view: &mut V,
) -> Result<(), V::Error> {
    change(entry, invoice, view, |record| {
        let Some(state) = record.call_mut(call) else {
            return;
        };
        if let Progress::Sent { intent } = &state.progress {
            state.progress = Progress::Unknown {
                intent: intent.clone(),
                since: entry.at,
                saw: Clean::new("no answer was recorded: the engine stopped in between"),
                silent: 0,
                check_at: next_at,
            };
        }
        if let Progress::Unknown {
            silent, check_at, ..
        }
        | Progress::Accepted {
            silent, check_at, ..
        } = &mut state.progress
        {
            *silent = silent.saturating_add(u8::from(counts));
            *check_at = next_at;
        }
    })
}

pub(super) fn document<V: View>(
    entry: &Entry,
    invoice: InvoiceId,
    kind: DocumentKind,
    document: &Document,
    view: &mut V,
) -> Result<(), V::Error> {
    change(entry, invoice, view, |record| {
        match kind {
            DocumentKind::Label => record.label = Some(document.clone()),
            DocumentKind::Invoice => record.invoice = Some(document.clone()),
        }
        record.documents.strikes = 0;
        record.documents.refused = 0;
        record.documents.progress = Progress::Idle;
    })
}
