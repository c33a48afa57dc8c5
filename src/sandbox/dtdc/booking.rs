//! Softdata: the booking of consignments (dtdc.md section 2).

use rand::Rng;
use serde_json::{Value, json};

use crate::sandbox::auth::dtdc_error;
use crate::sandbox::call::{Call, Reply, text, whole};
use crate::sandbox::clock::Moment;
use crate::sandbox::effects::{EffectKind, Rule};
use crate::sandbox::generate::{Fate, city_of_pincode, stream};
use crate::sandbox::journey::Route;
use crate::sandbox::order::Stage;
use crate::sandbox::switches::RepeatAnswer;
use crate::sandbox::world::{Booking, World, base_reference};

/// Most consignments of one request.
const MAX_ITEMS: usize = 20;

/// Services of the account; the set is closed.
const SERVICES: [&str; 9] = [
    "B2C PRIORITY",
    "B2C SMART EXPRESS",
    "B2C PREMIUM",
    "B2C GROUND ECONOMY",
    "PRIORITY",
    "GROUND EXPRESS",
    "GROUND_EXPRESS",
    "PREMIUM",
    "STD EXP-A",
];

/// Why one item was not booked.
struct Refusal {
    reason: &'static str,
    message: String,
    retry: bool,
}

impl Refusal {
    fn new(reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
            retry: false,
        }
    }
}

/// POST softdata.
pub(crate) fn book(world: &mut World, call: &Call, now: Moment) -> Reply {
    let fields = call.fields();
    let Some(items) = fields.get("consignments").and_then(Value::as_array) else {
        return dtdc_error(400, "WRONG_INPUT", "consignments should be present");
    };
    if items.len() > MAX_ITEMS {
        let message = format!("more than {MAX_ITEMS} consignments");
        return dtdc_error(400, "MAX_MANIFEST_LIST_LENGTH_EXCEEDED", &message);
    }
    let rows: Vec<Value> = items
        .iter()
        .enumerate()
        .map(|(nth, item)| {
            if nth == 0 && call.twist.item_failure {
                // The official sample of a failed row names no consignment at all.
                return json!({ "success": false, "reason": "INTERNAL_ERROR",
                               "message": "Could not process the consignment", "should_retry": true });
            }
            match book_item(world, item, now) {
                Ok(awb) => success(world, &awb),
                Err(refusal) => failure(item, &refusal),
            }
        })
        .collect();
    Reply::json(200, &json!({ "status": "OK", "data": rows }))
}

fn success(world: &World, awb: &str) -> Value {
    let Some(booking) = world.bookings.get(awb) else {
        return Value::Null;
    };
    let pieces: Vec<Value> = (1..=booking.pieces)
        .map(|piece| json!({ "reference_number": format!("{awb}{piece:03}"), "product_code": "" }))
        .collect();
    json!({
        "success": true, "reference_number": awb, "customer_reference_number": booking.reference,
        "chargeable_weight": booking.route.weight_kg.parse::<f64>().unwrap_or(0.5),
        "courier_partner": null, "courier_account": "", "courier_partner_reference_number": null,
        "self_pickup_enabled": false, "pieces": pieces, "barCodeData": long_code(awb, &booking.pincode),
    })
}

/// The longer code beside the AWB on a label: 23 digits more, the pincode among them.
pub(super) fn long_code(awb: &str, pincode: &str) -> String {
    format!("{awb}{pincode}00100000000000000")
}

/// Some failures name the consignment, as far as it was named to us; some do not.
fn failure(item: &Value, refusal: &Refusal) -> Value {
    let mut row = json!({ "success": false, "reason": refusal.reason, "message": refusal.message,
                          "should_retry": refusal.retry });
    let reference =
        text(item, "customer_reference_number").filter(|reference| !reference.ends_with('7'));
    if let (Some(reference), Some(row)) = (reference, row.as_object_mut()) {
        row.insert("customer_reference_number".to_owned(), reference.into());
    }
    row
}

