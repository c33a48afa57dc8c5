//! From where a document may be fetched: `reliability.md` section 4.2, server-side request forgery.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use reqwest::{
    Url,
    dns::{Addrs, Name, Resolve, Resolving},
};

use super::{
    BaseUrl,
    base::is_loopback_host,
    download::{DownloadError, DownloadRules},
};

/// Checks an address against the rules and returns the one to fetch: `http` of a listed host
/// becomes `https`, since DTDC writes some of its links so.
pub(super) fn check(raw: &str, rules: &DownloadRules) -> Result<Url, DownloadError> {
    let no = |why| Err(DownloadError::Address(why));
    if raw.len() > 4096 {
        return no("it is longer than 4096 bytes");
    }
    let Ok(mut url) = Url::parse(raw.trim()) else {
        return no("it is no URL");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return no("it carries a user or password");
    }
    let Some(host) = url.host_str().map(str::to_owned) else {
        return no("it has no host");
    };
    let base = rules.bases.iter().find(|base| base.host() == host);
    match url.scheme() {
        "https" => {}
        "http" if base.is_some() && is_loopback_host(&host) => {}
        "http" if base.is_none() && url.port().is_none() => {
            if url.set_scheme("https").is_err() {
                return no("it is not https");
            }
        }
        _ => return no("it is not https"),
    }
    url.set_fragment(None);
    if let Some(base) = base {
        let configured = rules
            .bases
            .iter()
            .any(|b| b.host() == base.host() && Some(b.port()) == url.port_or_known_default());
        let named = !is_ip_literal(&host) && !base.is_loopback();
        return if configured || named && url.port().is_none() {
            Ok(url)
        } else {
            no("its port is not the configured one")
        };
    }
    if url.port().is_some() {
        return no("it names a port");
    }
    if is_ip_literal(&host) {
        return no("it names an IP address instead of a host");
    }
    if rules.hosts.iter().any(|rule| matches(rule, &url)) {
        Ok(url)
    } else {
        Err(DownloadError::Host(host.as_str().into()))
    }
}

fn is_ip_literal(host: &str) -> bool {
    host.starts_with('[') || host.parse::<IpAddr>().is_ok()
}

/// Whether `url` fits a rule such as `*.easyecom.io`, `files-*.s3.*.amazonaws.com` or
/// `s3.*.amazonaws.com/files-*`. A leading `*.` stands for one or more labels; any other `*` stays
/// within its label. A part after `/` is matched against the first path segment, a bucket's name.
fn matches(rule: &str, url: &Url) -> bool {
    let (host_rule, bucket_rule) = match rule.split_once('/') {
        Some((host, bucket)) => (host, Some(bucket)),
        None => (rule, None),
    };
    let bucket_fits = bucket_rule.is_none_or(|bucket_rule| {
        url.path_segments()
            .and_then(|mut segments| segments.next())
            .is_some_and(|first| !first.contains('%') && label_matches(bucket_rule, first))
    });
    bucket_fits && host_matches(host_rule, url.host_str().unwrap_or_default())
}

fn host_matches(rule: &str, host: &str) -> bool {
    let rule = rule.to_ascii_lowercase();
    if let Some(domain) = rule.strip_prefix("*.") {
        return host
            .strip_suffix(domain)
            .and_then(|head| head.strip_suffix('.'))
            .is_some_and(|head| !head.is_empty());
    }
    let (rules, labels) = (rule.split('.'), host.split('.'));
    rules.clone().count() == labels.clone().count()
        && rules
            .zip(labels)
            .all(|(rule, label)| label_matches(rule, label))
}

fn label_matches(rule: &str, label: &str) -> bool {
    match rule.split_once('*') {
        None => rule == label,
        Some((head, tail)) => {
            label.len() > head.len() + tail.len()
                && label.starts_with(head)
                && label.ends_with(tail)
        }
    }
}

/// Resolves names and refuses those that lead into a private network. It sits inside the
/// connector, so the address checked is the address connected to.
pub(super) struct PublicOnly {
    /// Configured names of this machine, such as `localhost`.
    loopback_names: Vec<String>,
}

