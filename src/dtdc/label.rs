//! The carrier's own label (contracts/dtdc.md section 3).

use secrecy::ExposeSecret;
use serde_json::Value;

use super::{Dtdc, LabelFormat};
use crate::{
    domain::{Awb, Clean, ReadError},
    http::classify_read,
};

const PATH: &str = "/api/customer/integration/consignment/shippinglabel/stream";

impl Dtdc {
    /// The label of one AWB, a PDF.
    pub async fn label(&self, awb: &Awb) -> Result<Vec<u8>, ReadError> {
        let format = match self.settings.label_format {
            LabelFormat::Pdf => "pdf",
            LabelFormat::Base64 => "base64",
        };
        let request = self
            .http
            .get(self.labels.join(PATH))
            .query(&[
                ("reference_number", awb.as_str()),
                ("label_code", &self.settings.label_code),
                ("label_format", format),
            ])
            .header("api-key", self.credentials.api_key.expose_secret());
        let answer = classify_read(
            self.http
                .send(request, self.http.settings().read_timeout)
                .await,
        )?;
        let bytes = if answer.body.starts_with(b"%PDF-") {
            answer.body
        } else {
            let body: Value = answer.parse().map_err(ReadError::Garbled)?;
            let text = body
                .get("label")
                .and_then(Value::as_str)
                .unwrap_or_default();
            decode_base64(text).ok_or_else(|| {
                ReadError::Garbled(Clean::new("the label is neither a PDF nor base64"))
            })?
        };
        if bytes.starts_with(b"%PDF-") {
            Ok(bytes)
        } else {
            Err(ReadError::Garbled(Clean::new("the label is no PDF")))
        }
    }
}

/// Standard base64, white space and padding tolerated.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut buffer, mut bits) = (0u32, 0u32);
    for b in text
        .bytes()
        .filter(|b| !b.is_ascii_whitespace() && *b != b'=')
    {
        let six = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        buffer = (buffer << 6) | u32::from(six);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((buffer >> bits) as u8);
            buffer &= (1 << bits) - 1;
        }
    }
    Some(out)
}