/// Books one item and hands back its AWB.
fn book_item(world: &mut World, item: &Value, now: Moment) -> Result<String, Refusal> {
    check_fields(world, item)?;
    let pincode = check_places(item)?;
    let reference = text(item, "customer_reference_number").ok_or_else(|| {
        Refusal::new("WRONG_INPUT", "customer_reference_number should be present")
    })?;
    let own = text(item, "reference_number");
    let invoice = world.invoice_of_reference(&reference);
    if let Some(words) = invoice.and_then(|invoice| world.barred(invoice, "softdata", now)) {
        return Err(Refusal::new("WRONG_INPUT", words));
    }
    if let Some(own) = &own {
        check_series(world, item, own)?;
        if let Some(repeat) = check_own(world, own, &reference, now)? {
            return Ok(repeat);
        }
    }
    check_second(world, invoice, &reference, now)?;
    let awb = own.unwrap_or_else(|| allocate(world));
    let booking = Booking {
        route: route(world, item, &awb, &pincode, invoice),
        awb: awb.clone(),
        reference: reference.clone(),
        invoice,
        at: now,
        cancelled: None,
        pieces: whole(item, "num_pieces").unwrap_or(1).clamp(1, 99),
        pincode,
        service: text(item, "service_type_id").unwrap_or_default(),
        cod: text(item, "cod_collection_mode").is_some(),
    };
    world.bookings.insert(awb.clone(), booking);
    let base = base_reference(&reference).to_owned();
    world
        .bookings_by_reference
        .entry(base)
        .or_default()
        .push(awb.clone());
    if let Some(invoice) = invoice {
        world
            .bookings_by_invoice
            .entry(invoice)
            .or_default()
            .push(awb.clone());
    }
    world.record(EffectKind::Booked, invoice, Some(&awb), reference, now);
    Ok(awb)
}

fn check_fields(world: &World, item: &Value) -> Result<(), Refusal> {
    let given = |key: &str| text(item, key).unwrap_or_default();
    let code = given("customer_code");
    if code.is_empty() {
        return Err(Refusal::new(
            "CUSTOMER_CODE_MISSING",
            "Customer code should be present",
        ));
    }
    if code != world.options.credentials.dtdc_customer_code {
        return Err(Refusal::new(
            "WRONG_INPUT",
            "Customer code does not belong to the api key",
        ));
    }
    if !SERVICES.contains(&given("service_type_id").as_str()) {
        return Err(Refusal::new(
            "SERVICE_TYPE_NOT_FOUND",
            "Service type not found",
        ));
    }
    if !["NON-DOCUMENT", "DOCUMENT"].contains(&given("load_type").as_str()) {
        return Err(Refusal::new(
            "WRONG_INPUT",
            "load_type should be NON-DOCUMENT or DOCUMENT",
        ));
    }
    if given("dimension_unit") != "cm" || given("weight_unit") != "kg" {
        return Err(Refusal::new("WRONG_INPUT", "units should be cm and kg"));
    }
    for key in ["length", "width", "height", "weight", "num_pieces"] {
        if !given(key).parse::<f64>().is_ok_and(|value| value > 0.0) {
            return Err(Refusal::new(
                "WRONG_INPUT",
                format!("{key} should be a positive number"),
            ));
        }
    }
    let price = given("declared_value").parse::<f64>().unwrap_or(0.0);
    if given("load_type") == "NON-DOCUMENT" && price <= 0.0 {
        return Err(Refusal::new(
            "Invalid Declared Price",
            "Invalid Declared Price",
        ));
    }
    if given("load_type") == "NON-DOCUMENT" && given("commodity_id").is_empty() {
        return Err(Refusal::new(
            "WRONG_INPUT",
            "commodity_id should be present",
        ));
    }
    if given("eway_bill").len() > 12 {
        return Err(Refusal::new(
            "WRONG_INPUT",
            "eway_bill should have at most 12 characters",
        ));
    }
    Ok(())
}

/// Checks both addresses and the serviceability; hands back the destination's pincode. The reason of
/// a refused pincode is not known: `reason` is an open set.
fn check_places(item: &Value) -> Result<String, Refusal> {
    for place in ["origin_details", "destination_details"] {
        for key in [
            "name",
            "phone",
            "address_line_1",
            "pincode",
            "city",
            "state",
        ] {
            if item
                .get(place)
                .and_then(|details| text(details, key))
                .is_none()
            {
                return Err(Refusal::new(
                    "WRONG_INPUT",
                    format!("{place}.{key} should be present"),
                ));
            }
        }
    }
    let pincode = item
        .get("destination_details")
        .and_then(|details| text(details, "pincode"))
        .unwrap_or_default();
    let cod = text(item, "cod_collection_mode").is_some();
    if cod
        && !text(item, "cod_amount")
            .is_some_and(|sum| sum.parse::<f64>().is_ok_and(|sum| sum > 0.0))
    {
        return Err(Refusal::new(
            "WRONG_INPUT",
            "cod_amount should be a positive number",
        ));
    }
    match city_of_pincode(&pincode) {
        Some(city) if city.serviceable && !(cod && city.prepaid_only) => Ok(pincode),
        Some(city) if city.serviceable => Err(Refusal::new(
            "COD_NOT_SERVICEABLE",
            format!("Pincode {pincode} is not serviceable for COD"),
        )),
        _ => Err(Refusal::new(
            "PINCODE_NOT_SERVICEABLE",
            format!("Pincode {pincode} is not serviceable"),
        )),
    }
}

