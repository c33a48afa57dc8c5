//! The seven steps of an order: how each stands, and what would lift what is in the way.

use super::when;
use crate::{
    domain::{
        Call, Clean, OrderRecord, Stamp, Step,
        gate::Refusal,
        record::{CallState, Progress},
        tracking::TrackingStatus,
    },
    handle::{Again, AgainWhat, StepState, StepView},
    worker::{ports::Remotes, shop::Shop},
};

/// The seven steps of an order.
pub(in crate::worker) fn steps<R: Remotes>(shop: &Shop<R>, record: &OrderRecord) -> Vec<StepView> {
    let weigh = |call| shop.weigh(call, record).err();
    let by_hand = |step| shop.config.by_hand.contains(&step);
    let call_step = |step, state, refusal| call_step(by_hand(step), step, state, record, refusal);
    let mut steps = vec![
        StepView {
            step: Step::Fetch,
            state: StepState::Done,
            at: Some(record.first_seen),
            says: Clean::new(&format!("EasyEcom shows {}", record.order.status)),
            lifts: Clean::default(),
            again: None,
        },
        assign_step(by_hand(Step::Assign), record, &weigh),
        call_step(Step::Confirm, &record.confirm, weigh(Call::Confirm)),
        documents_step(by_hand(Step::Documents), record, weigh(Call::Documents)),
        call_step(Step::Manifest, &record.manifest, weigh(Call::Manifest)),
        tracking_step(by_hand(Step::Tracking), record, weigh(Call::Tracking)),
        stock_step(shop, record),
    ];
    for view in &mut steps {
        // Of the stock its own figures say what it waits for.
        if view.state == StepState::Ready && view.step != Step::Inventory {
            let (when, again) = when::by_itself(shop, record, view.step);
            view.says = joined(&view.says, &when);
            view.again = again;
        }
        if view.state == StepState::Failed && view.step == Step::Manifest {
            view.again = view.again.map(|next| when::tried_again(shop, record, next));
        }
    }
    steps
}

/// What is known of a step, and what comes of it.
fn joined(says: &Clean, when: &str) -> Clean {
    if when.is_empty() {
        says.clone()
    } else if says.is_empty() {
        Clean::new(when)
    } else {
        Clean::new(&format!("{says}; {when}"))
    }
}

fn assign_step(
    by_hand: bool,
    record: &OrderRecord,
    weigh: &dyn Fn(Call) -> Option<Refusal>,
) -> StepView {
    let booked = record.book.progress.is_done();
    let (state, call) = if booked {
        (&record.assign, Call::Assign)
    } else {
        (&record.book, Call::Book)
    };
    let mut view = call_step(by_hand, Step::Assign, state, record, weigh(call));
    if let Some(booking) = record
        .booking
        .as_ref()
        .filter(|_| view.state != StepState::Done)
    {
        view.says = match view.says.as_str() {
            "" => Clean::new(&format!("AWB {} booked", booking.awb)),
            says => Clean::new(&format!("AWB {} booked; {says}", booking.awb)),
        };
    } else if let Some(booking) = &record.booking {
        view.says = Clean::new(&format!("AWB {}: {}", booking.awb, view.says));
    }
    view
}

fn call_step(
    by_hand: bool,
    step: Step,
    state: &CallState,
    record: &OrderRecord,
    refusal: Option<Refusal>,
) -> StepView {
    let next = |what, at| Some(Again { what, at, by_hand });
    let mut again = None;
    let (kind, at, says) = match &state.progress {
        Progress::Done { at, evidence, by } => (
            StepState::Done,
            Some(*at),
            format!("{} ({by})", evidence.shows),
        ),
        Progress::Sent { intent } => (StepState::Running, Some(intent.at), "on its way".to_owned()),
        Progress::Accepted { at, check_at, .. } => {
            again = next(AgainWhat::Look, *check_at);
            (
                StepState::Running,
                Some(*at),
                "taken, to be seen".to_owned(),
            )
        }
        Progress::Unknown {
            since,
            saw,
            check_at,
            ..
        } => {
            again = next(AgainWhat::Look, *check_at);
            let says = format!("sent, outcome not known: {saw}");
            (StepState::Unknown, Some(*since), says)
        }
        Progress::Waiting {
            failure,
            at,
            retry_at,
        } => {
            // Where something is in the way nothing is tried again by itself.
            if refusal.is_none() {
                again = next(AgainWhat::Retry, *retry_at);
            }
            (StepState::Failed, Some(*at), failure.says.to_string())
        }
        Progress::Idle => (StepState::Ready, None, String::new()),
    };
    let untouched = matches!(kind, StepState::Ready | StepState::Failed);
    match refusal.filter(|_| untouched) {
        None => StepView {
            step,
            state: kind,
            at,
            says: Clean::new(&says),
            lifts: Clean::default(),
            again,
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
        again: None,
    }
}

fn documents_step(by_hand: bool, record: &OrderRecord, refusal: Option<Refusal>) -> StepView {
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
            again: None,
        };
    }
    call_step(by_hand, Step::Documents, &record.documents, record, refusal)
}

fn tracking_step(by_hand: bool, record: &OrderRecord, refusal: Option<Refusal>) -> StepView {
    let trail = &record.trail;
    let mut view = call_step(by_hand, Step::Tracking, &record.push, record, refusal);
    let told = trail.told.map_or("nothing told yet", TrackingStatus::title);
    let waiting: Vec<&str> = trail.outbox.iter().map(|p| p.status.title()).collect();
    if trail.told.is_some_and(TrackingStatus::is_final) {
        view.state = StepState::Done;
        view.says = Clean::new(&format!("told: {told}"));
        view.lifts = Clean::default();
        view.again = None;
    } else if record.manifest.progress.is_done() {
        if view.state == StepState::Blocked {
            view.state = StepState::Running;
        }
        let scan = trail.last.as_ref().map_or_else(
            || "no scan yet".to_owned(),
            |s| format!("{} {}", s.code, s.words),
        );
        let failed = view.state == StepState::Failed;
        view.says = Clean::new(&if failed {
            format!(
                "{}; told: {told}; waiting: {}",
                view.says,
                waiting.join(", ")
            )
        } else if waiting.is_empty() {
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
        again: None,
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
            Ok(Some(sku)) if sku.left_out.is_some() => {}
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
