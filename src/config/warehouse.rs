//! The warehouse's own side: site, engine, stock, screen, log, backups.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::values::{ClockTime, Zone};
use crate::domain::Step;

/// `[site]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Site {
    /// EasyEcom's key of the warehouse.
    pub location_key: String,
    /// Its name on the screen.
    pub name: String,
    /// Its zone.
    pub zone: Zone,
    /// Journal, store, documents, socket. Empty: `$STATE_DIRECTORY`, else the user's data folder.
    pub data_dir: PathBuf,
    /// The file of secrets. Empty: `secrets.toml` beside `raftaar.toml`.
    pub secrets_file: PathBuf,
    /// Whether the remotes are `raftaar sandbox` on this machine: waits are short and the screen says so.
    pub sandbox: bool,
}

/// Where AWB numbers come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AwbSourceKind {
    /// DTDC's booking allocates them.
    Dtdc,
    /// A file of numbers that DTDC allotted.
    File,
}

/// Whether the engine goes on by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Advance whatever is legal.
    Automatic,
    /// Every step waits for a person.
    ByHand,
}

/// Which statuses EasyEcom is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Replay {
    /// Every one, in order.
    Each,
    /// The newest only: fewer calls.
    Latest,
}

/// `[engine]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Engine {
    /// Whether it goes on by itself.
    pub mode: Mode,
    /// Steps that wait for a person although the mode is automatic.
    pub manual_steps: Vec<Step>,
    /// Orders worked on at once.
    pub concurrency: usize,
    /// Between two reads of the order list.
    pub poll_s: u64,
    /// How old a reading may be when a write relies on it that nothing was cancelled.
    pub fresh_for_s: u64,
    /// How old it may be when a manifest is made.
    pub fresh_for_manifest_s: u64,
    /// How far back the very first reading goes.
    pub first_days: u32,
    /// How long after a call's time-out its effect may still appear.
    pub settle_s: u64,
    /// How long calls may take.
    pub timeouts: Timeouts,
    /// Pickups, by the warehouse's clock.
    pub cut_offs: Vec<ClockTime>,
    /// How long before a pickup everything ready is manifested.
    pub cut_off_lead_s: u64,
    /// Make a manifest as soon as orders are ready, not only before a pickup.
    pub manifest_continuous: bool,
    /// How long the first ready order of a group waits for company.
    pub manifest_linger_s: u64,
    /// Most AWBs in one manifest.
    pub manifest_batch_max: usize,
    /// Between two looks at a parcel that moves.
    pub tracking_poll_s: u64,
    /// Which statuses EasyEcom is told.
    pub tracking_replay: Replay,
    /// First wait after a failure; it doubles, with jitter.
    pub retry_first_s: u64,
    /// Longest wait after a failure.
    pub retry_max_s: u64,
}

impl Default for Engine {
    fn default() -> Self {
        Self {
            mode: Mode::Automatic,
            manual_steps: Vec::new(),
            concurrency: 8,
            poll_s: 300,
            fresh_for_s: 90,
            fresh_for_manifest_s: 20,
            first_days: 7,
            settle_s: 120,
            timeouts: Timeouts::default(),
            cut_offs: vec![ClockTime(
                chrono::NaiveTime::from_hms_opt(18, 0, 0).expect("18:00 is a time"),
            )],
            cut_off_lead_s: 600,
            manifest_continuous: true,
            manifest_linger_s: 60,
            manifest_batch_max: 200,
            tracking_poll_s: 1800,
            tracking_replay: Replay::Each,
            retry_first_s: 2,
            retry_max_s: 300,
        }
    }
}

impl Engine {
    /// Steps that wait for a person.
    pub fn steps_by_hand(&self) -> Vec<Step> {
        match self.mode {
            Mode::ByHand => Step::ALL
                .into_iter()
                .filter(|s| *s != Step::Fetch)
                .collect(),
            Mode::Automatic => self.manual_steps.clone(),
        }
    }
}

/// `[engine.timeouts]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Timeouts {
    /// To connect.
    pub connect_s: u64,
    /// A reading.
    pub read_s: u64,
    /// A write.
    pub write_s: u64,
    /// A write is not sent later than this after its intent.
    pub not_after_s: u64,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect_s: 5,
            read_s: 15,
            write_s: 30,
            not_after_s: 4,
        }
    }
}

