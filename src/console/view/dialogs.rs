//! Choices and fields, drawn over the panes.

use ratatui::layout::{Position, Rect};
use tui_input::Input;

use super::pen::{Line, Pen, span, wrap};
use crate::console::{
    look::Tone,
    model::{About, Menu},
};

/// Columns of a dialog.
pub const COLUMNS: u16 = 74;

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
    pen.below(inner, menu.items.len().saturating_sub(top + height));
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
