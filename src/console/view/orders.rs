//! The list of orders.

use ratatui::layout::Rect;

use super::{
    columns::{Column, column_head, columns},
    pen::{Line, Pen, cell, cell_right, span},
    words,
};
use crate::{
    console::{
        commands::Action,
        look::Tone,
        model::{Model, Pane},
        update::list_and_text,
    },
    handle::{OrderIndex, OrderRow, SORTED_MAX},
};

/// Columns that the note keeps.
const NOTE_MIN: usize = 18;

/// The same among the exceptions, where the words are what is looked for.
const NOTE_MIN_EXCEPTIONS: usize = 44;

/// EasyEcom's orders, read every few minutes.
const SOURCE: words::Source = words::Source {
    name: "EasyEcom",
    read_at: |schedule| schedule.orders_read_at,
    from_min: 10,
};

pub fn draw(pen: &mut Pen<'_>, model: &Model, area: Rect) {
    let focus = model.focus == Pane::Orders && model.layers.is_empty();
    let inner = pen.frame(
        area,
        &title(model),
        &words::freshness_of(model, model.orders.read_at, &SOURCE, area.width),
        focus,
    );
    if inner.height == 0 {
        return;
    }
    let note = match list_and_text(model).0 {
        OrderIndex::Attention { .. } => NOTE_MIN_EXCEPTIONS,
        _ => NOTE_MIN,
    };
    let columns = columns(usize::from(inner.width), note);
    let mut heading = vec![span("  ", Tone::Dim)];
    for column in &columns {
        heading.push(column_head(pen, model, column, &columns));
    }
    heading.push(span("NOTE", Tone::Dim));
    pen.line(inner, inner.y, &heading, None);
    let list = Rect::new(inner.x, inner.y + 1, inner.width, inner.height - 1);
    let above = aside(pen, model, list, focus);
    let list = Rect {
        y: list.y + above,
        height: list.height - above,
        ..list
    };
    let height = usize::from(list.height);
    if model.orders.rows.is_empty() {
        pen.lines(list, &empty(model));
        return;
    }
    for (i, row) in model.orders.on_screen(height).iter().enumerate() {
        let selected = model.orders.selected == Some(row.invoice) && model.trouble().is_none();
        let base = (selected && focus).then_some(Tone::Select);
        let line = line(pen, model, row, &columns, selected);
        pen.line(list, list.y + i as u16, &line, base);
    }
    more(pen, model, area, height);
}

/// What needs a person and is about no order; says how many lines it took.
fn aside(pen: &mut Pen<'_>, model: &Model, list: Rect, focus: bool) -> u16 {
    let count = model.aside_lines(usize::from(list.height));
    let selected = model.aside_index();
    // The row under the cursor is always in sight.
    let top = selected.map_or(0, |at| (at + 1).saturating_sub(count));
    let rows = model.aside.rows.iter().enumerate().skip(top).take(count);
    for (y, (place, row)) in (list.y..).zip(rows) {
        let here = selected == Some(place);
        let cursor = if here { pen.look.glyphs.cursor } else { " " };
        let line = [
            span(cursor, Tone::Focus),
            span(format!("! {}: {}", row.what, row.says), Tone::Bad),
        ];
        pen.line(list, y, &line, (here && focus).then_some(Tone::Select));
    }
    let below = model.aside.rows.len().saturating_sub(top + count);
    if count > 0 && below + top > 0 {
        let glyphs = pen.look.glyphs;
        let mut says = String::new();
        if top > 0 {
            says = format!(" {}{top}", glyphs.above);
        }
        if below > 0 {
            says = format!("{says} {}{below}", glyphs.below);
        }
        let room = super::pen::columns(&says);
        let x = list.right().saturating_sub(room as u16);
        let style = pen.look.style(Tone::Dim);
        pen.put(x, list.y + count as u16 - 1, room, &says, style);
    }
    u16::try_from(count).unwrap_or(0).min(list.height)
}

