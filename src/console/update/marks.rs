//! Marks: one, a range, a page, or everything that matches.

use super::{Effect, Ticket, asks, find, undo};
use crate::{
    console::{
        layout::list_rows,
        model::{MARKS_MAX, Model, Pane},
    },
    handle::{Anchor, Level, OrdersQuery, Page, Query},
};

/// Rows of a page when everything is marked: the most that the engine gives at a time.
const PAGE_MAX: usize = 500;

pub fn mark(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(invoice) = model.cursor_order() else {
        return;
    };
    undo::remember_marks(model);
    if !model.marks.remove(&invoice) && model.marks.len() < MARKS_MAX {
        model.marks.insert(invoice);
        model.last_mark = Some(invoice);
    }
    let height = list_rows(model, Pane::Orders);
    if let Some(part) = model.orders.step(1, height) {
        asks::orders(model, part, out);
    }
}

/// Marks the rows between the last mark and the cursor.
pub fn mark_range(model: &mut Model) {
    let place = |id| model.orders.rows.iter().position(|row| row.invoice == id);
    let (Some(a), Some(b)) = (model.last_mark.and_then(place), model.orders.index()) else {
        return;
    };
    let range: Vec<_> = model.orders.rows[a.min(b)..=a.max(b)]
        .iter()
        .map(|row| row.invoice)
        .collect();
    if model.marks.len() + range.len() <= MARKS_MAX {
        undo::remember_marks(model);
        model.marks.extend(range);
        model.last_mark = model.orders.selected;
    }
}

/// Marks the rows on the screen; a second time unmarks them.
pub fn mark_page(model: &mut Model) {
    let height = list_rows(model, Pane::Orders);
    let page: Vec<_> = model
        .orders
        .on_screen(height)
        .iter()
        .map(|row| row.invoice)
        .collect();
    undo::remember_marks(model);
    if page.iter().all(|invoice| model.marks.contains(invoice)) {
        model.marks.retain(|invoice| !page.contains(invoice));
    } else if model.marks.len() + page.len() <= MARKS_MAX {
        model.marks.extend(page);
    }
}

/// Marks the whole list, page by page, up to [`MARKS_MAX`].
pub fn mark_matching(model: &mut Model, out: &mut Vec<Effect>) {
    undo::remember_marks(model);
    let generation = model.orders.generation;
    model.marking = Some(generation);
    ask_marking(model, Anchor::First, out);
}

fn ask_marking(model: &Model, anchor: Anchor, out: &mut Vec<Effect>) {
    let (index, text) = find::list_and_text(model);
    let generation = model.orders.generation;
    let query = Query::Orders(OrdersQuery {
        index,
        text,
        sort: None,
        anchor,
        limit: PAGE_MAX,
    });
    asks::push(out, Ticket::Marking { generation }, query);
}

pub fn marking_page(
    model: &mut Model,
    generation: u64,
    page: &Page<crate::handle::OrderRow>,
    out: &mut Vec<Effect>,
) {
    if model.marking != Some(generation) || generation != model.orders.generation {
        return;
    }
    for row in &page.rows {
        if model.marks.len() >= MARKS_MAX {
            break;
        }
        model.marks.insert(row.invoice);
    }
    let last = page.rows.last().map(|last| last.key.clone());
    match page.resume.clone().or(last) {
        Some(key) if page.more_after && model.marks.len() < MARKS_MAX => {
            ask_marking(model, Anchor::After { key }, out);
        }
        _ => {
            model.marking = None;
            let more = if page.more_after {
                ", no more at once"
            } else {
                ""
            };
            let says = format!("{} orders marked{more}", model.marks.len());
            model.notify(Level::Info, says);
        }
    }
}
