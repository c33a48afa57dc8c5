//! The wrapping of every answer (contracts/easyecom.md section 3): `code` or `status`, `message`,
//! `data`. Errors come as HTTP 200 with a code of 400 inside.

use serde_json::Value;

use super::fields::{Fields, scalar};
use crate::{
    domain::{Clean, Failure, FailureKind, ReadError},
    http::Answer,
};

/// An answer's wrapping.
pub struct Envelope<'a> {
    /// All fields of the top level.
    pub fields: Fields<'a>,
    /// `code`, or `status` where that is the number (section 6).
    pub code: Option<i64>,
    /// `message`, as it came.
    pub message: String,
}

impl<'a> Envelope<'a> {
    /// Reads the wrapping; `None` if `raw` is no JSON object.
    pub fn read(raw: &'a str) -> Option<Self> {
        let fields = Fields::read(raw)?;
        Some(Self {
            code: fields.int("code").or_else(|| {
                // Elsewhere `status` may be another word or a flag.
                fields.int("status").filter(|s| (200..600).contains(s))
            }),
            message: fields.text_of(&["message", "error"]).unwrap_or_default(),
            fields,
        })
    }

    /// The wrapping of an HTTP answer; the error is an outline of what came instead.
    pub fn of(answer: &'a Answer) -> Result<Self, Clean> {
        let raw = answer.json()?.get();
        Self::read(raw).ok_or_else(|| format!("{}, no JSON object", answer.outline()).into())
    }

    /// The remote's words, cleaned.
    pub fn says(&self) -> Clean {
        Clean::new(&self.message)
    }

    /// `data` as JSON text.
    pub fn data(&self) -> Option<&'a str> {
        self.fields.raw("data")
    }

    /// Whether a write was taken: code 200, or, where no code came, `status: true` or the message
    /// of success.
    pub fn is_success(&self) -> bool {
        match self.code {
            Some(code) => code == 200,
            None => {
                self.fields.flag("status") == Some(true)
                    || self.message.trim().eq_ignore_ascii_case("successful")
            }
        }
    }

    /// The remote's no to a write: a code of the 400 class with words. Without words it proves
    /// nothing.
    pub fn refusal(&self) -> Option<Failure> {
        let kind = match self.code? {
            401 => FailureKind::Unauthorized,
            429 => FailureKind::Throttled,
            400..=499 => FailureKind::Rejected,
            _ => return None,
        };
        let says = self.says();
        (!says.is_empty()).then(|| Failure::new(kind, says.as_str()))
    }

    /// Where an answer's content stands: `data`, or the rest of the top level of a bare object.
    pub(in crate::easyecom) fn content(&self) -> Value {
        let data = self.data().and_then(|raw| serde_json::from_str(raw).ok());
        let has_content = |value: &Value| value.is_object() || value.is_array();
        data.filter(has_content).unwrap_or_else(|| {
            let top = self
                .fields
                .all()
                .filter(|(key, _)| !matches!(*key, "code" | "status" | "message" | "data"))
                .filter_map(|(key, raw)| Some((key.to_owned(), serde_json::from_str(raw).ok()?)));
            Value::Object(top.collect())
        })
    }

    /// What came instead of a success, shortly.
    pub(in crate::easyecom) fn unexpected(&self) -> Clean {
        let code = match self.code {
            Some(code) => format!("code {code}"),
            None => "no code".to_owned(),
        };
        match self.says() {
            says if says.is_empty() => format!("HTTP 200, {code}, no words"),
            says => format!("HTTP 200, {code}: {says}"),
        }
        .into()
    }

    /// What a read found: `data`, or why there is none. [`ReadError::Nothing`] stands for all three
    /// dresses of "nothing there".
    pub fn found(&self) -> Result<&'a str, ReadError> {
        let says = || match self.says() {
            empty if empty.is_empty() => {
                Clean::new(&format!("code {}, no words", self.code.unwrap_or_default()))
            }
            says => says,
        };
        match self.code {
            None | Some(200..=299) => {}
            Some(401) => return Err(ReadError::Unauthorized(says())),
            Some(429) => {
                return Err(ReadError::Throttled {
                    retry_after_s: None,
                });
            }
            Some(500..) => return Err(ReadError::Server(says())),
            Some(400..=499) if is_nothing(&self.message) => {
                return Err(ReadError::Nothing(says()));
            }
            Some(400..=499) => return Err(ReadError::Refused(says())),
            Some(code) => return Err(ReadError::Garbled(format!("code {code}").into())),
        }
        let Some(data) = self.data() else {
            let known = self.fields.has("data") || is_nothing(&self.message);
            return Err(if known {
                ReadError::Nothing(self.says())
            } else {
                ReadError::Garbled("JSON without data".into())
            });
        };
        match data.as_bytes().first() {
            Some(b'{' | b'[') => Ok(data),
            Some(b'"') => Err(match scalar(data) {
                Some(text) if !is_nothing(&text) => ReadError::Refused(text.into()),
                text => ReadError::Nothing(text.unwrap_or_default().into()),
            }),
            _ => Err(ReadError::Garbled("data of an unknown shape".into())),
        }
    }
}

/// Whether a message only says that there is nothing.
pub fn is_nothing(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    [
        "no data",
        "no record",
        "no orders",
        "no order found",
        "data not found",
        // Get Order Details and an unknown key: verbatim, section 3.
        "unable to find the reference_code",
    ]
    .iter()
    .any(|words| message.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_by_table() {
        let name = |raw: &str| match Envelope::read(raw).map(|e| e.found().map(str::to_owned)) {
            None => "none",
            Some(Ok(_)) => "found",
            Some(Err(ReadError::Nothing(_))) => "nothing",
            Some(Err(ReadError::Refused(_))) => "refused",
            Some(Err(ReadError::Unauthorized(_))) => "unauthorized",
            Some(Err(ReadError::Throttled { .. })) => "throttled",
            Some(Err(ReadError::Server(_))) => "server",
            Some(Err(_)) => "garbled",
        };
        for (raw, expected) in [
            (r#"{"code":200,"message":"Successful","data":{}}"#, "found"),
            (r#"{"code":"200","data":[]}"#, "found"),
            (r#"{"data":{},"message":null}"#, "found"),
            (r#"{"data":"No Data Found"}"#, "nothing"),
            (
                r#"{"code":400,"message":"No Data Found","data":[]}"#,
                "nothing",
            ),
            (r#"{"code":200,"message":"x","data":null}"#, "nothing"),
            (
                r#"{"code":400,"message":"Date range greater than 7 days not allowed","data":[]}"#,
                "refused",
            ),
            (r#"{"code":400,"data":[]}"#, "refused"),
            (r#"{"data":"Something else"}"#, "refused"),
            (
                r#"{"code":401,"message":"Invalid Api token."}"#,
                "unauthorized",
            ),
            (r#"{"code":429,"message":"slow down"}"#, "throttled"),
            (r#"{"code":500,"message":"oops"}"#, "server"),
            (r#"{"code":200}"#, "garbled"),
            (r#"{"code":200,"data":7}"#, "garbled"),
            ("[]", "none"),
        ] {
            assert_eq!(name(raw), expected, "{raw}");
        }
    }
}
