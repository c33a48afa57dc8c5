//! The answers that hold more than one thing: pages of orders and stock, tracking, documents,
//! warehouses.

use super::{
    envelope::Envelope,
    fields::{Fields, list},
    redact::redact,
    row::{INVOICE_KEYS, RejectedRow, SeenOrder, decode_row, read_url},
};
use crate::domain::{Awb, Clean, InvoiceId, LocationKey, ReadError, Sku, Stamp};

/// Rows read, rows that could not be read, and the link to the next page.
pub type OrderRows = (Vec<SeenOrder>, Vec<RejectedRow>, Option<String>);

/// The rows of Get All Orders (contracts/easyecom.md section 4): `data.orders`, or `orders` at the
/// top (section 4, `get_batch_codes`), or a bare list. "Nothing there" is an empty page.
pub fn decode_orders(envelope: &Envelope) -> Result<OrderRows, ReadError> {
    let data = match (envelope.data(), envelope.fields.raw("orders")) {
        (None, Some(orders)) if matches!(envelope.code, None | Some(200..=299)) => orders,
        _ => match envelope.found() {
            Ok(data) => data,
            Err(ReadError::Nothing(_)) => return Ok((Vec::new(), Vec::new(), None)),
            Err(error) => return Err(error),
        },
    };
    let inner = Fields::read(data);
    let raw_rows = match &inner {
        Some(fields) => fields.list("orders").or_else(|| {
            // An object without rows is a page without rows only if it says so.
            fields.has("orders").then(Vec::new)
        }),
        None => list(data),
    };
    let Some(raw_rows) = raw_rows else {
        return Err(ReadError::Garbled("data without a list of orders".into()));
    };
    let (mut rows, mut rejected) = (Vec::new(), Vec::new());
    for raw in raw_rows {
        match decode_row(raw) {
            Ok(row) => rows.push(row),
            Err(row) => rejected.push(row),
        }
    }
    Ok((rows, rejected, next_url(envelope, inner.as_ref())))
}

/// `data.nextUrl`, or `nextUrl` at the top level (section 3, paging).
fn next_url(envelope: &Envelope, data: Option<&Fields>) -> Option<String> {
    data.and_then(|data| data.text("nextUrl"))
        .or_else(|| envelope.fields.text("nextUrl"))
}

