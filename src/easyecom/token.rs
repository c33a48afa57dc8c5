//! Login and the token (contracts/easyecom.md section 2). The token stands in memory only; the
//! worker may keep an export of it in a file that nobody else can read.

use std::sync::PoisonError;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    EasyEcom,
    wire::{Envelope, Fields},
};
use crate::{
    domain::{Clean, ReadError, Stamp},
    http::{Answer, Sent, classify_read},
};

/// Lifetime in seconds where the answer names none: the documented 90 days.
const LIFETIME_S_DEFAULT: i64 = 90 * 86_400;

/// Longest lifetime in seconds that is believed.
const LIFETIME_S_MAX: i64 = 366 * 86_400;

/// Age in seconds from which a token is renewed at the latest.
const RENEW_AFTER_S_MAX: i64 = 85 * 86_400;

/// A token and its times.
pub(super) struct Token {
    jwt: SecretString,
    obtained_at: Stamp,
    expires_at: Stamp,
    rejected: bool,
}

/// What may be known about a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenInfo {
    /// When it was given.
    pub obtained_at: Stamp,
    /// When it ends.
    pub expires_at: Stamp,
    /// `companyname` of the answer; empty for an imported token.
    pub company: Clean,
}

/// Whether calls can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    /// Never logged in.
    None,
    /// Good.
    Fresh,
    /// Good, and due for renewal: older than 85 days or than 94 % of its life.
    Ageing,
    /// Answered with 401, or past its end: no call is sent with it.
    Rejected,
}

/// The token as kept between runs.
#[derive(Serialize, Deserialize)]
struct Kept {
    jwt: String,
    obtained_at: Stamp,
    expires_at: Stamp,
    /// Digest of address, user and warehouse: a token of another account is not taken.
    account: String,
}

impl EasyEcom {
    /// Logs in: one call. Never closer than 60 s to the one before (403, [`ReadError::CoolDown`]).
    pub async fn login(&self) -> Result<TokenInfo, ReadError> {
        let body = json!({
            "email": self.credentials.email,
            "password": self.credentials.password.expose_secret(),
            "location_key": self.credentials.location_key.as_str(),
        });
        let request = self
            .http
            .post(self.base.join(&self.settings.paths.token))
            .header("x-api-key", self.api_key.clone())
            .json(&body);
        let sent = self
            .http
            .send(request, self.http.settings().read_timeout)
            .await;
        self.take_login(sent)
            .map_err(|error| self.hush().read(error))
    }

    fn take_login(&self, sent: Sent) -> Result<TokenInfo, ReadError> {
        let cool_down = matches!(&sent, Sent::Answer(answer) if answer.status == 403);
        let answer = match classify_read(sent) {
            Ok(answer) => answer,
            Err(ReadError::Unauthorized(says)) if cool_down => {
                return Err(ReadError::CoolDown(says));
            }
            Err(ReadError::Refused(says)) => return Err(refused_login(says)),
            Err(error) => return Err(error),
        };
        let (token, company) = read_token(&answer)?;
        let info = TokenInfo {
            obtained_at: token.obtained_at,
            expires_at: token.expires_at,
            company,
        };
        self.store(token);
        Ok(info)
    }

    /// Whether calls can be made at `now`.
    pub fn token_state(&self, now: Stamp) -> TokenState {
        let guard = self.token.read().unwrap_or_else(PoisonError::into_inner);
        let Some(token) = guard.as_ref() else {
            return TokenState::None;
        };
        let age = (now - token.obtained_at).num_seconds();
        let life = (token.expires_at - token.obtained_at).num_seconds();
        if token.rejected || now >= token.expires_at {
            TokenState::Rejected
        } else if age >= RENEW_AFTER_S_MAX.min(life * 94 / 100) {
            TokenState::Ageing
        } else {
            TokenState::Fresh
        }
    }

    /// The token for a file that only the service user can read; `None` without a good one.
    pub fn export_token(&self) -> Option<SecretString> {
        let guard = self.token.read().unwrap_or_else(PoisonError::into_inner);
        let token = guard.as_ref().filter(|token| !token.rejected)?;
        let kept = Kept {
            jwt: token.jwt.expose_secret().to_owned(),
            obtained_at: token.obtained_at,
            expires_at: token.expires_at,
            account: self.account(),
        };
        let text = serde_json::to_string(&kept).expect("four texts are always written");
        Some(text.into())
    }

