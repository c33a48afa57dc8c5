//! Tracking by pull (contracts/dtdc.md section 6).

use chrono::{NaiveDate, NaiveTime};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{Dtdc, text_of};
use crate::{
    domain::{Awb, Clean, ReadError, Stamp, time::from_ist, tracking::Scan},
    http::{Sent, classify_read},
};

const LOGIN: &str = "/dtdc-api/api/dtdc/authenticate";
const PULL: &str = "/dtdc-api/rest/JSONCnTrk/getTrackDetails";

/// Most scans taken from one answer; real ones have a few dozen.
const SCANS_MAX: usize = 400;

/// What tracking says of a parcel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrackPull {
    /// The parcel.
    pub header: TrackHeader,
    /// Its scans, oldest first.
    pub scans: Vec<Scan>,
    /// Scans that could not be read, described.
    pub odd: Vec<Clean>,
}

/// The parcel as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrackHeader {
    /// Its number.
    pub awb: Option<Awb>,
    /// Our reference.
    pub reference: Clean,
    /// DTDC's words; used only where there is no scan.
    pub status: Clean,
    /// The number under which it returns.
    pub rto_number: Option<Clean>,
}

impl Dtdc {
    /// Whether tracking can be asked.
    pub fn track_ready(&self) -> bool {
        self.token.read().is_ok_and(|token| token.is_some())
    }

    /// Logs in at the tracking host. The password travels in the URL, which is why no error here
    /// ever names one.
    pub async fn track_login(&self) -> Result<(), ReadError> {
        let request = self.http.get(self.tracking.join(LOGIN)).query(&[
            ("username", self.credentials.tracking_username.as_str()),
            (
                "password",
                self.credentials.tracking_password.expose_secret(),
            ),
        ]);
        let answer = classify_read(
            self.http
                .send(request, self.http.settings().read_timeout)
                .await,
        )?;
        let token = String::from_utf8_lossy(&answer.body)
            .trim()
            .trim_matches('"')
            .to_owned();
        let plausible =
            (8..=512).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic());
        if !plausible || token.starts_with(['{', '<']) {
            return Err(ReadError::Garbled(Clean::new(
                "the tracking login gave no token",
            )));
        }
        if let Ok(mut held) = self.token.write() {
            *held = Some(SecretString::from(token));
        }
        Ok(())
    }

    /// The scans of one AWB. [`ReadError::Nothing`] if tracking does not know it.
    pub async fn track(&self, awb: &Awb) -> Result<TrackPull, ReadError> {
        self.pull("cnno", awb.as_str()).await
    }

    /// The AWB booked under our reference, if tracking knows one.
    pub async fn find_by_reference(&self, reference: &str) -> Result<Option<Awb>, ReadError> {
        let pull = match self.pull("reference", reference).await {
            Ok(pull) => pull,
            Err(ReadError::Nothing(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let other =
            !pull.header.reference.is_empty() && pull.header.reference.as_str() != reference;
        Ok(pull.header.awb.filter(|_| !other))
    }

    async fn pull(&self, kind: &str, number: &str) -> Result<TrackPull, ReadError> {
        let token = self.token.read().ok().and_then(|t| t.clone());
        let Some(token) = token else {
            return Err(ReadError::Unauthorized(Clean::new(
                "not logged in at the tracking host",
            )));
        };
        let body = json!({ "trkType": kind, "strcnno": number, "addtnlDtl": "Y" });
        let request = self
            .http
            .post(self.tracking.join(PULL))
            .header("X-Access-Token", token.expose_secret())
            .json(&body);
        let sent = self
            .http
            .send(request, self.http.settings().read_timeout)
            .await;
        if let Sent::Answer(answer) = &sent
            && answer.status == 206
        {
            return Err(ReadError::Nothing(Clean::new(
                "tracking does not know this number",
            )));
        }
        let answer = classify_read(sent).inspect_err(|error| {
            if matches!(error, ReadError::Unauthorized(_)) {
                self.forget_token();
            }
        })?;
        decode_track(&answer.parse().map_err(ReadError::Garbled)?)
    }

    /// A token that was turned away is not used again; a key that was handed out is all there is.
    fn forget_token(&self) {
        if let Ok(mut held) = self.token.write() {
            held.clone_from(&self.credentials.tracking_key);
        }
    }
}

/// Reads an answer of the JSON pull. One bad scan never sinks the others.
pub fn decode_track(body: &Value) -> Result<TrackPull, ReadError> {
    if body.get("statusFlag") == Some(&Value::Bool(false)) {
        return Err(ReadError::Nothing(Clean::new(
            "tracking does not know this number",
        )));
    }
    let Some(header) = body.get("trackHeader").and_then(Value::as_object) else {
        return Err(ReadError::Garbled(Clean::new(
            "a tracking answer without trackHeader",
        )));
    };
    let text = |key: &str| Clean::new(&blank_null(text_of(header.get(key))));
    let mut pull = TrackPull {
        header: TrackHeader {
            awb: Awb::parse(text("strShipmentNo").as_str()).ok(),
            reference: text("strRefNo"),
            status: text("strStatus"),
            rto_number: Some(text("strRtoNumber")).filter(|n| !n.is_empty()),
        },
        ..TrackPull::default()
    };
    let rows = body
        .get("trackDetails")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    for (position, row) in rows.take(SCANS_MAX).enumerate() {
        match scan(row, position as u16) {
            Ok(scan) => pull.scans.push(scan),
            Err(says) => pull.odd.push(says),
        }
    }
    pull.scans.sort_by_key(|s| (s.at, s.position));
    Ok(pull)
}

fn scan(row: &Value, position: u16) -> Result<Scan, Clean> {
    let text = |key: &str| blank_null(text_of(row.get(key)));
    let code = text("strCode").to_ascii_uppercase();
    let (date, time) = (text("strActionDate"), text("strActionTime"));
    let Some(at) = instant(&date, &time) else {
        return Err(Clean::new(&format!(
            "scan {code} at an unreadable time {date:?} {time:?}"
        )));
    };
    if code.is_empty() {
        return Err(Clean::new("a scan without a code"));
    }
    // On a delivery the remark is the receiver's name: nobody here needs it.
    let private = matches!(code.as_str(), "DLV" | "RTODLV");
    let remarks = if private {
        String::new()
    } else {
        text("sTrRemarks")
    };
    Ok(Scan {
        code: Clean::with_limit(&code, 24),
        words: Clean::with_limit(&text("strAction"), 80),
        at,
        place: Clean::with_limit(&text("strOrigin"), 60),
        remarks: Clean::with_limit(&remarks, 120),
        position,
    })
}

/// `ddMMyyyy` and `HHmm`, `HHmmss` or `HH:mm:ss`, IST.
fn instant(date: &str, time: &str) -> Option<Stamp> {
    let date = NaiveDate::parse_from_str(date, "%d%m%Y").ok()?;
    let digits: String = time.chars().filter(char::is_ascii_digit).collect();
    let padded = match digits.len() {
        3 | 5 => format!("0{digits}"),
        _ => digits,
    };
    let format = if padded.len() == 6 { "%H%M%S" } else { "%H%M" };
    let time = NaiveTime::parse_from_str(&padded, format).ok()?;
    from_ist(date.and_time(time))
}

fn blank_null(text: String) -> String {
    if text.eq_ignore_ascii_case("null") {
        String::new()
    } else {
        text
    }
}
