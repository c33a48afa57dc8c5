//! What became of a bulk action: a call that was taken can fail afterwards, as a confirmation does. Those
//! orders are marked again, so that what is left to do is what is marked.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::{Effect, Ticket, asks};
use crate::{
    console::model::{MARKS_MAX, Model, Part, window::PAGE_ROWS},
    domain::{InvoiceId, record::Attention},
    handle::{Anchor, Command, Level, OrderIndex, OrderRow, OrdersQuery, Query, Reply},
};

/// A confirmation ends within minutes; what happens after this belongs to something else.
const FOLLOWED: TimeDelta = TimeDelta::minutes(15);

/// Follows the orders for which a bulk action was taken. Those that needed a person already would seem to
/// have failed before they were tried.
pub fn begin(model: &mut Model, command: &Command, taken: &[InvoiceId]) {
    if !matches!(command, Command::Next { invoices } if invoices.len() > 1) {
        return;
    }
    let rows = model.orders.rows.iter();
    let in_need = rows.filter(|row| row.attention.is_some());
    let in_need: BTreeSet<InvoiceId> = in_need.map(|row| row.invoice).collect();
    let sound = taken.iter().copied().filter(|id| !in_need.contains(id));
    model.followed.orders.extend(sound);
    model.followed.until = model.now + FOLLOWED;
}

/// Looks among what needs a person whether some of them came to it.
pub fn ask(model: &mut Model, out: &mut Vec<Effect>) {
    if model.now > model.followed.until {
        model.followed.orders.clear();
    }
    if model.followed.orders.is_empty() || !model.slots.followed.want(Part::Same) {
        return;
    }
    let query = OrdersQuery {
        index: OrderIndex::Attention { kind: None },
        text: String::new(),
        sort: None,
        anchor: Anchor::First,
        limit: PAGE_ROWS,
    };
    asks::push(out, Ticket::Followed, Query::Orders(query));
}

/// Marks those again that failed.
pub fn answer<E>(model: &mut Model, reply: Result<Reply, E>, out: &mut Vec<Effect>) {
    let again = model.slots.followed.done();
    if let Ok(Reply::Orders(page)) = reply {
        let failed = |row: &&OrderRow| {
            let wrong = matches!(
                row.attention,
                Some(Attention::Failing | Attention::Parked | Attention::Unknown)
            );
            wrong && model.followed.orders.contains(&row.invoice)
        };
        let rows = page.rows.iter().filter(failed);
        let failed: BTreeSet<InvoiceId> = rows.map(|row| row.invoice).collect();
        mark_again(model, failed);
    }
    if again.is_some() {
        ask(model, out);
    }
}

fn mark_again(model: &mut Model, failed: BTreeSet<InvoiceId>) {
    if failed.is_empty() {
        return;
    }
    let says = match failed.len() {
        1 => "1 of the orders that you moved on failed and is marked again".to_owned(),
        n => format!("{n} of the orders that you moved on failed and are marked again"),
    };
    model.notify(Level::Warn, says);
    for invoice in failed {
        model.followed.orders.remove(&invoice);
        if model.marks.len() < MARKS_MAX {
            model.marks.insert(invoice);
        }
    }
}
