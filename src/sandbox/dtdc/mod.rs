//! DTDC's operations.

pub(crate) mod booking;
pub(crate) mod cancel;
pub(crate) mod label;
pub(crate) mod pincode;
pub(crate) mod track;

use super::clock::Moment;
use super::journey::{self, Scan};
use super::world::World;

/// Scans of an AWB as of now; `None` if DTDC never booked it.
pub(crate) fn scans_of(world: &World, awb: &str, now: Moment) -> Option<Vec<Scan>> {
    let booking = world.bookings.get(awb)?;
    let manifested = booking
        .invoice
        .and_then(|invoice| world.orders.get(&invoice))
        .filter(|order| order.state.awb() == Some(awb))
        .and_then(|order| order.state.manifest.as_ref())
        .map(|(_, at)| *at);
    let mut scans = journey::scans(
        &booking.route,
        booking.at,
        manifested,
        world.options.speed,
        now,
    );
    if let Some(at) = booking.cancelled {
        scans.retain(|scan| scan.at <= at);
        scans.push(Scan {
            at,
            code: "PCAN",
            office: booking.route.origin.office,
            place: booking.route.origin.name,
            remark: String::new(),
        });
    }
    Some(scans)
}
