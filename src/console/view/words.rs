//! Words for times, states and levels.

use chrono::{Datelike, FixedOffset};

use super::pen::{Span, span};
use crate::{
    console::{
        look::{Glyphs, Look, Tone},
        model::Model,
    },
    domain::{Stage, Stamp, inventory::DiffState, record::Attention},
    handle::{Level, Link, LinkState, Schedule, StepState},
};

/// Minutes from which data is called stale: two heartbeats were missed.
const STALE_MIN: i64 = 3;

/// An age in at most five characters.
pub fn age(now: Stamp, then: Stamp) -> String {
    minutes((now - then).num_minutes())
}

/// Minutes in at most five characters.
pub fn minutes(min: i64) -> String {
    match min {
        ..1 => "<1m".to_owned(),
        1..60 => format!("{min}m"),
        60..1440 => format!("{}h{:02}", min / 60, min % 60),
        _ => format!("{}d", (min / 1440).min(9_999)),
    }
}

/// The time of day in the warehouse.
pub fn clock(zone: FixedOffset, at: Stamp) -> String {
    at.with_timezone(&zone).format("%H:%M").to_string()
}

/// The time of day, or the day where it is another one; five or six characters.
pub fn when(zone: FixedOffset, now: Stamp, at: Stamp) -> String {
    let (here, there) = (now.with_timezone(&zone), at.with_timezone(&zone));
    if here.num_days_from_ce() == there.num_days_from_ce() {
        there.format("%H:%M").to_string()
    } else {
        there.format("%d %b").to_string()
    }
}

/// Day and time of day.
pub fn full(zone: FixedOffset, at: Stamp) -> String {
    at.with_timezone(&zone).format("%d %b %H:%M:%S").to_string()
}

/// How long until a time, or how late it is.
pub fn due(now: Stamp, at: Stamp) -> Span {
    let left = (at - now).num_minutes();
    if at < now {
        span(format!("late {}", minutes(-left)), Tone::Bad)
    } else if left < 60 {
        span(format!("in {}", minutes(left)), Tone::Warn)
    } else {
        span(format!("in {}", minutes(left)), Tone::Plain)
    }
}

/// Whether data of this age is stale.
pub fn is_stale(now: Stamp, read_at: Stamp) -> bool {
    (now - read_at).num_minutes() >= STALE_MIN
}

/// The age of a pane's data, loud where it is stale.
pub fn freshness(model: &Model, read_at: Option<Stamp>) -> Vec<Span> {
    let Some(read_at) = read_at else {
        return if model.gone.is_some() {
            vec![span(" NO ENGINE ", Tone::Loud)]
        } else {
            vec![span(" reading ", Tone::Dim)]
        };
    };
    let old = age(model.now, read_at);
    if model.gone.is_some() {
        return vec![span(format!(" STALE {old}, no engine "), Tone::Loud)];
    }
    if is_stale(model.now, read_at) {
        return vec![span(format!(" STALE {old} "), Tone::Loud)];
    }
    vec![span(format!(" {old} "), Tone::Dim)]
}

/// Where a pane's rows come from before they are the engine's.
pub struct Source {
    pub name: &'static str,
    pub read_at: fn(&Schedule) -> Option<Stamp>,
    /// Minutes from which its age is said; younger than that it is as fresh as it gets.
    pub from_min: i64,
}

/// Minutes from which a source is loud: a day without a reading is no rhythm of anybody's.
const SOURCE_OLD_MIN: i64 = 24 * 60;

/// Columns of a pane that has room for both ages.
const BOTH_AGES: u16 = 60;

/// The age of a pane's data: of the engine's copy, and of the reading of the remote behind it.
pub fn freshness_of(
    model: &Model,
    read_at: Option<Stamp>,
    source: &Source,
    width: u16,
) -> Vec<Span> {
    let copy = freshness(model, read_at);
    let (Some(o), Some(read_at), None) = (&model.overview, read_at, &model.gone) else {
        return copy;
    };
    let (word, tone) = match (source.read_at)(&o.schedule) {
        None => ("never".to_owned(), Tone::Warn),
        Some(at) => {
            let min = (model.now - at).num_minutes();
            if at >= read_at || min < source.from_min {
                return copy;
            }
            let old = min >= SOURCE_OLD_MIN;
            (minutes(min), if old { Tone::Warn } else { Tone::Dim })
        }
    };
    let source = format!("{} {word} ", source.name);
    let stale = is_stale(model.now, read_at);
    match (width >= BOTH_AGES, stale) {
        (false, true) => copy,
        (false, false) => vec![span(format!(" {source}"), tone)],
        (true, _) => {
            let join = |(text, tone): Span| span(format!("{},", text.trim_end()), tone);
            let mut out: Vec<Span> = copy.into_iter().map(join).collect();
            out.push(span(format!(" {source}"), tone));
            out
        }
    }
}

