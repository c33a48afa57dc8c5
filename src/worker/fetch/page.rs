//! One page of orders into the ledger. No row takes its page with it, and none that cannot be used
//! goes by as if it had said nothing.

use std::collections::HashMap;

use super::{Read, store};
use crate::{
    domain::{
        Clean, InvoiceId, Operator, Order, OrderRecord, Stamp,
        event::{Event, Via},
        record::ParkReason,
    },
    easyecom::{OrdersPage, RejectedRow},
    handle::Level,
    worker::{
        ports::Remotes,
        shop::{ReadFailed, Shop},
    },
};

/// Rows that could not be used and were told already; past this they may be told again.
const TOLD_MAX: usize = 10_000;

/// Which call gave them.
const SOURCE: &str = "getAllOrders";

/// Rows that could not be used, and since when each of them is known.
#[derive(Default)]
pub(in crate::worker) struct Told(HashMap<u64, Stamp>);

impl Told {
    /// Since when this row is known, and whether that is news.
    fn since(&mut self, row: &RejectedRow, now: Stamp) -> (Stamp, bool) {
        if self.0.len() >= TOLD_MAX {
            self.0.clear();
        }
        let before = self.0.len();
        let since = *self.0.entry(fingerprint(row)).or_insert(now);
        (since, self.0.len() > before)
    }
}

fn fingerprint(row: &RejectedRow) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (&row.fragment, &row.reason, row.invoice).hash(&mut hasher);
    hasher.finish()
}

/// Takes a page over.
pub(super) async fn take<R: Remotes>(
    shop: &Shop<R>,
    page: OrdersPage,
    via: Via,
    read: &mut Read,
    told: &mut Told,
) -> Result<(), ReadFailed> {
    let mut events = Vec::new();
    let mut people = Vec::new();
    for row in page.rows {
        read.rows += 1;
        let held = shop.reader.order(row.order.invoice_id).map_err(store)?;
        read.new += u32::from(held.is_none());
        let same = held.is_some_and(|held| is_same(&held.order, &row.order));
        if !same {
            people.push((row.order.invoice_id, row.consignee));
            events.push(Event::OrderSeen {
                order: Box::new(row.order),
                via,
            });
        }
    }
    if !people.is_empty() {
        shop.ledger.put_people(people).await.map_err(store)?;
    }
    let mut rejected = page.rejected;
    rejected.extend(record(shop, events, read).await?);
    reject(shop, rejected, told).await
}

/// Whether a row says nothing new; the history comes with the details only.
fn is_same(held: &Order, row: &Order) -> bool {
    if !row.history.is_empty() || held.history.is_empty() {
        return held == row;
    }
    let mut without = held.clone();
    without.history.clear();
    without == *row
}

/// Records the orders of a page as one step. If one of them is too large for the ledger, each goes
/// by itself, and that one comes back as a row that cannot be used.
async fn record<R: Remotes>(
    shop: &Shop<R>,
    events: Vec<Event>,
    read: &mut Read,
) -> Result<Vec<RejectedRow>, ReadFailed> {
    if events.is_empty() || fits(shop, events.clone()).await?.is_none() {
        return Ok(Vec::new());
    }
    let mut rejected = Vec::new();
    for event in events {
        let invoice = match &event {
            Event::OrderSeen { order, .. } => Some(order.invoice_id),
            _ => None,
        };
        let Some(reason) = fits(shop, vec![event]).await? else {
            continue;
        };
        if let Some(id) = invoice
            && shop.reader.order(id).map_err(store)?.is_none()
        {
            read.new = read.new.saturating_sub(1);
        }
        rejected.push(RejectedRow {
            reason,
            invoice,
            fragment: Clean::default(),
        });
    }
    Ok(rejected)
}

/// Records the events; `Some` says why they are too large, and then nothing of them is recorded.
async fn fits<R: Remotes>(shop: &Shop<R>, events: Vec<Event>) -> Result<Option<Clean>, ReadFailed> {
    let by = Operator::engine();
    match shop.ledger.record(&by, shop.now(), events).await {
        Ok(_) => Ok(None),
        Err(error) if error.is_too_big() => Ok(Some(Clean::new(&error.to_string()))),
        Err(error) => {
            shop.store_failed(&error);
            Err(store(error))
        }
    }
}

/// Keeps, counts and tells rows that cannot be used, and parks the orders that they are about.
async fn reject<R: Remotes>(
    shop: &Shop<R>,
    rows: Vec<RejectedRow>,
    told: &mut Told,
) -> Result<(), ReadFailed> {
    let mut events = Vec::new();
    let mut about = Vec::new();
    for row in rows {
        let (since, news) = told.since(&row, shop.now());
        if let Some(id) = row.invoice {
            about.push((id, row.reason.clone(), since));
        }
        if !news {
            continue;
        }
        let (level, says) = match row.invoice {
            Some(id) => (
                Level::Bad,
                format!(
                    "the row of invoice {id} at EasyEcom cannot be used: {}; the order does not \
                     move here: see to it in EasyEcom",
                    row.reason
                ),
            ),
            None => (
                Level::Warn,
                format!("a row of EasyEcom could not be read: {}", row.reason),
            ),
        };
        shop.notice(level, &says);
        events.push(Event::RowRejected {
            source: SOURCE.into(),
            invoice: row.invoice,
            reason: row.reason,
            fragment: row.fragment.as_str().into(),
        });
    }
    shop.record(events).await.map_err(store)?;
    for (id, reason, since) in about {
        keep_back(shop, id, &reason, since).await?;
    }
    Ok(())
}

/// Parks a held order whose row cannot be used: what EasyEcom says of it now, a cancellation perhaps,
/// is not known, and the reading counts as fresh for all orders.
async fn keep_back<R: Remotes>(
    shop: &Shop<R>,
    id: InvoiceId,
    reason: &Clean,
    since: Stamp,
) -> Result<(), ReadFailed> {
    let says = Clean::new(&format!("its row at EasyEcom cannot be read: {reason}"));
    let told = format!("invoice {id} is parked: {says}; look at the order in EasyEcom");
    let guard = move |record: &OrderRecord| {
        // "Ship" after this very row was told of is a person's answer to it.
        let answered = record.cleared.as_ref().is_some_and(|c| c.at >= since);
        let rests = record.park.is_some()
            || record.cancelled.is_some()
            || record.manifest.progress.is_done();
        if answered || rests {
            return Err(Clean::default());
        }
        Ok(vec![Event::Parked {
            invoice: id,
            reason: ParkReason::Contradiction { says },
        }])
    };
    let by = Operator::engine();
    let parked = shop.ledger.decide(&by, shop.now(), id, guard).await;
    if parked.map_err(store)?.is_ok() {
        shop.notice(Level::Bad, &told);
    }
    Ok(())
}
