//! A warehouse of its own for each test: a sandbox in this process, a folder, a configuration.

#![allow(dead_code, reason = "each test program uses a part of it")]

pub mod console;
pub mod engine;
pub mod inside;
pub mod line;

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use raftaar::{
    demo::Progress,
    handle::{Answer, EngineHandle, Overview, Query, Reply},
    link,
    sandbox::{Credentials, FaultPlan, Report, Sandbox, SandboxOptions, Tier},
};

use self::engine::{Engine, command};

/// How long something may take that is sure to come; two shared cores are slow.
pub const PATIENCE: Duration = Duration::from_mins(2);

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A folder with a configuration, and the sandbox it points at.
pub struct House {
    dir: tempfile::TempDir,
    keys: Credentials,
    pub sandbox: Sandbox,
}

/// Faults as late as the short settle times below allow for.
pub fn timely(mut plan: FaultPlan) -> FaultPlan {
    plan.late_seconds = (0.1, 1.5);
    plan.slow_seconds = (0.1, 3.0);
    plan.stale_seconds = 2.0;
    plan.retry_after_seconds = 1;
    plan
}

/// A sandbox whose days pass in seconds.
pub fn quick(orders: usize) -> SandboxOptions {
    SandboxOptions {
        orders,
        speed: 100_000.0,
        tier: Tier::Gold,
        token_cooldown: Duration::from_secs(1),
        confirm_delay: Duration::from_millis(800),
        ..SandboxOptions::default()
    }
}

