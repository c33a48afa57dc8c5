//! Entries of what addresses are judged by: see [`crate::feed`].

use std::{net::IpAddr, sync::LazyLock};

use super::{BaseUrl, DownloadRules, Http, HttpSettings, hosts};
use crate::feed::shown;

static BASE: LazyLock<BaseUrl> = LazyLock::new(|| {
    let http = Http::new(&HttpSettings::default()).expect("a client");
    http.base("https://api.easyecom.io").expect("an address")
});

static RULES: LazyLock<DownloadRules> =
    LazyLock::new(|| DownloadRules::with_bases(vec![BASE.clone()]));

/// A document's address: what passes is https, of a listed host, and carries no user.
pub fn document_url(bytes: &[u8]) {
    const ENDINGS: [&str; 6] = [
        ".easyecom.io",
        ".amazonaws.com",
        ".dtdc.in",
        ".dtdc.com",
        ".shipsy.io",
        ".shipsy.in",
    ];
    let raw = String::from_utf8_lossy(bytes);
    match hosts::check(&raw, &RULES) {
        Ok(url) => {
            let host = url.host_str().expect("a host");
            assert_eq!(url.scheme(), "https", "{url}");
            assert!(
                url.username().is_empty() && url.password().is_none(),
                "{url}"
            );
            assert_eq!(url.port_or_known_default(), Some(443), "{url}");
            assert!(host.parse::<IpAddr>().is_err(), "{url}");
            assert!(ENDINGS.iter().any(|ending| host.ends_with(ending)), "{url}");
        }
        Err(error) => shown(&error.to_string()),
    }
}

/// A link to a next page: it leads nowhere else, since our keys go with it.
pub fn next_link(bytes: &[u8]) {
    let raw = String::from_utf8_lossy(bytes);
    if let Some(url) = BASE.follow(&raw) {
        assert!(
            url.as_str().starts_with("https://api.easyecom.io/"),
            "{url}"
        );
        assert!(
            url.username().is_empty() && url.password().is_none(),
            "{url}"
        );
    }
}
