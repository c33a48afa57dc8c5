//! The label (contracts/dtdc.md section 3): a PDF, or JSON that holds one in base 64. HTML and JSON
//! come with HTTP 200 too.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::{refusal, value::text};
use crate::domain::{Awb, Clean, ReadError};

/// The PDF inside the body of an HTTP 2xx; the words of a refusal are not yet cleaned of secrets.
pub(in crate::dtdc) fn decode(body: Vec<u8>, awb: &Awb) -> Result<Vec<u8>, ReadError> {
    if is_pdf(&body) {
        return Ok(body);
    }
    let Ok(value) = serde_json::from_slice::<Value>(&body) else {
        return Err(garbled(&format!(
            "no PDF and no JSON, {} bytes",
            body.len()
        )));
    };
    if let Some(error) = value.get("error").filter(|error| error.is_object()) {
        return Err(ReadError::Refused(refusal::words(error).into()));
    }
    if let Some(named) = text(&value, "referenceNumber")
        && Awb::parse(&named).as_ref() != Ok(awb)
    {
        return Err(garbled("the label of another AWB"));
    }
    let Some(coded) = text(&value, "label") else {
        return Err(garbled("JSON without a label"));
    };
    let coded: Vec<u8> = coded
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    match STANDARD.decode(coded) {
        Ok(pdf) if is_pdf(&pdf) => Ok(pdf),
        Ok(other) => Err(garbled(&format!(
            "a label of {} bytes, no PDF",
            other.len()
        ))),
        Err(_) => Err(garbled("a label that is no base 64")),
    }
}

fn is_pdf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"%PDF-")
}

fn garbled(says: &str) -> ReadError {
    ReadError::Garbled(Clean::new(says))
}
