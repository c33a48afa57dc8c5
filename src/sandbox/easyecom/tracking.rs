//! Tracking pushes and their reading (easyecom.md section 9).

use serde_json::{Value, json};

use crate::sandbox::call::{Call, Reply, text, whole};
use crate::sandbox::clock::{self, Moment, ist};
use crate::sandbox::dtdc;
use crate::sandbox::effects::{EffectKind, Rule};
use crate::sandbox::order::{Order, Push, Stage};
use crate::sandbox::wire::status_of;
use crate::sandbox::world::World;

const RTO_INITIATED: u64 = 17;
const RTO_DELIVERED: u64 = 9;
const UNDELIVERED: u64 = 16;
const DELIVERED: u64 = 3;

/// Place of a forward status: created and pickup, then 2, 20, 3.
fn rank(status: u64) -> Option<u8> {
    match status {
        1 => Some(0),
        18 | 19 => Some(1),
        2 => Some(2),
        20 => Some(3),
        DELIVERED => Some(4),
        _ => None,
    }
}

/// Whether `next` may follow what was pushed before.
fn may_follow(pushes: &[Push], next: u64) -> bool {
    let last = pushes
        .iter()
        .map(|push| push.status_id)
        .rfind(|id| *id != UNDELIVERED);
    match last {
        Some(DELIVERED | RTO_DELIVERED) => last == Some(next),
        Some(RTO_INITIATED) => matches!(next, RTO_INITIATED | RTO_DELIVERED),
        _ if matches!(next, RTO_INITIATED | RTO_DELIVERED) => true,
        Some(last) => next == UNDELIVERED || rank(next) >= rank(last),
        None => true,
    }
}

/// POST `/Carrier/V2/updateTrackingStatus`.
pub(crate) fn update(world: &mut World, call: &Call, now: Moment) -> Reply {
    let fields = call.fields();
    let (Some(status), Some(awb)) = (
        whole(&fields, "current_shipment_status_id"),
        text(&fields, "awb"),
    ) else {
        return Reply::refused("current_shipment_status_id and awb are required");
    };
    if rank(status).is_none() && ![RTO_INITIATED, RTO_DELIVERED, UNDELIVERED].contains(&status) {
        return Reply::refused("Invalid current_shipment_status_id");
    }
    let Some(invoice) = world.awbs.get(&awb).copied() else {
        let words = "AWB number not found";
        return Reply::refused(&world.violate(
            Rule::TrackingUnknownAwb,
            None,
            Some(&awb),
            words,
            now,
        ));
    };
    if let Some(words) = world.barred(invoice, "updateTrackingStatus", now) {
        return Reply::refused(&words);
    }
    if let Some((rule, words)) = broken(world, invoice, &awb, status, now) {
        let words = world.violate(
            rule,
            Some(invoice),
            Some(&awb),
            &format!("{words} (status {status})"),
            now,
        );
        if rule != Rule::TrackingBeforeManifest || world.options.switches.refuse_early_tracking {
            return Reply::refused(&words);
        }
    }
    take(world, invoice, &awb, status, &fields, now);
    Reply::json(
        200,
        &json!({ "code": 200, "message": "Tracking status updated successfully" }),
    )
}

fn broken(
    world: &World,
    invoice: u64,
    awb: &str,
    status: u64,
    now: Moment,
) -> Option<(Rule, &'static str)> {
    let state = &world.orders.get(&invoice)?.state;
    if state.awb() != Some(awb) {
        return Some((Rule::TrackingUnknownAwb, "AWB number was replaced"));
    }
    if state.stage != Stage::Shipped {
        return Some((Rule::TrackingBeforeManifest, "Order is not shipped"));
    }
    if !may_follow(&state.pushes, status) {
        return Some((Rule::TrackingBackwards, "Tracking status can not go back"));
    }
    if !borne_out(world, awb, status, now) {
        return Some((Rule::TrackingUntrue, "The parcel has no scan that says so"));
    }
    None
}

/// Whether the parcel's own scans bear a status out; parcels that DTDC never booked can not tell.
fn borne_out(world: &World, awb: &str, status: u64, now: Moment) -> bool {
    let Some(scans) = dtdc::scans_of(world, awb, now) else {
        return true;
    };
    let has = |wanted: &[&str]| scans.iter().any(|scan| wanted.contains(&scan.code));
    match status {
        2 => has(&["PCUP", "BKD"]),
        20 => has(&["OUTDLV"]),
        DELIVERED => has(&["DLV"]),
        UNDELIVERED => has(&["NONDLV"]),
        RTO_INITIATED => has(&["SETRTO"]),
        RTO_DELIVERED => has(&["RTODLV"]),
        _ => true,
    }
}

