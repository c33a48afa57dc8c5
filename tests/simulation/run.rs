//! One run: lives of the engine cut short at random instants, then one in peace to the end.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use raftaar::{
    domain::{CarrierId, Clean, LocationKey, Sku, Stamp, event::Event},
    handle::{Command, EngineHandle},
    ledger::{Ledger, LedgerOptions, Reader},
    worker::{
        Engine, EngineConfig,
        config::{
            AwbConfig, FetchConfig, Limits, ManifestConfig, SettleConfig, StockConfig,
            TrackingConfig,
        },
    },
};
use rand::{Rng, SeedableRng, rngs::StdRng};

use super::{
    disk::Disk,
    outside::{Outside, Shared, lock},
    people::{self, Mood},
    remotes::SimRemotes,
    scenario::{BOOKING_LAG_S, Faults, LATE_MAX_S, Planted, Scenario},
    world::{BURST, Breach, Budget, PER_SECOND, SKUS, World},
};

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Rules that a call broke.
    pub breaches: Vec<Breach>,
    /// What the journal shows broken.
    pub broken: Vec<String>,
    /// What did not end although everything was in peace.
    pub stuck: Vec<String>,
    /// Order-steps: remote writes that had their effect.
    pub effects: u64,
    /// All calls.
    pub calls_all: u64,
    /// Operations of the journal's disk.
    pub syncs: u64,
    /// Orders shipped.
    pub shipped: usize,
    /// Per day that has ended, the orders that were begun and had not left.
    pub left_standing: Vec<usize>,
    /// What happened, if it was written down.
    pub trace: Vec<(Stamp, String)>,
}

impl Outcome {
    /// Whether nothing is wrong.
    pub fn is_good(&self) -> bool {
        self.breaches.is_empty() && self.broken.is_empty() && self.stuck.is_empty()
    }
}

/// Longest virtual time in peace. With everything well an order ends within a few hours.
const PEACE: Duration = Duration::from_hours(72);

/// Runs a scenario.
pub fn run(scenario: &Scenario) -> Outcome {
    Run::new(scenario, false).finish()
}

/// Runs a scenario and writes down what happens.
pub fn traced(scenario: &Scenario) -> Outcome {
    Run::new(scenario, true).finish()
}

struct Run<'a> {
    scenario: &'a Scenario,
    outside: Shared,
    disk: Disk,
    rng: StdRng,
    now: Stamp,
}

impl<'a> Run<'a> {
    fn new(scenario: &'a Scenario, trace: bool) -> Self {
        let mut rng = StdRng::seed_from_u64(scenario.seed);
        let now = chrono::DateTime::from_timestamp(1_790_000_000, 0).expect("a time in 2026");
        let lag = scenario.faults.listing_lag_s;
        let mut world = World::new(&mut rng, scenario.orders, now, scenario.hours, lag);
        let script = scenario.script.clone();
        world.budget = Budget::new(now, scenario.per_day);
        let outside = Outside::new(world, scenario.seed, scenario.faults, script, trace);
        Self {
            scenario,
            outside: Arc::new(Mutex::new(outside)),
            disk: Disk::new(scenario.planted, &scenario.script),
            rng,
            now,
        }
    }

    fn finish(mut self) -> Outcome {
        for _ in 0..self.scenario.crashes {
            let life = Duration::from_millis(self.rng.random_range(1_000..2 * 3_600_000));
            self.live(life, false);
            self.crash();
        }
        {
            let mut o = lock(&self.outside);
            o.faults = Faults::default();
            o.skew = chrono::Duration::zero();
        }
        // The script may still take lives.
        while self.live(PEACE, true) {
            self.crash();
        }
        self.judge()
    }

    fn crash(&mut self) {
        self.disk.cut_power(&mut self.rng);
        lock(&self.outside).note(self.now, || "-- power cut --".to_owned());
        self.now += chrono::Duration::seconds(self.rng.random_range(1..600));
        if self.scenario.faults.clock {
            let skew = chrono::Duration::seconds(self.rng.random_range(-300..300));
            lock(&self.outside).skew = skew;
        }
    }