/// Sign, word and tone of a step.
pub fn step(glyphs: &Glyphs, state: StepState) -> (&'static str, &'static str, Tone) {
    match state {
        StepState::Done => (glyphs.done, "done", Tone::Good),
        StepState::Ready => (glyphs.ready, "ready", Tone::Strong),
        StepState::Running => (glyphs.running, "running", Tone::Busy),
        StepState::Unknown => (glyphs.unknown, "UNKNOWN", Tone::Bad),
        StepState::Failed => (glyphs.failed, "failed", Tone::Warn),
        StepState::Blocked => (glyphs.blocked, "blocked", Tone::Dim),
        StepState::Off => (glyphs.off, "off", Tone::Dim),
    }
}

/// Tone of a stage.
pub fn stage(stage: Stage) -> Tone {
    match stage {
        Stage::Confirming | Stage::Confirmed | Stage::Ready => Tone::Strong,
        Stage::Delivered => Tone::Good,
        Stage::Rto | Stage::RtoDelivered => Tone::Warn,
        Stage::Cancelled => Tone::Dim,
        _ => Tone::Plain,
    }
}

/// Tone of what needs a person.
pub fn attention(kind: Attention) -> Tone {
    match kind {
        Attention::CancelledAfterManifest | Attention::Unknown | Attention::Parked => Tone::Bad,
        _ => Tone::Warn,
    }
}

/// Sign and tone of a level.
pub fn level(look: Look, level: Level) -> (&'static str, Tone) {
    match level {
        Level::Info => (look.glyphs.dot, Tone::Plain),
        Level::Good => (look.glyphs.done, Tone::Good),
        Level::Warn => (look.glyphs.failed, Tone::Warn),
        Level::Bad => (look.glyphs.failed, Tone::Bad),
    }
}

/// Tone of a SKU.
pub fn diff(state: DiffState) -> Tone {
    match state {
        DiffState::Problem | DiffState::Unknown => Tone::Bad,
        DiffState::Differs => Tone::Warn,
        DiffState::Sent | DiffState::Waiting => Tone::Busy,
        DiffState::InSync => Tone::Good,
        DiffState::Unverified | DiffState::NotOurs | DiffState::LeftOut => Tone::Dim,
    }
}

/// Word and tone of a connection.
pub fn link(link: &Link, now: Stamp) -> (&'static str, Tone) {
    let tone = match link.state {
        LinkState::Untried => Tone::Dim,
        LinkState::Up if link.is_quiet(now) => Tone::Plain,
        LinkState::Up => Tone::Good,
        LinkState::Throttled | LinkState::Shaky => Tone::Warn,
        LinkState::Down | LinkState::Denied => Tone::Loud,
    };
    (link.word(now), tone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Clean;

    #[test]
    fn ages_fit_their_column() {
        for (min, text) in [
            (-5, "<1m"),
            (0, "<1m"),
            (1, "1m"),
            (59, "59m"),
            (60, "1h00"),
            (1439, "23h59"),
            (1440, "1d"),
            (i64::MAX, "9999d"),
        ] {
            assert_eq!(minutes(min), text);
            assert!(text.len() <= 5);
        }
    }

    #[test]
    fn a_link_is_up_only_as_long_as_it_was_heard() {
        let at = |second| chrono::DateTime::from_timestamp(second, 0).expect("a time");
        let mut heard = Link {
            state: LinkState::Up,
            ok_at: Some(at(0)),
            says: Clean::default(),
        };
        for (minutes, word) in [(0, "up"), (29, "up"), (30, "quiet"), (800, "quiet")] {
            assert_eq!(link(&heard, at(minutes * 60)).0, word);
        }
        heard.state = LinkState::Down;
        assert_eq!(link(&heard, at(48_000)).0, "DOWN");
    }
}
