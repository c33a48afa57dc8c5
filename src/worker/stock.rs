//! Step 7: the warehouse's counts, compared with what EasyEcom acknowledged, pushed in bulk, read
//! back.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    ports::Remotes,
    shop::{Shop, lock},
    steps::too_late,
    traffic::Class,
};
use crate::{
    domain::{
        Clean, Failure, FailureKind, Operator, Sku, Stamp, Verdict,
        event::{Event, StockResult},
        inventory::{DiffState, QUANTITY_MAX, SkuRecord},
        request::{InventoryItem, InventoryRequest},
    },
    easyecom::{InventoryAnswer, RejectedRow, SkuVerdict},
    files::{InventoryWatch, StockFile},
    handle::Level,
    ledger::{Begin, BeginError},
};

/// Rows in one journal record; keeps it far below the store's value limit.
const ROWS_PER_RECORD: usize = 100;

/// Pages of a read-back; EasyEcom's lists are not endless.
const PAGES_MAX: usize = 5_000;

/// Bad rows of EasyEcom that are remembered as told; past this they may be told again.
const REJECTED_KNOWN_MAX: usize = 1_000;

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

/// Pushes everything that waits. Returns how many SKUs were taken.
pub(super) async fn push_all<R: Remotes>(shop: &Shop<R>, by: &Operator) -> usize {
    let paused = shop.reader.site().is_ok_and(|s| s.paused.is_some());
    if !shop.config.stock.setting_on || paused || lock(&shop.live).failed.is_some() {
        return 0;
    }
    let mut taken = 0;
    loop {
        let batch = match waiting(shop) {
            Ok(batch) if batch.is_empty() => return taken,
            Ok(batch) => batch,
            Err(error) => {
                shop.store_failed(&error);
                return taken;
            }
        };
        match push(shop, batch, by).await {
            Ok(count) => taken += count,
            Err(says) => {
                tracing::info!("stock push: {says}");
                return taken;
            }
        }
    }
}

fn waiting<R: Remotes>(shop: &Shop<R>) -> Result<Vec<SkuRecord>, crate::ledger::LedgerError> {
    let limit = shop.config.stock.skus_per_push.max(1);
    let now = shop.now();
    // A push of unknown outcome is replaced by the current figure once it can no longer arrive after
    // it: by the clock, and by the time that really passed.
    let mut batch = if may_replace_open(shop, now) {
        shop.reader.stock_unknown_due(now, limit)?
    } else {
        Vec::new()
    };
    let room = limit - batch.len();
    batch.extend(shop.reader.stock_waiting(now, room)?);
    // What was refused once is asked alone: one bad SKU may fail a whole call.
    if let Some(at) = batch.iter().position(|r| r.push.strikes > 0) {
        let alone = batch.swap_remove(at);
        if batch.is_empty() || batch.iter().all(|r| r.push.strikes > 0) {
            return Ok(vec![alone]);
        }
        batch.retain(|r| r.push.strikes == 0);
    }
    Ok(batch)
}

/// Whether enough time has really passed for an open push of unknown outcome to have arrived.
fn may_replace_open<R: Remotes>(shop: &Shop<R>, now: Stamp) -> bool {
    now - shop.config.settle.settle() >= shop.remotes.steady_since()
}

/// Leaves out what has an older push that may still arrive: it would overwrite the newer figure.
fn without_open<R: Remotes>(
    shop: &Shop<R>,
    batch: Vec<SkuRecord>,
) -> Result<Vec<SkuRecord>, Clean> {
    let now = shop.now();
    let steady = may_replace_open(shop, now);
    let (open, free): (Vec<_>, Vec<_>) = batch.into_iter().partition(|r| {
        let intent = r.push.progress.intent();
        intent.is_some_and(|intent| !steady || now < intent.settle_at)
    });
    match open.first() {
        Some(first) if free.is_empty() => Err(Clean::new(&format!(
            "an earlier push of {} ({} SKUs in all) may still arrive at EasyEcom and would overwrite \
             this figure; the newest figure follows by itself when that can no longer be",
            first.sku,
            open.len(),
        ))),
        _ => Ok(free),
    }
}

