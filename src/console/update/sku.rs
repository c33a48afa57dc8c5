//! One SKU: what stands where, and what happened to it.

use super::{Effect, Ticket, asks};
use crate::{
    console::model::{Layer, Model, SkuDetail},
    domain::{Clean, Sku},
    handle::{Query, Reply},
};

/// Opens a SKU.
pub fn open(model: &mut Model, sku: Sku, out: &mut Vec<Effect>) {
    model.layers.push(Layer::Sku(Box::new(SkuDetail {
        sku,
        view: None,
        missing: false,
        read_at: None,
        scroll: 0,
    })));
    ask(model, out);
}

/// Asks for the open SKU again, if one is open.
pub fn ask(model: &Model, out: &mut Vec<Effect>) {
    if let Some(sku) = model.open_sku().map(|open| open.sku.clone()) {
        asks::push(out, Ticket::Sku(sku.clone()), Query::Sku { sku });
    }
}

/// Takes the engine's answer.
pub fn answer(model: &mut Model, sku: &Sku, reply: Result<Reply, Clean>) {
    let now = model.now;
    let open = model.layers.iter_mut().find_map(|layer| match layer {
        Layer::Sku(open) if open.sku == *sku => Some(open),
        _ => None,
    });
    if let (Some(open), Ok(Reply::Sku(view))) = (open, reply) {
        open.missing = view.is_none();
        open.view = view;
        open.read_at = Some(now);
    }
}
