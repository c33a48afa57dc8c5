//! What every call has in common: the two keys, the token's fate, and keeping secrets out of words.

use reqwest::{RequestBuilder, Url};
use secrecy::{ExposeSecret, SecretString};

use super::{EasyEcom, wire::Envelope};
use crate::{
    domain::{Clean, Failure, FailureKind, ReadError, Verdict, request::WriteRequest},
    http::{Answer, Sent, Written, classify_read, classify_write, without},
    ledger::Permit,
};

/// A write that did not come to a body of HTTP 200.
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

impl EasyEcom {
    /// One GET, both keys sent.
    pub(super) async fn read(
        &self,
        url: Url,
        query: &[(&str, String)],
    ) -> Result<Answer, ReadError> {
        let Some(jwt) = self.jwt() else {
            return Err(ReadError::Unauthorized(
                "not logged in, nothing was sent".into(),
            ));
        };
        let mut request = self.http.get(url);
        if !query.is_empty() {
            request = request.query(query);
        }
        let request = self.keyed(request, &jwt);
        let limit = self.http.settings().read_timeout;
        let sent = self.http.send(request, limit).await;
        self.note_401(&sent, &jwt);
        classify_read(sent).map_err(|error| self.hush_read(error))
    }

    /// Sends what a permit allows, once, if it still does.
    pub(super) async fn write<R: WriteRequest>(
        &self,
        permit: &Permit<R>,
        request: RequestBuilder,
    ) -> Result<Answer, NotDone> {
        let Some(jwt) = self.jwt() else {
            let says = "not logged in, nothing was sent";
            return Err(NotDone::NotApplied(Failure::new(
                FailureKind::Unauthorized,
                says,
            )));
        };
        let request = self.keyed(request, &jwt);
        if !permit.may_be_sent() {
            return Err(NotDone::NotApplied(Failure::too_late()));
        }
        let limit = self.http.settings().write_timeout;
        let sent = self.http.send(request, limit).await;
        self.note_401(&sent, &jwt);
        if let Some(failure) = refused_by_status(&sent) {
            return Err(NotDone::NotApplied(self.hush_failure(failure)));
        }
        match classify_write(sent) {
            Written::Body(answer) => Ok(answer),
            Written::NotApplied(failure) => Err(NotDone::NotApplied(self.hush_failure(failure))),
            Written::Unknown(seen) => Err(NotDone::Unknown(self.hush(&seen))),
        }
    }

    /// Judges the body of a write: the envelope of a success, or why it is none.
    pub(super) fn taken<'a>(&self, answer: &'a Answer) -> Result<Envelope<'a>, NotDone> {
        let envelope = self.envelope(answer)?;
        if envelope.is_success() {
            return Ok(envelope);
        }
        Err(NotDone::Unknown(self.hush(&envelope.unexpected())))
    }

    /// The envelope of a write unless it is a refusal or none at all.
    pub(super) fn envelope<'a>(&self, answer: &'a Answer) -> Result<Envelope<'a>, NotDone> {
        let envelope = Envelope::of(answer).map_err(NotDone::Unknown)?;
        let Some(failure) = envelope.refusal() else {
            return Ok(envelope);
        };
        if failure.kind == FailureKind::Unauthorized
            && let Some(jwt) = self.jwt()
        {
            self.reject(&jwt);
        }
        Err(NotDone::NotApplied(self.hush_failure(failure)))
    }

    fn keyed(&self, request: RequestBuilder, jwt: &SecretString) -> RequestBuilder {
        request
            .header("x-api-key", self.api_key.clone())
            .bearer_auth(jwt.expose_secret())
    }

    fn note_401(&self, sent: &Sent, jwt: &SecretString) {
        if matches!(sent, Sent::Answer(answer) if answer.status == 401) {
            self.reject(jwt);
        }
    }

    /// The same words without our secrets, should the remote repeat one.
    pub(super) fn hush(&self, says: &Clean) -> Clean {
        let mut text = says.as_str().to_owned();
        let jwt = self.any_jwt();
        let own = [&self.credentials.api_key, &self.credentials.password];
        for secret in own.into_iter().chain(jwt.as_ref()) {
            text = without(&text, secret.expose_secret());
        }
        Clean::new(&text)
    }

    pub(super) fn hush_failure(&self, failure: Failure) -> Failure {
        Failure {
            says: self.hush(&failure.says),
            ..failure
        }
    }

    pub(super) fn hush_read(&self, error: ReadError) -> ReadError {
        match error {
            ReadError::Throttled { .. } => error,
            ReadError::Unauthorized(says) => ReadError::Unauthorized(self.hush(&says)),
            ReadError::CoolDown(says) => ReadError::CoolDown(self.hush(&says)),
            ReadError::NeverSent(says) => ReadError::NeverSent(self.hush(&says)),
            ReadError::Unreachable(says) => ReadError::Unreachable(self.hush(&says)),
            ReadError::Server(says) => ReadError::Server(self.hush(&says)),
            ReadError::Garbled(says) => ReadError::Garbled(self.hush(&says)),
            ReadError::Refused(says) => ReadError::Refused(self.hush(&says)),
            ReadError::Nothing(says) => ReadError::Nothing(self.hush(&says)),
        }
    }
}

/// A refusal by a true HTTP status that comes with EasyEcom's own envelope: the same no as inside an
/// HTTP 200. Statuses that a proxy gives on its own (404 of a wrong path, 408) carry no envelope.
fn refused_by_status(sent: &Sent) -> Option<Failure> {
    let Sent::Answer(answer) = sent else {
        return None;
    };
    if !matches!(answer.status, 400 | 404 | 405 | 409 | 422) {
        return None;
    }
    let failure = Envelope::of(answer).ok()?.refusal()?;
    (failure.kind == FailureKind::Rejected).then_some(failure)
}
