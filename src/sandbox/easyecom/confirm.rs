//! confirm_order (easyecom.md section 6): accepted at once, decided later.

use axum::http::Method;
use serde_json::{Value, json};

use crate::sandbox::call::{Call, Reply};
use crate::sandbox::clock::{Moment, seconds};
use crate::sandbox::effects::{EffectKind, Rule};
use crate::sandbox::generate::ConfirmFate;
use crate::sandbox::order::{Order, Stage};
use crate::sandbox::switches::ConfirmVerb;
use crate::sandbox::world::World;

/// GET or POST `/orders/confirm_order`; the values are in the query either way.
pub(crate) fn confirm(world: &mut World, call: &Call, now: Moment) -> Reply {
    let allowed = match world.options.switches.confirm_verb {
        ConfirmVerb::Get => call.method == Method::GET,
        ConfirmVerb::Post => call.method == Method::POST,
        ConfirmVerb::Both => call.method == Method::GET || call.method == Method::POST,
    };
    if !allowed {
        return Reply::html(405, "405 Method Not Allowed");
    }
    let number = |name: &str| call.param(name).and_then(|id| id.parse::<u64>().ok());
    let order_id = number("order_id");
    let invoice = number("invoice_id").or_else(|| only_open_invoice(world, order_id?, now));
    let Some(order) = invoice.and_then(|invoice| world.order(invoice, now)) else {
        return answer(Err((
            order_id.unwrap_or_default(),
            "Order not found".to_owned(),
        )));
    };
    let (invoice, shown) = (order.facts.invoice_id, order.facts.order_id);
    if order_id.is_some_and(|id| id != shown) {
        return answer(Err((
            shown,
            "order_id and invoice_id do not belong together".to_owned(),
        )));
    }
    answer(
        start(world, invoice, now)
            .map(|()| shown)
            .map_err(|words| (shown, words)),
    )
}

/// Of several invoices of one order, the first that is still open; else the first.
fn only_open_invoice(world: &World, order_id: u64, now: Moment) -> Option<u64> {
    let all: Vec<&Order> = world
        .by_order_id
        .get(&order_id)?
        .iter()
        .filter_map(|invoice| world.order(*invoice, now))
        .collect();
    let open = all.iter().find(|order| order.state.stage == Stage::Open);
    open.or(all.first()).map(|order| order.facts.invoice_id)
}

fn start(world: &mut World, invoice: u64, now: Moment) -> Result<(), String> {
    if let Some(words) = world.barred(invoice, "confirm_order", now) {
        return Err(words);
    }
    let Some(order) = world.order(invoice, now) else {
        return Err("Order not found".to_owned());
    };
    let Some(awb) = order.state.awb().map(str::to_owned) else {
        let words = "AWB number is not assigned";
        return Err(world.violate(Rule::ConfirmWithoutAwb, Some(invoice), None, words, now));
    };
    if order.state.stage != Stage::Open {
        world.record(
            EffectKind::Repeated,
            Some(invoice),
            Some(&awb),
            "confirm_order",
            now,
        );
        return Err("Order is already confirmed".to_owned());
    }
    let fails = match order.facts.confirm {
        ConfirmFate::Succeeds => false,
        ConfirmFate::FailsOnce => order.state.confirm_failures == 0,
        ConfirmFate::Poison => true,
    };
    let delay = seconds(world.options.confirm_delay.as_secs_f64());
    let ends = now + delay;
    world.amend(invoice, now, |state| {
        state.stage = Stage::Confirming { ends, fails };
        let middle = if fails {
            vec![(13, 2), (18, 4)]
        } else {
            vec![(13, 2), (38, 3), (16, 4)]
        };
        state.history.extend([(17, now), (3, now + delay / 4)]);
        state.history.extend(
            middle
                .into_iter()
                .map(|(id, quarter)| (id, now + delay * quarter / 4)),
        );
    });
    world.watch(invoice);
    world.record(
        EffectKind::ConfirmStarted,
        Some(invoice),
        Some(&awb),
        "",
        now,
    );
    Ok(())
}

/// The answer names `status`, not `code`, and has capital keys.
fn answer(result: Result<u64, (u64, String)>) -> Reply {
    let (success, errors): (Vec<u64>, Vec<Value>) = match result {
        Ok(order_id) => (vec![order_id], Vec::new()),
        Err((order_id, message)) => (
            Vec::new(),
            vec![json!({ "order_id": order_id, "message": message })],
        ),
    };
    Reply::json(
        200,
        &json!({ "status": 200, "message": "", "data": { "Error": errors, "Success": success } }),
    )
}
