//! Filters, lists and marks.

use tui_input::Input;

use super::{Effect, Ticket, asks};
use crate::{
    console::{
        layout::list_rows,
        model::{Layer, MARKS_MAX, Menu, Model, Pane, Part},
    },
    domain::{Stage, record::Attention},
    handle::{Anchor, Level, OrderIndex, OrdersQuery, Page, Query},
};

/// Rows of a page when everything is marked: the most that the engine gives at a time.
const PAGE_MAX: usize = 500;

/// A filter as it is typed: `stage:ready` and `is:parked` choose a list, the rest is text.
pub fn parse_filter(text: &str) -> (Option<OrderIndex>, String) {
    let mut index = None;
    let mut rest = Vec::new();
    for word in text.split_whitespace() {
        let chosen = match word.split_once(':') {
            Some(("stage", name)) => stage(name).map(|stage| OrderIndex::Stage { stage }),
            Some(("is", "attention")) => Some(OrderIndex::Attention { kind: None }),
            Some(("is", name)) => {
                attention(name).map(|kind| OrderIndex::Attention { kind: Some(kind) })
            }
            _ => None,
        };
        match chosen {
            Some(chosen) => index = Some(chosen),
            None => rest.push(word),
        }
    }
    (index, rest.join(" "))
}

fn stage(name: &str) -> Option<Stage> {
    let name = name.to_lowercase();
    name.parse().ok().or_else(|| {
        Stage::ALL
            .into_iter()
            .find(|s| !name.is_empty() && s.word().starts_with(&name))
    })
}

fn attention(name: &str) -> Option<Attention> {
    let name = name.to_lowercase();
    Attention::ALL.into_iter().find(|kind| {
        let title = kind.title().to_lowercase();
        !name.is_empty() && title.split(' ').any(|word| word.starts_with(&name))
    })
}

/// The list and the text that are asked for.
pub fn list_and_text(model: &Model) -> (OrderIndex, String) {
    let (index, text) = parse_filter(model.orders_filter.value());
    (index.unwrap_or(model.index), text)
}

/// The field of the filter that is typed.
pub fn filter_input(model: &mut Model) -> &mut Input {
    match model.layers.last() {
        Some(Layer::Filter {
            pane: Pane::Stock, ..
        }) => &mut model.stock_filter,
        _ => &mut model.orders_filter,
    }
}

pub fn start_filter(model: &mut Model) {
    let pane = match model.focus {
        Pane::Stock => Pane::Stock,
        _ => Pane::Orders,
    };
    let before = match pane {
        Pane::Stock => model.stock_filter.value().to_owned(),
        _ => model.orders_filter.value().to_owned(),
    };
    model.layers.push(Layer::Filter { pane, before });
}

pub fn filter_changed(model: &mut Model, pane: Pane, out: &mut Vec<Effect>) {
    model.marking = None;
    if pane == Pane::Stock {
        model.stock.restart();
        asks::stock(model, Part::Start, out);
    } else {
        model.orders.restart();
        asks::orders(model, Part::Start, out);
    }
}

/// Leaves the field and goes back to the filter before.
pub fn drop_filter(model: &mut Model, pane: Pane, before: String, out: &mut Vec<Effect>) {
    let input = match pane {
        Pane::Stock => &mut model.stock_filter,
        _ => &mut model.orders_filter,
    };
    if input.value() != before {
        *input = Input::new(before);
        filter_changed(model, pane, out);
    }
}

pub fn lists_menu(model: &Model) -> Menu<OrderIndex> {
    let count = |n: Option<u64>| n.map_or(String::new(), |n| format!("  {n}"));
    let overview = model.overview.as_ref();
    let mut items = vec![
        ("Active, most urgent first".to_owned(), OrderIndex::Active),
        ("All, newest first".to_owned(), OrderIndex::Newest),
        (
            "Needs a person, oldest first".to_owned(),
            OrderIndex::Attention { kind: None },
        ),
    ];
    for kind in Attention::ALL {
        let n = overview.map(|o| o.attention.get(&kind).copied().unwrap_or(0));
        items.push((
            format!("Needs a person: {}{}", kind.title(), count(n)),
            OrderIndex::Attention { kind: Some(kind) },
        ));
    }
    for stage in Stage::ALL {
        let n = overview.map(|o| o.stages.get(&stage).copied().unwrap_or(0));
        items.push((
            format!("Stage: {}{}", stage.title(), count(n)),
            OrderIndex::Stage { stage },
        ));
    }
    let selected = items
        .iter()
        .position(|(_, index)| *index == model.index)
        .unwrap_or(0);
    Menu { items, selected }
}

pub fn show_list(model: &mut Model, index: OrderIndex, out: &mut Vec<Effect>) {
    model.index = index;
    filter_changed(model, Pane::Orders, out);
}

/// To the exceptions and back again.
pub fn exceptions(model: &mut Model, out: &mut Vec<Effect>) {
    super::moves::focus(model, Pane::Orders);
    let index = match (model.index, model.index_before.take()) {
        (OrderIndex::Attention { .. }, before) => before.unwrap_or(OrderIndex::Active),
        (now, _) => {
            model.index_before = Some(now);
            OrderIndex::Attention { kind: None }
        }
    };
    show_list(model, index, out);
}

pub fn mark(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(invoice) = model.orders.selected else {
        return;
    };
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
    if page.iter().all(|invoice| model.marks.contains(invoice)) {
        model.marks.retain(|invoice| !page.contains(invoice));
    } else if model.marks.len() + page.len() <= MARKS_MAX {
        model.marks.extend(page);
    }
}

/// Marks the whole list, page by page, up to [`MARKS_MAX`].
pub fn mark_matching(model: &mut Model, out: &mut Vec<Effect>) {
    let generation = model.orders.generation;
    model.marking = Some(generation);
    ask_marking(model, Anchor::First, out);
}

fn ask_marking(model: &Model, anchor: Anchor, out: &mut Vec<Effect>) {
    let (index, text) = list_and_text(model);
    let generation = model.orders.generation;
    let query = Query::Orders(OrdersQuery {
        index,
        text,
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
    match page.rows.last() {
        Some(last) if page.more_after && model.marks.len() < MARKS_MAX => {
            let key = last.key.clone();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_chooses_lists_and_keeps_text() {
        let stage = |stage| Some(OrderIndex::Stage { stage });
        let is = |kind| Some(OrderIndex::Attention { kind });
        for (text, index, rest) in [
            ("pune", None, "pune"),
            ("  pune  cod ", None, "pune cod"),
            ("stage:ready pune", stage(Stage::Ready), "pune"),
            ("stage:conf", stage(Stage::Confirming), ""),
            ("stage:confirmed", stage(Stage::Confirmed), ""),
            ("stage:nowhere", None, "stage:nowhere"),
            ("is:parked", is(Some(Attention::Parked)), ""),
            ("is:orphan", is(Some(Attention::OrphanAwb)), ""),
            ("is:attention x", is(None), "x"),
            ("http://x", None, "http://x"),
        ] {
            assert_eq!(parse_filter(text), (index, rest.to_owned()), "{text:?}");
        }
    }
}
