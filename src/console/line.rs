//! The screen as lines, for scripts and screen readers: no cursor addressing, no boxes, nothing that is
//! repainted. What is said once stays said.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use chrono::{FixedOffset, Utc};
use tokio::sync::broadcast::error::RecvError;

use crate::{
    domain::{Stage, Stamp, time::ist},
    handle::{
        Answer, Delta, EngineHandle, EngineState, FeedKind, FeedLine, Level, LinkState, Overview,
        Query, Reply,
    },
};

/// What to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineOptions {
    /// Go on after the first picture, with a line for each thing that happens.
    pub follow: bool,
    /// The overview as JSON, one object a line.
    pub json: bool,
}

/// Newest feed lines printed at first.
const FIRST_LINES: usize = 10;

/// Newest feed lines asked for when something changed.
const NEWS_LINES: usize = 200;

/// Prints how things stand; with `follow`, whatever changes from then on, until the engine or the
/// reader is gone.
pub async fn watch(
    handle: &EngineHandle,
    options: LineOptions,
    out: &mut (impl Write + Send),
) -> io::Result<()> {
    let mut deltas = handle.deltas();
    let mut watch = Watch {
        handle,
        json: options.json,
        overview: ask_overview(handle).await?,
        seen: 0,
    };
    watch.first(out).await?;
    out.flush()?;
    if !options.follow {
        return Ok(());
    }
    loop {
        let delta = tokio::select! {
            delta = deltas.recv() => delta,
            () = handle.gone() => return Err(gone()),
        };
        let stops = matches!(delta, Ok(Delta::Stopping { .. }));
        match delta {
            Ok(delta) => watch.delta(delta, out).await?,
            Err(RecvError::Lagged(missed)) => watch.missed(missed, out)?,
            Err(RecvError::Closed) => return Err(gone()),
        }
        out.flush()?;
        if stops {
            return Ok(());
        }
    }
}

/// What was printed last.
struct Watch<'a> {
    handle: &'a EngineHandle,
    json: bool,
    overview: Overview,
    /// The newest feed line that was printed.
    seen: u64,
}

impl Watch<'_> {
    async fn first(&mut self, out: &mut (impl Write + Send)) -> io::Result<()> {
        if self.json {
            return json(out, &self.overview);
        }
        write!(out, "{}", overview_text(&self.overview, Utc::now()))?;
        let zone = zone(&self.overview);
        self.seen = news(self.handle, self.seen, FIRST_LINES, zone, out).await?;
        Ok(())
    }

    async fn delta(&mut self, delta: Delta, out: &mut (impl Write + Send)) -> io::Result<()> {
        let at = clock(&self.overview, Utc::now());
        match delta {
            Delta::Changed { overview: new, .. } if self.json => {
                json(out, &new)?;
                self.overview = *new;
            }
            Delta::Changed { overview: new, .. } => {
                for line in changes(&self.overview, &new) {
                    writeln!(out, "{at} {line}")?;
                }
                self.overview = *new;
                let zone = zone(&self.overview);
                self.seen = news(self.handle, self.seen, NEWS_LINES, zone, out).await?;
            }
            // JSON lines are overviews and nothing else.
            _ if self.json => {}
            Delta::Notice { level, says } => {
                writeln!(out, "{at} {}: {says}", level_word(level))?;
            }
            Delta::Stopping { says } => writeln!(out, "{at} the engine stops: {says}")?,
        }
        Ok(())
    }

    fn missed(&self, missed: u64, out: &mut impl Write) -> io::Result<()> {
        if self.json {
            return Ok(());
        }
        writeln!(out, "{missed} changes were too fast to be told one by one")
    }
}

fn gone() -> io::Error {
    io::Error::new(
        io::ErrorKind::BrokenPipe,
        "the engine has stopped or the connection to it is gone",
    )
}

async fn ask_overview(handle: &EngineHandle) -> io::Result<Overview> {
    match handle.query(Query::Overview).await {
        Ok(Answer::Reply { reply }) => match *reply {
            Reply::Overview(overview) => Ok(*overview),
            _ => Err(io::Error::other("the engine answered something else")),
        },
        Ok(Answer::Failed { says }) => Err(io::Error::other(says.to_string())),
        Ok(_) => Err(io::Error::other("the engine answered something else")),
        Err(error) => Err(io::Error::other(error.to_string())),
    }
}

fn json(out: &mut impl Write, overview: &Overview) -> io::Result<()> {
    let line = serde_json::to_string(overview).map_err(io::Error::other)?;
    writeln!(out, "{line}")
}

/// Prints feed lines newer than `seen`, oldest first; returns the newest.
async fn news(
    handle: &EngineHandle,
    seen: u64,
    limit: usize,
    zone: FixedOffset,
    out: &mut (impl Write + Send),
) -> io::Result<u64> {
    let query = Query::Feed {
        kind: FeedKind::All,
        text: String::new(),
        before: None,
        limit,
    };
    let Ok(Answer::Reply { reply }) = handle.query(query).await else {
        return Ok(seen);
    };
    let Reply::Feed(lines) = *reply else {
        return Ok(seen);
    };
    let newest = lines.first().map_or(seen, |line| line.seq.max(seen));
    for line in lines.iter().rev().filter(|line| line.seq > seen) {
        writeln!(out, "{}", feed_text(line, zone))?;
    }
    Ok(newest)
}

