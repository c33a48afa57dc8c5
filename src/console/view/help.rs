//! Help and the command palette: both are the command table, looked through.

use ratatui::layout::{Position, Rect};

use super::{
    dialogs::{dialog, field},
    pen::{Line, Pen, cell, span, wrap},
};
use crate::console::{
    commands::{Action, Command, Danger},
    look::Tone,
    model::{Model, Search},
    palette as find,
};

/// Columns of the keys.
const KEYS: usize = 18;
/// Lines of suggestions.
const SUGGESTED: usize = 5;
/// Columns of the name.
const NAME: usize = 14;

pub fn help(pen: &mut Pen<'_>, model: &Model, search: &Search, body: Rect) -> Option<Position> {
    pen.clear(body);
    let title = [span(" Keys ", Tone::Strong)];
    let inner = pen.frame(body, &title, &[span(" type to search ", Tone::Dim)], true);
    if inner.height < 3 {
        return None;
    }
    let cursor = field(pen, inner, inner.y, &search.input);
    let mut lines: Vec<Line> = Vec::new();
    let mut group = "";
    for row in find::help(search.input.value(), &model.setup.keymap) {
        if row.group != group {
            group = row.group;
            lines.push(vec![span(format!(" {group}"), Tone::Strong)]);
        }
        lines.extend(help_lines(model, row, usize::from(inner.width)));
    }
    if lines.is_empty() {
        lines.push(vec![span("  No command is like that.", Tone::Dim)]);
    }
    let list = Rect {
        y: inner.y + 1,
        height: inner.height - 1,
        ..inner
    };
    let top = pen.scrolled(list, &lines, search.scroll);
    let end = top + usize::from(list.height);
    pen.below(inner, lines.len().saturating_sub(end));
    cursor
}

fn help_lines(model: &Model, row: &Command, width: usize) -> Vec<Line> {
    let keys: Vec<String> = model
        .setup
        .keymap
        .keys(row.action)
        .iter()
        .map(|k| k.short())
        .collect();
    let keys = if keys.is_empty() {
        format!(":{}", row.id)
    } else {
        keys.join(" ")
    };
    let mut text = row.help.to_owned();
    if row.danger == Danger::Remote {
        text.push_str(" Asks first.");
    }
    let texts = wrap(&text, width.saturating_sub(KEYS + NAME + 4));
    texts
        .into_iter()
        .enumerate()
        .map(|(i, text)| {
            let (keys, title) = if i == 0 {
                (keys.as_str(), row.title)
            } else {
                ("", "")
            };
            vec![
                span(format!("  {}", cell(keys, KEYS, "")), Tone::Key),
                span(format!("{} ", cell(title, NAME, "")), Tone::Plain),
                span(text, Tone::Dim),
            ]
        })
        .collect()
}

pub fn palette(pen: &mut Pen<'_>, model: &Model, search: &Search, body: Rect) -> Option<Position> {
    let found = find::search(model, search.input.value());
    let suggested = suggested(model, search);
    let rows = found.len().min(12) + suggested.len();
    let inner = dialog(pen, "Command", rows.max(1) + 2, body);
    let cursor = field(pen, inner, inner.y, &search.input);
    if found.is_empty() {
        let line = [span("   No command is like that.", Tone::Dim)];
        pen.line(inner, inner.y + 2, &line, None);
        return cursor;
    }
    if !suggested.is_empty() {
        let list = Rect {
            y: (inner.y + 3).min(inner.bottom()),
            height: inner.height.saturating_sub(3),
            ..inner
        };
        pen.lines(list, &suggested);
    }
    let height = usize::from(inner.height.saturating_sub(2));
    let top = (search.selected + 1).saturating_sub(height);
    for (i, row) in found.iter().enumerate().skip(top).take(height) {
        let selected = i == search.selected;
        let key = model.setup.keymap.hint(row.action);
        let why = row.enabled(model).err();
        let tone = if why.is_some() {
            Tone::Dim
        } else {
            Tone::Plain
        };
        let mut line = vec![
            span(
                format!(
                    " {} ",
                    if selected {
                        pen.look.glyphs.cursor
                    } else {
                        " "
                    }
                ),
                Tone::Focus,
            ),
            span(cell(row.id, 18, ""), tone),
            span(cell(&key, 7, ""), Tone::Key),
        ];
        line.push(match why {
            Some(why) => span(format!("not now: {why}"), Tone::Dim),
            None => span(row.help, Tone::Dim),
        });
        let base = selected.then_some(Tone::Select);
        pen.line(inner, inner.y + 2 + (i - top) as u16, &line, base);
    }
    pen.below(inner, found.len().saturating_sub(top + height));
    cursor
}

/// Some of what Tab goes through, around what it has come to.
fn suggested(model: &Model, search: &Search) -> Vec<Line> {
    let (all, place) = find::suggestions(model, search);
    let top = place.map_or(0, |place| (place + 1).saturating_sub(SUGGESTED));
    let rows = all.iter().enumerate().skip(top).take(SUGGESTED);
    let mut lines: Vec<Line> = rows
        .map(|(n, text)| {
            let here = place == Some(n);
            let tone = if here { Tone::Strong } else { Tone::Plain };
            let cursor = if here {
                model.setup.look.glyphs.cursor
            } else {
                " "
            };
            vec![
                span(format!("   {cursor} "), Tone::Focus),
                span(text.as_str(), tone),
            ]
        })
        .collect();
    let more = all.len() - lines.len();
    if more > 0 {
        let key = model.setup.keymap.hint(Action::Complete);
        let text = format!("     {more} more: {key} goes through them");
        lines.push(vec![span(text, Tone::Dim)]);
    }
    lines
}