impl PublicOnly {
    pub(super) fn new(bases: &[BaseUrl]) -> Self {
        let loopback = bases.iter().filter(|base| base.is_loopback());
        Self {
            loopback_names: loopback.map(|base| base.host().to_owned()).collect(),
        }
    }
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let loopback_ok = self.loopback_names.contains(&host);
        Box::pin(async move {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            for address in &found {
                let ip = address.ip();
                if !(is_public(ip) || loopback_ok && ip.is_loopback()) {
                    let text = format!("host {host} leads to a private address");
                    return Err(io::Error::other(text).into());
                }
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Whether an address belongs to the public internet.
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let shared = a == 100 && b & 0xc0 == 64;
    let protocol = a == 192 && b == 0 && c == 0;
    let benchmark = a == 198 && b & 0xfe == 18;
    !(a == 0
        || a >= 224
        || ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.is_documentation()
        || shared
        || protocol
        || benchmark)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let s = ip.segments();
    let low = |hi: u16, lo: u16| Ipv4Addr::from((u32::from(hi) << 16) | u32::from(lo));
    match s {
        // IPv4 in disguise: mapped, NAT64, 6to4. Compatible ones (`::a.b.c.d`) are long dead.
        [0, 0, 0, 0, 0, 0xffff, hi, lo] | [0x64, 0xff9b, 0, 0, 0, 0, hi, lo] => {
            is_public_v4(low(hi, lo))
        }
        [0x2002, hi, lo, ..] => is_public_v4(low(hi, lo)),
        [0x2001, 0xdb8 | 0, ..] => false,
        // 2000::/3 is all that is given out; it leaves out loopback, link-local, ULA, multicast.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Http, HttpSettings};

    fn rules(bases: &[&str]) -> DownloadRules {
        let http = Http::new(&HttpSettings::default()).expect("a client");
        let bases = bases
            .iter()
            .map(|b| http.base(b).expect("a base"))
            .collect();
        DownloadRules::with_bases(bases)
    }

    #[test]
    fn which_documents_may_be_fetched() {
        let rules = rules(&[
            "https://api.easyecom.io",
            "http://127.0.0.1:8099",
            "http://localhost:8098",
        ]);
        for (url, taken) in [
            ("https://docs.easyecom.io/a.pdf", true),
            ("https://a.b.easyecom.io/a.pdf", true),
            (
                "https://ee-uploaded-files-oregon.s3.us-west-2.amazonaws.com/a.pdf?x=1",
                true,
            ),
            (
                "https://ee-uploaded-files-oregon.s3-us-west-2.amazonaws.com/a.pdf",
                true,
            ),
            (
                "https://ee-uploaded-files-oregon.s3.amazonaws.com/a.pdf",
                true,
            ),
            (
                "https://s3-us-west-2.amazonaws.com/ee-uploaded-files-oregon/a.pdf",
                true,
            ),
            ("https://s3-us-west-2.amazonaws.com/other/a.pdf", false),
            (
                "https://s3-us-west-2.amazonaws.com/other/../ee-uploaded-files-x/a",
                true,
            ),
            (
                "https://s3-us-west-2.amazonaws.com/ee-uploaded-files-x%2f..%2fother/a",
                false,
            ),
            ("https://pxapi.dtdc.in/label.pdf", true),
            ("http://pxapi.dtdc.in/label.pdf", true),
            ("http://127.0.0.1:8099/label.pdf", true),
            ("http://localhost:8098/label.pdf", true),
            ("https://api.easyecom.io/a.pdf", true),
            ("https://API.EASYECOM.IO/a.pdf", true),
            // Everything below is refused.
            ("https://easyecom.io.evil.example/a.pdf", false),
            ("https://evileasyecom.io/a.pdf", false),
            ("https://api.easyecom.io.", false),
            ("https://api.easyecom.io:8443/a.pdf", false),
            ("https://docs.easyecom.io:8443/a.pdf", false),
            ("https://user:pw@docs.easyecom.io/a.pdf", false),
            ("https://docs.easyecom.io@evil.example/a.pdf", false),
            ("https://other-bucket.s3.amazonaws.com/a.pdf", false),
            (
                "https://ee-uploaded-files-x.evil.s3.amazonaws.com/a.pdf",
                false,
            ),
            ("http://127.0.0.1/label.pdf", false),
            ("http://127.0.0.1:22/label.pdf", false),
            ("http://127.0.0.2:8099/label.pdf", false),
            ("http://[::1]/a.pdf", false),
            ("https://169.254.169.254/latest/meta-data", false),
            ("https://0x7f.1/a.pdf", false),
            ("https://2130706433/a.pdf", false),
            ("https://[::ffff:127.0.0.1]/a.pdf", false),
            ("https://evil.example/a.pdf", false),
            ("http://evil.example/a.pdf", false),
            ("file:///etc/passwd", false),
            ("gopher://docs.easyecom.io/", false),
            ("data:application/pdf;base64,AAAA", false),
            ("//docs.easyecom.io/a.pdf", false),
            ("", false),
        ] {
            assert_eq!(check(url, &rules).is_ok(), taken, "{url}");
        }
        let forced = check("http://pxapi.dtdc.in/label.pdf", &rules).expect("upgraded");
        assert_eq!(forced.scheme(), "https");
    }

    #[test]
    fn which_addresses_are_public() {
        for (ip, public) in [
            ("13.234.247.69", true),
            ("2606:4700::1111", true),
            ("::ffff:8.8.8.8", true),
            ("64:ff9b::808:808", true),
            ("127.0.0.1", false),
            ("0.0.0.0", false),
            ("10.1.2.3", false),
            ("172.16.0.1", false),
            ("192.168.1.1", false),
            ("169.254.169.254", false),
            ("100.64.0.1", false),
            ("198.18.0.1", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("::1", false),
            ("::", false),
            ("fe80::1", false),
            ("fd00::1", false),
            ("ff02::1", false),
            ("::ffff:10.0.0.1", false),
            ("64:ff9b::a00:1", false),
            ("2002:a00:1::", false),
            ("2001:db8::1", false),
        ] {
            assert_eq!(is_public(ip.parse().expect(ip)), public, "{ip}");
        }
    }

    #[tokio::test]
    async fn names_of_this_machine_are_refused_unless_configured() {
        let name = || "localhost".parse::<Name>().expect("a name");
        let guarded = PublicOnly::new(&rules(&["https://api.easyecom.io"]).bases);
        assert!(guarded.resolve(name()).await.is_err());
        let configured = PublicOnly::new(&rules(&["http://localhost:1"]).bases);
        assert!(configured.resolve(name()).await.is_ok());
    }
}