/// One line of the feed: time, level, what it is about, what happened, who.
pub fn feed_text(line: &FeedLine, zone: FixedOffset) -> String {
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
        level_word(line.level),
        line.says,
        line.by
    )
}

fn level_word(level: Level) -> &'static str {
    match level {
        Level::Info => "info",
        Level::Good => "good",
        Level::Warn => "look",
        Level::Bad => "BAD",
    }
}

fn zone(overview: &Overview) -> FixedOffset {
    FixedOffset::east_opt(overview.zone_east_s).unwrap_or_else(ist)
}

fn clock(overview: &Overview, at: Stamp) -> String {
    at.with_timezone(&zone(overview))
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

fn link(state: LinkState) -> &'static str {
    match state {
        LinkState::Untried => "not tried",
        LinkState::Up => "up",
        LinkState::Throttled => "throttled",
        LinkState::Shaky => "shaky",
        LinkState::Down => "DOWN",
        LinkState::Denied => "DENIED",
    }
}

/// The overview in lines of words.
pub fn overview_text(o: &Overview, now: Stamp) -> String {
    let mut lines = vec![
        format!(
            "raftaar {}, {} ({}){}, {}",
            o.version,
            o.name,
            o.location,
            if o.sandbox { ", SANDBOX" } else { "" },
            clock(o, now)
        ),
        format!("engine: {}", engine(&o.engine)),
        format!(
            "EasyEcom: {}; DTDC: {}; calls left today: {} of {}",
            link(o.easyecom.state),
            link(o.dtdc.state),
            o.quota.day.saturating_sub(o.quota.used),
            o.quota.day
        ),
        format!("orders: {}", counts(&o.stages)),
        confirmed(o, now),
    ];
    let attention: Vec<String> = o
        .attention
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(kind, count)| format!("{} {count}", kind.title()))
        .collect();
    if attention.is_empty() {
        lines.push("nothing needs a person".to_owned());
    } else {
        lines.push(format!("needs a person: {}", attention.join(", ")));
    }
    lines.extend(o.alarms.iter().map(|alarm| format!("ALARM: {alarm}")));
    lines.join("\n") + "\n"
}

fn confirmed(o: &Overview, now: Stamp) -> String {
    let oldest = o.confirmed.oldest_since.map_or(String::new(), |at| {
        format!(", oldest {} min", (now - at).num_minutes().max(0))
    });
    let pickup = o.schedule.cut_off_at.map_or(String::new(), |at| {
        let at = at.with_timezone(&zone(o)).format("%H:%M");
        format!(", next pickup {at}")
    });
    format!("in Confirmed: {}{oldest}{pickup}", o.confirmed.count)
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
fn changes(before: &Overview, now: &Overview) -> Vec<String> {
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
                format!("{name}: {} {}", link(b.state), b.says)
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
    use crate::console::fixture::{Engine, now, pair, serve};

    #[test]
    fn the_overview_reads_like_sentences() {
        let engine = Engine::normal();
        insta::assert_snapshot!(overview_text(&engine.overview, now()), @r"
        raftaar 0.1.0, Bhiwandi (ab1234567890), SANDBOX, 2026-11-23 16:42:00
        engine: automatic
        EasyEcom: up; DTDC: up; calls left today: 412 of 500
        orders: Fetched 8, AWB booked 4, Confirming 4, Confirmed 4, Ready 8, Shipped 4, In transit 4, Out for dlv 4
        in Confirmed: 16, oldest 47 min, next pickup 18:00
        needs a person: Unknown 2, Parked 2, Held 1, Failing 1
        ");
    }

    #[tokio::test]
    async fn once_prints_and_ends() {
        let (handle, end) = pair();
        tokio::spawn(serve(end, Engine::normal()));
        let options = LineOptions {
            follow: false,
            json: false,
        };
        let mut out = Vec::new();
        watch(&handle, options, &mut out).await.expect("printed");
        let text = String::from_utf8(out).expect("text");
        assert!(text.contains("in Confirmed: 16"));
        assert!(text.lines().count() > 10, "the newest happenings follow");
        assert!(!text.contains('\u{1b}'));
    }

    #[tokio::test]
    async fn json_is_the_overview() {
        let (handle, end) = pair();
        tokio::spawn(serve(end, Engine::normal()));
        let options = LineOptions {
            follow: false,
            json: true,
        };
        let mut out = Vec::new();
        watch(&handle, options, &mut out).await.expect("printed");
        let overview: Overview = serde_json::from_slice(&out).expect("an overview");
        assert_eq!(overview.confirmed.count, 16);
    }

    #[tokio::test]
    async fn following_ends_when_the_engine_is_gone() {
        let (handle, mut end) = pair();
        let options = LineOptions {
            follow: true,
            json: true,
        };
        let engine = Engine::normal();
        let task = tokio::spawn(async move {
            let mut out = Vec::new();
            let result = watch(&handle, options, &mut out).await;
            (result, out)
        });
        let asked = end.asks.recv().await.expect("the first question");
        let mut answering = engine.clone();
        let answer = answering.answer(&asked.ask);
        asked.answer.send(answer).expect("somebody waits");
        drop(end);
        let (result, out) = task.await.expect("no panic");
        assert!(result.is_err());
        assert_eq!(String::from_utf8_lossy(&out).lines().count(), 1);
    }
}
