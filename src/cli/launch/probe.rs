//! One login and one cheap reading per remote, for `raftaar doctor`. Changes nothing anywhere.

use super::remotes;
use crate::{
    config::Config,
    domain::{Clean, ReadError},
    dtdc::TrackingAuth,
    setup::secrets::Secrets,
};

/// What a call to a remote showed.
#[derive(Clone, Debug)]
pub struct Probe {
    /// Which call.
    pub name: &'static str,
    /// What it showed: what is known now, or why it failed.
    pub result: Result<Clean, Clean>,
}

impl Probe {
    fn new(name: &'static str, result: Result<String, ReadError>) -> Self {
        Self {
            name,
            result: result
                .map(|says| Clean::new(&says))
                .map_err(|error| Clean::new(&error.to_string())),
        }
    }
}

/// Calls the remotes.
pub async fn probes(config: &Config, secrets: &Secrets) -> Vec<Probe> {
    let remotes = match remotes(config, secrets) {
        Ok(remotes) => remotes,
        Err(failure) => {
            return vec![Probe {
                name: "remotes",
                result: Err(Clean::new(&failure.says)),
            }];
        }
    };
    let (easyecom, dtdc) = (&remotes.easyecom, &remotes.dtdc);
    let mut probes = Vec::new();
    let login = easyecom.login().await;
    let logged_in = login.is_ok();
    probes.push(Probe::new(
        "EasyEcom login",
        login.map(|token| format!("token until {}", token.expires_at.format("%Y-%m-%d"))),
    ));
    if logged_in {
        let locations = easyecom.locations().await;
        probes.push(Probe::new(
            "EasyEcom read",
            locations.map(|locations| format!("{} locations listed", locations.len())),
        ));
    }
    if config.dtdc.tracking_auth == TrackingAuth::Login {
        let login = dtdc.track_login().await;
        probes.push(Probe::new(
            "DTDC tracking login",
            login.map(|()| "token given".to_owned()),
        ));
    }
    let pin = dtdc.serviceable(&config.dtdc.origin.pincode).await;
    probes.push(Probe::new(
        "DTDC PIN look-up",
        pin.map(|found| format!("{} {}", config.dtdc.origin.pincode, found.says)),
    ));
    probes
}
