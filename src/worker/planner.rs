//! Hands out due work: most pressing first, a bounded number of orders at once, one task per order.

use std::{sync::Arc, time::Duration};

use chrono::NaiveTime;

use super::{
    ports::Remotes,
    shop::{Shop, lock},
    steps::{self, End},
};
use crate::{
    domain::{
        InvoiceId, Operator, OrderRecord, Stamp, Step,
        schedule::{Due, Work},
        step::Stage,
    },
    handle::Level,
};

/// Turns that one kind of work on one order takes in a minute at most.
const TURNS_MAX: u32 = 12;

/// What comes up more often waits this long.
const GO_SLOW: chrono::Duration = chrono::Duration::minutes(5);

/// Ready orders that are gathered for manifests at once.
const READY_MAX: usize = 400;

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
    let paused = shop.reader.site().is_ok_and(|s| s.paused.is_some());
    let (short_of_room, booking_refused) = {
        let live = lock(&shop.live);
        (live.short_of_room, live.booking_refused.is_some())
    };
    let clocks_disagree = shop.clocks_disagree().is_some();
    for work in Work::ALL {
        let not_now = work == Work::Pull
            || (paused && work != Work::Reconcile)
            || (short_of_room && begins_something(work))
            || (work == Work::Tell && clocks_disagree)
            || (work == Work::Book && booking_refused)
            || waits_for_person(shop, work);
        if not_now {
            continue;
        }
        if needs_fresh(work) && !shop.is_fresh(shop.config.fetch.fresh_for) {
            if has_due(shop, work) {
                shop.want_poll();
            }
            continue;
        }
        if work == Work::Manifest {
            manifests(shop, slots, cut_offs);
        } else {
            hand_out(shop, slots, work);
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
        Work::Book | Work::CancelBooking | Work::Pull => shop.carrier.may_call(),
        Work::Documents => true,
        _ => shop.easyecom.may_call(),
    }
}

/// Due orders that nobody works on and nothing puts off, as many as are asked for.
fn due<R: Remotes>(shop: &Shop<R>, work: Work, most: usize) -> Vec<(InvoiceId, Due)> {
    let now = shop.now();
    let passed_over = {
        let live = lock(&shop.live);
        live.deferred.len() + live.busy.len()
    };
    let found = match shop.reader.due(work, now, most + passed_over) {
        Ok(found) => found,
        Err(error) => {
            shop.store_failed(&error);
            return Vec::new();
        }
    };
    let live = lock(&shop.live);
    found
        .into_iter()
        .filter(|(id, _)| !live.busy.contains(id))
        .filter(|(id, _)| live.deferred.get(id).is_none_or(|until| *until <= now))
        .collect()
}

fn has_due<R: Remotes>(shop: &Shop<R>, work: Work) -> bool {
    !due(shop, work, 1).is_empty()
}

fn hand_out<R: Remotes>(shop: &Arc<Shop<R>>, slots: &Arc<tokio::sync::Semaphore>, work: Work) {
    let free = slots.available_permits();
    if free == 0 {
        return;
    }
    let each = if work == Work::Book {
        crate::dtdc::PARCELS_MAX
    } else {
        1
    };
    let due = due(shop, work, free * each);
    if due.is_empty() || !may_call(shop, work) {
        return;
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

/// Keeps an order from being tried in a circle, and says what went wrong.
fn after<R: Remotes>(shop: &Shop<R>, work: Work, id: InvoiceId, end: &End) {
    if shop.count_turn(id, work) > TURNS_MAX {
        // Something that should have ended does not: it must not eat the day's calls.
        shop.defer(id, shop.now() + GO_SLOW);
        shop.notice(
            Level::Warn,
            &format!("{id}: {work:?} comes up again and again; it is looked at once in a while"),
        );
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
                &format!("{id}: {work:?} sent, outcome not known: {saw}"),
            );
        }
        End::NotApplied(failure) => {
            tracing::info!(%id, ?work, "not applied: {}", failure.says);
        }
        End::Taken(_) | End::NotHeld => {}
    }
}

/// When manifests are looked at.
#[derive(Default)]
struct CutOffs {
    looked_at: Option<tokio::time::Instant>,
    /// Without anything new, nothing is to be done before.
    again_at: Option<Stamp>,
}

