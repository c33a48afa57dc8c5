//! `raftaar watch`: the header as lines.

use std::fmt::Write;

use chrono::FixedOffset;
use tokio::sync::broadcast::error::RecvError;

use super::{
    Code, Context, Ended,
    args::WatchArgs,
    context::{odd, query},
    print::{self, time},
};
use crate::{
    domain::Stage,
    handle::{Delta, EngineHandle, EngineState, Overview, Query, Reply},
};

/// Prints the figures once, or as they change.
pub async fn run(context: &Context, args: WatchArgs) -> Ended {
    let engine = context.attach().await?;
    let mut deltas = engine.deltas();
    let overview = overview(&engine).await?;
    show(context, &overview)?;
    if !args.follow {
        return Ok(Code::Done);
    }
    let mut last = line(&overview);
    loop {
        let delta = match deltas.recv().await {
            Ok(delta) => delta,
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return Ok(Code::Absent),
        };
        let stopping = matches!(delta, Delta::Stopping { .. });
        let reads = if context.global.json {
            print::json_line(&delta)?
        } else {
            match &delta {
                Delta::Changed { overview, .. } => {
                    // The clock alone is no news.
                    let now = line(overview);
                    let news = now != last;
                    last.clone_from(&now);
                    !news
                        || print::text(&format!("{}  {now}\n", time(overview.now, context.zone())))?
                }
                Delta::Notice { says, .. } | Delta::Stopping { says } => {
                    print::text(&format!("{says}\n"))?
                }
            }
        };
        if !reads {
            return Ok(Code::Done);
        }
        if stopping {
            return Ok(Code::Absent);
        }
    }
}

/// The figures.
pub async fn overview(engine: &EngineHandle) -> Result<Box<Overview>, super::Failure> {
    match query(engine, Query::Overview).await? {
        Reply::Overview(overview) => Ok(overview),
        _ => Err(odd()),
    }
}

fn show(context: &Context, overview: &Overview) -> Result<bool, super::Failure> {
    if context.global.json {
        return print::json_line(overview);
    }
    print::text(&block(overview, context.zone()))
}

fn state(state: &EngineState) -> String {
    match state {
        EngineState::Automatic => "automatic".to_owned(),
        EngineState::ByHand => "by hand".to_owned(),
        EngineState::Paused { by } => format!("paused by {} ({})", by.by, by.reason),
        EngineState::Stopped { says } => format!("STOPPED: {says}"),
    }
}

fn block(overview: &Overview, zone: FixedOffset) -> String {
    let mut out = String::new();
    let sandbox = if overview.sandbox {
        "  SANDBOX: nothing here is real"
    } else {
        ""
    };
    let _ = writeln!(
        out,
        "{} {}  {}{sandbox}",
        overview.location,
        overview.name,
        time(overview.now, zone)
    );
    let _ = writeln!(out, "engine      {}", state(&overview.engine));
    for (name, link) in [("EasyEcom", &overview.easyecom), ("DTDC", &overview.dtdc)] {
        let _ = writeln!(out, "{name:<12}{:?} {}", link.state, link.says);
    }
    let quota = &overview.quota;
    let _ = writeln!(
        out,
        "calls       {} of {} used today, {} needed now",
        quota.used, quota.day, quota.needed
    );
    let confirmed = &overview.confirmed;
    let oldest = confirmed.oldest_since.map_or_else(String::new, |at| {
        format!(", the oldest since {}", time(at, zone))
    });
    let _ = writeln!(
        out,
        "confirmed   {} wait for their manifest{oldest}",
        confirmed.count
    );
    let _ = writeln!(out, "orders      {}", line(overview));
    for alarm in &overview.alarms {
        let _ = writeln!(out, "ALARM       {alarm}");
    }
    out
}

/// One line: orders per stage and per need.
pub fn line(overview: &Overview) -> String {
    let stages = Stage::ALL.iter().filter_map(|stage| {
        let count = overview.stages.get(stage).copied().unwrap_or_default();
        (count > 0).then(|| format!("{} {count}", stage.word()))
    });
    let needs = overview
        .attention
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(need, count)| format!("{}! {count}", need.title().to_lowercase()));
    let parts: Vec<String> = stages.chain(needs).collect();
    if parts.is_empty() {
        "none yet".to_owned()
    } else {
        parts.join("  ")
    }
}
