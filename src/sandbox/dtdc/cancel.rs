//! Cancelling consignments (dtdc.md section 4).

use serde_json::{Value, json};

use super::booking::is_shipped;
use super::scans_of;
use crate::sandbox::auth::dtdc_error;
use crate::sandbox::call::{Call, Reply, text};
use crate::sandbox::clock::Moment;
use crate::sandbox::effects::{EffectKind, Rule};
use crate::sandbox::world::World;

/// POST cancel, `{"AWBNo": [..], "customerCode": ".."}`: each AWB is judged on its own.
pub(crate) fn cancel(world: &mut World, call: &Call, now: Moment) -> Reply {
    let fields = call.fields();
    match text(&fields, "customerCode") {
        None => {
            let body = json!({ "error": { "statusCode": 400, "reason": "WRONG_INPUT", "code": "CUSTOMER_CODE_MISSING",
                                          "message": "Customer code should be present" } });
            return Reply::json(400, &body);
        }
        Some(code) if code != world.options.credentials.dtdc_customer_code => {
            return dtdc_error(400, "WRONG_INPUT", "Customer code is not known");
        }
        Some(_) => {}
    }
    let awbs: Vec<String> = match fields.get("AWBNo") {
        Some(Value::Array(list)) => list
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    };
    if awbs.is_empty() {
        return dtdc_error(400, "WRONG_INPUT", "AWBNo should be present");
    }
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for awb in awbs {
        match cancel_one(world, &awb, now) {
            Ok(()) => done.push(json!({ "success": true, "reference_number": awb })),
            Err((reason, message)) => {
                failed
                    .push(json!({ "reference_number": awb, "message": message, "reason": reason }));
            }
        }
    }
    let mut body =
        json!({ "status": "OK", "success": failed.is_empty(), "successConsignments": done });
    if let (false, Some(body)) = (failed.is_empty(), body.as_object_mut()) {
        body.insert("failures".to_owned(), failed.into());
    }
    Reply::json(200, &body)
}

fn cancel_one(
    world: &mut World,
    awb: &str,
    now: Moment,
) -> Result<(), (&'static str, &'static str)> {
    let Some(booking) = world.bookings.get(awb) else {
        return Err((
            "CONSIGNMENT_DOES_NOT_BELONG_TO_CLIENT",
            "Consignment does not belong to client",
        ));
    };
    let invoice = booking.invoice;
    if booking.cancelled.is_some() {
        world.record(EffectKind::Repeated, invoice, Some(awb), "cancel", now);
        return Ok(());
    }
    if is_shipped(world, booking) {
        world.violate(
            Rule::LiveAwbCancelled,
            invoice,
            Some(awb),
            "consignment of a shipped order cancelled",
            now,
        );
        // No document says until which scan it is possible; clients stop at PCUP.
        let picked_up = scans_of(world, awb, now)
            .is_some_and(|scans| scans.iter().any(|scan| scan.code == "PCUP"));
        let message = if picked_up {
            "Consignment is picked up"
        } else {
            "Consignment is manifested"
        };
        return Err(("CONSIGNMENT_CAN_NOT_BE_CANCELLED", message));
    }
    if let Some(booking) = world.bookings.get_mut(awb) {
        booking.cancelled = Some(now);
    }
    world.record(EffectKind::BookingCancelled, invoice, Some(awb), "", now);
    Ok(())
}
