//! Answers whoever asks: pages for consoles, commands of people and scripts.

mod commands;
mod feed;
mod load;
mod preview;

use std::sync::Arc;

use tokio::sync::mpsc;

use super::{overview, ports::Remotes, shop::Shop, steps::manifest::group_of, troubles, views};
use crate::{
    domain::{
        Clean, Consignee, InvoiceId, OrderRecord,
        filter::FilterError,
        gate::weigh_stock,
        request::ManifestGroup,
        schedule,
        step::Stage,
        tracking::{Meaning, meaning},
    },
    handle::{
        Answer, Ask, Asked, ManifestPlan, OrderView, Page, Query, RejectedLine, Reply, ScanLine,
    },
    ledger::LedgerError,
};

/// Asks worked on at once; more wait their turn.
const AT_ONCE: usize = 16;

/// Orders looked at for the plan of the next manifests.
const PLAN_MAX: usize = 5_000;

/// Rows given for a search.
const FOUND_MAX: usize = 50;

/// Lines given at once, whatever was asked.
const LINES_MAX: usize = crate::handle::PAGE_MAX;

/// Answers for as long as the engine lives.
pub(super) async fn run<R: Remotes>(shop: Arc<Shop<R>>, mut asks: mpsc::Receiver<Asked>) {
    let slots = Arc::new(tokio::sync::Semaphore::new(AT_ONCE));
    while let Some(asked) = asks.recv().await {
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
            return;
        };
        let shop = Arc::clone(&shop);
        let tasks = shop.tasks.clone();
        tasks.spawn(async move {
            let answer = answer(&shop, &asked).await;
            // Whoever asked may be gone.
            let _ = asked.answer.send(answer);
            drop(slot);
        });
    }
}

