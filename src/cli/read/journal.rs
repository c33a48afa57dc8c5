//! `raftaar journal`.

use super::{PAGE, find};
use crate::{
    cli::{
        Code, Context, Ended, Failure, Table,
        args::JournalArgs,
        context::{odd, query},
        print::{self, clean, time},
    },
    domain::Clean,
    handle::{JournalLine, Query, Reply},
};

/// Shows the journal, newest first.
pub async fn run(context: &Context, args: JournalArgs) -> Ended {
    let engine = context.attach().await?;
    let invoice = match &args.order {
        Some(order) => Some(find::invoice(&engine, order).await?),
        None => None,
    };
    let mut lines: Vec<JournalLine> = Vec::new();
    while lines.len() < args.limit {
        let ask = Query::Journal {
            invoice,
            before: lines.last().map(|line| line.seq),
            limit: PAGE.min(args.limit - lines.len()),
        };
        let Reply::Journal(page) = query(&engine, ask).await? else {
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
    let mut table = Table::new(&[">SEQ", "AT", "BY", "EVENT", "WHAT"]);
    for line in &lines {
        let (event, what) = event(line)?;
        table.row([
            clean(line.seq),
            time(line.at, context.zone()),
            clean(&line.by),
            event,
            what,
        ]);
    }
    print::text(&table.render())?;
    Ok(Code::Done)
}

/// The event's name and the rest of it as the journal writes it, which is what a person compares with
/// the file.
fn event(line: &JournalLine) -> Result<(Clean, Clean), Failure> {
    let value = serde_json::to_value(&line.event)
        .map_err(|error| Failure::new(Code::Failed, error.to_string()))?;
    let name = value.get("ev").and_then(|v| v.as_str()).unwrap_or("-");
    let name = Clean::new(name);
    let rest = match value {
        serde_json::Value::Object(mut map) => {
            map.remove("ev");
            serde_json::Value::Object(map).to_string()
        }
        other => other.to_string(),
    };
    Ok((name, Clean::with_limit(&rest, 160)))
}
