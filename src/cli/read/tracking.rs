//! `raftaar tracking`.

use super::{PAGE, find};
use crate::{
    cli::{
        Code, Context, Ended, Failure, Table,
        args::FeedArgs,
        context::{odd, query},
        print::{self, clean, or_dash, time},
    },
    domain::{filter::FeedFilter, tracking::TrackingStatus},
    handle::{EngineHandle, FeedKind, FeedLine, Query, Reply},
};

/// Shows the feed, or the scans of one order.
pub async fn run(context: &Context, args: FeedArgs) -> Ended {
    if let Err(wrong) = args.text.parse::<FeedFilter>() {
        return Err(Failure::new(Code::Usage, wrong.to_string()));
    }
    let engine = context.attach().await?;
    match &args.order {
        Some(order) => scans(context, &engine, order).await,
        None => feed(context, &engine, &args).await,
    }
}

async fn feed(context: &Context, engine: &EngineHandle, args: &FeedArgs) -> Ended {
    let mut lines: Vec<FeedLine> = Vec::new();
    let mut before = None;
    while lines.len() < args.limit {
        let ask = Query::Feed {
            kind: if args.all {
                FeedKind::All
            } else {
                FeedKind::Tracking
            },
            text: args.text.clone(),
            after: 0,
            before,
            limit: PAGE.min(args.limit - lines.len()),
        };
        let Reply::Feed(page) = query(engine, ask).await? else {
            return Err(odd());
        };
        lines.extend(page.lines);
        // A filter that gave up for a while says where to go on.
        let Some(older) = page.older else {
            break;
        };
        before = Some(older);
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
