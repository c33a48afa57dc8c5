//! The header: who and where, connections, budget; orders per stage; the band that must always be seen.

use ratatui::layout::Rect;

use super::{
    band::{Reader, band},
    pen::{Line, Pen, Span, columns, span},
    words,
};
use crate::{
    console::{look::Tone, model::Model},
    domain::Stage,
    handle::{EngineState, Link, Overview},
};

pub fn draw(pen: &mut Pen<'_>, model: &Model, area: Rect, reader: Reader) {
    let clock = words::clock(model.zone(), model.now);
    let (y, width) = (area.y, usize::from(area.width));
    pen.line(area, y, &top(model, width, reader), None);
    let x = area.right().saturating_sub(clock.len() as u16);
    pen.put(x, y, clock.len(), &clock, pen.look.style(Tone::Strong));
    pen.line(area, y + 1, &stages(model, width), None);
    let (band, loud) = band(model, width, reader);
    pen.line(area, y + 2, &band, loud.then_some(Tone::Loud));
}

/// How much the first line says.
#[derive(Clone, Copy)]
struct Room {
    wide: bool,
    /// Ages of the links.
    ages: bool,
    /// Columns of the warehouse's name.
    site: usize,
    program: bool,
}

/// From the fullest to the shortest: the engine's state and the calls left are never what goes.
const ROOMS: [Room; 5] = [
    Room {
        wide: true,
        ages: true,
        site: 24,
        program: true,
    },
    Room {
        wide: false,
        ages: true,
        site: 12,
        program: true,
    },
    Room {
        wide: false,
        ages: false,
        site: 12,
        program: true,
    },
    Room {
        wide: false,
        ages: false,
        site: 0,
        program: true,
    },
    Room {
        wide: false,
        ages: false,
        site: 0,
        program: false,
    },
];

fn top(model: &Model, width: usize, reader: Reader) -> Line {
    let Some(o) = &model.overview else {
        let says = if model.gone.is_some() {
            "no engine"
        } else {
            "asking the engine"
        };
        return vec![span("raftaar ", Tone::Strong), span(says, Tone::Dim)];
    };
    // The clock keeps its place.
    let most = width.saturating_sub(6);
    let sum = |line: &Line| line.iter().map(|(t, _)| columns(t)).sum::<usize>();
    let mut line = Line::new();
    for room in ROOMS.iter().filter(|room| !room.wide || width >= 110) {
        line = first_line(model, o, *room, reader);
        if sum(&line) <= most {
            return line;
        }
    }
    while sum(&line) > most {
        line.pop();
    }
    line
}

fn first_line(model: &Model, o: &Overview, room: Room, reader: Reader) -> Line {
    let mut line = Line::new();
    if room.program {
        line.push(span("raftaar ", Tone::Strong));
    }
    if o.sandbox {
        line.push(span("SANDBOX", Tone::Warn));
        line.push(span(" ", Tone::Plain));
    }
    let name = if o.name.is_empty() {
        o.location.as_str()
    } else {
        o.name.as_str()
    };
    if room.site > 0 {
        let name = super::pen::fit(name, room.site, model.setup.look.glyphs.cut);
        line.push(span(name, Tone::Plain));
        line.push(span("  ", Tone::Plain));
    }
    line.extend(link(model, "EasyEcom", &o.easyecom, room.ages));
    line.push(span("  ", Tone::Plain));
    line.extend(link(model, "DTDC", &o.dtdc, room.ages));
    line.push(span("  ", Tone::Plain));
    line.extend(engine(model, o, room.wide, reader));
    line.push(span("  ", Tone::Plain));
    line.extend(quota(model, o, room.wide));
    line
}

fn link(model: &Model, name: &str, link: &Link, ages: bool) -> Vec<Span> {
    // Whether it answers is known from the engine only.
    if model.gone.is_some() {
        return vec![span(format!("{name} ?"), Tone::Dim)];
    }
    let (word, tone) = words::link(link, model.now);
    let mut out = vec![span(format!("{name} "), Tone::Dim), span(word, tone)];
    if let Some(at) = link.ok_at.filter(|_| ages) {
        out.push(span(format!(" {}", words::age(model.now, at)), Tone::Dim));
    }
    out
}

fn engine(model: &Model, o: &Overview, wide: bool, reader: Reader) -> Vec<Span> {
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
    let named = wide && reader == Reader::Operator;
    if let (EngineState::Paused { by }, true) = (&o.engine, named) {
        out.push(span(format!(" by {}", by.by), Tone::Warn));
    }
    out
}

fn quota(model: &Model, o: &Overview, wide: bool) -> Vec<Span> {
    let left = o.quota.day.saturating_sub(o.quota.used);
    let tone = if model.gone.is_some() {
        Tone::Dim
    } else if left < o.quota.needed {
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
