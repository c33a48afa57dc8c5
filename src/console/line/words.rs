//! What the lines say.

use std::collections::BTreeMap;

use chrono::FixedOffset;

use crate::{
    console::view::words::{age, minutes},
    domain::{Stage, Stamp, time::ist},
    handle::{EngineState, FeedLine, Level, Link, OrderRow, Overview, Trouble, WavePlan},
};

/// One line of the feed: time, level, what it is about, what happened, who.
pub fn feed(line: &FeedLine, zone: FixedOffset) -> String {
    let at = line.at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S");
    let order = line
        .invoice
        .map_or(String::new(), |i| format!(" order {i}"));
    let reference = line
        .reference
        .as_ref()
        .map_or(String::new(), |r| format!(" ({r})"));
    let call = line.call.map_or(String::new(), |c| format!(" {c}:"));
    format!(
        "{at} {}{order}{reference}{call} {} [{}]",
        level(line.level),
        line.says,
        line.by
    )
}

pub fn level(level: Level) -> &'static str {
    match level {
        Level::Info => "info",
        Level::Good => "good",
        Level::Warn => "look",
        Level::Bad => "BAD",
    }
}

pub fn zone(overview: &Overview) -> FixedOffset {
    FixedOffset::east_opt(overview.zone_east_s).unwrap_or_else(ist)
}

/// A time by the warehouse's clock.
pub fn time(at: Stamp, zone: FixedOffset) -> String {
    at.with_timezone(&zone)
        .format("%Y-%m-%d %H:%M:%S")
        .to_string()
}

fn engine(state: &EngineState) -> String {
    match state {
        EngineState::Automatic => "automatic".to_owned(),
        EngineState::ByHand => "by hand".to_owned(),
        EngineState::Paused { by } => format!("PAUSED by {}: {}", by.by, by.reason),
        EngineState::Stopped { says } => format!("STOPPED: {says}"),
    }
}

/// The overview in lines of words, by the engine's clock.
pub fn overview(o: &Overview, zone: FixedOffset) -> String {
    let mut lines = vec![
        format!(
            "raftaar {}, {} ({}){}, {}",
            o.version,
            o.name,
            o.location,
            if o.sandbox {
                ", SANDBOX: nothing here is real"
            } else {
                ""
            },
            time(o.now, zone)
        ),
        format!("engine: {}", engine(&o.engine)),
        remote("EasyEcom", &o.easyecom, o.now),
        remote("DTDC", &o.dtdc, o.now),
        calls(o, zone),
    ];
    lines.extend(wave(&o.quota.wave));
    let runs = o.runs.iter();
    lines.extend(runs.map(|run| format!("{} of {}: {}", run.title, run.by, run.says())));
    lines.push(format!(
        "orders: {}; read {}",
        counts(&o.stages),
        since(o.schedule.orders_read_at, o.now)
    ));
    lines.push(confirmed(o, zone));
    lines.push(format!(
        "tracking: carrier's scans read {}",
        since(o.schedule.tracking_read_at, o.now)
    ));
    lines.push(stock(o));
    if let Some(free) = o.awbs_free {
        lines.push(format!("allotted AWBs: {free} left"));
    }
    if o.rejected > 0 {
        lines.push(format!(
            "rows of EasyEcom or DTDC that could not be read: {}",
            o.rejected
        ));
    }
    lines.extend(o.alarms.iter().map(|alarm| format!("ALARM: {alarm}")));
    lines.join("\n") + "\n"
}

fn since(at: Option<Stamp>, now: Stamp) -> String {
    at.map_or("never".to_owned(), |at| format!("{} ago", age(now, at)))
}

fn remote(name: &str, remote: &Link, now: Stamp) -> String {
    let says = if remote.says.is_empty() {
        String::new()
    } else {
        format!("; {}", remote.says)
    };
    let answer = since(remote.ok_at, now);
    format!("{name}: {}, last answer {answer}{says}", remote.word(now))
}

fn calls(o: &Overview, zone: FixedOffset) -> String {
    let q = &o.quota;
    let done = q.done_at.map_or(String::new(), |at| {
        format!(", done at {}", at.with_timezone(&zone).format("%H:%M"))
    });
    format!(
        "calls: {} of {} left today, {} needed now{done}",
        q.day.saturating_sub(q.used),
        q.day,
        q.needed
    )
}

