//! One order row, in the V1 shape (Get All Orders, V1 webhooks) or the V2 shape (Get Order Details,
//! V2 webhooks): contracts/easyecom.md section 4.

use rust_decimal::Decimal;

use super::{
    fields::{Fields, list},
    lines::read_lines,
    redact::redact,
};
use crate::domain::{
    Awb, CarrierId, Clean, Consignee, InvoiceId, LocationKey, ManifestNo, MarketplaceId, Order,
    OrderId, ReferenceCode, RemoteStatus, Stamp,
    order::{Destination, HistoryEntry, Line, Package, Payment},
};

/// Longest document URL kept, in bytes.
const URL_BYTES_MAX: usize = 2048;

/// Newest entries kept of a history: a confirmation has five.
const HISTORY_MAX: usize = 40;

/// An order as a read showed it. Its two halves are kept apart from here on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenOrder {
    /// The facts.
    pub order: Order,
    /// The person.
    pub consignee: Consignee,
}

/// A row that could not be used. It never takes its page with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedRow {
    /// Which field, and what is wrong with it.
    pub reason: Clean,
    /// Whose row it is, if at least that could be read.
    pub invoice: Option<InvoiceId>,
    /// The row without people, at most 2 KiB.
    pub fragment: Clean,
}

/// Reads one row. Needed are `invoice_id` and `order_id`, an `awb_number` that can be told from ours,
/// and no more SKUs than a record holds; everything else may be absent: texts are then empty, the marketplace is 0, the total 0, a
/// line has 0 pieces, and sizes, times, numbers and URLs are `None`.
pub fn decode_row(raw: &str) -> Result<SeenOrder, RejectedRow> {
    let rejected = |reason: &str, invoice| RejectedRow {
        reason: Clean::new(reason),
        invoice,
        fragment: redact(raw),
    };
    let Some(row) = Fields::read(raw) else {
        return Err(rejected("the row is no JSON object", None));
    };
    let Some(invoice_id) = row.id("invoice_id").map(InvoiceId) else {
        return Err(rejected("invoice_id is no number above 0", None));
    };
    let Some(order_id) = row.id("order_id").map(OrderId) else {
        let reason = "order_id is no number above 0";
        return Err(rejected(reason, Some(invoice_id)));
    };
    let Ok(awb) = read_awb(&row) else {
        // To read it as absent would invite a second assignment.
        let reason = "awb_number is no AWB of 6 to 32 letters and digits";
        return Err(rejected(reason, Some(invoice_id)));
    };
    let lines = read_lines(&row).map_err(|reason| rejected(&reason, Some(invoice_id)))?;
    Ok(SeenOrder {
        order: read_order(&row, invoice_id, order_id, awb, lines),
        consignee: read_consignee(&row),
    })
}

fn read_order(
    row: &Fields,
    invoice_id: InvoiceId,
    order_id: OrderId,
    awb: Option<Awb>,
    lines: Vec<Line>,
) -> Order {
    let documents = row.object("documents");
    let url = |key| {
        documents
            .as_ref()
            .and_then(|documents| read_url(documents, key))
    };
    Order {
        invoice_id,
        order_id,
        reference: ReferenceCode::new(&row.text("reference_code").unwrap_or_default()),
        location: LocationKey::new(&row.text("location_key").unwrap_or_default()),
        marketplace_id: MarketplaceId(row.id("marketplace_id").unwrap_or_default()),
        marketplace: row.clean("marketplace"),
        carrier_id: row.id("carrier_id").map(CarrierId),
        courier: row.clean("courier"),
        awb,
        status: RemoteStatus::read(
            &row.text("order_status").unwrap_or_default(),
            row.int("order_status_id"),
        ),
        queue_status: row.int("queue_status"),
        payment: read_payment(row),
        total: row.decimal("total_amount").unwrap_or_default(),
        ordered_at: row.time("order_date"),
        updated_at: row.time("last_update_date"),
        due_at: row.time("tat"),
        invoice_number: row.text("invoice_number").map(Clean::from),
        invoice_date: row.time("invoice_date"),
        manifest_no: row.text("manifest_no").map(|text| ManifestNo::new(&text)),
        label_url: url("label"),
        invoice_url: INVOICE_KEYS.into_iter().find_map(url),
        package: read_package(row),
        destination: Destination {
            city: row.clean("city"),
            state: row.clean("state"),
            pin: row.clean("pin_code"),
        },
        lines,
        shipping_status: row.int("shipping_status_id"),
        history: read_history(row),
    }
}

/// The AWB, without the dashes and blanks that people put into it. What has no digit is a word for
/// "none" (`N/A`, `null`, `--`).
fn read_awb(row: &Fields) -> Result<Option<Awb>, ()> {
    let Some(text) = row
        .text("awb_number")
        .filter(|text| text.contains(|c: char| c.is_ascii_digit()))
    else {
        return Ok(None);
    };
    let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    Awb::parse(&plain).map(Some).map_err(|_| ())
}

