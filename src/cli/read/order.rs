//! `raftaar order`.

use std::fmt::Write;

use chrono::FixedOffset;

use super::find;
use crate::{
    cli::{
        Code, Context, Ended, Failure, Table,
        context::{odd, query},
        print::{self, clean, or_dash, time, time_or_dash},
    },
    domain::{Clean, record::Attention},
    handle::{AgainWhat, OrderView, Query, Reply, StepState, StepView},
};

/// Shows one order.
pub async fn run(context: &Context, order: &str, people: bool) -> Ended {
    let engine = context.attach().await?;
    let invoice = find::invoice(&engine, order).await?;
    let Reply::Order(view) = query(&engine, Query::Order { invoice, people }).await? else {
        return Err(odd());
    };
    let Some(view) = view else {
        return Err(Failure::new(
            Code::Absent,
            format!("invoice {invoice} is not held here"),
        ));
    };
    if context.global.json {
        print::json(&view)?;
    } else {
        print::text(&render(&view, context.zone()))?;
    }
    Ok(Code::Done)
}

fn render(view: &OrderView, zone: FixedOffset) -> String {
    let row = &view.row;
    let mut out = String::new();
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(out, "{name:<12}{value}");
        }
    };
    line("invoice", &row.invoice.to_string());
    line("order", &row.order.to_string());
    line("reference", row.reference.as_str());
    line("stage", row.stage.title());
    line("needs", row.attention.map_or("", Attention::title));
    line("note", row.note.as_str());
    line("AWB", or_dash(row.awb.as_ref()).as_str());
    line("marketplace", row.marketplace.as_str());
    line("to", &format!("{} {}", row.city, row.pin));
    line(
        "collect",
        row.collect.as_ref().map_or("prepaid", |c| c.as_str()),
    );
    line("customer", view.customer.as_str());
    line("phone", view.phone.as_str());
    line("address", view.address.as_str());
    line("first seen", time(row.seen_at, zone).as_str());
    line("in stage since", time_or_dash(row.stage_at, zone).as_str());
    line("due", time_or_dash(row.due_at, zone).as_str());
    let siblings: Vec<String> = view
        .siblings
        .iter()
        .map(|s| format!("{} ({})", s.invoice, s.stage))
        .collect();
    line("siblings", &siblings.join(", "));
    let mut table = Table::new(&[">#", "STEP", "STATE", "AT", "SAYS", "LIFTED BY"]);
    for step in &view.steps {
        table.row([
            clean(step.step.number()),
            clean(step.step),
            clean(state(step.state)),
            time_or_dash(step.at, zone),
            says(step, zone),
            step.lifts.clone(),
        ]);
    }
    let _ = write!(out, "\n{}", table.render());
    out
}

/// What it says, and from when the engine goes on: no promise, what holds it is not known here.
fn says(step: &StepView, zone: FixedOffset) -> Clean {
    let Some(next) = &step.again else {
        return step.says.clone();
    };
    let from = next.at.with_timezone(&zone).format("%H:%M:%S");
    let what = match next.what {
        AgainWhat::Retry if next.by_hand => "tried again by hand only".to_owned(),
        AgainWhat::Retry => format!("tried again from {from}"),
        AgainWhat::Look => format!("read again from {from}"),
        AgainWhat::Manifest => format!("its manifest follows by {from}"),
    };
    if step.says.is_empty() {
        Clean::new(&what)
    } else {
        Clean::new(&format!("{}; {what}", step.says))
    }
}

fn state(state: StepState) -> &'static str {
    match state {
        StepState::Done => "done",
        StepState::Ready => "can be done",
        StepState::Running => "under way",
        StepState::Unknown => "UNKNOWN",
        StepState::Failed => "failed",
        StepState::Blocked => "blocked",
        StepState::Off => "off",
    }
}
