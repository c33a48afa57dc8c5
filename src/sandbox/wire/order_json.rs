//! An order as JSON: the V1 row of lists and the V2 object of details (easyecom.md section 4).

use serde_json::{Map, Value, json};

use super::drift;
use crate::sandbox::clock::{self, Moment, ist};
use crate::sandbox::generate::{Facts, Line};
use crate::sandbox::order::{Order, Stage, State};
use crate::sandbox::world::World;

/// Who looks, and as of when.
pub(crate) struct View<'a> {
    pub(crate) world: &'a World,
    pub(crate) at: Moment,
}

/// Status string and id of an order.
pub(crate) fn status_of(state: &State) -> (&'static str, u64) {
    match state.stage {
        Stage::Open => ("Open", 2),
        Stage::Confirming { .. } | Stage::Confirmed => ("Confirmed", 3),
        Stage::Shipped => ("Shipped", 7),
        Stage::Cancelled => ("Cancelled", 9),
    }
}

/// Name of a status inside the history.
fn history_name(id: u64) -> &'static str {
    match id {
        2 => "Assigned",
        3 => "Confirmed",
        7 => "Shipped",
        9 => "Cancelled",
        13 => "Confirm start",
        16 => "Confirm Success",
        17 => "Confirm new",
        18 => "Confirm Fail",
        38 => "Selfship Confirm",
        _ => "Printed",
    }
}

/// Name of a shipping status.
fn shipping_name(id: u64) -> &'static str {
    match id {
        1 => "Shipment Created",
        2 => "In Transit",
        3 => "Delivered",
        6 => "Cancelled",
        9 => "Delivered To Origin",
        16 => "Undelivered",
        17 => "RTO Initiated",
        18 => "Pickup Scheduled",
        19 => "Out For Pickup",
        _ => "Out For Delivery",
    }
}

/// `documents` of an order: null until the confirmation has ended well.
pub(crate) fn documents(world: &World, order: &Order, state: &State, with_label: bool) -> Value {
    let (Some(_), Some(awb)) = (state.invoiced, state.awb()) else {
        return Value::Null;
    };
    let invoice = order.facts.invoice_id;
    let file = |name: String| {
        format!(
            "{}/files/{name}?request-content-type=application/force-download",
            world.base_url
        )
    };
    json!({
        "easyecom_invoice": file(format!("invoice-{invoice}.pdf")),
        "label": with_label.then(|| file(format!("label-{invoice}-{awb}.pdf"))),
        "intaxform": null, "outtaxform": null, "marketplaceinvoice": null,
        "marketplace_tax_invoice": null, "marketplace_b2c_invoice": null,
    })
}

/// The row of getAllOrders.
pub(crate) fn order_v1(view: &View, order: &Order) -> Value {
    let state = order.state_at(view.at);
    let facts = &order.facts;
    let strings = view.world.options.switches.amounts_as_strings;
    let mut row = base(view, order, state, strings);
    extend(
        &mut row,
        json!({
            "queue_message": null, "queue_status": queue_status(state), "order_priority": 0, "blockSplit": 0,
            "warehouseId": 50001,
            "suborders": facts.lines.iter().enumerate()
                .map(|(nth, line)| line_json(facts, state, line, nth, strings)).collect::<Vec<_>>(),
        }),
    );
    if view.world.options.switches.key_drift {
        drift::apply(&mut row, facts.drift);
    }
    row.into()
}

/// The object of getOrderDetails.
pub(crate) fn order_v2(view: &View, order: &Order, with_history: bool) -> Value {
    let state = order.state_at(view.at);
    let facts = &order.facts;
    // Live V2 answers write amounts as strings with four decimals, V1 as numbers.
    let mut row = base(view, order, state, true);
    extend(
        &mut row,
        json!({
            "warehouse_id": 50001, "assigned_company_name": "Raftaar Sandbox WH", "assigned_warehouse_id": 50001,
            "assigned_company_gst": "", "warehouse_contact": "9000000000", "picker": null, "packer": null,
            "MarketCId": 1, "market_shipped": 0, "merchant_c_id": 40001, "originalOrderId": facts.order_id,
            "suborder_history": { "hold_datetime": null, "unhold_datetime": null,
                                  "inventory_assigned_datetime": ist(facts.ordered) },
            "order_validity_date": null, "tracking_url": "", "shipping_name": facts.customer, "country_code": "IN",
            "invoice_documents": null, "checkout_id": null, "discount_code": null, "packing_material": [],
            "breakup_types": { "Item Amount Excluding Tax": rupees(facts.total_paise() - tax_paise(facts)),
                               "Item Amount IGST": rupees(tax_paise(facts)) },
            "return_challan_number": null,
            "order_items": facts.lines.iter().enumerate()
                .map(|(nth, line)| item_v2(facts, state, line, nth)).collect::<Vec<_>>(),
        }),
    );
    if with_history {
        let history: Vec<Value> = state
            .history
            .iter()
            .filter(|(_, time)| *time <= view.at)
            .map(|(id, time)| json!({ "status": history_name(*id), "status_id": id, "date_time": ist(*time) }))
            .collect();
        row.insert("easyecom_order_history".to_owned(), history.into());
    }
    if view.world.options.switches.key_drift {
        drift::apply(&mut row, facts.drift);
    }
    row.into()
}

