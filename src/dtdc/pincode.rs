//! The PIN look-up (contracts/dtdc.md section 5): mixed letter case, Y/N beside YES/NO.

use serde_json::{Value, json};

use super::{Dtdc, text_of};
use crate::{
    domain::{Clean, ReadError},
    http::classify_read,
};

const PATH: &str = "/ratecalapi/PincodeApiCall";

/// Whether DTDC serves a PIN code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serviceability {
    /// Prepaid parcels.
    pub prepaid: bool,
    /// Cash on delivery.
    pub cod: bool,
    /// The look-up's words.
    pub says: Clean,
}

impl Dtdc {
    /// Asks whether parcels from the warehouse to `pin` are served.
    pub async fn serviceable(&self, pin: &str) -> Result<Serviceability, ReadError> {
        let body = json!({ "orgPincode": self.settings.origin.pincode, "desPincode": pin });
        let request = self.http.post(self.pincodes.join(PATH)).json(&body);
        let answer = classify_read(
            self.http
                .send(request, self.http.settings().read_timeout)
                .await,
        )?;
        decode(&answer.parse().map_err(ReadError::Garbled)?)
    }
}

fn decode(body: &Value) -> Result<Serviceability, ReadError> {
    let first = |list: &str| get(body, list).and_then(|l| l.get(0)).cloned();
    let Some(zip) = first("ZIPCODE_RESP") else {
        return Err(ReadError::Garbled(Clean::new(
            "the PIN look-up names no ZIPCODE_RESP",
        )));
    };
    let services = first("SERV_LIST").unwrap_or_default();
    let message = text_of(get(&zip, "MESSAGE"));
    let yes = |value: &Value, key: &str| {
        matches!(
            text_of(get(value, key)).to_ascii_uppercase().as_str(),
            "Y" | "YES"
        )
    };
    let known = message.eq_ignore_ascii_case("SUCCESS");
    let cod = yes(&services, "COD_Serviceable") && yes(&services, "b2C_COD_Serviceable");
    Ok(Serviceability {
        prepaid: known && yes(&zip, "SERVFLAG") && yes(&services, "b2C_SERVICEABLE"),
        cod: known && cod,
        says: Clean::new(if known {
            "not served by this account's services"
        } else {
            &message
        }),
    })
}

/// A field whatever the case of its name.
fn get<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    value
        .as_object()?
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(key))
        .map(|(_, value)| value)
}
