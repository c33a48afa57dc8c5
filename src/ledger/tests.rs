//! The ledger on a real disk, under what disks and people do to it.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use rust_decimal::Decimal;

use super::{Begin, BeginError, Ledger, LedgerOptions, OpenError, OpenReport, StateCheck, verify};
use crate::{
    domain::{
        Awb, CarrierId, Clean, Consignee, InvoiceId, LocationKey, MarketplaceId, Operator, Order,
        OrderId, ReferenceCode, RemoteStatus, Stage, Stamp,
        event::{Event, Gave, Outcome, Via},
        order::{Destination, Package, Payment},
        outcome::{Evidence, Proof},
        record::AwbSource,
        request::{AssignRequest, BookRequest},
        schedule::Work,
    },
    handle::{Anchor, OrderIndex, OrdersQuery},
};

fn now() -> Stamp {
    Stamp::from_timestamp(1_790_000_000, 0).expect("a time in 2026")
}

fn options(dir: &Path) -> LedgerOptions {
    LedgerOptions {
        dir: dir.to_owned(),
        location: LocationKey::new("ab1234567890"),
        cache_bytes: 4 << 20,
        fresh_for_s: 90,
        not_after: chrono::Duration::seconds(4),
        stock_setting_on: true,
        version: "test".to_owned(),
    }
}

fn open(dir: &Path) -> (Ledger, OpenReport) {
    Ledger::open(options(dir), now()).expect("opens")
}

fn order(id: u64) -> Order {
    Order {
        invoice_id: InvoiceId(id),
        order_id: OrderId(id + 5_000),
        reference: ReferenceCode::new(&format!("WEB-{id}")),
        location: LocationKey::new("ab1234567890"),
        marketplace_id: MarketplaceId(10),
        marketplace: "Offline".into(),
        carrier_id: None,
        courier: "SelfShip".into(),
        awb: None,
        status: RemoteStatus::Open,
        queue_status: None,
        payment: Payment::Prepaid,
        total: Decimal::new(500, 0),
        ordered_at: None,
        updated_at: Some(now()),
        due_at: Some(now() + chrono::Duration::minutes(id.cast_signed())),
        invoice_number: None,
        invoice_date: None,
        manifest_no: None,
        label_url: None,
        invoice_url: None,
        package: Package::default(),
        destination: Destination::default(),
        lines: Vec::new(),
        shipping_status: None,
        history: Vec::new(),
    }
}

fn seen(id: u64) -> Event {
    Event::OrderSeen {
        order: Box::new(order(id)),
        via: Via::Poll,
    }
}

fn booking(id: u64) -> BookRequest {
    BookRequest {
        invoice: InvoiceId(id),
        booking_reference: format!("R{id}"),
        own_number: None,
        destination: Destination::default(),
        consignee: Consignee {
            name: "Canary Person".into(),
            ..Consignee::default()
        },
        package: Package::default(),
        payment: Payment::Prepaid,
        value: Decimal::new(500, 0),
        description: Clean::default(),
        invoice_number: None,
    }
}

fn begin() -> Begin {
    Begin {
        by: Operator::new("asha"),
        now: now(),
        fresh_at: Some(now()),
        settle: chrono::Duration::seconds(150),
    }
}

async fn fill(ledger: &Ledger, count: u64) {
    let events = (1..=count).map(seen).collect();
    ledger
        .record(&Operator::engine(), now(), events)
        .await
        .expect("recorded");
}

async fn book(ledger: &Ledger, id: u64, awb: &str) {
    let permit = ledger.begin(booking(id), begin()).await.expect("legal");
    let outcome = Outcome::Applied {
        evidence: Evidence::new(Proof::Answer, "booked"),
        gave: Gave::Awb {
            awb: Awb::parse(awb).expect("an AWB"),
            source: AwbSource::Dtdc,
        },
    };
    ledger
        .settle(permit, now(), vec![(InvoiceId(id), outcome)])
        .await
        .expect("settled");
}

