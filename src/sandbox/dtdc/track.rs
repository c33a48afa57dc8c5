//! Tracking pull (dtdc.md section 6).

use serde_json::{Value, json};

use super::scans_of;
use crate::sandbox::call::{Call, Reply, text};
use crate::sandbox::clock::{self, Moment, seconds};
use crate::sandbox::journey::{Scan, label};
use crate::sandbox::world::{Booking, World, base_reference};

/// POST getTrackDetails, `{"trkType": "cnno" | "reference", "strcnno", "addtnlDtl"}`.
pub(crate) fn pull(world: &World, call: &Call, now: Moment) -> Reply {
    let fields = call.fields();
    let kind = text(&fields, "trkType")
        .or_else(|| text(&fields, "TrkType"))
        .unwrap_or_default();
    let wanted = text(&fields, "strcnno").unwrap_or_default();
    let lag = seconds(world.options.switches.tracking_lag_seconds);
    let booking = match kind.as_str() {
        "cnno" => world.bookings.get(&wanted),
        "reference" => by_reference(world, &wanted),
        _ => return Reply::json(400, &failed("trkType is not valid", &wanted)),
    };
    let Some(booking) = booking.filter(|booking| now - booking.at >= lag) else {
        return Reply::json(206, &failed("NO DATA FOUND FOR THIS CNNO NUMBER", &wanted));
    };
    let mut scans = scans_of(world, &booking.awb, now).unwrap_or_default();
    let header = header(booking, &scans);
    unsort(&booking.awb, &mut scans);
    let details: Value = match text(&fields, "addtnlDtl").as_deref() {
        Some("N") => Value::Null,
        _ => scans
            .iter()
            .map(|scan| detail(scan, booking))
            .collect::<Vec<_>>()
            .into(),
    };
    Reply::json(
        200,
        &json!({
            "statusCode": 200, "statusFlag": true, "status": "SUCCESS", "version": "v1.0", "errorDetails": null,
            "trackHeader": header, "trackDetails": details,
        }),
    )
}

/// The newest consignment of a reference, one alive before one cancelled.
fn by_reference<'a>(world: &'a World, reference: &str) -> Option<&'a Booking> {
    let awbs = world.bookings_by_reference.get(base_reference(reference))?;
    let exact = awbs
        .iter()
        .rev()
        .filter_map(|awb| world.bookings.get(awb))
        .filter(|booking| booking.reference == reference);
    exact
        .clone()
        .find(|booking| booking.cancelled.is_none())
        .or_else(|| exact.clone().next())
}

fn failed(error: &str, awb: &str) -> Value {
    json!({
        "statusCode": 206, "statusFlag": false, "status": "FAILED", "version": "v1.0",
        "errorDetails": [{ "name": "strShipmentNo", "value": awb }, { "name": "strError", "value": error }],
        "trackHeader": null, "trackDetails": null,
    })
}

/// One AWB in eight has two neighbours in the wrong order, as the official sample has.
fn unsort(awb: &str, scans: &mut [Scan]) {
    let sum: usize = awb.bytes().map(usize::from).sum();
    if sum.is_multiple_of(8) && scans.len() > 5 {
        scans.swap(3, 4);
    }
}

fn header(booking: &Booking, scans: &[Scan]) -> Value {
    let route = &booking.route;
    let last = scans.last();
    let day = |at: Moment| clock::format(at, "%d%m%Y");
    let attempts = scans.iter().filter(|scan| scan.code == "OUTDLV").count();
    let returning = scans.iter().any(|scan| scan.code == "SETRTO");
    json!({
        "strShipmentNo": booking.awb, "strRefNo": booking.reference, "strCNType": "CP", "strCNTypeCode": "SB0001",
        "strCNActCustCode": null, "strCNTypeName": "RAFTAAR SANDBOX", "strCNProduct": "PRIORITY",
        "strModeCode": "AR", "strMode": "AIR", "strCNProdCODFOD": if booking.cod { "COD" } else { "" },
        "strOrigin": route.origin.name.to_uppercase(), "strOriginRemarks": "Received from",
        "strBookedDate": day(booking.at), "strBookedTime": clock::format(booking.at, "%H:%M:%S"),
        "strPieces": booking.pieces.to_string(), "strWeightUnit": "Kg", "strWeight": route.weight_kg,
        "strDestination": route.destination.name.to_uppercase(),
        "strStatus": last.map(|scan| label(scan.code)), "strStatusTransOn": last.map(|scan| day(scan.at)),
        "strStatusTransTime": last.map(|scan| clock::format(scan.at, "%H%M")),
        "strStatusRelCode": if last.is_some_and(|scan| scan.code == "DLV") { "SEL" } else { "" },
        "strStatusRelName": null, "strRemarks": last.map(|scan| scan.remark.as_str()),
        "strNoOfAttempts": if attempts == 0 { Value::Null } else { attempts.to_string().into() },
        "strRtoNumber": if returning && booking.awb.ends_with(['1', '2', '3']) { json!(format!("5{:0>11}", booking.pincode)) } else { json!("") },
        "strComplaintNo": null, "strExpectedDeliveryDate": day(booking.at + chrono::Duration::days(2)),
        "strRevExpectedDeliveryDate": null,
    })
}

fn detail(scan: &Scan, booking: &Booking) -> Value {
    let to = booking.route.destination;
    json!({
        "strCode": scan.code, "strAction": label(scan.code), "strManifestNo": "",
        "strOrigin": scan.place.to_uppercase(), "strDestination": to.name.to_uppercase(),
        "strOriginCode": scan.office, "strDestinationCode": to.office,
        "strActionDate": clock::format(scan.at, "%d%m%Y"), "strActionTime": clock::format(scan.at, "%H%M"),
        "sTrRemarks": scan.remark, "strLatitude": "", "strLongitude": "",
        "strSCDOTP": if scan.code == "DLV" { "Y" } else { "" }, "strReceiverContactUpdated": null,
    })
}
