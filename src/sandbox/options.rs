//! What a sandbox is started with.

use std::net::{Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::faults::FaultPlan;
use super::switches::Switches;

/// Everything a sandbox is started with; the default is a calm shop of 200 orders on a free port.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct SandboxOptions {
    /// Address to listen on; port 0 takes a free one.
    pub bind: SocketAddr,
    /// Invoices (rows) in the world, twins included.
    pub orders: usize,
    /// Everything random is derived from this.
    pub seed: u64,
    /// How many parcel hours pass in one real hour: 3600 makes an hour of a second.
    pub speed: f64,
    /// When the orders appear.
    pub arrival: Arrival,
    /// Rate limit of the API key (easyecom.md section 3).
    pub tier: Tier,
    /// What goes wrong on the wire.
    pub faults: FaultPlan,
    /// What the contract leaves open or disputed.
    pub switches: Switches,
    /// The logins that are accepted.
    pub credentials: Credentials,
    /// Shares of special orders.
    pub mix: Mix,
    /// Carrier accounts that `companyCarrierId` may name.
    pub carriers: Vec<CarrierAccount>,
    /// Paths that the contract marks as not found.
    pub paths: Paths,
    /// Real time a confirmation takes.
    pub confirm_delay: Duration,
    /// A second token call for a location within this real time is answered with 403.
    pub token_cooldown: Duration,
    /// A call for an order cancelled more recently than this is refused without blame.
    pub cancel_grace: Duration,
    /// Orders of another location, seen only with `isalllocation=1`.
    pub foreign_orders: usize,
    /// Who every buyer is, in place of drawn ones: for tests that look for traces of a person.
    pub buyer: Option<Person>,
    /// Distinct SKUs in the catalogue.
    pub skus: usize,
    /// The AWB series allotted to the account: prefix, first and last number of nine digits.
    pub awb_series: (String, u32, u32),
}

impl Default for SandboxOptions {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            orders: 200,
            seed: 1,
            speed: 3600.0,
            arrival: Arrival::AtStart,
            tier: Tier::Default,
            faults: FaultPlan::none(),
            switches: Switches::default(),
            credentials: Credentials::default(),
            mix: Mix::default(),
            carriers: vec![CarrierAccount {
                company_carrier_id: 9001,
                courier: "DTDC".to_owned(),
            }],
            paths: Paths::default(),
            confirm_delay: Duration::from_millis(1500),
            token_cooldown: Duration::from_mins(1),
            cancel_grace: Duration::from_secs(90),
            foreign_orders: 0,
            buyer: None,
            skus: 60,
            awb_series: ("7D".to_owned(), 100_000_000, 199_999_999),
        }
    }
}

/// When the orders appear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrival {
    /// All of them are there when the server starts.
    AtStart,
    /// Evenly over this real time, the first at once.
    Over(Duration),
}

impl FromStr for Arrival {
    type Err = String;

    /// `start`, or a time such as `90s`, `30m`, `2h`.
    fn from_str(text: &str) -> Result<Self, String> {
        if text == "start" {
            return Ok(Self::AtStart);
        }
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = match text.strip_prefix(digits) {
            Some("" | "s") => 1,
            Some("m") => 60,
            Some("h") => 3600,
            _ => {
                return Err(format!(
                    "{text}: expected `start` or a time such as 90s, 30m, 2h"
                ));
            }
        };
        let count: u64 = digits
            .parse()
            .map_err(|_| format!("{text}: not a whole number"))?;
        Ok(Self::Over(Duration::from_secs(count * unit)))
    }
}

/// Rate limit of an API key, EasyEcom's own tiers (easyecom.md section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// 5 a second, burst 10, 500 a day: every new key.
    Default,
    /// 5 a second, burst 10, 50,000 a day.
    Bronze,
    /// 20 a second, burst 40, 200,000 a day.
    Silver,
    /// 30 a second, burst 60, 300,000 a day.
    Gold,
    /// 30 a second, burst 60, 500,000 a day.
    Diamond,
    /// No limit; no such tier exists, for tests and load runs.
    Unlimited,
}

impl Tier {
    /// Calls a second, burst, calls a day; `None` without a limit.
    pub fn limits(self) -> Option<(f64, f64, u64)> {
        match self {
            Self::Default => Some((5.0, 10.0, 500)),
            Self::Bronze => Some((5.0, 10.0, 50_000)),
            Self::Silver => Some((20.0, 40.0, 200_000)),
            Self::Gold => Some((30.0, 60.0, 300_000)),
            Self::Diamond => Some((30.0, 60.0, 500_000)),
            Self::Unlimited => None,
        }
    }
}

impl FromStr for Tier {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "default" => Ok(Self::Default),
            "bronze" => Ok(Self::Bronze),
            "silver" => Ok(Self::Silver),
            "gold" => Ok(Self::Gold),
            "diamond" => Ok(Self::Diamond),
            "unlimited" => Ok(Self::Unlimited),
            _ => Err(format!(
                "{text}: expected default, bronze, silver, gold, diamond or unlimited"
            )),
        }
    }
}

