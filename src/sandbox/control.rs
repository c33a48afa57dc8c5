//! `/_sandbox/`: the same inspection for another process. Never metered, never faulty.

use serde_json::json;

use super::call::{Call, Reply};
use super::clock::Moment;
use super::report::report;
use super::world::World;

/// GET `log` (with `?after=<seq>`), `report`, `stock`; POST `faults` (a plan as JSON, or
/// `?plan=rough:0.1`), `cancel?invoice_id=`.
pub(crate) fn handle(world: &mut World, call: &Call, now: Moment) -> Reply {
    match (
        call.method.as_str(),
        call.path.strip_prefix("/_sandbox/").unwrap_or_default(),
    ) {
        ("GET", "log") => {
            let after = call
                .param("after")
                .and_then(|seq| seq.parse().ok())
                .unwrap_or(0);
            Reply::json(
                200,
                &json!(world.effects.iter().skip(after).collect::<Vec<_>>()),
            )
        }
        ("GET", "report") => Reply::json(200, &json!(report(world, now))),
        ("GET", "stock") => {
            let stock: Vec<_> = world
                .catalogue
                .iter()
                .map(|sku| (&sku.code, sku.available))
                .collect();
            Reply::json(200, &json!(stock))
        }
        ("POST", "faults") => faults(world, call),
        ("POST", "cancel") => {
            let invoice = call.param("invoice_id").and_then(|id| id.parse().ok());
            let done = invoice.is_some_and(|invoice| world.cancel(invoice, "control", now));
            Reply::json(if done { 200 } else { 409 }, &json!({ "cancelled": done }))
        }
        _ => Reply::json(404, &json!({ "error": "no such control" })),
    }
}

fn faults(world: &mut World, call: &Call) -> Reply {
    let plan = match call.param("plan") {
        Some(text) => text.parse(),
        None => serde_json::from_slice(&call.body).map_err(|error| error.to_string()),
    };
    match plan {
        Ok(plan) => {
            world.faults = plan;
            Reply::json(200, &json!(world.faults))
        }
        Err(error) => Reply::json(400, &json!({ "error": error })),
    }
}
