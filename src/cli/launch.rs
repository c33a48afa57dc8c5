//! Where the command line meets the engine, the store and the remotes: the one file that knows how
//! they are started. Everything else here works with an [`EngineHandle`].

use std::{future::Future, path::Path, pin::Pin};

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{Code, Failure, args::StoreAction, settings};
use crate::{
    config::Config,
    domain::{Clean, Operator},
    easyecom::{OrdersQuery, Window},
    handle::EngineHandle,
    ledger::{self, Ledger},
    setup::secrets::Secrets,
    worker::Engine,
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
pub async fn engine(spec: EngineSpec) -> Result<Started, Failure> {
    let config = settings::engine(&spec.config, spec.sandbox);
    let remotes = settings::remotes(&spec.config, &spec.secrets)?;
    let options = settings::ledger(&spec.config, &config);
    let documents = options.dir.join("documents");
    let (ledger, report) =
        tokio::task::spawn_blocking(move || Ledger::open(options, chrono::Utc::now()))
            .await
            .map_err(|e| Failure::new(Code::Store, format!("opening the ledger: {e}")))??;
    tracing::info!(?report, "ledger open");
    if let Some(why) = &report.rebuilt {
        tracing::warn!("the working state was rebuilt from the journal: {why}");
    }
    let engine = Engine::start(config, remotes, ledger, documents, spec.operator)?;
    let (handle, stop) = (engine.handle.clone(), engine.stopper());
    let ended = tokio::spawn(async move {
        let mut engine = engine;
        engine.ended().await;
    });
    Ok(Started {
        handle,
        stop,
        ended,
    })
}

/// Looks after the store of a data folder in which no engine runs.
pub fn store(data: &Path, action: StoreAction) -> Result<StoreReport, Failure> {
    let line = |name: &str, value: &str| (Clean::new(name), Clean::new(value));
    if let StoreAction::Rebuild = action {
        let aside = ledger::discard_state(data)?;
        let note = line(
            "working state",
            &format!("set aside as {}; built anew", aside.display()),
        );
        let mut report = verified(data)?;
        report.lines.insert(0, note);
        return Ok(report);
    }
    verified(data)
}

fn verified(data: &Path) -> Result<StoreReport, Failure> {
    let report = ledger::verify(data)?;
    let line = |name: &str, value: &str| (Clean::new(name), Clean::new(value));
    let mut lines = vec![
        line("records", &report.records.to_string()),
        line("segments", &report.segments.to_string()),
        line("last hash", &report.last_hash),
        line("torn bytes at the end", &report.torn.to_string()),
        line("verdict", &report.summary()),
    ];
    lines.extend(report.broken.iter().map(|b| line("broken", b)));
    Ok(StoreReport {
        good: report.is_sound(),
        lines,
    })
}

/// One login and one cheap reading per remote.
pub fn probes(config: &Config, secrets: &Secrets) -> Option<Probes> {
    let remotes = settings::remotes(config, secrets).ok()?;
    Some(Box::pin(async move {
        let said = |result: Result<String, crate::domain::ReadError>| {
            result
                .map(|says| Clean::new(&says))
                .map_err(|e| Clean::new(&e.to_string()))
        };
        let login = remotes.easyecom.login().await;
        let logged_in = login.is_ok();
        let mut probes = vec![Probe {
            name: "EasyEcom login",
            result: said(
                login.map(|t| format!("taken, until {}", t.expires_at.format("%d %b %Y"))),
            ),
        }];
        if logged_in {
            let now = chrono::Utc::now();
            let query = OrdersQuery::First {
                window: Window::Updated {
                    after: now - chrono::Duration::minutes(5),
                    before: now,
                },
                limit: 1,
            };
            let read = remotes.easyecom.orders(query).await;
            probes.push(Probe {
                name: "EasyEcom orders",
                result: said(read.map(|page| format!("answered, {} rows", page.rows.len()))),
            });
        }
        let track = remotes.dtdc.track_login().await;
        probes.push(Probe {
            name: "DTDC tracking login",
            result: said(track.map(|()| "taken".to_owned())),
        });
        let pin = &remotes.dtdc.settings().origin.pincode;
        let serves = remotes.dtdc.serviceable(pin).await;
        probes.push(Probe {
            name: "DTDC PIN look-up",
            result: said(serves.map(|s| format!("answered: prepaid {}, COD {}", s.prepaid, s.cod))),
        });
        probes
    }))
}
