//! How the booking system says no.

use serde_json::Value;

use super::value::text;
use crate::domain::FailureKind;

/// Words of a refusal, not yet cleaned: `reason: message`, or what there is of the two.
pub(super) fn words(row: &Value) -> String {
    match (text(row, "reason"), text(row, "message")) {
        (Some(reason), Some(message)) if reason != message => format!("{reason}: {message}"),
        (_, Some(message)) => message,
        (Some(reason), None) => reason,
        (None, None) => "no reason given".to_owned(),
    }
}

/// What DTDC calls the things that are the same for all our parcels (contracts/dtdc.md section 2): the
/// reasons are an open set, so its words decide.
const OURS: [&str; 16] = [
    "account",
    "api key",
    "api-key",
    "belong to client",
    "commodity",
    "consignments should",
    "credit",
    "customer code",
    "customer_code",
    "load_type",
    "load type",
    "max_manifest_list_length",
    "origin pin",
    "origin_details",
    "service type",
    "service_type",
];

/// Whether a refusal is about this parcel or about whoever sends it.
pub(in crate::dtdc) fn of_item(row: &Value) -> FailureKind {
    let said = [text(row, "reason"), text(row, "message"), text(row, "code")]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase();
    // A service that is not to be had at the place where the parcel goes says nothing about us.
    let of_its_place = said.contains("destination") && !said.contains("origin");
    if !of_its_place && OURS.iter().any(|word| said.contains(word)) {
        FailureKind::Account
    } else {
        FailureKind::Rejected
    }
}

/// A refusal of the whole request, `{"error": {..}}` (contracts/dtdc.md section 2): its class and
/// its words, not yet cleaned.
pub(in crate::dtdc) fn of_request(status: u16, body: &[u8]) -> Option<(FailureKind, String)> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let judged = ["data", "success"]
        .iter()
        .any(|key| value.get(key).is_some());
    let error = value
        .get("error")
        .filter(|error| error.is_object() && !judged)?;
    let reason = text(error, "reason").unwrap_or_default();
    let kind = match (status, reason.as_str()) {
        (401, _) | (_, "NO_API_KEY" | "WRONG_API_KEY") => FailureKind::Unauthorized,
        (400, _) | (_, "MAX_MANIFEST_LIST_LENGTH_EXCEEDED" | "WRONG_INPUT") => of_item(error),
        _ => return None,
    };
    Some((kind, words(error)))
}
