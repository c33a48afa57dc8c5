//! Generate Manifest (easyecom.md section 8): Confirmed becomes Shipped.

use rand::Rng;
use serde_json::{Value, json};

use crate::sandbox::call::{Call, Reply, text, whole};
use crate::sandbox::clock::{self, Moment, ist};
use crate::sandbox::effects::{EffectKind, Rule};
use crate::sandbox::order::Stage;
use crate::sandbox::world::World;

/// POST `{carrier_id, marketplace_id, awb_numbers[]}`.
pub(crate) fn generate(world: &mut World, call: &Call, now: Moment) -> Reply {
    let fields = call.fields();
    let (Some(carrier), Some(marketplace)) = (
        whole(&fields, "carrier_id"),
        whole(&fields, "marketplace_id"),
    ) else {
        return Reply::refused("carrier_id and marketplace_id are required");
    };
    let mut awbs: Vec<String> = match fields.get("awb_numbers") {
        Some(Value::Array(list)) => list
            .iter()
            .filter_map(|awb| text(&json!({ "a": awb }), "a"))
            .collect(),
        _ => Vec::new(),
    };
    if awbs.is_empty() {
        return Reply::refused("awb_numbers is required");
    }
    if call.twist.partial {
        awbs.truncate(awbs.len().div_ceil(2));
    }
    let mut good = Vec::new();
    let mut bad = Vec::new();
    for (nth, awb) in awbs.iter().enumerate() {
        let verdict = if awbs.iter().take(nth).any(|before| before == awb) {
            Err(world.violate(
                Rule::SecondManifest,
                None,
                Some(awb),
                "AWB is listed twice",
                now,
            ))
        } else {
            check(world, awb, carrier, marketplace, now)
        };
        match verdict {
            Ok(invoice) => good.push((invoice, awb.clone())),
            Err(words) => bad.push(json!({ "awb_number": awb, "message": words })),
        }
    }
    if good.is_empty() || !(bad.is_empty() || world.options.switches.partial_manifest) {
        let message = format!("Manifest not generated: {}", Value::from(bad));
        return Reply::refused(&message);
    }
    let number = number(world, carrier, marketplace, now);
    ship(world, &good, &number, now);
    Reply::data(answer(world, &good, bad, &number, now))
}

/// The invoice of an AWB that may go on this manifest, or why not.
fn check(
    world: &mut World,
    awb: &str,
    carrier: u64,
    marketplace: u64,
    now: Moment,
) -> Result<u64, String> {
    let Some(invoice) = world.awbs.get(awb).copied() else {
        return Err(world.violate(
            Rule::ManifestUnknownAwb,
            None,
            Some(awb),
            "AWB number not found",
            now,
        ));
    };
    if let Some(words) = world.barred(invoice, "generateManifest", now) {
        return Err(words);
    }
    let Some(order) = world.order(invoice, now) else {
        return Err("AWB number not found".to_owned());
    };
    let current = order
        .state
        .assigned
        .as_ref()
        .filter(|a| a.awb == awb)
        .map(|a| a.carrier_id);
    let broken = match (order.state.stage, current) {
        (_, None) => Some((Rule::ManifestUnknownAwb, "AWB number was replaced")),
        (Stage::Shipped, _) => Some((Rule::SecondManifest, "Manifest already generated")),
        (Stage::Confirmed, Some(id)) if id != carrier => {
            Some((Rule::ManifestMixed, "AWB belongs to another carrier"))
        }
        (Stage::Confirmed, _) if order.facts.marketplace.0 != marketplace => {
            Some((Rule::ManifestMixed, "AWB belongs to another marketplace"))
        }
        (Stage::Confirmed, _) => None,
        _ => Some((Rule::ManifestUnconfirmed, "Order is not confirmed")),
    };
    match broken {
        Some((rule, words)) => Err(world.violate(rule, Some(invoice), Some(awb), words, now)),
        None => Ok(invoice),
    }
}

/// Time stamp on a 12-hour clock, marketplace, carrier, random, as in the samples.
fn number(world: &mut World, carrier: u64, marketplace: u64, now: Moment) -> String {
    let stamp = clock::format(now, "%Y%m%d%I%M%S");
    format!(
        "{stamp}_{marketplace}_{carrier}_{}{}",
        world.rng.random_range(10..100),
        world.counters.manifests
    )
}

fn ship(world: &mut World, good: &[(u64, String)], number: &str, now: Moment) {
    world.counters.manifests += 1;
    for (invoice, awb) in good {
        world.amend(*invoice, now, |state| {
            state.stage = Stage::Shipped;
            state.manifest = Some((number.to_owned(), now));
            state.history.push((7, now));
        });
        world.record(
            EffectKind::Manifested,
            Some(*invoice),
            Some(awb),
            number,
            now,
        );
    }
}

/// The only result payload known: that of the batch-manifest webhook.
fn answer(
    world: &World,
    good: &[(u64, String)],
    bad: Vec<Value>,
    number: &str,
    now: Moment,
) -> Value {
    let orders = || {
        good.iter()
            .filter_map(|(invoice, awb)| Some((awb, world.orders.get(invoice)?)))
    };
    let shipments: Vec<Value> = orders()
        .map(|(awb, order)| {
            json!({ "awb_number": awb, "order_number": order.facts.reference,
                    "invoice_number": order.state.invoice_number,
                    "quantity": order.facts.lines.iter().map(|line| line.quantity).sum::<u64>() })
        })
        .collect();
    let first = orders().next().map(|(_, order)| order);
    json!({
        "status": true, "manifest_id": (4_000_000 + world.counters.manifests).to_string(),
        "manifest_number": number, "manifest_document": format!("{}/files/manifest-{number}.pdf", world.base_url),
        "marketplace_name": first.map(|order| order.facts.marketplace.1),
        "courier_partner": first.and_then(|order| order.state.assigned.as_ref()).map(|a| a.courier.as_str()),
        "total_shipments": shipments.len(), "shipments": shipments, "errors": bad,
        "manifest_created_date": ist(now), "manifest_completed_date": ist(now),
        "manifest_completed_by": "Sandbox WMS",
    })
}
