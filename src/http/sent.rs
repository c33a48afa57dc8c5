//! What became of a request, and the answer if one came whole.

use std::{error::Error, fmt};

use chrono::{DateTime, Utc};
use reqwest::{
    Response,
    header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, RETRY_AFTER},
};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::domain::{Clean, Stamp};

/// What became of a request.
#[derive(Debug)]
pub enum Sent {
    /// A whole answer, whatever its status.
    Answer(Answer),
    /// Certainly not written to the wire: name, connection, TLS, or not even built.
    NeverSent(Clean),
    /// Perhaps taken by the remote: time ran out, the connection broke, the body was cut or too
    /// large.
    NoAnswer(Clean),
}

/// A whole answer.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`, lower case; empty if none came.
    pub content_type: String,
    /// Seconds the remote asks us to wait (`Retry-After`, as a number or as a date).
    pub retry_after_s: Option<u32>,
    /// The remote's clock (`Date`).
    pub date: Option<Stamp>,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as one JSON value, not yet looked into. The error says where it breaks, never what
    /// stands there.
    pub fn json(&self) -> Result<&RawValue, Clean> {
        self.parse()
    }

    /// The body as a `T`. The error says where it breaks, never what stands there.
    pub fn parse<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Clean> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Err(format!("HTTP {}, empty body", self.status).into());
        }
        serde_json::from_slice(&self.body).map_err(|error| {
            format!(
                "{} (broken at line {} column {})",
                self.outline(),
                error.line(),
                error.column()
            )
            .into()
        })
    }

    /// Whether it is a web page, which no call of ours asks for.
    pub fn looks_like_html(&self) -> bool {
        self.content_type.starts_with("text/html") || self.body.trim_ascii_start().starts_with(b"<")
    }

    /// Status, kind and size, for a text that must not quote the body.
    pub fn outline(&self) -> String {
        let kind = if self.looks_like_html() {
            "HTML page"
        } else if self.content_type.contains("json") {
            "JSON"
        } else {
            "answer"
        };
        format!("HTTP {}, {kind} of {} bytes", self.status, self.body.len())
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The body can hold a token or a customer.
        write!(f, "Answer({})", self.outline())
    }
}

/// Why a body was not read to its end.
pub(super) enum BodyError {
    /// More bytes than allowed.
    TooLarge,
    /// The connection broke or time ran out.
    Cut(Clean),
}

/// Reads a body of at most `max` bytes, counted after decompression.
pub(super) async fn body(response: &mut Response, max: usize) -> Result<Vec<u8>, BodyError> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > max => return Err(BodyError::TooLarge),
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body),
            Err(error) => return Err(BodyError::Cut(words(error))),
        }
    }
}

/// The whole answer, at most `body_max` bytes of body.
pub(super) async fn collect(mut response: Response, body_max: usize) -> Sent {
    let answer = head(&response);
    let status = answer.status;
    match body(&mut response, body_max).await {
        Ok(body) => Sent::Answer(Answer { body, ..answer }),
        Err(BodyError::TooLarge) => {
            Sent::NoAnswer(format!("HTTP {status}, answer larger than {body_max} bytes").into())
        }
        Err(BodyError::Cut(words)) => {
            Sent::NoAnswer(format!("HTTP {status}, answer cut: {words}").into())
        }
    }
}

/// Status and headers.
fn head(response: &Response) -> Answer {
    let headers = response.headers();
    let date = header(headers, &DATE).and_then(http_date);
    Answer {
        status: response.status().as_u16(),
        content_type: header(headers, &CONTENT_TYPE)
            .unwrap_or_default()
            .to_ascii_lowercase(),
        retry_after_s: header(headers, &RETRY_AFTER).and_then(|text| retry_after(text, date)),
        date,
        body: Vec::new(),
    }
}

pub(super) fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn http_date(text: &str) -> Option<Stamp> {
    DateTime::parse_from_rfc2822(text.trim())
        .ok()
        .map(|t| t.with_timezone(&Utc))
}

/// Seconds, given as such or as a date; a date counts from the remote's own clock.
fn retry_after(text: &str, remote_now: Option<Stamp>) -> Option<u32> {
    let text = text.trim();
    if text.bytes().all(|b| b.is_ascii_digit()) && !text.is_empty() {
        return Some(text.parse().unwrap_or(u32::MAX));
    }
    let seconds = (http_date(text)? - remote_now?).num_seconds();
    Some(u32::try_from(seconds.max(0)).unwrap_or(u32::MAX))
}

/// What went wrong as an operator would say it, and what caused it in the end; without the URL (its
/// query can hold ids and tokens).
pub(super) fn words(error: reqwest::Error) -> Clean {
    if error.is_timeout() {
        return "time ran out".into();
    }
    let what = if error.is_connect() {
        "no connection"
    } else if error.is_request() || error.is_body() || error.is_decode() {
        "the connection broke"
    } else {
        ""
    };
    let error = error.without_url();
    let mut cause: &dyn Error = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    match what {
        "" => cause.to_string().into(),
        what => format!("{what}: {cause}").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_time_as_number_or_date() {
        let now = http_date("Mon, 05 Jan 2026 04:30:00 GMT");
        assert!(now.is_some());
        for (text, seconds) in [
            ("60", Some(60)),
            (" 7 ", Some(7)),
            ("99999999999", Some(u32::MAX)),
            ("Mon, 05 Jan 2026 04:31:30 GMT", Some(90)),
            ("Mon, 05 Jan 2026 04:29:00 GMT", Some(0)),
            ("soon", None),
            ("", None),
            ("-5", None),
        ] {
            assert_eq!(retry_after(text, now), seconds, "{text:?}");
        }
    }

    #[test]
    fn errors_do_not_quote_the_body() {
        let answer = Answer {
            status: 200,
            content_type: "application/json".to_owned(),
            body: br#"{"name": "Asha Devi", oops"#.to_vec(),
            ..Answer::default()
        };
        let words = answer.json().expect_err("cut JSON");
        assert!(!words.as_str().contains("Asha"), "{words}");
        assert!(!format!("{answer:?}").contains("Asha"));
    }
}
