//! What every call has in common: keys, time limits, and keeping secrets out of words.

use reqwest::RequestBuilder;
use secrecy::SecretString;

use super::{Dtdc, hush::Hush, wire::refusal};
use crate::{
    domain::{Clean, Failure, FailureKind, ReadError, Verdict},
    http::{Answer, Sent, Written, classify_read, classify_write},
};

/// A write that did not come to a body of HTTP 200.
#[derive(Clone)]
pub(super) enum NotDone {
    NotApplied(Failure),
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

impl Dtdc {
    /// Hides every secret of ours.
    pub(super) fn hush(&self) -> Hush {
        let own = [
            &self.credentials.api_key,
            &self.credentials.tracking_password,
        ];
        let key = self.credentials.tracking_key.iter();
        let mut secrets: Vec<SecretString> = own.into_iter().chain(key).cloned().collect();
        secrets.extend(self.any_token().map(|token| token.text));
        Hush::new(secrets)
    }

    /// The booking system's key on a request.
    pub(super) fn keyed(&self, request: RequestBuilder) -> RequestBuilder {
        request.header("api-key", self.api_key.clone())
    }

    /// Sends a write to the booking system, once. Its refusals of a whole request are HTTP 400 or
    /// 401 with an `error` inside (contracts/dtdc.md section 2).
    pub(super) async fn write(&self, request: RequestBuilder) -> Result<Answer, NotDone> {
        let limit = self.http.settings().write_timeout;
        let sent = self.http.send(self.keyed(request), limit).await;
        if let Sent::Answer(answer) = &sent
            && matches!(answer.status, 200 | 400 | 401)
            && let Some((kind, says)) = refusal::of_request(answer.status, &answer.body)
        {
            return Err(NotDone::NotApplied(Failure::new(kind, &says)));
        }
        match classify_write(sent) {
            Written::Body(answer) => Ok(answer),
            Written::NotApplied(failure) => Err(NotDone::NotApplied(failure)),
            Written::Unknown(seen) => Err(NotDone::Unknown(seen)),
        }
    }

    /// Sends a read, once.
    pub(super) async fn read(&self, request: RequestBuilder) -> Result<Answer, ReadError> {
        let limit = self.http.settings().read_timeout;
        classify_read(self.http.send(request, limit).await)
    }
}

/// Nothing was sent, for a reason of ours that is not the order's fault.
pub(super) fn not_sent<T>(says: &str) -> Verdict<T> {
    Verdict::NotApplied(Failure::new(FailureKind::TooLate, says))
}
