//! Questions, choices and fields, drawn over the panes.

use ratatui::layout::{Position, Rect};
use tui_input::Input;

use super::{
    pen::{Line, Pen, span, wrap},
    words,
};
use crate::{
    console::{
        look::Tone,
        model::{About, Confirm, Menu, Model, Purpose},
    },
    domain::request::ManifestGroup,
    handle::{Command, ManifestPlan, Preview},
};

/// Columns of a dialog.
const COLUMNS: u16 = 74;

/// Left-out orders named in a question; the rest is counted.
const LEFT_OUT_SHOWN: usize = 5;

/// A box in the middle of `body` for so many lines; returns its inside.
pub fn dialog(pen: &mut Pen<'_>, title: &str, lines: usize, body: Rect) -> Rect {
    let width = COLUMNS.min(body.width);
    let height = (lines as u16).saturating_add(2).min(body.height);
    let area = Rect::new(
        body.x + (body.width - width) / 2,
        body.y + (body.height - height) / 2,
        width,
        height,
    );
    pen.clear(area);
    let title = [span(format!(" {title} "), Tone::Strong)];
    pen.frame(area, &title, &[], true)
}

pub fn menu<T>(pen: &mut Pen<'_>, title: &str, about: &[&str], menu: &Menu<T>, body: Rect) {
    let width = usize::from(COLUMNS.min(body.width)) - 4;
    let mut head: Vec<Line> = about
        .iter()
        .flat_map(|text| wrap(text, width))
        .map(|text| vec![span(format!(" {text}"), Tone::Plain)])
        .collect();
    if !head.is_empty() {
        head.push(Vec::new());
    }
    let inner = dialog(pen, title, head.len() + menu.items.len(), body);
    pen.lines(inner, &head);
    let list = Rect {
        y: (inner.y + head.len() as u16).min(inner.bottom()),
        height: inner.height.saturating_sub(head.len() as u16),
        ..inner
    };
    let height = usize::from(list.height);
    let top = (menu.selected + 1).saturating_sub(height);
    for (i, (text, _)) in menu.items.iter().enumerate().skip(top).take(height) {
        let selected = i == menu.selected;
        let cursor = if selected {
            pen.look.glyphs.cursor
        } else {
            " "
        };
        let line = [span(format!(" {cursor} {text}"), Tone::Plain)];
        let base = selected.then_some(Tone::Select);
        pen.line(list, list.y + (i - top) as u16, &line, base);
    }
}

/// A field; returns where the cursor stands.
pub fn field(pen: &mut Pen<'_>, area: Rect, y: u16, input: &Input) -> Option<Position> {
    if y >= area.bottom() || area.width < 4 {
        return None;
    }
    let width = usize::from(area.width) - 4;
    let skip = input.visual_scroll(width);
    let mut column = 0;
    let shown: String = unicode_segmentation::UnicodeSegmentation::graphemes(input.value(), true)
        .filter(|cluster| {
            column += super::pen::columns(cluster);
            column > skip
        })
        .collect();
    let line = [
        span(" > ", Tone::Key),
        span(super::pen::fit(&shown, width, ""), Tone::Strong),
    ];
    pen.line(area, y, &line, None);
    let x = input.visual_cursor().saturating_sub(skip).min(width);
    Some(Position::new(area.x + 3 + x as u16, y))
}

pub fn reason(pen: &mut Pen<'_>, about: &About, input: &Input, body: Rect) -> Option<Position> {
    let inner = dialog(pen, &about.title(), 4, body);
    let cursor = field(pen, inner, inner.y + 1, input);
    let help = [span(format!(" {}", about.help()), Tone::Dim)];
    pen.line(inner, inner.y + 3, &help, None);
    cursor
}

