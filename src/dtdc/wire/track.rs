//! Tracking, pull (contracts/dtdc.md section 6).

use chrono::NaiveTime;
use serde_json::{Value, json};

use super::{
    scan::{self, Dialect},
    value::{flag, list, scalar, text},
};
use crate::domain::{Awb, Clean, ReadError, Stamp, time::from_ist, tracking::Scan};

/// What DTDC says about a parcel as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrackHeader {
    /// The words of the standing status; they decide nothing.
    pub status: Clean,
    /// The number under which it returns, if it does under another.
    pub rto_number: Option<Clean>,
    /// The service, such as `PRIORITY`.
    pub product: Clean,
    /// The day by which it should arrive, the revised one where there is one: midnight IST.
    pub expected: Option<Stamp>,
    /// Delivery attempts.
    pub attempts: Option<u32>,
    /// `strRefNo`: our reference.
    pub reference: Clean,
}

/// A parcel's journey.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrackPull {
    /// The parcel as a whole.
    pub header: TrackHeader,
    /// What could be read, by time, then by DTDC's order.
    pub scans: Vec<Scan>,
    /// Scans that could not be read, described.
    pub odd: Vec<Clean>,
}

/// By what a parcel is asked for.
#[derive(Clone, Copy, Debug)]
pub(in crate::dtdc) enum Key<'a> {
    /// Its number, with all scans.
    Awb(&'a Awb),
    /// Our reference, without scans.
    Reference(&'a str),
}

/// The body.
pub(in crate::dtdc) fn body(key: Key<'_>) -> Value {
    let (kind, number, details) = match key {
        Key::Awb(awb) => ("cnno", awb.as_str(), "Y"),
        Key::Reference(reference) => ("reference", reference, "N"),
    };
    json!({ "trkType": kind, "strcnno": number, "addtnlDtl": details })
}

/// Reads a journey, which must be that of `awb`.
pub(in crate::dtdc) fn decode(status: u16, body: &[u8], awb: &Awb) -> Result<TrackPull, ReadError> {
    let value = reply(status, body)?;
    let header = value.get("trackHeader").filter(|h| h.is_object());
    let details = list(&value, "trackDetails");
    if header.is_none() && details.is_none() {
        return Err(garbled("success, but neither header nor scans"));
    }
    if let Some(named) = header.and_then(|h| text(h, "strShipmentNo"))
        && Awb::parse(&named).as_ref() != Ok(awb)
    {
        return Err(garbled(&format!("the answer is about {named}, not {awb}")));
    }
    let (scans, odd) = scan::decode_all(details.unwrap_or_default(), Dialect::Pull);
    Ok(TrackPull {
        header: header.map(decode_header).unwrap_or_default(),
        scans,
        odd,
    })
}

/// The answer to a question by our reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The number.
    pub awb: Awb,
    /// Whether the answer itself names our reference. Where it names none it proves nothing alone.
    pub named: bool,
}

/// Reads which number was booked under `reference`.
pub(in crate::dtdc) fn decode_number(
    status: u16,
    body: &[u8],
    reference: &str,
) -> Result<Found, ReadError> {
    let value = reply(status, body)?;
    let header = value.get("trackHeader").unwrap_or(&Value::Null);
    let said = text(header, "strRefNo");
    if let Some(named) = &said
        && !named.eq_ignore_ascii_case(reference.trim())
    {
        let says = format!("the answer is about reference {named}, not {reference}");
        return Err(garbled(&says));
    }
    let number = text(header, "strShipmentNo").unwrap_or_default();
    let awb =
        Awb::parse(&number).map_err(|why| garbled(&format!("success, but no number: {why}")))?;
    Ok(Found {
        awb,
        named: said.is_some(),
    })
}

/// The reply, if it is a success. "Nothing" is said only where DTDC says so itself: a booking may be
/// repeated on the strength of it.
fn reply(status: u16, body: &[u8]) -> Result<Value, ReadError> {
    let value: Value =
        serde_json::from_slice(body).map_err(|_| garbled("the answer is no JSON"))?;
    let success = match flag(&value, "statusFlag") {
        Some(success) => success,
        None => match text(&value, "status") {
            Some(word) => word.eq_ignore_ascii_case("SUCCESS"),
            None => return Err(garbled("neither success nor failure")),
        },
    };
    if success {
        return Ok(value);
    }
    let said = error_words(&value);
    match said {
        Some(said) if said.to_ascii_uppercase().contains("NO DATA FOUND") => {
            Err(ReadError::Nothing(said.into()))
        }
        Some(said) => Err(ReadError::Refused(said.into())),
        None if status == 206 => Err(ReadError::Nothing("HTTP 206".into())),
        None => Err(garbled("failed, without a word")),
    }
}

/// `strError` of `errorDetails`, a list of name and value.
fn error_words(value: &Value) -> Option<String> {
    list(value, "errorDetails")?
        .iter()
        .find(|row| text(row, "name").is_some_and(|name| name.eq_ignore_ascii_case("strError")))
        .and_then(|row| text(row, "value"))
}

fn decode_header(header: &Value) -> TrackHeader {
    let get = |key| Clean::new(&text(header, key).unwrap_or_default());
    let number = |key| text(header, key).map(|text| Clean::with_limit(&text, 32));
    TrackHeader {
        status: get("strStatus"),
        rto_number: number("strRtoNumber"),
        product: get("strCNProduct"),
        expected: midnight(header, "strRevExpectedDeliveryDate")
            .or_else(|| midnight(header, "strExpectedDeliveryDate")),
        attempts: header
            .get("strNoOfAttempts")
            .and_then(scalar)
            .and_then(|n| n.parse().ok()),
        reference: get("strRefNo"),
    }
}

fn midnight(header: &Value, key: &str) -> Option<Stamp> {
    let day = scan::day(&text(header, key)?)?;
    from_ist(day.and_time(NaiveTime::MIN))
}

fn garbled(says: &str) -> ReadError {
    ReadError::Garbled(Clean::new(says))
}
