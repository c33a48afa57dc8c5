//! Hands out due work: most pressing first, a bounded number of orders at once, one task per order.

mod manifests;
mod room;

use std::{sync::Arc, time::Duration};

pub(super) use manifests::{last_cut_off, next_cut_off};
pub(super) use room::{Room, worth_a_reading};

use self::manifests::CutOffs;
use super::{
    ports::Remotes,
    shop::{Shop, lock},
    steps::{self, End},
};
use crate::{
    domain::{
        InvoiceId, Operator, Stamp, Step,
        schedule::{Due, Work},
        step::Stage,
    },
    handle::Level,
};

/// Due orders among which the most urgent are looked for.
const LOOK_MAX: usize = 512;

/// Turns that one kind of work on one order takes in a minute at most.
const TURNS_MAX: u32 = 12;

/// What comes up more often waits this long.
const GO_SLOW: chrono::Duration = chrono::Duration::minutes(5);

/// An order that the gate refused is looked at again after this, or after the next reading.
const REFUSED_AGAIN: Duration = Duration::from_secs(20);

/// The planner wakes at least this often: a cut-off comes without any change of the ledger.
const TICK_MAX: Duration = Duration::from_secs(10);

/// It wakes no more often than this without being woken.
const TICK_MIN: Duration = Duration::from_millis(200);

/// Hands out work for as long as the engine lives.
pub(super) async fn run<R: Remotes>(shop: Arc<Shop<R>>) {
    let slots = Arc::new(tokio::sync::Semaphore::new(shop.config.concurrency.max(1)));
    let mut changes = shop.ledger.changes();
    let mut cut_offs = CutOffs::default();
    loop {
        if lock(&shop.live).failed.is_none() {
            round(&shop, &slots, &mut cut_offs);
        }
        tokio::select! {
            biased;
            () = shop.stop.cancelled() => return,
            () = shop.wake.notified() => {}
            changed = changes.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(idle_for(&shop, &cut_offs)) => {}
        }
    }
}

/// How long nothing new falls due.
fn idle_for<R: Remotes>(shop: &Shop<R>, cut_offs: &CutOffs) -> Duration {
    let now = shop.now();
    let due = Work::ALL
        .into_iter()
        .filter(|work| *work != Work::Pull)
        .filter_map(|work| shop.reader.next_due_at(work, now).ok().flatten());
    let put_off = lock(&shop.live)
        .deferred
        .values()
        .copied()
        .filter(|at| *at > now)
        .min();
    let manifest = cut_offs.again_at.filter(|at| *at > now);
    due.chain(put_off)
        .chain(manifest)
        .min()
        .and_then(|at| (at - now).to_std().ok())
        .unwrap_or(TICK_MAX)
        .clamp(TICK_MIN, TICK_MAX)
}

fn round<R: Remotes>(
    shop: &Arc<Shop<R>>,
    slots: &Arc<tokio::sync::Semaphore>,
    cut_offs: &mut CutOffs,
) {
    let paused = match shop.reader.site() {
        Ok(site) => site.paused.is_some(),
        // Whether somebody paused it cannot be told: nothing is begun.
        Err(error) => return shop.store_failed(&error),
    };
    let (short_of_room, booking_refused, manifest_asked) = {
        let live = lock(&shop.live);
        (
            live.short_of_room,
            live.booking_refused.is_some(),
            live.manifest_wanted.is_some(),
        )
    };
    let clocks_disagree = shop.clocks_disagree().is_some();
    let mut room = Room::default();
    for work in Work::ALL {
        let not_now = work == Work::Pull
            || (paused && work != Work::Reconcile)
            || (short_of_room && begins_something(work))
            || (work == Work::Tell && clocks_disagree)
            || (work == Work::Book && booking_refused)
            || (waits_for_person(shop, work) && !(work == Work::Manifest && manifest_asked));
        if not_now {
            continue;
        }
        if needs_fresh(work) && !shop.is_fresh(shop.config.fetch.fresh_for) {
            if worth_a_reading(shop, work, &mut room) {
                shop.want_poll();
            }
            continue;
        }
        if work == Work::Manifest {
            manifests::manifests(shop, slots, cut_offs);
        } else {
            hand_out(shop, slots, work, &mut room);
        }
    }
}