fn line(pen: &Pen<'_>, model: &Model, row: &OrderRow, columns: &[&Column], selected: bool) -> Line {
    let glyphs = pen.look.glyphs;
    let cursor = if selected { glyphs.cursor } else { " " };
    let marked = model.marks.contains(&row.invoice);
    let mark = if marked { glyphs.mark } else { " " };
    let mut out = vec![span(cursor, Tone::Focus), span(mark, Tone::Warn)];
    for column in columns {
        let (text, tone) = (column.value)(model, row);
        let text = if column.title == "COLLECT" {
            cell_right(&text, column.width, glyphs.cut)
        } else {
            cell(&text, column.width, glyphs.cut)
        };
        out.push(span(text, tone));
        out.push(span(" ", Tone::Plain));
    }
    if let Some(kind) = row.attention {
        let tone = words::attention(kind);
        let needs = row.needs().unwrap_or_default();
        out.push(span(format!("! {needs}"), tone));
    } else {
        out.push(span(row.note.as_str(), Tone::Plain));
    }
    out
}

/// The list's name, its filter and its marks.
fn title(model: &Model) -> Line {
    let (index, text) = list_and_text(model);
    let mut line = vec![span(" 1 ", Tone::Key), span("Orders", Tone::Strong)];
    if let Some(total) = model.orders.total {
        line.push(span(format!(" ({total})"), Tone::Dim));
    }
    // What was chosen by hand first: it must not be cut.
    if !model.marks.is_empty() {
        line.push(span(format!("  {} marked", model.marks.len()), Tone::Warn));
    }
    if !text.is_empty() {
        line.push(span(format!("  filter {text}"), Tone::Warn));
    }
    if model.orders.searching() {
        let so_far = model.orders.rows.len();
        line.push(span(format!("  searching, {so_far} so far"), Tone::Busy));
    }
    line.push(span(format!("  {}", list_name(index)), Tone::Plain));
    if let Some(sort) = model.sort {
        let (by, way) = crate::console::update::sort_words(sort);
        let by = by.to_lowercase();
        line.push(span(format!(", by {by}, {way}"), Tone::Plain));
    }
    line.push(span(" ", Tone::Plain));
    line
}

pub fn list_name(index: OrderIndex) -> String {
    match index {
        OrderIndex::Active => "most urgent first".to_owned(),
        OrderIndex::Newest => "newest first".to_owned(),
        OrderIndex::Stage { stage } => stage.title().to_owned(),
        OrderIndex::Attention { kind: None } => "need a person, then unknown".to_owned(),
        OrderIndex::Attention { kind: Some(kind) } => format!("need a person, {}", kind.title()),
    }
}

fn empty(model: &Model) -> Vec<Line> {
    let says = if model.orders.searching() {
        "  Searching the list.".to_owned()
    } else if model.orders.read_at.is_none() {
        "  Reading the orders.".to_owned()
    } else if !model.orders_filter.value().is_empty() {
        let key = model.setup.keymap.hint(Action::Back);
        format!("  No order matches the filter. {key} drops it.")
    } else if matches!(model.index, OrderIndex::Attention { .. }) {
        let key = model.setup.keymap.hint(Action::Exceptions);
        if !model.aside.rows.is_empty() {
            let says = format!("  No order needs a person. {key} goes back to the orders.");
            return vec![Vec::new(), vec![span(says, Tone::Dim)]];
        }
        format!("  Nothing needs a person. {key} goes back to the orders.")
    } else if model.index == OrderIndex::Active {
        let (fetch, lists) = (
            model.setup.keymap.hint(Action::FetchNow),
            model.setup.keymap.hint(Action::Lists),
        );
        format!("  No order is under way. {fetch} reads EasyEcom now, {lists} shows other lists.")
    } else {
        let key = model.setup.keymap.hint(Action::Lists);
        format!("  This list is empty. {key} shows other lists.")
    };
    vec![Vec::new(), vec![span(says, Tone::Dim)]]
}

/// What lies outside the screen, on the lower edge of the frame.
fn more(pen: &mut Pen<'_>, model: &Model, area: Rect, height: usize) {
    let orders = &model.orders;
    let top = orders.top(height);
    let below = orders.rows.len().saturating_sub(top + height);
    let plus = |more: bool| if more { "+" } else { "" };
    let mut text = String::new();
    if top > 0 || orders.more_before {
        text = format!(
            " {}{top}{} ",
            pen.look.glyphs.above,
            plus(orders.more_before)
        );
    }
    if below > 0 || orders.more_after {
        text = format!(
            "{text} {}{below}{} ",
            pen.look.glyphs.below,
            plus(orders.more_after)
        );
    }
    if orders.cut_short {
        text = format!("{text} only the first {SORTED_MAX} of the list are sorted ");
    }
    let room = usize::from(area.width.saturating_sub(4));
    let style = pen.look.style(Tone::Dim);
    pen.put(area.x + 2, area.bottom() - 1, room, &text, style);
}