/// `[inventory]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Inventory {
    /// CSV file, or the folder it is dropped into. Empty: no stock is pushed.
    pub path: PathBuf,
    /// Whether "Update Available Inventory Only" is ON at EasyEcom (Account Settings, Other Settings).
    pub update_available_only: bool,
    /// Between two looks at the folder.
    pub watch_s: u64,
    /// Between two pushes.
    pub push_s: u64,
    /// Between two readings of EasyEcom's figures.
    pub read_back_s: u64,
    /// Most SKUs in a push; the batch limit is not known.
    pub max_skus_per_push: usize,
}

impl Default for Inventory {
    fn default() -> Self {
        Self {
            path: PathBuf::new(),
            update_available_only: false,
            watch_s: 5,
            push_s: 60,
            read_back_s: 3600,
            max_skus_per_push: 50,
        }
    }
}

/// Colours that the console may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Palette {
    /// What the terminal says it can.
    #[serde(rename = "auto")]
    Auto,
    /// None: bold, underlined and reversed only.
    #[serde(rename = "none")]
    None,
    /// 16.
    #[serde(rename = "16")]
    Ansi16,
    /// 256.
    #[serde(rename = "256")]
    Ansi256,
    /// 24 bits.
    #[serde(rename = "true")]
    True,
}

/// Sets of colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// For a dark ground.
    Dark,
    /// For a light ground.
    Light,
    /// For a dark ground in bright light, and for weak eyes.
    HighContrast,
    /// Blue, yellow and vermilion instead of green and red.
    ColourBlind,
}

/// `[console]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Console {
    /// Only ASCII on the screen, whatever the locale says.
    pub ascii: bool,
    /// Colours.
    pub palette: Palette,
    /// Which colours.
    pub theme: Theme,
    /// How long a lone Esc is held back to see whether it begins a key. Unset: a little over SSH, not
    /// at all otherwise.
    pub esc_hold_ms: Option<u64>,
    /// Bracket frames for terminals that can show them whole (mode 2026).
    pub sync_output: bool,
    /// Ring the bell. Off: several people may look at the same screen.
    pub bell: bool,
    /// How often it rings for a parcel or code that is right.
    pub bell_ok: u8,
    /// For one that is wrong.
    pub bell_wrong: u8,
    /// For one that was there before.
    pub bell_twice: u8,
    /// For bad news that need a person.
    pub bell_needs_you: u8,
    /// The character that the scanners send before each code (their preamble): it opens the scan field.
    /// Empty: they send none.
    pub scan_prefix: String,
    /// Minutes in Confirmed from which the band is loud.
    pub loud_after_min: i64,
    /// A keymap of one's own. Empty: `keymap.toml` beside `raftaar.toml`, if there is one.
    pub keymap: PathBuf,
}

impl Default for Console {
    fn default() -> Self {
        Self {
            ascii: false,
            palette: Palette::Auto,
            theme: Theme::Dark,
            esc_hold_ms: None,
            sync_output: true,
            bell: false,
            bell_ok: 1,
            bell_wrong: 3,
            bell_twice: 2,
            bell_needs_you: 2,
            scan_prefix: String::new(),
            loud_after_min: 60,
            keymap: PathBuf::new(),
        }
    }
}

/// How much is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Failures.
    Error,
    /// And what should be looked at.
    Warn,
    /// And the course of things.
    Info,
    /// And every call.
    Debug,
    /// And everything.
    Trace,
}

/// `[log]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogSection {
    /// Folder. Empty: `log` in the data folder.
    pub dir: PathBuf,
    /// How much.
    pub level: LogLevel,
    /// Days kept.
    pub keep_days: u32,
}

impl Default for LogSection {
    fn default() -> Self {
        Self {
            dir: PathBuf::new(),
            level: LogLevel::Info,
            keep_days: 14,
        }
    }
}

/// `[store]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    /// Memory for sled's cache, MiB; what the process takes can be three times as much.
    pub cache_mib: u64,
    /// A new journal file begins at this size, MiB.
    pub segment_mib: u64,
    /// At the start, journal files whose last record is older than this go to the archive; 0: never.
    pub archive_days: u64,
    /// sled is compacted at the start when it takes this many times the room of what is in it.
    pub compact_times: u64,
    /// Below this much free disk nothing new is begun, MiB.
    pub min_free_mib: u64,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            cache_mib: 64,
            segment_mib: 64,
            archive_days: 90,
            compact_times: 4,
            min_free_mib: 256,
        }
    }
}

/// `[backup]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Backup {
    /// Folder; another disk is better. Empty: no backups.
    pub dir: PathBuf,
    /// Copies kept.
    pub keep: u32,
    /// Hours between two.
    pub every_h: u32,
}

impl Default for Backup {
    fn default() -> Self {
        Self {
            dir: PathBuf::new(),
            keep: 7,
            every_h: 24,
        }
    }
}