    /// Runs the engine, then drops everything where it stands. Returns whether it was killed.
    fn live(&mut self, life: Duration, peace: bool) -> bool {
        let runtime = runtime();
        let (outside, disk) = (&self.outside, &self.disk);
        let (base, seed) = (self.now, self.rng.random());
        let scenario = self.scenario;
        let (killed, now) = runtime.block_on(async {
            let remotes = SimRemotes::new(Arc::clone(outside), base, scenario.planted);
            let clock = remotes.clone();
            let config = config(scenario, seed);
            let ledger = disk.open(&ledger_options(&config), base + lock(outside).skew);
            let reader = ledger.reader();
            let folder = std::env::temp_dir().join(format!("raftaar-sim-{}", std::process::id()));
            let counting = ledger.clone();
            let engine = Engine::start(config, remotes, ledger, folder, people::name())
                .expect("the document folder can be made");
            let mood = match (peace, scenario.faults.people) {
                (true, _) => Mood::Tidy,
                (false, true) => Mood::Wild,
                (false, false) => Mood::Calm,
            };
            let kill = Arc::clone(&lock(outside).kill);
            let killed = tokio::select! {
                biased;
                () = kill.notified() => true,
                () = dead(disk) => true,
                () = people::work(engine.handle.clone(), Arc::clone(outside), mood, seed) => false,
                () = trouble(scenario, disk, outside, seed), if !peace => false,
                () = counts(scenario, &counting, &engine.handle, outside, seed), if !peace => false,
                () = ended(&reader, outside), if peace => false,
                () = tokio::time::sleep(life) => false,
            };
            (killed, clock.truth())
        });
        drop(runtime);
        self.disk.set_room(None);
        self.disk.set_stall(Duration::ZERO);
        lock(&self.outside).catch_up(now);
        self.now = now;
        killed
    }

    fn judge(self) -> Outcome {
        let broken = self.disk.verify();
        let stuck = self.stuck();
        let mut o = lock(&self.outside);
        Outcome {
            broken: broken.broken,
            stuck,
            breaches: o.world.breaches.clone(),
            effects: o.world.effects,
            calls_all: o.calls(),
            syncs: self.disk.journal.syncs(),
            shipped: o.world.shipped(),
            left_standing: o.world.left_standing.clone(),
            trace: o.trace(),
        }
    }

