//! Journal records as lines of the feed.

use crate::{
    domain::{
        Call, Clean, Sku,
        event::{Entry, Event, Outcome, StockResult},
    },
    handle::{FeedLine, Level},
    worker::{ports::Remotes, shop::Shop},
};

/// A feed line.
pub(in crate::worker) fn feed_line<R: Remotes>(shop: &Shop<R>, entry: &Entry) -> FeedLine {
    let (invoice, call, level, says) = describe(&entry.event);
    let record = invoice.and_then(|id| shop.reader.order(id).ok().flatten());
    FeedLine {
        seq: entry.seq,
        at: entry.at,
        invoice,
        reference: record.as_ref().map(|r| r.order.reference.clone()),
        awb: record
            .as_ref()
            .and_then(|r| r.booking.as_ref().map(|b| b.awb.clone())),
        call,
        level,
        by: entry.by.clone(),
        says: Clean::new(&says),
    }
}

/// Whether a line has all these words, lower case, and none of those behind a `-`.
pub(in crate::worker) fn has_words(line: &FeedLine, words: &[String]) -> bool {
    let mut hay = line.says.as_str().to_lowercase();
    for part in [
        line.invoice.map(|id| id.to_string()),
        line.reference.as_ref().map(|r| r.as_str().to_lowercase()),
        line.awb.as_ref().map(|awb| awb.as_str().to_lowercase()),
        line.call.map(|call| call.to_string().to_lowercase()),
        Some(line.by.as_str().to_lowercase()),
    ] {
        hay.push('\n');
        hay.push_str(&part.unwrap_or_default());
    }
    words.iter().all(|word| match word.strip_prefix('-') {
        Some(not) if !not.is_empty() => !hay.contains(not),
        _ => hay.contains(word.as_str()),
    })
}

type Described = (
    Option<crate::domain::InvoiceId>,
    Option<Call>,
    Level,
    String,
);