fn waits_for_person<R: Remotes>(shop: &Shop<R>, work: Work) -> bool {
    let step = match work {
        Work::Book | Work::Assign => Step::Assign,
        Work::Confirm => Step::Confirm,
        Work::Documents => Step::Documents,
        Work::Manifest => Step::Manifest,
        Work::Tell => Step::Tracking,
        _ => return false,
    };
    shop.config.by_hand.contains(&step)
}

/// Whether the work leads an order further in, instead of bringing it to its end.
fn begins_something(work: Work) -> bool {
    matches!(
        work,
        Work::Book | Work::Assign | Work::Confirm | Work::Documents
    )
}

fn needs_fresh(work: Work) -> bool {
    matches!(work, Work::Book | Work::Assign | Work::Confirm)
}

fn may_call<R: Remotes>(shop: &Shop<R>, work: Work) -> bool {
    match work {
        Work::Book | Work::CancelBooking => shop.carrier.may_write() && shop.carrier.may_call(),
        Work::Pull => shop.carrier.may_call(),
        Work::Documents => true,
        Work::Reconcile => shop.easyecom.may_call(),
        _ => shop.easyecom.may_write() && shop.easyecom.may_call(),
    }
}

/// Due orders that nobody works on and nothing puts off, as many as are asked for, the ones that have
/// to leave first before the others.
fn due<R: Remotes>(shop: &Shop<R>, work: Work, most: usize) -> Vec<(InvoiceId, Due)> {
    let now = shop.now();
    let passed_over = {
        let live = lock(&shop.live);
        let waiting = live.deferred.values().chain(live.slowed.values());
        waiting.filter(|until| **until > now).count() + live.busy.len()
    };
    let look = LOOK_MAX.max(most + passed_over);
    let found = match shop.reader.due(work, now, look) {
        Ok(found) => found,
        Err(error) => {
            shop.store_failed(&error);
            return Vec::new();
        }
    };
    let mut due: Vec<_> = {
        let live = lock(&shop.live);
        let passed = |until: Option<&Stamp>| until.is_none_or(|until| *until <= now);
        found
            .into_iter()
            .filter(|(id, _)| !live.busy.contains(id))
            .filter(|(id, _)| passed(live.deferred.get(id)))
            .filter(|(id, _)| passed(live.slowed.get(&(*id, work))))
            .collect()
    };
    due.sort_by_key(|(id, due)| (due.leaves_by, *id));
    due.truncate(most);
    due
}

fn hand_out<R: Remotes>(
    shop: &Arc<Shop<R>>,
    slots: &Arc<tokio::sync::Semaphore>,
    work: Work,
    room: &mut Room,
) {
    let free = slots.available_permits();
    if free == 0 {
        return;
    }
    let each = if work == Work::Book {
        crate::dtdc::PARCELS_MAX
    } else {
        1
    };
    let mut due = due(shop, work, free * each);
    if due.is_empty() || !may_call(shop, work) {
        return;
    }
    if matches!(work, Work::Assign | Work::Book | Work::Tell) {
        due.truncate(room.left(shop, work));
    }
    if work == Work::Book {
        let (alone, together): (Vec<_>, Vec<_>) = {
            let live = lock(&shop.live);
            due.iter()
                .map(|(id, _)| *id)
                .partition(|id| live.book_alone.contains(id))
        };
        let batches = together
            .chunks(crate::dtdc::PARCELS_MAX)
            .chain(alone.chunks(1));
        for ids in batches.map(<[InvoiceId]>::to_vec) {
            if !spawn(shop, slots, work, ids) {
                return;
            }
        }
        return;
    }
    for (id, _) in due {
        if !spawn(shop, slots, work, vec![id]) {
            return;
        }
    }
}

