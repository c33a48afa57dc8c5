//! What every call has in common: the two keys, the token's fate, and keeping secrets out of words.

use reqwest::{RequestBuilder, Url};
use secrecy::{ExposeSecret, SecretString};

use super::{EasyEcom, wire::Envelope};
use crate::{
    domain::{Failure, FailureKind, ReadError, request::WriteRequest},
    http::{Answer, Hush, NotDone, Sent, classify_read, classify_write},
    ledger::Permit,
};

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
        classify_read(sent).map_err(|error| self.hush().read(error))
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
            return Err(NotDone::NotApplied(self.hush().failure(failure)));
        }
        classify_write(sent).map_err(|not_done| self.hush().not_done(not_done))
    }

    /// Judges the body of a write: the envelope of a success, or why it is none.
    pub(super) fn taken<'a>(&self, answer: &'a Answer) -> Result<Envelope<'a>, NotDone> {
        let envelope = self.envelope(answer)?;
        if envelope.is_success() {
            return Ok(envelope);
        }
        let unexpected = envelope.unexpected();
        Err(NotDone::Unknown(self.hush().text(unexpected.as_str())))
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
        Err(NotDone::NotApplied(self.hush().failure(failure)))
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

    /// Hides every secret of ours, should the remote repeat one.
    pub(super) fn hush(&self) -> Hush {
        let own = [&self.credentials.api_key, &self.credentials.password];
        let mut secrets: Vec<SecretString> = own.into_iter().cloned().collect();
        secrets.extend(self.any_jwt());
        Hush::new(secrets)
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
