//! The way of a parcel: scans as a function of the time since its manifest.

use chrono::Duration;
use rand::Rng;

use super::clock::Moment;
use super::generate::{City, Fate, stream};

/// Codes of failed attempts and their words (dtdc-non-delivery-reasons.csv).
const REASONS: [(&str, &str); 6] = [
    ("UAT", "COULD NOT ATTEMPT-(DIR)"),
    ("DLK", "OFFICE CLOSED OR DOOR LOCK-(CIR)"),
    ("PNA", "RECEIVER NOT AVAILABLE-(CIR)"),
    ("CAN", "COLLECTION AMOUNT NOT READY-(CIR)"),
    ("ADR", "ADDRESS INCOMPLETE OR WRONG-(CIR)"),
    ("KYC", "CUSTOMER REFUSED TO SHARE SCD/ NDC"),
];

/// One event at the carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scan {
    pub(crate) at: Moment,
    pub(crate) code: &'static str,
    pub(crate) office: &'static str,
    pub(crate) place: &'static str,
    pub(crate) remark: String,
}

/// What a journey depends on.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) seed: u64,
    pub(crate) awb: String,
    pub(crate) origin: &'static City,
    pub(crate) destination: &'static City,
    pub(crate) fate: Fate,
    pub(crate) receiver: String,
    pub(crate) weight_kg: String,
    pub(crate) unknown_code: bool,
    pub(crate) hostile: bool,
}

/// The words DTDC shows for a code (dtdc-status-codes.csv).
pub(crate) fn label(code: &str) -> &'static str {
    match code {
        "SPL" => "Softdata Upload",
        "PCSC" => "Pickup Scheduled",
        "PCAW" => "Pickup Awaited",
        "PCUP" => "Picked Up",
        "PCAN" => "Archived",
        "BKD" => "Booked",
        "OPMF" | "CDOUT" | "CDIN" => "In Transit",
        "INSCAN" => "Reached At Destination",
        "PREPERD" => "FDM Prepared",
        "OUTDLV" => "Out For Delivery",
        "NONDLV" => "Not Delivered",
        "DLV" => "Delivered",
        "SETRTO" => "Set RTO initiated",
        "RTOBKD" => "RTO Booked",
        "RTOOPMF" | "RTOCDOUT" | "RTOCDIN" => "RTO In Transit",
        "RTOINSCAN" => "RTO Reached At Destination",
        "RTOOUTDLV" => "RTO Out For Delivery",
        "RTODLV" => "RTO Delivered",
        _ => "Facility Update",
    }
}

/// Scans made so far. `booked` and `manifested` are real times; `speed` parcel hours pass in a
/// real hour. The physical journey begins with the manifest.
pub(crate) fn scans(
    route: &Route,
    booked: Moment,
    manifested: Option<Moment>,
    speed: f64,
    now: Moment,
) -> Vec<Scan> {
    let mut all: Vec<Scan> = ["SPL", "PCSC", "PCAW"]
        .into_iter()
        .map(|code| scan(booked, code, route.origin, String::new()))
        .collect();
    let Some(manifested) = manifested else {
        return all;
    };
    let passed = (now - manifested).num_milliseconds().max(0) as f64 * speed / 60_000.0;
    all.extend(
        plan(route)
            .into_iter()
            .filter(|step| f64::from(step.minute) <= passed)
            .map(|step| {
                let at = manifested + Duration::minutes(i64::from(step.minute));
                scan(at, step.code, step.place, step.remark)
            }),
    );
    all
}

fn scan(at: Moment, code: &'static str, place: &'static City, remark: String) -> Scan {
    Scan {
        at,
        code,
        office: place.office,
        place: place.name,
        remark,
    }
}

/// One planned event, in minutes after the manifest.
struct Step {
    minute: u32,
    code: &'static str,
    place: &'static City,
    remark: String,
}

