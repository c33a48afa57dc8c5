//! Labels, tokens, PIN codes.

use serde_json::{Value, json};

use crate::{
    domain::{Awb, ReadError},
    dtdc::wire::{label, pincode, token},
};

#[test]
fn labels_are_pdfs() {
    let awb = Awb::parse("7X1000001").expect("an AWB");
    // %PDF-1.4
    let coded = "JVBE\nRi0xLjQ=";
    for (name, body, expected) in [
        ("pdf", "%PDF-1.4".to_owned(), "%PDF-1.4"),
        (
            "base 64",
            json!({ "referenceNumber": "7x1000001", "label": coded }).to_string(),
            "%PDF-1.4",
        ),
        (
            "nameless",
            json!({ "label": coded }).to_string(),
            "%PDF-1.4",
        ),
        (
            "another's",
            json!({ "referenceNumber": "7X1000002", "label": coded }).to_string(),
            "the answer could not be read: the label of another AWB",
        ),
        (
            "refused",
            json!({ "error": { "reason": "WRONG_INPUT", "message": "none" } }).to_string(),
            "refused: WRONG_INPUT: none",
        ),
        (
            "a page inside",
            json!({ "label": "PGh0bWw+" }).to_string(),
            "the answer could not be read: a label of 6 bytes, no PDF",
        ),
        (
            "no base 64",
            json!({ "label": "%%%" }).to_string(),
            "the answer could not be read: a label that is no base 64",
        ),
        (
            "empty",
            String::new(),
            "the answer could not be read: no PDF and no JSON, 0 bytes",
        ),
        (
            "JSON",
            "[]".to_owned(),
            "the answer could not be read: JSON without a label",
        ),
    ] {
        let shown = match label::decode(body.into_bytes(), &awb) {
            Ok(pdf) => String::from_utf8_lossy(&pdf).into_owned(),
            Err(error) => error.to_string(),
        };
        assert_eq!(shown, expected, "{name}");
    }
}

#[test]
fn tokens_are_plain_text() {
    let shown = "XX0000_trk_json:0123456789abcdef0123456789abcdef";
    assert_eq!(token::decode(format!(" {shown}\n").as_bytes()), Ok(shown));
    assert_eq!(token::decode(format!("{shown:?}").as_bytes()), Ok(shown));
    let denied = token::decode(b"Not Authorized");
    assert!(matches!(denied, Err(ReadError::Unauthorized(_))));
    for bad in [
        "",
        "short",
        "two words here",
        "{\"token\":\"abcdefgh\"}",
        "<html></html>",
        "tok\u{7f}en-with-control",
        "\u{928}\u{92e}\u{938}\u{94d}\u{924}\u{947}",
    ] {
        let error = token::decode(bad.as_bytes()).expect_err("no token");
        assert!(matches!(error, ReadError::Garbled(_)), "{bad}");
    }
    assert!(token::decode(&[0xff; 20]).is_err());
    assert!(token::decode(&[b'a'; 1000]).is_err());
}

#[test]
fn pin_codes() {
    let reply = |message: &str, flag: &str, service: Value| {
        json!({ "ZIPCODE_RESP": [{ "MESSAGE": message, "SERVFLAG": flag, "DESTCITY": "PUNE" }],
                "SERV_LIST": [service] })
    };
    let service = |b2c: &str, cod: &str, b2c_cod: &str| json!({ "B2C_serviceable": b2c, "COD_Serviceable": cod, "b2C_COD_Serviceable": b2c_cod });
    for (body, expected) in [
        (
            reply("SUCCESS", "Y", service("YES", "YES", "YES")),
            (true, true),
        ),
        (
            reply("success", "Y", service("Y", "yes", "Y")),
            (true, true),
        ),
        (
            reply("SUCCESS", "Y", service("YES", "YES", "NO")),
            (true, false),
        ),
        (
            reply("SUCCESS", "Y", service("YES", "NO", "YES")),
            (true, false),
        ),
        (
            reply("SUCCESS", "N", service("YES", "YES", "YES")),
            (false, false),
        ),
        (
            reply("SUCCESS", "Y", service("NO", "YES", "YES")),
            (false, false),
        ),
        (reply("SUCCESS", "Y", json!(null)), (false, false)),
        (reply("DESTPIN is not valid", "", json!({})), (false, false)),
    ] {
        let read = pincode::decode(body.to_string().as_bytes()).expect("a verdict");
        assert_eq!((read.prepaid, read.cod), expected, "{body}");
        assert!(!read.says.is_empty());
    }
    for (body, refused) in [
        (reply("ORGPIN is not valid", "", json!({})), true),
        (reply("SYSTEM ERROR", "", json!({})), true),
        (json!({ "ZIPCODE_RESP": [] }), false),
        (json!({ "ZIPCODE_RESP": [{}] }), false),
        (json!([]), false),
    ] {
        let error = pincode::decode(body.to_string().as_bytes()).expect_err("no verdict");
        assert_eq!(matches!(error, ReadError::Refused(_)), refused, "{body}");
    }
}