/// A folder with a few orders and bookings in it, closed.
async fn used() -> tempfile::TempDir {
    used_by("7X100000001").await
}

async fn used_by(first: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    let (ledger, _) = open(&data(&dir));
    fill(&ledger, 10).await;
    book(&ledger, 1, first).await;
    book(&ledger, 2, "7X100000002").await;
    ledger.close().await;
    dir
}

fn data(dir: &tempfile::TempDir) -> PathBuf {
    dir.path().join("data")
}

fn journal(dir: &tempfile::TempDir) -> PathBuf {
    data(dir).join("journal/00000000000000000001.jsonl")
}

#[tokio::test]
async fn what_was_recorded_is_there_again() {
    let dir = used().await;
    let (ledger, report) = open(&data(&dir));
    assert_eq!((report.replayed, &report.rebuilt), (0, &None));
    let record = ledger
        .reader()
        .order(InvoiceId(1))
        .expect("readable")
        .expect("held");
    assert_eq!(record.stage(), Stage::Booked);
    ledger.close().await;
    let report = verify(&data(&dir)).expect("verifiable");
    assert_eq!(report.state, StateCheck::Equal);
    assert!(report.is_sound(), "{}", report.summary());
}

#[tokio::test]
async fn the_chain_can_be_proven_with_standard_tools() {
    let dir = used().await;
    let script = r#"cat "$1" | while read -r line; do
        printf %s "$line" | sed 's/,"hash":"[0-9a-f]*"}$/}/' | sha256sum | cut -c1-64
      done | diff - <(sed 's/.*"hash":"\([0-9a-f]*\)"}$/\1/' "$1")"#;
    let status = std::process::Command::new("bash")
        .args(["-c", script, "-"])
        .arg(journal(&dir))
        .status()
        .expect("bash runs");
    assert!(status.success());
}

#[tokio::test]
async fn no_customer_is_in_the_journal() {
    let dir = used().await;
    let text = fs::read_to_string(journal(&dir)).expect("readable");
    assert!(!text.contains("Canary"));
}

#[tokio::test]
async fn every_flipped_byte_of_the_journal_is_found() {
    let dir = used().await;
    let good = fs::read(journal(&dir)).expect("readable");
    let last_line = good[..good.len() - 1]
        .iter()
        .rposition(|b| *b == b'\n')
        .expect("lines")
        + 1;
    for at in (0..last_line).step_by(97) {
        let mut bad = good.clone();
        bad[at] ^= 0x04;
        fs::write(journal(&dir), &bad).expect("written");
        match Ledger::open(options(&data(&dir)), now()) {
            Err(OpenError::Ledger(error)) => {
                let says = error.to_string();
                assert!(says.contains("line") && says.contains("byte"), "{says}");
            }
            other => panic!("byte {at} was not found: {other:?}"),
        }
        assert_eq!(
            fs::read(journal(&dir)).expect("readable"),
            bad,
            "nothing is touched"
        );
    }
    fs::write(journal(&dir), &good).expect("written");
    assert!(verify(&data(&dir)).expect("verifiable").is_sound());
}

#[tokio::test]
async fn a_torn_append_is_cut_off_and_kept() {
    let dir = used().await;
    let good = fs::read(journal(&dir)).expect("readable");
    for torn in [&b"{\"seq\":99"[..], b"\0\0\0\0", b"{}\n"] {
        let mut bytes = good.clone();
        bytes.extend_from_slice(torn);
        fs::write(journal(&dir), &bytes).expect("written");
        let (ledger, report) = open(&data(&dir));
        assert_eq!(report.torn, torn.len() as u64);
        ledger.close().await;
        fs::write(journal(&dir), &good).expect("put back");
        fs::remove_dir_all(data(&dir).join("state")).expect("removed");
    }
    let kept = fs::read_dir(data(&dir).join("journal"))
        .expect("a folder")
        .flatten()
        .any(|e| e.file_name().to_string_lossy().starts_with("torn-"));
    assert!(kept);
}

