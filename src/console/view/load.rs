//! The dock: the last scan in words that are read from a metre away, counts, and what is missing.

use ratatui::layout::{Position, Rect};

use super::{
    dialogs::field,
    parcels,
    pen::{Line, Pen, cell, span},
    words,
};
use crate::{
    console::{
        layout::share,
        look::Tone,
        model::{Load, Model, Scanned},
    },
    domain::load::LoadVerdict,
    handle::ManifestLoad,
};

/// Columns of the list of manifests where the screen is wide enough.
const LIST_COLUMNS: u16 = 52;

/// Columns of a manifest's marketplace and courier.
const GROUP: usize = 16;

/// Columns of its number.
const NUMBER: usize = 8;

/// From here on the list stands beside the counts.
const WIDE: u16 = 100;

pub fn draw(pen: &mut Pen<'_>, model: &Model, load: &Load, body: Rect) -> Option<Position> {
    pen.clear(body);
    let note = words::freshness(model, load.read_at);
    let inner = pen.frame(body, &[span(" Load-out ", Tone::Strong)], &note, true);
    let cursor = field(pen, inner, inner.y, &load.input);
    let verdict = Rect {
        y: inner.y + 1,
        height: 3,
        ..inner
    };
    pen.lines(verdict, &verdict_lines(load));
    let rest = Rect {
        y: (inner.y + 4).min(inner.bottom()),
        height: inner.height.saturating_sub(4),
        ..inner
    };
    if rest.width >= WIDE {
        let list = Rect {
            width: LIST_COLUMNS,
            ..rest
        };
        let right = Rect {
            x: rest.x + LIST_COLUMNS + 1,
            width: rest.width - LIST_COLUMNS - 1,
            ..rest
        };
        pen.lines(list, &manifests(pen, model, load, list.height));
        pen.lines(right, &counts(model, load, right.height));
    } else {
        let wanted = load.loads.as_ref().map_or(1, |loads| loads.len() + 1);
        let below = counts(model, load, u16::MAX).len();
        let above = share(usize::from(rest.height), wanted, below) as u16;
        let list = Rect {
            height: above,
            ..rest
        };
        let below = Rect {
            y: rest.y + above,
            height: rest.height - above,
            ..rest
        };
        pen.lines(list, &manifests(pen, model, load, list.height));
        pen.lines(below, &counts(model, load, below.height));
    }
    cursor
}

fn verdict_lines(load: &Load) -> Vec<Line> {
    if let Some(code) = &load.waiting {
        return vec![vec![span(
            format!(" {code}: being recorded, wait before it goes on the truck"),
            Tone::Busy,
        )]];
    }
    match load.trail.first() {
        None => vec![
            vec![span(
                " Scan each parcel that goes on the truck: AWB, label, invoice or reference.",
                Tone::Dim,
            )],
            vec![span(
                " Up and down choose the manifest. Only LOADED goes on.",
                Tone::Dim,
            )],
        ],
        Some(Scanned::Failed(says)) => vec![vec![span(format!(" {says} "), Tone::Loud)]],
        Some(Scanned::Judged(scan)) => {
            let tone = if scan.verdict.is_loaded() {
                Tone::Good
            } else {
                Tone::Loud
            };
            let awb = scan.awb.as_ref().map_or("", |awb| awb.as_str());
            let reference = scan.reference.as_ref().map_or("", |r| r.as_str());
            let left = matches!(scan.verdict, LoadVerdict::TruckLeft { .. });
            let says = if left { Tone::Bad } else { Tone::Plain };
            let mut lines = vec![
                vec![
                    span(format!(" {} ", scan.verdict.title()), tone),
                    span(format!("  {awb}  {reference}"), Tone::Strong),
                ],
                vec![span(format!(" {}", scan.says), says)],
            ];
            if left {
                let mut line = vec![span(
                    " Scan it once more to record it all the same",
                    Tone::Plain,
                )];
                line.push(if load.read_twice {
                    span("   READ TWICE, not recorded", Tone::Loud)
                } else {
                    span(": the sheet says it came after.", Tone::Plain)
                });
                lines.push(line);
            }
            lines
        }
    }
}

/// The manifests, the chosen one marked; the list is cut around it.
fn manifests(pen: &Pen<'_>, model: &Model, load: &Load, height: u16) -> Vec<Line> {
    let Some(loads) = &load.loads else {
        return vec![vec![span(" Reading the manifests.", Tone::Dim)]];
    };
    if loads.is_empty() {
        return vec![vec![span(" No manifest was made here yet.", Tone::Warn)]];
    }
    let mut rows = vec![row(
        load.chosen.is_none(),
        "any manifest".to_owned(),
        Tone::Plain,
    )];
    rows.extend(loads.iter().map(|l| {
        let (state, tone) = state(l);
        let text = format!(
            "{} {} {} {:>3}/{:<3} {state}",
            cell(l.group.as_str(), GROUP, pen.cut()),
            cell(&tail(&l.name(), pen.cut()), NUMBER, ""),
            words::clock(model.zone(), l.at),
            l.loaded,
            l.orders
        );
        row(load.chosen == Some(l.manifest), text, tone)
    }));
    let chosen = load
        .chosen
        .and_then(|c| loads.iter().position(|l| l.manifest == c))
        .map_or(0, |n| n + 1);
    let height = usize::from(height);
    let from = chosen.saturating_sub(height.saturating_sub(1));
    rows.into_iter().skip(from).take(height).collect()
}

