//! Configuration: built-in defaults, then `raftaar.toml`, then the environment, then flags; each layer
//! changes only what it names. `assets/raftaar.example.toml` documents every key, and a test holds it
//! to the defaults below. Secrets have no place here: see [`crate::setup::secrets`].

mod check;
mod error;
#[cfg(any(test, fuzzing))]
pub(crate) mod feed;
mod load;
mod locate;
mod overlay;
mod remotes;
#[cfg(test)]
mod tests;
mod values;
mod warehouse;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use error::{ConfigError, Problem};
pub use load::{Loaded, Sources, find_file, load, read_small};
pub use overlay::{ENVIRONMENT, Overlay, apply, from_environment};
pub use remotes::{Awb, Dtdc, DtdcUrls, Easyecom, Rate, Tier};
pub use values::{ClockTime, Zone};
pub use warehouse::{
    AwbSourceKind, Backup, Console, Engine, Inventory, LogLevel, LogSection, Mode, Palette, Replay,
    Site, Store, Theme, Timeouts,
};

/// All of `raftaar.toml`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The warehouse and where its data lives.
    pub site: Site,
    /// EasyEcom.
    pub easyecom: Easyecom,
    /// DTDC.
    pub dtdc: Dtdc,
    /// Where AWB numbers come from.
    pub awb: Awb,
    /// How the engine works.
    pub engine: Engine,
    /// Stock.
    pub inventory: Inventory,
    /// The screen.
    pub console: Console,
    /// The log.
    pub log: LogSection,
    /// The store.
    pub store: Store,
    /// Copies of the store.
    pub backup: Backup,
}

impl Config {
    /// The folder that holds journal, store, documents and socket.
    pub fn data_dir(&self) -> PathBuf {
        self.site.data_dir.clone()
    }

    /// The running engine's socket.
    pub fn socket(&self) -> PathBuf {
        self.site.data_dir.join(crate::link::SOCKET_NAME)
    }

    /// The folder of log files.
    pub fn log_dir(&self) -> PathBuf {
        if self.log.dir.as_os_str().is_empty() {
            self.site.data_dir.join("log")
        } else {
            self.log.dir.clone()
        }
    }

    /// What an engine cannot do without and nobody has configured: one line per key.
    pub fn missing_for_engine(&self) -> Vec<String> {
        let needs = [
            (
                "site.location_key",
                self.site.location_key.is_empty(),
                "the warehouse's key at EasyEcom, such as ab1234567890 (RAFTAAR_LOCATION_KEY)",
            ),
            (
                "easyecom.company_carrier_id",
                self.easyecom.company_carrier_id == 0,
                "`companyCarrierId` of DTDC at EasyEcom: Account Settings, Carriers",
            ),
            (
                "dtdc.customer_code",
                self.dtdc.customer_code.is_empty(),
                "DTDC's customer code of the seller",
            ),
            (
                "dtdc.service_type_id",
                self.dtdc.service_type_id.is_empty(),
                "DTDC's service for this account, such as \"B2C SMART EXPRESS\"",
            ),
            (
                "dtdc.origin.pincode",
                self.dtdc.origin.pincode.is_empty(),
                "the warehouse's PIN code",
            ),
            (
                "dtdc.origin.name",
                self.dtdc.origin.name.is_empty(),
                "the sender's name on the label",
            ),
            (
                "dtdc.origin.phone",
                self.dtdc.origin.phone.is_empty(),
                "the sender's phone",
            ),
            (
                "dtdc.origin.address_1",
                self.dtdc.origin.address_1.is_empty(),
                "the sender's address",
            ),
            (
                "dtdc.origin.city",
                self.dtdc.origin.city.is_empty(),
                "the sender's city; DTDC refuses bookings without",
            ),
            (
                "dtdc.origin.state",
                self.dtdc.origin.state.is_empty(),
                "the sender's state; DTDC refuses bookings without",
            ),
            (
                "awb.file",
                self.awb.source == AwbSourceKind::File && self.awb.file.as_os_str().is_empty(),
                "the file of allotted AWB numbers, since awb.source is \"file\"",
            ),
        ];
        needs
            .into_iter()
            .filter(|(_, missing, _)| *missing)
            .map(|(key, _, what)| format!("{key}: {what}"))
            .collect()
    }
}
