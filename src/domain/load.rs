//! Loading the truck: what a parcel that is scanned at the dock is.

use serde::{Deserialize, Serialize};

use super::{
    fold::LoadClosed, ids::Operator, outcome::Signed, record::OrderRecord, step::Stage, time::Stamp,
};

/// What a scanned parcel is. Only the first may go on to the truck.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum LoadVerdict {
    /// On this manifest and now on the truck.
    Loaded,
    /// Scanned before: this label is stuck on two parcels, or the parcel was scanned twice.
    Twice {
        /// The first time.
        first: Signed,
    },
    /// On another manifest than the one that is loaded.
    OtherManifest,
    /// The truck of its manifest was handed over.
    TruckLeft {
        /// When.
        at: Stamp,
        /// Who said so.
        by: Operator,
    },
    /// On no manifest: EasyEcom does not call it shipped.
    NotManifested {
        /// Where its order stands.
        stage: Stage,
    },
    /// Its order was cancelled: it stays here.
    Cancelled,
    /// No order here has this code.
    Foreign,
    /// The code is that of several orders.
    Several,
}

impl LoadVerdict {
    /// Whether the parcel is on the truck by this scan.
    pub fn is_loaded(&self) -> bool {
        matches!(self, Self::Loaded)
    }

    /// Two or three words, to be read from afar.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Loaded => "LOADED",
            Self::Twice { .. } => "TWICE",
            Self::OtherManifest => "OTHER MANIFEST",
            Self::TruckLeft { .. } => "TRUCK HAS LEFT",
            Self::NotManifested { .. } => "NOT MANIFESTED",
            Self::Cancelled => "CANCELLED",
            Self::Foreign => "FOREIGN",
            Self::Several => "SEVERAL ORDERS",
        }
    }

    /// What it means and what to do with the parcel.
    pub fn advice(&self) -> String {
        match self {
            Self::Loaded => "on the truck".to_owned(),
            Self::Twice { first } => format!(
                "loaded already by {}; is the label on two parcels?",
                first.by
            ),
            Self::OtherManifest => {
                "not on this manifest: keep it off this truck, or choose its manifest".to_owned()
            }
            Self::TruckLeft { by, .. } => {
                format!("NOT RECORDED: handed over by {by} before; keep the parcel here")
            }
            Self::NotManifested { stage } => {
                format!("its order is {stage}: keep it here until its manifest is made")
            }
            Self::Cancelled => "its order was cancelled: keep it here".to_owned(),
            Self::Foreign => "no order of this warehouse has this code: keep it off".to_owned(),
            Self::Several => "this code is that of several orders: scan the AWB".to_owned(),
        }
    }
}

/// How a parcel stands that the dock shows: one of a manifest, or one that was scanned and turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParcelState {
    /// On the truck.
    Loaded,
    /// Has to go on the truck and is not on it.
    Missing,
    /// Its order was cancelled.
    Cancelled,
    /// Scanned, but on the truck already.
    Twice,
    /// Scanned, but of another manifest.
    OtherManifest,
    /// Scanned, but on no manifest.
    NotManifested,
    /// Scanned, but of no order here.
    Foreign,
    /// Scanned, but its code is that of several orders.
    Several,
    /// Scanned, but the engine did not record it.
    NotRecorded,
}

impl ParcelState {
    /// All.
    pub const ALL: [Self; 9] = [
        Self::Loaded,
        Self::Missing,
        Self::Cancelled,
        Self::Twice,
        Self::OtherManifest,
        Self::NotManifested,
        Self::Foreign,
        Self::Several,
        Self::NotRecorded,
    ];

    /// The word used in filters.
    pub fn word(self) -> &'static str {
        match self {
            Self::Loaded => "loaded",
            Self::Missing => "missing",
            Self::Cancelled => "cancelled",
            Self::Twice => "twice",
            Self::OtherManifest => "othermanifest",
            Self::NotManifested => "notmanifested",
            Self::Foreign => "foreign",
            Self::Several => "several",
            Self::NotRecorded => "notrecorded",
        }
    }
}

impl From<&LoadVerdict> for ParcelState {
    fn from(verdict: &LoadVerdict) -> Self {
        match verdict {
            LoadVerdict::Loaded => Self::Loaded,
            LoadVerdict::Twice { .. } => Self::Twice,
            LoadVerdict::OtherManifest => Self::OtherManifest,
            LoadVerdict::NotManifested { .. } => Self::NotManifested,
            LoadVerdict::Cancelled => Self::Cancelled,
            LoadVerdict::TruckLeft { .. } => Self::NotRecorded,
            LoadVerdict::Foreign => Self::Foreign,
            LoadVerdict::Several => Self::Several,
        }
    }
}

/// Judges a parcel against the manifest that is loaded, by the journal position of its call; `None`: any
/// manifest, also one that was made in EasyEcom. `closed` is the hand-over of its own manifest's truck.
pub fn judge(
    record: &OrderRecord,
    manifest: Option<u64>,
    closed: Option<&LoadClosed>,
) -> LoadVerdict {
    if record.cancelled.is_some() {
        return LoadVerdict::Cancelled;
    }
    if !record.manifest.progress.is_done() {
        return LoadVerdict::NotManifested {
            stage: record.stage(),
        };
    }
    if let Some(first) = &record.loaded {
        return LoadVerdict::Twice {
            first: first.clone(),
        };
    }
    if manifest.is_some() && record.manifested_by() != manifest {
        return LoadVerdict::OtherManifest;
    }
    match closed {
        Some(closed) => LoadVerdict::TruckLeft {
            at: closed.at,
            by: closed.by.clone(),
        },
        None => LoadVerdict::Loaded,
    }
}
