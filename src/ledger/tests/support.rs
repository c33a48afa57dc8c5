//! Orders, requests and ledgers for the tests.

use chrono::TimeDelta;
use rust_decimal::Decimal;

use crate::{
    domain::{
        Awb, CarrierId, Clean, InvoiceId, LocationKey, MarketplaceId, Operator, Order, OrderId,
        ReferenceCode, RemoteStatus, Sku, Stamp,
        event::{Event, Gave, Outcome, Via},
        order::{Destination, Line, Package, Payment},
        outcome::{Evidence, Proof},
        record::AwbSource,
        request::{BookRequest, ConfirmRequest},
    },
    ledger::{Begin, Ledger, LedgerOptions, MemoryDisk, MemoryStore, OpenReport},
};

/// Second `s` of the test's time.
pub fn at(s: i64) -> Stamp {
    chrono::DateTime::from_timestamp(1_800_000_000 + s, 0).expect("a time")
}

pub fn order(id: u64) -> Order {
    Order {
        invoice_id: InvoiceId(id),
        order_id: OrderId(id + 5_000),
        reference: ReferenceCode::new(&format!("WEB-{id}")),
        location: LocationKey::new("ab1"),
        marketplace_id: MarketplaceId(8),
        marketplace: "Shopify".into(),
        carrier_id: Some(CarrierId(23)),
        courier: "SelfShip".into(),
        awb: None,
        status: RemoteStatus::Open,
        queue_status: Some(8),
        payment: Payment::Prepaid,
        total: Decimal::from(499),
        ordered_at: Some(at(0)),
        updated_at: Some(at(1)),
        due_at: Some(at(86_400 + id as i64)),
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
            sku: Sku::new("SKU-1"),
            name: "Shirt".into(),
            quantity: 1,
        }],
        shipping_status: None,
        history: Vec::new(),
    }
}

pub fn seen(order: Order) -> Event {
    Event::OrderSeen {
        order: Box::new(order),
        via: Via::Poll,
    }
}

pub fn who() -> Operator {
    Operator::new("asha")
}

pub fn begin(s: i64) -> Begin {
    Begin {
        by: who(),
        now: at(s),
        fresh_at: Some(at(s)),
        settle: TimeDelta::seconds(120),
    }
}

pub fn book(id: u64, own: Option<&str>) -> BookRequest {
    BookRequest {
        invoice: InvoiceId(id),
        booking_reference: format!("R{id}"),
        own_number: own.map(|n| Awb::parse(n).expect("an AWB")),
        destination: Destination::default(),
        consignee: crate::domain::Consignee::default(),
        package: Package::default(),
        payment: Payment::Prepaid,
        value: Decimal::ONE,
        description: "Shirt".into(),
        invoice_number: None,
    }
}

pub fn confirm(id: u64) -> ConfirmRequest {
    ConfirmRequest {
        invoice: InvoiceId(id),
        order_id: OrderId(id + 5_000),
        package: Package::default(),
    }
}

pub fn gave(awb: &str) -> Outcome {
    Outcome::Applied {
        evidence: Evidence::new(Proof::Answer, "200"),
        gave: Gave::Awb {
            awb: Awb::parse(awb).expect("an AWB"),
            source: AwbSource::Dtdc,
        },
    }
}

pub fn held(id: u64) -> Event {
    Event::Held {
        invoice: InvoiceId(id),
        reason: Clean::new("wait"),
    }
}

pub fn options(dir: &std::path::Path) -> LedgerOptions {
    LedgerOptions {
        cache_bytes: 8 << 20,
        stock_setting_on: true,
        ..LedgerOptions::new(dir, LocationKey::new("ab1"))
    }
}

pub fn in_memory(disk: &MemoryDisk, store: &MemoryStore) -> (Ledger, OpenReport) {
    let options = options(std::path::Path::new("/nowhere"));
    Ledger::open_in_memory(&options, disk, store, at(0)).expect("opens")
}

pub fn fresh() -> (Ledger, MemoryDisk, MemoryStore) {
    let (disk, store) = (MemoryDisk::default(), MemoryStore::default());
    let (ledger, _) = in_memory(&disk, &store);
    (ledger, disk, store)
}

/// Runs a future that needs no runtime.
pub fn now<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime")
        .block_on(future)
}
