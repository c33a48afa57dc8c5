//! The seven steps, the remote calls that carry them out, and where an order stands.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The seven steps in their one legal sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// 1: hold the order.
    Fetch,
    /// 2: book an AWB and assign it at EasyEcom.
    Assign,
    /// 3: confirm at EasyEcom (asynchronous).
    Confirm,
    /// 4: store label and invoice.
    Documents,
    /// 5: generate the manifest: Confirmed becomes Shipped.
    Manifest,
    /// 6: push the carrier's scans.
    Tracking,
    /// 7: push available quantities.
    Inventory,
}

impl Step {
    /// All seven, in sequence.
    pub const ALL: [Self; 7] = [
        Self::Fetch,
        Self::Assign,
        Self::Confirm,
        Self::Documents,
        Self::Manifest,
        Self::Tracking,
        Self::Inventory,
    ];

    /// 1 to 7.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }

    /// What an operator calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Fetch => "Fetch order",
            Self::Assign => "Assign shipment",
            Self::Confirm => "Confirm order",
            Self::Documents => "Retrieve documents",
            Self::Manifest => "Generate manifest",
            Self::Tracking => "Push tracking",
            Self::Inventory => "Update inventory",
        }
    }

    /// The word used on the command line and in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fetch => "fetch",
            Self::Assign => "assign",
            Self::Confirm => "confirm",
            Self::Documents => "documents",
            Self::Manifest => "manifest",
            Self::Tracking => "tracking",
            Self::Inventory => "inventory",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.title())
    }
}

impl FromStr for Step {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|step| step.word() == text)
            .ok_or_else(|| {
                let words: Vec<_> = Self::ALL.iter().map(|s| s.word()).collect();
                format!(
                    "no step is called {text:?}; the steps are {}",
                    words.join(", ")
                )
            })
    }
}

/// A call that a step makes. Each but `Documents` changes something remotely and needs a permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// Book an AWB at the carrier (step 2).
    Book,
    /// Write courier and AWB to EasyEcom (step 2).
    Assign,
    /// Confirm at EasyEcom (step 3).
    Confirm,
    /// Fetch label and invoice (step 4).
    Documents,
    /// Generate the manifest at EasyEcom (step 5).
    Manifest,
    /// Push a tracking status to EasyEcom (step 6).
    Tracking,
    /// Push quantities to EasyEcom (step 7).
    Inventory,
    /// Cancel a booked AWB that will not travel.
    CancelBooking,
}

impl Call {
    /// Those that are made for an order, in the sequence of the steps. Quantities are pushed per SKU.
    pub const OF_ORDER: [Self; 7] = [
        Self::Book,
        Self::Assign,
        Self::Confirm,
        Self::Documents,
        Self::Manifest,
        Self::Tracking,
        Self::CancelBooking,
    ];

    /// The step that the call belongs to.
    pub fn step(self) -> Step {
        match self {
            Self::Book | Self::Assign | Self::CancelBooking => Step::Assign,
            Self::Confirm => Step::Confirm,
            Self::Documents => Step::Documents,
            Self::Manifest => Step::Manifest,
            Self::Tracking => Step::Tracking,
            Self::Inventory => Step::Inventory,
        }
    }

    /// What an operator calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Book => "book AWB",
            Self::Assign => "assign AWB",
            Self::Confirm => "confirm",
            Self::Documents => "documents",
            Self::Manifest => "manifest",
            Self::Tracking => "tracking push",
            Self::Inventory => "inventory push",
            Self::CancelBooking => "cancel AWB",
        }
    }

    /// The word used on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Book => "book",
            Self::Assign => "assign",
            Self::Confirm => "confirm",
            Self::Documents => "documents",
            Self::Manifest => "manifest",
            Self::Tracking => "tracking",
            Self::Inventory => "inventory",
            Self::CancelBooking => "cancel-booking",
        }
    }

    /// What an operator calls it where it failed.
    pub fn failed_title(self) -> &'static str {
        match self {
            Self::Book => "AWB booking failed",
            Self::Assign => "Assign failed",
            Self::Confirm => "Confirm failed",
            Self::Documents => "Documents missing",
            Self::Manifest => "Manifest failed",
            Self::Tracking => "Tracking push failed",
            Self::Inventory => "Inventory push failed",
            Self::CancelBooking => "AWB cancellation failed",
        }
    }
}

