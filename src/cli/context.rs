//! What most commands begin with: the configuration, and the way to the engine.

use std::path::PathBuf;

use chrono::FixedOffset;
use secrecy::SecretString;

use super::{Code, Failure, args::Global};
use crate::{
    config::{self, Config, Loaded, LogLevel, Overlay, Sources},
    domain::Operator,
    handle::{Answer, Command, CommandReply, EngineHandle, Preview, Query, Reply},
    link,
    setup::{
        log::{self, LogGuard, LogOptions},
        secrets::{Places, Secret, Secrets},
    },
};

/// Configuration and flags.
#[derive(Clone, Debug)]
pub struct Context {
    /// The configuration.
    pub loaded: Loaded,
    /// The flags.
    pub global: Global,
}

impl Context {
    /// Loads the configuration.
    pub fn load(global: &Global) -> Result<Self, Failure> {
        let loaded = config::load(&sources(global))?;
        Ok(Self {
            loaded,
            global: global.clone(),
        })
    }

    /// The values.
    pub fn config(&self) -> &Config {
        &self.loaded.config
    }

    /// The warehouse's zone.
    pub fn zone(&self) -> FixedOffset {
        self.config().site.zone.0
    }

    /// Who asks, for an engine of this process's own.
    pub fn operator(&self) -> Operator {
        link::who::Peer::of_process().operator(self.global.operator.as_deref())
    }

    /// Attaches to the running engine.
    pub async fn attach(&self) -> Result<EngineHandle, Failure> {
        let socket = self.config().socket();
        Ok(link::connect(&socket, self.global.operator.as_deref()).await?)
    }

    /// Looks the secrets up.
    pub fn secrets(&self) -> Result<Secrets, Failure> {
        let secrets = Secrets::look_up(&places(&self.loaded), variable)?;
        log::keep_hidden(&hidden(&secrets));
        Ok(secrets)
    }

    /// The log's options, `-v` included.
    pub fn log_options(&self) -> LogOptions {
        log_options(self.config(), self.global.verbose)
    }

    /// Begins the log.
    pub fn begin_log(&self, secrets: &Secrets) -> Result<LogGuard, Failure> {
        Ok(log::begin(&self.log_options(), hidden(secrets))?)
    }
}

/// Where configuration comes from, given the flags.
pub fn sources(global: &Global) -> Sources {
    let mut flags = Vec::new();
    if let Some(data) = &global.data {
        flags.push(Overlay::flag(
            "--data",
            "site.data_dir",
            data.to_string_lossy(),
        ));
    }
    if global.ascii {
        flags.push(Overlay::flag("--ascii", "console.ascii", "true"));
    }
    Sources::of_process(global.config.clone(), flags)
}

/// Where secrets are looked for.
pub fn places(loaded: &Loaded) -> Places {
    Places {
        credentials: variable("CREDENTIALS_DIRECTORY").map(PathBuf::from),
        file: loaded.secrets_file(),
        file_named: !loaded.config.site.secrets_file.as_os_str().is_empty(),
    }
}

/// A variable of the environment.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// What the log must never show.
pub fn hidden(secrets: &Secrets) -> Vec<SecretString> {
    Secret::ALL
        .iter()
        .filter_map(|secret| secrets.get(*secret).cloned())
        .collect()
}

/// The log's options.
pub fn log_options(config: &Config, verbose: u8) -> LogOptions {
    let level = match verbose {
        0 => config.log.level,
        1 => config.log.level.max(LogLevel::Debug),
        _ => LogLevel::Trace,
    };
    LogOptions {
        folder: config.log_dir(),
        level,
        keep_days: config.log.keep_days,
        zone: config.site.zone.0,
    }
}

/// Asks a query.
pub async fn query(engine: &EngineHandle, query: Query) -> Result<Reply, Failure> {
    match engine.query(query).await? {
        Answer::Reply { reply } => Ok(*reply),
        answer => Err(unexpected(answer)),
    }
}

/// Gives a command.
pub async fn command(engine: &EngineHandle, command: Command) -> Result<CommandReply, Failure> {
    match engine.command(command).await? {
        Answer::Done { reply } => Ok(reply),
        answer => Err(unexpected(answer)),
    }
}

/// Asks what a command would do.
pub async fn preview(engine: &EngineHandle, command: Command) -> Result<Preview, Failure> {
    match engine.ask(crate::handle::Ask::Preview { command }).await? {
        Answer::Preview { preview } => Ok(preview),
        answer => Err(unexpected(answer)),
    }
}

/// An answer of another kind than was asked for.
pub fn unexpected(answer: Answer) -> Failure {
    match answer {
        Answer::Failed { says } => Failure::new(Code::Failed, says.as_str()),
        _ => odd(),
    }
}

/// A reply of another kind than was asked for.
pub fn odd() -> Failure {
    Failure::new(
        Code::Failed,
        "the engine answered something else than was asked; use the same version of raftaar for both",
    )
}
