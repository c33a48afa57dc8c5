//! What the benchmarks measure on: a real engine over a real ledger on disk, with remotes that do not
//! answer.

#![allow(dead_code, reason = "each benchmark uses its part")]

pub mod offline;

use chrono::{DateTime, Utc};
use raftaar::{
    domain::{
        Clean, InvoiceId, LocationKey, Operator, Order, OrderId, ReferenceCode, RemoteStatus, Sku,
        Stamp,
        event::{Event, Via},
        order::{Destination, Line, Package, Payment},
    },
    ledger::{Ledger, LedgerOptions},
    worker::{Engine, EngineConfig},
};

/// The warehouse.
pub fn location() -> LocationKey {
    LocationKey::new("bench")
}

/// Whose hand it is.
pub fn operator() -> Operator {
    Operator::new("bench")
}

/// A time in 2026.
pub fn at(s: i64) -> Stamp {
    DateTime::<Utc>::from_timestamp(1_790_000_000 + s, 0).expect("a time")
}

/// Orders in work; all others are over.
pub const IN_WORK: u64 = 100;

/// Order `n` of a ledger: the first ones are in work, the others were cancelled long ago.
pub fn order(n: u64) -> Order {
    Order {
        invoice_id: InvoiceId(n + 1),
        order_id: OrderId(n + 500_000_001),
        reference: ReferenceCode::new(&format!("WEB-{n:07}")),
        location: location(),
        marketplace_id: raftaar::domain::MarketplaceId(8),
        marketplace: "Shopify".into(),
        carrier_id: Some(raftaar::domain::CarrierId(9001)),
        courier: "SelfShip".into(),
        awb: None,
        status: if n < IN_WORK {
            RemoteStatus::Open
        } else {
            RemoteStatus::Cancelled
        },
        queue_status: Some(2),
        payment: Payment::Prepaid,
        total: 499.into(),
        ordered_at: Some(at(0)),
        updated_at: Some(at(1)),
        due_at: Some(at(86_400 + n as i64)),
        invoice_number: None,
        invoice_date: None,
        manifest_no: None,
        label_url: None,
        invoice_url: None,
        package: Package::default(),
        destination: Destination {
            city: "Pune".into(),
            state: "Maharashtra".into(),
            pin: "411001".into(),
        },
        lines: vec![Line {
            sku: Sku::new(&format!("SKU-{}", n % 500)),
            name: Clean::new("Shirt"),
            quantity: 1,
        }],
        shipping_status: None,
        history: Vec::new(),
    }
}

/// The record of a reading that showed order `n`.
pub fn seen(n: u64) -> Event {
    Event::OrderSeen {
        order: Box::new(order(n)),
        via: Via::Poll,
    }
}

/// A runtime.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}

/// A ledger of so many orders, in a folder that goes when it does.
pub struct Filled {
    /// The folder.
    pub dir: tempfile::TempDir,
    /// The ledger.
    pub ledger: Ledger,
}

/// Records written together while a ledger is filled.
const TOGETHER: u64 = 500;

/// Fills a ledger on disk.
pub async fn filled(orders: u64) -> Filled {
    let dir = tempfile::tempdir().expect("a folder");
    let options = LedgerOptions::new(dir.path().join("ledger"), location());
    let (ledger, _) = Ledger::open(options, at(0)).expect("a new ledger opens");
    let mut next = 0;
    while next < orders {
        let end = orders.min(next + TOGETHER);
        let events = (next..end).map(seen).collect();
        ledger
            .record(&operator(), at(1), events)
            .await
            .expect("a disk with room");
        next = end;
    }
    Filled { dir, ledger }
}

/// An engine on it.
pub fn engine(filled: &Filled) -> Engine {
    let config = EngineConfig {
        location: location(),
        ..EngineConfig::default()
    };
    let documents = filled.dir.path().join("documents");
    Engine::start(
        config,
        offline::Offline,
        filled.ledger.clone(),
        documents,
        operator(),
    )
    .expect("an engine starts")
}

/// Memory of this process, bytes.
pub fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split_whitespace().nth(1).and_then(|p| p.parse().ok());
    pages.unwrap_or(0_u64) * 4096
}
