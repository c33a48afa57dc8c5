//! `raftaar tracking`.

use super::{PAGE, find};
use crate::{
    cli::{
        Code, Context, Ended, Table,
        args::FeedArgs,
        context::{odd, query},
        print::{self, clean, or_dash, time},
    },
    domain::tracking::TrackingStatus,
    handle::{EngineHandle, FeedKind, FeedLine, Query, Reply},
};

/// Shows the feed, or the scans of one order.
pub async fn run(context: &Context, args: FeedArgs) -> Ended {
    let engine = context.attach().await?;
    match &args.order {
        Some(order) => scans(context, &engine, order).await,
        None => feed(context, &engine, args.limit).await,
    }
}

async fn feed(context: &Context, engine: &EngineHandle, limit: usize) -> Ended {
    let mut lines: Vec<FeedLine> = Vec::new();
    while lines.len() < limit {
        let ask = Query::Feed {
            kind: FeedKind::Tracking,
            text: String::new(),
            before: lines.last().map(|line| line.seq),
            limit: PAGE.min(limit - lines.len()),
        };
        let Reply::Feed(page) = query(engine, ask).await? else {
            return Err(odd());
        };
        if page.is_empty() {
            break;
        }
        lines.extend(page);
    }
    if context.global.json {
        print::json(&lines)?;
        return Ok(Code::Done);
    }
    let mut table = Table::new(&["AT", ">INVOICE", "REFERENCE", "AWB", "WHAT"]);
    for line in lines {
        table.row([
            time(line.at, context.zone()),
            or_dash(line.invoice),
            or_dash(line.reference),
            or_dash(line.awb),
            line.says,
        ]);
    }
    print::text(&table.render())?;
    Ok(Code::Done)
}

async fn scans(context: &Context, engine: &EngineHandle, order: &str) -> Ended {
    let invoice = find::invoice(engine, order).await?;
    let Reply::Scans(lines) = query(engine, Query::Scans { invoice }).await? else {
        return Err(odd());
    };
    if context.global.json {
        print::json(&lines)?;
        return Ok(Code::Done);
    }
    let mut table = Table::new(&["AT", "CODE", "WORDS", "PLACE", "READ AS", "TOLD"]);
    for line in lines {
        table.row([
            time(line.scan.at, context.zone()),
            clean(&line.scan.code),
            clean(&line.scan.words),
            clean(&line.scan.place),
            or_dash(line.status.map(TrackingStatus::title)),
            clean(if line.told { "yes" } else { "no" }),
        ]);
    }
    print::text(&table.render())?;
    Ok(Code::Done)
}
