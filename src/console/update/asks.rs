//! Questions to the engine, at most one per subject under way.

use super::{Effect, Ticket, find};
use crate::{
    console::{
        layout::list_rows,
        model::{Layer, Model, Pane, Part, feed::FEED_PAGE, window::PAGE_ROWS},
    },
    domain::InvoiceId,
    handle::{Ask, OrdersQuery, Query, StockQuery},
};

/// Journal lines of an open order.
pub const HISTORY_LINES: usize = 100;

/// Rows shown of those that could not be read.
const REJECTED_LINES: usize = 20;

pub fn push(out: &mut Vec<Effect>, ticket: Ticket, query: Query) {
    out.push(Effect::Ask(
        Box::new(ticket),
        Box::new(Ask::Query { query }),
    ));
}

/// Everything on the screen, again.
pub fn everything(model: &mut Model, out: &mut Vec<Effect>) {
    overview(model, out);
    lists(model, (true, true, true), out);
}

/// What a delta called out of date: orders, tracking, stock.
pub fn lists(model: &mut Model, which: (bool, bool, bool), out: &mut Vec<Effect>) {
    if which.0 {
        (model.orders.behind, model.steps.behind) = (true, true);
        orders(model, Part::Same, out);
        if let Some(invoice) = model.orders.selected {
            order(model, invoice, out);
        }
        detail(model, out);
    }
    if which.1 {
        model.feed.behind = true;
        feed(model, out);
    }
    if which.2 {
        model.stock.behind = true;
        stock(model, Part::Same, out);
    }
}

pub fn overview(model: &mut Model, out: &mut Vec<Effect>) {
    if model.slots.overview.want(Part::Same) {
        push(out, Ticket::Overview, Query::Overview);
    }
}

pub fn orders(model: &mut Model, part: Part, out: &mut Vec<Effect>) {
    if !model.slots.orders.want(part) {
        return;
    }
    troubles(model, out);
    let (anchor, limit) = model.orders.question(part);
    let (index, text) = find::list_and_text(model);
    let generation = model.orders.generation;
    push(
        out,
        Ticket::Orders { generation, part },
        Query::Orders(OrdersQuery {
            index,
            text,
            sort: model.sort,
            anchor,
            limit,
        }),
    );
}

/// What stands above the exceptions, where they are listed.
pub fn troubles(model: &mut Model, out: &mut Vec<Effect>) {
    if model.lists_exceptions() && model.slots.troubles.want(Part::Same) {
        push(out, Ticket::Troubles, Query::Troubles);
    }
}

pub fn stock(model: &mut Model, part: Part, out: &mut Vec<Effect>) {
    if !model.slots.stock.want(part) {
        return;
    }
    let (anchor, limit) = model.stock.question(part);
    let generation = model.stock.generation;
    push(
        out,
        Ticket::Stock { generation, part },
        Query::Stock(StockQuery {
            states: Vec::new(),
            text: model.stock_wanted.clone(),
            sku: None,
            sort: model.stock_sort,
            anchor,
            limit: limit.max(PAGE_ROWS),
        }),
    );
}

pub fn order(model: &mut Model, invoice: InvoiceId, out: &mut Vec<Effect>) {
    model.steps.asked = Some(invoice);
    model.steps.behind = true;
    if model.slots.order.want(Part::Same) {
        let query = Query::Order {
            invoice,
            people: false,
        };
        push(out, Ticket::Order(invoice), query);
    }
}

/// The newest lines of the feed.
pub fn feed(model: &mut Model, out: &mut Vec<Effect>) {
    if model.slots.feed.want(Part::Same) {
        feed_part(model, None, out);
    }
}

/// Older lines of the feed, if there are any.
pub fn older(model: &mut Model, out: &mut Vec<Effect>) {
    if model.feed.older.is_some() && model.slots.older.want(Part::Before) {
        feed_part(model, model.feed.older, out);
    }
}

/// Older lines for as long as those that fit do not fill the screen, or the cursor stood further back.
pub fn fill_feed(model: &mut Model, out: &mut Vec<Effect>) {
    let feed = &model.feed;
    if feed.searching(list_rows(model, Pane::Feed)) || feed.looks_back() {
        older(model, out);
    }
}

fn feed_part(model: &Model, before: Option<u64>, out: &mut Vec<Effect>) {
    let generation = model.feed.generation;
    let query = Query::Feed {
        kind: model.feed.kind,
        text: model.feed_wanted.to_string(),
        after: if before.is_none() {
            model.feed.newest
        } else {
            0
        },
        before,
        limit: FEED_PAGE,
    };
    push(out, Ticket::Feed { generation, before }, query);
}

/// Everything about the open order, if one is open.
pub fn detail(model: &mut Model, out: &mut Vec<Effect>) {
    let Some((invoice, people)) = model.detail().map(|d| (d.invoice, d.people)) else {
        return;
    };
    if !model.slots.detail.want(Part::Same) {
        return;
    }
    push(
        out,
        Ticket::Detail(invoice),
        Query::Order { invoice, people },
    );
    push(out, Ticket::Scans(invoice), Query::Scans { invoice });
    let journal = Query::Journal {
        invoice: Some(invoice),
        before: None,
        limit: HISTORY_LINES,
    };
    push(out, Ticket::Journal(invoice), journal);
}

/// The rows that could not be read, if somebody looks at them.
pub fn rejected(model: &Model, out: &mut Vec<Effect>) {
    if matches!(model.layers.last(), Some(Layer::Status { .. })) {
        let query = Query::Rejected {
            before: None,
            limit: REJECTED_LINES,
        };
        push(out, Ticket::Rejected, query);
    }
}

/// The steps belong to the selected order.
pub fn follow_selection(model: &mut Model, out: &mut Vec<Effect>) {
    if model.orders.selected == model.steps.asked {
        return;
    }
    if let Some(invoice) = model.orders.selected {
        order(model, invoice, out);
    } else {
        model.steps.asked = None;
        model.steps.view = None;
        model.steps.missing = false;
    }
}
