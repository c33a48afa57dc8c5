//! The address of a remote, and what may be joined to it.

use std::{fmt, net::IpAddr};

use reqwest::Url;
use thiserror::Error;

use crate::domain::Clean;

/// Longest link to a next page, in bytes: a cursor of a few hundred is what is seen.
const NEXT_BYTES_MAX: usize = 8 << 10;

/// A checked address of a remote: scheme, host, port and perhaps a path before all others.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// What keeps a text from being the address of a remote.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum AddressFault {
    /// No URL with a host.
    #[error("it must look like https://api.example.in")]
    Shape,
    /// A user or password stands in it.
    #[error("it must not carry a user or password")]
    Credentials,
    /// A query or fragment stands in it: each call has its own.
    #[error("it must not carry a query")]
    Query,
    /// Plain http, not of this machine, and not allowed.
    #[error("plain http is taken for loopback only")]
    Plain,
    /// Another scheme.
    #[error("only https is taken")]
    Scheme,
}

/// A text that is no address of a remote.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{shown:?} is no usable address: {fault}")]
pub struct AddressError {
    /// The text, without what may be secret in it.
    pub shown: Clean,
    /// What is wrong with it.
    pub fault: AddressFault,
}

impl BaseUrl {
    /// Reads the address of a remote: https, or http for loopback (or with `allow_http`).
    pub fn parse(raw: &str, allow_http: bool) -> Result<Self, AddressError> {
        let no = |fault| {
            Err(AddressError {
                shown: shown(raw),
                fault,
            })
        };
        let Ok(url) = Url::parse(raw.trim()) else {
            return no(AddressFault::Shape);
        };
        if !url.username().is_empty() || url.password().is_some() {
            return no(AddressFault::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return no(AddressFault::Query);
        }
        let base = Self(url);
        match base.0.scheme() {
            "https" | "http" if base.host().is_empty() => no(AddressFault::Shape),
            "https" => Ok(base),
            "http" if allow_http || base.is_loopback() => Ok(base),
            "http" => no(AddressFault::Plain),
            _ => no(AddressFault::Scheme),
        }
    }

    /// Host name or IP literal, lower case, IPv6 in brackets.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The port, the scheme's own if none is written.
    pub fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or_default()
    }

    /// `http` or `https`.
    pub fn scheme(&self) -> &str {
        self.0.scheme()
    }

    /// Whether it is this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback_host(self.host())
    }

    /// The address of `path` below this base. What stands in `path` is a path: a `?` in it is
    /// escaped.
    pub fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let prefix = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{prefix}/{}", path.trim_start_matches('/')));
        url
    }

    /// The address of a link that the remote gave, character for character on the same scheme, host
    /// and port (contracts/easyecom.md section 3, paging); `None` when it leads anywhere else.
    pub fn follow(&self, link: &str) -> Option<Url> {
        if link.len() > NEXT_BYTES_MAX || !(link.starts_with('/') || link.starts_with("http")) {
            return None;
        }
        let url = self.0.join(link).ok()?;
        let same = url.scheme() == self.0.scheme()
            && url.host_str() == self.0.host_str()
            && url.port_or_known_default() == self.0.port_or_known_default()
            && url.username().is_empty()
            && url.password().is_none();
        same.then_some(url)
    }
}

/// Whether a host as written in a URL is this machine.
pub(super) fn is_loopback_host(host: &str) -> bool {
    host == "localhost"
        || host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

/// An address for an error text: nothing after a `?`, nothing before an `@`.
fn shown(raw: &str) -> Clean {
    let head = raw.split(['?', '#']).next().unwrap_or_default();
    let tail = head.rsplit('@').next().unwrap_or_default();
    Clean::with_limit(tail, 100)
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0.as_str())
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_addresses_are_taken() {
        for (raw, allow_http, taken) in [
            ("https://api.easyecom.io", false, true),
            ("http://127.0.0.1:8080", false, true),
            ("http://localhost:8080/ee", false, true),
            ("http://[::1]:8080", false, true),
            ("http://api.easyecom.io", false, false),
            ("http://10.0.0.1", true, true),
            ("ftp://api.easyecom.io", true, false),
            ("https://user:pw@api.easyecom.io", false, false),
            ("https://api.easyecom.io/?k=1", false, false),
            ("api.easyecom.io", false, false),
        ] {
            assert_eq!(BaseUrl::parse(raw, allow_http).is_ok(), taken, "{raw}");
        }
        let text = BaseUrl::parse("ftp://me:sesame@h/?key=sesame", false)
            .expect_err("ftp")
            .to_string();
        assert!(!text.contains("sesame"), "{text}");
    }

    #[test]
    fn paths_are_joined_below_a_prefix() {
        let base = BaseUrl::parse("http://localhost:1/ee/", false).expect("an address");
        assert_eq!(base.join("/a/b").as_str(), "http://localhost:1/ee/a/b");
        let base = BaseUrl::parse("https://api.easyecom.io", false).expect("an address");
        assert_eq!(base.join("/a").as_str(), "https://api.easyecom.io/a");
    }

    #[test]
    fn links_stay_on_the_host_and_as_they_are() {
        let base = BaseUrl::parse("https://api.easyecom.io", false).expect("an address");
        let link = "/orders/V2/getAllOrders?cursor=eyJh%3D%2B&x=1";
        assert_eq!(
            base.follow(link).expect("same host").as_str(),
            format!("https://api.easyecom.io{link}")
        );
        assert!(
            base.follow("https://api.easyecom.io:443/x?cursor=1")
                .is_some()
        );
        for elsewhere in [
            "https://evil.example/x",
            "//evil.example/x",
            "/\\evil.example/x",
            "http://api.easyecom.io/x",
            "https://api.easyecom.io:8443/x",
            "https://a:b@api.easyecom.io/x",
            "javascript:alert(1)",
            "",
        ] {
            assert_eq!(base.follow(elsewhere), None, "{elsewhere:?}");
        }
    }
}
