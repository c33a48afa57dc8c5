//! An order as EasyEcom shows it: the facts that decide something here, cleaned.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{
    ids::{
        Awb, CarrierId, InvoiceId, LocationKey, ManifestNo, MarketplaceId, OrderId, ReferenceCode,
        Sku,
    },
    text::Clean,
    time::Stamp,
};

/// One row of Get All Orders or Get Order Details (contracts/easyecom.md section 4). Holds nothing
/// about a person: see [`Consignee`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The key: one row per shipment.
    pub invoice_id: InvoiceId,
    /// EasyEcom's order; several invoices may share it.
    pub order_id: OrderId,
    /// The merchant's number, with `_OR1`, `_RE1` on splits and re-invoices.
    pub reference: ReferenceCode,
    /// Warehouse.
    pub location: LocationKey,
    /// Marketplace number.
    pub marketplace_id: MarketplaceId,
    /// Marketplace name.
    pub marketplace: Clean,
    /// The seller's carrier record, once assigned (23 `SelfShip` before, in the samples).
    pub carrier_id: Option<CarrierId>,
    /// Courier name as shown.
    pub courier: Clean,
    /// The AWB that EasyEcom shows.
    pub awb: Option<Awb>,
    /// Standing status.
    pub status: RemoteStatus,
    /// 8 just created, 2 confirm running, 3 manifested (section 4).
    pub queue_status: Option<i64>,
    /// How it is paid.
    pub payment: Payment,
    /// Order value, rupees.
    pub total: Decimal,
    /// When the customer ordered.
    pub ordered_at: Option<Stamp>,
    /// `last_update_date`.
    pub updated_at: Option<Stamp>,
    /// `tat`: by when it must be dispatched.
    pub due_at: Option<Stamp>,
    /// Set by confirmation.
    pub invoice_number: Option<Clean>,
    /// `invoice_date`: only the day is kept by EasyEcom.
    #[serde(default)]
    pub invoice_date: Option<Stamp>,
    /// Set by the manifest.
    pub manifest_no: Option<ManifestNo>,
    /// `documents.label`: a URL, not yet trusted.
    pub label_url: Option<Box<str>>,
    /// The invoice among `documents`: a URL, not yet trusted.
    pub invoice_url: Option<Box<str>>,
    /// The parcel.
    pub package: Package,
    /// Where it goes, as far as that is no person's data.
    pub destination: Destination,
    /// The lines.
    pub lines: Vec<Line>,
    /// Shipping status id as EasyEcom shows it (section 4, second table).
    pub shipping_status: Option<i64>,
    /// `easyecom_order_history`, oldest first; only from Get Order Details with the history.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<HistoryEntry>,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// SKU.
    pub sku: Sku,
    /// Product name.
    pub name: Clean,
    /// Pieces.
    pub quantity: u32,
}

/// Parcel sizes; absent ones are `None`, never invented.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Grams.
    pub weight_g: Option<Decimal>,
    /// Centimetres.
    pub length_cm: Option<Decimal>,
    /// Centimetres.
    pub width_cm: Option<Decimal>,
    /// Centimetres.
    pub height_cm: Option<Decimal>,
}

/// Where a parcel goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// City.
    pub city: Clean,
    /// State.
    pub state: Clean,
    /// PIN code.
    pub pin: Clean,
}

/// How an order is paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "mode")]
pub enum Payment {
    /// Paid already.
    Prepaid,
    /// To be collected at the door.
    Cod {
        /// Rupees.
        collect: Decimal,
    },
}

/// One entry of the order's history at EasyEcom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// Status id: 17, 3, 13, 38, 16 or 18 during a confirmation (section 6).
    pub status_id: i64,
    /// When.
    pub at: Option<Stamp>,
}

/// The standing status of an order (contracts/easyecom.md section 4, first table).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemoteStatus {
    /// 1, 2: waiting for the warehouse.
    Open,
    /// 3: confirmed, or its confirmation runs.
    Confirmed,
    /// 5: confirmed and printed.
    Printed,
    /// 6.
    ReadyToDispatch,
    /// 7: manifested. Stays so after delivery.
    Shipped,
    /// 9.
    Cancelled,
    /// 10.
    Returned,
    /// Anything else: shown, never acted on.
    Other(Clean),
}

impl RemoteStatus {
    /// Reads status text and id. They can disagree (seen: `Cancelled` with id 2): the text is
    /// trusted, the id serves where the text says nothing known.
    pub fn read(text: &str, id: Option<i64>) -> Self {
        let word = text.trim().to_ascii_lowercase();
        match word.as_str() {
            "open" | "assigned" | "new" => return Self::Open,
            "confirmed" | "confirm start" | "confirm new" | "confirm success"
            | "selfship confirm" | "confirm fail" => return Self::Confirmed,
            "printed" => return Self::Printed,
            "ready to dispatch" => return Self::ReadyToDispatch,
            "shipped" => return Self::Shipped,
            "cancelled" | "canceled" => return Self::Cancelled,
            "returned" => return Self::Returned,
            _ => {}
        }
        match id {
            Some(1 | 2) => Self::Open,
            Some(3) => Self::Confirmed,
            Some(5) => Self::Printed,
            Some(6) => Self::ReadyToDispatch,
            Some(7) => Self::Shipped,
            Some(9) => Self::Cancelled,
            Some(10) => Self::Returned,
            other => Self::Other(Clean::new(&match other {
                Some(id) => format!("{text} ({id})"),
                None => text.to_owned(),
            })),
        }
    }

