//! Bulk inventory pushes and the stock list (easyecom.md section 10).

use serde_json::{Value, json};

use super::cursor::Cursor;
use super::nothing;
use crate::sandbox::call::{Call, Reply, text};
use crate::sandbox::clock::Moment;
use crate::sandbox::effects::EffectKind;
use crate::sandbox::world::World;

/// What EasyEcom silently cuts a larger quantity to.
const MAX_QUANTITY: i64 = 10_000;

/// What becomes of one row of a batch.
enum Verdict {
    Set {
        index: usize,
        quantity: i64,
        cut: bool,
    },
    Refused(&'static str),
}

/// POST Bulk Inventory Update, `{"skus": [{"sku", "quantity"}]}`. Quantities are absolute.
pub(crate) fn update(world: &mut World, call: &Call, now: Moment) -> Reply {
    let fields = call.fields();
    let Some(mut rows) = fields
        .get("skus")
        .and_then(Value::as_array)
        .cloned()
        .filter(|rows| !rows.is_empty())
    else {
        return Reply::refused("skus is required");
    };
    if call.twist.partial {
        rows.truncate(rows.len().div_ceil(2));
    }
    world.counters.inventory_batches += 1;
    let verdicts: Vec<(String, Verdict)> = rows.iter().map(|row| judge(world, row)).collect();
    let switches = world.options.switches.clone();
    let bad = verdicts.iter().find_map(|(sku, verdict)| match verdict {
        Verdict::Refused(words) => Some((sku, *words)),
        Verdict::Set { .. } => None,
    });
    if let Some((sku, words)) = bad.filter(|_| switches.bulk_all_or_nothing) {
        return Reply::refused(&format!(
            "{words}: {}",
            sku.chars().take(60).collect::<String>()
        ));
    }
    let every = switches.phantom_inventory_every;
    if every > 0 && world.counters.inventory_batches.is_multiple_of(every) {
        world.record(
            EffectKind::Fault,
            None,
            None,
            "inventory success that was none",
            now,
        );
    } else {
        keep(world, &verdicts, now);
    }
    let results: Vec<Value> = verdicts
        .iter()
        .map(|(sku, verdict)| result(sku, verdict))
        .collect();
    if switches.bulk_per_sku {
        Reply::data(results.into())
    } else {
        Reply::json(200, &json!({ "code": 200, "message": "Successful" }))
    }
}

fn judge(world: &World, row: &Value) -> (String, Verdict) {
    let sku = text(row, "sku").unwrap_or_default();
    let quantity = text(row, "quantity").and_then(|quantity| quantity.parse::<i64>().ok());
    let verdict = match (world.sku_index.get(&sku), quantity) {
        (None, _) => Verdict::Refused("product/sku doest not exist"),
        (Some(index), _) if world.catalogue[*index].combo => {
            Verdict::Refused("Inventory of combo can not be updated")
        }
        (Some(_), None | Some(i64::MIN..=-1)) => Verdict::Refused("Invalid quantity"),
        (Some(index), Some(quantity)) => Verdict::Set {
            index: *index,
            quantity: quantity.min(MAX_QUANTITY),
            cut: quantity > MAX_QUANTITY,
        },
    };
    (sku, verdict)
}

fn keep(world: &mut World, verdicts: &[(String, Verdict)], now: Moment) {
    for (sku, verdict) in verdicts {
        if let Verdict::Set {
            index, quantity, ..
        } = verdict
        {
            world.catalogue[*index].available = *quantity;
            world.record(
                EffectKind::InventorySet,
                None,
                None,
                format!("{sku} = {quantity}"),
                now,
            );
        }
    }
}

/// Shape of a row's result: after the single-SKU answer, quantity back as a string.
fn result(sku: &str, verdict: &Verdict) -> Value {
    match verdict {
        Verdict::Set { quantity, cut, .. } => json!({
            "sku": sku, "code": 200, "quantity": quantity.to_string(),
            "message": if *cut { "Quantity cut to 10000" } else { "Inventory updated successfully" } }),
        Verdict::Refused(words) => json!({ "sku": sku, "code": 400, "message": words }),
    }
}

/// GET `/getInventoryDetailsV3`.
pub(crate) fn details(world: &World, call: &Call) -> Reply {
    let (query, after) = match call.param("cursor").map(Cursor::decode) {
        None => (call.query.clone(), 0),
        Some(None) => return Reply::refused("Invalid cursor"),
        Some(Some(cursor)) => (cursor.query, cursor.after as usize),
    };
    let limit = query
        .iter()
        .find(|(key, _)| key == "limit")
        .and_then(|(_, n)| n.parse().ok())
        .unwrap_or(50);
    let page: Vec<Value> = world
        .catalogue
        .iter()
        .skip(after)
        .take(usize::clamp(limit, 1, 250))
        .map(|sku| {
            json!({ "companyName": "Raftaar Sandbox WH", "location_key": world.options.credentials.location_key,
                    "companyProductId": sku.product_id + 60_000_000, "productId": sku.product_id, "sku": sku.code,
                    "productName": sku.name, "availableInventory": sku.available, "virtual_inventory_count": 0,
                    "reservedInventory": 0, "is_combo": u8::from(sku.combo), "mrp": sku.price_paise / 100 })
        })
        .collect();
    if page.is_empty() {
        return nothing(world, json!({ "inventoryData": [], "nextUrl": null }));
    }
    let reached = after + page.len();
    let next = (reached < world.catalogue.len()).then(|| {
        let cursor = Cursor {
            after: reached as u64,
            query,
        };
        format!("/getInventoryDetailsV3?cursor={}", cursor.encode())
    });
    Reply::data(json!({ "inventoryData": page, "nextUrl": next }))
}
