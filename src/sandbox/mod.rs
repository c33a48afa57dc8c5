//! A stand-in for EasyEcom and DTDC over real HTTP, for the demo and the tests.
//!
//! It knows the wire shapes of the two contracts and judges every call by rules of its own, written
//! from the contracts and not from the code that it is there to judge. What a call really did, and
//! every rule it broke, is in the effect log.

mod auth;
mod call;
mod clock;
mod control;
mod dtdc;
mod easyecom;
mod effects;
mod encoding;
mod endpoint;
mod faults;
mod generate;
mod journey;
mod line;
mod options;
mod order;
mod pdf;
mod report;
mod serve;
mod server;
mod switches;
mod throttle;
mod wire;
mod world;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use effects::{Effect, EffectKind, Rule};
pub use faults::{EndpointClass, FaultKind, FaultPlan};
pub use options::{Arrival, CarrierAccount, Credentials, Mix, Paths, Person, SandboxOptions, Tier};
pub use report::{Report, Violation};
pub use switches::{ConfirmVerb, NothingThere, RepeatAnswer, Switches};

use line::{CuttableListener, Line};
use server::Shared;
use world::World;

/// How long open connections may hold up an orderly stop.
const STOP_PATIENCE: Duration = Duration::from_millis(500);

/// A running sandbox; it stops when dropped.
#[derive(Debug)]
pub struct Sandbox {
    shared: Arc<Shared>,
    addr: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    /// Cut, it ends every connection that is still open.
    gone: Line,
    server: JoinHandle<()>,
}

impl Sandbox {
    /// Builds the world and listens.
    pub async fn start(options: SandboxOptions) -> std::io::Result<Self> {
        let listener = TcpListener::bind(options.bind).await?;
        let addr = listener.local_addr()?;
        let world = World::new(options, base_url(addr), chrono::Utc::now());
        let shared = Arc::new(Shared::new(world));
        let service =
            server::router(Arc::clone(&shared)).into_make_service_with_connect_info::<Line>();
        let gone = Line::default();
        let listener = CuttableListener::new(listener, gone.clone());
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(async move {
            let serving = axum::serve(listener, service).with_graceful_shutdown(async {
                let _ = stopped.await;
            });
            if let Err(error) = serving.await {
                tracing::error!(%error, "sandbox server ended");
            }
        });
        Ok(Self {
            shared,
            addr,
            stop: Some(stop),
            gone,
            server,
        })
    }

    /// `http://host:port`, without a slash at the end.
    pub fn base_url(&self) -> String {
        base_url(self.addr)
    }

    /// The address it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Everything that calls have done so far, oldest first.
    pub fn log(&self) -> Vec<Effect> {
        self.shared.with(|world, _| world.effects.clone())
    }

    /// The world in numbers.
    pub fn report(&self) -> Report {
        self.shared.with(|world, now| report::report(world, now))
    }

    /// Cancels an order as its buyer would; false if it is shipped, cancelled or unknown.
    pub fn cancel_order(&self, invoice_id: u64) -> bool {
        self.shared
            .with(|world, now| world.cancel(invoice_id, "cancelled by the test", now))
    }

    /// Replaces the fault plan.
    pub fn set_faults(&self, faults: FaultPlan) {
        self.shared.with(|world, _| world.faults = faults);
    }

    /// Pieces for sale of every SKU, as EasyEcom last acknowledged them.
    pub fn stock(&self) -> Vec<(String, i64)> {
        self.shared.with(|world, _| {
            world
                .catalogue
                .iter()
                .map(|sku| (sku.code.clone(), sku.available))
                .collect()
        })
    }

    /// Moves the sandbox's clock ahead, so that a test need not wait. The client's clock does not
    /// follow: not for tests that compare times of both.
    pub fn advance(&self, by: Duration) {
        self.shared.advance(by);
    }

    /// Lets the `Date` header of every answer be this much ahead of the time: a client whose clock is
    /// wrong by as much sees the same. The sandbox itself goes on by the true time.
    pub fn skew_date(&self, by: chrono::Duration) {
        self.shared.skew_date(by);
    }

    /// Closes the port; what has been answered stays answered.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if tokio::time::timeout(STOP_PATIENCE, &mut self.server)
            .await
            .is_err()
        {
            self.server.abort();
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.gone.cut();
        self.server.abort();
    }
}

/// Where a client finds the server; a wildcard address is reached over the loopback.
fn base_url(addr: SocketAddr) -> String {
    let host = match addr.ip() {
        ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(host, addr.port()))
}
