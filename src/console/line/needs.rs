//! What needs a person, in the order of the console: first what is about no order, then orders.

use serde::Serialize;

use super::{WatchError, ask, odd};
use crate::{
    console::commands::{Action, Command, resolves},
    domain::{Awb, Clean, InvoiceId, OrderId, ReferenceCode, Stage, Stamp, record::Attention},
    handle::{
        Anchor, EngineHandle, OrderIndex, OrderRow, OrdersQuery, Overview, Query, Reply, Trouble,
    },
};

/// What the engine lists, as the console asks for it.
pub struct Needs {
    /// What is about no order.
    pub troubles: Vec<Trouble>,
    /// Orders.
    pub orders: Vec<OrderRow>,
    /// Orders that are not named.
    pub more: u64,
}

impl Needs {
    /// Asks for it, and for so many orders at most.
    pub async fn read(handle: &EngineHandle, orders: usize) -> Result<Self, WatchError> {
        let Reply::Troubles(troubles) = ask(handle, Query::Troubles).await? else {
            return Err(odd());
        };
        let query = Query::Orders(OrdersQuery {
            index: OrderIndex::Attention { kind: None },
            text: String::new(),
            sort: None,
            anchor: Anchor::First,
            limit: orders,
        });
        let Reply::Orders(page) = ask(handle, query).await? else {
            return Err(odd());
        };
        let named = page.rows.len() as u64;
        Ok(Self {
            troubles,
            more: page.total.unwrap_or(named).saturating_sub(named),
            orders: page.rows,
        })
    }

    /// The overview with all of it behind its own fields, as one JSON object.
    pub fn json(&self, overview: &Overview) -> serde_json::Result<String> {
        let orders = self.orders.iter().filter_map(|row| {
            let attention = row.attention?;
            Some(OrderLine {
                invoice: row.invoice,
                order: row.order,
                reference: &row.reference,
                awb: row.awb.as_ref(),
                stage: row.stage,
                attention,
                what: attention.title(),
                says: &row.note,
                seen_at: row.seen_at,
                due_at: row.due_at,
                resolve: commands(resolves::of_order(attention)),
            })
        });
        let troubles = self.troubles.iter().map(|row| TroubleLine {
            trouble: row,
            resolve: commands(resolves::of_trouble(&row.about)),
        });
        serde_json::to_string(&Picture {
            overview,
            needs: Lines {
                troubles: troubles.collect(),
                orders: orders.collect(),
                more: self.more,
            },
        })
    }
}

#[derive(Serialize)]
struct Picture<'a> {
    #[serde(flatten)]
    overview: &'a Overview,
    needs: Lines<'a>,
}

#[derive(Serialize)]
struct Lines<'a> {
    troubles: Vec<TroubleLine<'a>>,
    orders: Vec<OrderLine<'a>>,
    more: u64,
}

#[derive(Serialize)]
struct TroubleLine<'a> {
    #[serde(flatten)]
    trouble: &'a Trouble,
    resolve: Vec<Resolve>,
}

/// An order; fields of its own, so that scripts do not depend on what a list shows.
#[derive(Serialize)]
struct OrderLine<'a> {
    invoice: InvoiceId,
    order: OrderId,
    reference: &'a ReferenceCode,
    awb: Option<&'a Awb>,
    stage: Stage,
    attention: Attention,
    what: &'static str,
    says: &'a Clean,
    seen_at: Stamp,
    due_at: Option<Stamp>,
    resolve: Vec<Resolve>,
}

/// A command of the console, and the keys that it has unless a keymap says otherwise.
#[derive(Serialize)]
struct Resolve {
    command: &'static str,
    keys: &'static [&'static str],
}

fn commands(actions: &[Action]) -> Vec<Resolve> {
    let rows = actions.iter().map(|action| Command::of(*action));
    rows.map(|row| Resolve {
        command: row.id,
        keys: row.keys,
    })
    .collect()
}
