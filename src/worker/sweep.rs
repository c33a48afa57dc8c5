//! Asking the carrier about parcels, by need and spread out: each stage has its own rhythm, and a
//! sweep takes as long as the rhythm allows.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt, stream};

use super::{ports::Remotes, shop::Shop, steps};
use crate::domain::{InvoiceId, Stage};

/// Parcels asked about at once.
const AT_ONCE: usize = 4;

/// Read from the index at once.
const PAGE: usize = 50;

/// The stages in which a parcel moves, and how their rhythm compares with the configured one.
const RHYTHMS: [(Stage, f64); 4] = [
    (Stage::Shipped, 1.0),
    (Stage::InTransit, 1.0),
    (Stage::OutForDelivery, 0.5),
    (Stage::Rto, 2.0),
];

/// Sweeps for as long as the engine lives.
pub(super) async fn run<R: Remotes>(shop: Arc<Shop<R>>) {
    let sweeps = RHYTHMS.map(|(stage, share)| one_stage(&shop, stage, share));
    futures_util::future::join_all(sweeps).await;
}

async fn one_stage<R: Remotes>(shop: &Arc<Shop<R>>, stage: Stage, share: f64) {
    let every = shop.config.tracking.every.mul_f64(share);
    loop {
        let began = tokio::time::Instant::now();
        let mut after: Option<InvoiceId> = None;
        loop {
            if shop.stop.is_cancelled() {
                return;
            }
            let paused = shop.reader.site().is_ok_and(|s| s.paused.is_some());
            if paused || !shop.carrier.may_call() {
                break;
            }
            let Ok(ids) = shop.reader.stage_ids(stage, after, PAGE) else {
                break;
            };
            let Some(&last) = ids.last() else {
                break;
            };
            after = Some(last);
            ask(shop, &ids).await;
        }
        tokio::select! {
            () = shop.stop.cancelled() => return,
            () = tokio::time::sleep_until(began + every) => {}
        }
        // A sweep that took longer than its rhythm still leaves room for others.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn ask<R: Remotes>(shop: &Arc<Shop<R>>, ids: &[InvoiceId]) {
    stream::iter(ids.to_vec())
        .for_each_concurrent(AT_ONCE, |id| async move {
            let Some(_busy) = shop.take(&[id]) else {
                return;
            };
            let ours = shop.reader.order(id).ok().flatten().is_some_and(|record| {
                crate::domain::schedule::due(&record)
                    .is_some_and(|due| due.work == crate::domain::schedule::Work::Pull)
            });
            if ours {
                let end = steps::track::track(shop, id).await;
                tracing::trace!(%id, ?end, "asked the carrier");
            }
        })
        .await;
}
