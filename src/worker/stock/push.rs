//! Pushing what EasyEcom should show.

use std::collections::BTreeMap;

use crate::{
    domain::{
        Clean, Failure, FailureKind, Operator, Sku, Stamp, Verdict,
        event::{Event, StockResult},
        inventory::{QUANTITY_MAX, SkuRecord},
        request::{InventoryItem, InventoryRequest},
    },
    easyecom::{InventoryAnswer, SkuVerdict},
    handle::Level,
    ledger::{Begin, BeginError},
    worker::{
        ports::Remotes,
        shop::{Shop, lock},
        steps::{ready_to_write, too_late},
        traffic::Class,
    },
};

const SHORT_ALARM: &str = "stock-calls";

/// Pushes everything that waits, as far as the orders of today leave calls for it, or all of it where a
/// person `asked`. Returns how many SKUs were taken.
pub(in crate::worker) async fn push_all<R: Remotes>(
    shop: &Shop<R>,
    by: &Operator,
    asked: bool,
) -> usize {
    let paused = shop.reader.site().is_ok_and(|s| s.paused.is_some());
    if !shop.config.stock.setting_on || paused || lock(&shop.live).failed.is_some() {
        return 0;
    }
    let mut taken = 0;
    loop {
        let batch = match waiting(shop) {
            Ok(batch) if batch.is_empty() => {
                shop.alarm(SHORT_ALARM, None);
                return taken;
            }
            Ok(batch) => batch,
            Err(error) => {
                shop.store_failed(&error);
                return taken;
            }
        };
        if !asked && super::spare(shop) == 0 {
            shop.alarm(
                SHORT_ALARM,
                Some(
                    "quantities wait to be pushed and EasyEcom shows older ones: the calls left today are kept for \
                     orders; they follow when calls are left over, push them by hand if they cannot wait",
                ),
            );
            return taken;
        }
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
pub(in crate::worker) async fn push<R: Remotes>(
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
    ready_to_write(shop, Class::Stock)
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
    crate::worker::steps::note_easyecom(shop, &verdict);
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
