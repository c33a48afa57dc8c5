//! Records as rows, steps and feed lines.

mod feed;
mod steps;
mod when;

pub(super) use feed::feed_line;
pub(super) use steps::steps;

use chrono::FixedOffset;

use super::{ports::Remotes, shop::Shop};
use crate::{
    domain::{
        Clean, OrderRecord, Stamp,
        event::Entry,
        inventory::{Cause, DiffState, SkuRecord},
        order::Payment,
        record::{Attention, Progress},
        tracking::Flag,
    },
    handle::{Again, AgainWhat, JournalLine, OrderRow, SkuView, StockRow},
};

/// What was last told to consoles.
#[derive(Default)]
pub(super) struct Marks {
    journal: u64,
}

impl Marks {
    /// Which panes are out of date since the last time. The ledger does not say which of them a
    /// record touched cheaper than by reading it, so any new record counts for all.
    pub(super) fn advance<R: Remotes>(&mut self, shop: &Shop<R>) -> (bool, bool, bool) {
        let position = shop.reader.position();
        let moved = position != self.journal;
        self.journal = position;
        (moved, moved, moved)
    }
}

/// A list row.
pub(super) fn row(key: String, record: &OrderRecord) -> OrderRow {
    OrderRow {
        key,
        invoice: record.id(),
        order: record.order.order_id,
        reference: record.order.reference.clone(),
        stage: record.stage(),
        attention: record.attention(),
        note: note(record),
        awb: record.booking.as_ref().map(|b| b.awb.clone()),
        marketplace: record.order.marketplace.clone(),
        city: record.order.destination.city.clone(),
        pin: record.order.destination.pin.clone(),
        collect: match &record.order.payment {
            Payment::Cod { collect } => Some(Clean::new(&format!("{collect:.2}"))),
            Payment::Prepaid => None,
        },
        pieces: record.order.pieces(),
        seen_at: record.first_seen,
        stage_at: record.stage_since(),
        due_at: record.order.due_at,
        changed_at: record.read_at,
    }
}

/// The most important thing to know about an order, in few words.
fn note(record: &OrderRecord) -> Clean {
    if record.attention() == Some(Attention::Failing)
        && let Some(words) = failing(record)
    {
        return Clean::new(&words);
    }
    if let Some(c) = &record.cancelled {
        return Clean::new(if c.after_manifest {
            "cancelled AFTER its manifest: pull the goods"
        } else {
            "cancelled"
        });
    }
    for (call, state) in record.calls() {
        if let Progress::Unknown { saw, .. } = &state.progress {
            return Clean::new(&format!("{call}: {saw}"));
        }
    }
    if let Some(words) = record.park_words() {
        return Clean::new(&words);
    }
    if let Some(hold) = &record.hold {
        return hold.reason.clone();
    }
    if let Some(flag) = record.trail.flags.iter().rev().find(|f| f.needs_person()) {
        return Clean::new(&flag.describe());
    }
    for (call, state) in record.calls() {
        match &state.progress {
            Progress::Waiting { failure, .. } => {
                return Clean::new(&format!("{call}: {}, tried again", failure.says));
            }
            Progress::Sent { .. } => return Clean::new(&format!("{call}: on its way")),
            Progress::Accepted { .. } => return Clean::new(&format!("{call}: taken, to be seen")),
            _ => {}
        }
    }
    if let Some(Flag::NotDelivered { .. } | Flag::Held { .. }) = record.trail.flags.last() {
        return Clean::new(
            &record
                .trail
                .flags
                .last()
                .map(Flag::describe)
                .unwrap_or_default(),
        );
    }
    record
        .trail
        .last
        .as_ref()
        .map(|scan| scan.words.clone())
        .unwrap_or_default()
}

/// Which call fails, and in which words.
fn failing(record: &OrderRecord) -> Option<String> {
    let (call, state) = record.failing()?;
    let title = call.failed_title();
    Some(match &state.progress {
        Progress::Waiting { failure, .. } => format!("{title}: {}; tried again", failure.says),
        Progress::Sent { .. } => format!("{title}, tried again now"),
        Progress::Accepted { .. } => format!("{title}, taken this time, to be seen"),
        _ => title.to_owned(),
    })
}

/// A SKU row.
pub(super) fn stock_row(key: String, record: &SkuRecord) -> StockRow {
    let state = record.state();
    let note = match state {
        DiffState::Problem => {
            let problem = record.problem().unwrap_or_default();
            match record.likely_cause() {
                // Its own words say that much.
                None | Some(Cause::Cap) => problem,
                Some(cause) => Clean::new(&format!("{problem}; likely {}", cause.words())),
            }
        }
        DiffState::Differs => {
            Clean::new(record.likely_cause().map(Cause::words).unwrap_or_default())
        }
        DiffState::Unknown => {
            Clean::new("sent, outcome not known; the current figure is pushed again")
        }
        DiffState::NotOurs => Clean::new("never counted here"),
        DiffState::LeftOut => match &record.left_out {
            Some(signed) => Clean::new(&format!("by {}: {}", signed.by, signed.reason)),
            None => Clean::default(),
        },
        DiffState::Waiting => match &record.push.progress {
            Progress::Waiting { failure, .. } => failure.says.clone(),
            _ => Clean::new("waits for the next push"),
        },
        _ => Clean::default(),
    };
    StockRow {
        key,
        sku: record.sku.clone(),
        state,
        ours: record.wanted(),
        acknowledged: record.acknowledged.as_ref().map(|a| a.quantity),
        read_back: record.read_back.as_ref().map(|r| r.quantity),
        difference: record.difference(),
        counted_at: record.counted.as_ref().map(|c| c.at),
        acknowledged_at: record.acknowledged.as_ref().map(|a| a.at),
        read_at: record.read_back.as_ref().map(|r| r.at),
        note,
        again: match (state, &record.push.progress) {
            (DiffState::Waiting, Progress::Waiting { retry_at, .. }) => Some(Again {
                what: AgainWhat::Retry,
                at: *retry_at,
                by_hand: false,
            }),
            _ => None,
        },
    }
}

/// A SKU and what happened to it.
pub(super) fn sku_view(record: &SkuRecord) -> SkuView {
    SkuView {
        row: stock_row(String::new(), record),
        counted: record.counted.as_ref().map(|c| c.quantity),
        shipped_since: record.shipped_since(),
        recent: record.recent.iter().rev().cloned().collect(),
    }
}

/// A journal line.
pub(super) fn journal_line(entry: Entry) -> JournalLine {
    JournalLine {
        seq: entry.seq,
        at: entry.at,
        epoch: entry.epoch,
        by: entry.by,
        event: entry.event,
    }
}

fn clock(zone: FixedOffset, at: Stamp) -> String {
    at.with_timezone(&zone).format("%H:%M:%S").to_string()
}
