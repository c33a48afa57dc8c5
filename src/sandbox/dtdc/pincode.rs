//! Serviceability (dtdc.md section 5).

use serde_json::{Value, json};

use crate::sandbox::call::{Call, Reply, text};
use crate::sandbox::generate::city_of_pincode;

/// POST PincodeApiCall, `{"orgPincode", "desPincode"}`. Letter case and Y/N beside YES/NO are real.
pub(crate) fn look_up(call: &Call) -> Reply {
    let fields = call.fields();
    let from = text(&fields, "orgPincode").unwrap_or_default();
    let to = text(&fields, "desPincode").unwrap_or_default();
    let (Some(_), Some(city)) = (city_of_pincode(&from), city_of_pincode(&to)) else {
        let end = if city_of_pincode(&from).is_none() {
            "ORGPIN"
        } else {
            "DESTPIN"
        };
        let body = json!({ "ZIPCODE_RESP": [{ "MESSAGE": format!("{end} is not valid"), "ORGPIN": from, "DESTPIN": to }],
                           "SERV_LIST": [], "SERV_LIST_DTLS": [], "SERV_BR": [], "SERV_FR": [], "PIN_CITY": [] });
        return Reply::json(200, &body);
    };
    let cod = city.serviceable && !city.prepaid_only;
    let (flag, word) = (
        |yes: bool| if yes { "Y" } else { "N" },
        |yes: bool| if yes { "YES" } else { "NO" },
    );
    let services: Vec<Value> = if city.serviceable {
        vec![
            json!({ "CODE": "P7X", "PCODE": "P7X", "NAME": "B2C PRIORITY", "TAT": "2" }),
            json!({ "CODE": "B2C", "PCODE": "B2C", "NAME": "B2C SMART EXPRESS", "TAT": "4" }),
        ]
    } else {
        Vec::new()
    };
    Reply::json(
        200,
        &json!({
            "ZIPCODE_RESP": [{ "MESSAGE": "SUCCESS", "ORGPIN": from, "DESTPIN": to, "ORGCOUNTRY": "IN",
                               "DESTCOUNTRY": "IN", "DESTCITY": city.name.to_uppercase(),
                               "DESTSTATE": city.state.to_uppercase(), "SERVFLAG": flag(city.serviceable),
                               "SERV_COD": flag(cod) }],
            "SERV_LIST": [{ "b2C_SERVICEABLE": word(city.serviceable), "b2C_COD_Serviceable": word(cod),
                            "b2B_SERVICEABLE": word(city.serviceable), "b2B_COD_Serviceable": word(cod),
                            "COD_Serviceable": word(cod), "DC_Serviceable": "NO", "GEC_Serviceable": word(city.serviceable),
                            "LITE_Serviceable": "YES", "special_Destination": "NO",
                            "remote_Delivery_Area": word(city.prepaid_only) }],
            "SERV_LIST_DTLS": services, "SERV_BR": [], "SERV_FR": [], "PIN_CITY": [],
        }),
    )
}