/// The mode is decided by the word, then by its id, then by whether there is something to collect
/// (`PartiallyPaid`, and words never seen). What is collected is `collectable_amount`; a COD order
/// without one collects its total.
fn read_payment(row: &Fields) -> Payment {
    let positive = |key| row.decimal(key).filter(|amount| !amount.is_sign_negative());
    let collectable = positive("collectable_amount");
    let cod = || Payment::Cod {
        collect: collectable
            .or_else(|| positive("total_amount"))
            .unwrap_or_default(),
    };
    let word: String = row
        .text("payment_mode")
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    match (word.as_str(), row.int("payment_mode_id")) {
        ("cod" | "cashondelivery", _) | ("", Some(2)) => cod(),
        ("prepaid" | "online", _) | ("", Some(1 | 5)) => Payment::Prepaid,
        _ if collectable.is_some_and(|amount| amount > Decimal::ZERO) => cod(),
        _ => Payment::Prepaid,
    }
}

/// Grams and centimetres; V2 webhooks write the keys their own way. Only what is above 0.
fn read_package(row: &Fields) -> Package {
    let size = |v1, v2| {
        row.decimal(v1)
            .or_else(|| row.decimal(v2))
            .filter(|size| *size > Decimal::ZERO)
    };
    Package {
        weight_g: size("Package Weight", "package_weight"),
        length_cm: size("Package Length", "package_length"),
        width_cm: size("Package Width", "package_width"),
        height_cm: size("Package Height", "package_height"),
    }
}

/// Under which keys of `documents` an invoice may stand (contracts/easyecom.md section 4): EasyEcom's own
/// first, else the marketplace's.
pub(super) const INVOICE_KEYS: [&str; 4] = [
    "easyecom_invoice",
    "marketplaceinvoice",
    "marketplace_tax_invoice",
    "marketplace_b2c_invoice",
];

/// A URL of a document, not yet trusted.
pub(super) fn read_url(documents: &Fields, key: &str) -> Option<Box<str>> {
    let url = documents.text(key)?;
    let url = url.trim();
    let fits = url.len() <= URL_BYTES_MAX
        && (url.starts_with("https://") || url.starts_with("http://"))
        && url.chars().all(|c| !c.is_control() && !c.is_whitespace());
    if !fits {
        return None;
    }
    if url.bytes().all(|b| b.is_ascii_graphic()) {
        return Some(url.into());
    }
    // Written as it will be asked for: nothing in it can turn a line around.
    let url = reqwest::Url::parse(url).ok()?;
    (url.as_str().len() <= URL_BYTES_MAX).then(|| url.as_str().into())
}

fn read_consignee(row: &Fields) -> Consignee {
    let digits = |text: String| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    Consignee {
        name: Clean::new(
            &row.text_of(&["shipping_name", "customer_name"])
                .unwrap_or_default(),
        ),
        phone: Clean::new(&digits(row.text("contact_num").unwrap_or_default())),
        address_1: row.clean("address_line_1"),
        address_2: row.clean("address_line_2"),
        email: row.clean("email"),
    }
}

/// The history, oldest first. In which order EasyEcom writes it is not known, and the steps of a
/// confirmation can share a second: where the times show the direction, entries of one second keep
/// it; where they do not, the known course of a confirmation decides.
fn read_history(row: &Fields) -> Vec<HistoryEntry> {
    let raw = row.raw("easyecom_order_history").and_then(list);
    let mut entries: Vec<HistoryEntry> = raw
        .unwrap_or_default()
        .into_iter()
        .filter_map(Fields::read)
        .filter_map(|entry| {
            let status = || history_id(&entry.text("status")?);
            Some(HistoryEntry {
                status_id: entry.int("status_id").or_else(status)?,
                at: entry.time("date_time"),
            })
        })
        .collect();
    let times: Vec<Stamp> = entries.iter().filter_map(|entry| entry.at).collect();
    match (times.first(), times.last()) {
        (Some(first), Some(last)) if first != last => {
            if first > last {
                entries.reverse();
            }
            // An entry without a time stays beside its neighbour.
            if times.len() == entries.len() {
                entries.sort_by_key(|entry| entry.at);
            }
        }
        _ => entries.sort_by_key(|entry| course(entry.status_id)),
    }
    entries.drain(..entries.len().saturating_sub(HISTORY_MAX));
    entries
}

/// The id of a history word, where the id itself is missing (section 4, first table).
fn history_id(status: &str) -> Option<i64> {
    let id = match status.trim().to_ascii_lowercase().as_str() {
        "open" | "assigned" => 2,
        "confirmed" => 3,
        "printed" => 5,
        "ready to dispatch" => 6,
        "shipped" => 7,
        "cancelled" => 9,
        "confirm start" => 13,
        "confirm success" => 16,
        "confirm new" => 17,
        "confirm fail" => 18,
        "selfship confirm" => 38,
        _ => return None,
    };
    Some(id)
}

/// Where a status stands in the course that the official samples show (section 6).
fn course(status_id: i64) -> u8 {
    match status_id {
        17 => 1,
        3 => 2,
        13 => 3,
        38 => 4,
        16 | 18 => 5,
        5 => 6,
        6 => 7,
        7 => 8,
        9 | 10 => 9,
        _ => 0,
    }
}
