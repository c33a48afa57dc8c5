//! Booking, "softdata" (contracts/dtdc.md section 2): the body that asks, and the judgement of the
//! answer, row by row.

use std::collections::HashMap;

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    refusal,
    value::{decimal, flag, text},
};
use crate::{
    domain::{
        Awb, Clean, Failure, FailureKind, Verdict,
        order::{Package, Payment},
        request::BookRequest,
    },
    dtdc::{Settings, settings::Origin},
};

/// Most parcels in one booking.
pub const PARCELS_MAX: usize = 20;

/// Digits of a phone number as DTDC's clients send it.
const PHONE_DIGITS: usize = 10;

/// What a booking gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booked {
    /// The number.
    pub awb: Awb,
    /// What will be billed, kilograms.
    pub chargeable_weight_kg: Option<Decimal>,
    /// Who carries it, where DTDC hands it on.
    pub courier_partner: Clean,
}

/// One row of `consignments`. Numbers are texts, as in every official sample.
#[derive(Debug, Serialize)]
pub(in crate::dtdc) struct Consignment<'a> {
    customer_code: &'a str,
    reference_number: &'a str,
    customer_reference_number: &'a str,
    service_type_id: &'a str,
    load_type: &'a str,
    #[serde(rename = "consignment_type")]
    kind: &'static str,
    commodity_id: &'a str,
    description: &'a str,
    declared_value: String,
    num_pieces: &'static str,
    dimension_unit: &'static str,
    length: String,
    width: String,
    height: String,
    weight_unit: &'static str,
    weight: String,
    origin_details: Place<'a>,
    destination_details: Place<'a>,
    cod_collection_mode: &'static str,
    cod_amount: String,
    cod_favor_of: &'static str,
    eway_bill: &'static str,
    invoice_number: &'a str,
    invoice_date: &'static str,
    is_risk_surcharge_applicable: bool,
}

#[derive(Debug, Serialize)]
struct Place<'a> {
    name: &'a str,
    phone: String,
    alternate_phone: &'static str,
    address_line_1: &'a str,
    address_line_2: &'a str,
    email: &'a str,
    pincode: &'a str,
    city: &'a str,
    state: &'a str,
}

impl<'a> Consignment<'a> {
    /// The row for one parcel, or what keeps it from being made.
    pub fn new(settings: &'a Settings, ask: &'a BookRequest) -> Result<Self, Failure> {
        let package = settings.default_package.complete(&ask.package);
        let [weight, length, width, height] = sizes(&package)?;
        let (cod_collection_mode, cod_amount) = match &ask.payment {
            Payment::Prepaid => ("", String::new()),
            Payment::Cod { collect } => ("CASH", plain(*collect)),
        };
        Ok(Self {
            customer_code: &settings.customer_code,
            reference_number: ask.own_number.as_ref().map_or("", Awb::as_str),
            customer_reference_number: &ask.booking_reference,
            service_type_id: &settings.service_type_id,
            load_type: &settings.load_type,
            kind: "Forward",
            commodity_id: &settings.commodity_id,
            description: ask.description.as_str(),
            declared_value: plain(ask.value),
            num_pieces: "1",
            dimension_unit: "cm",
            length: plain(length),
            width: plain(width),
            height: plain(height),
            weight_unit: "kg",
            weight: kilograms(weight),
            origin_details: from(&settings.origin),
            destination_details: to(ask),
            cod_collection_mode,
            cod_amount,
            cod_favor_of: "",
            eway_bill: "",
            invoice_number: ask.invoice_number.as_ref().map_or("", Clean::as_str),
            invoice_date: "",
            is_risk_surcharge_applicable: false,
        })
    }
}

/// The whole body.
pub(in crate::dtdc) fn body(consignments: &[Consignment<'_>]) -> Value {
    json!({ "consignments": consignments })
}

fn from(origin: &Origin) -> Place<'_> {
    Place {
        name: &origin.name,
        phone: phone(&origin.phone),
        alternate_phone: "",
        address_line_1: &origin.address_1,
        address_line_2: &origin.address_2,
        email: "",
        pincode: &origin.pincode,
        city: &origin.city,
        state: &origin.state,
    }
}

fn to(ask: &BookRequest) -> Place<'_> {
    let who = &ask.consignee;
    Place {
        name: who.name.as_str(),
        phone: phone(who.phone.as_str()),
        alternate_phone: "",
        address_line_1: who.address_1.as_str(),
        address_line_2: who.address_2.as_str(),
        email: who.email.as_str(),
        pincode: ask.destination.pin.as_str(),
        city: ask.destination.city.as_str(),
        state: ask.destination.state.as_str(),
    }
}

/// Weight in grams, then length, width and height in centimetres: all four are mandatory.
fn sizes(package: &Package) -> Result<[Decimal; 4], Failure> {
    let all = [
        ("weight", package.weight_g),
        ("length", package.length_cm),
        ("width", package.width_cm),
        ("height", package.height_cm),
    ];
    let missing: Vec<&str> = all
        .iter()
        .filter(|(_, size)| size.is_none())
        .map(|(name, _)| *name)
        .collect();
    if missing.is_empty() {
        return Ok(all.map(|(_, size)| size.unwrap_or_default()));
    }
    let says = format!(
        "not sent: the order has no {}; enter it at EasyEcom or set dtdc.default_package",
        missing.join(", ")
    );
    Err(Failure::new(FailureKind::Rejected, &says))
}

