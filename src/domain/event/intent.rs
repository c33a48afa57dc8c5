//! What a call asks for.

use serde::{Deserialize, Serialize};

use crate::domain::{
    ids::{Awb, CarrierId, InvoiceId},
    request::ManifestGroup,
    step::Call,
    tracking::TrackingStatus,
};

/// What an intent asks for, without personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum IntentDetail {
    /// Book an AWB.
    Book {
        /// For.
        invoice: InvoiceId,
        /// Our reference at DTDC.
        reference: Box<str>,
        /// The number from the allotted series, reserved by this very record.
        own_number: Option<Awb>,
    },
    /// Assign it.
    Assign {
        /// For.
        invoice: InvoiceId,
        /// Which.
        awb: Awb,
        /// Under which carrier record.
        carrier_id: CarrierId,
    },
    /// Confirm.
    Confirm {
        /// Which.
        invoice: InvoiceId,
    },
    /// Generate a manifest.
    Manifest {
        /// Which group.
        group: ManifestGroup,
        /// Its members.
        members: Vec<(InvoiceId, Awb)>,
    },
    /// Push a status.
    Tracking {
        /// For.
        invoice: InvoiceId,
        /// Its AWB.
        awb: Awb,
        /// What.
        status: TrackingStatus,
    },
    /// Cancel a booking.
    CancelBooking {
        /// For.
        invoice: InvoiceId,
        /// Which.
        awb: Awb,
    },
}

impl IntentDetail {
    /// Which call.
    pub fn call(&self) -> Call {
        match self {
            Self::Book { .. } => Call::Book,
            Self::Assign { .. } => Call::Assign,
            Self::Confirm { .. } => Call::Confirm,
            Self::Manifest { .. } => Call::Manifest,
            Self::Tracking { .. } => Call::Tracking,
            Self::CancelBooking { .. } => Call::CancelBooking,
        }
    }

    /// Which orders.
    pub fn invoices(&self) -> Vec<InvoiceId> {
        match self {
            Self::Book { invoice, .. }
            | Self::Assign { invoice, .. }
            | Self::Confirm { invoice }
            | Self::Tracking { invoice, .. }
            | Self::CancelBooking { invoice, .. } => vec![*invoice],
            Self::Manifest { members, .. } => members.iter().map(|(id, _)| *id).collect(),
        }
    }
}