impl House {
    /// Builds it. No engine runs yet.
    pub async fn build(options: SandboxOptions) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("raftaar-crash-")
            .tempdir()
            .expect("a folder");
        let keys = options.credentials.clone();
        let sandbox = Sandbox::start(options).await.expect("the sandbox listens");
        let house = Self { dir, keys, sandbox };
        house.configure(&house.sandbox.base_url(), &house.sandbox.base_url());
        house
    }

    /// Writes the configuration, with the remotes at these addresses.
    pub fn configure(&self, easyecom: &str, dtdc: &str) {
        let (location, customer) = (&self.keys.location_key, &self.keys.dtdc_customer_code);
        let text = format!(
            r#"
[site]
location_key = "{location}"
name = "Crash house"
data_dir = "data"
sandbox = true
[easyecom]
base_url = "{easyecom}"
tier = "gold"
company_carrier_id = 9001
[dtdc]
customer_code = "{customer}"
booking_latency_s = 1
reference_prefix = ""
urls = {{ booking = "{dtdc}", label = "{dtdc}", tracking = "{dtdc}", pincode = "{dtdc}" }}
[dtdc.origin]
name = "Crash house"
phone = "9000000000"
address_1 = "1 Test Road"
city = "Pune"
state = "Maharashtra"
pincode = "411001"
[engine]
poll_s = 2
fresh_for_s = 20
fresh_for_manifest_s = 5
settle_s = 3
manifest_linger_s = 1
tracking_poll_s = 5
retry_first_s = 1
retry_max_s = 3
timeouts = {{ connect_s = 2, read_s = 4, write_s = 5, not_after_s = 2 }}
[store]
min_free_mib = 0
cache_mib = 8
"#
        );
        fs::write(self.config(), text).expect("the configuration is written");
    }

    /// Changes the configuration.
    pub fn amend(&self, old: &str, new: &str) {
        let text = fs::read_to_string(self.config()).expect("the configuration");
        assert!(text.contains(old), "{old} in {text}");
        fs::write(self.config(), text.replacen(old, new, 1)).expect("written");
    }

    /// The secrets that the sandbox takes, by their key in a secrets file.
    pub fn secrets(&self) -> Vec<(&'static str, String)> {
        let keys = self.keys.clone();
        vec![
            ("easyecom_api_key", keys.x_api_key),
            ("easyecom_email", keys.email),
            ("easyecom_password", keys.password),
            ("dtdc_api_key", keys.dtdc_api_key),
            ("dtdc_track_user", keys.dtdc_username),
            ("dtdc_track_password", keys.dtdc_password),
        ]
    }

    fn secrets_file(&self) -> PathBuf {
        self.path().join("secrets.toml")
    }

    /// Whether the secrets lie in a file and not in the environment.
    pub fn secrets_in_file(&self) -> bool {
        self.secrets_file().exists()
    }

    /// Puts the secrets into a file, as a warehouse without systemd does.
    pub fn keep_secrets_in_file(&self) {
        use std::{io::Write, os::unix::fs::OpenOptionsExt};
        let mut file = fs::File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(self.secrets_file())
            .expect("a new file");
        for (key, value) in self.secrets() {
            writeln!(file, "{key} = {value:?}").expect("written");
        }
    }

    /// The folder that holds all of it.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The configuration.
    pub fn config(&self) -> PathBuf {
        self.path().join("raftaar.toml")
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// Attaches to the engine that runs there, if one does.
    pub async fn attach(&self) -> Option<EngineHandle> {
        link::connect(&self.data().join("engine.sock"), Some("test"))
            .await
            .ok()
    }

    /// The engine's figures, if one runs and answers.
    pub async fn overview(&self) -> Option<Overview> {
        let handle = self.attach().await?;
        match handle.query(Query::Overview).await.ok()? {
            Answer::Reply { reply } => match *reply {
                Reply::Overview(overview) => Some(*overview),
                _ => None,
            },
            _ => None,
        }
    }

    /// Waits until the engine's figures are as wished.
    pub async fn until(&self, what: &str, wished: impl Fn(&Overview) -> bool) -> Overview {
        until(what, async || {
            self.overview().await.filter(|overview| wished(overview))
        })
        .await
    }

    /// Waits until nothing is left to do.
    pub async fn until_settled(&self, patience: Duration) -> Overview {
        until_within("everything is settled", patience, async || {
            let overview = self.overview().await?;
            let progress = Progress::new(&overview, &self.sandbox.report());
            let all_came = self.sandbox.report().to_come == 0;
            (all_came && progress.settled && progress.held > 0).then_some(overview)
        })
        .await
    }

    /// Proves the store of a house in which no engine runs, as an operator would.
    pub fn verify(&self) {
        let output = command(self, &["store", "verify"])
            .output()
            .expect("the program starts");
        assert!(
            output.status.success(),
            "store verify: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Nothing that the sandbox forbids was done, and every AWB has its order.
    pub fn nothing_is_wrong(&self, overview: &Overview) -> Report {
        use raftaar::domain::record::Attention;
        let report = self.sandbox.report();
        assert!(report.violations.is_empty(), "{:#?}", report.violations);
        let shown = overview
            .attention
            .get(&Attention::OrphanAwb)
            .copied()
            .unwrap_or(0);
        assert_eq!(
            report.orphan_awbs, shown,
            "AWBs that no order carries are shown\n{report:#?}"
        );
        assert_eq!(report.unreleased_awbs, 0, "{report:#?}");
        assert_eq!(report.unbooked_awbs, 0, "{report:#?}");
        let held: u64 = overview.stages.values().sum();
        assert_eq!(held, report.orders, "every order is held");
        assert_eq!(report.throttled, 0, "the rate is kept over restarts");
        let circles: Vec<_> = self
            .log()
            .lines()
            .filter(|l| l.contains("again and again"))
            .map(str::to_owned)
            .collect();
        assert!(circles.is_empty(), "work went in a circle: {circles:#?}");
        report
    }

    /// What the engines of this house have logged.
    pub fn log(&self) -> String {
        let folder = fs::read_dir(self.data().join("log")).expect("the log folder");
        folder
            .map(|entry| fs::read_to_string(entry.expect("a file").path()).expect("a text"))
            .collect()
    }

    /// Starts an engine and waits until it answers.
    pub async fn serve(&self) -> Engine {
        let mut engine = Engine::start(self);
        until("the engine answers", async || {
            assert!(engine.is_alive(), "it ended: {}", engine.said());
            self.overview().await
        })
        .await;
        engine
    }
}

/// Waits for something that is sure to come.
pub async fn until<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
    until_within(what, PATIENCE, look).await
}

/// The same with a patience of its own.
pub async fn until_within<T>(
    what: &str,
    patience: Duration,
    mut look: impl AsyncFnMut() -> Option<T>,
) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(
            begun.elapsed() < patience,
            "not within {patience:?}: {what}"
        );
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