/// The end of a manifest's number: its beginning is the day, the same for all.
fn tail(name: &str, cut: &str) -> String {
    let count = name.chars().count();
    if count <= NUMBER {
        return name.to_owned();
    }
    let end: String = name.chars().skip(count + 1 - NUMBER).collect();
    format!("{cut}{end}")
}

fn row(chosen: bool, text: String, tone: Tone) -> Line {
    if chosen {
        vec![span(" > ", Tone::Key), span(text, Tone::Strong)]
    } else {
        vec![span("   ", Tone::Plain), span(text, tone)]
    }
}

fn state(load: &ManifestLoad) -> (&'static str, Tone) {
    match &load.closed {
        Some(closed) if closed.missing > 0 => ("gone, part", Tone::Warn),
        Some(_) => ("gone", Tone::Dim),
        None if load.loaded == 0 => ("waits", Tone::Plain),
        None if load.loaded < load.orders => ("loading", Tone::Busy),
        None => ("full", Tone::Good),
    }
}

/// The counts of the chosen manifest, its missing parcels, and the last scans.
fn counts(model: &Model, load: &Load, height: u16) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    // A scan for any truck may belong to none: then only this console has seen it.
    let (foreign, twice, here) = match load.manifest() {
        Some(m) => (m.wrong, m.twice, ""),
        None => (load.turned_away.0, load.turned_away.1, "here "),
    };
    let (loaded, orders, missing) = match load.manifest() {
        Some(m) => (m.loaded, m.orders, m.missing().count()),
        None => load.loads.iter().flatten().fold((0, 0, 0), |(l, o, n), m| {
            (l + m.loaded, o + m.orders, n + m.missing().count())
        }),
    };
    lines.push(vec![
        span(format!(" loaded {loaded} of {orders}"), Tone::Strong),
        span(
            format!("   missing {missing}"),
            if missing > 0 { Tone::Warn } else { Tone::Good },
        ),
        span(
            format!("   {here}wrong {foreign}"),
            if foreign > 0 { Tone::Bad } else { Tone::Plain },
        ),
        span(
            format!("   twice {twice}"),
            if twice > 0 { Tone::Bad } else { Tone::Plain },
        ),
    ]);
    if let Some(closed) = load.manifest().and_then(|m| m.closed.as_ref()) {
        let at = words::clock(model.zone(), closed.at);
        lines.push(vec![span(
            format!(" handed over {at} by {}", closed.by),
            Tone::Warn,
        )]);
    }
    if !load.wanted.is_empty() {
        let room = usize::from(height).saturating_sub(lines.len());
        lines.extend(parcels::lines(model, load, room));
        return lines;
    }
    let room = usize::from(height).saturating_sub(lines.len() + 1);
    let scans = load.trail.len().saturating_sub(1).min(room / 2);
    if let Some(manifest) = load.manifest() {
        let rows: Vec<Line> = manifest
            .missing()
            .map(|r| {
                vec![span(
                    format!("   {}  {}", cell(r.awb.as_str(), 14, "…"), r.reference),
                    Tone::Plain,
                )]
            })
            .collect();
        let room = room.saturating_sub(scans);
        if !rows.is_empty() && room > 1 {
            let n = rows.len();
            lines.push(match manifest.closed {
                Some(_) => vec![span(format!(" {n} STAYED BEHIND:"), Tone::Warn)],
                None if manifest.loaded == 0 => vec![span(" not on the truck:", Tone::Dim)],
                None => vec![span(
                    format!(" {n} STAY BEHIND if it leaves now:"),
                    Tone::Warn,
                )],
            });
            let shown = rows.len().min(room - 1);
            let more = rows.len() - shown;
            lines.extend(rows.into_iter().take(shown));
            if more > 0 {
                lines.pop();
                lines.push(vec![span(format!("   and {} more", more + 1), Tone::Dim)]);
            }
        }
    }
    for scan in load.trail.iter().skip(1).take(scans) {
        lines.push(trail_line(scan));
    }
    lines
}

pub fn trail_line(scan: &Scanned) -> Line {
    match scan {
        Scanned::Failed(says) => vec![span(format!("   {says}"), Tone::Bad)],
        Scanned::Judged(scan) => {
            let tone = match scan.verdict {
                LoadVerdict::Loaded => Tone::Dim,
                _ => Tone::Bad,
            };
            let code = scan
                .awb
                .as_ref()
                .map_or(scan.code.as_str(), |awb| awb.as_str());
            vec![span(
                format!("   {} {}", cell(code, 14, "…"), scan.verdict.title()),
                tone,
            )]
        }
    }
}
