//! A request and an answer, reduced to what the rules need.

use axum::extract::Query;
use axum::http::{HeaderMap, Method, Uri};
use chrono::Duration;
use serde_json::{Map, Value, json};

/// What a fault does to the content of an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Twist {
    /// How far a read looks back.
    pub(crate) lag: Duration,
    /// Whether a page repeats rows.
    pub(crate) duplicate_rows: bool,
    /// Whether only half of a batch is done.
    pub(crate) partial: bool,
    /// Whether the first item of a batch fails.
    pub(crate) item_failure: bool,
}

impl Default for Twist {
    fn default() -> Self {
        Self {
            lag: Duration::zero(),
            duplicate_rows: false,
            partial: false,
            item_failure: false,
        }
    }
}

/// A request, read to its end.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) twist: Twist,
}

impl Call {
    /// Builds a call; a query that cannot be decoded counts as empty.
    pub(crate) fn new(method: Method, uri: &Uri, headers: HeaderMap, body: Vec<u8>) -> Self {
        Self {
            method,
            path: uri.path().to_owned(),
            query: pairs(uri),
            headers,
            body,
            twist: Twist::default(),
        }
    }

    /// A query parameter that is not empty.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// A header as text, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The body as one object, whether it came as JSON or as a form; null if it is neither.
    pub(crate) fn fields(&self) -> Value {
        if let Ok(value) = serde_json::from_slice(&self.body) {
            return value;
        }
        let form = String::from_utf8_lossy(&self.body);
        if !form.contains('=') {
            return Value::Null;
        }
        let Ok(uri) = format!("/?{form}").parse::<Uri>() else {
            return Value::Null;
        };
        pairs(&uri)
            .into_iter()
            .map(|(key, value)| (key, Value::String(value)))
            .collect::<Map<_, _>>()
            .into()
    }
}

fn pairs(uri: &Uri) -> Vec<(String, String)> {
    Query::<Vec<(String, String)>>::try_from_uri(uri)
        .map(|query| query.0)
        .unwrap_or_default()
}

/// A field as text, whether it came as a string or as a number; empty counts as absent.
pub(crate) fn text(fields: &Value, key: &str) -> Option<String> {
    match fields.get(key)? {
        Value::String(value) if !value.trim().is_empty() => Some(value.trim().to_owned()),
        Value::Number(value) => Some(value.to_string()),
        _ => None,
    }
}

/// A field as a whole number, whether it came as a number or as digits.
pub(crate) fn whole(fields: &Value, key: &str) -> Option<u64> {
    text(fields, key)?.parse().ok()
}

/// An answer before it is written to the wire.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) retry_after: Option<u64>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// JSON with a real HTTP status.
    pub(crate) fn json(status: u16, value: &Value) -> Self {
        Self {
            status,
            content_type: "application/json",
            retry_after: None,
            body: value.to_string().into_bytes(),
        }
    }

    /// EasyEcom's usual envelope around an answer.
    pub(crate) fn data(data: Value) -> Self {
        Self::json(
            200,
            &json!({ "code": 200, "message": "Successful", "data": data }),
        )
    }

    /// EasyEcom's business error, which travels as HTTP 200 (easyecom.md section 3).
    pub(crate) fn refused(message: &str) -> Self {
        Self::json(200, &json!({ "code": 400, "message": message, "data": [] }))
    }

    /// Plain text.
    pub(crate) fn text(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            content_type: "text/plain; charset=utf-8",
            retry_after: None,
            body: body.into().into_bytes(),
        }
    }

    /// A PDF.
    pub(crate) fn pdf(body: Vec<u8>) -> Self {
        Self {
            status: 200,
            content_type: "application/pdf",
            retry_after: None,
            body,
        }
    }

    /// The kind of page a proxy makes.
    pub(crate) fn html(status: u16, title: &str) -> Self {
        let page = format!(
            "<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1><hr>nginx</body></html>"
        );
        Self {
            status,
            content_type: "text/html",
            retry_after: None,
            body: page.into_bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_and_json_read_alike() {
        let uri = Uri::from_static("/x?a=1&b=two%20words&c=");
        let form = Call::new(
            Method::POST,
            &uri,
            HeaderMap::new(),
            b"invoiceId=7&courier=D%20T+C".to_vec(),
        );
        assert_eq!(whole(&form.fields(), "invoiceId"), Some(7));
        assert_eq!(text(&form.fields(), "courier").as_deref(), Some("D T C"));
        assert_eq!(form.param("b"), Some("two words"));
        assert_eq!(form.param("c"), None);
        let json = Call::new(
            Method::POST,
            &uri,
            HeaderMap::new(),
            br#"{"invoiceId":"7"}"#.to_vec(),
        );
        assert_eq!(whole(&json.fields(), "invoiceId"), Some(7));
    }
}
