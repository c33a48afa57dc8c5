//! The list of orders.

use ratatui::layout::Rect;

use super::{
    pen::{Line, Pen, Span, cell, cell_right, span},
    words,
};
use crate::{
    console::{
        commands::Action,
        look::Tone,
        model::{Model, Pane},
        update::list_and_text,
    },
    handle::{OrderIndex, OrderRow, SORTED_MAX, SortBy},
};

/// A column that appears where there is room for it.
struct Column {
    title: &'static str,
    width: usize,
    value: fn(&Model, &OrderRow) -> Span,
}

/// Columns in the order in which they stand; `rank` says in which order they get room.
const COLUMNS: [(u8, Column); 8] = [
    (
        0,
        Column {
            title: "INVOICE",
            width: 10,
            value: invoice,
        },
    ),
    (
        3,
        Column {
            title: "REFERENCE",
            width: 17,
            value: reference,
        },
    ),
    (
        1,
        Column {
            title: "STAGE",
            width: 11,
            value: stage,
        },
    ),
    (
        2,
        Column {
            title: "DUE",
            width: 10,
            value: due,
        },
    ),
    (
        6,
        Column {
            title: "CITY",
            width: 12,
            value: city,
        },
    ),
    (
        4,
        Column {
            title: "AWB",
            width: 12,
            value: awb,
        },
    ),
    (
        5,
        Column {
            title: "COLLECT",
            width: 9,
            value: collect,
        },
    ),
    (
        7,
        Column {
            title: "MARKETPLACE",
            width: 12,
            value: marketplace,
        },
    ),
];

/// Columns that the note keeps.
const NOTE_MIN: usize = 20;

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
        heading.push(column_head(pen, model, column));
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

/// The title; with an arrow where rows are sorted by it.
fn column_head(pen: &Pen<'_>, model: &Model, column: &Column) -> Span {
    let Some(sort) = model.sort.filter(|sort| sorted_by(column, sort.by)) else {
        return span(cell(column.title, column.width + 1, ""), Tone::Dim);
    };
    let glyphs = pen.look.glyphs;
    let arrow = if sort.descending {
        glyphs.below
    } else {
        glyphs.above
    };
    let title = format!("{}{arrow}", column.title);
    span(cell(&title, column.width + 1, ""), Tone::Focus)
}

fn sorted_by(column: &Column, by: SortBy) -> bool {
    let title = match by {
        SortBy::Invoice => "INVOICE",
        SortBy::Reference => "REFERENCE",
        SortBy::Stage => "STAGE",
        // Where an order is not due its age stands there.
        SortBy::Due | SortBy::Age => "DUE",
        SortBy::City => "CITY",
        SortBy::Awb => "AWB",
        SortBy::Collect => "COLLECT",
        SortBy::Marketplace => "MARKETPLACE",
    };
    column.title == title
}

fn columns(width: usize, note: usize) -> Vec<&'static Column> {
    let mut ranked: Vec<&(u8, Column)> = COLUMNS.iter().collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    let mut left = width.saturating_sub(2);
    let mut shown = Vec::new();
    for (rank, column) in ranked {
        let need = column.width + 1;
        // The first three are what makes a row a row; the others leave room for the note.
        let keep = if *rank < 3 { 0 } else { note };
        if left >= need + keep {
            left -= need;
            shown.push(*rank);
        }
    }
    COLUMNS
        .iter()
        .filter(|(rank, _)| shown.contains(rank))
        .map(|(_, column)| column)
        .collect()
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

fn invoice(_: &Model, row: &OrderRow) -> Span {
    span(row.invoice.to_string(), Tone::Plain)
}

fn reference(_: &Model, row: &OrderRow) -> Span {
    span(row.reference.as_str(), Tone::Plain)
}

fn stage(_: &Model, row: &OrderRow) -> Span {
    span(row.stage.title(), words::stage(row.stage))
}

/// By when it has to leave; where nothing is said about that, or it has left, its age.
fn due(model: &Model, row: &OrderRow) -> Span {
    match row.due_at {
        Some(at) if !row.stage.is_manifested() && !row.stage.is_final() => {
            words::due(model.now, at)
        }
        _ => span(
            format!("{} old", words::age(model.now, row.seen_at)),
            Tone::Dim,
        ),
    }
}

fn city(_: &Model, row: &OrderRow) -> Span {
    span(row.city.as_str(), Tone::Plain)
}

fn awb(_: &Model, row: &OrderRow) -> Span {
    match &row.awb {
        Some(awb) => span(awb.as_str(), Tone::Plain),
        None => span("-", Tone::Dim),
    }
}

fn collect(_: &Model, row: &OrderRow) -> Span {
    match &row.collect {
        Some(rupees) => span(rupees.as_str(), Tone::Plain),
        None => span("paid", Tone::Dim),
    }
}

fn marketplace(_: &Model, row: &OrderRow) -> Span {
    span(row.marketplace.as_str(), Tone::Plain)
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
        OrderIndex::Attention { kind: None } => "need a person".to_owned(),
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