/// Grams as kilograms, never rounded down, with two decimals at least.
fn kilograms(grams: Decimal) -> String {
    let kg = (grams / Decimal::ONE_THOUSAND)
        .round_dp_with_strategy(3, rust_decimal::RoundingStrategy::AwayFromZero)
        .normalize();
    if kg.scale() < 2 {
        format!("{kg:.2}")
    } else {
        kg.to_string()
    }
}

fn plain(number: Decimal) -> String {
    number.normalize().to_string()
}

/// The last ten digits: country code and trunk zero stand before them.
pub(in crate::dtdc) fn phone(raw: &str) -> String {
    let digits: String = raw.chars().filter(char::is_ascii_digit).collect();
    let start = digits.len().saturating_sub(PHONE_DIGITS);
    digits.get(start..).unwrap_or_default().to_owned()
}

/// What was asked in one row.
#[derive(Clone, Debug)]
pub(in crate::dtdc) struct Asked<'a> {
    /// `customer_reference_number`.
    pub reference: &'a str,
    /// `reference_number`, if it was ours.
    pub own_number: Option<&'a Awb>,
}

/// Judges an HTTP 200: one verdict per row asked, in order. Rows are paired by position and by
/// reference; where the two disagree, or an AWB stands twice, nothing is guessed.
pub(in crate::dtdc) fn judge(body: &[u8], asked: &[Asked<'_>]) -> Vec<Verdict<Booked>> {
    let value: Value = match serde_json::from_slice(body) {
        Ok(value) => value,
        Err(_) => return all_unknown(asked, "the answer is no JSON"),
    };
    let Some(rows) = value.get("data").and_then(Value::as_array) else {
        return all_unknown(asked, "the answer has no list of results");
    };
    if rows.len() != asked.len() {
        let says = format!("{} results for {} parcels", rows.len(), asked.len());
        return all_unknown(asked, &says);
    }
    let doubts = doubts(rows, asked);
    rows.iter()
        .zip(asked)
        .enumerate()
        .map(|(position, (row, ask))| match doubts.get(&position) {
            Some(says) => Verdict::Unknown(says.as_str().into()),
            None => judge_row(row, ask),
        })
        .collect()
}

fn all_unknown(asked: &[Asked<'_>], says: &str) -> Vec<Verdict<Booked>> {
    vec![Verdict::Unknown(says.into()); asked.len()]
}

/// The positions whose rows contradict each other or their place, with what is wrong.
fn doubts(rows: &[Value], asked: &[Asked<'_>]) -> HashMap<usize, String> {
    let mut doubts = HashMap::new();
    let mut holders: HashMap<Awb, usize> = HashMap::new();
    for (position, (row, ask)) in rows.iter().zip(asked).enumerate() {
        if let Some(reference) = text(row, "customer_reference_number")
            && reference != ask.reference.trim()
        {
            let meant = asked.iter().position(|a| a.reference.trim() == reference);
            let says = format!(
                "the result in the place of {} speaks of {reference}",
                ask.reference
            );
            for place in [Some(position), meant].into_iter().flatten() {
                doubts.entry(place).or_insert_with(|| says.clone());
            }
        }
        let Some(awb) = number(row) else { continue };
        let owner = asked
            .iter()
            .position(|a| a.own_number == Some(&awb))
            .filter(|owner| *owner != position);
        let other = holders.insert(awb.clone(), position).or(owner);
        if let Some(other) = other {
            let says = format!("AWB {awb} stands for two parcels of this call");
            for place in [position, other] {
                doubts.entry(place).or_insert_with(|| says.clone());
            }
        }
    }
    doubts
}

fn number(row: &Value) -> Option<Awb> {
    Awb::parse(&text(row, "reference_number")?).ok()
}

fn judge_row(row: &Value, ask: &Asked<'_>) -> Verdict<Booked> {
    let awb = number(row);
    match (flag(row, "success"), awb, ask.own_number) {
        (Some(true), Some(awb), Some(own)) if awb != *own => {
            Verdict::Unknown(format!("we sent our number {own}, DTDC answers with {awb}").into())
        }
        (Some(true), Some(awb), _) => Verdict::Applied(Booked {
            awb,
            chargeable_weight_kg: decimal(row, "chargeable_weight"),
            courier_partner: Clean::new(&text(row, "courier_partner").unwrap_or_default()),
        }),
        (Some(true), None, _) => {
            Verdict::Unknown("DTDC says booked, but gives no readable AWB".into())
        }
        // A failed row repeats only numbers that we sent; another one is a booking that exists.
        (Some(false), Some(awb), own) if own != Some(&awb) => {
            let says = format!("refused ({}), but names AWB {awb}", refusal::words(row));
            Verdict::Unknown(says.into())
        }
        (Some(false), ..) => Verdict::NotApplied(Failure::new(
            refusal::of_item(row),
            &(refusal::words(row) + retry_words(row)),
        )),
        (None, ..) => Verdict::Unknown("the result says neither success nor failure".into()),
    }
}

fn retry_words(row: &Value) -> &'static str {
    match flag(row, "should_retry") {
        Some(true) => " (DTDC: may be tried again)",
        Some(false) => " (DTDC: trying again will not help)",
        None => "",
    }
}