#[tokio::test]
async fn a_lost_or_damaged_state_is_rebuilt() {
    let dir = used().await;
    let state = data(&dir).join("state");
    for harm in ["gone", "garbage", "cut"] {
        match harm {
            "gone" => fs::remove_dir_all(&state).expect("removed"),
            "garbage" => fs::write(state.join("db"), [0xa5; 8192]).expect("written"),
            _ => {
                let bytes = fs::read(state.join("db")).expect("readable");
                fs::write(state.join("db"), &bytes[..bytes.len() / 3]).expect("written");
            }
        }
        let (ledger, _) = open(&data(&dir));
        let record = ledger.reader().order(InvoiceId(2)).expect("readable");
        assert_eq!(record.map(|r| r.stage()), Some(Stage::Booked), "{harm}");
        ledger.close().await;
        let report = verify(&data(&dir)).expect("verifiable");
        assert!(report.is_sound(), "{harm}: {}", report.summary());
    }
}

#[tokio::test]
async fn an_older_copy_of_the_state_catches_up_and_a_foreign_one_is_set_aside() {
    let dir = used().await;
    let (state, copy) = (data(&dir).join("state"), dir.path().join("copy"));
    copy_dir(&state, &copy);
    let (ledger, _) = open(&data(&dir));
    fill(&ledger, 20).await;
    ledger.close().await;
    fs::remove_dir_all(&state).expect("removed");
    copy_dir(&copy, &state);
    let (ledger, report) = open(&data(&dir));
    assert!(
        report.replayed > 0 && report.rebuilt.is_none(),
        "{report:?}"
    );
    ledger.close().await;
    let other = used_by("7X200000001").await;
    fs::remove_dir_all(&state).expect("removed");
    copy_dir(&data(&other).join("state"), &state);
    let (ledger, report) = open(&data(&dir));
    assert!(report.rebuilt.is_some(), "{report:?}");
    ledger.close().await;
    assert!(verify(&data(&dir)).expect("verifiable").is_sound());
}

fn copy_dir(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_dir(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

#[tokio::test]
async fn a_journal_that_lost_whole_records_is_refused() {
    let dir = used().await;
    let good = fs::read(journal(&dir)).expect("readable");
    let end = good[..good.len() - 1]
        .iter()
        .rposition(|b| *b == b'\n')
        .expect("lines")
        + 1;
    fs::write(journal(&dir), &good[..end]).expect("written");
    let refused = Ledger::open(options(&data(&dir)), now());
    assert!(
        matches!(&refused, Err(OpenError::Ledger(e)) if e.to_string().contains("records are missing")),
        "{refused:?}"
    );
    fs::write(journal(&dir), &good).expect("put back");
    assert!(verify(&data(&dir)).expect("verifiable").is_sound());
}

#[tokio::test]
async fn a_second_process_is_refused() {
    let dir = used().await;
    let (ledger, _) = open(&data(&dir));
    let second = Ledger::open(options(&data(&dir)), now());
    assert!(matches!(second, Err(OpenError::InUse { .. })), "{second:?}");
    ledger.close().await;
    open(&data(&dir)).0.close().await;
}

#[tokio::test]
async fn folders_that_are_not_ours_are_not_touched() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).expect("set");
    fs::write(dir.path().join("thesis.txt"), "x").expect("written");
    let refused = Ledger::open(options(dir.path()), now());
    assert!(matches!(refused, Err(OpenError::Foreign(_))), "{refused:?}");
    assert_eq!(fs::read_dir(dir.path()).expect("a folder").count(), 1);
}

