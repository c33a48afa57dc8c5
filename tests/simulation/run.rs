//! One run: lives of the engine cut short at random instants, then one in peace to the end.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rand::{Rng, SeedableRng, rngs::StdRng};

use super::{
    model::{Breach, World},
    remotes::{Outside, SimRemotes},
};
use raftaar::{
    domain::{CarrierId, Clean, LocationKey, Operator, Stamp, event::Decision, record::Attention},
    handle::{Anchor, Answer, Command, EngineHandle, OrderIndex, OrdersQuery, Query, Reply},
    ledger::{Ledger, LedgerOptions, MemoryDisk, MemoryStore},
    worker::{
        Engine, EngineConfig,
        config::{
            AwbConfig, FetchConfig, Limits, ManifestConfig, SettleConfig, StockConfig,
            TrackingConfig,
        },
    },
};

/// What is simulated.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Everything random is derived from this.
    pub seed: u64,
    /// Orders, without twins.
    pub orders: u32,
    /// Crashes.
    pub crashes: u32,
    /// Share of calls that go wrong, 0 to 1.
    pub fault_rate: f64,
    /// What is broken on purpose.
    pub planted: Option<Planted>,
}

/// A protocol broken on purpose: a simulation that does not find it proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planted {
    /// "Not there" counts at once.
    NoSettle,
    /// A lost booking is repeated although tracking lags behind.
    BlindRebooking,
    /// The journal answers before the disk has it.
    AcknowledgedBeforeDurable,
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Rules broken.
    pub breaches: Vec<Breach>,
    /// Remote writes applied.
    pub effects: u64,
    /// Remote calls.
    pub calls: u64,
    /// Orders shipped.
    pub shipped: usize,
    /// What did not end although everything was in peace.
    pub stuck: Vec<String>,
}

/// Longest that a lost call takes to have its effect, seconds.
const LATE_MAX_S: i64 = 45;

/// How long a booking takes to show in tracking, seconds.
const BOOKING_LAG_S: i64 = 60;

/// Virtual length of the time in peace.
const PEACE_H: u64 = 130;

/// What outlives a crash.
struct Disk {
    journal: MemoryDisk,
    state: MemoryStore,
}

impl Disk {
    fn new(honest: bool) -> Self {
        let journal = MemoryDisk::default();
        journal.set_honest(honest);
        Self {
            journal,
            state: MemoryStore::default(),
        }
    }

    /// Of what was not forced to the journal a part is lost; the state is what it was, or nothing.
    fn cut_power(&mut self, rng: &mut StdRng) {
        let keep = if rng.random_bool(0.5) {
            0
        } else {
            rng.random_range(0..4096)
        };
        let honest = self.journal.is_honest();
        self.journal = self.journal.after_power_cut(keep);
        self.journal.set_honest(honest);
        self.state = if honest && rng.random_bool(0.5) {
            self.state.fork()
        } else {
            MemoryStore::default()
        };
    }

    fn open(&self, config: &EngineConfig, now: Stamp) -> Ledger {
        let options = ledger_options(config);
        let (ledger, _) = Ledger::open_in_memory(&options, &self.journal, &self.state, now)
            .expect("a journal in memory opens");
        ledger
    }
}

