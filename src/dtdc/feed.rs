//! Entries of DTDC's decoders: see [`crate::feed`].

use super::wire::{
    booking::{self, Asked},
    cancel, label, pincode, push, refusal, token, track,
};
use crate::{
    domain::{Awb, Verdict, tracking::Scan},
    feed::{harmless, keeps, shown},
};

/// Statuses that the remotes answer with.
const STATUSES: [u16; 4] = [200, 206, 400, 500];

fn awb() -> Awb {
    Awb::parse("7X1000001").expect("an AWB")
}

fn verdict<T>(verdict: &Verdict<T>) {
    match verdict {
        Verdict::NotApplied(failure) => shown(failure.says.as_str()),
        Verdict::Unknown(says) => shown(says.as_str()),
        Verdict::Applied(_) | Verdict::Accepted(_) => {}
    }
}

fn refused(bytes: &[u8]) {
    for status in STATUSES {
        if let Some((_, words)) = refusal::of_request(status, bytes) {
            crate::feed::clean_text(words.as_bytes());
        }
    }
}

/// A booking of two, one of them with our own number: a verdict for each, and never one AWB for both.
pub fn booking_answer(bytes: &[u8]) {
    refused(bytes);
    let own = awb();
    let asked = [("R1", None), ("R2", Some(&own))].map(|(reference, own_number)| Asked {
        reference,
        own_number,
    });
    let verdicts = booking::judge(bytes, &asked);
    assert_eq!(verdicts.len(), asked.len(), "a verdict for each parcel");
    verdicts.iter().for_each(verdict);
    let mut booked: Vec<Awb> = Vec::new();
    for (verdict, ask) in verdicts.iter().zip(&asked) {
        if let Verdict::Applied(found) | Verdict::Accepted(found) = verdict {
            harmless(&(&found.awb, &found.courier_partner));
            assert!(ask.own_number.is_none_or(|own| *own == found.awb));
            assert!(!booked.contains(&found.awb), "one AWB for two parcels");
            booked.push(found.awb.clone());
        }
    }
}

/// A cancellation of two: a verdict for each.
pub fn cancel_answer(bytes: &[u8]) {
    refused(bytes);
    let (one, two) = (awb(), Awb::parse("7X1000002").expect("an AWB"));
    let verdicts = cancel::judge(bytes, &[&one, &two]);
    assert_eq!(verdicts.len(), 2);
    verdicts.iter().for_each(verdict);
}

/// A label: what comes out is a PDF.
pub fn label_answer(bytes: &[u8]) {
    match label::decode(bytes.to_vec(), &awb()) {
        Ok(pdf) => assert!(pdf.starts_with(b"%PDF-")),
        Err(error) => shown(&error.to_string()),
    }
}

/// Whether a PIN code is served.
pub fn pincode_answer(bytes: &[u8]) {
    match pincode::decode(bytes) {
        Ok(serves) => shown(serves.says.as_str()),
        Err(error) => shown(&error.to_string()),
    }
}

/// The tracking host's login.
pub fn track_login(bytes: &[u8]) {
    match token::decode(bytes) {
        Ok(token) => assert!(!token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic())),
        Err(error) => shown(&error.to_string()),
    }
}

/// A journey, by number and by reference: no scan is lost.
pub fn track_answer(bytes: &[u8]) {
    let listed = serde_json::from_slice::<serde_json::Value>(bytes)
        .ok()
        .and_then(|value| value.get("trackDetails")?.as_array().map(Vec::len));
    for status in STATUSES {
        match track::decode(status, bytes, &awb()) {
            Ok(pull) => {
                let header = &pull.header;
                harmless(&(
                    &header.status,
                    &header.rto_number,
                    &header.product,
                    &header.reference,
                ));
                if let Some(listed) = listed {
                    assert_eq!(pull.scans.len() + pull.odd.len(), listed, "no scan is lost");
                }
                scans(&pull.scans, &pull.odd);
            }
            Err(error) => shown(&error.to_string()),
        }
        match track::decode_number(status, bytes, "R1") {
            Ok(found) => harmless(&found.awb),
            Err(error) => shown(&error.to_string()),
        }
    }
}

fn scans(scans: &[Scan], odd: &[crate::domain::Clean]) {
    scans.iter().for_each(keeps);
    harmless(&odd);
}

/// A pushed scan.
pub fn track_push(bytes: &[u8]) {
    match push::decode_push(bytes) {
        Ok((awb, found, odd)) => {
            harmless(&awb);
            scans(&found, &odd);
        }
        Err(says) => shown(says.as_str()),
    }
}
