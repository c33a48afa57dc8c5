//! assignAWB (easyecom.md section 5).

use serde_json::json;

use crate::sandbox::call::{Call, Reply, text, whole};
use crate::sandbox::clock::Moment;
use crate::sandbox::effects::{EffectKind, Rule};
use crate::sandbox::order::{Assignment, Stage};
use crate::sandbox::switches::RepeatAnswer;
use crate::sandbox::world::World;

/// POST `/Carrier/assignAWB`, JSON or form.
pub(crate) fn assign(world: &mut World, call: &Call, now: Moment) -> Reply {
    let fields = call.fields();
    let (Some(invoice), Some(courier), Some(awb), Some(carrier_id)) = (
        whole(&fields, "invoiceId"),
        text(&fields, "courier"),
        text(&fields, "awbNum"),
        whole(&fields, "companyCarrierId"),
    ) else {
        return Reply::refused("invoiceId, courier, awbNum and companyCarrierId are required");
    };
    if world.order(invoice, now).is_none() {
        return Reply::refused("Unable to find the reference_code/order_id/invoice_id");
    }
    if let Some(words) = world.barred(invoice, "assignAWB", now) {
        return Reply::refused(&words);
    }
    if world.carrier(carrier_id).is_none() {
        return Reply::refused("Invalid companyCarrierId");
    }
    if world.options.switches.require_booked_awb && !world.bookings.contains_key(&awb) {
        return Reply::refused("AWB is not booked with the courier");
    }
    match conflict(world, invoice, &awb, now) {
        Conflict::None => {}
        Conflict::Repeat => return repeat(world, invoice, &awb, now),
        Conflict::Rule(rule, words) => {
            return Reply::refused(&world.violate(rule, Some(invoice), Some(&awb), words, now));
        }
    }
    world.amend(invoice, now, |state| {
        state.assigned = Some(Assignment {
            awb: awb.clone(),
            courier: courier.clone(),
            carrier_id,
            at: now,
        });
    });
    world.awbs.insert(awb.clone(), invoice);
    world.watch(invoice);
    world.record(
        EffectKind::Assigned,
        Some(invoice),
        Some(&awb),
        format!("{courier}, carrier {carrier_id}"),
        now,
    );
    done()
}

fn done() -> Reply {
    Reply::json(
        200,
        &json!({ "code": 200, "message": "AWB number assigned successfully" }),
    )
}

enum Conflict {
    None,
    Repeat,
    Rule(Rule, &'static str),
}

fn conflict(world: &World, invoice: u64, awb: &str, now: Moment) -> Conflict {
    let Some(order) = world.order(invoice, now) else {
        return Conflict::None;
    };
    if order.state.awb() == Some(awb) {
        return Conflict::Repeat;
    }
    if order.state.stage != Stage::Open {
        return Conflict::Rule(
            Rule::AssignAfterConfirm,
            "AWB can not be assigned after confirmation",
        );
    }
    if world.awbs.get(awb).is_some_and(|other| *other != invoice) {
        return Conflict::Rule(
            Rule::AwbOnTwoInvoices,
            "AWB number already assigned to another order",
        );
    }
    if world
        .bookings
        .get(awb)
        .and_then(|booking| booking.invoice)
        .is_some_and(|other| other != invoice)
    {
        return Conflict::Rule(
            Rule::AwbOnTwoInvoices,
            "AWB number was booked for another order",
        );
    }
    let given_up = |awb: &str| {
        world
            .bookings
            .get(awb)
            .is_some_and(|booking| booking.cancelled.is_some())
    };
    match order.state.awb() {
        Some(first) if !given_up(first) => {
            Conflict::Rule(Rule::SecondAwb, "Order already has an AWB number")
        }
        _ => Conflict::None,
    }
}

fn repeat(world: &mut World, invoice: u64, awb: &str, now: Moment) -> Reply {
    world.record(
        EffectKind::Repeated,
        Some(invoice),
        Some(awb),
        "assignAWB",
        now,
    );
    match world.options.switches.repeat_assign {
        RepeatAnswer::Accept => done(),
        RepeatAnswer::Refuse => Reply::refused("AWB number already assigned"),
    }
}