/// The logins the sandbox accepts. None of them opens anything but a sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Credentials {
    /// EasyEcom `x-api-key`.
    pub x_api_key: String,
    /// EasyEcom API user.
    pub email: String,
    /// Password of the API user.
    pub password: String,
    /// The warehouse: two lower-case letters and digits.
    pub location_key: String,
    /// DTDC booking `api-key`.
    pub dtdc_api_key: String,
    /// DTDC tracking user.
    pub dtdc_username: String,
    /// DTDC tracking password.
    pub dtdc_password: String,
    /// DTDC customer code.
    pub dtdc_customer_code: String,
}

impl Default for Credentials {
    fn default() -> Self {
        Self {
            x_api_key: "sandbox-x-api-key".to_owned(),
            email: "wms@sandbox.example".to_owned(),
            password: "sandbox-password".to_owned(),
            location_key: "sb1234567890".to_owned(),
            dtdc_api_key: "sandbox-dtdc-key".to_owned(),
            dtdc_username: "SB0001_trk_json".to_owned(),
            dtdc_password: "sandbox-dtdc-password".to_owned(),
            dtdc_customer_code: "SB0001".to_owned(),
        }
    }
}

/// A buyer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Name.
    pub name: String,
    /// Phone, ten digits.
    pub phone: String,
    /// E-mail.
    pub email: String,
    /// Street and house.
    pub address: String,
}

/// Shares of special orders, each from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mix {
    /// Cash on delivery.
    pub cod: f64,
    /// Rows that are a split or re-invoice of an earlier one (`_OR1`, `_RE1`).
    pub twins: f64,
    /// Cancelled remotely, before the fetch or mid-flow.
    pub cancels: f64,
    /// Parcels that return to the seller.
    pub rto: f64,
    /// Delivered parcels with a failed attempt first.
    pub ndr: f64,
    /// First confirmations that end in Confirm Fail.
    pub confirm_fail: f64,
    /// Of those, the share whose confirmation never succeeds.
    pub poison: f64,
    /// Buyers at a pincode that the courier does not serve.
    pub unserviceable: f64,
    /// Journeys with a scan code that no sheet lists.
    pub unknown_code: f64,
    /// Rows with escape sequences, bidirectional controls and oversized names: a count.
    pub hostile: usize,
}

impl Default for Mix {
    fn default() -> Self {
        Self {
            cod: 0.55,
            twins: 0.02,
            cancels: 0.02,
            rto: 0.08,
            ndr: 0.15,
            confirm_fail: 0.03,
            poison: 0.25,
            unserviceable: 0.005,
            unknown_code: 0.02,
            hostile: 2,
        }
    }
}

impl Mix {
    /// Nothing special ever happens: every order can be taken to Delivered.
    pub fn calm() -> Self {
        Self {
            cod: 0.5,
            twins: 0.0,
            cancels: 0.0,
            rto: 0.0,
            ndr: 0.0,
            confirm_fail: 0.0,
            poison: 0.0,
            unserviceable: 0.0,
            unknown_code: 0.0,
            hostile: 0,
        }
    }
}

/// A carrier account of the seller, as EasyEcom knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarrierAccount {
    /// `companyCarrierId` of assignAWB, `carrier_id` on orders and manifests.
    pub company_carrier_id: u64,
    /// The courier's name.
    pub courier: String,
}

/// Paths whose real form the contract could not find (easyecom.md section 16).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Paths {
    /// Get Document.
    pub document: String,
    /// Generate Manifest.
    pub manifest: String,
    /// Bulk Inventory Update.
    pub bulk_inventory: String,
}

impl Default for Paths {
    fn default() -> Self {
        Self {
            document: "/orders/getDocument".to_owned(),
            manifest: "/orders/generateManifest".to_owned(),
            bulk_inventory: "/inventory/bulkInventoryUpdate".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrival_reads_what_a_command_line_would_say() {
        assert_eq!("start".parse(), Ok(Arrival::AtStart));
        assert_eq!("30m".parse(), Ok(Arrival::Over(Duration::from_mins(30))));
        assert_eq!("45".parse(), Ok(Arrival::Over(Duration::from_secs(45))));
        assert!("soon".parse::<Arrival>().is_err());
        assert!("".parse::<Arrival>().is_err());
    }

    #[test]
    fn options_survive_a_configuration_file() {
        let text = serde_json::to_string(&SandboxOptions::default()).expect("serialises");
        let back: SandboxOptions = serde_json::from_str(&text).expect("reads");
        assert_eq!(back.paths, Paths::default());
        let sparse: SandboxOptions = serde_json::from_str(r#"{"orders":3}"#).expect("reads");
        assert_eq!((sparse.orders, sparse.seed), (3, 1));
    }
}
