//! Values from the environment and from flags, laid over the file's.

use toml::{Table, Value};

use super::{Config, error};
use crate::config::Problem;

/// Variables that set a key. Secrets have variables of their own ([`crate::setup::secrets`]).
pub const ENVIRONMENT: [(&str, &str); 20] = [
    ("RAFTAAR_LOCATION_KEY", "site.location_key"),
    ("RAFTAAR_NAME", "site.name"),
    ("RAFTAAR_DATA", "site.data_dir"),
    ("RAFTAAR_SECRETS_FILE", "site.secrets_file"),
    ("RAFTAAR_SANDBOX", "site.sandbox"),
    ("RAFTAAR_EASYECOM_URL", "easyecom.base_url"),
    ("RAFTAAR_EASYECOM_TIER", "easyecom.tier"),
    ("RAFTAAR_COMPANY_CARRIER_ID", "easyecom.company_carrier_id"),
    ("RAFTAAR_DTDC_CUSTOMER_CODE", "dtdc.customer_code"),
    ("RAFTAAR_DTDC_BOOKING_URL", "dtdc.urls.booking"),
    ("RAFTAAR_DTDC_LABEL_URL", "dtdc.urls.label"),
    ("RAFTAAR_DTDC_TRACKING_URL", "dtdc.urls.tracking"),
    ("RAFTAAR_DTDC_PINCODE_URL", "dtdc.urls.pincode"),
    ("RAFTAAR_DTDC_SERVICE", "dtdc.service_type_id"),
    ("RAFTAAR_MODE", "engine.mode"),
    ("RAFTAAR_INVENTORY_PATH", "inventory.path"),
    ("RAFTAAR_LOG_LEVEL", "log.level"),
    ("RAFTAAR_ASCII", "console.ascii"),
    ("RAFTAAR_PALETTE", "console.palette"),
    ("RAFTAAR_THEME", "console.theme"),
];

/// One value to lay over the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlay {
    /// The dotted key.
    pub key: String,
    /// Its value as text.
    pub text: String,
    /// The variable or flag that set it, for messages.
    pub source: String,
}

impl Overlay {
    /// A value that a flag set.
    pub fn flag(flag: &str, key: &str, text: impl Into<String>) -> Self {
        Self {
            key: key.to_owned(),
            text: text.into(),
            source: flag.to_owned(),
        }
    }
}

/// What the environment sets. An empty variable counts as not set.
pub fn from_environment(look: impl Fn(&str) -> Option<String>) -> Vec<Overlay> {
    ENVIRONMENT
        .iter()
        .filter_map(|(name, key)| {
            let text = look(name).filter(|text| !text.is_empty())?;
            Some(Overlay {
                key: (*key).to_owned(),
                text,
                source: (*name).to_owned(),
            })
        })
        .collect()
}

/// Lays one value over `config`.
pub fn apply(config: &Config, overlay: &Overlay) -> Result<Config, Problem> {
    // `4` and `true` are a number and a truth where the key wants one, text where it wants text; which
    // it wants is left to the types.
    let readings = [
        toml::from_str::<Table>(&format!("v = {}", overlay.text))
            .ok()
            .and_then(|mut table| table.remove("v")),
        Some(Value::String(overlay.text.clone())),
    ];
    let mut failure = String::new();
    for value in readings.into_iter().flatten() {
        let mut table = Table::try_from(config)
            .map_err(|e| error::from_overlay(&overlay.source, &overlay.key, &e.to_string()))?;
        put(&mut table, &overlay.key, value);
        match table.try_into::<Config>() {
            Ok(config) => return Ok(config),
            Err(e) if failure.is_empty() => e.message().clone_into(&mut failure),
            Err(_) => {}
        }
    }
    Err(error::from_overlay(&overlay.source, &overlay.key, &failure))
}

fn put(table: &mut Table, dotted: &str, value: Value) {
    let mut at = table;
    let mut parts: Vec<&str> = dotted.split('.').collect();
    let last = parts.pop().unwrap_or(dotted);
    for part in parts {
        let next = at.entry(part).or_insert_with(|| Value::Table(Table::new()));
        let Value::Table(inner) = next else { return };
        at = inner;
    }
    at.insert(last.to_owned(), value);
}
