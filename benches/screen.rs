//! What the console costs: time per frame with few and with very many orders in the ledger, memory,
//! and bytes down the wire.
//!
//! `cargo bench --bench screen` compares 100 orders with 100,000; `RAFTAAR_BENCH_ORDERS=1000000` takes
//! another figure for the large one (filling a million takes some minutes).

mod common;

use std::sync::{LazyLock, Mutex, PoisonError};

use divan::{Bencher, black_box};
use raftaar::{
    console::Headless,
    handle::{
        Anchor, Answer, Delta, EngineHandle, OrderIndex, OrdersQuery, Overview, Query, Reply,
    },
    worker::Engine,
};
use tokio::runtime::Runtime;

use common::{Filled, at, engine, filled, resident, runtime};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(runtime);

/// A ledger, its engine and a console of 120x40.
struct World {
    _filled: Filled,
    engine: Engine,
    console: Mutex<Headless>,
}

fn world(orders: u64) -> World {
    RUNTIME.block_on(async {
        let before = resident();
        let filled = filled(orders).await;
        let engine = engine(&filled);
        // What the engine takes for its first answers is the engine's.
        drop(Headless::open(&engine.handle, (120, 40), at(100)).await);
        let held = resident();
        let mut console = Headless::open(&engine.handle, (120, 40), at(100)).await;
        black_box(console.frame());
        let grown = held.saturating_sub(before) / (1 << 20);
        let own = resident().saturating_sub(held) / (1 << 10);
        println!("{orders} orders: ledger and engine {grown} MiB resident, the console {own} KiB");
        World {
            _filled: filled,
            engine,
            console: Mutex::new(console),
        }
    })
}

static FEW: LazyLock<World> = LazyLock::new(|| world(100));
static MANY: LazyLock<World> = LazyLock::new(|| world(many()));

fn many() -> u64 {
    let told = std::env::var("RAFTAAR_BENCH_ORDERS").ok();
    told.and_then(|n| n.parse().ok()).unwrap_or(100_000)
}

/// Which ledger.
#[derive(Clone, Copy, Debug)]
enum Held {
    Few,
    Many,
}

impl Held {
    fn world(self) -> &'static World {
        match self {
            Self::Few => &FEW,
            Self::Many => &MANY,
        }
    }
}

const BOTH: [Held; 2] = [Held::Few, Held::Many];

async fn overview(handle: &EngineHandle) -> Overview {
    match handle.query(Query::Overview).await {
        Ok(Answer::Reply { reply }) => match *reply {
            Reply::Overview(overview) => *overview,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// A key, the questions that it asks of the engine, and its frame.
#[divan::bench(args = BOTH)]
fn key_and_frame(bencher: Bencher, held: Held) {
    let world = held.world();
    let mut down = true;
    bencher.bench_local(|| {
        let mut console = world.console.lock().unwrap_or_else(PoisonError::into_inner);
        RUNTIME.block_on(console.press(if down { "j" } else { "k" }));
        down = !down;
        black_box(console.frame())
    });
}

/// Drawing alone, with nothing new.
#[divan::bench(args = BOTH)]
fn frame(bencher: Bencher, held: Held) {
    let world = held.world();
    bencher.bench_local(|| {
        let mut console = world.console.lock().unwrap_or_else(PoisonError::into_inner);
        black_box(console.frame())
    });
}

/// News that orders changed: the header, the page asked for again, its frame.
#[divan::bench(args = BOTH)]
fn news_and_frame(bencher: Bencher, held: Held) {
    let world = held.world();
    bencher.bench_local(|| {
        let mut console = world.console.lock().unwrap_or_else(PoisonError::into_inner);
        RUNTIME.block_on(async {
            let overview = Box::new(overview(&world.engine.handle).await);
            let news = Delta::Changed {
                overview,
                orders: true,
                tracking: false,
                stock: false,
            };
            console.hear(news).await;
        });
        black_box(console.frame())
    });
}

/// The header's figures, which go out five times a second at most.
#[divan::bench(args = BOTH)]
fn figures(bencher: Bencher, held: Held) {
    let world = held.world();
    bencher.bench_local(|| RUNTIME.block_on(overview(&world.engine.handle)));
}

/// A page of the order list.
#[divan::bench(args = BOTH)]
fn page(bencher: Bencher, held: Held) {
    let world = held.world();
    let query = OrdersQuery {
        index: OrderIndex::Newest,
        text: String::new(),
        sort: None,
        anchor: Anchor::First,
        limit: 100,
    };
    bencher.bench_local(|| {
        let query = Query::Orders(query.clone());
        RUNTIME.block_on(world.engine.handle.query(query))
    });
}

/// Bytes down the wire, which have budgets of their own in the tests.
fn wire() {
    let handle = FEW.engine.handle.clone();
    RUNTIME.block_on(async {
        for size in [(80, 24), (120, 40), (200, 60)] {
            let mut console = Headless::open(&handle, size, at(100)).await;
            let full = console.frame().len();
            let idle = console.frame().len();
            console.tick(at(101)).await;
            let second = console.frame().len();
            console.tick(at(160)).await;
            let minute = console.frame().len();
            console.press("j").await;
            let key = console.frame().len();
            println!(
                "{size:?}: full paint {full} B, nothing new {idle} B, a second later {second} B, \
                 a minute later {minute} B, a key with its answers {key} B"
            );
        }
    });
}

fn main() {
    wire();
    LazyLock::force(&MANY);
    divan::main();
}
