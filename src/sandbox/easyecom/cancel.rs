//! cancelOrder (easyecom.md section 11).

use serde_json::json;

use crate::sandbox::call::{Call, Reply, text};
use crate::sandbox::clock::Moment;
use crate::sandbox::order::Stage;
use crate::sandbox::world::World;

/// POST `{"reference_code"}`.
pub(crate) fn cancel(world: &mut World, call: &Call, now: Moment) -> Reply {
    let Some(reference) = text(&call.fields(), "reference_code") else {
        return Reply::refused("reference_code is required");
    };
    let Some(order) = world
        .by_reference
        .get(&reference)
        .and_then(|invoice| world.order(*invoice, now))
    else {
        return Reply::refused("Unable to find the reference_code/order_id/invoice_id");
    };
    let invoice = order.facts.invoice_id;
    match order.state.stage {
        Stage::Shipped => Reply::refused("Order can not be cancelled after shipping"),
        Stage::Cancelled => Reply::refused("Order is already cancelled"),
        _ => {
            world.cancel(invoice, "cancelOrder", now);
            let message =
                format!("Successfully Cancelled the Order with reference_code {reference}");
            Reply::json(200, &json!({ "code": 200, "message": message, "data": [] }))
        }
    }
}
