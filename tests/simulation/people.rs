//! Operators: they press keys, most of them at the wrong moment.

use std::time::Duration;

use raftaar::{
    domain::{Clean, InvoiceId, Operator, Sku, Step, event::Decision, record::Attention},
    handle::{Anchor, Answer, Command, EngineHandle, OrderIndex, OrdersQuery, Query, Reply},
};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};

use super::outside::{Shared, lock};

/// What people do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Anything.
    Wild,
    /// Look at what is parked now and then, and decide.
    Calm,
    /// Release every hold, decide all that is parked, let nothing stand.
    Tidy,
}

/// Works until dropped.
pub async fn work(handle: EngineHandle, outside: Shared, mood: Mood, seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed);
    if mood == Mood::Tidy {
        // A pause of an earlier life is still one.
        command(&handle, &outside, Command::Resume).await;
    }
    loop {
        let wait = match mood {
            Mood::Wild => rng.random_range(5..300),
            Mood::Calm => rng.random_range(600..3600),
            Mood::Tidy => 300,
        };
        tokio::time::sleep(Duration::from_secs(wait)).await;
        match mood {
            Mood::Wild => anything(&handle, &outside, &mut rng).await,
            Mood::Calm => decide(&handle, &outside, &mut rng, 3).await,
            Mood::Tidy => {
                release(&handle, &outside).await;
                decide(&handle, &outside, &mut rng, 100).await;
            }
        }
    }
}

/// Gives a command; a refusal is an answer too.
pub async fn command(handle: &EngineHandle, outside: &Shared, command: Command) {
    let at = {
        let o = lock(outside);
        o.world.now()
    };
    lock(outside).note(at, || format!("key {command:?}"));
    let _ = handle.command(command).await;
}

async fn anything(handle: &EngineHandle, outside: &Shared, rng: &mut StdRng) {
    let ids: Vec<InvoiceId> = {
        let o = lock(outside);
        o.world.appeared(o.world.now()).into_iter().collect()
    };
    let Some(&invoice) = ids.choose(rng) else {
        return;
    };
    let reason = Clean::new("simulated");
    let invoices = vec![invoice];
    let next = match rng.random_range(0..20) {
        0 | 1 => Command::Hold { invoices, reason },
        2 | 3 => Command::Release { invoices, reason },
        4..=8 => Command::Step {
            invoice,
            step: *Step::ALL.choose(rng).unwrap_or(&Step::Assign),
        },
        9 => Command::Next { invoices: ids },
        10 => Command::Retry { invoices: ids },
        11 => Command::Park { invoice, reason },
        12 => Command::Decide {
            invoice,
            decision: decision(rng),
            reason,
        },
        13 => Command::ManifestNow { group: None },
        14 => Command::PushStock {
            skus: vec![Sku::new(&format!(
                "SKU-{}",
                rng.random_range(0..super::world::SKUS)
            ))],
        },
        15 => Command::PushStock { skus: Vec::new() },
        16 => Command::Track { invoices },
        17 => Command::FetchNow,
        18 => Command::ReadStock,
        _ => {
            command(handle, outside, Command::Pause { reason }).await;
            tokio::time::sleep(Duration::from_secs(rng.random_range(1..200))).await;
            Command::Resume
        }
    };
    command(handle, outside, next).await;
}

fn decision(rng: &mut StdRng) -> Decision {
    match rng.random_range(0..3) {
        0 => Decision::Drop,
        1 => Decision::Ship,
        _ => Decision::Retry,
    }
}

async fn rows(handle: &EngineHandle, kind: Attention, limit: usize) -> Vec<InvoiceId> {
    let query = Query::Orders(OrdersQuery {
        index: OrderIndex::Attention { kind: Some(kind) },
        text: String::new(),
        sort: None,
        anchor: Anchor::First,
        limit,
    });
    match handle.query(query).await {
        Ok(Answer::Reply { reply }) => match *reply {
            Reply::Orders(page) => page.rows.into_iter().map(|row| row.invoice).collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

async fn decide(handle: &EngineHandle, outside: &Shared, rng: &mut StdRng, limit: usize) {
    for invoice in rows(handle, Attention::Parked, limit).await {
        let next = Command::Decide {
            invoice,
            decision: decision(rng),
            reason: Clean::new("simulated"),
        };
        command(handle, outside, next).await;
    }
}

async fn release(handle: &EngineHandle, outside: &Shared) {
    let invoices = rows(handle, Attention::Held, 100).await;
    if !invoices.is_empty() {
        let reason = Clean::new("simulated");
        command(handle, outside, Command::Release { invoices, reason }).await;
    }
}

/// The name in the journal.
pub fn name() -> Operator {
    Operator::new("sim")
}