fn take(world: &mut World, invoice: u64, awb: &str, status: u64, fields: &Value, now: Moment) {
    let scans = fields
        .get("history_scans")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let delivered = text(fields, "delivery_date");
    world.amend(invoice, now, |state| {
        state.shipping = Some(status);
        state.pushes.push(Push {
            status_id: status,
            at: now,
            scans,
        });
        if delivered.is_some() {
            state.delivery_date = delivered;
        }
    });
    world.record(
        EffectKind::Tracked,
        Some(invoice),
        Some(awb),
        format!("status {status}"),
        now,
    );
}

/// GET `/Carriers/getTrackingDetails`.
pub(crate) fn details(world: &World, call: &Call, now: Moment) -> Reply {
    let at = world.as_of(now, call.twist.lag);
    let by_awb = call.param("awb_number").and_then(|awb| world.awbs.get(awb));
    let by_reference = call
        .param("reference_code")
        .and_then(|code| world.by_reference.get(code));
    let found = by_awb
        .or(by_reference)
        .and_then(|invoice| world.order(*invoice, at));
    match found.filter(|order| !order.facts.foreign) {
        Some(order) => Reply::data(json!([track(world, order, at)])),
        None => super::nothing(world, json!([])),
    }
}

/// TRACK: snake and camel case mixed, items as strings.
fn track(world: &World, order: &Order, at: Moment) -> Value {
    let state = order.state_at(at);
    let facts = &order.facts;
    let (status, id) = status_of(state);
    let scans: Vec<&Value> = state.pushes.iter().flat_map(|push| &push.scans).collect();
    json!({
        "last_status_update": state.pushes.last().map(|push| ist(push.at)), "suborder_id": 0,
        "suborder_company_id": 0, "master_carrier_id": 0, "tier": 1,
        "carrier_id": state.assigned.as_ref().map(|a| a.carrier_id), "status_id": id,
        "shipping_status_id": state.shipping, "reference_code": facts.reference, "awbNumber": state.awb(),
        "invoiceId": facts.invoice_id, "orderId": facts.order_id, "invoiceAmount": facts.total_paise() / 100,
        "tax": 0, "shippingHistory": if scans.is_empty() { Value::Null } else { json!(scans) },
        "currentShippingStatus": state.shipping.map(|id| id.to_string()), "expectedDeliveryDate": ist(facts.tat),
        "carrierName": state.assigned.as_ref().map(|a| a.courier.as_str()), "orderDate": ist(facts.ordered),
        "invoiceDate": state.invoiced.map(|at| clock::format(at, "%Y-%m-%d")), "orderStatus": status,
        "companyName": "Raftaar Sandbox WH", "companyLogo": null, "city": facts.city.name,
        "state": facts.city.state, "pin_code": facts.pincode, "awb_generation_type": 5,
        "expectedDeliveryDateStart": null, "expectedDeliveryDateEnd": null,
        "items": facts.lines.iter().map(|l| format!("{} ({}) X {}", l.name, l.sku, l.quantity)).collect::<Vec<_>>(),
        "last_status": null, "edd_month": clock::format(facts.tat, "%B"), "edd_year": clock::format(facts.tat, "%Y"),
        "edd_day": clock::format(facts.tat, "%d"), "notes": [],
        "location_key": world.options.credentials.location_key,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(ids: &[u64], next: u64) -> bool {
        let pushes: Vec<Push> = ids
            .iter()
            .map(|id| Push {
                status_id: *id,
                at: chrono::Utc::now(),
                scans: Vec::new(),
            })
            .collect();
        may_follow(&pushes, next)
    }

    #[test]
    fn forward_only_with_a_way_back_to_the_seller() {
        assert!(after(&[], 18) && after(&[18], 2) && after(&[18], 3) && after(&[20], 20));
        assert!(!after(&[2], 18) && !after(&[20], 2) && !after(&[3], 20));
        assert!(after(&[20], 16) && after(&[20, 16], 20) && !after(&[20, 16], 2));
        assert!(after(&[20], 17) && after(&[17], 9) && after(&[2], 9));
        assert!(
            !after(&[17], 20)
                && !after(&[17], 3)
                && !after(&[3], 17)
                && !after(&[9], 3)
                && !after(&[9], 17)
        );
        assert!(after(&[3], 3) && after(&[9], 9) && !after(&[3], 16));
    }
}
