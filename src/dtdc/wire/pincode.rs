//! The PIN look-up (contracts/dtdc.md section 5).

use serde_json::{Value, json};

use super::value::{list, text_any_case};
use crate::domain::{Clean, ReadError};

/// Whether DTDC delivers to a PIN code. Says nothing about Raftaar's own zones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serviceability {
    /// Paid parcels.
    pub prepaid: bool,
    /// Parcels to be paid at the door.
    pub cod: bool,
    /// DTDC's words, or what they come to.
    pub says: Clean,
}

/// The body.
pub(in crate::dtdc) fn body(from: &str, to: &str) -> Value {
    json!({ "orgPincode": from, "desPincode": to })
}

/// Reads the answer. Only a verdict on the destination is a no; a complaint about our own PIN code
/// or about nothing in particular says nothing about the customer.
pub(in crate::dtdc) fn decode(body: &[u8]) -> Result<Serviceability, ReadError> {
    let garbled = |says: &str| ReadError::Garbled(Clean::new(says));
    let value: Value =
        serde_json::from_slice(body).map_err(|_| garbled("the answer is no JSON"))?;
    let first = |key| list(&value, key).and_then(<[Value]>::first);
    let zip = first("ZIPCODE_RESP").ok_or_else(|| garbled("no ZIPCODE_RESP"))?;
    let message = text_any_case(zip, "MESSAGE").ok_or_else(|| garbled("no MESSAGE"))?;
    if !message.eq_ignore_ascii_case("SUCCESS") {
        if message.to_ascii_uppercase().contains("DESTPIN") {
            return Ok(Serviceability {
                prepaid: false,
                cod: false,
                says: message.into(),
            });
        }
        return Err(ReadError::Refused(message.into()));
    }
    let services = first("SERV_LIST").unwrap_or(&Value::Null);
    let yes = |object, key| text_any_case(object, key).is_some_and(|word| is_yes(&word));
    let prepaid = yes(zip, "SERVFLAG") && yes(services, "b2C_SERVICEABLE");
    let cod = prepaid && yes(services, "COD_Serviceable") && yes(services, "b2C_COD_Serviceable");
    let place = text_any_case(zip, "DESTCITY").unwrap_or_else(|| "this PIN code".to_owned());
    let says = match (prepaid, cod) {
        (true, true) => format!("DTDC delivers to {place}"),
        (true, false) => format!("DTDC delivers to {place}, but collects no cash there"),
        _ => format!("DTDC does not deliver to {place}"),
    };
    Ok(Serviceability {
        prepaid,
        cod,
        says: says.into(),
    })
}

/// `Y` beside `YES` is real.
fn is_yes(word: &str) -> bool {
    word.eq_ignore_ascii_case("Y") || word.eq_ignore_ascii_case("YES")
}
