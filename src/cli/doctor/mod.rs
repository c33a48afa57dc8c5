//! `raftaar doctor`: is everything as it has to be; and where not, what to do.

mod files;
mod machine;
mod pickup;
mod remote;

use chrono::Utc;
use serde::Serialize;

use super::{
    Code, Ended, Table,
    args::Global,
    context::{places, sources, variable},
    print::{self, clean},
};
use crate::{
    config::{self, Loaded},
    domain::Clean,
    setup::secrets::Secrets,
};

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Ok,
    /// Works, but look at it.
    Warn,
    /// Does not work.
    Bad,
}

/// One check.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// Of what.
    pub name: Clean,
    /// How it ended.
    pub state: State,
    /// What was found.
    pub found: Clean,
    /// What to do; empty where nothing is.
    pub advice: Clean,
}

impl Check {
    fn new(state: State, name: &str, found: impl ToString, advice: &str) -> Self {
        Self {
            name: Clean::new(name),
            state,
            found: clean(found),
            advice: Clean::new(advice),
        }
    }

    fn ok(name: &str, found: impl ToString) -> Self {
        Self::new(State::Ok, name, found, "")
    }

    fn warn(name: &str, found: impl ToString, advice: &str) -> Self {
        Self::new(State::Warn, name, found, advice)
    }

    fn bad(name: &str, found: impl ToString, advice: &str) -> Self {
        Self::new(State::Bad, name, found, advice)
    }
}

/// Checks everything. Ends with 1 where something does not work.
pub async fn run(global: &Global, offline: bool) -> Ended {
    let mut checks = Vec::new();
    match config::load(&sources(global)) {
        Ok(loaded) => {
            checks.push(files::configuration(&loaded));
            checks.extend(with_configuration(&loaded, global, offline).await);
        }
        Err(error) => {
            for line in error.to_string().lines() {
                checks.push(Check::bad(
                    "configuration",
                    line,
                    "correct it; assets/raftaar.example.toml shows every key",
                ));
            }
        }
    }
    checks.extend(machine::checks(Utc::now(), &variable));
    let worst = checks.iter().map(|check| check.state).max();
    if global.json {
        print::json(&checks)?;
    } else {
        print::text(&render(&checks))?;
    }
    Ok(if worst == Some(State::Bad) {
        Code::Bad
    } else {
        Code::Done
    })
}

async fn with_configuration(loaded: &Loaded, global: &Global, offline: bool) -> Vec<Check> {
    let mut checks = Vec::new();
    for missing in loaded.config.missing_for_engine() {
        checks.push(Check::bad(
            "configuration",
            missing,
            "set it in raftaar.toml",
        ));
    }
    checks.extend(files::data_folder(&loaded.config.site.data_dir));
    let secrets = Secrets::look_up(&places(loaded), variable);
    checks.extend(files::secrets(secrets.as_ref()));
    checks.extend(files::awb(&loaded.config));
    checks.push(files::inventory(&loaded.config));
    checks.push(files::backup(&loaded.config));
    checks.push(pickup::pickup(&loaded.config));
    checks.extend(files::keymap(loaded));
    let (engine, overview) = remote::engine(&loaded.config, global.operator.as_deref()).await;
    checks.push(engine);
    checks.extend(remote::unverified(&loaded.config));
    let secrets = secrets.ok();
    checks.extend(
        remote::probes(
            &loaded.config,
            secrets.as_ref(),
            overview.as_deref(),
            offline,
        )
        .await,
    );
    checks
}

fn render(checks: &[Check]) -> String {
    let mut table = Table::new(&["", "CHECK", "FOUND", "WHAT TO DO"]);
    for check in checks {
        let state = match check.state {
            State::Ok => "ok",
            State::Warn => "warn",
            State::Bad => "BAD",
        };
        table.row([
            clean(state),
            check.name.clone(),
            check.found.clone(),
            check.advice.clone(),
        ]);
    }
    let count = |state| checks.iter().filter(|check| check.state == state).count();
    format!(
        "{}\n{} ok, {} to look at, {} bad\n",
        table.render(),
        count(State::Ok),
        count(State::Warn),
        count(State::Bad)
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn global(folder: &std::path::Path, text: &str) -> Global {
        let file = folder.join("raftaar.toml");
        std::fs::write(&file, text).expect("written");
        Global {
            config: Some(file),
            data: Some(folder.join("data")),
            ..Global::default()
        }
    }

    async fn checks(folder: &std::path::Path, text: &str) -> Vec<Check> {
        let global = global(folder, text);
        let loaded = config::load(&sources(&global)).expect("loads");
        with_configuration(&loaded, &global, true).await
    }

    fn state(checks: &[Check], name: &str) -> State {
        let found = checks
            .iter()
            .filter(|c| c.name.as_str() == name)
            .map(|c| c.state)
            .max();
        found.unwrap_or_else(|| panic!("no check is called {name}: {checks:?}"))
    }

    #[tokio::test]
    async fn an_empty_folder_is_told_what_it_lacks() {
        let folder = tempfile::tempdir().expect("a folder");
        let checks = checks(folder.path(), "").await;
        assert_eq!(state(&checks, "configuration"), State::Bad);
        assert_eq!(state(&checks, "data folder"), State::Warn);
        assert_eq!(state(&checks, "engine"), State::Warn);
        assert_eq!(state(&checks, "easyecom.paths.manifest"), State::Warn);
        assert_eq!(state(&checks, "dtdc.service_type_id"), State::Warn);
        assert!(
            checks
                .iter()
                .all(|c| c.state == State::Ok || !c.advice.is_empty()),
            "{checks:#?}"
        );
    }

    #[test]
    fn allotted_numbers_of_another_shape_are_warned_of() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = config::Config::default();
        config.awb.source = config::AwbSourceKind::File;
        config.awb.file = folder.path().join("awbs.txt");
        let told = |text: &str| {
            std::fs::write(&config.awb.file, text).expect("written");
            files::awb(&config)
        };
        assert_eq!(
            state(&told("7X100761088\nD00000001\n"), "AWB numbers"),
            State::Ok
        );
        let found = told("7X100761088\nABC123\nABC124\n");
        assert_eq!(state(&found, "AWB numbers"), State::Warn);
        let says = found.last().expect("a warning").found.as_str();
        assert_eq!(
            says,
            "2 of them do not look like DTDC's; the first is ABC123"
        );
    }

    #[tokio::test]
    async fn open_modes_are_bad_and_secrets_are_never_shown() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        std::fs::create_dir(&data).expect("made");
        std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o777)).expect("mode");
        let secrets = folder.path().join("secrets.toml");
        std::fs::write(&secrets, "easyecom_api_key = 'CANARY-5521'").expect("written");
        std::fs::set_permissions(&secrets, std::fs::Permissions::from_mode(0o644)).expect("mode");
        let found = checks(folder.path(), "[awb]\nsource = 'file'\nfile = 'none.txt'\n").await;
        assert_eq!(state(&found, "data folder"), State::Bad);
        assert_eq!(state(&found, "secrets"), State::Bad);
        assert_eq!(state(&found, "AWB numbers"), State::Bad);
        std::fs::set_permissions(&secrets, std::fs::Permissions::from_mode(0o600)).expect("mode");
        std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o700)).expect("mode");
        let found = checks(folder.path(), "").await;
        assert_eq!(state(&found, "data folder"), State::Ok);
        assert_eq!(state(&found, "EasyEcom x-api-key"), State::Ok);
        assert_eq!(state(&found, "EasyEcom API password"), State::Bad);
        assert!(!render(&found).contains("CANARY"));
    }
}
