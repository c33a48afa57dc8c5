//! Where the command line meets the engine, the store and the remotes: the one file that knows how
//! they are started. Everything else here works with an [`EngineHandle`].

use std::{future::Future, path::Path, pin::Pin};

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{Code, Failure, args::StoreAction};
use crate::{
    config::Config,
    domain::{Clean, Operator},
    handle::EngineHandle,
    setup::secrets::Secrets,
};

/// What an engine is started with.
#[derive(Debug)]
pub struct EngineSpec {
    /// Configuration.
    pub config: Config,
    /// Secrets.
    pub secrets: Secrets,
    /// Who starts it.
    pub operator: Operator,
    /// Whether the remotes are a sandbox.
    pub sandbox: bool,
}

/// A running engine.
#[derive(Debug)]
pub struct Started {
    /// The way to it.
    pub handle: EngineHandle,
    /// Tells it to stop: nothing new is begun, calls under way are awaited.
    pub stop: CancellationToken,
    /// Ends when it has.
    pub ended: JoinHandle<()>,
}

/// What a look at the store found.
#[derive(Clone, Debug, serde::Serialize)]
pub struct StoreReport {
    /// Names and values, in order.
    pub lines: Vec<(Clean, Clean)>,
    /// Whether everything is as it should be.
    pub good: bool,
}

/// What a call to a remote showed.
#[derive(Clone, Debug)]
pub struct Probe {
    /// Which call.
    pub name: &'static str,
    /// What it showed: the words of the remote, or why it failed.
    pub result: Result<Clean, Clean>,
}

/// Probes under way.
pub type Probes = Pin<Box<dyn Future<Output = Vec<Probe>> + Send>>;

/// Starts an engine on the configured data folder.
#[expect(clippy::unused_async, reason = "opening the ledger waits for the disk")]
pub async fn engine(spec: EngineSpec) -> Result<Started, Failure> {
    drop(spec);
    Err(missing("engine"))
}

/// Looks after the store of a data folder in which no engine runs.
pub fn store(data: &Path, action: StoreAction) -> Result<StoreReport, Failure> {
    let _ = (data, action);
    Err(missing("store"))
}

/// One login and one cheap reading per remote.
pub fn probes(config: &Config, secrets: &Secrets) -> Option<Probes> {
    let _ = (config, secrets);
    None
}

/// The screen with a made-up warehouse, as SVG.
pub fn picture(columns: u16, rows: u16) -> Result<String, Failure> {
    let _ = (columns, rows);
    Err(missing("picture"))
}

fn missing(what: &str) -> Failure {
    Failure::new(Code::Failed, format!("this build has no {what} yet"))
}