fn describe(event: &Event) -> Described {
    use Level::{Bad, Good, Info, Warn};
    match event {
        Event::Started { version } => (
            None,
            None,
            Info,
            format!("engine started, version {version}"),
        ),
        Event::OrderSeen { order, .. } => (
            Some(order.invoice_id),
            None,
            Info,
            format!("EasyEcom shows {}", order.status),
        ),
        Event::RowRejected {
            source,
            invoice,
            reason,
            ..
        } => (
            *invoice,
            None,
            Warn,
            format!("unreadable row of {source}: {reason}"),
        ),
        Event::WindowRead { rows, .. } => (None, None, Info, format!("orders read, {rows} rows")),
        Event::Intent {
            detail, attempt, ..
        } => (
            detail.invoices().first().copied(),
            Some(detail.call()),
            Info,
            if *attempt == 1 {
                "sending".to_owned()
            } else {
                format!("sending, attempt {attempt}")
            },
        ),
        Event::Outcome {
            call,
            invoice,
            result,
            ..
        } => outcome(*call, *invoice, result),
        Event::Checked {
            call,
            invoice,
            says,
            ..
        } => (
            Some(*invoice),
            Some(*call),
            Info,
            format!("looked at: {says}"),
        ),
        Event::DocumentStored {
            invoice,
            kind,
            document,
        } => (
            Some(*invoice),
            Some(Call::Documents),
            Good,
            format!("{kind:?} stored, {} KiB", document.bytes.div_ceil(1024)).to_lowercase(),
        ),
        Event::Scanned { invoice, scans, .. } => (
            Some(*invoice),
            None,
            Info,
            scans.last().map_or_else(String::new, |s| {
                let more = scans.len() - 1;
                let tail = if more > 0 {
                    format!(" (+{more} earlier)")
                } else {
                    String::new()
                };
                format!("{} {} {}{tail}", s.code, s.words, s.place)
            }),
        ),
        Event::Held { invoice, reason } => (Some(*invoice), None, Warn, format!("held: {reason}")),
        Event::Released { invoice, .. } => (Some(*invoice), None, Info, "released".to_owned()),
        Event::Parked { invoice, reason } => (
            Some(*invoice),
            None,
            Bad,
            format!("parked: {}", reason.describe()),
        ),
        Event::Decided {
            invoice, decision, ..
        } => (
            Some(*invoice),
            None,
            Info,
            format!("decided: {decision:?}").to_lowercase(),
        ),
        Event::FlagsCleared { invoice } => (
            Some(*invoice),
            None,
            Info,
            "tracking flags noted".to_owned(),
        ),
        Event::Loaded { invoice, awb } => (
            Some(*invoice),
            None,
            Good,
            format!("{awb} put on the truck"),
        ),
        Event::Unloaded { invoice } => (
            Some(*invoice),
            None,
            Warn,
            "taken off the truck again".to_owned(),
        ),
        Event::LoadClosed { manifest, missing } => (
            None,
            Some(Call::Manifest),
            if missing.is_empty() { Good } else { Warn },
            format!(
                "truck of manifest #{manifest} handed over, {} parcels stayed behind",
                missing.len()
            ),
        ),
        Event::Allotted { numbers, .. } => {
            (None, None, Info, format!("{} AWBs allotted", numbers.len()))
        }
        Event::Counted { rows, .. } => (
            None,
            Some(Call::Inventory),
            Info,
            format!("{} SKUs counted", rows.len()),
        ),
        Event::StockIntent { items, .. } => (
            None,
            Some(Call::Inventory),
            Info,
            format!("{} SKUs sent", items.len()),
        ),
        Event::StockOutcome { items, .. } => {
            let taken = items
                .iter()
                .filter(|(_, r)| matches!(r, StockResult::Taken { .. }))
                .count();
            let level = if taken == items.len() { Good } else { Warn };
            (
                None,
                Some(Call::Inventory),
                level,
                format!("{taken} of {} SKUs acknowledged", items.len()),
            )
        }
        Event::LeftOut { skus, reason, .. } => (
            None,
            Some(Call::Inventory),
            Warn,
            format!("{} left out of the push: {reason}", named(skus)),
        ),
        Event::TakenIn { skus, .. } => (
            None,
            Some(Call::Inventory),
            Info,
            format!("{} taken in again: pushed as before", named(skus)),
        ),
        Event::StockRead { rows, .. } => (
            None,
            Some(Call::Inventory),
            Info,
            format!("{} SKUs read back", rows.len()),
        ),
        Event::Paused { reason } => (None, None, Warn, format!("paused: {reason}")),
        Event::Resumed => (None, None, Good, "resumed".to_owned()),
        Event::QuotaLeased { used, .. } => {
            (None, None, Info, format!("calls set aside up to {used}"))
        }
    }
}

fn outcome(call: Call, invoice: crate::domain::InvoiceId, result: &Outcome) -> Described {
    let (level, says) = match result {
        Outcome::Applied { evidence, .. } => {
            // The call is named beside it.
            let shows = evidence.shows.as_str();
            let named = format!("{call} ");
            let shows = shows.strip_prefix(&named).unwrap_or(shows);
            (Level::Good, shows.to_owned())
        }
        Outcome::Accepted { .. } => (Level::Info, "taken, to be seen".to_owned()),
        Outcome::NotApplied { failure, .. } => {
            (Level::Warn, format!("not applied: {}", failure.says))
        }
        Outcome::Unknown { saw, .. } => (Level::Bad, format!("OUTCOME NOT KNOWN: {saw}")),
    };
    (Some(invoice), Some(call), level, says)
}

/// `SKU A-1`, or how many.
fn named(skus: &[Sku]) -> String {
    match skus {
        [one] => format!("SKU {one}"),
        many => format!("{} SKUs", many.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Awb, InvoiceId, Operator};

    #[test]
    fn a_line_has_the_words_or_not() {
        let line = FeedLine {
            seq: 1,
            at: chrono::DateTime::UNIX_EPOCH,
            invoice: Some(InvoiceId(100_234)),
            reference: None,
            awb: Awb::parse("7X100004344").ok(),
            call: Some(Call::Tracking),
            level: Level::Info,
            by: Operator::new("asha"),
            says: Clean::new("Out for delivery, Pune"),
        };
        for (text, fits) in [
            ("", true),
            ("pune delivery", true),
            ("7x1 100234", true),
            ("asha", true),
            ("-asha", false),
            ("pune -kochi", true),
            ("kochi", false),
        ] {
            let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            assert_eq!(has_words(&line, &words), fits, "{text}");
        }
    }
}
