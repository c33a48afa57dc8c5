//! `raftaar why-not`.

use super::find;
use crate::{
    cli::{
        Code, Context, Ended, Table,
        context::{odd, query},
        print,
    },
    domain::Call,
    handle::{Query, Reply},
};

/// Says what the gate says. Ends with 3 where it refuses.
pub async fn run(context: &Context, call: Call, order: &str) -> Ended {
    let engine = context.attach().await?;
    let invoice = find::invoice(&engine, order).await?;
    let Reply::WhyNot(refusal) = query(&engine, Query::WhyNot { invoice, call }).await? else {
        return Err(odd());
    };
    let code = if refusal.is_some() {
        Code::Refused
    } else {
        Code::Done
    };
    if context.global.json {
        print::json(&refusal)?;
        return Ok(code);
    }
    match refusal {
        None => print::text(&format!("{call} of {invoice} is legal now\n"))?,
        Some(refusal) => {
            let mut table = Table::new(&["IN THE WAY", "SINCE", "LIFTED BY"]);
            for unmet in refusal.unmet {
                table.row([unmet.what, unmet.since, unmet.lifts]);
            }
            print::text(&format!(
                "{call} of {invoice} is not legal now\n\n{}",
                table.render()
            ))?
        }
    };
    Ok(code)
}
