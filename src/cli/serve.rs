//! `raftaar serve`: the engine without a screen, and what it shares with the console's own engine.

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use super::{
    Code, Context, Ended, Failure,
    launch::{self, EngineSpec, Started},
    notify, print,
};
use crate::{
    link::{self, Listener},
    setup::{data, log::LogGuard},
};

/// Signals that stop a program that has no screen.
pub struct Signals {
    term: Signal,
    int: Signal,
    hangup: Signal,
}

impl Signals {
    /// Listens from now on.
    pub fn listen() -> Result<Self, Failure> {
        let on = |kind| {
            signal(kind).map_err(|error| Failure::new(Code::Failed, format!("signals: {error}")))
        };
        Ok(Self {
            term: on(SignalKind::terminate())?,
            int: on(SignalKind::interrupt())?,
            hangup: on(SignalKind::hangup())?,
        })
    }

    /// Waits until one of them says stop. A hang-up does not: the SSH link that started it may go, the
    /// warehouse goes on.
    pub async fn stop(&mut self) -> &'static str {
        loop {
            tokio::select! {
                _ = self.term.recv() => return "SIGTERM",
                _ = self.int.recv() => return "SIGINT",
                _ = self.hangup.recv() => tracing::info!("the terminal hung up; going on"),
            }
        }
    }
}

/// An engine of this process, open to others.
pub struct Served {
    /// The engine.
    pub engine: Started,
    server: JoinHandle<()>,
    closing: CancellationToken,
    _log: LogGuard,
}

impl Served {
    /// Starts the engine and lets others attach.
    pub async fn start(context: &Context, listener: Listener) -> Result<Self, Failure> {
        let secrets = context.secrets()?;
        let missing = secrets.missing();
        if !missing.is_empty() {
            let lines: Vec<String> = missing
                .iter()
                .map(|secret| {
                    format!(
                        "{} is missing: set {}, or {} in secrets.toml",
                        secret.title(),
                        secret.variable(),
                        secret.key()
                    )
                })
                .collect();
            return Err(Failure::new(Code::Usage, lines.join("\n")));
        }
        let log = context.begin_log(&secrets)?;
        let spec = EngineSpec {
            config: context.config().clone(),
            secrets,
            operator: context.operator(),
        };
        let engine = launch::engine(spec).await?;
        let closing = CancellationToken::new();
        let server = tokio::spawn(link::serve(
            listener,
            engine.handle.clone(),
            closing.clone(),
        ));
        Ok(Self {
            engine,
            server,
            closing,
            _log: log,
        })
    }

    /// Stops: calls under way are awaited, then those who are attached are let go.
    pub async fn stop(self) {
        self.engine.stop.cancel();
        if let Err(error) = self.engine.ended.await {
            tracing::error!("the engine ended badly: {error}");
        }
        self.closing.cancel();
        let _ = self.server.await;
    }
}

/// Opens the socket of the configured data folder, having made the folder and looked whether an engine
/// can be started at all.
pub fn prepare(context: &Context) -> Result<Listener, Failure> {
    let missing = context.config().missing_for_engine();
    if !missing.is_empty() {
        let place = context.loaded.file.as_ref().map_or_else(
            || "no raftaar.toml was found (see assets/raftaar.example.toml); `raftaar demo` needs none".to_owned(),
            |file| format!("{} lacks what an engine needs", file.display()),
        );
        return Err(Failure::new(
            Code::Usage,
            format!("{place}\n{}", missing.join("\n")),
        ));
    }
    let folder = context.config().data_dir();
    data::prepare(&folder)?;
    Ok(Listener::bind(&folder)?)
}

/// Runs until told to stop.
pub async fn run(context: &Context) -> Ended {
    let mut signals = Signals::listen()?;
    let listener = prepare(context)?;
    let socket = listener.path().display().to_string();
    let mut served = Served::start(context, listener).await?;
    notify::systemd(notify::READY);
    print::text(&format!(
        "the engine runs; attach with `raftaar` ({socket})\n"
    ))?;
    let code = tokio::select! {
        why = signals.stop() => {
            tracing::info!("stopping on {why}");
            Code::Done
        }
        _ = &mut served.engine.ended => {
            // It logged why. systemd starts it again; what was open is settled by reading.
            notify::systemd(notify::STOPPING);
            return Err(Failure::new(Code::Store, "the engine ended by itself; see the log"));
        }
    };
    notify::systemd(notify::STOPPING);
    served.stop().await;
    Ok(code)
}
