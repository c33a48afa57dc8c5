//! What brings the engine back after the store failed, and what it owes to calls whose outcome could
//! not be recorded.

use std::{sync::Arc, time::Duration};

use super::{
    ports::Remotes,
    shop::{Shop, lock},
};
use crate::{
    domain::{Clean, Stamp, event::Event, record::Progress, schedule::Work},
    handle::Level,
};

/// Calls that are looked for; more than could ever be under way.
const ORPHANS_MAX: usize = 10_000;

/// First and longest wait between two tries to open the store again.
const TRY_FIRST: Duration = Duration::from_secs(2);
const TRY_LONGEST: Duration = Duration::from_mins(1);

/// Waits for the store to fail, and opens it again as often as it takes: sled refuses every write
/// after one that failed, and a disk that was full has room again some day.
pub(super) async fn run<R: Remotes>(shop: Arc<Shop<R>>) {
    loop {
        tokio::select! {
            biased;
            () = shop.stop.cancelled() => return,
            () = shop.mend.notified() => {}
        }
        let mut wait = TRY_FIRST;
        while lock(&shop.live).failed.is_some() {
            tokio::select! {
                biased;
                () = shop.stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
            wait = (wait * 2).min(TRY_LONGEST);
            mend(&shop).await;
        }
    }
}

async fn mend<R: Remotes>(shop: &Shop<R>) {
    match shop.ledger.reopen().await {
        Ok(report) => {
            lock(&shop.live).failed = None;
            shop.notice(
                Level::Good,
                &format!(
                    "the store works again: {} records, {} applied anew; sending goes on",
                    report.records, report.replayed
                ),
            );
            own_up(shop, "the store failed before the answer was recorded").await;
            shop.wake.notify_one();
            shop.poll.notify_one();
        }
        Err(error) => {
            tracing::warn!("the store could not be opened again: {error}");
            lock(&shop.live).failed = Some(Clean::new(&error.to_string()));
        }
    }
}

/// Calls that stand as sent while nobody waits for their answers any more: the screen says so at
/// once, and reading settles them.
pub(super) async fn own_up<R: Remotes>(shop: &Shop<R>, says: &str) {
    let open = shop
        .reader
        .due(Work::Reconcile, Stamp::MAX_UTC, ORPHANS_MAX)
        .unwrap_or_default();
    let mut events = Vec::new();
    for (id, due) in open {
        if lock(&shop.live).busy.contains(&id) {
            continue;
        }
        let record = shop.reader.order(id).ok().flatten();
        let sent = record
            .as_ref()
            .and_then(|r| r.call(due.call))
            .and_then(|state| match &state.progress {
                Progress::Sent { intent } => Some(intent.settle_at),
                _ => None,
            });
        if let Some(next_at) = sent {
            events.push(Event::Checked {
                call: due.call,
                invoice: id,
                says: Clean::new(says),
                counts: false,
                next_at,
            });
        }
    }
    if events.is_empty() {
        return;
    }
    let calls = events.len();
    shop.notice(
        Level::Warn,
        &format!("{calls} calls were under way: {says}; they are settled by reading"),
    );
    if let Err(error) = shop.record(events).await {
        tracing::error!("open calls could not be owned up to: {error}");
    }
}
