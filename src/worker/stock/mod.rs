//! Step 7: the warehouse's counts, compared with what EasyEcom acknowledged, pushed in bulk, read
//! back.

mod push;
mod read_back;

pub(super) use self::{
    push::{push, push_all},
    read_back::read_back,
};

use std::sync::Arc;

use super::{
    ports::Remotes,
    shop::{Shop, lock},
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

/// Watches, pushes and reads back for as long as the engine lives.
pub(super) async fn run<R: Remotes>(shop: Arc<Shop<R>>) {
    let mut watch = shop.config.stock.path.clone().map(InventoryWatch::new);
    let began = tokio::time::Instant::now();
    let (mut push_at, mut read_at) = (began, began + shop.config.stock.read_every);
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
        let now = tokio::time::Instant::now();
        let (push_wanted, read_wanted) = {
            let mut live = lock(&shop.live);
            (
                std::mem::take(&mut live.stock_push_wanted),
                std::mem::take(&mut live.stock_read_wanted),
            )
        };
        if now >= push_at || push_wanted {
            push_at = now + shop.config.stock.push_every;
            if push_all(&shop, &Operator::engine()).await > 0 {
                // What was acknowledged is worth nothing until it is read back.
                read_at = read_at.min(now + shop.config.stock.push_every);
            }
        }
        if now >= read_at || read_wanted {
            read_at = now + shop.config.stock.read_every;
            read_back(&shop).await;
        }
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
