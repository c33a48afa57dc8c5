//! Inventory differences: ours, what EasyEcom acknowledged, what it shows.

use ratatui::layout::Rect;

use super::{
    pen::{Line, Pen, cell, cell_right, span},
    words,
};
use crate::{
    console::{
        look::Tone,
        model::{Model, Pane},
    },
    domain::inventory::DiffState,
    handle::StockRow,
};

/// Columns of a figure: EasyEcom cuts above 10,000, the ledger does not.
const FIGURE: usize = 7;

pub fn draw(pen: &mut Pen<'_>, model: &Model, area: Rect) {
    let focus = model.focus == Pane::Stock && model.layers.is_empty();
    let note = words::freshness(model, model.stock.read_at);
    let inner = pen.frame(area, &title(model), &note, focus);
    if inner.height == 0 {
        return;
    }
    let width = usize::from(inner.width);
    let sku = sku_width(width);
    let mut heading = vec![span(cell("  SKU", sku + 2, ""), Tone::Dim)];
    for name in ["OURS", "ACKED", "SHOWS", "DIFF"] {
        heading.push(span(
            format!(" {}", cell_right(name, FIGURE, "")),
            Tone::Dim,
        ));
    }
    heading.push(span(format!("  {}", cell("STATE", 10, "")), Tone::Dim));
    heading.push(span(" NOTE", Tone::Dim));
    pen.line(inner, inner.y, &heading, None);
    let list = Rect::new(inner.x, inner.y + 1, inner.width, inner.height - 1);
    if model.stock.rows.is_empty() {
        pen.lines(list, &empty(model));
        return;
    }
    let height = usize::from(list.height);
    for (i, row) in model.stock.on_screen(height).iter().enumerate() {
        let selected = model.stock.selected.as_ref() == Some(&row.sku);
        let base = (selected && focus).then_some(Tone::Select);
        let line = line(pen, row, sku, selected);
        pen.line(list, list.y + i as u16, &line, base);
    }
}

fn sku_width(width: usize) -> usize {
    let fixed = 2 + 4 * (FIGURE + 1) + 13;
    width.saturating_sub(fixed + 16).clamp(10, 28)
}

fn title(model: &Model) -> Line {
    let mut line = vec![span(" 4 ", Tone::Key), span("Inventory", Tone::Strong)];
    if let Some(o) = &model.overview {
        if !o.stock.setting_on {
            line.push(span("  push is OFF", Tone::Bad));
        }
        for state in [DiffState::Problem, DiffState::Differs, DiffState::Waiting] {
            let count = o.stock.states.get(&state).copied().unwrap_or(0);
            if count > 0 {
                line.push(span(
                    format!("  {count} {}", state.title()),
                    words::diff(state),
                ));
            }
        }
    }
    let filter = model.stock_filter.value().trim();
    if !filter.is_empty() {
        line.push(span(format!("  filter \"{filter}\""), Tone::Warn));
    }
    line.push(span(" ", Tone::Plain));
    line
}

fn line(pen: &Pen<'_>, row: &StockRow, sku: usize, selected: bool) -> Line {
    let glyphs = pen.look.glyphs;
    let figure = |n: Option<i64>| {
        let text = n.map_or_else(|| "-".to_owned(), |n| n.to_string());
        format!(" {}", cell_right(&text, FIGURE, glyphs.cut))
    };
    let difference = row.difference.map(|d| format!("{d:+}"));
    let off = row.difference.is_some_and(|d| d != 0);
    vec![
        span(if selected { glyphs.cursor } else { " " }, Tone::Focus),
        span(" ", Tone::Plain),
        span(cell(row.sku.as_str(), sku, glyphs.cut), Tone::Plain),
        span(figure(row.ours), Tone::Strong),
        span(figure(row.acknowledged), Tone::Plain),
        span(figure(row.read_back), Tone::Plain),
        span(
            format!(
                " {}",
                cell_right(difference.as_deref().unwrap_or("-"), FIGURE, glyphs.cut)
            ),
            if off { Tone::Warn } else { Tone::Dim },
        ),
        span(
            format!("  {}", cell(row.state.title(), 10, glyphs.cut)),
            words::diff(row.state),
        ),
        span(format!(" {}", row.note), Tone::Plain),
    ]
}

fn empty(model: &Model) -> Vec<Line> {
    let says = if model.stock.read_at.is_none() {
        "  Reading the inventory."
    } else if model.stock_filter.value().is_empty() {
        "  No SKU is counted yet: put the warehouse's CSV file into its folder."
    } else {
        "  No SKU matches the filter."
    };
    let mut lines = vec![vec![span(says, Tone::Dim)]];
    if let Some(o) = &model.overview {
        for problem in &o.stock.file_problems {
            lines.push(vec![span(format!("  ! {problem}"), Tone::Bad)]);
        }
    }
    lines
}
