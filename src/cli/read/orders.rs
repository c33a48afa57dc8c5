//! `raftaar orders`.

use super::PAGE;
use crate::{
    cli::{
        Code, Context, Ended, Failure, Table,
        args::OrdersArgs,
        context::{odd, query},
        print::{self, clean, or_dash, time_or_dash},
    },
    domain::{filter::Filter, record::Attention},
    handle::{Anchor, EngineHandle, OrderIndex, OrderRow, OrdersQuery, Query, Reply},
};

/// Pages that a text filter may look through without finding enough.
const PAGES_MAX: usize = 10_000;

/// Lists orders.
pub async fn run(context: &Context, args: OrdersArgs) -> Ended {
    if let Err(wrong) = args.text.parse::<Filter>() {
        return Err(Failure::new(Code::Usage, wrong.to_string()));
    }
    let engine = context.attach().await?;
    let rows = rows(&engine, &args).await?;
    if context.global.json {
        print::json(&rows)?;
        return Ok(Code::Done);
    }
    let zone = context.zone();
    let mut table = Table::new(&[
        ">INVOICE",
        "REFERENCE",
        "STAGE",
        "NEEDS",
        "AWB",
        "CITY",
        ">PCS",
        "DUE",
        "NOTE",
    ]);
    for row in &rows {
        table.row([
            clean(row.invoice),
            clean(&row.reference),
            clean(row.stage),
            or_dash(row.attention.map(Attention::title)),
            or_dash(row.awb.as_ref()),
            row.city.clone(),
            clean(row.pieces),
            time_or_dash(row.due_at, zone),
            row.note.clone(),
        ]);
    }
    print::text(&table.render())?;
    Ok(Code::Done)
}

async fn rows(
    engine: &EngineHandle,
    args: &OrdersArgs,
) -> Result<Vec<OrderRow>, crate::cli::Failure> {
    let index = match (args.stage, args.attention, args.all) {
        (Some(stage), ..) => OrderIndex::Stage { stage },
        (None, true, _) => OrderIndex::Attention { kind: None },
        (None, false, true) => OrderIndex::Newest,
        (None, false, false) => OrderIndex::Active,
    };
    let mut rows: Vec<OrderRow> = Vec::new();
    let mut anchor = Anchor::First;
    for _ in 0..PAGES_MAX {
        let limit = PAGE.min(args.limit - rows.len());
        if limit == 0 {
            break;
        }
        let ask = OrdersQuery {
            index,
            text: args.text.clone(),
            sort: None,
            anchor: anchor.clone(),
            limit,
        };
        let Reply::Orders(page) = query(engine, Query::Orders(ask)).await? else {
            return Err(odd());
        };
        let last = page.rows.last().map(|last| last.key.clone());
        // A filter that gave up for a while says where to go on.
        let Some(key) = page.resume.clone().or(last) else {
            break;
        };
        anchor = Anchor::After { key };
        let more = page.more_after;
        rows.extend(page.rows);
        if !more {
            break;
        }
    }
    Ok(rows)
}
