//! Inventory differences: ours, what EasyEcom acknowledged, what it shows.

use ratatui::layout::Rect;

use super::{
    again::stock_says,
    pen::{Line, Pen, cell, cell_right, span},
    words,
};
use crate::{
    console::{
        look::Tone,
        model::{Model, Pane},
    },
    domain::inventory::DiffState,
    handle::{SORTED_MAX, StockRow},
};

/// Columns from which what EasyEcom took and what it shows stand apart.
const APART: usize = 50;

/// Columns of a state's word.
const STATE: usize = 10;

/// What EasyEcom shows.
const SOURCE: words::Source = words::Source {
    name: "EasyEcom",
    read_at: |schedule| schedule.stock_read_at,
    from_min: 1,
};

pub fn draw(pen: &mut Pen<'_>, model: &Model, area: Rect) {
    let focus = model.focus == Pane::Stock && model.layers.is_empty();
    let note = words::freshness_of(model, model.stock.read_at, &SOURCE, area.width);
    let inner = pen.frame(area, &title(model), &note, focus);
    if inner.height == 0 {
        return;
    }
    let shape = Shape::of(usize::from(inner.width));
    pen.line(inner, inner.y, &shape.heading(), None);
    let list = Rect::new(inner.x, inner.y + 1, inner.width, inner.height - 1);
    if model.stock.rows.is_empty() {
        pen.lines(list, &empty(model));
        return;
    }
    let height = usize::from(list.height);
    for (i, row) in model.stock.on_screen(height).iter().enumerate() {
        let selected = model.stock.selected.as_ref() == Some(&row.sku);
        let base = (selected && focus).then_some(Tone::Select);
        let line = line(pen, model, row, shape, selected);
        pen.line(list, list.y + i as u16, &line, base);
    }
}

/// Which columns there is room for.
#[derive(Clone, Copy)]
struct Shape {
    sku: usize,
    figure: usize,
    /// What EasyEcom acknowledged and what it shows stand apart.
    apart: bool,
}

impl Shape {
    fn of(width: usize) -> Self {
        let apart = width >= APART;
        let figure = match width {
            62.. => 7,
            APART..62 => 5,
            _ => 6,
        };
        let figures = if apart { 4 } else { 3 };
        let fixed = 2 + figures * (figure + 1) + 2 + STATE;
        let note = if width >= 62 { 16 } else { 0 };
        Self {
            sku: width.saturating_sub(fixed + note).clamp(8, 28),
            figure,
            apart,
        }
    }

    fn heading(self) -> Line {
        let mut out = vec![span(cell("  SKU", self.sku + 2, ""), Tone::Dim)];
        let names: &[&str] = if self.apart {
            &["OURS", "TOOK", "SHOWS", "DIFF"]
        } else {
            &["OURS", "THEIRS", "DIFF"]
        };
        for name in names {
            out.push(span(
                format!(" {}", cell_right(name, self.figure, "")),
                Tone::Dim,
            ));
        }
        out.push(span(format!("  {}", cell("STATE", STATE, "")), Tone::Dim));
        out.push(span(" NOTE", Tone::Dim));
        out
    }
}

fn title(model: &Model) -> Line {
    let mut line = vec![span(" 4 ", Tone::Key), span("Inventory", Tone::Strong)];
    // What was chosen by hand first: it must not be cut.
    let filter = model.stock_filter.value().trim();
    if !filter.is_empty() {
        line.push(span(format!("  filter \"{filter}\""), Tone::Warn));
    }
    if let Some(sort) = model.stock_sort {
        let (by, way) = crate::console::update::stock_words(sort);
        line.push(span(
            format!("  by {}, {way}", by.to_lowercase()),
            Tone::Warn,
        ));
    }
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
    if model.stock.cut_short {
        let says = format!("  only the first {SORTED_MAX} are sorted");
        line.push(span(says, Tone::Warn));
    }
    line.push(span(" ", Tone::Plain));
    line
}

fn line(pen: &Pen<'_>, model: &Model, row: &StockRow, shape: Shape, selected: bool) -> Line {
    let glyphs = pen.look.glyphs;
    let figure = |n: Option<i64>, tone: Tone| {
        let text = n.map_or_else(|| "-".to_owned(), |n| n.to_string());
        span(
            format!(" {}", cell_right(&text, shape.figure, glyphs.cut)),
            tone,
        )
    };
    let difference = row.difference.filter(|d| *d != 0);
    let difference = difference.map_or_else(
        || span(format!(" {}", cell_right("-", shape.figure, "")), Tone::Dim),
        |d| {
            let text = format!("{d:+}");
            span(
                format!(" {}", cell_right(&text, shape.figure, glyphs.cut)),
                Tone::Warn,
            )
        },
    );
    let mut out = vec![
        span(if selected { glyphs.cursor } else { " " }, Tone::Focus),
        span(" ", Tone::Plain),
        span(cell(row.sku.as_str(), shape.sku, glyphs.cut), Tone::Plain),
        figure(row.ours, Tone::Strong),
    ];
    if shape.apart {
        out.push(figure(row.acknowledged, Tone::Plain));
        out.push(figure(row.read_back, Tone::Plain));
    } else {
        // What it shows counts; what it only acknowledged stands in where it was not read since.
        out.push(figure(row.read_back.or(row.acknowledged), Tone::Plain));
    }
    out.push(difference);
    out.push(span(
        format!("  {}", cell(row.state.title(), STATE, glyphs.cut)),
        words::diff(row.state),
    ));
    out.push(span(format!(" {}", stock_says(model, row)), Tone::Plain));
    out
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