impl FromStr for Call {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::OF_ORDER
            .into_iter()
            .chain([Self::Inventory])
            .find(|call| call.word() == text)
            .ok_or_else(|| format!("no call is called {text:?}"))
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.title())
    }
}

/// Where an order stands, proven by evidence; derived from its record, never stored apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Held by the ledger, nothing done yet.
    Fetched,
    /// Has an AWB that EasyEcom does not show yet.
    Booked,
    /// EasyEcom has carrier and AWB.
    Assigned,
    /// Confirmation asked for, result not seen yet.
    Confirming,
    /// Confirmed remotely; stays so until its manifest.
    Confirmed,
    /// Confirmed, label and invoice stored: ready for the manifest.
    Ready,
    /// Manifested: EasyEcom shows Shipped.
    Shipped,
    /// The carrier moves it.
    InTransit,
    /// With the delivery rider.
    OutForDelivery,
    /// Delivered to the customer.
    Delivered,
    /// On its way back.
    Rto,
    /// Back at the seller.
    RtoDelivered,
    /// Cancelled remotely or dropped by a person before its manifest.
    Cancelled,
}

impl Stage {
    /// All of them, in the order of the pipeline.
    pub const ALL: [Self; 13] = [
        Self::Fetched,
        Self::Booked,
        Self::Assigned,
        Self::Confirming,
        Self::Confirmed,
        Self::Ready,
        Self::Shipped,
        Self::InTransit,
        Self::OutForDelivery,
        Self::Delivered,
        Self::Rto,
        Self::RtoDelivered,
        Self::Cancelled,
    ];

    /// What an operator calls it, at most 12 characters.
    pub fn title(self) -> &'static str {
        match self {
            Self::Fetched => "Fetched",
            Self::Booked => "AWB booked",
            Self::Assigned => "Assigned",
            Self::Confirming => "Confirming",
            Self::Confirmed => "Confirmed",
            Self::Ready => "Ready",
            Self::Shipped => "Shipped",
            Self::InTransit => "In transit",
            Self::OutForDelivery => "Out for dlv",
            Self::Delivered => "Delivered",
            Self::Rto => "RTO",
            Self::RtoDelivered => "RTO done",
            Self::Cancelled => "Cancelled",
        }
    }

    /// The word used on the command line, in files and in filters.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fetched => "fetched",
            Self::Booked => "booked",
            Self::Assigned => "assigned",
            Self::Confirming => "confirming",
            Self::Confirmed => "confirmed",
            Self::Ready => "ready",
            Self::Shipped => "shipped",
            Self::InTransit => "in_transit",
            Self::OutForDelivery => "out_for_delivery",
            Self::Delivered => "delivered",
            Self::Rto => "rto",
            Self::RtoDelivered => "rto_delivered",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing more will happen.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Delivered | Self::RtoDelivered | Self::Cancelled)
    }

    /// Whether EasyEcom shows Confirmed: these wait for a manifest and must never be forgotten.
    pub fn stands_in_confirmed(self) -> bool {
        matches!(self, Self::Confirming | Self::Confirmed | Self::Ready)
    }

    /// Whether its manifest is made.
    pub fn is_manifested(self) -> bool {
        matches!(
            self,
            Self::Shipped
                | Self::InTransit
                | Self::OutForDelivery
                | Self::Delivered
                | Self::Rto
                | Self::RtoDelivered
        )
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.title())
    }
}

impl FromStr for Stage {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|stage| stage.word() == text)
            .ok_or_else(|| format!("no stage is called {text:?}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back() {
        for call in Call::OF_ORDER.into_iter().chain([Call::Inventory]) {
            assert_eq!(call.word().parse(), Ok(call));
        }
        for step in Step::ALL {
            assert_eq!(step.word().parse(), Ok(step));
        }
        for stage in Stage::ALL {
            assert_eq!(stage.word().parse(), Ok(stage));
        }
        assert!("cancel AWB".parse::<Call>().is_err());
    }
}