/// 8 just created, 2 running, 3 done; 4 (the queue's ERROR) after a failure is our reading.
fn queue_status(state: &State) -> u64 {
    match state.stage {
        Stage::Confirming { .. } => 2,
        Stage::Confirmed | Stage::Shipped => 3,
        Stage::Open if state.confirm_failures > 0 => 4,
        Stage::Open | Stage::Cancelled => 8,
    }
}

/// An amount: a number in V1, a string with four decimals in V2.
fn amount(paise: u64, as_string: bool) -> Value {
    if as_string {
        format!("{}.{:02}00", paise / 100, paise % 100).into()
    } else {
        rupees(paise)
    }
}

fn rupees(paise: u64) -> Value {
    if paise.is_multiple_of(100) {
        (paise / 100).into()
    } else {
        (paise as f64 / 100.0).into()
    }
}

fn line_tax(line: &Line) -> u64 {
    let total = line.total_paise();
    total - total * 100 / (100 + line.tax_rate)
}

fn tax_paise(facts: &Facts) -> u64 {
    facts.lines.iter().map(line_tax).sum()
}

fn extend(row: &mut Map<String, Value>, more: Value) {
    if let Value::Object(more) = more {
        row.extend(more);
    }
}

/// All keys that both shapes share.
fn base(view: &View, order: &Order, state: &State, strings: bool) -> Map<String, Value> {
    let mut row = Map::new();
    extend(&mut row, identity(view, order));
    extend(&mut row, standing(view, order, state));
    extend(&mut row, people(&order.facts));
    extend(&mut row, money(&order.facts, strings));
    row
}

fn identity(view: &View, order: &Order) -> Value {
    let facts = &order.facts;
    let key = if facts.foreign {
        "zz9999999999"
    } else {
        &view.world.options.credentials.location_key
    };
    let from = World::warehouse();
    json!({
        "invoice_id": facts.invoice_id, "order_id": facts.order_id, "reference_code": facts.reference,
        "company_name": "Raftaar Sandbox WH", "location_key": key, "seller_gst": "",
        "import_warehouse_id": 50001, "import_warehouse_name": "Raftaar Sandbox WH",
        "pickup_address": "Plot 7, Chakan MIDC", "pickup_city": from.name, "pickup_state": from.state,
        "pickup_state_code": from.state_code, "pickup_pin_code": format!("{}01", from.pin_prefix),
        "pickup_country": "India", "invoice_currency_code": "INR",
        "order_type": "B2C", "order_type_key": "retailorder", "replacement_order": 0,
        "marketplace": facts.marketplace.1, "marketplace_id": facts.marketplace.0, "qcPassed": 1,
        "salesmanUserId": 0, "order_date": ist(facts.ordered), "tat": ist(facts.tat), "available_after": null,
        "import_date": ist(imported(order)),
    })
}

/// When the order was imported: the time of its first history entry.
fn imported(order: &Order) -> Moment {
    order
        .state
        .history
        .first()
        .map_or(order.facts.ordered, |(_, at)| *at)
}

fn standing(view: &View, order: &Order, state: &State) -> Value {
    let facts = &order.facts;
    let switches = &view.world.options.switches;
    let (status, id) = status_of(state);
    let disagrees = switches.cancel_disagrees && id == 9 && facts.invoice_id.is_multiple_of(2);
    let assigned = state.assigned.as_ref();
    let last_push = state.pushes.last().map(|push| ist(push.at));
    json!({
        "order_status": status, "order_status_id": if disagrees { 2 } else { id },
        "suborder_count": facts.lines.len(),
        "invoice_date": state.invoiced.map_or(String::new(), |at| clock::format(at, "%Y-%m-%d 00:00:00")),
        "last_update_date": ist(state.updated),
        "manifest_date": state.manifest.as_ref().map(|(_, at)| ist(*at)),
        "manifest_no": state.manifest.as_ref().map(|(number, _)| number),
        "invoice_number": state.invoice_number, "marketplace_invoice_num": null,
        "shipping_last_update_date": last_push, "batch_id": null, "batch_created_at": null, "message": null,
        "courier_aggregator_name": null,
        "courier": assigned.map_or("SelfShip", |a| &a.courier),
        "carrier_id": assigned.map_or(23, |a| a.carrier_id), "awb_number": assigned.map(|a| &a.awb),
        "Package Weight": facts.package.weight, "Package Height": facts.package.height,
        "Package Length": facts.package.length, "Package Width": facts.package.width,
        "shipping_status": state.shipping.map(shipping_name), "shipping_status_id": state.shipping,
        "shipping_history": shipping_history(state), "delivery_date": state.delivery_date,
        "documents": documents(view.world, order, state, switches.label_in_documents),
    })
}

