//! Arguments, exit codes, and commands against an engine over a real socket.

use clap::{CommandFactory, Parser};

use super::*;
use crate::{
    domain::{Clean, InvoiceId, LocationKey, Operator, Stage, gate::Refusal, step::Call},
    handle::{
        Answer, Ask, Asked, CommandReply, EngineHandle, EngineState, ItemEnd, ItemResult, Link,
        LinkState, OrderIndex, OrderRow, OrdersQuery, Overview, Page, Query, QuotaView, Reply,
        Schedule, StockView,
    },
    link::Listener,
};

#[test]
fn the_arguments_are_sound() {
    Cli::command().debug_assert();
}

/// An overview with nothing in it.
pub fn overview() -> Overview {
    let now = chrono::Utc::now();
    let link = Link {
        state: LinkState::Up,
        ok_at: None,
        says: Clean::default(),
    };
    Overview {
        now,
        zone_east_s: 19_800,
        location: LocationKey::new("ab1"),
        name: Clean::new("Test"),
        sandbox: true,
        version: Clean::new("0"),
        epoch: 1,
        started_at: now,
        engine: EngineState::Automatic,
        easyecom: link.clone(),
        dtdc: link,
        quota: QuotaView {
            day: 500,
            used: 1,
            per_second_milli: 5000,
            resets_at: now,
            needed: 0,
            done_at: None,
            wave: crate::handle::WavePlan::default(),
        },
        stages: [(Stage::Ready, 2)].into(),
        attention: std::collections::BTreeMap::new(),
        confirmed: crate::handle::ConfirmedBand::default(),
        schedule: Schedule::default(),
        stock: StockView::default(),
        rejected: 0,
        awbs_free: None,
        in_flight: 0,
        runs: Vec::new(),
        journal: 7,
        alarms: Vec::new(),
    }
}

fn row(invoice: u64, reference: &str) -> OrderRow {
    let now = chrono::Utc::now();
    OrderRow {
        key: invoice.to_string(),
        invoice: InvoiceId(invoice),
        order: crate::domain::OrderId(invoice + 1000),
        reference: crate::domain::ReferenceCode::new(reference),
        stage: Stage::Ready,
        attention: None,
        note: Clean::default(),
        awb: None,
        marketplace: Clean::default(),
        city: Clean::new("Pune"),
        pin: Clean::new("411001"),
        collect: None,
        pieces: 1,
        seen_at: now,
        stage_at: None,
        due_at: None,
        changed_at: now,
    }
}

fn item(end: ItemEnd) -> ItemResult {
    ItemResult {
        invoice: InvoiceId(7),
        end,
    }
}

fn refused() -> ItemEnd {
    ItemEnd::Refused {
        refusal: Refusal {
            call: Call::Manifest,
            invoice: Some(InvoiceId(7)),
            unmet: Vec::new(),
        },
    }
}

fn failed(unknown: bool) -> ItemEnd {
    ItemEnd::Failed {
        says: Clean::new("no"),
        unknown,
    }
}

fn taken() -> ItemEnd {
    ItemEnd::Taken {
        says: Clean::new("done"),
    }
}

#[test]
fn the_worst_of_several_orders_is_the_exit_code() {
    let code = |ends: Vec<ItemEnd>| {
        let items = ends.into_iter().map(item).collect();
        Code::of_reply(&CommandReply::of_items("", items)).number()
    };
    assert_eq!(code(vec![]), 0);
    assert_eq!(code(vec![taken()]), 0);
    assert_eq!(code(vec![taken(), ItemEnd::NotHeld]), 6);
    assert_eq!(code(vec![refused(), ItemEnd::NotHeld]), 3);
    assert_eq!(code(vec![failed(false), refused()]), 5);
    assert_eq!(code(vec![failed(true), failed(false), refused()]), 4);
    let whole = |reply: CommandReply| Code::of_reply(&reply).number();
    assert_eq!(whole(CommandReply::taken("paused")), 0);
    assert_eq!(whole(CommandReply::refused("the setting is not ON")), 3);
    assert_eq!(whole(CommandReply::failed("disk full")), 5);
    assert_eq!(Code::Store.number(), 74);
    assert_eq!(Code::Signal(15).number(), 143);
}

