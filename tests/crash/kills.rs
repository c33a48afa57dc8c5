//! `kill -9` at random moments.

use std::{
    fmt,
    time::{Duration, Instant},
};

use rand::{Rng, SeedableRng, rngs::StdRng};

use raftaar::sandbox::{Arrival, FaultPlan, Report, SandboxOptions};

use super::house::{House, engine::Engine, quick, timely};

/// Kills of the version that every test run makes.
const SHORT: u32 = 14;

/// Orders that come while the killing goes on, for each kill.
const ORDERS_PER_KILL: usize = 2;

/// The store is proved after this many kills, and at the end.
const PROVE_EVERY: u32 = 7;

/// Other things go wrong after this many kills.
const FAULTS_CHANGE_EVERY: u32 = 4;

/// What a run did.
struct Figures {
    kills: u32,
    while_opening: u32,
    proofs: u32,
    epochs: u64,
    report: Report,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = &self.report;
        write!(
            f,
            "{} kills, {} of them while the store was being opened; {} lives wrote; the store was proved {} times\n\
             {} orders: {} shipped, {} delivered, {} RTO, {} cancelled; {} AWBs booked, {} cancelled; {} manifests\n\
             {} calls, {} faults {:?}, {} rules broken",
            self.kills,
            self.while_opening,
            self.epochs,
            self.proofs,
            report.orders,
            report.shipped,
            report.delivered,
            report.rto_delivered,
            report.cancelled,
            report.awbs_booked,
            report.awbs_cancelled,
            report.manifests,
            report.calls.values().sum::<u64>(),
            report.faults.values().sum::<u64>(),
            report.faults,
            report.violations.len(),
        )
    }
}

/// How long this life may last: every fifth ends while the store is being opened.
fn life(rng: &mut StdRng) -> (bool, Duration) {
    let opening = rng.random_ratio(1, 5);
    let range = if opening { 5..150 } else { 150..1_800 };
    (opening, Duration::from_millis(rng.random_range(range)))
}

async fn run(kills: u32, seed: u64) -> Figures {
    let mut rng = StdRng::seed_from_u64(seed);
    let house = House::build(SandboxOptions {
        seed,
        arrival: Arrival::Over(Duration::from_millis(u64::from(kills) * 700)),
        ..quick(kills as usize * ORDERS_PER_KILL)
    })
    .await;
    let (mut while_opening, mut proofs) = (0, 1);
    for n in 1..=kills {
        if n % FAULTS_CHANGE_EVERY == 1 {
            // One fault masks another: each phase has a random half of them.
            let plan = FaultPlan::swarm(seed + u64::from(n), 0.06);
            house.sandbox.set_faults(timely(plan));
        }
        let engine = Engine::start(&house);
        let (opening, life) = life(&mut rng);
        tokio::time::sleep(life).await;
        engine.kill_9();
        while_opening += u32::from(opening);
        if n % PROVE_EVERY == 0 && house.data().join("raftaar.json").exists() {
            house.verify();
            proofs += 1;
        }
        if n % 50 == 0 {
            eprintln!("{n} kills, {} orders", house.sandbox.report().orders);
        }
    }
    house.sandbox.set_faults(FaultPlan::none());
    let engine = house.serve().await;
    let overview = house
        .until_settled(Duration::from_mins(5) + Duration::from_secs(u64::from(kills)))
        .await;
    let report = house.nothing_is_wrong(&overview);
    engine.stop();
    house.verify();
    Figures {
        kills,
        while_opening,
        proofs,
        epochs: overview.epoch,
        report,
    }
}

/// A number of the environment.
fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finding_11_killed_again_and_again_it_loses_and_doubles_nothing() {
    let figures = run(SHORT, asked("RAFTAAR_KILL_SEED").unwrap_or(3)).await;
    eprintln!("{figures}");
    assert!(figures.epochs > 3, "most lives began: {figures}");
    assert!(figures.report.shipped > 0, "{figures}");
}

/// `RAFTAAR_KILLS=400 cargo test --test crash -- --nocapture long`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long() {
    let Some(kills) = asked("RAFTAAR_KILLS") else {
        return;
    };
    let begun = Instant::now();
    let figures = run(
        u32::try_from(kills).expect("a sane number of kills"),
        asked("RAFTAAR_KILL_SEED").unwrap_or(1),
    )
    .await;
    eprintln!("{figures}\nin {:.0} s", begun.elapsed().as_secs_f64());
}
