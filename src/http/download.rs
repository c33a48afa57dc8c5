//! Fetching a document from an address that a remote gave us. Such an address is hostile until it
//! passed the rules of `reliability.md` section 4.2.

use std::{sync::Arc, time::Duration};

use reqwest::{
    Client, Response, Url,
    header::{ACCEPT, LOCATION},
};
use thiserror::Error;

use super::{
    BaseUrl, HttpError, HttpSettings, builder,
    hosts::{self, PublicOnly},
    sent::{self, BodyError},
};
use crate::domain::Clean;

/// Largest document in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 10 << 20;

/// Redirects followed, each checked like the first address.
const REDIRECTS_MAX: usize = 2;

/// One hop, body included.
const HOP_TIMEOUT: Duration = Duration::from_secs(30);

/// Hosts of documents as far as the contracts show them. A label of a listed pattern may be `*`;
/// a part after `/` is the first path segment.
pub const DOCUMENT_HOSTS: [&str; 11] = [
    "*.easyecom.io",
    // contracts/easyecom.md section 7; both ways of writing a bucket, with and without region.
    "ee-uploaded-files-*.s3.amazonaws.com",
    "ee-uploaded-files-*.s3.*.amazonaws.com",
    "ee-uploaded-files-*.s3-*.amazonaws.com",
    "s3.amazonaws.com/ee-uploaded-files-*",
    "s3.*.amazonaws.com/ee-uploaded-files-*",
    "s3-*.amazonaws.com/ee-uploaded-files-*",
    "*.dtdc.in",
    "*.dtdc.com",
    "*.shipsy.io",
    "*.shipsy.in",
];

/// From where documents may come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadRules {
    /// Host patterns.
    pub hosts: Vec<String>,
    /// The configured remotes: their hosts are allowed as they are written, on their port, be it
    /// an IP address or loopback.
    pub bases: Vec<BaseUrl>,
}

impl DownloadRules {
    /// The known document hosts and the configured remotes.
    pub fn with_bases(bases: Vec<BaseUrl>) -> Self {
        Self {
            hosts: DOCUMENT_HOSTS.map(str::to_owned).to_vec(),
            bases,
        }
    }
}

/// Why there is no document.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum DownloadError {
    /// The address breaks a rule.
    #[error("the document's address is refused: {0}")]
    Address(&'static str),
    /// The host is on no list.
    #[error("the document's host {0} is not on the list of document hosts")]
    Host(Clean),
    /// A redirect without target, or too many.
    #[error("the document's host redirects too often or nowhere")]
    Redirect,
    /// Any status but 200.
    #[error("the document's host answered HTTP {0}")]
    Status(u16),
    /// More than [`DOCUMENT_BYTES_MAX`].
    #[error("the document is larger than 10 MiB")]
    TooLarge,
    /// Something else came.
    #[error("not a PDF: {0}")]
    NotPdf(Clean),
    /// Name, connection, TLS, timeout, cut.
    #[error("the document did not come: {0}")]
    NoAnswer(Clean),
}

impl DownloadError {
    /// Whether the same address may give the document later.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::NoAnswer(_) => true,
            // 403 and 404 of S3: the file is not there yet.
            Self::Status(status) => *status >= 500 || matches!(status, 403 | 404 | 408 | 429),
            _ => false,
        }
    }
}

/// Fetches documents, without any key or token of ours.
#[derive(Clone, Debug)]
pub struct Downloader {
    client: Client,
    rules: DownloadRules,
}

impl Downloader {
    /// A downloader under `rules`. It never uses a proxy: behind one, the address that is connected
    /// to could not be checked.
    pub fn new(settings: &HttpSettings, rules: DownloadRules) -> Result<Self, HttpError> {
        let client = builder(settings)
            .dns_resolver(Arc::new(PublicOnly::new(&rules.bases)))
            .build()
            .map_err(|e| HttpError::Setup(sent::words(e)))?;
        Ok(Self { client, rules })
    }

    /// Checks an address without fetching anything.
    pub fn check(&self, url: &str) -> Result<(), DownloadError> {
        hosts::check(url, &self.rules).map(drop)
    }

    /// Fetches a PDF.
    pub async fn pdf(&self, url: &str) -> Result<Vec<u8>, DownloadError> {
        let mut response = self.follow(hosts::check(url, &self.rules)?).await?;
        let body = sent::body(&mut response, DOCUMENT_BYTES_MAX)
            .await
            .map_err(|error| match error {
                BodyError::TooLarge => DownloadError::TooLarge,
                BodyError::Cut(words) => DownloadError::NoAnswer(words),
            })?;
        if body.starts_with(b"%PDF-") {
            Ok(body)
        } else {
            Err(DownloadError::NotPdf(not_pdf(&body)))
        }
    }

