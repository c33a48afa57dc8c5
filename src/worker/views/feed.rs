//! Journal records as lines of the feed.

use crate::{
    domain::{
        Call, Clean, Sku,
        event::{Entry, Event, Outcome, StockResult},
        tracking::Scan,
    },
    handle::FeedLine,
    worker::{ports::Remotes, shop::Shop},
};

/// A feed line.
pub(in crate::worker) fn feed_line<R: Remotes>(shop: &Shop<R>, entry: &Entry) -> FeedLine {
    let event = &entry.event;
    // A call for several orders stands under the first.
    let invoice = event.invoices().first().copied();
    let record = invoice.and_then(|id| shop.reader.order(id).ok().flatten());
    FeedLine {
        seq: entry.seq,
        at: entry.at,
        invoice,
        reference: record.as_ref().map(|r| r.order.reference.clone()),
        awb: record
            .as_ref()
            .and_then(|r| r.booking.as_ref().map(|b| b.awb.clone())),
        call: event.call(),
        level: event.level(),
        by: entry.by.clone(),
        says: Clean::new(&says(event)),
    }
}

fn says(event: &Event) -> String {
    match event {
        Event::Started { version } => format!("engine started, version {version}"),
        Event::OrderSeen { order, .. } => format!("EasyEcom shows {}", order.status),
        Event::RowRejected { source, reason, .. } => {
            format!("unreadable row of {source}: {reason}")
        }
        Event::WindowRead { rows, .. } => format!("orders read, {rows} rows"),
        Event::Intent { attempt: 1, .. } => "sending".to_owned(),
        Event::Intent { attempt, .. } => format!("sending, attempt {attempt}"),
        Event::Outcome { call, result, .. } => outcome(*call, result),
        Event::Checked { says, .. } => format!("looked at: {says}"),
        Event::DocumentStored { kind, document, .. } => {
            format!("{kind:?} stored, {} KiB", document.bytes.div_ceil(1024)).to_lowercase()
        }
        Event::Scanned { scans, .. } => scanned(scans),
        Event::Held { reason, .. } => format!("held: {reason}"),
        Event::Released { .. } => "released".to_owned(),
        Event::Parked { reason, .. } => format!("parked: {}", reason.describe()),
        Event::Decided { decision, .. } => format!("decided: {decision:?}").to_lowercase(),
        Event::FlagsCleared { .. } => "tracking flags noted".to_owned(),
        Event::Loaded { awb, .. } => format!("{awb} put on the truck"),
        Event::Unloaded { .. } => "taken off the truck again".to_owned(),
        Event::TurnedAway {
            manifest,
            code,
            twice,
        } => turned_away(*manifest, code, *twice),
        Event::LoadClosed { manifest, missing } => format!(
            "truck of manifest #{manifest} handed over, {} parcels stayed behind",
            missing.len()
        ),
        Event::Allotted { numbers, .. } => format!("{} AWBs allotted", numbers.len()),
        Event::Counted { rows, .. } => format!("{} SKUs counted", rows.len()),
        Event::StockIntent { items, .. } => format!("{} SKUs sent", items.len()),
        Event::StockOutcome { items, .. } => {
            let taken = items
                .iter()
                .filter(|(_, r)| matches!(r, StockResult::Taken { .. }))
                .count();
            format!("{taken} of {} SKUs acknowledged", items.len())
        }
        Event::LeftOut { skus, reason, .. } => {
            format!("{} left out of the push: {reason}", named(skus))
        }
        Event::TakenIn { skus, .. } => format!("{} taken in again: pushed as before", named(skus)),
        Event::StockRead { rows, .. } => format!("{} SKUs read back", rows.len()),
        Event::Paused { reason } => format!("paused: {reason}"),
        Event::Resumed => "resumed".to_owned(),
        Event::QuotaLeased { used, .. } => format!("calls set aside up to {used}"),
    }
}

/// A scan that was no parcel for the truck.
fn turned_away(manifest: u64, code: &Clean, twice: bool) -> String {
    let why = if twice {
        "is loaded already"
    } else {
        "does not belong on it"
    };
    format!("{code} was scanned at the truck of manifest #{manifest} and {why}")
}

fn outcome(call: Call, result: &Outcome) -> String {
    match result {
        Outcome::Applied { evidence, .. } => {
            // The call is named beside it.
            let shows = evidence.shows.as_str();
            let named = format!("{call} ");
            shows.strip_prefix(&named).unwrap_or(shows).to_owned()
        }
        Outcome::Accepted { .. } => "taken, to be seen".to_owned(),
        Outcome::NotApplied { failure, .. } => format!("not applied: {}", failure.says),
        Outcome::Unknown { saw, .. } => format!("OUTCOME NOT KNOWN: {saw}"),
    }
}

/// The newest of them.
fn scanned(scans: &[Scan]) -> String {
    let Some((last, earlier)) = scans.split_last() else {
        return String::new();
    };
    let tail = match earlier.len() {
        0 => String::new(),
        n => format!(" (+{n} earlier)"),
    };
    format!("{} {} {}{tail}", last.code, last.words, last.place)
}

/// `SKU A-1`, or how many.
fn named(skus: &[Sku]) -> String {
    match skus {
        [one] => format!("SKU {one}"),
        many => format!("{} SKUs", many.len()),
    }
}