    /// After the time in peace every order has ended or waits for a person, no booking is loose and
    /// every counted SKU shows what it should.
    fn stuck(&self) -> Vec<String> {
        let config = config(self.scenario, 0);
        runtime().block_on(async {
            let ledger = self.disk.open(&ledger_options(&config), self.now);
            let reader = ledger.reader();
            let world = &lock(&self.outside).world;
            let mut stuck = Vec::new();
            for id in world.appeared(self.now) {
                match reader.order(id).expect("memory can be read") {
                    None => stuck.push(format!("{id} is not held")),
                    Some(record) if record.stage().is_final() || record.park.is_some() => {}
                    Some(record) => stuck.push(format!("{id} stands in {}", record.stage())),
                }
            }
            for awb in world.loose_awbs(self.now) {
                // A parked order keeps its number until somebody decides.
                let owner = reader.awb(&awb).expect("memory can be read");
                let kept = owner
                    .and_then(|row| row.owner)
                    .and_then(|id| reader.order(id).ok().flatten())
                    .is_some_and(|record| record.park.is_some());
                if !kept {
                    stuck.push(format!("AWB {awb} is loose"));
                }
            }
            for (sku, shown) in world.stock() {
                let record = reader
                    .sku(&config.location, &sku)
                    .expect("memory can be read");
                let wanted = record.and_then(|r| r.wanted());
                if wanted.is_some_and(|wanted| wanted != shown) {
                    stuck.push(format!("{sku} shows {shown}, wanted {wanted:?}"));
                }
            }
            stuck
        })
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without I/O needs nothing of the system")
}

/// Ends when the disk has no power any more.
async fn dead(disk: &Disk) {
    while !disk.journal.is_dead() {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Ends when nothing is left to do.
async fn ended(reader: &Reader, outside: &Shared) {
    loop {
        tokio::time::sleep(Duration::from_mins(20)).await;
        if !is_over(reader, outside) {
            continue;
        }
        // What hangs on ended orders: bookings to cancel, quantities to push. Meanwhile somebody may
        // decide on what is parked.
        tokio::time::sleep(Duration::from_hours(3)).await;
        if is_over(reader, outside) {
            return;
        }
    }
}

fn is_over(reader: &Reader, outside: &Shared) -> bool {
    let (all, appeared) = {
        let o = lock(outside);
        (o.world.all(), o.world.appeared(o.world.now()))
    };
    appeared.len() == all
        && appeared.iter().all(|id| {
            reader
                .order(*id)
                .ok()
                .flatten()
                .is_some_and(|r| r.stage().is_final() || r.park.is_some())
        })
}

/// What happens to the machine.
async fn trouble(scenario: &Scenario, disk: &Disk, outside: &Shared, seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed ^ 0x7b0b);
    let faults = scenario.faults;
    loop {
        tokio::time::sleep(Duration::from_secs(rng.random_range(20..900))).await;
        match rng.random_range(0..3) {
            0 if faults.full_disk => {
                disk.set_room(Some(rng.random_range(0..5_000)));
                tokio::time::sleep(Duration::from_secs(rng.random_range(1..900))).await;
                disk.set_room(None);
            }
            1 if faults.stalls => {
                disk.set_stall(Duration::from_secs(rng.random_range(1..240)));
                tokio::time::sleep(Duration::from_secs(rng.random_range(1..300))).await;
                disk.set_stall(Duration::ZERO);
            }
            2 if faults.clock => {
                let mut o = lock(outside);
                o.skew = chrono::Duration::seconds(rng.random_range(-900..900));
                let skew = o.skew;
                let at = o.world.now();
                o.note(at, || format!("clock set, off by {skew}"));
            }
            _ => {}
        }
    }
}

/// Counts of the stock that come in, now and then two at once, each pushed by somebody in a hurry.
async fn counts(
    scenario: &Scenario,
    ledger: &Ledger,
    handle: &EngineHandle,
    outside: &Shared,
    seed: u64,
) {
    let mut rng = StdRng::seed_from_u64(seed ^ 0x570c);
    let mut again = false;
    loop {
        let wait = if again {
            rng.random_range(1..60)
        } else {
            rng.random_range(300..3600)
        };
        tokio::time::sleep(Duration::from_secs(wait)).await;
        if !scenario.faults.stock {
            continue;
        }
        again = rng.random_bool(0.5);
        let at = lock(outside).world.now();
        let rows: Vec<(Sku, i64)> = (0..SKUS)
            .filter_map(|n| {
                let counted = rng.random_bool(0.3);
                let quantity = rng.random_range(0..500);
                counted.then(|| (Sku::new(&format!("SKU-{n}")), quantity))
            })
            .collect();
        let skus = rows.iter().map(|(sku, _)| sku.clone()).collect();
        let event = Event::Counted {
            location: location(),
            source: Clean::new("sim.csv"),
            as_of: at,
            rows,
        };
        // A full disk refuses it: the count is simply not there.
        let counted = ledger.record(&people::name(), at, vec![event]).await;
        if counted.is_ok() && rng.random_bool(0.7) {
            people::command(handle, outside, Command::PushStock { skus }).await;
        }
    }
}

/// Pickups, India time.
const CUT_OFFS: [chrono::NaiveTime; 2] = [
    chrono::NaiveTime::from_hms_opt(13, 0, 0).expect("a time"),
    chrono::NaiveTime::from_hms_opt(22, 0, 0).expect("a time"),
];

fn location() -> LocationKey {
    LocationKey::new("sm1000000001")
}

fn config(scenario: &Scenario, seed: u64) -> EngineConfig {
    let defaults = EngineConfig::default();
    let seconds = Duration::from_secs;
    let settles = scenario.planted != Some(Planted::NoSettle);
    EngineConfig {
        location: location(),
        carrier_id: CarrierId(9001),
        fetch: FetchConfig {
            every: seconds(300),
            min_gap: seconds(5),
            ..defaults.fetch
        },
        limits: Limits {
            per_second: PER_SECOND,
            burst: BURST,
            per_day: scenario.per_day,
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
            booking_latency: Some(if settles {
                seconds(BOOKING_LAG_S.unsigned_abs() + 30)
            } else {
                Duration::ZERO
            }),
            ..defaults.settle
        },
        manifest: ManifestConfig {
            linger: seconds(if settles { 300 } else { 2 }),
            cut_offs: CUT_OFFS.into(),
            ..defaults.manifest
        },
        tracking: TrackingConfig {
            every: seconds(900),
            ..defaults.tracking
        },
        stock: StockConfig {
            watch_every: seconds(600),
            setting_on: true,
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