/// The row of `invoice` out of Get Order Details. An answer that holds only other orders is no
/// proof that this one does not exist.
pub fn pick_order(envelope: &Envelope, invoice: InvoiceId) -> Result<Option<SeenOrder>, ReadError> {
    let data = match envelope.found() {
        Ok(data) => data,
        Err(ReadError::Nothing(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let raw_rows = list(data).unwrap_or_else(|| vec![data]);
    if raw_rows.is_empty() {
        return Ok(None);
    }
    let mut why = Clean::new("the answer holds other orders only");
    for raw in raw_rows {
        match decode_row(raw) {
            Ok(row) if row.order.invoice_id == invoice => return Ok(Some(row)),
            Err(row) if row.invoice.is_none_or(|id| id == invoice) => why = row.reason,
            Ok(_) | Err(_) => {}
        }
    }
    Err(ReadError::Garbled(why))
}

/// A parcel as EasyEcom has it (section 9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackRead {
    /// `shipping_status_id` (section 4, second table).
    pub shipping_status: Option<i64>,
    /// `last_status_update`.
    pub updated_at: Option<Stamp>,
}

/// The parcel `awb` out of Get Tracking Details.
pub fn decode_tracks(envelope: &Envelope, awb: &Awb) -> Result<Option<TrackRead>, ReadError> {
    let data = match envelope.found() {
        Ok(data) => data,
        Err(ReadError::Nothing(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let tracks: Vec<Fields> = list(data)
        .unwrap_or_else(|| vec![data])
        .into_iter()
        .filter_map(Fields::read)
        .collect();
    if tracks.is_empty() {
        return Ok(None);
    }
    let ours = tracks.iter().find(|track| {
        track
            .text_of(&["awbNumber", "awb_number"])
            .and_then(|text| Awb::parse(&text).ok())
            .is_some_and(|theirs| theirs == *awb)
    });
    match ours {
        Some(track) => Ok(Some(TrackRead {
            shipping_status: track.int("shipping_status_id"),
            updated_at: track.time("last_status_update"),
        })),
        None => Err(ReadError::Garbled(
            "the answer holds other parcels only".into(),
        )),
    }
}

/// One page of stock as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StockRows {
    /// Available pieces by SKU.
    pub rows: Vec<(Sku, i64)>,
    /// Rows that could not be read.
    pub rejected: Vec<RejectedRow>,
    /// Rows of other warehouses.
    pub elsewhere: usize,
    /// The link to the next page.
    pub next: Option<String>,
}

/// One page of Get Inventory Details V3 (section 10).
pub fn decode_stock(envelope: &Envelope, location: &LocationKey) -> Result<StockRows, ReadError> {
    let data = match envelope.found() {
        Ok(data) => data,
        Err(ReadError::Nothing(_)) => return Ok(StockRows::default()),
        Err(error) => return Err(error),
    };
    let inner = Fields::read(data);
    let raw_rows = match &inner {
        Some(fields) => fields.list("inventoryData"),
        None => list(data),
    };
    let Some(raw_rows) = raw_rows else {
        return Err(ReadError::Garbled("data without inventoryData".into()));
    };
    let mut page = StockRows {
        next: next_url(envelope, inner.as_ref()),
        ..StockRows::default()
    };
    for raw in raw_rows {
        match decode_stock_row(raw, location) {
            Ok(Some(row)) => page.rows.push(row),
            Ok(None) => page.elsewhere += 1,
            Err(reason) => page.rejected.push(RejectedRow {
                reason: reason.into(),
                invoice: None,
                fragment: redact(raw),
            }),
        }
    }
    Ok(page)
}

/// SKU and figure; `None` of another warehouse.
fn decode_stock_row(raw: &str, location: &LocationKey) -> Result<Option<(Sku, i64)>, &'static str> {
    let row = Fields::read(raw).ok_or("the stock row is no JSON object")?;
    if row
        .text("location_key")
        .is_some_and(|key| key != location.as_str())
    {
        return Ok(None);
    }
    let sku = row.text("sku").ok_or("the stock row has no sku")?;
    let available = row
        .int("availableInventory")
        .ok_or("availableInventory of the stock row is no number")?;
    Ok(Some((Sku::new(&sku), available)))
}

/// Where label and invoice can be fetched: not yet trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentUrls {
    /// `label`.
    pub label: Option<Box<str>>,
    /// `easyecom_invoice`, or the marketplace's own.
    pub invoice: Option<Box<str>>,
}

/// The URLs out of Get Document. Its shape is not found (section 7): the keys of an order's
/// `documents` are looked for in `data`, in its first element, and in `documents` inside either.
pub fn decode_documents(envelope: &Envelope) -> Result<DocumentUrls, ReadError> {
    let data = envelope.found()?;
    let first = match list(data) {
        Some(items) if items.is_empty() => {
            return Err(ReadError::Nothing("no documents".into()));
        }
        Some(items) => items.first().copied().unwrap_or(data),
        None => data,
    };
    let Some(fields) = Fields::read(first) else {
        return Err(ReadError::Garbled("documents of an unknown shape".into()));
    };
    let documents = fields.object("documents").unwrap_or(fields);
    Ok(DocumentUrls {
        label: read_url(&documents, "label"),
        invoice: INVOICE_KEYS
            .into_iter()
            .find_map(|key| read_url(&documents, key)),
    })
}

/// A warehouse of the account (section 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// `location_key`.
    pub key: LocationKey,
    /// `location_name`.
    pub name: Clean,
    /// `company_id`.
    pub company_id: Option<u64>,
}

/// The warehouses; elements without a key are left out.
pub fn decode_locations(envelope: &Envelope) -> Result<Vec<Location>, ReadError> {
    let data = match envelope.found() {
        Ok(data) => data,
        Err(ReadError::Nothing(_)) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let items = list(data).or_else(|| {
        let fields = Fields::read(data)?;
        fields.list("locations").or_else(|| fields.list("data"))
    });
    let Some(items) = items else {
        return Err(ReadError::Garbled(
            "data without a list of locations".into(),
        ));
    };
    let read = |raw| {
        let fields = Fields::read(raw)?;
        let name = fields.text_of(&["location_name", "companyname"]);
        Some(Location {
            key: LocationKey::new(&fields.text("location_key")?),
            name: Clean::new(&name.unwrap_or_default()),
            company_id: fields.id("company_id"),
        })
    };
    Ok(items.into_iter().filter_map(read).collect())
}