/// An AWB of ours must lie in the series that was allotted to us.
fn check_series(world: &World, item: &Value, own: &str) -> Result<(), Refusal> {
    let (prefix, first, last) = &world.options.awb_series;
    let inside = own
        .strip_prefix(prefix.as_str())
        .filter(|digits| digits.len() == 9)
        .and_then(|digits| digits.parse::<u32>().ok())
        .is_some_and(|number| (*first..=*last).contains(&number));
    if inside {
        return Ok(());
    }
    let service = text(item, "service_type_id").unwrap_or_default();
    let message = format!("Consignment Series with service {service} does not Belong to Client");
    Err(Refusal::new("WRONG_INPUT", message))
}

/// An AWB of ours that is booked already: the same consignment again, or a broken rule.
fn check_own(
    world: &mut World,
    own: &str,
    reference: &str,
    now: Moment,
) -> Result<Option<String>, Refusal> {
    let Some(booking) = world.bookings.get(own) else {
        return Ok(None);
    };
    let invoice = booking.invoice;
    if base_reference(&booking.reference) != base_reference(reference)
        || booking.cancelled.is_some()
    {
        let words = "AWB was booked before";
        let words = world.violate(Rule::AwbOnTwoInvoices, invoice, Some(own), words, now);
        return Err(Refusal::new("WRONG_INPUT", words));
    }
    world.record(EffectKind::Repeated, invoice, Some(own), "softdata", now);
    match world.options.switches.duplicate_booking {
        RepeatAnswer::Accept => Ok(Some(own.to_owned())),
        RepeatAnswer::Refuse => Err(Refusal::new(
            "DUPLICATE_REFERENCE",
            "Consignment already exists",
        )),
    }
}

/// A second consignment while the first of the same order lives.
fn check_second(
    world: &mut World,
    invoice: Option<u64>,
    reference: &str,
    now: Moment,
) -> Result<(), Refusal> {
    let alive = |awb: &&String| {
        world
            .bookings
            .get(*awb)
            .is_some_and(|booking| booking.cancelled.is_none())
    };
    let same_reference = world.bookings_by_reference.get(base_reference(reference));
    let same_invoice = invoice.and_then(|invoice| world.bookings_by_invoice.get(&invoice));
    let Some(first) = same_reference
        .into_iter()
        .chain(same_invoice)
        .flatten()
        .find(alive)
        .cloned()
    else {
        return Ok(());
    };
    let words = format!("{reference} is booked already");
    let words = world.violate(Rule::SecondAwb, invoice, Some(&first), &words, now);
    match world.options.switches.duplicate_booking {
        RepeatAnswer::Accept => Ok(()),
        RepeatAnswer::Refuse => Err(Refusal::new("DUPLICATE_REFERENCE", words)),
    }
}

/// A number of DTDC's virtual series: `7X` and nine digits.
fn allocate(world: &mut World) -> String {
    loop {
        let number = 100_000_000 + world.bookings.len() as u64 * 10 + world.rng.random_range(0..10);
        let awb = format!("7X{number}");
        if !world.bookings.contains_key(&awb) {
            return awb;
        }
    }
}

fn route(world: &World, item: &Value, awb: &str, pincode: &str, invoice: Option<u64>) -> Route {
    let order = invoice.and_then(|invoice| world.orders.get(&invoice));
    let mut rng = stream(world.options.seed, ("route", awb));
    let weight = text(item, "weight")
        .and_then(|kg| kg.parse::<f64>().ok())
        .unwrap_or(0.5);
    Route {
        seed: world.options.seed,
        awb: awb.to_owned(),
        origin: World::warehouse(),
        destination: city_of_pincode(pincode).unwrap_or_else(World::warehouse),
        fate: order.map_or(Fate::Delivered, |order| order.facts.fate),
        receiver: order.map_or_else(
            || "RECEIVER".to_owned(),
            |order| order.facts.customer.clone(),
        ),
        weight_kg: format!("{weight:.2}"),
        unknown_code: rng.random_bool(world.options.mix.unknown_code.clamp(0.0, 1.0)),
        hostile: order.is_some_and(|order| order.facts.hostile),
    }
}

/// Whether a consignment's order has left the warehouse.
pub(super) fn is_shipped(world: &World, booking: &Booking) -> bool {
    booking
        .invoice
        .and_then(|invoice| world.orders.get(&invoice))
        .is_some_and(|order| {
            order.state.stage == Stage::Shipped && order.state.awb() == Some(&booking.awb)
        })
}