    async fn follow(&self, mut url: Url) -> Result<Response, DownloadError> {
        for _ in 0..=REDIRECTS_MAX {
            let request = self
                .client
                .get(url.clone())
                .header(ACCEPT, "application/pdf");
            let response = request
                .timeout(HOP_TIMEOUT)
                .send()
                .await
                .map_err(|error| DownloadError::NoAnswer(sent::words(error)))?;
            match response.status().as_u16() {
                200 => return Ok(response),
                301 | 302 | 303 | 307 | 308 => {
                    let target = sent::header(response.headers(), &LOCATION)
                        .and_then(|link| url.join(link).ok())
                        .ok_or(DownloadError::Redirect)?;
                    url = hosts::check(target.as_str(), &self.rules)?;
                }
                other => return Err(DownloadError::Status(other)),
            }
        }
        Err(DownloadError::Redirect)
    }
}

/// What came instead, without quoting it.
fn not_pdf(body: &[u8]) -> Clean {
    let start = body.trim_ascii_start();
    let kind = match start.first() {
        None => "nothing",
        Some(b'<') => "a web page or XML",
        Some(b'{' | b'[') => "JSON",
        Some(_) => "something else",
    };
    format!("{kind}, {} bytes", body.len()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{
        Http,
        fake::{Fake, reply},
    };

    fn downloader(fake: &Fake) -> Downloader {
        let settings = HttpSettings::default();
        let http = Http::new(&settings).expect("a client");
        let base = http.base(&fake.url()).expect("a base");
        Downloader::new(&settings, DownloadRules::with_bases(vec![base])).expect("a downloader")
    }

    #[tokio::test]
    async fn documents_by_table() {
        let pdf = |extra: usize| {
            let body = format!("%PDF-1.4{}", "x".repeat(extra));
            reply(200, &["content-type: application/pdf"], &body)
        };
        let to = |target: &str| reply(302, &[&format!("location: {target}")], "");
        for (name, replies, expected) in [
            ("plain", vec![pdf(9)], Ok(17)),
            ("redirected", vec![to("/b"), to("/c"), pdf(0)], Ok(8)),
            (
                "in circles",
                vec![to("/b"), to("/c"), to("/d"), pdf(0)],
                Err(DownloadError::Redirect),
            ),
            (
                "to the metadata service",
                vec![to("http://169.254.169.254/latest"), pdf(0)],
                Err(DownloadError::Address(
                    "it names an IP address instead of a host",
                )),
            ),
            (
                "to a stranger",
                vec![to("https://evil.example/a"), pdf(0)],
                Err(DownloadError::Host("evil.example".into())),
            ),
            (
                "nowhere",
                vec![reply(302, &[], "")],
                Err(DownloadError::Redirect),
            ),
            (
                "missing",
                vec![reply(404, &[], "")],
                Err(DownloadError::Status(404)),
            ),
            (
                "a page",
                vec![reply(200, &[], "<html>secret</html>")],
                Err(DownloadError::NotPdf("a web page or XML, 19 bytes".into())),
            ),
            (
                "empty",
                vec![reply(200, &[], "")],
                Err(DownloadError::NotPdf("nothing, 0 bytes".into())),
            ),
            (
                "huge",
                vec![pdf(DOCUMENT_BYTES_MAX)],
                Err(DownloadError::TooLarge),
            ),
        ] {
            let fake = Fake::start(replies).await;
            let got = downloader(&fake)
                .pdf(&format!("{}/a?token=t", fake.url()))
                .await;
            assert_eq!(got.map(|body| body.len()), expected, "{name}");
            let sent = fake.requests().concat().to_ascii_lowercase();
            assert!(!sent.contains("authorization") && !sent.contains("x-api-key"));
        }
    }

    #[tokio::test]
    async fn names_are_judged_by_where_they_lead() {
        let fake = Fake::start(vec![reply(200, &[], "%PDF-1.4")]).await;
        let url = fake.url().replace("127.0.0.1", "localhost");
        let settings = HttpSettings::default();
        let http = Http::new(&settings).expect("a client");
        let base = http.base(&url).expect("a base");
        let rules = DownloadRules::with_bases(vec![base]);
        let configured = Downloader::new(&settings, rules).expect("a downloader");
        assert_eq!(configured.pdf(&url).await.map(|body| body.len()), Ok(8));
        let mut rules = DownloadRules::with_bases(Vec::new());
        rules.hosts.push("localhost".to_owned());
        let listed = Downloader::new(&settings, rules).expect("a downloader");
        let error = listed
            .pdf("https://localhost/a?b=c")
            .await
            .expect_err("private");
        assert!(error.to_string().contains("private address"), "{error}");
        assert!(!error.to_string().contains("b=c"), "{error}");
    }

    #[tokio::test]
    async fn a_cut_document_is_none() {
        let cut = "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n%PDF-1.4 and";
        let fake = Fake::start(vec![cut.as_bytes().to_vec()]).await;
        let error = downloader(&fake).pdf(&fake.url()).await.expect_err("cut");
        assert!(matches!(error, DownloadError::NoAnswer(_)) && error.may_pass());
    }
}
