//! The demo: a sandbox, an engine and a ledger in one process, over real sockets and on a real disk,
//! tuned so that days of a warehouse pass in a minute.

mod closing;
mod footprint;
mod settings;
mod shop;

use std::path::{Path, PathBuf};

use chrono::NaiveTime;
use thiserror::Error;

pub use closing::{Closing, Line, Progress};
pub use footprint::Footprint;

use shop::Shop;

use crate::{
    domain::Operator,
    handle::{Answer, EngineHandle, Overview, Query, Reply},
    ledger::{Ledger, LedgerOptions, OpenError},
    sandbox::{Arrival, FaultPlan},
    worker::{Engine, EngineConfig, StartError},
};

/// What a demo is started with.
#[derive(Clone, Debug)]
pub struct DemoOptions {
    /// Invoices in the sandbox, twins and cancelled ones included.
    pub orders: usize,
    /// Parcel hours in one real hour.
    pub speed: f64,
    /// What goes wrong on the wire.
    pub faults: FaultPlan,
    /// Everything random is derived from this.
    pub seed: u64,
    /// Where to keep the store; a throwaway folder otherwise.
    pub keep: Option<PathBuf>,
    /// When the orders appear.
    pub arrival: Arrival,
    /// This program: the sandbox runs in a process of its own, as `PROGRAM sandbox`.
    pub apart: Option<PathBuf>,
    /// When the truck comes each day, by the warehouse's clock.
    pub pickup: Option<NaiveTime>,
}

impl Default for DemoOptions {
    fn default() -> Self {
        Self {
            orders: 220,
            speed: 3600.0,
            faults: FaultPlan::none(),
            seed: 1,
            keep: None,
            arrival: Arrival::AtStart,
            apart: None,
            pickup: None,
        }
    }
}

/// Why a demo did not start.
#[derive(Debug, Error)]
pub enum DemoError {
    /// The sandbox could not listen.
    #[error("the sandbox could not start: {0}")]
    Sandbox(#[source] std::io::Error),
    /// The folder.
    #[error("the demo's folder {0}: {1}")]
    Folder(PathBuf, #[source] std::io::Error),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] OpenError),
    /// The clients.
    #[error("the demo's clients: {0}")]
    Clients(String),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] StartError),
}

/// A folder that is thrown away, or kept.
#[derive(Debug)]
enum Folder {
    Throwaway(tempfile::TempDir),
    Kept(PathBuf),
}

impl Folder {
    fn path(&self) -> &Path {
        match self {
            Self::Throwaway(dir) => dir.path(),
            Self::Kept(path) => path,
        }
    }
}

/// A running demo.
pub struct Demo {
    shop: Shop,
    engine: Engine,
    folder: Folder,
    options: DemoOptions,
}

impl Demo {
    /// Starts sandbox, ledger and engine.
    pub async fn start(options: DemoOptions) -> Result<Self, DemoError> {
        let folder = match &options.keep {
            Some(path) => Folder::Kept(path.clone()),
            None => Folder::Throwaway(
                tempfile::Builder::new()
                    .prefix("raftaar-demo-")
                    .tempdir()
                    .map_err(|e| DemoError::Folder(std::env::temp_dir(), e))?,
            ),
        };
        let dir = folder.path().to_owned();
        let shop = Shop::start(settings::sandbox(&options), options.apart.clone(), &dir)
            .await
            .map_err(DemoError::Sandbox)?;
        let stock = shop.stock().await.map_err(DemoError::Sandbox)?;
        settings::stock_file(stock, &dir.join("stock"))
            .map_err(|e| DemoError::Folder(dir.clone(), e))?;
        let config = settings::engine(&dir, &options);
        let remotes = settings::remotes(&shop.url()).map_err(DemoError::Clients)?;
        let data = dir.join("data");
        let ledger = open_ledger(&data, &config)?;
        let engine = Engine::start(
            config,
            remotes,
            ledger,
            data.join("documents"),
            Operator::new("demo"),
        )?;
        Ok(Self {
            shop,
            engine,
            folder,
            options,
        })
    }

    /// The way to its engine.
    pub fn handle(&self) -> EngineHandle {
        self.engine.handle.clone()
    }

    /// Where its store lies.
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// How far it is.
    pub async fn progress(&self) -> Option<Progress> {
        let overview = self.overview().await?;
        let report = self.shop.report().await.ok()?;
        Some(Progress::new(&overview, &report))
    }

    /// What this process takes of the machine.
    pub fn footprint(&self) -> std::io::Result<Footprint> {
        Footprint::measure(&self.data_dir())
    }

    /// The header's figures.
    pub async fn overview(&self) -> Option<Overview> {
        match self.engine.handle.query(Query::Overview).await {
            Ok(Answer::Reply { reply }) => match *reply {
                Reply::Overview(overview) => Some(*overview),
                _ => None,
            },
            _ => None,
        }
    }

    /// Stops everything, verifies the journal and sums up.
    pub async fn finish(self) -> Closing {
        let overview = self.overview().await;
        let report = self.shop.report().await;
        let data = self.data_dir();
        self.engine.stop().await;
        self.shop.stop().await;
        let verified = tokio::task::spawn_blocking(move || crate::ledger::verify(&data))
            .await
            .map_err(|e| e.to_string())
            .and_then(|r| r.map_err(|e| e.to_string()));
        let closing = Closing::new(overview.as_ref(), report.as_ref().ok(), verified);
        if let Folder::Kept(path) = &self.folder {
            tracing::info!(path = %path.display(), orders = self.options.orders, "demo store kept");
        }
        closing
    }
}

fn open_ledger(data: &Path, config: &EngineConfig) -> Result<Ledger, OpenError> {
    let options = LedgerOptions {
        fresh_for_s: config.fetch.fresh_for.as_secs().cast_signed(),
        not_after: chrono::Duration::from_std(config.settle.not_after).unwrap_or_default(),
        stock_setting_on: config.stock.setting_on,
        zone: config.zone,
        version: config.version.to_string(),
        ..LedgerOptions::new(data, config.location.clone())
    };
    let (ledger, report) = Ledger::open(options, chrono::Utc::now())?;
    tracing::info!(?report, "ledger open");
    Ok(ledger)
}

/// The engine settings of a demo in `dir`.
pub fn engine_config(dir: &Path, options: &DemoOptions) -> EngineConfig {
    settings::engine(dir, options)
}
