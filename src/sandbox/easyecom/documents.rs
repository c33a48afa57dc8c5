//! Get Document (easyecom.md section 7) and the files that orders point at.

use serde_json::json;

use crate::sandbox::call::{Call, Reply};
use crate::sandbox::clock::Moment;
use crate::sandbox::effects::Rule;
use crate::sandbox::pdf;
use crate::sandbox::wire::documents;
use crate::sandbox::world::World;

/// GET Get Document, `?invoice_id=&is_api=1`. The real answer was not found: this one is the
/// order's `documents` with the invoice id beside them.
pub(crate) fn get(world: &mut World, call: &Call, now: Moment) -> Reply {
    let invoice = call.param("invoice_id").and_then(|id| id.parse().ok());
    let Some(order) = invoice.and_then(|invoice| world.order(invoice, now)) else {
        return Reply::refused("Unable to find the reference_code/order_id/invoice_id");
    };
    let invoice = order.facts.invoice_id;
    let confirmed = order.confirm_succeeded();
    let mut found = documents(world, order, &order.state, true);
    if let Some(words) = world.barred(invoice, "getDocument", now) {
        return Reply::refused(&words);
    }
    if !confirmed {
        let words = "Documents are not generated yet";
        return Reply::refused(&world.violate(
            Rule::DocumentBeforeConfirm,
            Some(invoice),
            None,
            words,
            now,
        ));
    }
    if let Some(found) = found.as_object_mut() {
        found.insert("invoice_id".to_owned(), json!(invoice));
    }
    Reply::data(found)
}

/// GET `/files/label-<invoice>-<awb>.pdf`, `/files/invoice-<invoice>.pdf`, `/files/awb-<awb>.pdf`
/// and `/files/manifest-<number>.pdf`: open, like the links in the samples.
pub(crate) fn file(world: &World, call: &Call) -> Reply {
    let name = call.path.strip_prefix("/files/").unwrap_or_default();
    let Some((kind, rest)) = name
        .strip_suffix(".pdf")
        .and_then(|name| name.split_once('-'))
    else {
        return Reply::html(404, "404 Not Found");
    };
    let known = match kind {
        "invoice" => rest
            .parse()
            .is_ok_and(|invoice: u64| world.orders.contains_key(&invoice)),
        "label" => rest.split_once('-').is_some_and(|(invoice, awb)| {
            world
                .awbs
                .get(awb)
                .is_some_and(|carrier| carrier.to_string() == invoice)
        }),
        "awb" => world.bookings.contains_key(rest),
        "manifest" => true,
        _ => false,
    };
    if !known {
        return Reply::html(404, "404 Not Found");
    }
    let invoice = rest.split('-').next().and_then(|id| id.parse().ok());
    let mut lines = vec![format!("SANDBOX {}", kind.to_uppercase())];
    if let Some(order) = invoice.and_then(|id: u64| world.orders.get(&id)) {
        lines.push(format!("Invoice {}", order.facts.invoice_id));
        lines.push(format!("Ref. No: {}", order.facts.reference));
        let named = rest.split_once('-').map(|(_, awb)| awb);
        lines.push(format!(
            "AWB {}",
            named.or(order.state.awb()).unwrap_or("-")
        ));
        lines.push(order.facts.customer.clone());
        lines.push(format!("{} {}", order.facts.city.name, order.facts.pincode));
    } else {
        lines.push(format!("AWB {rest}"));
    }
    Reply::pdf(pdf::page(&lines))
}
