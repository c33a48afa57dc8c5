//! The reads: labels, tracking, the PIN look-up. They may be repeated freely.

use secrecy::ExposeSecret;

use super::{
    Dtdc, Token, TrackingAuth,
    wire::{
        label,
        pincode::{self, Serviceability},
        token,
        track::{self, Found, Key, TrackPull},
    },
};
use crate::{
    domain::{Awb, ReadError},
    http::{Answer, Hush},
};

const LABEL: &str = "/api/customer/integration/consignment/shippinglabel/stream";
const LOGIN: &str = "/dtdc-api/api/dtdc/authenticate";
const TRACK: &str = "/dtdc-api/rest/JSONCnTrk/getTrackDetails";
const PINCODE: &str = "/ratecalapi/PincodeApiCall";

impl Dtdc {
    /// The label of a booked parcel: a PDF (contracts/dtdc.md section 3).
    pub async fn label(&self, awb: &Awb) -> Result<Vec<u8>, ReadError> {
        let query = [
            ("reference_number", awb.as_str()),
            ("label_code", &self.settings.label_code),
            ("label_format", self.settings.label_format.word()),
        ];
        let request = self.http.get(self.label.join(LABEL)).query(&query);
        let hush = self.hush();
        self.read(self.keyed(request))
            .await
            .and_then(|answer| label::decode(answer.body, awb))
            .map_err(|error| hush.read(error))
    }

    /// Logs in at tracking (section 6). With [`TrackingAuth::StaticKey`] there is nothing to send.
    pub async fn track_login(&self) -> Result<(), ReadError> {
        if self.settings.tracking_auth == TrackingAuth::StaticKey {
            return match self.token() {
                Some(_) => Ok(()),
                None => Err(ReadError::Unauthorized(
                    "no DTDC tracking key is set".into(),
                )),
            };
        }
        let query = [
            ("username", self.credentials.tracking_username.as_str()),
            (
                "password",
                self.credentials.tracking_password.expose_secret(),
            ),
        ];
        let request = self.http.get(self.tracking.join(LOGIN)).query(&query);
        let hush = self.hush();
        let token = self.read(request).await.and_then(|answer| take(&answer));
        self.set_token(Some(token.map_err(|error| hush.read(error))?));
        Ok(())
    }

    /// The journey of a parcel (section 6). [`ReadError::Unauthorized`] asks for
    /// [`Dtdc::track_login`]; [`ReadError::Nothing`] means that DTDC does not know the number.
    pub async fn track(&self, awb: &Awb) -> Result<TrackPull, ReadError> {
        let hush = self.hush();
        let answer = self.ask_tracking(Key::Awb(awb), &hush).await?;
        track::decode(answer.status, &answer.body, awb).map_err(|error| hush.read(error))
    }

    /// The number booked under our reference, if DTDC shows one (section 2, time-out rule). `None`
    /// proves little: how soon a booking can be tracked is not documented.
    pub async fn find_by_reference(&self, reference: &str) -> Result<Option<Found>, ReadError> {
        let hush = self.hush();
        let answer = self.ask_tracking(Key::Reference(reference), &hush).await?;
        match track::decode_number(answer.status, &answer.body, reference) {
            Ok(found) => Ok(Some(found)),
            Err(ReadError::Nothing(_)) => Ok(None),
            Err(error) => Err(hush.read(error)),
        }
    }

    async fn ask_tracking(&self, key: Key<'_>, hush: &Hush) -> Result<Answer, ReadError> {
        let Some(token) = self.token() else {
            return Err(ReadError::Unauthorized(
                "not logged in at DTDC tracking, nothing was sent".into(),
            ));
        };
        let request = self
            .http
            .post(self.tracking.join(TRACK))
            .header("X-Access-Token", token.header.clone())
            .json(&track::body(key));
        let answer = self.read(request).await;
        if matches!(answer, Err(ReadError::Unauthorized(_))) {
            self.reject(token);
        }
        answer.map_err(|error| hush.read(error))
    }

    /// Marks a token that was turned away, unless another call has renewed it meanwhile. A key that
    /// does not change stays in use: there is nothing to get instead.
    fn reject(&self, mut used: Token) {
        let same = |token: &Token| token.text.expose_secret() == used.text.expose_secret();
        if self.settings.tracking_auth == TrackingAuth::Login
            && self.token().is_some_and(|t| same(&t))
        {
            used.rejected = true;
            self.set_token(Some(used));
        }
    }

    /// Whether DTDC delivers from our PIN code to `pin` (section 5). No key is sent.
    pub async fn serviceable(&self, pin: &str) -> Result<Serviceability, ReadError> {
        let body = pincode::body(&self.settings.origin.pincode, pin);
        let request = self.http.post(self.pincode.join(PINCODE)).json(&body);
        let hush = self.hush();
        self.read(request)
            .await
            .and_then(|answer| pincode::decode(&answer.body))
            .map_err(|error| hush.read(error))
    }
}

/// The token of an answer to the login. 201 is documented as a partial success.
fn take(answer: &Answer) -> Result<Token, ReadError> {
    if answer.status != 200 {
        return Err(ReadError::Garbled(answer.outline().into()));
    }
    let text = token::decode(&answer.body)?;
    Token::new(text).ok_or_else(|| ReadError::Garbled(answer.outline().into()))
}
