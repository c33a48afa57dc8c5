//! The engine, and the remotes.

use super::Check;
use crate::{
    cli::launch,
    config::Config,
    console::line,
    handle::{Link, LinkState, Overview},
    link::{self, LinkError},
    setup::secrets::Secrets,
};

/// Whether an engine runs and how it does; with the figures that it gives.
pub async fn engine(config: &Config, operator: Option<&str>) -> (Check, Option<Box<Overview>>) {
    const NAME: &str = "engine";
    let handle = match link::connect(&config.socket(), operator).await {
        Ok(handle) => handle,
        Err(LinkError::NoEngine(_)) => {
            let advice = "start one with `raftaar serve`, or open `raftaar`";
            return (Check::warn(NAME, "none runs", advice), None);
        }
        Err(error) => return (Check::bad(NAME, error, "do as it says"), None),
    };
    match line::overview(&handle).await {
        Ok(overview) => {
            let found = format!(
                "runs, version {}, journal at {}",
                overview.version, overview.journal
            );
            let alarms: Vec<_> = overview.alarms.iter().map(ToString::to_string).collect();
            let check = if alarms.is_empty() {
                Check::ok(NAME, found)
            } else {
                Check::warn(
                    NAME,
                    alarms.join("; "),
                    "see the console or `raftaar watch`",
                )
            };
            (check, Some(Box::new(overview)))
        }
        Err(error) => (Check::bad(NAME, error, "see the log"), None),
    }
}

/// Settings that stand on a guess or a dispute (contracts/easyecom.md sections 15 and 16,
/// contracts/dtdc.md section 9).
pub fn unverified(config: &Config) -> Vec<Check> {
    let warn = |key: String, value: &str, advice: &str| {
        let advice = format!("compare {key} with {advice} for this account");
        Check::warn(&key, format!("unverified: {value}"), &advice)
    };
    let (easyecom, dtdc) = (config.easyecom.settings(), config.dtdc.settings());
    let of_easyecom = easyecom.unverified().into_iter().map(|(key, value)| {
        let key = format!("easyecom.{key}");
        warn(key, value, "EasyEcom's own documentation")
    });
    let of_dtdc = dtdc.unverified().into_iter().map(|(key, value)| {
        let key = format!("dtdc.{key}");
        warn(key, value, "what DTDC told you")
    });
    of_easyecom.chain(of_dtdc).collect()
}

/// The remotes: as a running engine sees them, else by a login and a cheap reading each.
pub async fn probes(
    config: &Config,
    secrets: Option<&Secrets>,
    overview: Option<&Overview>,
    offline: bool,
) -> Vec<Check> {
    const NAME: &str = "remotes";
    if let Some(overview) = overview {
        // Its calls are counted; a second login within 60 s would be refused.
        return vec![
            link_of("EasyEcom", &overview.easyecom),
            link_of("DTDC", &overview.dtdc),
        ];
    }
    if offline {
        return vec![Check::ok(NAME, "not called (--offline)")];
    }
    let ready = config.missing_for_engine().is_empty();
    let Some(secrets) = secrets.filter(|secrets| ready && secrets.missing().is_empty()) else {
        return vec![Check::ok(
            NAME,
            "not called: what is bad above has to be set right first",
        )];
    };
    launch::probes(config, secrets)
        .await
        .into_iter()
        .map(|probe| match probe.result {
            Ok(says) => Check::ok(probe.name, format!("verified: {says}")),
            Err(says) => Check::bad(
                probe.name,
                format!("unverified: {says}"),
                "check address, credentials and network",
            ),
        })
        .collect()
}

fn link_of(name: &str, link: &Link) -> Check {
    let says = if link.says.is_empty() {
        String::new()
    } else {
        format!(": {}", link.says)
    };
    match link.state {
        LinkState::Up => Check::ok(name, "verified by the running engine"),
        LinkState::Untried => Check::ok(name, "not called yet by the running engine"),
        LinkState::Throttled => Check::warn(
            name,
            format!("asks for fewer calls{says}"),
            "wait; or ask for a larger tier",
        ),
        LinkState::Shaky => Check::warn(name, format!("some calls fail{says}"), "see the log"),
        LinkState::Down => Check::bad(
            name,
            format!("does not answer{says}"),
            "check address and network",
        ),
        LinkState::Denied => Check::bad(
            name,
            format!("does not take our credentials{says}"),
            "check the secrets",
        ),
    }
}
