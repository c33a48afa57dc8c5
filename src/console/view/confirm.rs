//! A question before something is changed: what would be done, what is left out, and how to answer.

use ratatui::layout::{Position, Rect};

use super::{
    dialogs::{COLUMNS, dialog, field},
    pen::{Line, Pen, columns, span, wrap},
    words,
};
use crate::{
    console::{
        look::Tone,
        model::{Confirm, Model, Purpose},
    },
    domain::{Clean, InvoiceId, request::ManifestGroup},
    handle::{Command, ManifestPlan, Preview},
};

/// Left-out orders shown at a time: a question stays a box on the screen.
const LEFT_OUT_ROWS: usize = 12;

pub fn draw(pen: &mut Pen<'_>, model: &Model, confirm: &Confirm, body: Rect) -> Option<Position> {
    let width = usize::from(COLUMNS.min(body.width)) - 4;
    let mut lines: Vec<Line> = Vec::new();
    // A title that is cut hides what the question is about.
    let whole = columns(&confirm.title) <= width - 2;
    let title = if whole {
        lines.push(Vec::new());
        confirm.title.as_str()
    } else {
        let wrapped = wrap(&confirm.title, width).into_iter();
        lines.extend(wrapped.map(|text| vec![span(format!(" {text}"), Tone::Strong)]));
        "Sure?"
    };
    lines.extend(groups(model, confirm));
    let typed = confirm.to_type();
    // The answer, its field, the blank line before it and the frame.
    let kept = 2 + usize::from(typed.is_some()) + 2;
    let room = usize::from(body.height).saturating_sub(lines.len() + kept);
    (pen.end, pen.page) = (0, 0);
    match (&confirm.preview, confirm.needs_preview) {
        (None, true) => lines.push(vec![span(" The engine is counting.", Tone::Dim)]),
        (Some(Err(says)), _) => {
            for text in wrap(says.as_str(), width) {
                lines.push(vec![span(format!(" {text}"), Tone::Bad)]);
            }
        }
        (Some(Ok(preview)), _) => {
            lines.extend(preview_lines(pen, model, confirm, preview, (width, room)));
        }
        (None, false) => {}
    }
    if lines.len() > 1 {
        lines.push(Vec::new());
    }
    lines.push(answer(confirm, typed.as_deref()));
    let inner = dialog(pen, title, lines.len() + usize::from(typed.is_some()), body);
    // The answer is what must be seen where there is no room for all.
    let last = usize::from(inner.height).saturating_sub(1 + usize::from(typed.is_some()));
    for (i, line) in lines.iter().take(lines.len() - 1).take(last).enumerate() {
        pen.line(inner, inner.y + i as u16, line, None);
    }
    let y = inner.y + last.min(lines.len() - 1) as u16;
    if let Some(line) = lines.last() {
        pen.line(inner, y, line, None);
    }
    typed.and_then(|_| field(pen, inner, y + 1, &confirm.input))
}

fn answer(confirm: &Confirm, typed: Option<&str>) -> Line {
    let send = !matches!(confirm.what, Purpose::Leave);
    match (typed, confirm.preview.as_ref()) {
        (Some(wanted), _) => vec![
            span(" Type ", Tone::Plain),
            span(wanted, Tone::Key),
            span(" and press Enter to do it. Esc goes back.", Tone::Plain),
        ],
        (None, Some(Err(_))) => vec![span(" Esc goes back.", Tone::Plain)],
        (None, _) => vec![
            span(" y", Tone::Key),
            span(if send { " does it, " } else { " leaves, " }, Tone::Plain),
            span("Esc", Tone::Key),
            span(" goes back.", Tone::Plain),
        ],
    }
}

/// What a manifest would contain.
fn groups(model: &Model, confirm: &Confirm) -> Vec<Line> {
    let Some(plan) = confirm.plan.as_deref() else {
        return Vec::new();
    };
    let chosen = match &confirm.what {
        Purpose::Send(Command::ManifestNow { group }) => group.as_ref(),
        _ => None,
    };
    let mut lines: Vec<Line> = plan
        .iter()
        .flat_map(|group| planned(model, group, chosen))
        .collect();
    if plan.len() > 1 {
        let says = "   up and down choose one of them, or all";
        lines.push(vec![span(says, Tone::Dim)]);
    }
    lines.push(Vec::new());
    lines
}