pub fn confirm(
    pen: &mut Pen<'_>,
    model: &Model,
    confirm: &Confirm,
    body: Rect,
) -> Option<Position> {
    let width = usize::from(COLUMNS.min(body.width)) - 4;
    let mut lines: Vec<Line> = Vec::new();
    // A title that is cut hides what the question is about.
    let whole = super::pen::columns(&confirm.title) <= width - 2;
    let title = if whole {
        lines.push(Vec::new());
        confirm.title.as_str()
    } else {
        let wrapped = wrap(&confirm.title, width).into_iter();
        lines.extend(wrapped.map(|text| vec![span(format!(" {text}"), Tone::Strong)]));
        "Sure?"
    };
    let chosen = match &confirm.what {
        Purpose::Send(Command::ManifestNow { group }) => group.as_ref(),
        _ => None,
    };
    lines.extend(groups(model, confirm.plan.as_deref(), chosen));
    match (&confirm.preview, confirm.needs_preview) {
        (None, true) => lines.push(vec![span(" The engine is counting.", Tone::Dim)]),
        (Some(Err(says)), _) => {
            for text in wrap(says.as_str(), width) {
                lines.push(vec![span(format!(" {text}"), Tone::Bad)]);
            }
        }
        (Some(Ok(preview)), _) => lines.extend(preview_lines(model, preview, width)),
        (None, false) => {}
    }
    if lines.len() > 1 {
        lines.push(Vec::new());
    }
    let typed = confirm.count_to_type();
    lines.push(answer(confirm, typed));
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

fn answer(confirm: &Confirm, typed: Option<u64>) -> Line {
    let send = !matches!(confirm.what, Purpose::Leave);
    match (typed, confirm.preview.as_ref()) {
        (Some(count), _) => vec![
            span(" Type ", Tone::Plain),
            span(count.to_string(), Tone::Key),
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
fn groups(
    model: &Model,
    plan: Option<&[ManifestPlan]>,
    chosen: Option<&ManifestGroup>,
) -> Vec<Line> {
    let Some(plan) = plan else {
        return Vec::new();
    };
    let mut lines: Vec<Line> = plan
        .iter()
        .map(|group| {
            let oldest = group.oldest_at.map_or(String::new(), |at| {
                format!(", oldest ready {} ago", words::age(model.now, at))
            });
            let not = if group.not_ready > 0 {
                format!("; {} more in Confirmed are not ready", group.not_ready)
            } else {
                String::new()
            };
            let text = format!(
                "{}, carrier {}: {} orders{oldest}{not}",
                group.marketplace, group.group.carrier_id, group.ready
            );
            let meant = chosen.is_none_or(|chosen| *chosen == group.group);
            let cursor = if meant {
                model.setup.look.glyphs.cursor
            } else {
                " "
            };
            let tone = if meant { Tone::Plain } else { Tone::Dim };
            vec![span(format!(" {cursor} "), Tone::Focus), span(text, tone)]
        })
        .collect();
    if plan.len() > 1 {
        let says = "   up and down choose one of them, or all";
        lines.push(vec![span(says, Tone::Dim)]);
    }
    lines.push(Vec::new());
    lines
}

fn preview_lines(model: &Model, preview: &Preview, width: usize) -> Vec<Line> {
    let short = preview.calls > preview.calls_left;
    let mut lines = vec![
        vec![
            span(" Orders        ", Tone::Dim),
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
    if preview.left_out_total > 0 {
        let text = format!(" Left out      {}", preview.left_out_total);
        lines.push(vec![span(text, Tone::Warn)]);
        for (invoice, why) in preview.left_out.iter().take(LEFT_OUT_SHOWN) {
            lines.push(vec![span(format!("   {invoice}: {why}"), Tone::Plain)]);
        }
        let shown = preview.left_out.len().min(LEFT_OUT_SHOWN) as u64;
        let more = preview.left_out_total.saturating_sub(shown);
        if more > 0 {
            lines.push(vec![span(format!("   and {more} more"), Tone::Dim)]);
        }
    }
    for text in wrap(preview.says.as_str(), width) {
        if !text.is_empty() {
            lines.push(vec![span(format!(" {text}"), Tone::Plain)]);
        }
    }
    lines
}
