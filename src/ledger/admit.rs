//! Whether a request may be recorded, and as which events. Reads the state as those before it in
//! the group leave it; changes nothing.

use super::{
    error::{BeginError, StoreError},
    options::{Begin, Rules},
    request::{self, awbs_of, needs_live_awb},
};
use crate::domain::{
    Call, Clean, InvoiceId, LocationKey, OrderRecord, Stamp,
    event::{Event, IntentDetail},
    fold::View,
    gate::{Facts, LiftedBy, Refusal, Rule, Unmet, weigh, weigh_sku, weigh_stock},
    inventory::SkuRecord,
    request::InventoryItem,
};

/// An intent that may be recorded.
pub(super) struct Admitted {
    pub event: Event,
    pub attempt: u16,
    pub not_after: Stamp,
}

/// Weighs a remote write of orders.
pub(super) fn begin<V: View<Error = StoreError>>(
    view: &V,
    rules: Rules,
    detail: IntentDetail,
    digest: String,
    begin: &Begin,
) -> Result<Admitted, BeginError> {
    let mut refused = Vec::new();
    let mut attempt = 0;
    let invoices = detail.invoices();
    for id in &invoices {
        let record = view.order(*id)?.ok_or(BeginError::NotHeld(*id))?;
        let siblings = view.siblings(&record.order)?;
        let weighed = if rules.weakness.no_gate {
            Ok(())
        } else {
            weigh(
                detail.call(),
                &Facts {
                    record: &record,
                    siblings: &siblings,
                    fresh_at: begin.fresh_at,
                    fresh_for_s: rules.fresh_for_s,
                    telling: request::telling(&detail),
                    stock_setting_on: rules.stock_setting_on,
                    zone: rules.zone,
                    now: begin.now,
                },
            )
        };
        let checked = weighed.and_then(|()| names_its_awb(&detail, &record));
        match checked {
            Ok(()) => {}
            Err(refusal) => refused.push(refusal),
        }
        let attempts = record.call(detail.call()).map_or(0, |c| c.attempts);
        attempt = attempt.max(attempts.saturating_add(1));
    }
    refused.extend(no_members(&detail, &invoices));
    if refused.is_empty() {
        refused.extend(own_number(view, &detail)?);
    }
    if !refused.is_empty() {
        return Err(if matches!(detail, IntentDetail::Manifest { .. }) {
            BeginError::MembersRefused(refused)
        } else {
            BeginError::Refused(refused.swap_remove(0))
        });
    }
    let not_after = begin.now + rules.not_after;
    Ok(Admitted {
        event: Event::Intent {
            detail,
            attempt,
            digest: digest.into(),
            not_after,
            settle_at: not_after + begin.settle,
        },
        attempt,
        not_after: if rules.weakness.no_not_after {
            Stamp::MAX_UTC
        } else {
            not_after
        },
    })
}

/// The no to a request that does not fit what the ledger holds: the engine makes another one.
fn refusal(
    call: Call,
    invoice: Option<InvoiceId>,
    rule: Rule,
    what: &str,
    since: &str,
    lifts: &str,
) -> Refusal {
    Refusal {
        call,
        invoice,
        unmet: vec![Unmet {
            rule,
            what: Clean::new(what),
            since: Clean::new(since),
            lifts: Clean::new(lifts),
            lifted_by: LiftedBy::Engine,
        }],
    }
}

/// A request names the AWB that the ledger holds for the order: made a while ago, it may not.
fn names_its_awb(detail: &IntentDetail, record: &OrderRecord) -> Result<(), Refusal> {
    let call = detail.call();
    let Some((_, named)) = awbs_of(detail)
        .into_iter()
        .find(|(id, _)| *id == record.id())
    else {
        return Ok(());
    };
    let held = if needs_live_awb(call) {
        record.live_awb()
    } else {
        record.booking.as_ref().map(|b| &b.awb)
    };
    if held == Some(named) {
        return Ok(());
    }
    let what = match held {
        Some(held) => format!("the request names AWB {named}, the order has {held}"),
        None => format!("the request names AWB {named}, the order has none"),
    };
    Err(refusal(
        call,
        Some(record.id()),
        Rule::AwbBooked,
        &what,
        "one invoice has one AWB",
        "a request with its AWB",
    ))
}

/// A manifest of nobody, or of somebody twice.
fn no_members(detail: &IntentDetail, invoices: &[InvoiceId]) -> Option<Refusal> {
    let IntentDetail::Manifest { .. } = detail else {
        return None;
    };
    let mut sorted = invoices.to_vec();
    sorted.sort_unstable();
    let twice = sorted.windows(2).find(|pair| pair[0] == pair[1]);
    let (who, what) = match twice {
        Some(pair) => (Some(pair[0]), "the order is named twice in one manifest"),
        None if sorted.is_empty() => (None, "the manifest names no order"),
        None => return None,
    };
    Some(refusal(
        Call::Manifest,
        who,
        Rule::NotSentAlready,
        what,
        "the request",
        "name every order once",
    ))
}

