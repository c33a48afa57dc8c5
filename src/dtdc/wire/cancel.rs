//! Cancelling (contracts/dtdc.md section 4): three versions of the answer, each AWB judged alone.

use serde_json::{Value, json};

use super::{
    refusal,
    value::{flag, list, text},
};
use crate::domain::{Awb, Failure, FailureKind, Verdict};

/// The body. Its keys are not those of a booking.
pub(in crate::dtdc) fn body(awbs: &[&Awb], customer_code: &str) -> Value {
    json!({ "AWBNo": awbs, "customerCode": customer_code })
}

/// Judges an HTTP 200: one verdict per AWB asked, in order.
pub(in crate::dtdc) fn judge(body: &[u8], asked: &[&Awb]) -> Vec<Verdict<()>> {
    let value: Value = match serde_json::from_slice(body) {
        Ok(value) => value,
        Err(_) => return vec![Verdict::Unknown("the answer is no JSON".into()); asked.len()],
    };
    let success = flag(&value, "success");
    let done = list(&value, "successConsignments");
    let failures = list(&value, "failures").unwrap_or_default();
    let alone = asked.len() == 1;
    asked
        .iter()
        .map(|awb| {
            let taken = done
                .unwrap_or_default()
                .iter()
                .any(|row| names(row, awb, false) && flag(row, "success") != Some(false));
            // The only failure of the only AWB need not name it.
            let refused = failures
                .iter()
                .find(|row| names(row, awb, alone && failures.len() == 1));
            match (taken, refused) {
                (true, None) => Verdict::Applied(()),
                (false, Some(row)) => {
                    Verdict::NotApplied(Failure::new(FailureKind::Rejected, &refusal::words(row)))
                }
                (true, Some(_)) => {
                    Verdict::Unknown(format!("{awb} is both cancelled and refused").into())
                }
                // Version 1 says yes to all and names none.
                (false, None) if success == Some(true) && done.is_none() && failures.is_empty() => {
                    Verdict::Applied(())
                }
                (false, None) => {
                    Verdict::Unknown(format!("the answer does not speak of {awb}").into())
                }
            }
        })
        .collect()
}

fn names(row: &Value, awb: &Awb, nameless: bool) -> bool {
    match text(row, "reference_number").or_else(|| super::value::scalar(row)) {
        Some(name) => Awb::parse(&name).is_ok_and(|named| named == *awb),
        None => nameless,
    }
}
