//! What the ledger costs on this disk: a step that is forced to disk alone, many that wait together,
//! and reading orders back.
//!
//! `cargo bench --bench ledger`

mod common;

use std::sync::{
    LazyLock,
    atomic::{AtomicU64, Ordering},
};

use divan::{Bencher, counter::ItemsCount};
use futures_util::future::join_all;
use raftaar::domain::InvoiceId;
use tokio::runtime::Runtime;

use common::{Filled, at, filled, operator, runtime, seen};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(runtime);
static HELD: LazyLock<Filled> = LazyLock::new(|| RUNTIME.block_on(filled(HELD_ORDERS)));

/// Orders that are there already.
const HELD_ORDERS: u64 = 10_000;

/// The next order that nobody has seen.
static NEXT: AtomicU64 = AtomicU64::new(HELD_ORDERS);

async fn record() {
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    HELD.ledger
        .record(&operator(), at(2), vec![seen(n)])
        .await
        .expect("a disk with room");
}

/// Records that wait together share one flush.
#[divan::bench(args = [1, 8, 64], sample_count = 30)]
fn records_at_once(bencher: Bencher, together: usize) {
    LazyLock::force(&HELD);
    bencher
        .counter(ItemsCount::new(together))
        .bench_local(|| RUNTIME.block_on(join_all((0..together).map(|_| record()))));
}

/// An order that was not read before.
#[divan::bench]
fn read_an_order(bencher: Bencher) {
    let reader = HELD.ledger.reader();
    let mut n = 0;
    bencher.bench_local(|| {
        n = (n + 7_919) % HELD_ORDERS;
        reader.order(InvoiceId(n + 1)).expect("readable").is_some()
    });
}

fn main() {
    divan::main();
}
