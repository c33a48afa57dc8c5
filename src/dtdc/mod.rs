//! DTDC's clients (contracts/dtdc.md): booking and labels at Shipsy, tracking, the PIN look-up. Each
//! method is exactly one HTTP request: repeating and reconciling are the worker's.

mod booking;
mod cancel;
mod label;
mod pincode;
mod settings;
#[cfg(test)]
mod tests;
mod tracking;

pub use booking::{BATCH_MAX, Booked};
pub use pincode::Serviceability;
pub use settings::{Credentials, LabelFormat, Origin, PackageDefaults, Settings, TrackingAuth};
pub use tracking::{TrackHeader, TrackPull, decode_track};

use std::sync::RwLock;

use secrecy::{ExposeSecret, SecretString};

use crate::{
    domain::{Clean, Failure, FailureKind},
    http::{BaseUrl, Http, HttpError, Sent, Written, classify_write},
};

/// One DTDC account. Shared behind an `Arc`.
pub struct Dtdc {
    http: Http,
    settings: Settings,
    credentials: Credentials,
    booking: BaseUrl,
    labels: BaseUrl,
    tracking: BaseUrl,
    pincodes: BaseUrl,
    token: RwLock<Option<SecretString>>,
}

impl std::fmt::Debug for Dtdc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Dtdc({})", self.settings.customer_code)
    }
}

impl Dtdc {
    /// Clients that have not logged in yet. Nothing is sent.
    pub fn new(
        http: Http,
        settings: Settings,
        credentials: Credentials,
    ) -> Result<Self, HttpError> {
        Ok(Self {
            booking: http.base(&settings.booking_url)?,
            labels: http.base(&settings.label_url)?,
            tracking: http.base(&settings.tracking_url)?,
            pincodes: http.base(&settings.pincode_url)?,
            token: RwLock::new(credentials.tracking_key.clone()),
            http,
            settings,
            credentials,
        })
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The base addresses, for the list of hosts that documents may come from.
    pub fn bases(&self) -> Vec<BaseUrl> {
        vec![self.booking.clone(), self.labels.clone()]
    }

    /// A POST to Shipsy with the account's key.
    async fn post(&self, path: &str, body: &serde_json::Value) -> Sent {
        let request = self
            .http
            .post(self.booking.join(path))
            .header("api-key", self.credentials.api_key.expose_secret())
            .json(body);
        self.http
            .send(request, self.http.settings().write_timeout)
            .await
    }
}

/// Why a whole write has no answer per item.
#[derive(Clone, Debug)]
enum Whole {
    NotApplied(Failure),
    Unknown(Clean),
}

/// The JSON of a write's answer. A 400 with an `error` object is a refusal of the whole request
/// (section 2); anything else but 200 is not known.
fn write_json(sent: Sent) -> Result<serde_json::Value, Whole> {
    if let Sent::Answer(answer) = &sent
        && answer.status == 400
        && let Ok(body) = answer.parse::<serde_json::Value>()
        && let Some(error) = body.get("error")
    {
        let text = |key: &str| {
            error
                .get(key)
                .and_then(serde_json::Value::as_str)
                .unwrap_or_default()
        };
        let says = format!("{}: {}", text("reason"), text("message"));
        return Err(Whole::NotApplied(Failure::new(
            FailureKind::Rejected,
            &says,
        )));
    }
    match classify_write(sent) {
        Written::NotApplied(failure) => Err(Whole::NotApplied(failure)),
        Written::Unknown(saw) => Err(Whole::Unknown(saw)),
        Written::Body(answer) => answer.parse().map_err(Whole::Unknown),
    }
}

/// A text or number as text; DTDC writes either.
fn text_of(value: Option<&serde_json::Value>) -> String {
    match value {
        Some(serde_json::Value::String(text)) => text.trim().to_owned(),
        Some(serde_json::Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}
