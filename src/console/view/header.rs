//! The header: who and where, connections, budget; orders per stage; the band that must always be seen.

use ratatui::layout::Rect;

use super::{
    pen::{Line, Pen, Span, columns, span},
    words,
};
use crate::{
    console::{commands::Action, look::Tone, model::Model},
    domain::{Stage, Stamp},
    handle::{EngineState, Link, Overview},
};

/// Columns in which the beginning of an alarm still says something.
const ALARM_MIN: usize = 30;

/// Minutes before the pickup from which orders still in Confirmed make the band loud.
const PICKUP_SOON_MIN: i64 = 30;

pub fn draw(pen: &mut Pen<'_>, model: &Model, area: Rect) {
    let clock = words::clock(model.zone(), model.now);
    let y = area.y;
    pen.line(area, y, &top(model, usize::from(area.width)), None);
    let x = area.right().saturating_sub(clock.len() as u16);
    pen.put(x, y, clock.len(), &clock, pen.look.style(Tone::Strong));
    pen.line(area, y + 1, &stages(model, usize::from(area.width)), None);
    let (band, loud) = band(model, usize::from(area.width));
    pen.line(area, y + 2, &band, loud.then_some(Tone::Loud));
}

fn top(model: &Model, width: usize) -> Line {
    let mut line = vec![span("raftaar ", Tone::Strong)];
    let Some(o) = &model.overview else {
        let says = if model.gone.is_some() {
            "no engine"
        } else {
            "asking the engine"
        };
        line.push(span(says, Tone::Dim));
        return line;
    };
    let wide = width >= 110;
    if o.sandbox {
        line.push(span("SANDBOX", Tone::Warn));
        line.push(span(" ", Tone::Plain));
    }
    let name = if o.name.is_empty() {
        o.location.as_str()
    } else {
        o.name.as_str()
    };
    let room = if wide { 24 } else { 12 };
    line.push(span(
        super::pen::fit(name, room, pen_cut(model)),
        Tone::Plain,
    ));
    line.push(span("  ", Tone::Plain));
    line.extend(link("EasyEcom", &o.easyecom, model.now));
    line.push(span("  ", Tone::Plain));
    line.extend(link("DTDC", &o.dtdc, model.now));
    line.push(span("  ", Tone::Plain));
    line.extend(engine(model, o, wide));
    line.push(span("  ", Tone::Plain));
    line.extend(quota(o, wide));
    // The clock keeps its place.
    while line.iter().map(|(t, _)| columns(t)).sum::<usize>() + 6 > width {
        line.pop();
    }
    line
}

fn pen_cut(model: &Model) -> &'static str {
    model.setup.look.glyphs.cut
}

fn link(name: &str, link: &Link, now: Stamp) -> Vec<Span> {
    let (word, tone) = words::link(link, now);
    let mut out = vec![span(format!("{name} "), Tone::Dim), span(word, tone)];
    if let Some(at) = link.ok_at {
        out.push(span(format!(" {}", words::age(now, at)), Tone::Dim));
    }
    out
}

fn engine(model: &Model, o: &Overview, wide: bool) -> Vec<Span> {
    if model.gone.is_some() {
        return vec![span("ENGINE GONE", Tone::Loud)];
    }
    let (word, tone) = match &o.engine {
        EngineState::Automatic => ("auto", Tone::Good),
        EngineState::ByHand => ("by hand", Tone::Strong),
        EngineState::Paused { .. } => ("PAUSED", Tone::Loud),
        EngineState::Stopped { .. } => ("STOPPED", Tone::Loud),
    };
    let mut out = vec![
        span(if wide { "engine " } else { "" }, Tone::Dim),
        span(word, tone),
    ];
    if let (EngineState::Paused { by }, true) = (&o.engine, wide) {
        out.push(span(format!(" by {}", by.by), Tone::Warn));
    }
    out
}

fn quota(o: &Overview, wide: bool) -> Vec<Span> {
    let left = o.quota.day.saturating_sub(o.quota.used);
    let tone = if left < o.quota.needed {
        Tone::Bad
    } else if left.saturating_mul(10) < o.quota.day {
        Tone::Warn
    } else {
        Tone::Plain
    };
    let text = if wide {
        format!("{left} of {} calls left", o.quota.day)
    } else {
        format!("{left} calls left")
    };
    let mut out = vec![span(text, tone)];
    if left < o.quota.needed {
        out.push(span(format!(", {} needed", o.quota.needed), Tone::Bad));
    }
    out
}

/// Stages that a narrow header shows as one.
const GROUPS: [(&str, &[Stage]); 8] = [
    ("New", &[Stage::Fetched]),
    ("Assigned", &[Stage::Booked, Stage::Assigned]),
    (
        "Confirmed",
        &[Stage::Confirming, Stage::Confirmed, Stage::Ready],
    ),
    ("Shipped", &[Stage::Shipped]),
    ("Moving", &[Stage::InTransit, Stage::OutForDelivery]),
    ("Delivered", &[Stage::Delivered]),
    ("RTO", &[Stage::Rto, Stage::RtoDelivered]),
    ("Cancelled", &[Stage::Cancelled]),
];

