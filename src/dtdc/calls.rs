//! What every call has in common: keys, time limits, and keeping secrets out of words.

use reqwest::RequestBuilder;
use secrecy::SecretString;

use super::{
    Dtdc,
    wire::{booking::phone, refusal},
};
use crate::{
    domain::{Consignee, Failure, FailureKind, ReadError, Verdict},
    http::{Answer, Hush, NotDone, Sent, classify_read, classify_write},
};

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
        classify_write(sent)
    }

    /// Sends a read, once.
    pub(super) async fn read(&self, request: RequestBuilder) -> Result<Answer, ReadError> {
        let limit = self.http.settings().read_timeout;
        classify_read(self.http.send(request, limit).await)
    }
}

/// Hides a customer: DTDC's words can quote what was asked.
pub(super) fn hide(hush: &mut Hush, who: &Consignee) {
    let ten_digits = phone(who.phone.as_str());
    hush.person([
        who.phone.as_str(),
        &ten_digits,
        who.name.as_str(),
        who.email.as_str(),
        who.address_1.as_str(),
        who.address_2.as_str(),
    ]);
}

/// Nothing was sent, for a reason of ours that is not the order's fault.
pub(super) fn not_sent<T>(says: &str) -> Verdict<T> {
    Verdict::NotApplied(Failure::new(FailureKind::TooLate, says))
}
