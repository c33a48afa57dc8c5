//! `raftaar why-not`.

use super::find;
use crate::{
    cli::{
        Code, Context, Ended, Table,
        args::CallName,
        context::{odd, query},
        print,
    },
    domain::Call,
    handle::{Query, Reply},
};

impl From<CallName> for Call {
    fn from(name: CallName) -> Self {
        match name {
            CallName::Book => Self::Book,
            CallName::Assign => Self::Assign,
            CallName::Confirm => Self::Confirm,
            CallName::Documents => Self::Documents,
            CallName::Manifest => Self::Manifest,
            CallName::Tracking => Self::Tracking,
            CallName::CancelBooking => Self::CancelBooking,
        }
    }
}

/// Says what the gate says. Ends with 3 where it refuses.
pub async fn run(context: &Context, call: CallName, order: &str) -> Ended {
    let engine = context.attach().await?;
    let invoice = find::invoice(&engine, order).await?;
    let call = Call::from(call);
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
