//! Tracking, push (contracts/dtdc.md section 7): what DTDC posts to us.

use serde_json::Value;

use super::{
    scan::{self, Dialect},
    value::{list, text},
};
use crate::domain::{Awb, Clean, tracking::Scan};

/// Reads a pushed payload: the number, its scans by time, and a description of those that could not
/// be read. An error means that nothing can be stored, so that HTTP 200 must not be answered: DTDC
/// takes it for an acceptance.
pub fn decode_push(body: &[u8]) -> Result<(Awb, Vec<Scan>, Vec<Clean>), Clean> {
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| format!("no JSON: broken at line {}", error.line()))?;
    let number = value
        .get("shipment")
        .and_then(|shipment| text(shipment, "strShipmentNo"))
        .ok_or_else(|| Clean::new("no shipment.strShipmentNo"))?;
    let awb = Awb::parse(&number).map_err(|why| Clean::new(&format!("{number:?}: {why}")))?;
    let rows = list(&value, "shipmentStatus").ok_or_else(|| Clean::new("no shipmentStatus"))?;
    let (scans, odd) = scan::decode_all(rows, Dialect::Push);
    Ok((awb, scans, odd))
}
