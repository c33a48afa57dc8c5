//! When ready orders are gathered for manifests, and when the next pickup is.

use std::{sync::Arc, time::Duration};

use chrono::NaiveTime;

use super::{due, spawn, waits_for_person};
use crate::{
    domain::{OrderRecord, Stamp, schedule::Work},
    worker::{
        ports::Remotes,
        shop::{Shop, lock},
        steps::{self, manifest::group_of},
    },
};

/// Ready orders that are gathered for manifests at once.
const READY_MAX: usize = 400;

/// When manifests are looked at.
#[derive(Default)]
pub(super) struct CutOffs {
    looked_at: Option<tokio::time::Instant>,
    /// Without anything new, nothing is to be done before.
    pub again_at: Option<Stamp>,
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
pub(in crate::worker) fn next_cut_off<R: Remotes>(shop: &Shop<R>, now: Stamp) -> Option<Stamp> {
    cut_offs(shop, now).filter(|at| *at > now).min()
}

/// The pickup that was last.
pub(in crate::worker) fn last_cut_off<R: Remotes>(shop: &Shop<R>, now: Stamp) -> Option<Stamp> {
    cut_offs(shop, now).filter(|at| *at <= now).max()
}

/// The pickups of yesterday, today and tomorrow.
fn cut_offs<R: Remotes>(shop: &Shop<R>, now: Stamp) -> impl Iterator<Item = Stamp> {
    let local = now.with_timezone(&shop.config.zone);
    let on = |day: chrono::NaiveDate, time: NaiveTime| {
        day.and_time(time)
            .and_local_timezone(shop.config.zone)
            .single()
            .map(|t| t.with_timezone(&chrono::Utc))
    };
    let today = local.date_naive();
    [today.pred_opt(), Some(today), today.succ_opt()]
        .into_iter()
        .flatten()
        .flat_map(move |day| {
            let times = shop.config.manifest.cut_offs.iter();
            times.filter_map(move |time| on(day, *time))
        })
}

/// Hands out the manifests whose time has come.
pub(super) fn manifests<R: Remotes>(
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
    let carrier = shop.config.carrier_id;
    let wanted = {
        let mut live = lock(&shop.live);
        // Done once nothing of it is ready any more.
        live.manifest_wanted
            .take_if(|wanted| !ready.iter().any(|r| wanted.means(&group_of(r, carrier))));
        live.manifest_wanted.clone()
    };
    let linger = chrono::Duration::from_std(shop.config.manifest.linger).unwrap_or_default();
    let pressing = CutOffs::pressing(shop);
    let mut fresh_wanted = false;
    for ids in steps::manifest::batches(
        &ready,
        shop.config.carrier_id,
        shop.config.manifest.batch_max,
    ) {
        let members = || ready.iter().filter(|r| ids.contains(&r.id()));
        let oldest = members().map(steps::manifest::ready_since).min();
        let asked_for = wanted
            .as_ref()
            .is_some_and(|w| members().any(|r| w.means(&group_of(r, carrier))));
        // Where manifests wait for a person, only what one asked for is made.
        if waits_for_person(shop, Work::Manifest) && !asked_for {
            continue;
        }
        let pressed = pressing || asked_for;
        let full = ids.len() >= shop.config.manifest.batch_max;
        // Who else of the group is about to be ready is worth waiting for: a manifest is one call.
        let waited = oldest.is_some_and(|at| now - at >= linger);
        if !(pressed || (shop.config.manifest.continuous && (full || waited))) {
            cut_offs.look_again(shop, oldest.map(|at| at + linger));
            continue;
        }
        if !shop.is_fresh_for_manifest() {
            fresh_wanted = true;
            continue;
        }
        let may_call = shop.easyecom.may_write() && shop.easyecom.may_call();
        if !may_call || !spawn(shop, slots, Work::Manifest, ids) {
            break;
        }
    }
    if fresh_wanted {
        shop.want_poll();
    }
}
