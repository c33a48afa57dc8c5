//! The outcome classes of `reliability.md` section 2.2, as far as HTTP alone decides them.

use super::{Answer, Sent};
use crate::domain::{Clean, Failure, FailureKind, ReadError, Verdict};

/// A read: an answer of the 2xx class that is no web page, or why not.
pub fn classify_read(sent: Sent) -> Result<Answer, ReadError> {
    let answer = match sent {
        Sent::Answer(answer) => answer,
        Sent::NeverSent(says) => return Err(ReadError::NeverSent(says)),
        Sent::NoAnswer(says) => return Err(ReadError::Unreachable(says)),
    };
    let outline = || Clean::new(&answer.outline());
    match answer.status {
        429 => Err(ReadError::Throttled {
            retry_after_s: answer.retry_after_s,
        }),
        401 | 403 => Err(ReadError::Unauthorized(says(&answer))),
        500.. => Err(ReadError::Server(outline())),
        _ if answer.looks_like_html() => Err(ReadError::Garbled(outline())),
        200..=299 => Ok(answer),
        400..=499 => Err(ReadError::Refused(says(&answer))),
        _ => Err(ReadError::Garbled(outline())),
    }
}

/// A write that did not come to a body that decides.
#[derive(Clone, Debug)]
pub enum NotDone {
    /// Certainly no effect.
    NotApplied(Failure),
    /// Outcome not known.
    Unknown(Clean),
}

impl<T> From<NotDone> for Verdict<T> {
    fn from(not_done: NotDone) -> Self {
        match not_done {
            NotDone::NotApplied(failure) => Self::NotApplied(failure),
            NotDone::Unknown(seen) => Self::Unknown(seen),
        }
    }
}

/// A write, judged by HTTP alone: the body decides for a plain 200 that is no web page; certainly not
/// applied when it never left or was turned away at the door; unknown for everything else.
pub fn classify_write(sent: Sent) -> Result<Answer, NotDone> {
    let failed = |kind, says: &Clean| NotDone::NotApplied(Failure::new(kind, says.as_str()));
    let answer = match sent {
        Sent::Answer(answer) => answer,
        Sent::NeverSent(says) => return Err(failed(FailureKind::Unreachable, &says)),
        Sent::NoAnswer(says) => return Err(NotDone::Unknown(says)),
    };
    match answer.status {
        401 | 403 => Err(failed(FailureKind::Unauthorized, &says(&answer))),
        429 => Err(NotDone::NotApplied(Failure {
            retry_after_s: answer.retry_after_s,
            ..Failure::new(FailureKind::Throttled, says(&answer).as_str())
        })),
        200 if !answer.looks_like_html() => Ok(answer),
        _ => Err(NotDone::Unknown(answer.outline().into())),
    }
}

/// The remote's words in an error answer: its JSON `message`, `error` or `reason`, else its outline.
/// A plain text body is not quoted: nobody promises what stands in it.
fn says(answer: &Answer) -> Clean {
    let outline = answer.outline();
    let Ok(serde_json::Value::Object(fields)) = answer.parse::<serde_json::Value>() else {
        return outline.into();
    };
    let said = ["message", "error", "reason"].into_iter().find_map(|key| {
        let value = fields.get(key)?;
        value
            .as_str()
            .or_else(|| value.get("message")?.as_str())
            .filter(|text| !text.trim().is_empty())
    });
    match said {
        Some(text) => format!("HTTP {}: {text}", answer.status).into(),
        None => outline.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, content_type: &str, body: &str) -> Sent {
        Sent::Answer(Answer {
            status,
            content_type: content_type.to_owned(),
            retry_after_s: Some(9),
            date: None,
            body: body.as_bytes().to_vec(),
        })
    }

    #[test]
    fn reads_by_table() {
        let json = "application/json";
        let name = |sent| match classify_read(sent) {
            Ok(_) => "ok",
            Err(ReadError::Throttled { .. }) => "throttled",
            Err(ReadError::Unauthorized(_)) => "unauthorized",
            Err(ReadError::CoolDown(_)) => "cool-down",
            Err(ReadError::NeverSent(_)) => "never sent",
            Err(ReadError::Unreachable(_)) => "unreachable",
            Err(ReadError::Server(_)) => "server",
            Err(ReadError::Garbled(_)) => "garbled",
            Err(ReadError::Refused(_)) => "refused",
            Err(ReadError::Nothing(_)) => "nothing",
        };
        for (sent, expected) in [
            (answer(200, json, "{}"), "ok"),
            (answer(200, "text/html; charset=utf-8", "{}"), "garbled"),
            (answer(200, "", "\n <!doctype html>"), "garbled"),
            (answer(401, json, "{}"), "unauthorized"),
            (answer(403, json, "{}"), "unauthorized"),
            (answer(429, "text/html", "<html>"), "throttled"),
            (answer(502, "text/html", "<html>"), "server"),
            (answer(302, "", ""), "garbled"),
            (answer(404, json, "{}"), "refused"),
            (Sent::NeverSent("x".into()), "never sent"),
            (Sent::NoAnswer("x".into()), "unreachable"),
        ] {
            let shown = format!("{sent:?}");
            assert_eq!(name(sent), expected, "{shown}");
        }
    }

    #[test]
    fn writes_by_table() {
        let json = "application/json";
        let name = |sent| match classify_write(sent) {
            Ok(_) => "body",
            Err(NotDone::NotApplied(failure)) => match failure.kind {
                FailureKind::Unreachable => "unreachable",
                FailureKind::Throttled => "throttled",
                FailureKind::Unauthorized => "unauthorized",
                _ => "other",
            },
            Err(NotDone::Unknown(_)) => "unknown",
        };
        for (sent, expected) in [
            (answer(200, json, "{}"), "body"),
            (answer(200, "text/html", "<html>"), "unknown"),
            (answer(201, json, "{}"), "unknown"),
            (answer(302, json, "{}"), "unknown"),
            (answer(400, json, "{}"), "unknown"),
            (answer(401, json, "{}"), "unauthorized"),
            (answer(403, "text/html", "<html>"), "unauthorized"),
            (answer(429, json, "{}"), "throttled"),
            (answer(500, json, "{}"), "unknown"),
            (Sent::NeverSent("x".into()), "unreachable"),
            (Sent::NoAnswer("x".into()), "unknown"),
        ] {
            let shown = format!("{sent:?}");
            assert_eq!(name(sent), expected, "{shown}");
        }
    }
}
