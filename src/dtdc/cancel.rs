//! Cancelling (contracts/dtdc.md section 4): each AWB is judged by itself.

use serde_json::{Value, json};

use super::{Dtdc, Whole, text_of, write_json};
use crate::{
    domain::{Clean, Failure, FailureKind, Verdict, request::CancelBookingRequest},
    ledger::Permit,
};

const PATH: &str = "/api/customer/integration/consignment/cancel";

impl Dtdc {
    /// Cancels one booking.
    pub async fn cancel(&self, permit: &Permit<CancelBookingRequest>) -> Verdict<()> {
        let awb = &permit.request().awb;
        let body = json!({ "AWBNo": [awb.as_str()], "customerCode": self.settings.customer_code });
        match write_json(self.post(PATH, &body).await) {
            Ok(answer) => judge(&answer, awb.as_str()),
            Err(Whole::NotApplied(failure)) => Verdict::NotApplied(failure),
            Err(Whole::Unknown(saw)) => Verdict::Unknown(saw),
        }
    }
}

fn judge(answer: &Value, awb: &str) -> Verdict<()> {
    let named = |list: &str| {
        answer
            .get(list)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .find(|row| text_of(row.get("reference_number")) == awb)
    };
    if let Some(row) = named("failures") {
        let says = format!(
            "{}: {}",
            text_of(row.get("reason")),
            text_of(row.get("message"))
        );
        return Verdict::NotApplied(Failure::new(FailureKind::Rejected, &says));
    }
    // Version 1 says no more than success; version 2 names who succeeded.
    if named("successConsignments").is_some() || answer.get("success") == Some(&Value::Bool(true)) {
        return Verdict::Applied(());
    }
    Verdict::Unknown(Clean::new("HTTP 200 that does not name the AWB"))
}
