//! How the engine works: every figure a setting, every default with its reason.

use std::{path::PathBuf, time::Duration};

use chrono::{FixedOffset, NaiveTime};

use crate::domain::{CarrierId, Clean, LocationKey, Step};

/// Settings of the engine.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// Warehouse.
    pub location: LocationKey,
    /// Its name on the screen.
    pub name: Clean,
    /// Its zone.
    pub zone: FixedOffset,
    /// Whether the remotes are a sandbox: shown in the header so that nobody takes it for real.
    pub sandbox: bool,
    /// Program version.
    pub version: Clean,
    /// `companyCarrierId` of the carrier at EasyEcom.
    pub carrier_id: CarrierId,
    /// `courier`: the carrier's name at EasyEcom.
    pub courier: Clean,
    /// Steps that wait for a person; empty: everything legal is done.
    pub by_hand: Vec<Step>,
    /// Orders worked on at once.
    pub concurrency: usize,
    /// Reading of orders.
    pub fetch: FetchConfig,
    /// Calls.
    pub limits: Limits,
    /// Settling of calls.
    pub settle: SettleConfig,
    /// Manifests.
    pub manifest: ManifestConfig,
    /// Tracking.
    pub tracking: TrackingConfig,
    /// Stock.
    pub stock: StockConfig,
    /// AWBs.
    pub awb: AwbConfig,
    /// Copies and disk space.
    pub keep: KeepConfig,
    /// Seed of the jitter; fixed in simulations.
    pub seed: u64,
}

/// Copies of the journal, and disk space.
#[derive(Clone, Debug)]
pub struct KeepConfig {
    /// Where copies go; `None`: there are none.
    pub backup_dir: Option<PathBuf>,
    /// How many stay.
    pub backup_keep: usize,
    /// Between two.
    pub backup_every: Duration,
    /// With less free disk than this nothing new is begun, bytes.
    pub min_free: u64,
}

/// Reading of orders.
#[derive(Clone, Copy, Debug)]
pub struct FetchConfig {
    /// Between two reads when nothing presses.
    pub every: Duration,
    /// Never closer than this, however much presses.
    pub min_gap: Duration,
    /// How old a reading may be when a write relies on it that nothing was cancelled.
    pub fresh_for: Duration,
    /// How old it may be when a manifest is made.
    pub fresh_for_manifest: Duration,
    /// How far back the first reading goes.
    pub first_days: i64,
    /// Each reading begins this long before the mark: rows become visible late.
    pub overlap: Duration,
    /// Rows a page, at most 250 (contracts/easyecom.md section 4).
    pub page_size: u16,
}

/// EasyEcom's tier (contracts/easyecom.md section 3) and how much of it is used.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Calls a second.
    pub per_second: f64,
    /// Calls at once.
    pub burst: f64,
    /// Calls a day.
    pub per_day: u32,
    /// Share of rate and burst left unused: another client may share the key.
    pub margin: f64,
    /// Between two logins of one location (section 2: 60 s, else HTTP 403).
    pub login_gap: Duration,
}

/// Settling of calls.
#[derive(Clone, Copy, Debug)]
pub struct SettleConfig {
    /// A request is not sent later than this after its intent.
    pub not_after: Duration,
    /// Longest that a call may take.
    pub call_timeout: Duration,
    /// How long after that an effect may still appear; twice the longest ever seen is advised.
    pub late_effect: Duration,
    /// How long a booking may take to appear in DTDC's tracking. Not documented: unset means that a
    /// booking of unknown outcome is never repeated without a person.
    pub booking_latency: Option<Duration>,
    /// Between the two readings that must agree.
    pub recheck: Duration,
    /// First look at a confirmation (section 6: about 20 s).
    pub confirm_check: Duration,
    /// First look at a manifest.
    pub manifest_check: Duration,
    /// First wait after a failure; doubles with jitter.
    pub retry_first: Duration,
    /// Longest wait after a failure.
    pub retry_max: Duration,
}

impl SettleConfig {
    /// From the end of the right to send to the instant from which "not there" counts.
    pub fn settle(&self) -> chrono::Duration {
        chrono::Duration::from_std(self.call_timeout + self.late_effect)
            .unwrap_or(chrono::Duration::MAX)
    }