/// An allotted number must be free or this order's own.
fn own_number<V: View<Error = StoreError>>(
    view: &V,
    detail: &IntentDetail,
) -> Result<Option<Refusal>, StoreError> {
    let IntentDetail::Book {
        invoice,
        own_number: Some(awb),
        ..
    } = detail
    else {
        return Ok(None);
    };
    let what = match view.awb(awb)?.map(|row| row.owner) {
        Some(None) => return Ok(None),
        Some(Some(owner)) if owner == *invoice => return Ok(None),
        Some(Some(owner)) => format!("AWB {awb} belongs to invoice {owner}"),
        None => format!("AWB {awb} is not among the allotted numbers"),
    };
    Ok(Some(refusal(
        Call::Book,
        Some(*invoice),
        Rule::NoAwbYet,
        &what,
        "one AWB serves one invoice, for ever",
        "another free number",
    )))
}

/// Weighs a push of quantities.
pub(super) fn begin_stock<V: View<Error = StoreError>>(
    view: &V,
    rules: Rules,
    location: LocationKey,
    items: Vec<InventoryItem>,
    digest: String,
    begin: &Begin,
) -> Result<Admitted, BeginError> {
    weigh_stock(rules.stock_setting_on).map_err(BeginError::Refused)?;
    let mut unmet = Vec::new();
    let mut attempt = 0;
    for (n, item) in items.iter().enumerate() {
        let record = view.sku(&location, &item.sku)?;
        let twice = items[..n].iter().any(|i| i.sku == item.sku);
        match weigh_sku(&item.sku, record.as_ref(), rules.zone) {
            Ok(held) => unmet.extend(outdated(item, held, twice, begin.now)),
            Err(in_the_way) => unmet.push(in_the_way),
        }
        let attempts = record.map_or(0, |r| r.push.attempts);
        attempt = attempt.max(attempts.saturating_add(1));
    }
    if !unmet.is_empty() {
        return Err(BeginError::Refused(Refusal {
            call: Call::Inventory,
            invoice: None,
            unmet,
        }));
    }
    let not_after = begin.now + rules.not_after;
    Ok(Admitted {
        event: Event::StockIntent {
            location,
            items,
            digest: digest.into(),
            not_after,
            settle_at: not_after + begin.settle,
        },
        attempt,
        not_after,
    })
}

/// Why an item of a push is not the newest word on its SKU.
fn outdated(item: &InventoryItem, held: &SkuRecord, twice: bool, now: Stamp) -> Option<Unmet> {
    let sku = &item.sku;
    let what = if twice {
        format!("SKU {sku} is named twice")
    } else if is_open(held, now) {
        format!("a push of SKU {sku} is open")
    } else if held.wanted() != Some(item.quantity) || held.version != item.version {
        format!("the figure of SKU {sku} has changed since")
    } else {
        return None;
    };
    Some(Unmet {
        rule: Rule::NotSentAlready,
        what: Clean::new(&what),
        since: "the ledger's record of the SKU".into(),
        lifts: "a request from its newest figure, when its push has ended".into(),
        lifted_by: LiftedBy::Engine,
    })
}

/// A push whose outcome is open and whose settle time has not passed: behind it the newest figure
/// may go, since it is absolute.
fn is_open(record: &SkuRecord, now: Stamp) -> bool {
    record
        .push
        .progress
        .intent()
        .is_some_and(|intent| now < intent.settle_at)
}

/// Allotted numbers, counts and read-backs per record: the working state takes the change of one
/// record at once, and a file may have 10,000 rows.
const ROWS_PER_RECORD: usize = 50;

/// The events to record: large ones in parts, each whole in itself.
pub(super) fn in_parts(events: Vec<Event>) -> Vec<Event> {
    events.into_iter().flat_map(split).collect()
}

fn split(event: Event) -> Vec<Event> {
    match event {
        Event::Counted {
            location,
            source,
            as_of,
            rows,
        } if rows.len() > ROWS_PER_RECORD => rows
            .chunks(ROWS_PER_RECORD)
            .map(|rows| Event::Counted {
                location: location.clone(),
                source: source.clone(),
                as_of,
                rows: rows.to_vec(),
            })
            .collect(),
        Event::StockRead {
            location,
            rows,
            asked_at,
        } if rows.len() > ROWS_PER_RECORD => rows
            .chunks(ROWS_PER_RECORD)
            .map(|rows| Event::StockRead {
                location: location.clone(),
                rows: rows.to_vec(),
                asked_at,
            })
            .collect(),
        Event::Allotted { source, numbers } if numbers.len() > ROWS_PER_RECORD => numbers
            .chunks(ROWS_PER_RECORD)
            .map(|numbers| Event::Allotted {
                source: source.clone(),
                numbers: numbers.to_vec(),
            })
            .collect(),
        other => vec![other],
    }
}

/// The name of an event that only the ledger makes.
pub(super) fn reserved(event: &Event) -> Option<&'static str> {
    match event {
        Event::Intent { .. } => Some("intent"),
        Event::StockIntent { .. } => Some("stock intent"),
        Event::Started { .. } => Some("start"),
        _ => None,
    }
}