/// Ready orders are gathered at most this often: a wave changes the ledger far more often.
const MANIFEST_LOOK_EVERY: Duration = Duration::from_millis(250);

impl CutOffs {
    /// Whether it is time to look again.
    fn look(&mut self) -> bool {
        let now = tokio::time::Instant::now();
        if self
            .looked_at
            .is_some_and(|at| now - at < MANIFEST_LOOK_EVERY)
        {
            return false;
        }
        self.looked_at = Some(now);
        true
    }

    /// Looks again when a group has waited long enough, or when the lead time of a pickup begins.
    fn look_again<R: Remotes>(&mut self, shop: &Shop<R>, waited: Option<Stamp>) {
        let now = shop.now();
        let lead = chrono::Duration::from_std(shop.config.manifest.lead).unwrap_or_default();
        let waited = waited.filter(|_| shop.config.manifest.continuous);
        let pickup = next_cut_off(shop, now).map(|at| at - lead);
        self.again_at = [self.again_at, waited, pickup]
            .into_iter()
            .flatten()
            .filter(|at| *at > now)
            .min();
    }

    /// Whether the lead time of the next pickup has begun.
    fn pressing<R: Remotes>(shop: &Shop<R>) -> bool {
        let now = shop.now();
        let Some(next) = next_cut_off(shop, now) else {
            return false;
        };
        let lead = chrono::Duration::from_std(shop.config.manifest.lead).unwrap_or_default();
        now >= next - lead
    }
}

/// The next pickup.
pub(super) fn next_cut_off<R: Remotes>(shop: &Shop<R>, now: Stamp) -> Option<Stamp> {
    let local = now.with_timezone(&shop.config.zone);
    let on = |day: chrono::NaiveDate, time: NaiveTime| {
        day.and_time(time)
            .and_local_timezone(shop.config.zone)
            .single()
            .map(|t| t.with_timezone(&chrono::Utc))
    };
    let today = local.date_naive();
    [Some(today), today.succ_opt()]
        .into_iter()
        .flatten()
        .flat_map(|day| {
            shop.config
                .manifest
                .cut_offs
                .iter()
                .filter_map(move |t| on(day, *t))
        })
        .filter(|at| *at > now)
        .min()
}

fn manifests<R: Remotes>(
    shop: &Arc<Shop<R>>,
    slots: &Arc<tokio::sync::Semaphore>,
    cut_offs: &mut CutOffs,
) {
    let now = shop.now();
    if !cut_offs.look() {
        cut_offs.again_at = Some(now + chrono::Duration::milliseconds(250));
        return;
    }
    cut_offs.again_at = None;
    let ready: Vec<OrderRecord> = due(shop, Work::Manifest, READY_MAX)
        .into_iter()
        .filter_map(|(id, _)| shop.reader.order(id).ok().flatten())
        .collect();
    if ready.is_empty() {
        lock(&shop.live).manifest_wanted = None;
        return;
    }
    let linger = chrono::Duration::from_std(shop.config.manifest.linger).unwrap_or_default();
    let pressed = CutOffs::pressing(shop) || lock(&shop.live).manifest_wanted.is_some();
    let mut fresh_wanted = false;
    for ids in steps::manifest::batches(
        &ready,
        shop.config.carrier_id,
        shop.config.manifest.batch_max,
    ) {
        let oldest = ready
            .iter()
            .filter(|r| ids.contains(&r.id()))
            .map(steps::manifest::ready_since)
            .min();
        let full = ids.len() >= shop.config.manifest.batch_max;
        // Who else of the group is about to be ready is worth waiting for: a manifest is one call.
        let waited = oldest.is_some_and(|at| now - at >= linger);
        if !(pressed || (shop.config.manifest.continuous && (full || waited))) {
            cut_offs.look_again(shop, oldest.map(|at| at + linger));
            continue;
        }
        if !shop.is_fresh(shop.config.fetch.fresh_for_manifest) {
            fresh_wanted = true;
            continue;
        }
        if !shop.easyecom.may_call() || !spawn(shop, slots, Work::Manifest, ids) {
            break;
        }
    }
    if fresh_wanted {
        shop.want_poll();
    }
}

/// Orders that stand in Confirmed, not ready, for the plan of the next manifest.
pub(super) const NOT_READY: [Stage; 2] = [Stage::Confirming, Stage::Confirmed];
