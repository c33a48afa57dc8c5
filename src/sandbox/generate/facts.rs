//! What is drawn for each invoice.

use super::people::City;
use crate::sandbox::clock::Moment;

/// What never changes about an invoice.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    pub(crate) index: usize,
    pub(crate) invoice_id: u64,
    pub(crate) order_id: u64,
    pub(crate) reference: String,
    pub(crate) foreign: bool,
    pub(crate) marketplace: (u64, &'static str),
    pub(crate) customer: String,
    pub(crate) phone: String,
    pub(crate) email: String,
    pub(crate) address: String,
    pub(crate) city: &'static City,
    pub(crate) pincode: String,
    pub(crate) cod: bool,
    pub(crate) lines: Vec<Line>,
    pub(crate) ordered: Moment,
    pub(crate) tat: Moment,
    pub(crate) package: Package,
    pub(crate) fate: Fate,
    pub(crate) confirm: ConfirmFate,
    pub(crate) cancel: Option<CancelPlan>,
    pub(crate) twin_of: Option<(u64, TwinKind)>,
    pub(crate) drift: u8,
    pub(crate) hostile: bool,
}

impl Facts {
    /// The sum to pay, in paise.
    pub(crate) fn total_paise(&self) -> u64 {
        self.lines.iter().map(Line::total_paise).sum()
    }
}

/// One line of an order.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) sku: String,
    pub(crate) name: String,
    pub(crate) brand: &'static str,
    pub(crate) category: &'static str,
    pub(crate) product_id: u64,
    pub(crate) quantity: u64,
    /// For one piece, with tax.
    pub(crate) price_paise: u64,
    /// Percent.
    pub(crate) tax_rate: u64,
    /// Grams for one piece.
    pub(crate) weight: u64,
}

impl Line {
    pub(crate) fn total_paise(&self) -> u64 {
        self.price_paise * self.quantity
    }
}

/// Package: grams and centimetres.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Package {
    pub(crate) weight: u64,
    pub(crate) length: u64,
    pub(crate) width: u64,
    pub(crate) height: u64,
}

/// How the parcel's journey ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Delivered,
    DeliveredAfterNdr,
    Returned,
}

/// How confirmations of the order end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConfirmFate {
    Succeeds,
    FailsOnce,
    Poison,
}

/// When the buyer or the panel cancels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum CancelPlan {
    /// It is cancelled when first seen.
    BeforeFetch,
    /// Real seconds after it appears.
    AfterArrival(f64),
    /// Real seconds after its AWB is written.
    AfterAssign(f64),
    /// Real seconds after its confirmation begins.
    AfterConfirm(f64),
}

/// What made a second invoice of one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TwinKind {
    /// `_OR1`, after the original was shipped.
    Split,
    /// `_RE1`, after the original was confirmed.
    ReInvoice,
}
