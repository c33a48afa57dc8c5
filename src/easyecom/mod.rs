//! EasyEcom's client (contracts/easyecom.md). Each method is exactly one HTTP request: metering,
//! repeating and reconciling are the worker's. What changes something remotely takes a
//! [`Permit`](crate::ledger::Permit), which only the ledger makes.

mod calls;
#[cfg(any(test, fuzzing))]
pub(crate) mod feed;
mod reads;
mod settings;
#[cfg(test)]
mod tests;
mod token;
pub mod wire;
mod writes;

pub use reads::{OrdersPage, OrdersQuery, StockPage, Window};
pub use settings::{
    AssignEncoding, ConfirmVerb, Credentials, ORDERS_PER_PAGE_MAX, Paths, Settings, TrackingIds,
};
pub use token::{TokenInfo, TokenState};
pub use wire::{DocumentUrls, Location, RejectedRow, SeenOrder, TrackRead};
pub use writes::{InventoryAnswer, ManifestAnswer, SkuVerdict};

use std::{fmt, sync::RwLock};

use reqwest::header::HeaderValue;
use secrecy::ExposeSecret;

use crate::http::{BaseUrl, Http, HttpError};

/// One EasyEcom account at one warehouse. Shared behind an `Arc`.
pub struct EasyEcom {
    http: Http,
    base: BaseUrl,
    settings: Settings,
    credentials: Credentials,
    api_key: HeaderValue,
    token: RwLock<Option<token::Token>>,
}

impl EasyEcom {
    /// A client that has not logged in yet. Nothing is sent.
    pub fn new(
        http: Http,
        settings: Settings,
        credentials: Credentials,
    ) -> Result<Self, HttpError> {
        let base = http.base(&settings.base_url)?;
        let mut api_key =
            HeaderValue::from_str(credentials.api_key.expose_secret()).map_err(|_| {
                HttpError::Setup("the API key has characters no header may carry".into())
            })?;
        api_key.set_sensitive(true);
        Ok(Self {
            http,
            base,
            settings,
            credentials,
            api_key,
            token: RwLock::new(None),
        })
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The remote's address.
    pub fn base(&self) -> &BaseUrl {
        &self.base
    }
}

impl fmt::Debug for EasyEcom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EasyEcom({}, {:?})", self.base, self.credentials)
    }
}
