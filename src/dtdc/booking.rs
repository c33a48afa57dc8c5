//! Booking (contracts/dtdc.md section 2, "softdata").

use std::collections::HashMap;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Dtdc, Settings, Whole, text_of, write_json};
use crate::{
    domain::{
        Awb, Clean, Failure, FailureKind, Verdict, order::Payment, request::BookRequest, time::ist,
    },
    ledger::Permit,
};

/// Most consignments in one call.
pub const BATCH_MAX: usize = 20;

const PATH: &str = "/api/customer/integration/consignment/softdata";

/// A booked consignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booked {
    /// Its number.
    pub awb: Awb,
    /// What DTDC will charge for, kilograms.
    pub chargeable_weight_kg: Option<Decimal>,
    /// Who carries it, where that is somebody else.
    pub courier_partner: Clean,
}

impl Dtdc {
    /// Books up to [`BATCH_MAX`] parcels in one call; verdicts in the order of the permits.
    pub async fn book(&self, permits: &[Permit<BookRequest>]) -> Vec<Verdict<Booked>> {
        let requests: Vec<&BookRequest> = permits.iter().map(Permit::request).collect();
        if requests.is_empty() || requests.len() > BATCH_MAX {
            let failure = Failure::new(
                FailureKind::TooLate,
                "1 to 20 consignments fit in a call; nothing was sent",
            );
            return requests
                .iter()
                .map(|_| Verdict::NotApplied(failure.clone()))
                .collect();
        }
        let rows: Vec<Value> = requests
            .iter()
            .map(|r| consignment(&self.settings, r))
            .collect();
        match write_json(self.post(PATH, &json!({ "consignments": rows })).await) {
            Ok(answer) => pair(&requests, &answer),
            Err(Whole::NotApplied(failure)) => requests
                .iter()
                .map(|_| Verdict::NotApplied(failure.clone()))
                .collect(),
            Err(Whole::Unknown(saw)) => requests
                .iter()
                .map(|_| Verdict::Unknown(saw.clone()))
                .collect(),
        }
    }
}

/// A consignment as DTDC reads it: numbers as texts, centimetres and kilograms.
fn consignment(settings: &Settings, ask: &BookRequest) -> Value {
    let [weight, length, width, height] = settings.default_package.decimals();
    let package = &ask.package;
    let weight_kg = package.weight_g.unwrap_or(weight) / Decimal::from(1000);
    let size = |given: Option<Decimal>, otherwise: Decimal| {
        given.unwrap_or(otherwise).normalize().to_string()
    };
    let (cod_mode, cod_amount) = match &ask.payment {
        Payment::Cod { collect } => ("CASH", collect.normalize().to_string()),
        Payment::Prepaid => ("", String::new()),
    };
    let today = chrono::Utc::now()
        .with_timezone(&ist())
        .format("%d %b %Y")
        .to_string();
    let origin = &settings.origin;
    json!({
        "customer_code": settings.customer_code,
        "reference_number": ask.own_number.as_ref().map_or("", Awb::as_str),
        "customer_reference_number": ask.booking_reference,
        "service_type_id": settings.service_type_id,
        "load_type": settings.load_type,
        "consignment_type": "Forward",
        "commodity_id": settings.commodity_id,
        "description": ask.description,
        "declared_value": ask.value.normalize().to_string(),
        "num_pieces": "1",
        "dimension_unit": "cm",
        "length": size(package.length_cm, length),
        "width": size(package.width_cm, width),
        "height": size(package.height_cm, height),
        "weight_unit": "kg",
        "weight": weight_kg.normalize().to_string(),
        "origin_details": {
            "name": origin.name, "phone": ten_digits(&origin.phone), "alternate_phone": "",
            "address_line_1": origin.address_1, "address_line_2": origin.address_2,
            "pincode": origin.pincode, "city": origin.city, "state": origin.state,
        },
        "destination_details": {
            "name": ask.consignee.name, "phone": ten_digits(ask.consignee.phone.as_str()),
            "alternate_phone": "", "address_line_1": ask.consignee.address_1,
            "address_line_2": ask.consignee.address_2, "pincode": ask.destination.pin,
            "city": ask.destination.city, "state": ask.destination.state,
        },
        "cod_collection_mode": cod_mode,
        "cod_amount": cod_amount,
        "cod_favor_of": "",
        "eway_bill": "",
        "invoice_number": ask.invoice_number.as_ref().map_or("", Clean::as_str),
        "invoice_date": today,
        "is_risk_surcharge_applicable": false,
    })
}

/// The last ten digits: Indian numbers come with and without their country code.
fn ten_digits(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    let skip = digits.len().saturating_sub(10);
    digits.into_iter().skip(skip).collect()
}

/// Pairs answer rows with what was asked, by our reference where a row has it and by position. Where
/// the two contradict each other nobody knows whose AWB it is: those rows are not known.
fn pair(asked: &[&BookRequest], answer: &Value) -> Vec<Verdict<Booked>> {
    let unknown = |says: &str| Verdict::Unknown(Clean::new(says));
    let Some(rows) = answer.get("data").and_then(Value::as_array) else {
        return asked
            .iter()
            .map(|_| unknown("HTTP 200 without a data list"))
            .collect();
    };
    if rows.len() != asked.len() {
        let says = format!("{} answers to {} consignments", rows.len(), asked.len());
        return asked.iter().map(|_| unknown(&says)).collect();
    }
    let mut verdicts: Vec<Verdict<Booked>> = asked
        .iter()
        .zip(rows)
        .map(|(ask, row)| {
            let reference = text_of(row.get("customer_reference_number"));
            if !reference.is_empty() && reference != ask.booking_reference {
                return unknown("the answer's rows are not in the order asked for");
            }
            one(ask, row)
        })
        .collect();
    let mut times: HashMap<Awb, usize> = HashMap::new();
    for verdict in &verdicts {
        if let Verdict::Applied(booked) = verdict {
            *times.entry(booked.awb.clone()).or_default() += 1;
        }
    }
    for verdict in &mut verdicts {
        if let Verdict::Applied(booked) = verdict
            && times.get(&booked.awb).is_some_and(|n| *n > 1)
        {
            *verdict = Verdict::Unknown(Clean::new(&format!(
                "AWB {} stands on two rows of the answer",
                booked.awb
            )));
        }
    }
    verdicts
}

fn one(ask: &BookRequest, row: &Value) -> Verdict<Booked> {
    if row.get("success") != Some(&Value::Bool(true)) {
        if row.get("success") != Some(&Value::Bool(false)) {
            return Verdict::Unknown(Clean::new("a row without success"));
        }
        let (reason, message) = (text_of(row.get("reason")), text_of(row.get("message")));
        let says = if reason.is_empty() || reason == message {
            message
        } else {
            format!("{reason}: {message}")
        };
        return Verdict::NotApplied(Failure::new(FailureKind::Rejected, &says));
    }
    let number = text_of(row.get("reference_number"));
    let Ok(awb) = Awb::parse(&number) else {
        return Verdict::Unknown(Clean::new("success without a number"));
    };
    if let Some(own) = ask.own_number.as_ref().filter(|own| **own != awb) {
        return Verdict::Unknown(Clean::new(&format!("asked for AWB {own}, got {awb}")));
    }
    Verdict::Applied(Booked {
        awb,
        chargeable_weight_kg: text_of(row.get("chargeable_weight")).parse().ok(),
        courier_partner: Clean::new(&text_of(row.get("courier_partner"))),
    })
}
