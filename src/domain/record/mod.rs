//! What the ledger holds about one order: the remote's facts, how far each call came, and what
//! people decided. Changed only by [`super::fold`]ing journal events.

mod attention;
mod booking;
mod call;
mod cancelled;
mod park;
mod since;

pub use self::{
    attention::Attention,
    booking::{AwbSource, Booking, BookingState},
    call::{CallState, Intent, Progress},
    cancelled::{Cancelled, CancelledBy},
    park::{Park, ParkReason},
};

use serde::{Deserialize, Serialize};

use super::{
    ids::{Awb, InvoiceId, ManifestNo},
    order::{Order, RemoteStatus},
    outcome::Signed,
    step::{Call, Stage, Step},
    time::Stamp,
    tracking::{TrackingStatus, Trail},
};

/// An order and everything that happened to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRecord {
    /// EasyEcom's newest word.
    pub order: Order,
    /// When the ledger first held it.
    pub first_seen: Stamp,
    /// When it was last read with something new.
    pub read_at: Stamp,
    /// Journal position of the newest event that changed it.
    pub version: u64,
    /// Book an AWB.
    pub book: CallState,
    /// Assign it at EasyEcom.
    pub assign: CallState,
    /// Confirm.
    pub confirm: CallState,
    /// Label and invoice.
    pub documents: CallState,
    /// Manifest.
    pub manifest: CallState,
    /// Cancel a booking that will not travel.
    pub cancel_booking: CallState,
    /// The tracking push under way.
    pub push: CallState,
    /// The AWB bound to this invoice.
    #[serde(default)]
    pub booking: Option<Booking>,
    /// The allotted number that an earlier attempt reserved.
    #[serde(default)]
    pub reserved: Option<Awb>,
    /// The status that the push under way tells.
    #[serde(default)]
    pub telling: Option<TrackingStatus>,
    /// The label, stored and checked.
    #[serde(default)]
    pub label: Option<Document>,
    /// The invoice, stored and checked.
    #[serde(default)]
    pub invoice: Option<Document>,
    /// EasyEcom's manifest number.
    #[serde(default)]
    pub manifest_no: Option<ManifestNo>,
    /// Journal position of the newest manifest call that it was in.
    #[serde(default)]
    pub manifest_intent: Option<u64>,
    /// Who put the parcel on the truck.
    #[serde(default)]
    pub loaded: Option<Signed>,
    /// The parcel's journey.
    #[serde(default)]
    pub trail: Trail,
    /// A person's hold.
    #[serde(default)]
    pub hold: Option<Signed>,
    /// Parked for a person.
    #[serde(default)]
    pub park: Option<Park>,
    /// A person let this twin or foreign order through.
    #[serde(default)]
    pub cleared: Option<Signed>,
    /// Cancelled.
    #[serde(default)]
    pub cancelled: Option<Cancelled>,
    /// Journal position of the stock decrement that its manifest caused.
    #[serde(default)]
    pub stock_version: Option<u64>,
}

/// A stored and checked document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// SHA-256, hex: its file's name.
    pub sha256: Box<str>,
    /// Size.
    pub bytes: u64,
    /// `easyecom` or `dtdc`.
    pub source: Box<str>,
    /// Stored at.
    pub at: Stamp,
}

impl OrderRecord {
    /// A record of an order seen for the first time.
    pub fn new(order: Order, at: Stamp) -> Self {
        Self {
            order,
            first_seen: at,
            read_at: at,
            version: 0,
            book: CallState::default(),
            assign: CallState::default(),
            confirm: CallState::default(),
            documents: CallState::default(),
            manifest: CallState::default(),
            cancel_booking: CallState::default(),
            push: CallState::default(),
            booking: None,
            reserved: None,
            telling: None,
            label: None,
            invoice: None,
            manifest_no: None,
            trail: Trail::default(),
            hold: None,
            park: None,
            cleared: None,
            manifest_intent: None,
            loaded: None,
            cancelled: None,
            stock_version: None,
        }
    }

    /// Its key.
    pub fn id(&self) -> InvoiceId {
        self.order.invoice_id
    }