fn planned(
    model: &Model,
    group: &ManifestPlan,
    chosen: Option<&ManifestGroup>,
) -> impl Iterator<Item = Line> + use<> {
    let oldest = group.oldest_at.map_or(String::new(), |at| {
        format!(", oldest ready {} ago", words::age(model.now, at))
    });
    // On a line of its own: behind a long name it would be cut off, and it is what matters.
    let not = (group.not_ready > 0).then(|| {
        let text = format!("   {} more in Confirmed are not ready", group.not_ready);
        vec![span(text, Tone::Warn)]
    });
    let text = format!(
        "{}, carrier {}: {} orders{oldest}",
        group.marketplace, group.group.carrier_id, group.ready
    );
    let meant = chosen.is_none_or(|chosen| *chosen == group.group);
    let cursor = if meant {
        model.setup.look.glyphs.cursor
    } else {
        " "
    };
    let tone = if meant { Tone::Plain } else { Tone::Dim };
    let line = vec![span(format!(" {cursor} "), Tone::Focus), span(text, tone)];
    [Some(line), not].into_iter().flatten()
}

/// What the engine says it would do, in at most so many columns; where the list of what is left out is
/// longer than there are lines for it, it scrolls.
fn preview_lines(
    pen: &mut Pen<'_>,
    model: &Model,
    confirm: &Confirm,
    preview: &Preview,
    (width, lines_max): (usize, usize),
) -> Vec<Line> {
    let concerned = match &confirm.what {
        Purpose::Send(command) if command.concerns_skus() => "SKUs  ",
        _ => "Orders",
    };
    let mut lines = figures(model, preview, concerned);
    let says: Vec<Line> = wrap(preview.says.as_str(), width)
        .into_iter()
        .filter(|text| !text.is_empty())
        .map(|text| vec![span(format!(" {text}"), Tone::Plain)])
        .collect();
    if preview.left_out_total > 0 {
        let room = lines_max.saturating_sub(lines.len() + 1 + says.len());
        lines.extend(left_out(pen, preview, confirm.scroll, room));
    }
    lines.extend(says);
    lines
}

fn figures(model: &Model, preview: &Preview, concerned: &str) -> Vec<Line> {
    let short = preview.calls > preview.calls_left;
    let mut lines = vec![
        vec![
            span(format!(" {concerned}        "), Tone::Dim),
            span(preview.orders.to_string(), Tone::Strong),
        ],
        vec![
            span(" Remote calls  ", Tone::Dim),
            span(preview.calls.to_string(), Tone::Strong),
            span(
                format!(" of {} left today", preview.calls_left),
                if short { Tone::Bad } else { Tone::Plain },
            ),
        ],
    ];
    if let Some(at) = preview.done_at {
        let text = words::when(model.zone(), model.now, at);
        let late = model
            .overview
            .as_ref()
            .and_then(|o| o.schedule.cut_off_at)
            .is_some_and(|cut_off| at > cut_off);
        lines.push(vec![
            span(" Finished      ", Tone::Dim),
            span(text, Tone::Strong),
            span(if late { " after the next pickup" } else { "" }, Tone::Bad),
        ]);
    }
    lines
}

/// A heading and as many of the left-out orders as there is room for, from the one that is scrolled to.
fn left_out(pen: &mut Pen<'_>, preview: &Preview, scroll: usize, room: usize) -> Vec<Line> {
    let named = preview.left_out.len();
    let total = preview.left_out_total;
    let more = total.saturating_sub(named as u64);
    let rows = named + usize::from(more > 0);
    let shown = rows.min(room.clamp(1, LEFT_OUT_ROWS));
    (pen.end, pen.page) = (rows - shown, shown);
    let top = scroll.min(pen.end);
    let heading = span(" Left out      ", Tone::Warn);
    let mut lines = vec![if shown == rows {
        vec![heading, span(total.to_string(), Tone::Warn)]
    } else {
        let (first, last) = (top + 1, (top + shown).min(named));
        vec![
            heading,
            span(format!("{first}-{last} of {total}"), Tone::Warn),
            span("   up and down show the others", Tone::Dim),
        ]
    }];
    let row = |(invoice, why): &(InvoiceId, Clean)| {
        vec![span(format!("   {invoice}: {why}"), Tone::Plain)]
    };
    lines.extend(preview.left_out.iter().skip(top).take(shown).map(row));
    if more > 0 && top == pen.end {
        lines.push(vec![span(format!("   and {more} more"), Tone::Dim)]);
    }
    lines
}