/// Answers as the real engine would, for three orders.
fn answer(ask: &Ask) -> Answer {
    let reply = |reply| Answer::Reply {
        reply: Box::new(reply),
    };
    match ask {
        Ask::Query {
            query: Query::Overview,
        } => reply(Reply::Overview(Box::new(overview()))),
        Ask::Query {
            query: Query::Find { text },
        } => reply(Reply::Found(match text.as_str() {
            "7" => vec![row(7, "A-7"), row(77, "A-77")],
            "A-7" => vec![row(7, "A-7"), row(77, "A-7_OR1")],
            "A" => vec![row(7, "A-7"), row(8, "A-8")],
            "8" => vec![row(8, "A-8")],
            "9" => vec![row(9, "A-9")],
            _ => Vec::new(),
        })),
        Ask::Query {
            query: Query::Troubles,
        } => reply(Reply::Troubles(Vec::new())),
        Ask::Query {
            query:
                Query::Orders(OrdersQuery {
                    index: OrderIndex::Attention { .. },
                    ..
                }),
        } => reply(Reply::Orders(Page {
            rows: Vec::new(),
            more_before: false,
            more_after: false,
            total: Some(0),
            cut_short: false,
            resume: None,
        })),
        Ask::Query {
            query: Query::Feed { .. },
        } => reply(Reply::Feed(crate::handle::FeedPage::default())),
        Ask::Query {
            query: Query::WhyNot { .. },
        } => reply(Reply::WhyNot(None)),
        Ask::Command {
            command: crate::handle::Command::Step { invoice, .. },
        } => Answer::Done {
            reply: CommandReply::of_items(
                "",
                vec![item(match invoice.0 {
                    7 => taken(),
                    8 => refused(),
                    _ => failed(true),
                })],
            ),
        },
        Ask::Command { .. } => Answer::Done {
            reply: CommandReply::default(),
        },
        _ => Answer::Failed {
            says: Clean::new("not in this test"),
        },
    }
}

/// Runs a command line against a folder with such an engine.
async fn with_engine(lines: &[(&[&str], u8)]) {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = Listener::bind(folder.path()).expect("bound");
    let (handle, mut end) = EngineHandle::pair(Operator::engine());
    tokio::spawn(crate::link::serve(
        listener,
        handle,
        tokio_util::sync::CancellationToken::new(),
    ));
    tokio::spawn(async move {
        while let Some(Asked {
            ask, answer: to, ..
        }) = end.asks.recv().await
        {
            let _ = to.send(answer(&ask));
        }
    });
    for (line, code) in lines {
        assert_eq!(run_in(folder.path(), line).await, *code, "{line:?}");
    }
}

async fn run_in(folder: &std::path::Path, line: &[&str]) -> u8 {
    let config = folder.join("raftaar.toml");
    std::fs::write(&config, "").expect("written");
    let (config, data) = (config.display().to_string(), folder.display().to_string());
    let mut words = vec![
        "raftaar",
        "--config",
        config.as_str(),
        "--data",
        data.as_str(),
    ];
    words.extend(line);
    run(Cli::try_parse_from(words).expect("parses")).await
}

#[tokio::test]
async fn steps_end_with_what_the_gate_said() {
    with_engine(&[
        (&["step", "manifest", "7"], 0),
        (&["step", "manifest", "A-7"], 0),
        (&["step", "manifest", "8"], 3),
        (&["step", "manifest", "9"], 4),
        (&["step", "manifest", "nobody"], 6),
        (&["step", "manifest", "A"], 2),
        (&["hold", "7", "8", "--reason", "stock"], 0),
        (&["hold", "7", "nobody", "--reason", "stock"], 6),
        (&["hold", "7", "--reason", " "], 2),
        (&["orders", "--text", "is:bogus"], 2),
        (&["inventory", "--text", "state:bogus"], 2),
        (&["tracking", "--text", "level:bogus"], 2),
        (&["tracking", "--all", "--text", "level:bad -by:engine"], 0),
        (&["watch", "--once", "--text", "call:bogus"], 2),
        (&["watch", "--once", "--text", "call:book"], 0),
        (&["why-not", "manifest", "7"], 0),
        (&["watch", "--once"], 0),
        (&["watch", "--once", "--json"], 0),
        (&["orders"], 5),
        (&["--json", "resume"], 0),
    ])
    .await;
}

#[tokio::test]
async fn without_an_engine_scripts_are_told_so() {
    let folder = tempfile::tempdir().expect("a folder");
    for line in [
        &["orders"][..],
        &["step", "manifest", "7"],
        &["watch"],
        &["journal"],
    ] {
        assert_eq!(run_in(folder.path(), line).await, 6, "{line:?}");
    }
    assert_eq!(
        run_in(folder.path(), &["serve"]).await,
        2,
        "nothing is configured"
    );
    assert_eq!(run_in(folder.path(), &["keymap", "check"]).await, 2);
    assert_eq!(run_in(folder.path(), &["keymap", "print"]).await, 0);
}

#[test]
fn wrong_arguments_are_refused_before_anything_runs() {
    for line in [
        &["step", "ship", "7"][..],
        &["hold", "7"],
        &["orders", "--stage", "lost"],
        &["demo", "--faults", "2"],
        &["demo", "--orders", "0"],
        &["decide", "7", "maybe", "--reason", "x"],
        &["backfill", "yesterday", "today"],
        &["orders", "--all", "--attention"],
    ] {
        let words = ["raftaar"].iter().chain(line);
        let error = Cli::try_parse_from(words).expect_err(&format!("{line:?}"));
        assert_eq!(error.exit_code(), 2, "{line:?}");
    }
    for line in [
        &["demo"][..],
        &["demo", "--faults"],
        &["demo", "--faults", "0.2"],
        &[],
        &["serve", "-vv"],
    ] {
        Cli::try_parse_from(["raftaar"].iter().chain(line)).expect("parses");
    }
}
