//! Step 7: the warehouse's counts, compared with what EasyEcom acknowledged, pushed in bulk, read
//! back.

mod push;
mod read_back;

pub(super) use self::{
    push::{push, push_all},
    read_back::read_back,
};

use std::sync::Arc;

use std::time::Duration;

use tokio::time::Instant;

use super::{
    overview,
    ports::Remotes,
    shop::{Shop, lock},
    traffic::Class,
    wave,
};
use crate::{
    domain::{Clean, Operator, Sku, event::Event},
    files::{InventoryWatch, StockFile},
    handle::Level,
};

/// Rows in one journal record; keeps it far below the store's value limit.
const ROWS_PER_RECORD: usize = 100;

/// Problems of a file kept for the screen.
const PROBLEMS_SHOWN: usize = 20;

/// After a push the figures are read back when so long nothing more was pushed.
const QUIET: Duration = Duration::from_mins(1);

/// When quantities are pushed and read.
pub(super) struct Pace {
    push_at: Instant,
    /// The regular reading.
    read_at: Instant,
    /// The reading that proves what was pushed.
    proof_at: Option<Instant>,
    /// No reading before, lest they take more than their share.
    read_from: Instant,
    /// Pages of the last reading.
    pages: u32,
}

impl Pace {
    pub fn new<R: Remotes>(shop: &Shop<R>, now: Instant) -> Self {
        Self {
            push_at: now,
            read_at: now + shop.config.stock.read_every,
            proof_at: None,
            read_from: now,
            pages: 1,
        }
    }

    /// Pushes and reads what its time has come for, or what a person asked for.
    pub async fn turn<R: Remotes>(&mut self, shop: &Shop<R>, push_wanted: bool, read_wanted: bool) {
        let per_day = shop.meter.limits().per_day;
        let now = Instant::now();
        if now >= self.push_at || push_wanted {
            self.push_at = now + wave::push_every(per_day, shop.config.stock.push_every);
            if push_all(shop, &Operator::engine(), push_wanted).await > 0 {
                // What was acknowledged is worth nothing until it is read back, once for all of it.
                self.proof_at = Some(Instant::now() + QUIET);
            }
        }
        let now = Instant::now();
        let proof = self.proof_at.is_some_and(|at| now >= at);
        let due = (proof || now >= self.read_at) && now >= self.read_from;
        let paid = || spare(shop) >= self.pages;
        if read_wanted || due && paid() {
            self.proof_at = None;
            self.pages = read_back(shop).await.max(1);
            let now = Instant::now();
            self.read_from = now + wave::stock_read_every(per_day, self.pages);
            self.read_at = self.read_from.max(now + shop.config.stock.read_every);
        }
    }
}

/// Calls for quantities beyond those that the orders of today need.
fn spare<R: Remotes>(shop: &Shop<R>) -> u32 {
    let now = shop.now();
    match overview::plan(shop, now) {
        Ok(plan) => overview::spare(shop, plan, Class::Stock, now),
        Err(error) => {
            shop.store_failed(&error);
            0
        }
    }
}

/// Watches, pushes and reads back for as long as the engine lives.
pub(super) async fn run<R: Remotes>(shop: Arc<Shop<R>>) {
    let mut watch = shop.config.stock.path.clone().map(InventoryWatch::new);
    let mut pace = Pace::new(&shop, Instant::now());
    loop {
        if let Some(watch) = &mut watch {
            for file in watch.poll() {
                match file {
                    Ok(file) => count(&shop, file).await,
                    Err(error) => {
                        shop.notice(Level::Warn, &format!("stock file: {error}"));
                        lock(&shop.live).stock_problems = vec![Clean::new(&error.to_string())];
                    }
                }
            }
        }
        let (push_wanted, read_wanted) = {
            let mut live = lock(&shop.live);
            (
                std::mem::take(&mut live.stock_push_wanted),
                std::mem::take(&mut live.stock_read_wanted),
            )
        };
        pace.turn(&shop, push_wanted, read_wanted).await;
        tokio::select! {
            () = shop.stop.cancelled() => return,
            () = shop.stock_wake.notified() => {}
            () = tokio::time::sleep(shop.config.stock.watch_every) => {}
        }
    }
}

async fn count<R: Remotes>(shop: &Shop<R>, file: StockFile) {
    if let Some(other) = file
        .location
        .as_ref()
        .filter(|l| l.as_str() != shop.config.location.as_str())
    {
        let says = format!(
            "stock file {} is of warehouse {other}, not of this one; not used",
            file.path.display()
        );
        shop.notice(Level::Warn, &says);
        lock(&shop.live).stock_problems = vec![Clean::new(&says)];
        return;
    }
    let rows: Vec<(Sku, i64)> = file
        .rows
        .iter()
        .map(|r| (r.sku.clone(), r.quantity))
        .collect();
    let source = Clean::new(&format!(
        "sha256 {}",
        file.sha256.get(..12).unwrap_or_default()
    ));
    let problems: Vec<Clean> = file
        .problems
        .iter()
        .take(PROBLEMS_SHOWN)
        .map(|p| Clean::new(&p.to_string()))
        .collect();
    let events = rows
        .chunks(ROWS_PER_RECORD)
        .map(|rows| Event::Counted {
            location: shop.config.location.clone(),
            source: source.clone(),
            as_of: file.as_of,
            rows: rows.to_vec(),
        })
        .collect();
    {
        let mut live = lock(&shop.live);
        live.stock_file_at = Some(file.as_of);
        live.stock_problems.clone_from(&problems);
    }
    if shop.record(events).await.is_ok() {
        let level = if problems.is_empty() {
            Level::Info
        } else {
            Level::Warn
        };
        shop.notice(
            level,
            &format!(
                "stock file read: {} SKUs, {} problems",
                rows.len(),
                file.problems.len()
            ),
        );
    }
}
