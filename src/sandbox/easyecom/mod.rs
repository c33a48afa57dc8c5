//! EasyEcom's operations.

pub(crate) mod assign;
pub(crate) mod cancel;
pub(crate) mod confirm;
mod cursor;
pub(crate) mod documents;
pub(crate) mod inventory;
pub(crate) mod manifest;
pub(crate) mod orders;
pub(crate) mod tracking;

use serde_json::{Value, json};

use super::call::Reply;
use super::switches::NothingThere;
use super::world::World;

/// An answer without rows, in the dress that is switched on; `empty` is the plain one.
fn nothing(world: &World, empty: Value) -> Reply {
    match world.options.switches.nothing_there {
        NothingThere::NoDataFound => Reply::data(json!("No Data Found")),
        NothingThere::Code400 => Reply::refused("No Data Found"),
        NothingThere::EmptyList => Reply::data(empty),
    }
}

/// GET `/getAllLocation`.
pub(crate) fn locations(world: &World) -> Reply {
    let from = World::warehouse();
    Reply::data(json!([{
        "company_id": 50001, "location_key": world.options.credentials.location_key,
        "location_name": "Raftaar Sandbox WH", "is_store": 0, "city": from.name, "state": from.state,
        "country": "India", "zip": format!("{}01", from.pin_prefix), "phone number": "9000000000",
        "address type": { "billing_address": null, "pickup_address": null }, "stockHandle": 1,
    }]))
}