/// The whole journey as it will be.
fn plan(route: &Route) -> Vec<Step> {
    let mut rng = stream(route.seed, ("journey", &route.awb));
    let mut clock = rng.random_range(45..150_u32);
    let mut steps = Vec::new();
    let (from, to) = (route.origin, route.destination);
    let mut go = |hours: f64, code: &'static str, place: &'static City, remark: &str| {
        clock += (hours * 60.0) as u32
            + if hours > 0.0 {
                rng.random_range(0..12)
            } else {
                0
            };
        steps.push(Step {
            minute: clock,
            code,
            place,
            remark: remark.to_owned(),
        });
    };
    go(0.0, "PCUP", from, "");
    go(1.5, "BKD", from, "");
    go(0.8, "OPMF", from, &route.weight_kg);
    go(0.7, "CDOUT", from, &route.weight_kg);
    go(9.0, "CDIN", to, &route.weight_kg);
    // Scans have minute resolution and ties are common (dtdc.md section 6).
    go(0.0, "INSCAN", to, "");
    if route.unknown_code {
        go(0.5, "XQHUB", to, "");
    }
    go(
        1.5,
        "PREPERD",
        to,
        if route.hostile {
            "\u{1b}[2Jbag \u{202e}7\u{7}"
        } else {
            ""
        },
    );
    go(0.4, "OUTDLV", to, "");
    let reason = REASONS[route.awb.bytes().map(usize::from).sum::<usize>() % REASONS.len()];
    let reason = format!("{}|{}", reason.0, reason.1);
    match route.fate {
        Fate::Delivered => go(3.0, "DLV", to, &route.receiver),
        Fate::DeliveredAfterNdr => {
            go(4.0, "NONDLV", to, &reason);
            go(16.0, "OUTDLV", to, "");
            go(3.0, "DLV", to, &route.receiver);
        }
        Fate::Returned => {
            go(4.0, "NONDLV", to, &reason);
            go(16.0, "OUTDLV", to, "");
            go(4.0, "NONDLV", to, &reason);
            go(5.0, "SETRTO", to, "");
            go(1.0, "RTOBKD", to, "");
            go(0.5, "RTOOPMF", to, &route.weight_kg);
            go(0.5, "RTOCDOUT", to, &route.weight_kg);
            go(10.0, "RTOCDIN", from, &route.weight_kg);
            go(0.0, "RTOINSCAN", from, "");
            go(3.0, "RTOOUTDLV", from, "");
            go(3.0, "RTODLV", from, "");
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::super::generate::CITIES;
    use super::*;
    use chrono::Utc;

    fn route(fate: Fate) -> Route {
        Route {
            seed: 1,
            awb: "7X100000001".to_owned(),
            origin: &CITIES[0],
            destination: &CITIES[3],
            fate,
            receiver: "R Kumar".to_owned(),
            weight_kg: "0.80".to_owned(),
            unknown_code: false,
            hostile: false,
        }
    }

    fn codes(fate: Fate, hours: i64, speed: f64) -> Vec<&'static str> {
        let now = Utc::now();
        let start = now - Duration::minutes(hours * 60);
        scans(&route(fate), start, Some(start), speed, now)
            .into_iter()
            .map(|scan| scan.code)
            .collect()
    }

    #[test]
    fn nothing_physical_before_the_manifest() {
        let now = Utc::now();
        let seen = scans(
            &route(Fate::Delivered),
            now - Duration::days(3),
            None,
            3600.0,
            now,
        );
        assert_eq!(
            seen.iter().map(|scan| scan.code).collect::<Vec<_>>(),
            ["SPL", "PCSC", "PCAW"]
        );
    }

    #[test]
    fn the_ways_end_as_fated() {
        assert_eq!(codes(Fate::Delivered, 200, 1.0).last(), Some(&"DLV"));
        let ndr = codes(Fate::DeliveredAfterNdr, 200, 1.0);
        assert_eq!(ndr.iter().filter(|code| **code == "OUTDLV").count(), 2);
        assert_eq!(ndr.last(), Some(&"DLV"));
        let rto = codes(Fate::Returned, 200, 1.0);
        assert_eq!(rto.last(), Some(&"RTODLV"));
        assert!(!rto.contains(&"DLV"));
    }

    #[test]
    fn time_reveals_and_speed_hastens() {
        assert_eq!(codes(Fate::Delivered, 0, 1.0).len(), 3);
        let slow = codes(Fate::Delivered, 5, 1.0);
        assert!(slow.contains(&"BKD") && !slow.contains(&"DLV"));
        assert_eq!(codes(Fate::Delivered, 5, 100.0).last(), Some(&"DLV"));
    }
}
