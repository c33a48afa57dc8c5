//! The engine: reads orders, does what is due, settles what is open, answers whoever asks. It lives
//! once per data folder and behind a [`crate::handle::EngineHandle`].

mod allotted;
mod clock;
pub mod config;
mod desk;
#[cfg(test)]
mod fake;
mod fetch;
mod health;
mod http;
mod keeper;
mod mend;
mod overview;
mod planner;
pub mod ports;
mod shop;
mod steps;
mod stock;
mod sweep;
#[cfg(test)]
mod tests;
mod traffic;
mod troubles;
mod views;
mod wave;

use std::{path::PathBuf, sync::Arc, time::Duration};

use thiserror::Error;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

pub use clock::SteadyClock;
pub use config::EngineConfig;
pub use http::{HttpRemotes, WallClock};

use self::{
    ports::Remotes,
    shop::{Parts, Shop},
};
use crate::{
    domain::{Clean, Operator},
    files::DocumentStore,
    handle::{Delta, EngineHandle},
    ledger::Ledger,
};

/// Deltas go out at most this often: a console draws at most ten frames a second.
const DELTA_EVERY: Duration = Duration::from_millis(200);

/// Calls under way when the engine is told to stop get this long to end; what does not is settled by
/// reading at the next start.
const GRACE: Duration = Duration::from_secs(35);

/// A running engine.
pub struct Engine {
    /// The way to it.
    pub handle: EngineHandle,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// Why an engine did not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The document folder.
    #[error("documents cannot be kept: {0}")]
    Documents(String),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] crate::ledger::LedgerError),
}

impl Engine {
    /// Starts an engine on an open ledger.
    pub fn start<R: Remotes>(
        config: EngineConfig,
        remotes: R,
        ledger: Ledger,
        documents: PathBuf,
        operator: Operator,
    ) -> Result<Self, StartError> {
        let documents =
            DocumentStore::open(&documents).map_err(|e| StartError::Documents(e.to_string()))?;
        let site = ledger.reader().site()?;
        let quota = site.quota_day.map(|day| (day, site.quota_used));
        let (handle, end) = EngineHandle::pair(operator);
        let stop = CancellationToken::new();
        let shop = Arc::new(Shop::new(Parts {
            remotes,
            ledger,
            config,
            documents,
            deltas: end.deltas,
            stop: stop.clone(),
            quota,
        }));
        let task = tokio::spawn(live(shop, end.asks));
        Ok(Self { handle, stop, task })
    }

    /// Stops: nothing new is begun, calls under way are awaited, the ledger is closed.
    pub async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.task.await {
            tracing::error!("the engine's task ended badly: {error}");
        }
    }

    /// Ends when the engine has.
    pub async fn ended(&mut self) {
        if let Err(error) = (&mut self.task).await {
            tracing::error!("the engine's task ended badly: {error}");
        }
    }

    /// Tells it to stop without waiting.
    pub fn stopper(&self) -> CancellationToken {
        self.stop.clone()
    }
}

async fn live<R: Remotes>(
    shop: Arc<Shop<R>>,
    asks: tokio::sync::mpsc::Receiver<crate::handle::Asked>,
) {
    mend::own_up(&shop, "the engine stopped before the answer was recorded").await;
    let list = allotted::read(&shop).await;
    let mut parts = JoinSet::new();
    parts.spawn(allotted::run(Arc::clone(&shop), list));
    parts.spawn(fetch::run(Arc::clone(&shop)));
    parts.spawn(planner::run(Arc::clone(&shop)));
    parts.spawn(sweep::run(Arc::clone(&shop)));
    parts.spawn(stock::run(Arc::clone(&shop)));
    parts.spawn(mend::run(Arc::clone(&shop)));
    parts.spawn(keeper::run(Arc::clone(&shop)));
    parts.spawn(desk::run(Arc::clone(&shop), asks));
    parts.spawn(deltas(Arc::clone(&shop)));
    until_stopped(&shop.stop, &mut parts).await;
    let _ = shop.deltas.send(Delta::Stopping {
        says: Clean::new("the engine stops; calls under way are awaited"),
    });
    shop.tasks.close();
    if tokio::time::timeout(GRACE, shop.tasks.wait())
        .await
        .is_err()
    {
        tracing::warn!(
            "calls were still under way at the stop; they are settled by reading at the next start"
        );
    }
    parts.abort_all();
    shop.ledger.close().await;
}

/// Waits until the engine is told to stop. A part that panics takes the engine down with it: without
/// that part the rest would go on looking alive, and whoever started the engine starts it again.
async fn until_stopped(stop: &CancellationToken, parts: &mut JoinSet<()>) {
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            Some(ended) = parts.join_next() => if let Err(error) = ended {
                tracing::error!("a part of the engine ended badly, the engine stops: {error}");
                return stop.cancel();
            }
        }
    }
}

/// Says what changed, at most every [`DELTA_EVERY`].
async fn deltas<R: Remotes>(shop: Arc<Shop<R>>) {
    let mut changes = shop.ledger.changes();
    let mut last = views::Marks::default();
    loop {
        let slow = Duration::from_secs(5);
        tokio::select! {
            () = shop.stop.cancelled() => return,
            changed = changes.changed() => if changed.is_err() { return },
            // Ages, links and the quota move without the ledger.
            () = tokio::time::sleep(slow) => {}
        }
        tokio::time::sleep(DELTA_EVERY).await;
        changes.mark_unchanged();
        if shop.deltas.receiver_count() == 0 {
            continue;
        }
        match overview::overview(&shop) {
            Ok(overview) => {
                let (orders, tracking, stock) = last.advance(&shop);
                let _ = shop.deltas.send(Delta::Changed {
                    overview: Box::new(overview),
                    orders,
                    tracking,
                    stock,
                });
            }
            Err(error) => shop.store_failed(&error),
        }
    }
}
