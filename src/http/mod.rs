//! The HTTP base that both remotes share: one place where time limits, size caps and the question
//! "was it sent?" are decided (`reliability.md` sections 2.2, 4.1, 4.2).

mod base;
mod classify;
pub mod download;
#[cfg(test)]
pub(crate) mod fake;
#[cfg(any(test, fuzzing))]
pub(crate) mod feed;
mod hosts;
mod hush;
mod sent;

pub use base::{AddressError, AddressFault, BaseUrl};
pub use classify::{NotDone, classify_read, classify_write};
pub use download::{DownloadError, DownloadRules, Downloader};
pub use hush::Hush;
pub use sent::{Answer, Sent};

use std::{fmt, time::Duration};

use reqwest::{Client, ClientBuilder, RequestBuilder, Url};
use thiserror::Error;

use crate::domain::Clean;

/// Limits of every call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpSettings {
    /// Name, connection and TLS together; default 5 s.
    pub connect_timeout: Duration,
    /// A whole read, body included; default 15 s.
    pub read_timeout: Duration,
    /// A whole write, body included; default 30 s. Never shorter than the slowest success seen.
    pub write_timeout: Duration,
    /// Largest answer in bytes, after decompression; default 8 MiB.
    pub body_max: usize,
    /// Whether `http://` is taken for other hosts than loopback: for a test set-up only.
    pub allow_http: bool,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(15),
            write_timeout: Duration::from_secs(30),
            body_max: 8 << 20,
            allow_http: false,
        }
    }
}

/// Why no client or address can be made of the settings.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum HttpError {
    /// The address is none.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// TLS or proxy.
    #[error("cannot set up HTTP: {0}")]
    Setup(Clean),
}

/// A connection pool with the rules of this program. Cheap to clone.
#[derive(Clone)]
pub struct Http {
    client: Client,
    settings: HttpSettings,
}

/// What every client of this program is built from, the downloader's included.
pub(crate) fn builder(settings: &HttpSettings) -> ClientBuilder {
    // An error only says that a provider is installed already.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    Client::builder()
        .user_agent(concat!("raftaar/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(settings.connect_timeout)
        // A repeated write is the one thing that must never happen behind our back.
        .retry(reqwest::retry::never())
        .redirect(reqwest::redirect::Policy::none())
        .http1_only()
        .pool_idle_timeout(Duration::from_secs(10))
        .gzip(true)
        .referer(false)
        .no_proxy()
}

impl Http {
    /// A pool with `settings`, no proxy.
    pub fn new(settings: &HttpSettings) -> Result<Self, HttpError> {
        Self::finish(builder(settings), settings)
    }

    /// The same through a proxy: only ever by explicit configuration.
    pub fn through(settings: &HttpSettings, proxy: &str) -> Result<Self, HttpError> {
        let proxy = reqwest::Proxy::all(proxy).map_err(|e| HttpError::Setup(sent::words(e)))?;
        Self::finish(builder(settings).proxy(proxy), settings)
    }

    fn finish(builder: ClientBuilder, settings: &HttpSettings) -> Result<Self, HttpError> {
        Ok(Self {
            client: builder
                .build()
                .map_err(|e| HttpError::Setup(sent::words(e)))?,
            settings: settings.clone(),
        })
    }

    /// Reads the address of a remote: https, or http for loopback (or with `allow_http`).
    pub fn base(&self, url: &str) -> Result<BaseUrl, HttpError> {
        Ok(BaseUrl::parse(url, self.settings.allow_http)?)
    }

    /// The limits.
    pub fn settings(&self) -> &HttpSettings {
        &self.settings
    }

    /// Begins a GET.
    pub fn get(&self, url: Url) -> RequestBuilder {
        self.client.get(url)
    }

    /// Begins a POST.
    pub fn post(&self, url: Url) -> RequestBuilder {
        self.client.post(url)
    }

    /// The pool itself, to begin other requests with.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Sends `request` once and reads the whole answer within `timeout`. Never repeats, never
    /// follows a redirect.
    pub async fn send(&self, request: RequestBuilder, timeout: Duration) -> Sent {
        match request.timeout(timeout).send().await {
            Ok(response) => sent::collect(response, self.settings.body_max).await,
            Err(error) if error.is_connect() || error.is_builder() => {
                Sent::NeverSent(sent::words(error))
            }
            Err(error) => Sent::NoAnswer(sent::words(error)),
        }
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The pool would show a proxy's password.
        write!(f, "Http({:?})", self.settings)
    }
}

#[cfg(test)]
mod tests {
    use super::{fake::Fake, *};

    #[tokio::test]
    async fn a_body_is_measured_after_decompression() {
        let packed = include_bytes!("../../tests/corpus/http/million_zeros.gz");
        let mut reply = format!(
            "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
            packed.len()
        )
        .into_bytes();
        reply.extend_from_slice(packed);
        for (body_max, taken) in [(999_999, false), (1_000_000, true)] {
            let fake = Fake::start(vec![reply.clone()]).await;
            let settings = HttpSettings {
                body_max,
                ..HttpSettings::default()
            };
            let http = Http::new(&settings).expect("a client");
            let url = http.base(&fake.url()).expect("a base").join("/");
            let sent = http.send(http.get(url), settings.read_timeout).await;
            assert_eq!(matches!(sent, Sent::Answer(_)), taken, "{sent:?}");
        }
    }
}