fn stages(model: &Model, width: usize) -> Line {
    let Some(o) = &model.overview else {
        return Vec::new();
    };
    let count = |stage: &Stage| o.stages.get(stage).copied().unwrap_or(0);
    let all: Vec<(&str, u64, Tone)> = Stage::ALL
        .iter()
        .map(|s| (s.title(), count(s), words::stage(*s)))
        .collect();
    let groups: Vec<(&str, u64, Tone)> = GROUPS
        .iter()
        .map(|(name, list)| {
            let tone = words::stage(list[0]);
            (*name, list.iter().map(count).sum(), tone)
        })
        .collect();
    let some: Vec<(&str, u64, Tone)> = groups.iter().copied().filter(|g| g.1 > 0).collect();
    let long = format!(" {} ", pen_then(model));
    // The longest form that fits; in the last resort what has no orders is left out.
    for (items, gap) in [
        (&all, long.as_str()),
        (&groups, long.as_str()),
        (&groups, "  "),
    ] {
        let line = stage_line(items, gap);
        if line.iter().map(|(t, _)| columns(t)).sum::<usize>() <= width {
            return line;
        }
    }
    stage_line(&some, " ")
}

fn pen_then(model: &Model) -> &'static str {
    model.setup.look.glyphs.then
}

fn stage_line(items: &[(&str, u64, Tone)], gap: &str) -> Line {
    let mut line = Vec::new();
    for (i, (name, count, tone)) in items.iter().enumerate() {
        if i > 0 {
            line.push(span(gap, Tone::Dim));
        }
        line.push(span(format!("{name} "), Tone::Dim));
        let tone = if *count == 0 { Tone::Dim } else { *tone };
        line.push(span(count.to_string(), tone));
    }
    line
}

/// What stands in Confirmed, the next pickup, and what needs a person. Second: whether it is loud.
fn band(model: &Model, width: usize) -> (Line, bool) {
    if let Some(gone) = &model.gone {
        let since = words::clock(model.zone(), gone.since);
        let says = format!(
            " {} NO ENGINE since {since}: {}. What is shown is old.",
            model.setup.look.glyphs.failed, gone.says
        );
        return (vec![span(says, Tone::Loud)], true);
    }
    let Some(o) = &model.overview else {
        return (Vec::new(), false);
    };
    match &o.engine {
        EngineState::Stopped { says } => {
            return (
                vec![span(format!(" ENGINE STOPPED: {says}"), Tone::Loud)],
                true,
            );
        }
        EngineState::Paused { by } => {
            let key = model.setup.keymap.hint(Action::Pause);
            let says = format!(" PAUSED by {}: {}  ({key} resumes)", by.by, by.reason);
            return (vec![span(says, Tone::Loud)], true);
        }
        _ => {}
    }
    let (words, loud) = confirmed(model, o, width);
    let mut line = vec![
        span(if loud { " ! " } else { " " }, Tone::Loud),
        span(words, Tone::Strong),
    ];
    let need = o.need_a_person();
    if need > 0 {
        let key = model.setup.keymap.hint(Action::Exceptions);
        line.push(span(format!("   {need} need you ({key})"), Tone::Bad));
    }
    let taken: usize = line.iter().map(|(text, _)| columns(text)).sum();
    line.extend(alarms(model, o, width.saturating_sub(taken)));
    (line, loud)
}

/// Alarms in their own words where there is room for them, or how many there are.
fn alarms(model: &Model, o: &Overview, room: usize) -> Vec<Span> {
    let words: Vec<String> = o.alarms.iter().map(|says| format!("   ! {says}")).collect();
    let need: usize = words.iter().map(|text| columns(text)).sum();
    if need <= room || (words.len() == 1 && room >= ALARM_MIN) {
        return words
            .into_iter()
            .map(|text| span(text, Tone::Bad))
            .collect();
    }
    let key = model.setup.keymap.hint(Action::Status);
    let what = if words.len() == 1 { "alarm" } else { "alarms" };
    let says = format!("   ! {} {what} ({key})", words.len());
    vec![span(says, Tone::Bad)]
}

fn confirmed(model: &Model, o: &Overview, width: usize) -> (String, bool) {
    let now = model.now;
    let band = &o.confirmed;
    let pickup = o.schedule.cut_off_at.map(|at| {
        let left = (at - now).num_minutes();
        (words::clock(model.zone(), at), left)
    });
    let next = if width < 90 { "" } else { "next " };
    let pickup_words = pickup.as_ref().map_or(String::new(), |(at, left)| {
        if *left < 0 {
            format!(", pickup {at} has passed")
        } else {
            format!(", {next}pickup {at} in {}", words::minutes(*left))
        }
    });
    if band.count == 0 {
        return (format!("0 in Confirmed{pickup_words}"), false);
    }
    let oldest = band.oldest_since.map(|at| (now - at).num_minutes());
    let age = oldest.map_or(String::new(), |min| {
        if min < 60 {
            format!(", oldest {} min", min.max(0))
        } else {
            format!(", oldest {}", words::minutes(min))
        }
    });
    let missed = band.missed_at.map_or(String::new(), |at| {
        let at = words::clock(model.zone(), at);
        format!(", {} MISSED the {at} pickup", band.missed)
    });
    let soon = pickup.is_some_and(|(_, left)| left < PICKUP_SOON_MIN);
    let old = oldest.is_some_and(|min| min >= model.setup.loud_after_min);
    (
        format!("{} in Confirmed{age}{missed}{pickup_words}", band.count),
        old || soon || band.missed > 0,
    )
}