/// Starts a task for these orders, if there is room.
fn spawn<R: Remotes>(
    shop: &Arc<Shop<R>>,
    slots: &Arc<tokio::sync::Semaphore>,
    work: Work,
    ids: Vec<InvoiceId>,
) -> bool {
    let Ok(slot) = Arc::clone(slots).try_acquire_owned() else {
        return false;
    };
    let shop = Arc::clone(shop);
    let tasks = shop.tasks.clone();
    tasks.spawn(async move {
        if let Some(_busy) = shop.take(&ids) {
            let ends = carry_out(&shop, work, &ids, &Operator::engine()).await;
            for (id, end) in ends {
                after(&shop, work, id, &end);
            }
        }
        drop(slot);
        shop.wake.notify_one();
    });
    true
}

/// Does one kind of work for orders that are taken already.
pub(super) async fn carry_out<R: Remotes>(
    shop: &Shop<R>,
    work: Work,
    ids: &[InvoiceId],
    by: &Operator,
) -> Vec<(InvoiceId, End)> {
    let Some(&id) = ids.first() else {
        return Vec::new();
    };
    let end = match work {
        Work::Book => return steps::book::book(shop, ids, by).await,
        Work::Manifest => return steps::manifest::manifest(shop, ids, by).await,
        Work::Reconcile => steps::reconcile::reconcile(shop, id).await,
        Work::Documents => steps::documents::documents(shop, id).await,
        Work::Confirm => steps::confirm::confirm(shop, id, by).await,
        Work::Assign => steps::assign::assign(shop, id, by).await,
        Work::CancelBooking => steps::cancel::cancel_booking(shop, id, by).await,
        Work::Tell => steps::tell::tell(shop, id, by).await,
        Work::Pull => steps::track::track(shop, id).await,
    };
    vec![(id, end)]
}

/// What is done, for an operator.
fn doing(work: Work) -> &'static str {
    match work {
        Work::Reconcile => "its outcome is read",
        Work::Manifest => "its manifest is generated",
        Work::Documents => "its documents are fetched",
        Work::Confirm => "it is confirmed",
        Work::Assign => "its AWB is assigned",
        Work::Book => "an AWB is booked",
        Work::CancelBooking => "its AWB is cancelled",
        Work::Tell => "its tracking is pushed",
        Work::Pull => "its scans are read",
    }
}

/// Keeps an order from being tried in a circle, and says what went wrong.
fn after<R: Remotes>(shop: &Shop<R>, work: Work, id: InvoiceId, end: &End) {
    // Waiting is no turn: it does nothing and ends with a reading, which is for all orders.
    let waits = matches!(end, End::Waits(_));
    if !waits && shop.count_turn(id, work) > TURNS_MAX {
        // Something that should have ended does not: it must not eat the day's calls.
        if shop.slow_down(id, work, shop.now() + GO_SLOW) {
            shop.notice(
                Level::Warn,
                &format!(
                    "order {id}: {} again and again without an end; from now on every {} min only",
                    doing(work),
                    GO_SLOW.num_minutes()
                ),
            );
        }
        return;
    }
    match end {
        End::Refused(refusal) => {
            tracing::debug!(%id, "{refusal}");
            let again = chrono::Duration::from_std(REFUSED_AGAIN).unwrap_or_default();
            shop.defer(id, shop.now() + again);
        }
        End::NotSent(says) => {
            tracing::debug!(%id, ?work, "{says}");
            // Some steps put an order off themselves, and know better for how long.
            let now = shop.now();
            let put_off = lock(&shop.live)
                .deferred
                .get(&id)
                .is_some_and(|at| *at > now);
            if !put_off {
                shop.defer(id, shop.retry_at(3));
            }
        }
        End::Unknown(saw) => {
            shop.notice(
                Level::Warn,
                &format!("{id}: {} sent, outcome not known: {saw}", work.title()),
            );
        }
        End::NotApplied(failure) => {
            tracing::info!(%id, ?work, "not applied: {}", failure.says);
        }
        End::Taken(_) | End::Waits(_) | End::NotHeld => {}
    }
}

/// Orders that stand in Confirmed, not ready, for the plan of the next manifest.
pub(super) const NOT_READY: [Stage; 2] = [Stage::Confirming, Stage::Confirmed];