async fn answer<R: Remotes>(shop: &Shop<R>, asked: &Asked) -> Answer {
    let result = match &asked.ask {
        Ask::Query { query } => reply(shop, query).map(|reply| Answer::Reply {
            reply: Box::new(reply),
        }),
        Ask::Command { command } => {
            return Answer::Done {
                reply: commands::carry_out(shop, command, &asked.operator).await,
            };
        }
        Ask::Preview { command } => preview::preview(shop, command)
            .map(|preview| Answer::Preview { preview })
            .map_err(NoAnswer::from),
    };
    result.unwrap_or_else(|error| Answer::Failed {
        says: Clean::new(&error.to_string()),
    })
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
enum NoAnswer {
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Filter(#[from] FilterError),
}

fn reply<R: Remotes>(shop: &Shop<R>, query: &Query) -> Result<Reply, NoAnswer> {
    let reader = &shop.reader;
    Ok(match query {
        Query::Overview => Reply::Overview(Box::new(overview::overview(shop)?)),
        Query::Orders(query) => {
            let filter = query.text.parse()?;
            let page = reader.orders_page(query, &filter, shop.now())?;
            Reply::Orders(map(page, |(key, record)| views::row(key, &record)))
        }
        Query::Order { invoice, people } => Reply::Order(order(shop, *invoice, *people)?),
        Query::WhyNot { invoice, call } => Reply::WhyNot(match reader.order(*invoice)? {
            _ if *call == crate::domain::Call::Inventory => {
                weigh_stock(shop.config.stock.setting_on).err()
            }
            Some(record) => shop.weigh(*call, &record).err(),
            None => None,
        }),
        Query::Find { text } => Reply::Found(
            reader
                .find(text, FOUND_MAX)?
                .iter()
                .map(|record| views::row(String::new(), record))
                .collect(),
        ),
        Query::Scans { invoice } => Reply::Scans(scans(shop, *invoice)?),
        Query::Feed {
            kind,
            text,
            after,
            before,
            limit,
        } => {
            let wanted = feed::Wanted {
                kind: *kind,
                filter: text.parse()?,
                after: *after,
                before: *before,
                limit: (*limit).min(LINES_MAX),
            };
            Reply::Feed(feed::page(shop, &wanted)?)
        }
        Query::Stock(query) => {
            let page = reader.stock_page(query, &query.text.parse()?)?;
            Reply::Stock(map(page, |(key, record)| views::stock_row(key, &record)))
        }
        Query::Sku { sku } => Reply::Sku(
            reader
                .sku(&shop.config.location, sku)?
                .map(|record| Box::new(views::sku_view(&record))),
        ),
        Query::Troubles => Reply::Troubles(troubles::troubles(shop)?),
        Query::Journal {
            invoice,
            before,
            limit,
        } => {
            let limit = (*limit).min(LINES_MAX);
            let entries = match invoice {
                Some(id) => reader.history(*id, *before, limit)?,
                None => reader.journal(*before, limit)?,
            };
            Reply::Journal(entries.into_iter().map(views::journal_line).collect())
        }
        Query::Rejected { before, limit } => Reply::Rejected(
            reader
                .rejected(*before, (*limit).min(LINES_MAX))?
                .into_iter()
                .map(|row| RejectedLine {
                    seq: row.seq,
                    at: row.at,
                    source: Clean::new(&row.source),
                    invoice: row.invoice,
                    reason: row.reason,
                    fragment: Clean::new(&row.fragment),
                })
                .collect(),
        ),
        Query::ManifestPlan => Reply::ManifestPlan(manifest_plan(shop)?),
        Query::Loads { limit } => Reply::Loads(load::loads(shop, (*limit).min(LINES_MAX))?),
    })
}

fn map<A, B>(page: Page<A>, with: impl FnMut(A) -> B) -> Page<B> {
    Page {
        rows: page.rows.into_iter().map(with).collect(),
        more_before: page.more_before,
        more_after: page.more_after,
        total: page.total,
        cut_short: page.cut_short,
        resume: page.resume,
    }
}

fn order<R: Remotes>(
    shop: &Shop<R>,
    id: InvoiceId,
    people: bool,
) -> Result<Option<Box<OrderView>>, LedgerError> {
    let Some(record) = shop.reader.order(id)? else {
        return Ok(None);
    };
    let siblings = shop.reader.siblings(&record.order)?;
    let who = shop.reader.people(id)?.unwrap_or_default();
    let (customer, phone, address) = person(&who, people);
    Ok(Some(Box::new(OrderView {
        row: views::row(String::new(), &record),
        steps: views::steps(shop, &record),
        due: schedule::due(&record),
        siblings: siblings
            .iter()
            .map(|s| views::row(String::new(), s))
            .collect(),
        customer,
        phone,
        address,
        record,
    })))
}

fn person(who: &Consignee, people: bool) -> (Clean, Clean, Clean) {
    if people {
        let address = format!("{} {}", who.address_1, who.address_2);
        (who.name.clone(), who.phone.clone(), Clean::new(&address))
    } else {
        (
            Clean::new(&who.masked_name()),
            Clean::new(&who.masked_phone()),
            Clean::default(),
        )
    }
}

fn scans<R: Remotes>(shop: &Shop<R>, id: InvoiceId) -> Result<Vec<ScanLine>, LedgerError> {
    let told = shop.reader.order(id)?.and_then(|r| r.trail.told);
    let mut scans = shop.reader.scans(id)?;
    scans.sort_by_key(|s| (s.at, s.position));
    Ok(scans
        .into_iter()
        .map(|scan| {
            let status = match meaning(scan.code.as_str()) {
                Meaning::Says(status) => Some(status),
                _ => None,
            };
            ScanLine {
                told: status.is_some_and(|s| told.is_some_and(|t| t == s || !t.may_become(s))),
                scan,
                status,
            }
        })
        .collect())
}

/// The next manifests, per group.
pub(super) fn manifest_plan<R: Remotes>(shop: &Shop<R>) -> Result<Vec<ManifestPlan>, LedgerError> {
    let mut plans: std::collections::BTreeMap<ManifestGroup, ManifestPlan> =
        std::collections::BTreeMap::new();
    for (stage, ready) in [(Stage::Ready, true)]
        .into_iter()
        .chain(super::planner::NOT_READY.map(|stage| (stage, false)))
    {
        for id in shop.reader.stage_ids(stage, None, PLAN_MAX)? {
            let Some(record) = shop.reader.order(id)? else {
                continue;
            };
            add(shop, &mut plans, &record, ready);
        }
    }
    Ok(plans.into_values().collect())
}

fn add<R: Remotes>(
    shop: &Shop<R>,
    plans: &mut std::collections::BTreeMap<ManifestGroup, ManifestPlan>,
    record: &OrderRecord,
    ready: bool,
) {
    let group = group_of(record, shop.config.carrier_id);
    let plan = plans.entry(group.clone()).or_insert_with(|| ManifestPlan {
        group,
        marketplace: record.order.marketplace.clone(),
        ready: 0,
        not_ready: 0,
        oldest_at: None,
    });
    if ready && record.hold.is_none() && record.park.is_none() {
        let since = super::steps::manifest::ready_since(record);
        plan.ready += 1;
        plan.oldest_at = Some(plan.oldest_at.map_or(since, |old| old.min(since)));
    } else {
        plan.not_ready += 1;
    }
}
