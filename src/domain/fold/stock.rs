//! Counts, decrements, pushes and read-backs of quantities.

use super::View;
use crate::domain::{
    event::{Entry, Event, StockResult},
    ids::{LocationKey, Sku},
    inventory::{Acknowledged, Figure, Happened, SkuRecord},
    outcome::Signed,
    record::{Intent, OrderRecord, Progress},
};

pub(super) fn stock<V: View>(entry: &Entry, view: &mut V) -> Result<(), V::Error> {
    match &entry.event {
        Event::Counted {
            location,
            as_of,
            rows,
            ..
        } => {
            for (sku, quantity) in rows {
                with(view, location, sku, |r| {
                    // An older count never replaces a newer one.
                    if r.counted.as_ref().is_some_and(|c| c.at >= *as_of) {
                        return;
                    }
                    r.wish(entry.seq, |r| {
                        r.counted = Some(Figure {
                            quantity: *quantity,
                            at: *as_of,
                        });
                        r.forget_shipments_until(*as_of);
                    });
                    r.problem = None;
                    let quantity = *quantity;
                    r.remember(*as_of, &entry.by, Happened::Counted { quantity });
                })?;
            }
            Ok(())
        }
        Event::StockIntent {
            location,
            items,
            digest,
            not_after,
            settle_at,
        } => {
            for item in items {
                with(view, location, &item.sku, |r| {
                    r.sending = Some((item.quantity, item.version));
                    let quantity = item.quantity;
                    r.remember(entry.at, &entry.by, Happened::Sent { quantity });
                    r.push.attempts = r.push.attempts.saturating_add(1);
                    r.push.progress = Progress::Sent {
                        intent: Intent {
                            seq: entry.seq,
                            at: entry.at,
                            not_after: *not_after,
                            settle_at: *settle_at,
                            by: entry.by.clone(),
                            digest: digest.clone(),
                        },
                    };
                })?;
            }
            Ok(())
        }
        Event::StockOutcome {
            intent,
            location,
            items,
        } => {
            for (sku, result) in items {
                with(view, location, sku, |r| settle(entry, *intent, result, r))?;
            }
            Ok(())
        }
        Event::LeftOut {
            location,
            skus,
            reason,
        } => {
            for sku in skus {
                with(view, location, sku, |r| {
                    r.left_out = Some(Signed {
                        by: entry.by.clone(),
                        at: entry.at,
                        reason: reason.clone(),
                    });
                    let reason = reason.clone();
                    r.remember(entry.at, &entry.by, Happened::LeftOut { reason });
                })?;
            }
            Ok(())
        }
        Event::TakenIn { location, skus } => {
            for sku in skus {
                with(view, location, sku, |r| {
                    if r.left_out.take().is_some() {
                        // Whoever takes it in wants it pushed, whatever EasyEcom said before.
                        r.problem = None;
                        r.remember(entry.at, &entry.by, Happened::TakenIn);
                    }
                })?;
            }
            Ok(())
        }
        Event::StockRead {
            location,
            rows,
            asked_at,
        } => {
            for (sku, quantity) in rows {
                with(view, location, sku, |r| {
                    r.read_back = Some(Figure {
                        quantity: *quantity,
                        at: *asked_at,
                    });
                    let quantity = *quantity;
                    r.remember(entry.at, &entry.by, Happened::Shows { quantity });
                })?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn with<V: View>(
    view: &mut V,
    location: &LocationKey,
    sku: &Sku,
    change: impl FnOnce(&mut SkuRecord),
) -> Result<(), V::Error> {
    let mut record = view
        .sku(location, sku)?
        .unwrap_or_else(|| SkuRecord::new(location.clone(), sku.clone()));
    change(&mut record);
    view.put_sku(record)
}

fn settle(entry: &Entry, intent: u64, result: &StockResult, record: &mut SkuRecord) {
    let Some(open) = record
        .push
        .progress
        .intent()
        .filter(|i| i.seq == intent)
        .cloned()
    else {
        return;
    };
    let sent = record.sending;
    record.remember(entry.at, &entry.by, happened(result));
    match result {
        StockResult::Taken { quantity } => {
            record.sending = None;
            record.push.strikes = 0;
            record.problem = None;
            record.push.progress = Progress::Idle;
            let version = sent.map_or(0, |(_, version)| version);
            // An answer to an older push never covers a newer acknowledgement.
            if record
                .acknowledged
                .as_ref()
                .is_none_or(|a| a.version <= version)
            {
                record.acknowledged = Some(Acknowledged {
                    quantity: *quantity,
                    version,
                    at: entry.at,
                });
            }
        }
        StockResult::Refused { says } => {
            record.sending = None;
            record.push.strikes = record.push.strikes.saturating_add(1);
            record.push.progress = Progress::Idle;
            record.problem = Some(says.clone());
        }
        StockResult::NotApplied { failure, retry_at } => {
            record.sending = None;
            if failure.kind.counts_against_the_order() {
                record.push.strikes = record.push.strikes.saturating_add(1);
            }
            record.push.progress = Progress::Waiting {
                failure: failure.clone(),
                at: entry.at,
                retry_at: *retry_at,
            };
        }
        StockResult::Unknown { saw } => {
            let check_at = open.settle_at;
            record.push.progress = Progress::Unknown {
                intent: open,
                since: entry.at,
                saw: saw.clone(),
                silent: 0,
                check_at,
            };
        }
    }
}

fn happened(result: &StockResult) -> Happened {
    match result {
        StockResult::Taken { quantity } => Happened::Taken {
            quantity: *quantity,
        },
        StockResult::Refused { says } => Happened::Refused { says: says.clone() },
        StockResult::NotApplied { failure, .. } => Happened::NotTaken {
            says: failure.says.clone(),
        },
        StockResult::Unknown { saw } => Happened::Unknown { saw: saw.clone() },
    }
}

/// The pieces of an order whose manifest was just made leave the available stock. A SKU that was not
/// counted yet remembers them too: its first count may be older than the manifest.
pub(super) fn decrement<V: View>(
    entry: &Entry,
    record: &OrderRecord,
    view: &mut V,
) -> Result<(), V::Error> {
    for line in &record.order.lines {
        with(view, &record.order.location, &line.sku, |sku| {
            if sku.counted.as_ref().is_none_or(|c| c.at < entry.at) {
                sku.wish(entry.seq, |s| s.ship(entry.at, line.quantity));
                let pieces = line.quantity;
                sku.remember(entry.at, &entry.by, Happened::Shipped { pieces });
            }
        })?;
    }
    Ok(())
}
