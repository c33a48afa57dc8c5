//! The engine, and the remotes.

use super::Check;
use crate::{
    cli::{launch, watch},
    config::{AssignEncoding, Config, ConfirmVerb},
    link::{self, LinkError},
    setup::secrets::Secrets,
};

/// Whether an engine runs, and how it does.
pub async fn engine(config: &Config, operator: Option<&str>) -> Check {
    const NAME: &str = "engine";
    let socket = config.socket();
    let handle = match link::connect(&socket, operator).await {
        Ok(handle) => handle,
        Err(LinkError::NoEngine(_)) => {
            return Check::warn(
                NAME,
                "none runs",
                "start one with `raftaar serve`, or open `raftaar`",
            );
        }
        Err(error) => return Check::bad(NAME, error, "do as it says"),
    };
    match watch::overview(&handle).await {
        Ok(overview) if overview.alarms.is_empty() => Check::ok(
            NAME,
            format!(
                "runs, version {}, journal at {}",
                overview.version, overview.journal
            ),
        ),
        Ok(overview) => {
            let alarms: Vec<_> = overview.alarms.iter().map(ToString::to_string).collect();
            Check::warn(
                NAME,
                alarms.join("; "),
                "see the console or `raftaar watch`",
            )
        }
        Err(error) => Check::bad(NAME, error, "see the log"),
    }
}

/// Paths and verbs that no public source settles (contracts/easyecom.md sections 15 and 16).
pub fn unverified(config: &Config) -> Vec<Check> {
    let advice = |key: &str| {
        format!("compare easyecom.{key} with EasyEcom's own documentation for this account")
    };
    let mut checks: Vec<Check> = config
        .easyecom
        .paths
        .unverified()
        .into_iter()
        .map(|(key, path, why)| {
            let found = format!("unverified: {path} ({why})");
            Check::warn(
                &format!("path {key}"),
                found,
                &advice(&format!("paths.{key}")),
            )
        })
        .collect();
    let verb = match config.easyecom.confirm_verb {
        ConfirmVerb::Post => "unverified: POST (newer collection); an older page says GET",
        ConfirmVerb::Get => "unverified: GET (older page); the newer collection says POST",
    };
    checks.push(Check::warn("verb confirm", verb, &advice("confirm_verb")));
    if config.easyecom.assign_encoding != AssignEncoding::Json {
        checks.push(Check::warn(
            "encoding assign",
            "unverified: not the default",
            &advice("assign_encoding"),
        ));
    }
    checks
}

/// One login and one cheap reading per remote.
pub async fn probes(config: &Config, secrets: Option<&Secrets>, offline: bool) -> Vec<Check> {
    let probes = secrets
        .filter(|secrets| !offline && secrets.missing().is_empty())
        .and_then(|secrets| launch::probes(config, secrets));
    let Some(probes) = probes else {
        let found = if offline {
            "not called (--offline)"
        } else {
            "not called: something above has to be set right first"
        };
        return vec![Check::ok("remotes", found)];
    };
    probes
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