    /// The same for a booking.
    pub fn settle_booking(&self) -> chrono::Duration {
        let latency = self.booking_latency.unwrap_or_default();
        self.settle() + chrono::Duration::from_std(latency).unwrap_or_default()
    }
}

/// Manifests.
#[derive(Clone, Debug)]
pub struct ManifestConfig {
    /// Make one as soon as orders are ready, not only at the cut-offs.
    pub continuous: bool,
    /// How long the first ready order of a group waits for company.
    pub linger: Duration,
    /// Pickup times, warehouse zone.
    pub cut_offs: Vec<NaiveTime>,
    /// How long before a pickup everything ready is manifested.
    pub lead: Duration,
    /// Most AWBs in one call.
    pub batch_max: usize,
}

/// Tracking.
#[derive(Clone, Copy, Debug)]
pub struct TrackingConfig {
    /// Between two looks at a parcel that moves.
    pub every: Duration,
    /// Tell every status in order, or only the newest.
    pub replay: Replay,
}

/// Which statuses EasyEcom is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Replay {
    /// Every one, in order.
    Each,
    /// The newest only: fewer calls.
    Latest,
}

/// Stock.
#[derive(Clone, Debug)]
pub struct StockConfig {
    /// File or folder that the warehouse drops counts into.
    pub path: Option<PathBuf>,
    /// Whether EasyEcom's "Update Available Inventory Only" is known to be ON.
    pub setting_on: bool,
    /// Between two looks at the folder.
    pub watch_every: Duration,
    /// Between two pushes.
    pub push_every: Duration,
    /// Between two readings of EasyEcom's figures.
    pub read_every: Duration,
    /// SKUs a push.
    pub skus_per_push: usize,
}

/// AWBs.
#[derive(Clone, Debug)]
pub struct AwbConfig {
    /// File of allotted numbers; `None`: DTDC allocates.
    pub file: Option<PathBuf>,
    /// Whether an allotted number is booked at DTDC too.
    pub announce: bool,
    /// Fewer free numbers than this are shouted about.
    pub low_water: u64,
    /// Ask DTDC whether it serves the PIN code before booking.
    pub check_pin: bool,
    /// Put before the invoice id to make our reference at DTDC.
    pub reference_prefix: String,
}

impl AwbConfig {
    /// Whether a booking is a call at DTDC, and not only a number taken from the file.
    pub fn announces(&self) -> bool {
        self.file.is_none() || self.announce
    }
}

impl Default for EngineConfig {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            location: LocationKey::new(""),
            name: Clean::default(),
            zone: crate::domain::time::ist(),
            sandbox: false,
            version: Clean::new(env!("CARGO_PKG_VERSION")),
            carrier_id: CarrierId(0),
            courier: Clean::new("DTDC"),
            by_hand: Vec::new(),
            concurrency: 8,
            fetch: FetchConfig {
                every: seconds(300),
                min_gap: seconds(5),
                fresh_for: seconds(90),
                fresh_for_manifest: seconds(20),
                first_days: 7,
                overlap: seconds(600),
                page_size: 250,
            },
            limits: Limits {
                per_second: 5.0,
                burst: 10.0,
                per_day: 500,
                margin: 0.2,
                login_gap: seconds(61),
            },
            settle: SettleConfig {
                not_after: seconds(4),
                call_timeout: seconds(30),
                late_effect: seconds(120),
                booking_latency: None,
                recheck: seconds(15),
                confirm_check: seconds(20),
                manifest_check: seconds(5),
                retry_first: seconds(2),
                retry_max: seconds(300),
            },
            manifest: ManifestConfig {
                continuous: true,
                linger: seconds(60),
                cut_offs: Vec::new(),
                lead: seconds(600),
                batch_max: 200,
            },
            tracking: TrackingConfig {
                every: seconds(1800),
                replay: Replay::Each,
            },
            stock: StockConfig {
                path: None,
                setting_on: false,
                watch_every: seconds(5),
                push_every: seconds(60),
                read_every: seconds(3600),
                skus_per_push: crate::domain::inventory::SKUS_PER_PUSH,
            },
            awb: AwbConfig {
                file: None,
                announce: true,
                low_water: 100,
                check_pin: true,
                reference_prefix: "R".to_owned(),
            },
            keep: KeepConfig {
                backup_dir: None,
                backup_keep: 7,
                backup_every: seconds(86_400),
                min_free: 256 << 20,
            },
            seed: 0,
        }
    }
}