#[tokio::test]
async fn a_newer_schema_another_warehouse_and_open_doors_are_refused() {
    let dir = used().await;
    let identity = data(&dir).join("raftaar.json");
    let good = fs::read_to_string(&identity).expect("readable");
    fs::write(&identity, good.replace("\"schema\": 1", "\"schema\": 9")).expect("written");
    let newer = Ledger::open(options(&data(&dir)), now());
    assert!(
        matches!(newer, Err(OpenError::Newer { found: 9, .. })),
        "{newer:?}"
    );
    fs::write(&identity, &good).expect("written");
    let elsewhere = LedgerOptions {
        location: LocationKey::new("zz9"),
        ..options(&data(&dir))
    };
    let other = Ledger::open(elsewhere, now());
    assert!(
        matches!(other, Err(OpenError::OtherLocation { .. })),
        "{other:?}"
    );
    fs::set_permissions(&identity, fs::Permissions::from_mode(0o644)).expect("set");
    let exposed = Ledger::open(options(&data(&dir)), now());
    assert!(
        matches!(exposed, Err(OpenError::Exposed { .. })),
        "{exposed:?}"
    );
}

#[tokio::test]
async fn a_refusal_leaves_no_trace_and_a_permit_is_given_once() {
    let dir = used().await;
    let (ledger, _) = open(&data(&dir));
    let before = ledger.reader().position();
    let request = AssignRequest {
        invoice: InvoiceId(5),
        awb: Awb::parse("7X100000009").expect("an AWB"),
        courier: "DTDC".into(),
        carrier_id: CarrierId(9001),
    };
    let refused = ledger.begin(request, begin()).await;
    assert!(
        matches!(refused, Err(BeginError::Refused(_))),
        "{refused:?}"
    );
    assert_eq!(ledger.reader().position(), before);
    let first = ledger.begin(booking(5), begin()).await;
    assert!(first.is_ok());
    let second = ledger.begin(booking(5), begin()).await;
    assert!(matches!(second, Err(BeginError::Refused(_))), "{second:?}");
    ledger.close().await;
}

#[tokio::test]
async fn one_awb_is_never_bound_to_two_invoices() {
    let dir = used().await;
    let (ledger, _) = open(&data(&dir));
    book(&ledger, 3, "7X100000001").await;
    let record = ledger
        .reader()
        .order(InvoiceId(3))
        .expect("readable")
        .expect("held");
    assert!(record.booking.is_none() && record.park.is_some());
    let row = ledger
        .reader()
        .awb(&Awb::parse("7X100000001").expect("an AWB"));
    assert_eq!(
        row.expect("readable").and_then(|r| r.owner),
        Some(InvoiceId(1))
    );
    ledger.close().await;
}

#[tokio::test]
async fn pages_meet_without_a_gap_in_both_directions() {
    let dir = tempfile::tempdir().expect("a folder");
    let (ledger, _) = open(&data(&dir));
    fill(&ledger, 57).await;
    let reader = ledger.reader();
    let page = |anchor| {
        let query = OrdersQuery {
            index: OrderIndex::Active,
            text: String::new(),
            anchor,
            limit: 10,
        };
        reader.orders_page(&query).expect("readable")
    };
    let mut forwards = Vec::new();
    let mut next = page(Anchor::First);
    loop {
        forwards.extend(next.rows.iter().map(|(_, r)| r.id().0));
        if !next.more_after {
            break;
        }
        let key = next.rows.last().expect("rows").0.clone();
        next = page(Anchor::After { key });
    }
    assert_eq!(forwards, (1..=57).collect::<Vec<_>>());
    let mut backwards = Vec::new();
    let mut before = page(Anchor::Last);
    loop {
        backwards.extend(before.rows.iter().rev().map(|(_, r)| r.id().0));
        if !before.more_before {
            break;
        }
        let key = before.rows.first().expect("rows").0.clone();
        before = page(Anchor::Before { key });
    }
    assert_eq!(backwards, (1..=57).rev().collect::<Vec<_>>());
    assert_eq!(
        reader.due(Work::Book, now(), 100).expect("readable").len(),
        57
    );
    assert_eq!(reader.find("WEB-57", 5).expect("readable").len(), 1);
    ledger.close().await;
}

#[tokio::test]
async fn files_are_for_the_owner_alone() {
    let dir = used().await;
    let mode = fs::metadata(journal(&dir))
        .expect("there")
        .permissions()
        .mode()
        & 0o777;
    assert_eq!(mode, 0o600);
}
