//! `raftaar inventory`.

use super::PAGE;
use crate::{
    cli::{
        Code, Context, Ended, Failure, Table,
        args::InventoryArgs,
        context::{odd, query},
        print::{self, clean, or_dash, time_or_dash},
    },
    domain::{filter::StockFilter, inventory::DiffState},
    handle::{Anchor, EngineHandle, Query, Reply, StockQuery, StockRow},
};

/// Lists stock, worst first.
pub async fn run(context: &Context, args: InventoryArgs) -> Ended {
    if let Err(wrong) = args.text.parse::<StockFilter>() {
        return Err(Failure::new(Code::Usage, wrong.to_string()));
    }
    let engine = context.attach().await?;
    let rows = rows(&engine, &args).await?;
    if context.global.json {
        print::json(&rows)?;
        return Ok(Code::Done);
    }
    let mut table = Table::new(&[
        "SKU", "STATE", ">OURS", ">TAKEN", ">SHOWN", ">DIFF", "COUNTED", "NOTE",
    ]);
    for row in rows {
        table.row([
            clean(&row.sku),
            clean(row.state.title()),
            or_dash(row.ours),
            or_dash(row.acknowledged),
            or_dash(row.read_back),
            or_dash(row.difference),
            time_or_dash(row.counted_at, context.zone()),
            row.note,
        ]);
    }
    print::text(&table.render())?;
    Ok(Code::Done)
}

async fn rows(engine: &EngineHandle, args: &InventoryArgs) -> Result<Vec<StockRow>, Failure> {
    let states = if args.open {
        vec![
            DiffState::Problem,
            DiffState::Unknown,
            DiffState::Differs,
            DiffState::Sent,
            DiffState::Waiting,
        ]
    } else {
        Vec::new()
    };
    let mut rows: Vec<StockRow> = Vec::new();
    let mut anchor = Anchor::First;
    while rows.len() < args.limit {
        let ask = StockQuery {
            states: states.clone(),
            text: args.text.clone(),
            sku: None,
            sort: None,
            anchor: anchor.clone(),
            limit: PAGE.min(args.limit - rows.len()),
        };
        let Reply::Stock(page) = query(engine, Query::Stock(ask)).await? else {
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
