//! DTDC's client (contracts/dtdc.md): three unrelated systems with a key each. Each method is exactly
//! one HTTP request: metering, repeating and reconciling are the worker's. What changes something
//! remotely takes a [`Permit`](crate::ledger::Permit), which only the ledger makes.

mod calls;
#[cfg(any(test, fuzzing))]
pub(crate) mod feed;
mod reads;
mod scanned;
mod settings;
#[cfg(test)]
mod tests;
mod wire;
mod writes;

pub use scanned::scan_prefix_awb;
pub use settings::{Credentials, LabelFormat, Origin, PackageDefaults, Settings, TrackingAuth};
pub use wire::{
    booking::{Booked, PARCELS_MAX},
    pincode::Serviceability,
    push::decode_push,
    track::{Found, TrackHeader, TrackPull},
};

use std::{
    fmt,
    sync::{PoisonError, RwLock},
};

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::{
    domain::Clean,
    http::{BaseUrl, Http, HttpError},
};

/// One DTDC account. Shared behind an `Arc`.
pub struct Dtdc {
    http: Http,
    booking: BaseUrl,
    label: BaseUrl,
    tracking: BaseUrl,
    pincode: BaseUrl,
    settings: Settings,
    credentials: Credentials,
    api_key: HeaderValue,
    token: RwLock<Option<Token>>,
}

/// The tracking token, and the header that carries it.
#[derive(Clone)]
struct Token {
    text: SecretString,
    header: HeaderValue,
    /// It was turned away. Kept, so that it is still hidden from words.
    rejected: bool,
}

impl Token {
    fn new(text: &str) -> Option<Self> {
        let mut header = HeaderValue::from_str(text).ok()?;
        header.set_sensitive(true);
        Some(Self {
            text: text.to_owned().into(),
            header,
            rejected: false,
        })
    }
}

impl Dtdc {
    /// A client that has not logged in at tracking yet, unless by a key that does not change.
    /// Nothing is sent.
    pub fn new(
        http: Http,
        settings: Settings,
        credentials: Credentials,
    ) -> Result<Self, HttpError> {
        let unfit = |what: &str| {
            HttpError::Setup(Clean::new(&format!(
                "{what} has characters no header may carry"
            )))
        };
        let mut api_key = HeaderValue::from_str(credentials.api_key.expose_secret())
            .map_err(|_| unfit("DTDC's API key"))?;
        api_key.set_sensitive(true);
        let token = match (settings.tracking_auth, &credentials.tracking_key) {
            (TrackingAuth::StaticKey, Some(key)) => {
                Some(Token::new(key.expose_secret()).ok_or_else(|| unfit("DTDC's tracking key"))?)
            }
            _ => None,
        };
        Ok(Self {
            booking: http.base(&settings.booking_url)?,
            label: http.base(&settings.label_url)?,
            tracking: http.base(&settings.tracking_url)?,
            pincode: http.base(&settings.pincode_url)?,
            http,
            settings,
            credentials,
            api_key,
            token: RwLock::new(token),
        })
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The addresses of booking and labels, for the list of hosts that documents may come from.
    pub fn bases(&self) -> Vec<BaseUrl> {
        vec![self.booking.clone(), self.label.clone()]
    }

    /// Whether tracking has a token that was not turned away yet.
    pub fn track_ready(&self) -> bool {
        self.token().is_some()
    }

    fn token(&self) -> Option<Token> {
        self.any_token().filter(|token| !token.rejected)
    }

    fn any_token(&self) -> Option<Token> {
        self.token
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set_token(&self, token: Option<Token>) {
        *self.token.write().unwrap_or_else(PoisonError::into_inner) = token;
    }
}

impl fmt::Debug for Dtdc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dtdc({}, {})", self.booking, self.settings.customer_code)
    }
}
