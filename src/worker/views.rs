//! Records as rows, steps and feed lines.

use super::{ports::Remotes, shop::Shop};
use crate::{
    domain::{
        Call, Clean, OrderRecord, Stamp, Step,
        event::{Entry, Event, Outcome, StockResult},
        gate::Refusal,
        inventory::{DiffState, SkuRecord},
        order::Payment,
        record::{CallState, Progress},
        time::ist,
        tracking::{Flag, TrackingStatus},
    },
    handle::{FeedLine, JournalLine, Level, OrderRow, SkuView, StepState, StepView, StockRow},
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
            Payment::Cod { collect } => Some(Clean::new(&collect.to_string())),
            Payment::Prepaid => None,
        },
        pieces: record.order.pieces(),
        seen_at: record.first_seen,
        due_at: record.order.due_at,
        changed_at: record.read_at,
    }
}

/// The most important thing to know about an order, in few words.
fn note(record: &OrderRecord) -> Clean {
    if let Some(c) = &record.cancelled {
        return Clean::new(if c.after_manifest {
            "cancelled AFTER its manifest: pull the goods"
        } else {
            "cancelled"
        });
    }
    for (call, state) in calls(record) {
        if let Progress::Unknown { saw, .. } = &state.progress {
            return Clean::new(&format!("{call}: outcome not known ({saw})"));
        }
    }
    if let Some(park) = &record.park {
        return Clean::new(&park.reason.describe());
    }
    if let Some(hold) = &record.hold {
        return hold.reason.clone();
    }
    if let Some(flag) = record.trail.flags.iter().rev().find(|f| f.needs_person()) {
        return Clean::new(&flag.describe());
    }
    for (call, state) in calls(record) {
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

fn calls(record: &OrderRecord) -> [(Call, &CallState); 7] {
    [
        (Call::Book, &record.book),
        (Call::Assign, &record.assign),
        (Call::Confirm, &record.confirm),
        (Call::Documents, &record.documents),
        (Call::Manifest, &record.manifest),
        (Call::Tracking, &record.push),
        (Call::CancelBooking, &record.cancel_booking),
    ]
}

/// The seven steps of an order.
pub(super) fn steps<R: Remotes>(shop: &Shop<R>, record: &OrderRecord) -> Vec<StepView> {
    let weigh = |call| shop.weigh(call, record).err();
    vec![
        StepView {
            step: Step::Fetch,
            state: StepState::Done,
            at: Some(record.first_seen),
            says: Clean::new(&format!("EasyEcom shows {}", record.order.status)),
            lifts: Clean::default(),
        },
        assign_step(record, &weigh),
        call_step(Step::Confirm, &record.confirm, record, weigh(Call::Confirm)),
        documents_step(record, weigh(Call::Documents)),
        call_step(
            Step::Manifest,
            &record.manifest,
            record,
            weigh(Call::Manifest),
        ),
        tracking_step(record, weigh(Call::Tracking)),
        stock_step(shop, record),
    ]
}

fn assign_step(record: &OrderRecord, weigh: &dyn Fn(Call) -> Option<Refusal>) -> StepView {
    let booked = record.book.progress.is_done();
    let (state, call) = if booked {
        (&record.assign, Call::Assign)
    } else {
        (&record.book, Call::Book)
    };
    let mut view = call_step(Step::Assign, state, record, weigh(call));
    if let Some(booking) = record
        .booking
        .as_ref()
        .filter(|_| view.state != StepState::Done)
    {
        view.says = Clean::new(&format!("AWB {} booked; {}", booking.awb, view.says));
    } else if let Some(booking) = &record.booking {
        view.says = Clean::new(&format!("AWB {}: {}", booking.awb, view.says));
    }
    view
}

fn call_step(
    step: Step,
    state: &CallState,
    record: &OrderRecord,
    refusal: Option<Refusal>,
) -> StepView {
    let (kind, at, says) = match &state.progress {
        Progress::Done { at, evidence, by } => (
            StepState::Done,
            Some(*at),
            format!("{} ({by})", evidence.shows),
        ),
        Progress::Sent { intent } => (StepState::Running, Some(intent.at), "on its way".to_owned()),
        Progress::Accepted { at, check_at, .. } => (
            StepState::Running,
            Some(*at),
            format!("taken; looked at again at {}", clock(*check_at)),
        ),
        Progress::Unknown {
            since,
            saw,
            check_at,
            ..
        } => (
            StepState::Unknown,
            Some(*since),
            format!(
                "sent, outcome not known: {saw}; read again at {}",
                clock(*check_at)
            ),
        ),
        Progress::Waiting {
            failure,
            at,
            retry_at,
        } => (
            StepState::Failed,
            Some(*at),
            format!("{}; again at {}", failure.says, clock(*retry_at)),
        ),
        Progress::Idle => (StepState::Ready, None, String::new()),
    };
    let untouched = matches!(kind, StepState::Ready | StepState::Failed);
    match refusal.filter(|_| untouched) {
        None => StepView {
            step,
            state: kind,
            at,
            says: if kind == StepState::Ready {
                Clean::new("can be done now")
            } else {
                Clean::new(&says)
            },
            lifts: Clean::default(),
        },
        Some(refusal) => blocked(step, kind, at, &says, record, &refusal),
    }
}

fn blocked(
    step: Step,
    kind: StepState,
    at: Option<Stamp>,
    says: &str,
    record: &OrderRecord,
    refusal: &Refusal,
) -> StepView {
    let ended = record.cancelled.is_some() && !record.manifest.progress.is_done();
    let first = refusal.unmet.first();
    let why = first.map(|u| u.what.to_string()).unwrap_or_default();
    let failed = kind == StepState::Failed;
    StepView {
        step,
        state: if ended {
            StepState::Off
        } else if failed {
            StepState::Failed
        } else {
            StepState::Blocked
        },
        at,
        says: Clean::new(&if failed {
            format!("{says}; {why}")
        } else {
            why
        }),
        lifts: first.map(|u| u.lifts.clone()).unwrap_or_default(),
    }
}

fn documents_step(record: &OrderRecord, refusal: Option<Refusal>) -> StepView {
    if let (Some(label), Some(invoice)) = (&record.label, &record.invoice) {
        return StepView {
            step: Step::Documents,
            state: StepState::Done,
            at: Some(label.at.max(invoice.at)),
            says: Clean::new(&format!(
                "label {} KiB ({}), invoice {} KiB ({})",
                label.bytes.div_ceil(1024),
                label.source,
                invoice.bytes.div_ceil(1024),
                invoice.source
            )),
            lifts: Clean::default(),
        };
    }
    call_step(Step::Documents, &record.documents, record, refusal)
}

fn tracking_step(record: &OrderRecord, refusal: Option<Refusal>) -> StepView {
    let trail = &record.trail;
    let mut view = call_step(Step::Tracking, &record.push, record, refusal);
    let told = trail.told.map_or("nothing told yet", TrackingStatus::title);
    let waiting: Vec<&str> = trail.outbox.iter().map(|p| p.status.title()).collect();
    if trail.told.is_some_and(TrackingStatus::is_final) {
        view.state = StepState::Done;
        view.says = Clean::new(&format!("told: {told}"));
        view.lifts = Clean::default();
    } else if record.manifest.progress.is_done() {
        if view.state == StepState::Blocked {
            view.state = StepState::Running;
        }
        let scan = trail.last.as_ref().map_or_else(
            || "no scan yet".to_owned(),
            |s| format!("{} {}", s.code, s.words),
        );
        view.says = Clean::new(&if waiting.is_empty() {
            format!("told: {told}; carrier: {scan}")
        } else {
            format!("told: {told}; waiting: {}", waiting.join(", "))
        });
    }
    view
}

fn stock_step<R: Remotes>(shop: &Shop<R>, record: &OrderRecord) -> StepView {
    let view = |state, at, says: &str, lifts: &str| StepView {
        step: Step::Inventory,
        state,
        at,
        says: Clean::new(says),
        lifts: Clean::new(lifts),
    };
    if record.cancelled.is_some() && !record.manifest.progress.is_done() {
        return view(StepState::Off, None, "the order is cancelled", "");
    }
    if !shop.config.stock.setting_on {
        return view(
            StepState::Blocked,
            None,
            "EasyEcom's \"Update Available Inventory Only\" is not known to be ON",
            "set inventory.update_available_only in raftaar.toml",
        );
    }
    let Some(version) = record.stock_version else {
        return view(
            StepState::Blocked,
            None,
            "its pieces leave the stock with its manifest",
            "generate the manifest",
        );
    };
    let (mut uncounted, mut open, mut at) = (0, 0, None);
    for line in &record.order.lines {
        match shop.reader.sku(&shop.config.location, &line.sku) {
            Ok(Some(sku)) if sku.counted.is_some() => match &sku.acknowledged {
                Some(ack) if ack.version >= version => at = at.max(Some(ack.at)),
                _ => open += 1,
            },
            _ => uncounted += 1,
        }
    }
    match (open, uncounted) {
        (0, 0) => view(
            StepState::Done,
            at,
            "EasyEcom acknowledged the new quantities",
            "",
        ),
        (0, n) => view(
            StepState::Ready,
            at,
            &format!("{n} of its SKUs were never counted here"),
            "a stock file that lists them",
        ),
        (n, _) => view(
            StepState::Running,
            at,
            &format!("{n} of its SKUs wait for a push or its answer"),
            "",
        ),
    }
}

/// A SKU row.
pub(super) fn stock_row(key: String, record: &SkuRecord) -> StockRow {
    let state = record.state();
    let note = match state {
        DiffState::Problem => record.problem.clone().unwrap_or_default(),
        DiffState::Differs => Clean::new(record.likely_cause().unwrap_or_default()),
        DiffState::Unknown => {
            Clean::new("sent, outcome not known; the current figure is pushed again")
        }
        DiffState::NotOurs => Clean::new("never counted here"),
        DiffState::Waiting => match &record.push.progress {
            Progress::Waiting {
                failure, retry_at, ..
            } => Clean::new(&format!("{}; again at {}", failure.says, clock(*retry_at))),
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

/// A feed line.
pub(super) fn feed_line<R: Remotes>(shop: &Shop<R>, entry: &Entry) -> FeedLine {
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
            format!("{}: attempt {attempt}", detail.call()),
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
            format!("{call} looked at: {says}"),
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
            Some(Call::Tracking),
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
        Outcome::Applied { evidence, .. } => (Level::Good, evidence.shows.to_string()),
        Outcome::Accepted { .. } => (Level::Info, format!("{call}: taken, to be seen")),
        Outcome::NotApplied { failure, .. } => {
            (Level::Warn, format!("{call} not applied: {}", failure.says))
        }
        Outcome::Unknown { saw, .. } => (Level::Bad, format!("{call}: outcome not known ({saw})")),
    };
    (Some(invoice), Some(call), level, says)
}

fn clock(at: Stamp) -> String {
    at.with_timezone(&ist()).format("%H:%M:%S").to_string()
}