/// How far the calls reach, where orders wait for them.
fn wave(plan: &WavePlan) -> Option<String> {
    let open = plan.waiting + plan.under_way;
    if open == 0 {
        return None;
    }
    let later = match plan.later() {
        0 => String::new(),
        n => format!(", {n} WAIT FOR THE NEXT DAY'S CALLS"),
    };
    let by_pickup = plan.by_cut_off.map_or(String::new(), |n| {
        format!("; {n} of {open} are shipped before the next pickup")
    });
    Some(format!(
        "wave: {} under way, {} waiting{later}{by_pickup}",
        plan.under_way, plan.waiting
    ))
}

fn stock(o: &Overview) -> String {
    let states: Vec<String> = o
        .stock
        .states
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(state, count)| format!("{} {count}", state.title()))
        .collect();
    let push = if o.stock.setting_on {
        ""
    } else {
        "PUSH IS OFF; "
    };
    let states = if states.is_empty() {
        "no SKU is known".to_owned()
    } else {
        states.join(", ")
    };
    let read = since(o.schedule.stock_read_at, o.now);
    format!("inventory: {push}{states}; read back {read}")
}

fn confirmed(o: &Overview, zone: FixedOffset) -> String {
    let oldest = o.confirmed.oldest_since.map_or(String::new(), |at| {
        format!(", oldest {} min", (o.now - at).num_minutes().max(0))
    });
    let pickup = o.schedule.cut_off_at.map_or(String::new(), |at| {
        let left = minutes((at - o.now).num_minutes());
        let at = at.with_timezone(&zone).format("%H:%M");
        format!(", next pickup {at} in {left}")
    });
    let missed = o.confirmed.missed_at.map_or(String::new(), |at| {
        let at = at.with_timezone(&zone).format("%H:%M");
        format!(", {} MISSED the {at} pickup", o.confirmed.missed)
    });
    format!(
        "in Confirmed: {}{oldest}{missed}{pickup}",
        o.confirmed.count
    )
}

/// What needs a person and is about no order.
pub fn trouble(row: &Trouble) -> String {
    format!("{}: {}; {}", row.what, row.says, row.means)
}

/// An order that needs a person.
pub fn order(row: &OrderRow) -> String {
    let needs = row.needs().unwrap_or_default();
    format!(
        "order {} ({}), {}: {needs}",
        row.invoice, row.reference, row.stage
    )
}

fn counts(stages: &BTreeMap<Stage, u64>) -> String {
    let words: Vec<String> = Stage::ALL
        .iter()
        .filter_map(|stage| {
            let count = stages.get(stage).copied().filter(|n| *n > 0)?;
            Some(format!("{} {count}", stage.title()))
        })
        .collect();
    if words.is_empty() {
        "none".to_owned()
    } else {
        words.join(", ")
    }
}

/// What is different between two overviews and worth a line.
pub fn changes(before: &Overview, now: &Overview) -> Vec<String> {
    let mut out = Vec::new();
    if before.engine != now.engine {
        out.push(format!("engine: {}", engine(&now.engine)));
    }
    for (name, a, b) in [
        ("EasyEcom", &before.easyecom, &now.easyecom),
        ("DTDC", &before.dtdc, &now.dtdc),
    ] {
        if a.state != b.state {
            out.push(
                format!("{name}: {} {}", b.word(now.now), b.says)
                    .trim_end()
                    .to_owned(),
            );
        }
    }
    if before.stages != now.stages {
        out.push(format!("orders: {}", counts(&now.stages)));
    }
    for alarm in &now.alarms {
        if !before.alarms.contains(alarm) {
            out.push(format!("ALARM: {alarm}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::fixture::Engine;

    #[test]
    fn the_overview_reads_like_sentences() {
        let engine = Engine::normal();
        insta::assert_snapshot!(overview(&engine.overview, ist()), @r"
        raftaar 0.1.0, Bhiwandi (ab1234567890), SANDBOX: nothing here is real, 2026-11-23 16:42:00
        engine: automatic
        EasyEcom: up, last answer <1m ago
        DTDC: up, last answer <1m ago
        calls: 412 of 500 left today, 31 needed now, done at 16:44
        orders: Fetched 8, AWB booked 4, Confirming 4, Confirmed 4, Ready 8, Shipped 4, In transit 4, Out for dlv 4; read 1m ago
        in Confirmed: 16, oldest 47 min, next pickup 18:00 in 1h18
        tracking: carrier's scans read 6m ago
        inventory: problem 5, unknown 4, differs 4, waiting 4, unverified 4, in sync 4; read back 20m ago
        ");
    }
}
