//! Labels (dtdc.md section 3).

use serde_json::json;

use super::booking::long_code;
use crate::sandbox::auth::dtdc_error;
use crate::sandbox::call::{Call, Reply};
use crate::sandbox::encoding::base64;
use crate::sandbox::pdf;
use crate::sandbox::world::{Booking, World};

const CODES: [&str; 9] = [
    "SHIP_LABEL_4X6",
    "SHIP_LABEL_A4",
    "SHIP_LABEL_A6",
    "SHIP_LABEL_POD",
    "ROUTE_LABEL_A4",
    "ROUTE_LABEL_4X4",
    "ADDR_LABEL_A4",
    "ADDR_LABEL_4X2",
    "INVOICE",
];

fn find<'a>(world: &'a World, call: &Call) -> Result<&'a Booking, Reply> {
    let awb = call.param("reference_number").unwrap_or_default();
    match world.bookings.get(awb) {
        Some(booking) if booking.cancelled.is_none() => Ok(booking),
        _ => Err(dtdc_error(
            400,
            "WRONG_INPUT",
            "No consignment found for the reference number",
        )),
    }
}

/// GET shippinglabel/stream.
pub(crate) fn stream(world: &World, call: &Call) -> Reply {
    let booking = match find(world, call) {
        Ok(booking) => booking,
        Err(reply) => return reply,
    };
    if call
        .param("label_code")
        .is_some_and(|code| !CODES.contains(&code))
    {
        return dtdc_error(400, "WRONG_INPUT", "label_code is not known");
    }
    let bytes = render(booking);
    match call.param("label_format") {
        None | Some("pdf") => Reply::pdf(bytes),
        Some("base64") => Reply::json(
            200,
            &json!({ "referenceNumber": booking.awb, "label": base64(&bytes) }),
        ),
        Some(_) => dtdc_error(400, "WRONG_INPUT", "label_format should be pdf or base64"),
    }
}

/// GET shippinglabel/link.
pub(crate) fn link(world: &World, call: &Call) -> Reply {
    match find(world, call) {
        Ok(booking) => {
            let url = format!("{}/files/awb-{}.pdf", world.base_url, booking.awb);
            Reply::json(200, &json!({ "data": { "url": url } }))
        }
        Err(reply) => reply,
    }
}

fn render(booking: &Booking) -> Vec<u8> {
    pdf::page(&[
        "DTDC  SANDBOX".to_owned(),
        booking.service.clone(),
        format!("AWB {}", booking.awb),
        long_code(&booking.awb, &booking.pincode),
        format!("Ref. No: {}", booking.reference),
        format!("Pcs: 001 OF {:03}", booking.pieces),
        if booking.cod {
            "COD".to_owned()
        } else {
            "PREPAID".to_owned()
        },
        format!("To {}", booking.pincode),
    ])
}