    /// The remote's word.
    pub fn title(&self) -> &str {
        match self {
            Self::Open => "Open",
            Self::Confirmed => "Confirmed",
            Self::Printed => "Printed",
            Self::ReadyToDispatch => "Ready to dispatch",
            Self::Shipped => "Shipped",
            Self::Cancelled => "Cancelled",
            Self::Returned => "Returned",
            Self::Other(text) => text.as_str(),
        }
    }
}

impl fmt::Display for RemoteStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.title())
    }
}

/// How a confirmation stands, read from the order alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfirmView {
    /// No sign of one.
    NotBegun,
    /// Confirmed stands there, but so it does while a confirmation that will fail is running.
    Running,
    /// Proven: later status, history 16, documents made, or invoice number given with no run.
    Succeeded,
    /// History's newest confirm entry is 18.
    Failed,
}

impl Order {
    /// What this row proves about the confirmation (contracts/easyecom.md section 6).
    pub fn confirm_view(&self) -> ConfirmView {
        match self.status {
            RemoteStatus::Printed | RemoteStatus::ReadyToDispatch | RemoteStatus::Shipped => {
                return ConfirmView::Succeeded;
            }
            _ => {}
        }
        let decisive = self.history.iter().rev().find_map(|h| match h.status_id {
            16 => Some(ConfirmView::Succeeded),
            18 => Some(ConfirmView::Failed),
            // 38 precedes 16 by seconds; only 16, documents or a number end the run.
            38 if self.invoice_number.is_some() => Some(ConfirmView::Succeeded),
            13 | 17 | 38 => Some(ConfirmView::Running),
            _ => None,
        });
        match (&self.status, decisive) {
            (_, Some(ConfirmView::Failed)) => ConfirmView::Failed,
            (RemoteStatus::Confirmed, _)
                if self.label_url.is_some() || self.invoice_url.is_some() =>
            {
                ConfirmView::Succeeded
            }
            (RemoteStatus::Confirmed, Some(view)) => view,
            (RemoteStatus::Confirmed, None) => {
                if self.invoice_number.is_some() && self.queue_status != Some(2) {
                    ConfirmView::Succeeded
                } else {
                    ConfirmView::Running
                }
            }
            (_, Some(ConfirmView::Running)) => ConfirmView::Running,
            _ => ConfirmView::NotBegun,
        }
    }

    /// Whether EasyEcom shows that its manifest was made.
    pub fn is_manifested_remotely(&self) -> bool {
        self.status == RemoteStatus::Shipped || self.manifest_no.is_some()
    }

    /// Pieces over all lines.
    pub fn pieces(&self) -> u32 {
        self.lines
            .iter()
            .fold(0, |sum, line| sum.saturating_add(line.quantity))
    }
}

/// The customer, for the label only. Kept apart from the order: never in the journal, never in the
/// log, masked on the screen, and erasable.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consignee {
    /// Name.
    pub name: Clean,
    /// Phone, digits.
    pub phone: Clean,
    /// Address, first line.
    pub address_1: Clean,
    /// Address, second line.
    pub address_2: Clean,
    /// E-mail.
    pub email: Clean,
}

impl fmt::Debug for Consignee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Consignee(hidden)")
    }
}

impl Consignee {
    /// The name with all but the first letter of each word hidden.
    pub fn masked_name(&self) -> String {
        self.name
            .as_str()
            .split_whitespace()
            .map(|word| {
                let first: String = word.chars().take(1).collect();
                format!("{first}***")
            })
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The phone with all but its last two digits hidden.
    pub fn masked_phone(&self) -> String {
        let digits: Vec<char> = self.phone.as_str().chars().collect();
        let keep = digits.len().saturating_sub(2);
        digits
            .iter()
            .enumerate()
            .map(|(i, c)| if i < keep { '*' } else { *c })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_trusted_over_the_id() {
        assert_eq!(
            RemoteStatus::read("Cancelled", Some(2)),
            RemoteStatus::Cancelled
        );
        assert_eq!(RemoteStatus::read("", Some(7)), RemoteStatus::Shipped);
        assert_eq!(RemoteStatus::read("open", None), RemoteStatus::Open);
        assert_eq!(
            RemoteStatus::read("Manifest Scanned", None),
            RemoteStatus::Other("Manifest Scanned".into())
        );
    }

    #[test]
    fn people_are_masked() {
        let who = Consignee {
            name: "Asha Devi".into(),
            phone: "9000000012".into(),
            ..Consignee::default()
        };
        assert_eq!(who.masked_name(), "A*** D***");
        assert_eq!(who.masked_phone(), "********12");
        assert_eq!(format!("{who:?}"), "Consignee(hidden)");
    }
}
