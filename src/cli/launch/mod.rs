//! Where the command line meets the engine, the store and the remotes: the one place that knows how
//! they are started. Everything else here works with an [`EngineHandle`].

mod copies;
mod probe;
mod settings;
mod store;

use std::path::Path;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{Code, Failure};
use crate::{
    config::Config,
    domain::Operator,
    handle::EngineHandle,
    ledger::{self, Ledger, OpenError},
    setup::secrets::Secrets,
    worker::Engine,
};

pub use probe::probes;
pub use settings::{engine_config, ledger_options, remotes};
pub use store::look_after;

/// What an engine is started with.
#[derive(Debug)]
pub struct EngineSpec {
    /// Configuration.
    pub config: Config,
    /// Secrets.
    pub secrets: Secrets,
    /// Who starts it.
    pub operator: Operator,
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

/// Starts an engine on the configured data folder.
pub async fn engine(spec: EngineSpec) -> Result<Started, Failure> {
    let config = &spec.config;
    let remotes = remotes(config, &spec.secrets)?;
    let options = ledger_options(config);
    let (data, days) = (config.data_dir(), config.store.archive_days);
    // Opening reads the whole journal: not on a thread that serves the screen.
    let opened = tokio::task::spawn_blocking(move || {
        archive_old(&data, days);
        Ledger::open(options, chrono::Utc::now())
    });
    let (ledger, report) = opened.await.map_err(|error| {
        Failure::new(
            Code::Store,
            format!("the store could not be opened: {error}"),
        )
    })??;
    tracing::info!(?report, "ledger open");
    let documents = config.data_dir().join("documents");
    let engine = Engine::start(
        engine_config(config),
        remotes,
        ledger,
        documents,
        spec.operator,
    )
    .map_err(|error| Failure::new(Code::Store, error.to_string()))?;
    Ok(Started::watch(engine))
}

/// Archives what is old, if there is anything. Where that fails, the opening that follows says what is
/// wrong with the folder, and a full disk is no reason not to start.
fn archive_old(data: &Path, days: u64) {
    if days == 0 {
        return;
    }
    match ledger::archive::archive(data, store::days_ago(days), None) {
        Ok(Some(done)) => tracing::info!(?done, "old journal files archived"),
        Ok(None) | Err(OpenError::Absent { .. } | OpenError::InUse { .. }) => {}
        Err(error) => tracing::warn!(%error, "old journal files were not archived"),
    }
}

impl Started {
    /// Watches over an engine.
    fn watch(mut engine: Engine) -> Self {
        Self {
            handle: engine.handle.clone(),
            stop: engine.stopper(),
            ended: tokio::spawn(async move { engine.ended().await }),
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        let code = match error {
            OpenError::OtherLocation { .. }
            | OpenError::Foreign { .. }
            | OpenError::Absent { .. } => Code::Usage,
            _ => Code::Store,
        };
        Self::new(code, error.to_string())
    }
}
