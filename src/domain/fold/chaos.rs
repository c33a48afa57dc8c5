//! Events drawn at random for property tests: three invoices, two of them of one order, and a handful
//! of AWBs, so that everything collides.

use proptest::prelude::*;

use super::fixture::{
    Site, applied, at, awb, detail, document, history, location, order, scan, sku,
};
use crate::domain::{
    event::{Decision, DocumentKind, Event, Gave, IntentDetail, Outcome, StockResult, Via},
    gate::{Facts, weigh},
    ids::{InvoiceId, ManifestNo, OrderId, ReferenceCode},
    order::{Order, RemoteStatus},
    outcome::{Failure, FailureKind},
    record::{AwbSource, OrderRecord, ParkReason},
    request::InventoryItem,
    step::Call,
    tracking::{CODES, TrackingStatus},
};

/// What one event is made of.
pub type Draw = (u8, u8, u8, u8);

pub fn draws() -> impl Strategy<Value = Vec<Draw>> {
    proptest::collection::vec((0u8..16, 1u8..=3, any::<u8>(), any::<u8>()), 0..90)
}

const CALLS: [Call; 7] = [
    Call::Book,
    Call::Assign,
    Call::Confirm,
    Call::Manifest,
    Call::Tracking,
    Call::CancelBooking,
    Call::Documents,
];

const KINDS: [FailureKind; 7] = [
    FailureKind::Rejected,
    FailureKind::NotSeen,
    FailureKind::Throttled,
    FailureKind::Unreachable,
    FailureKind::Unauthorized,
    FailureKind::Account,
    FailureKind::TooLate,
];

fn pick<T: Clone>(from: &[T], by: u8) -> T {
    from[usize::from(by) % from.len()].clone()
}

/// A picture that EasyEcom could show of `id`, or could not.
fn picture(site: &Site, id: u64, a: u8, b: u8) -> Order {
    let statuses = [
        RemoteStatus::Open,
        RemoteStatus::Open,
        RemoteStatus::Confirmed,
        RemoteStatus::Printed,
        RemoteStatus::Shipped,
        RemoteStatus::Cancelled,
        RemoteStatus::Returned,
        RemoteStatus::Other("On hold".into()),
    ];
    let now = site.second;
    let histories = [
        vec![],
        history(&[(13, Some(now))]),
        history(&[(13, Some(now)), (18, Some(now))]),
        history(&[(13, None), (18, None)]),
        history(&[(13, Some(now)), (38, Some(now)), (16, Some(now))]),
    ];
    let awbs = [
        None,
        None,
        Some(awb(id)),
        Some(awb(id)),
        Some(awb(4)),
        Some(awb(1)),
    ];
    Order {
        order_id: OrderId(id.min(2)),
        reference: ReferenceCode::new(if id == 3 { "WEB-2_OR1" } else { "WEB-2" }),
        status: pick(&statuses, a),
        awb: pick(&awbs, b),
        history: pick(&histories, a / 8),
        invoice_number: (b & 0x40 != 0).then(|| "INV-1".into()),
        manifest_no: (b > 250).then(|| ManifestNo::new("M-9")),
        updated_at: (a & 0x80 == 0).then(|| at(now + i64::from(b % 4) - 2)),
        ..order(id)
    }
}

fn outcome(site: &Site, call: Call, id: u64, a: u8, b: u8) -> Outcome {
    let gave = match call {
        Call::Book => Gave::Awb {
            awb: awb(if b > 240 { 4 } else { id }),
            source: AwbSource::Dtdc,
        },
        Call::Manifest => Gave::Manifest { number: None },
        _ => Gave::Nothing,
    };
    let later = at(site.second + i64::from(b));
    match a % 8 {
        0..=3 => applied(gave),
        4 => Outcome::Accepted {
            says: "ok".into(),
            check_at: later,
        },
        5 => Outcome::Unknown {
            saw: "timeout".into(),
            check_at: later,
        },
        _ => Outcome::NotApplied {
            failure: Failure::new(pick(&KINDS, b), "no"),
            retry_at: later,
        },
    }
}

fn decision(invoice: InvoiceId, a: u8, b: u8) -> Event {
    let reason = || "because".into();
    let all = [Decision::Ship, Decision::Retry, Decision::Drop];
    match a % 8 {
        0 => Event::Held {
            invoice,
            reason: reason(),
        },
        1 => Event::Released {
            invoice,
            reason: reason(),
        },
        2 if b < 80 => Event::Loaded {
            invoice,
            awb: awb(invoice.0),
        },
        2 if b < 100 => Event::Unloaded { invoice },
        2 if b < 110 => Event::TurnedAway {
            manifest: u64::from(a),
            code: "not-ours".into(),
            twice: b.is_multiple_of(2),
        },
        2 => Event::FlagsCleared { invoice },
        3 if b < 100 => Event::Parked {
            invoice,
            reason: ParkReason::BookingUnknown { says: reason() },
        },
        3 => Event::Parked {
            invoice,
            reason: ParkReason::Person { says: reason() },
        },
        _ => Event::Decided {
            invoice,
            decision: pick(&all, b),
            reason: reason(),
        },
    }
}