    /// The state of `call`; inventory is kept per SKU, not per order.
    pub fn call(&self, call: Call) -> Option<&CallState> {
        Some(match call {
            Call::Book => &self.book,
            Call::Assign => &self.assign,
            Call::Confirm => &self.confirm,
            Call::Documents => &self.documents,
            Call::Manifest => &self.manifest,
            Call::Tracking => &self.push,
            Call::CancelBooking => &self.cancel_booking,
            Call::Inventory => return None,
        })
    }

    /// Every call that is made for an order, with its state.
    pub fn calls(&self) -> impl Iterator<Item = (Call, &CallState)> {
        Call::OF_ORDER
            .into_iter()
            .filter_map(|call| self.call(call).map(|state| (call, state)))
    }

    /// The state of `call`, to change.
    pub fn call_mut(&mut self, call: Call) -> Option<&mut CallState> {
        Some(match call {
            Call::Book => &mut self.book,
            Call::Assign => &mut self.assign,
            Call::Confirm => &mut self.confirm,
            Call::Documents => &mut self.documents,
            Call::Manifest => &mut self.manifest,
            Call::Tracking => &mut self.push,
            Call::CancelBooking => &mut self.cancel_booking,
            Call::Inventory => return None,
        })
    }

    /// The AWB that travels.
    pub fn live_awb(&self) -> Option<&Awb> {
        self.booking
            .as_ref()
            .filter(|b| b.state == BookingState::Live)
            .map(|b| &b.awb)
    }

    /// The manifest call that shipped it, if one of ours did.
    pub fn manifested_by(&self) -> Option<u64> {
        self.manifest_intent
            .filter(|_| self.manifest.progress.is_done())
    }

    /// Where it stands.
    pub fn stage(&self) -> Stage {
        if self.manifest.progress.is_done() {
            return match self.trail.reached {
                None | Some(TrackingStatus::PickupScheduled) => Stage::Shipped,
                Some(TrackingStatus::InTransit) => Stage::InTransit,
                Some(TrackingStatus::OutForDelivery) => Stage::OutForDelivery,
                Some(TrackingStatus::Delivered) => Stage::Delivered,
                Some(TrackingStatus::Rto) => Stage::Rto,
                Some(TrackingStatus::RtoDelivered) => Stage::RtoDelivered,
            };
        }
        if self.cancelled.is_some() {
            return Stage::Cancelled;
        }
        if self.confirm.progress.is_done() {
            return if self.label.is_some() && self.invoice.is_some() {
                Stage::Ready
            } else {
                Stage::Confirmed
            };
        }
        if self.confirm.progress.is_open() || self.order.status == RemoteStatus::Confirmed {
            return Stage::Confirming;
        }
        if self.assign.progress.is_done() {
            return Stage::Assigned;
        }
        if self.live_awb().is_some() {
            return Stage::Booked;
        }
        Stage::Fetched
    }

    /// The instant by which the order has to leave, or, where EasyEcom gives none, when it came.
    pub fn urgency(&self) -> Stamp {
        self.order.due_at.unwrap_or(self.first_seen)
    }

    /// Whether it is done for this order.
    pub fn step_done(&self, step: Step) -> bool {
        match step {
            Step::Fetch => true,
            Step::Assign => self.assign.progress.is_done(),
            Step::Confirm => self.confirm.progress.is_done(),
            Step::Documents => self.label.is_some() && self.invoice.is_some(),
            Step::Manifest => self.manifest.progress.is_done(),
            Step::Tracking => self.trail.told.is_some_and(TrackingStatus::is_final),
            Step::Inventory => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fold::fixture::{at, order};

    #[test]
    fn every_call_has_a_state_of_its_own() {
        let mut record = OrderRecord::new(order(1), at(0));
        for (n, call) in (1..).zip(Call::OF_ORDER) {
            record.call_mut(call).expect("its state").attempts = n;
        }
        let attempts: Vec<(Call, u16)> = record.calls().map(|(c, s)| (c, s.attempts)).collect();
        let numbered: Vec<(Call, u16)> = Call::OF_ORDER.into_iter().zip(1..).collect();
        assert_eq!(attempts, numbered);
        assert_eq!(record.call(Call::Inventory), None);
    }
}