    /// Takes up an exported token; `None`, and nothing changed, if it is no export, belongs to
    /// another account, or has ended by `now`.
    pub fn import_token(&self, kept: &SecretString, now: Stamp) -> Option<TokenInfo> {
        let kept: Kept = serde_json::from_str(kept.expose_secret()).ok()?;
        if kept.account != self.account() || now >= kept.expires_at || !is_jwt(&kept.jwt) {
            return None;
        }
        let info = TokenInfo {
            obtained_at: kept.obtained_at,
            expires_at: kept.expires_at,
            company: Clean::default(),
        };
        self.store(Token {
            jwt: kept.jwt.into(),
            obtained_at: kept.obtained_at,
            expires_at: kept.expires_at,
            rejected: false,
        });
        Some(info)
    }

    /// The token to send, unless it is known to be refused.
    pub(super) fn jwt(&self) -> Option<SecretString> {
        let guard = self.token.read().unwrap_or_else(PoisonError::into_inner);
        let token = guard.as_ref().filter(|token| !token.rejected)?;
        Some(token.jwt.clone())
    }

    /// The token even if it is refused: it stays a secret.
    pub(super) fn any_jwt(&self) -> Option<SecretString> {
        let guard = self.token.read().unwrap_or_else(PoisonError::into_inner);
        guard.as_ref().map(|token| token.jwt.clone())
    }

    /// Marks the token `used` as refused. A late answer to an old token does not mark a new one.
    pub(super) fn reject(&self, used: &SecretString) {
        let mut guard = self.token.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = guard.as_mut()
            && token.jwt.expose_secret() == used.expose_secret()
        {
            token.rejected = true;
        }
    }

    fn store(&self, token: Token) {
        *self.token.write().unwrap_or_else(PoisonError::into_inner) = Some(token);
    }

    #[cfg(test)]
    pub(super) fn store_for_test(&self, jwt: &str, obtained_at: Stamp, expires_at: Stamp) {
        self.store(Token {
            jwt: jwt.into(),
            obtained_at,
            expires_at,
            rejected: false,
        });
    }

    fn account(&self) -> String {
        let mut hash = Sha256::new();
        let location = self.credentials.location_key.as_str();
        let base = self.base.to_string();
        for part in [base.as_str(), &self.credentials.email, location] {
            hash.update(part);
            hash.update([0]);
        }
        format!("{:x}", hash.finalize())
    }
}

/// The token out of an answer of HTTP 200, or the refusal inside it.
pub(super) fn read_token(answer: &Answer) -> Result<(Token, Clean), ReadError> {
    let envelope = Envelope::of(answer).map_err(ReadError::Garbled)?;
    let data = envelope.fields.object("data");
    let token = data.as_ref().and_then(|data| data.object("token"));
    let jwt = token.as_ref().and_then(|token| token.text("jwt_token"));
    let Some(jwt) = jwt.filter(|jwt| is_jwt(jwt)) else {
        return Err(match envelope.says() {
            says if !says.is_empty() => refused_login(says),
            _ => ReadError::Garbled("login answered without a token".into()),
        });
    };
    let life = token
        .and_then(|token| token.int("expires_in"))
        .filter(|seconds| (1..=LIFETIME_S_MAX).contains(seconds))
        .unwrap_or(LIFETIME_S_DEFAULT);
    let obtained_at = now();
    let company = data.as_ref().map(|data: &Fields| data.clean("companyname"));
    let token = Token {
        jwt: jwt.into(),
        obtained_at,
        expires_at: obtained_at + TimeDelta::seconds(life),
        rejected: false,
    };
    Ok((token, company.unwrap_or_default()))
}

fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Whether a text can stand in an `Authorization` header.
fn is_jwt(text: &str) -> bool {
    (1..=16 << 10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

/// Wrong credentials, by the known texts (section 3, error texts; the HTTP code is not known), or
/// another no.
fn refused_login(says: Clean) -> ReadError {
    let words = says.as_str().to_ascii_lowercase();
    let credentials = [
        "invalid",
        "credential",
        "password",
        "location key",
        "unauthor",
    ];
    if credentials.iter().any(|word| words.contains(word)) {
        ReadError::Unauthorized(says)
    } else {
        ReadError::Refused(says)
    }
}