/// Runs a scenario.
pub fn run(scenario: &Scenario) -> Outcome {
    let mut rng = StdRng::seed_from_u64(scenario.seed);
    let start = chrono::DateTime::from_timestamp(1_790_000_000, 0).expect("a time in 2026");
    let world = World::new(&mut rng, scenario.orders, start, 6);
    let outside = Arc::new(Mutex::new(Outside::new(
        world,
        StdRng::seed_from_u64(scenario.seed ^ 0x5eed),
        scenario.fault_rate,
    )));
    let mut disk = Disk::new(scenario.planted != Some(Planted::AcknowledgedBeforeDurable));
    let mut now = start;
    for _ in 0..scenario.crashes {
        let life = Duration::from_millis(rng.random_range(1_000..3 * 3_600_000));
        now = one_life(scenario, &outside, &disk, now, life, rng.random());
        disk.cut_power(&mut rng);
        now += chrono::Duration::seconds(rng.random_range(1..600));
    }
    lock(&outside).fault_rate = 0.0;
    let peace = Duration::from_secs(PEACE_H * 3600);
    now = one_life(scenario, &outside, &disk, now, peace, rng.random());
    let stuck = stuck(scenario, &disk, &outside, now);
    let outside = lock(&outside);
    Outcome {
        breaches: outside.world.breaches.clone(),
        effects: outside.world.effects,
        calls: outside.world.calls,
        shipped: outside.world.shipped(),
        stuck,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs the engine for `life` of virtual time, then drops everything where it stands.
fn one_life(
    scenario: &Scenario,
    outside: &Arc<Mutex<Outside>>,
    disk: &Disk,
    base: Stamp,
    life: Duration,
    seed: u64,
) -> Stamp {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without I/O needs nothing of the system");
    let end = runtime.block_on(async {
        let remotes = SimRemotes::new(Arc::clone(outside), base, LATE_MAX_S, BOOKING_LAG_S);
        let clock = remotes.clone();
        let config = config(scenario, seed);
        let ledger = disk.open(&config, base);
        let folder = std::env::temp_dir().join(format!("raftaar-sim-{}", std::process::id()));
        let engine = Engine::start(config, remotes, ledger, folder, Operator::new("sim"))
            .expect("the document folder can be made");
        let people = people(engine.handle.clone(), seed);
        tokio::select! {
            () = people => {}
            () = tokio::time::sleep(life) => {}
        }
        raftaar::worker::ports::Remotes::now(&clock)
    });
    drop(runtime);
    lock(outside).catch_up(end);
    end
}

/// People who look at what is parked and decide, now and then.
async fn people(handle: EngineHandle, seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed);
    loop {
        tokio::time::sleep(Duration::from_secs(rng.random_range(600..7200))).await;
        let query = Query::Orders(OrdersQuery {
            index: OrderIndex::Attention {
                kind: Some(Attention::Parked),
            },
            text: String::new(),
            anchor: Anchor::First,
            limit: 3,
        });
        let Ok(Answer::Reply { reply }) = handle.query(query).await else {
            continue;
        };
        let Reply::Orders(page) = *reply else {
            continue;
        };
        for row in page.rows {
            let decision = match rng.random_range(0..3) {
                0 => Decision::Drop,
                _ => Decision::Retry,
            };
            let command = Command::Decide {
                invoice: row.invoice,
                decision,
                reason: Clean::new("simulated"),
            };
            // A refusal is an answer too.
            let _ = handle.command(command).await;
        }
    }
}

fn config(scenario: &Scenario, seed: u64) -> EngineConfig {
    let defaults = EngineConfig::default();
    let seconds = Duration::from_secs;
    let settles = !matches!(
        scenario.planted,
        Some(Planted::NoSettle | Planted::BlindRebooking)
    );
    let latency = match scenario.planted {
        Some(Planted::BlindRebooking) => Some(Duration::ZERO),
        _ => Some(seconds(BOOKING_LAG_S.unsigned_abs() + 30)),
    };
    EngineConfig {
        location: LocationKey::new("sm1000000001"),
        carrier_id: CarrierId(9001),
        fetch: FetchConfig {
            every: seconds(300),
            min_gap: seconds(5),
            ..defaults.fetch
        },
        limits: Limits {
            per_second: 20.0,
            burst: 40.0,
            per_day: 200_000,
            ..defaults.limits
        },
        settle: SettleConfig {
            late_effect: if settles {
                seconds(LATE_MAX_S.unsigned_abs() * 2)
            } else {
                Duration::ZERO
            },
            call_timeout: if settles { seconds(40) } else { Duration::ZERO },
            recheck: if settles {
                seconds(15)
            } else {
                Duration::from_millis(200)
            },
            booking_latency: latency,
            ..defaults.settle
        },
        manifest: ManifestConfig {
            linger: seconds(if settles { 300 } else { 2 }),
            ..defaults.manifest
        },
        tracking: TrackingConfig {
            every: seconds(7200),
            ..defaults.tracking
        },
        stock: StockConfig {
            watch_every: seconds(3600),
            ..defaults.stock
        },
        awb: AwbConfig {
            check_pin: false,
            ..defaults.awb
        },
        seed,
        ..EngineConfig::default()
    }
}

fn ledger_options(config: &EngineConfig) -> LedgerOptions {
    LedgerOptions {
        fresh_for_s: config.fetch.fresh_for.as_secs().cast_signed(),
        not_after: chrono::Duration::from_std(config.settle.not_after).unwrap_or_default(),
        stock_setting_on: true,
        ..LedgerOptions::new("", config.location.clone())
    }
}

/// After the time in peace every order has ended or waits for a person.
fn stuck(
    scenario: &Scenario,
    disk: &Disk,
    outside: &Arc<Mutex<Outside>>,
    now: Stamp,
) -> Vec<String> {
    let config = config(scenario, 0);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without I/O needs nothing of the system");
    runtime.block_on(async {
        let ledger = disk.open(&config, now);
        let reader = ledger.reader();
        let world = &lock(outside).world;
        let mut stuck = Vec::new();
        for id in world.appeared(now) {
            match reader.order(id).expect("memory can be read") {
                None => stuck.push(format!("{id} is not held")),
                Some(record) => {
                    let waits = record.park.is_some() || record.hold.is_some();
                    if !record.stage().is_final() && !waits {
                        stuck.push(format!("{id} stands in {}", record.stage()));
                    }
                }
            }
        }
        stuck.extend(
            world
                .loose_awbs(now)
                .iter()
                .map(|awb| format!("AWB {awb} is loose")),
        );
        stuck
    })
}
