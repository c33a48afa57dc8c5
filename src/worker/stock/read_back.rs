//! Reading back what EasyEcom shows.

use super::ROWS_PER_RECORD;
use crate::{
    domain::{Sku, event::Event, inventory::DiffState},
    easyecom::RejectedRow,
    handle::Level,
    worker::{
        ports::Remotes,
        shop::{Shop, lock},
        traffic::Class,
    },
};

/// Pages of a read-back; EasyEcom's lists are not endless.
const PAGES_MAX: usize = 5_000;

/// Bad rows of EasyEcom that are remembered as told; past this they may be told again.
const REJECTED_KNOWN_MAX: usize = 1_000;

/// Reads EasyEcom's figures back. Returns how many pages were asked for.
pub(in crate::worker) async fn read_back<R: Remotes>(shop: &Shop<R>) -> u32 {
    let asked_at = shop.now();
    let mut next = None;
    let mut seen = std::collections::HashSet::new();
    let mut pages = 0;
    for _ in 0..PAGES_MAX {
        pages += 1;
        let page = match shop
            .read(Class::Stock, || shop.remotes.stock_page(next.clone()))
            .await
        {
            Ok(page) => page,
            Err(error) => {
                tracing::info!("stock read-back: {error}");
                return pages;
            }
        };
        let changed: Vec<(Sku, i64)> = page
            .rows
            .into_iter()
            .filter(|(sku, quantity)| worth_keeping(shop, sku, *quantity))
            .collect();
        let events = changed
            .chunks(ROWS_PER_RECORD)
            .map(|rows| Event::StockRead {
                location: shop.config.location.clone(),
                rows: rows.to_vec(),
                asked_at,
            })
            .collect();
        if shop.record(events).await.is_err() || !keep_rejected(shop, page.rejected).await {
            return pages;
        }
        match page.next {
            Some(n) if seen.insert(n.clone()) => next = Some(n),
            _ => break,
        }
    }
    lock(&shop.live).stock_read_at = Some(asked_at);
    let differs = shop
        .reader
        .stock_counts()
        .ok()
        .and_then(|c| c.get(&DiffState::Differs).copied())
        .unwrap_or(0);
    if differs > 0 {
        shop.notice(
            Level::Warn,
            &format!("{differs} SKUs: EasyEcom shows another figure than it acknowledged"),
        );
    }
    pages
}

/// Keeps rows that could not be read, each once: the same come with every reading. False if the store
/// failed.
async fn keep_rejected<R: Remotes>(shop: &Shop<R>, rows: Vec<RejectedRow>) -> bool {
    let new: Vec<RejectedRow> = {
        let mut live = lock(&shop.live);
        if live.stock_rejected.len() >= REJECTED_KNOWN_MAX {
            live.stock_rejected.clear();
        }
        rows.into_iter()
            .filter(|row| live.stock_rejected.insert(row.fragment.clone()))
            .collect()
    };
    for row in &new {
        shop.notice(
            Level::Warn,
            &format!("a stock row of EasyEcom could not be read: {}", row.reason),
        );
    }
    let events = new
        .into_iter()
        .map(|row| Event::RowRejected {
            source: "getInventoryDetails".into(),
            invoice: None,
            reason: row.reason,
            fragment: row.fragment.as_str().into(),
        })
        .collect();
    shop.record(events).await.is_ok()
}

/// A reading that confirms what is known already is not worth a record; SKUs that the warehouse
/// never counted are kept once.
fn worth_keeping<R: Remotes>(shop: &Shop<R>, sku: &Sku, quantity: i64) -> bool {
    match shop.reader.sku(&shop.config.location, sku) {
        Ok(Some(record)) => {
            let same = record
                .read_back
                .as_ref()
                .is_some_and(|r| r.quantity == quantity);
            !(same
                && matches!(
                    record.state(),
                    DiffState::InSync | DiffState::Differs | DiffState::NotOurs
                ))
        }
        Ok(None) => true,
        Err(_) => false,
    }
}