/// null before the first push, then the scans that were pushed.
fn shipping_history(state: &State) -> Value {
    if state.pushes.is_empty() {
        return Value::Null;
    }
    state
        .pushes
        .iter()
        .flat_map(|push| push.scans.iter().cloned())
        .collect::<Vec<_>>()
        .into()
}

fn people(facts: &Facts) -> Value {
    let city = facts.city;
    json!({
        "buyer_gst": "NA", "customer_name": facts.customer, "contact_num": facts.phone,
        "address_line_1": facts.address, "address_line_2": null, "city": city.name, "pin_code": facts.pincode,
        "state": city.state, "state_code": null, "country": "India", "email": facts.email,
        "latitude": null, "longitude": null,
        "billing_name": facts.customer, "billing_address_1": facts.address, "billing_address_2": null,
        "billing_city": city.name, "billing_state": city.state, "billing_state_code": null,
        "billing_pin_code": facts.pincode, "billing_country": "India", "billing_mobile": facts.phone,
    })
}

fn money(facts: &Facts, strings: bool) -> Value {
    let total = facts.total_paise();
    let (mode, mode_id) = if facts.cod {
        ("COD", 2)
    } else {
        ("PrePaid", 5)
    };
    json!({
        "payment_mode": mode, "payment_mode_id": mode_id,
        "payment_gateway_transaction_number": null, "payment_gateway_name": null,
        "order_quantity": facts.lines.iter().map(|line| line.quantity).sum::<u64>(), "meta": null,
        "total_amount": amount(total, strings), "total_tax": amount(tax_paise(facts), strings),
        "total_shipping_charge": 0, "total_discount": 0,
        "collectable_amount": amount(if facts.cod { total } else { 0 }, strings),
        "tcs_rate": 0, "tcs_amount": 0, "customer_code": "NA", "fulfillable_status": 1,
    })
}

/// A line of V1.
fn line_json(facts: &Facts, state: &State, line: &Line, nth: usize, strings: bool) -> Value {
    let mut row = Map::new();
    extend(&mut row, line_standing(facts, state, line, nth));
    extend(&mut row, line_product(line, strings));
    row.into()
}

/// How far a line has come.
fn line_standing(facts: &Facts, state: &State, line: &Line, nth: usize) -> Value {
    let shipped = state.manifest.as_ref().map(|(_, at)| ist(*at));
    let suborder = 250_000_001 + facts.index * 4 + nth;
    json!({
        "suborder_id": suborder, "suborder_num": format!("{}{suborder}", facts.order_id),
        "item_status": status_of(state).0, "shipment_type": "SelfShip",
        "suborder_quantity": line.quantity, "item_quantity": line.quantity, "returned_quantity": 0,
        "cancelled_quantity": if state.cancelled.is_some() { line.quantity } else { 0 },
        "shipped_quantity": line.quantity, "batch_codes": null, "serial_nums": "NA", "batchcode_serial": "NA",
        "batchcode_expiry": "NA", "tax_type": "GST",
        "suborder_history": { "qc_pass_datetime": ist(facts.ordered), "confirm_datetime": state.invoiced.map(ist),
                              "print_datetime": null, "manifest_datetime": shipped },
    })
}

/// What a line sells. `selling_price` is the total of the line, with tax, as a string.
fn line_product(line: &Line, strings: bool) -> Value {
    let total = line.total_paise();
    json!({
        "meta": null, "selling_price": format!("{}.{:02}", total / 100, total % 100),
        "total_shipping_charge": null, "total_miscellaneous": null, "tax_rate": line.tax_rate,
        "tax": amount(line_tax(line), strings), "product_id": line.product_id,
        "company_product_id": line.product_id + 60_000_000, "sku": line.sku, "sku_type": "Normal",
        "sub_product_count": 1, "marketplace_sku": line.sku, "productName": line.name, "description": null,
        "category": line.category, "brand": line.brand, "model_no": "", "product_tax_code": null, "ean": "NA",
        "size": "NA", "cost": 1, "mrp": line.price_paise / 100, "weight": line.weight, "length": 20, "width": 15,
        "height": 5, "scheme_applied": 0, "custom_fields": [],
    })
}

/// A line of V2: the same with its additions.
fn item_v2(facts: &Facts, state: &State, line: &Line, nth: usize) -> Value {
    let mut item = Map::new();
    extend(&mut item, line_json(facts, state, line, nth, true));
    let tax = line_tax(line);
    extend(
        &mut item,
        json!({
            "suborder_reference_num": facts.reference, "invoicecode": null,
            "item_collectable_amount": if facts.cod { line.total_paise() / 100 } else { 0 },
            "expiry_type": 0, "listing_ref_number": null, "listing_id": null, "brand_id": 1,
            "AccountingSku": line.sku, "accounting_unit": null, "serials": [null], "tax_value": rupees(tax),
            "taxable_value": rupees(line.total_paise() - tax), "igst": rupees(tax), "cgst": 0, "sgst": 0, "utgst": 0,
            "station_scanned_quantity": 0, "batch_scanned_quantity": 0, "assigned_quantity": line.quantity,
        }),
    );
    item.into()
}