/// Pushes these SKUs in one call.
pub(super) async fn push<R: Remotes>(
    shop: &Shop<R>,
    batch: Vec<SkuRecord>,
    by: &Operator,
) -> Result<usize, Clean> {
    let batch = without_open(shop, batch)?;
    let items: Vec<InventoryItem> = batch
        .iter()
        .filter_map(|r| {
            let quantity = r.wanted().filter(|q| *q <= QUANTITY_MAX)?;
            if r.left_out.is_some() {
                return None;
            }
            Some(InventoryItem {
                sku: r.sku.clone(),
                quantity,
                version: r.version,
            })
        })
        .collect();
    // Of an earlier push, an open one is settled first: its figure is replaced by this one.
    settle_open(shop, &batch)
        .await
        .map_err(|e| Clean::new(&e.to_string()))?;
    if items.is_empty() {
        return Err(Clean::new("nothing that can be pushed"));
    }
    shop.log_in()
        .await
        .map_err(|e| Clean::new(&e.to_string()))?;
    shop.allow(Class::Stock)
        .await
        .map_err(|e| Clean::new(&e.to_string()))?;
    let request = InventoryRequest {
        location: shop.config.location.clone(),
        items,
    };
    let begin = Begin {
        by: by.clone(),
        now: shop.now(),
        fresh_at: None,
        settle: shop.config.settle.settle(),
    };
    let permit = match shop.ledger.begin_stock(request, begin).await {
        Ok(permit) => permit,
        Err(error) => {
            shop.meter.give_back();
            if let BeginError::Failed(error) = &error {
                shop.store_failed(error);
            }
            return Err(Clean::new(&error.to_string()));
        }
    };
    let verdict = if permit.is_live(shop.now()) {
        shop.remotes.push_stock(&permit).await
    } else {
        shop.meter.give_back();
        too_late()
    };
    super::steps::note_easyecom(shop, &verdict);
    let results = results(shop, &permit.request().items, verdict);
    let taken = results
        .iter()
        .filter(|(_, r)| matches!(r, StockResult::Taken { .. }))
        .count();
    let refused = results
        .iter()
        .filter(|(_, r)| matches!(r, StockResult::Refused { .. }))
        .count();
    if refused > 0 {
        shop.notice(Level::Warn, &format!("EasyEcom refused {refused} SKUs"));
    }
    let certain = results
        .iter()
        .any(|(_, r)| matches!(r, StockResult::Taken { .. } | StockResult::Refused { .. }));
    let now = shop.now();
    if let Err(error) = shop.ledger.settle_stock(permit, now, results).await {
        shop.store_failed(&error);
        return Err(Clean::new(&error.to_string()));
    }
    if certain {
        Ok(taken)
    } else {
        Err(Clean::new(
            "the push was not applied, or its outcome is not known",
        ))
    }
}

/// An absolute figure does no harm twice: past its settle time an open push makes way.
async fn settle_open<R: Remotes>(
    shop: &Shop<R>,
    batch: &[SkuRecord],
) -> Result<(), crate::ledger::LedgerError> {
    let mut by_intent: BTreeMap<u64, Vec<(Sku, StockResult)>> = BTreeMap::new();
    for record in batch {
        if let Some(intent) = record.push.progress.intent() {
            by_intent.entry(intent.seq).or_default().push((
                record.sku.clone(),
                StockResult::NotApplied {
                    failure: Failure::new(FailureKind::NotSeen, "replaced by the current figure"),
                    retry_at: shop.now(),
                },
            ));
        }
    }
    let events = by_intent
        .into_iter()
        .map(|(intent, items)| Event::StockOutcome {
            intent,
            location: shop.config.location.clone(),
            items,
        })
        .collect();
    shop.record(events).await
}

fn results<R: Remotes>(
    shop: &Shop<R>,
    items: &[InventoryItem],
    verdict: Verdict<InventoryAnswer>,
) -> Vec<(Sku, StockResult)> {
    let all = |result: &dyn Fn(&InventoryItem) -> StockResult| {
        items.iter().map(|i| (i.sku.clone(), result(i))).collect()
    };
    match verdict {
        Verdict::Applied(answer) | Verdict::Accepted(answer) => match answer.per_sku {
            None => all(&|item| StockResult::Taken {
                quantity: item.quantity,
            }),
            Some(per_sku) => all(&|item| per_sku_result(item, &per_sku)),
        },
        Verdict::NotApplied(failure) => {
            // One bad SKU of many may have failed the call; alone, the words are about it.
            let alone = items.len() == 1 && failure.kind == FailureKind::Rejected;
            let retry_at = shop.retry_at(2);
            all(&|_| {
                if alone {
                    StockResult::Refused {
                        says: failure.says.clone(),
                    }
                } else {
                    StockResult::NotApplied {
                        failure: failure.clone(),
                        retry_at: if failure.kind == FailureKind::Rejected {
                            shop.now()
                        } else {
                            retry_at
                        },
                    }
                }
            })
        }
        Verdict::Unknown(saw) => all(&|_| StockResult::Unknown { saw: saw.clone() }),
    }
}

fn per_sku_result(item: &InventoryItem, per_sku: &[(Sku, SkuVerdict)]) -> StockResult {
    match per_sku.iter().find(|(sku, _)| *sku == item.sku) {
        Some((_, SkuVerdict::Refused(says))) => StockResult::Refused { says: says.clone() },
        Some((_, SkuVerdict::Taken { quantity })) => StockResult::Taken {
            quantity: quantity.unwrap_or(item.quantity),
        },
        None => StockResult::Unknown {
            saw: Clean::new("the answer lists other SKUs and not this one"),
        },
    }
}

/// Reads EasyEcom's figures back.
pub(super) async fn read_back<R: Remotes>(shop: &Shop<R>) {
    let asked_at = shop.now();
    let mut next = None;
    let mut seen = std::collections::HashSet::new();
    for _ in 0..PAGES_MAX {
        let page = match shop
            .read(Class::Stock, || shop.remotes.stock_page(next.clone()))
            .await
        {
            Ok(page) => page,
            Err(error) => {
                tracing::info!("stock read-back: {error}");
                return;
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
            return;
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