fn stock(site: &Site, a: u8, b: u8) -> Event {
    let (location, figures) = (location(), [0, 40, -3, 10_001, i64::MAX, i64::MIN]);
    let quantity = pick(&figures, b);
    match a % 6 {
        0 => Event::Counted {
            location,
            source: "file".into(),
            as_of: at(site.second - i64::from(b % 8)),
            rows: vec![(sku(), quantity)],
        },
        1 => Event::StockIntent {
            location,
            items: vec![InventoryItem {
                sku: sku(),
                quantity,
                version: u64::from(b),
            }],
            digest: "d".into(),
            not_after: at(0),
            settle_at: at(9),
        },
        2 => Event::LeftOut {
            location,
            skus: vec![sku()],
            reason: "a combo".into(),
        },
        3 => Event::TakenIn {
            location,
            skus: vec![sku()],
        },
        4 => Event::StockRead {
            location,
            rows: vec![(sku(), quantity)],
            asked_at: at(site.second),
        },
        _ => {
            let result = match b % 3 {
                0 => StockResult::Taken { quantity },
                1 => StockResult::Refused { says: "no".into() },
                _ => StockResult::Unknown { saw: "?".into() },
            };
            Event::StockOutcome {
                intent: site.seq.saturating_sub(u64::from(b % 4)),
                location,
                items: vec![(sku(), result)],
            }
        }
    }
}

/// The event of a draw. A `lawful` one asks the gate before an intent, answers only the intent that
/// is open and stores documents only when they may be fetched; pictures and people stay free.
pub fn event(site: &Site, (what, id, a, b): Draw, lawful: bool) -> Option<Event> {
    let (invoice, number) = (InvoiceId(u64::from(id)), u64::from(id));
    let held = site.memory.orders.get(&invoice);
    let call = pick(&CALLS, if lawful { b } else { a ^ b });
    let may = |call: Call| !lawful || held.is_some_and(|r| is_legal(site, call, r));
    Some(match what {
        0..=2 => Event::OrderSeen {
            order: Box::new(picture(site, number, a, b)),
            via: Via::Poll,
        },
        3..=6 => {
            // Whatever is due is what an engine asks for; sometimes something else.
            let due = held.and_then(crate::domain::schedule::due).map(|d| d.call);
            let call = due.filter(|_| a < 200).unwrap_or(call);
            if call == Call::Documents || !may(call) {
                return None;
            }
            let next = held.and_then(|r| r.trail.next_to_tell().map(|p| p.status));
            let status = next
                .filter(|_| lawful)
                .unwrap_or_else(|| pick(&TrackingStatus::ALL, b));
            let detail = match detail(call, number, status) {
                IntentDetail::Book { reference, .. } => IntentDetail::Book {
                    invoice,
                    reference,
                    own_number: (b > 128).then(|| awb(u64::from(b % 6 + 1))),
                },
                other => other,
            };
            Event::Intent {
                detail,
                attempt: held
                    .and_then(|r| r.call(call))
                    .map_or(1, |c| c.attempts + 1),
                digest: "d".into(),
                not_after: at(site.second + 4),
                settle_at: at(site.second + 120),
            }
        }
        7..=9 => {
            let open = held.and_then(|r| {
                CALLS.into_iter().find_map(|call| {
                    let intent = r.call(call)?.progress.intent()?;
                    Some((intent.seq, call))
                })
            });
            let (intent, call) = match open {
                Some(open) if lawful || a < 200 => open,
                _ if lawful => return None,
                _ => (site.seq.saturating_sub(u64::from(a % 8)), call),
            };
            Event::Outcome {
                intent,
                call,
                invoice,
                result: outcome(site, call, number, a, b),
            }
        }
        10 => Event::Checked {
            call,
            invoice,
            says: "nothing".into(),
            counts: a > 60,
            next_at: at(site.second + 15),
        },
        11 if may(Call::Documents) => Event::DocumentStored {
            invoice,
            kind: pick(&[DocumentKind::Label, DocumentKind::Invoice], a),
            document: document(),
        },
        12 => Event::Scanned {
            invoice,
            awb: awb(number),
            scans: vec![scan(CODES[usize::from(a) % CODES.len()].code, i64::from(b))],
            returns_as: (b > 250).then(|| "R1".into()),
        },
        13 | 14 => decision(invoice, a, b),
        15 if a < 30 => Event::Allotted {
            source: "file".into(),
            numbers: (0..7).map(awb).collect(),
        },
        15 => stock(site, a, b),
        _ => return None,
    })
}

/// Whether the gate lets `call` pass right after a reading of EasyEcom.
pub fn is_legal(site: &Site, call: Call, record: &OrderRecord) -> bool {
    refused(site, call, record).is_empty()
}

/// The rules that refuse `call` right after a reading of EasyEcom.
pub fn refused(site: &Site, call: Call, record: &OrderRecord) -> Vec<crate::domain::gate::Rule> {
    use super::View;
    let Ok(siblings) = site.memory.siblings(&record.order);
    let now = at(site.second);
    let facts = Facts {
        record,
        siblings: &siblings,
        fresh_at: Some(now),
        fresh_for_s: 60,
        telling: None,
        stock_setting_on: true,
        zone: crate::domain::time::ist(),
        now,
    };
    weigh(call, &facts).map_or_else(
        |refusal| refusal.unmet.iter().map(|u| u.rule).collect(),
        |()| Vec::new(),
    )
}
