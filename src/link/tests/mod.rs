//! Over real sockets: what is asked and answered.

mod harm;

use std::{
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::UnixStream,
    sync::mpsc,
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::{
    domain::{
        Call, Clean, InvoiceId, LocationKey, MarketplaceId, Operator, Stage, Step, event::Decision,
        inventory::DiffState, record::Attention, request::ManifestGroup,
    },
    handle::{
        Anchor, Answer, Ask, Asked, Command, CommandReply, Delta, EngineEnd, EngineHandle,
        FeedKind, HandleError, ItemEnd, ItemResult, Level, OrderIndex, OrdersQuery, Page, Preview,
        Query, Reply, ReplyEnd, StockQuery,
    },
};

/// An engine that answers with what a test wants.
struct Stand {
    folder: tempfile::TempDir,
    handle: EngineHandle,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl Stand {
    fn new() -> (Self, EngineEnd) {
        let folder = tempfile::tempdir().expect("a folder");
        let listener = Listener::bind(folder.path()).expect("bound");
        let (handle, end) = EngineHandle::pair(Operator::engine());
        let stop = CancellationToken::new();
        let serving = tokio::spawn(serve(listener, handle.clone(), stop.clone()));
        let stand = Self {
            folder,
            handle,
            stop,
            serving,
        };
        (stand, end)
    }

    /// One whose engine says who asked what.
    fn echoing() -> (Self, mpsc::Receiver<(String, String)>) {
        let (stand, mut end) = Self::new();
        let (seen, asks) = mpsc::channel(64);
        tokio::spawn(async move {
            while let Some(Asked {
                ask,
                operator,
                answer,
            }) = end.asks.recv().await
            {
                let text = serde_json::to_string(&ask).expect("serialises");
                let _ = seen.try_send((operator.to_string(), text));
                let _ = answer.send(says("heard"));
            }
        });
        (stand, asks)
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join(SOCKET_NAME)
    }

    async fn attach(&self) -> EngineHandle {
        connect(&self.path(), None).await.expect("attached")
    }

    async fn raw(&self) -> BufReader<UnixStream> {
        let stream = UnixStream::connect(self.path()).await.expect("connected");
        let mut raw = BufReader::new(stream);
        assert!(line(&mut raw).await.contains("\"hello\""));
        raw.write_all(b"{\"hello\":{\"protocol\":2,\"version\":\"t\"}}\n")
            .await
            .expect("written");
        raw
    }
}

async fn line(raw: &mut BufReader<UnixStream>) -> String {
    let mut line = String::new();
    let read = raw.read_line(&mut line);
    tokio::time::timeout(Duration::from_secs(10), read)
        .await
        .expect("in time")
        .expect("read");
    line
}

fn says(text: &str) -> Answer {
    Answer::Failed {
        says: Clean::new(text),
    }
}

fn me() -> String {
    who::Peer::of_process().operator(None).to_string()
}

fn notice(text: &str) -> Delta {
    Delta::Notice {
        level: Level::Info,
        says: Clean::new(text),
    }
}

fn empty<T>() -> Page<T> {
    Page {
        rows: Vec::new(),
        more_before: false,
        more_after: true,
        total: Some(3),
        cut_short: false,
        resume: Some("00".to_owned()),
    }
}

fn queries() -> Vec<Query> {
    let orders = |index, anchor| {
        Query::Orders(OrdersQuery {
            index,
            text: "x".to_owned(),
            sort: None,
            anchor,
            limit: 10,
        })
    };
    let key = || "k".to_owned();
    let invoice = InvoiceId(7);
    vec![
        Query::Overview,
        orders(OrderIndex::Active, Anchor::First),
        orders(OrderIndex::Newest, Anchor::After { key: key() }),
        orders(
            OrderIndex::Stage {
                stage: Stage::Ready,
            },
            Anchor::From { key: key() },
        ),
        orders(
            OrderIndex::Attention {
                kind: Some(Attention::Parked),
            },
            Anchor::Last,
        ),
        Query::Order {
            invoice,
            people: true,
        },
        Query::WhyNot {
            invoice,
            call: Call::Manifest,
        },
        Query::Find {
            text: "D00".to_owned(),
        },
        Query::Scans { invoice },
        Query::Feed {
            kind: FeedKind::Tracking,
            text: String::new(),
            after: 0,
            before: Some(3),
            limit: 5,
        },
        Query::Stock(StockQuery {
            states: vec![DiffState::Waiting],
            text: String::new(),
            sku: None,
            sort: None,
            anchor: Anchor::First,
            limit: 1,
        }),
        Query::Journal {
            invoice: Some(invoice),
            before: None,
            limit: 1,
        },
        Query::Rejected {
            before: None,
            limit: 1,
        },
        Query::ManifestPlan,
    ]
}

fn commands() -> Vec<Command> {
    let invoice = InvoiceId(7);
    let invoices = vec![invoice];
    let reason = Clean::new("because");
    let group = ManifestGroup {
        location: LocationKey::new("ab1"),
        marketplace_id: MarketplaceId(1),
        carrier_id: crate::domain::CarrierId(2),
    };
    let now = chrono::Utc::now();
    vec![
        Command::Step {
            invoice,
            step: Step::Confirm,
        },
        Command::Next {
            invoices: invoices.clone(),
        },
        Command::Retry {
            invoices: invoices.clone(),
        },
        Command::Hold {
            invoices: invoices.clone(),
            reason: reason.clone(),
        },
        Command::Release {
            invoices: invoices.clone(),
            reason: reason.clone(),
        },
        Command::Park {
            invoice,
            reason: reason.clone(),
        },
        Command::Decide {
            invoice,
            decision: Decision::Drop,
            reason: reason.clone(),
        },
        Command::ClearFlags { invoice },
        Command::Pause { reason },
        Command::Resume,
        Command::FetchNow,
        Command::Backfill { from: now, to: now },
        Command::ManifestNow { group: Some(group) },
        Command::PushStock {
            skus: vec![crate::domain::Sku::new("A")],
        },
        Command::ReadStock,
        Command::Track { invoices },
    ]
}

#[tokio::test]
async fn every_ask_arrives_as_it_was_sent() {
    let (stand, mut seen) = Stand::echoing();
    let handle = stand.attach().await;
    let asks = queries()
        .into_iter()
        .map(|query| Ask::Query { query })
        .chain(
            commands()
                .into_iter()
                .map(|command| Ask::Command { command }),
        )
        .chain(
            commands()
                .into_iter()
                .map(|command| Ask::Preview { command }),
        );
    for ask in asks {
        let text = serde_json::to_string(&ask).expect("serialises");
        handle.ask(ask).await.expect("answered");
        assert_eq!(seen.recv().await.expect("seen"), (me(), text));
    }
}

#[tokio::test]
async fn every_answer_arrives_as_it_was_given() {
    let (stand, mut end) = Stand::new();
    let reply = |reply| Answer::Reply {
        reply: Box::new(reply),
    };
    let refusal = crate::domain::gate::Refusal {
        call: Call::Manifest,
        invoice: Some(InvoiceId(7)),
        unmet: Vec::new(),
    };
    let item = |end| ItemResult {
        invoice: InvoiceId(7),
        end,
    };
    let answers = vec![
        reply(Reply::Orders(empty())),
        reply(Reply::Order(None)),
        reply(Reply::WhyNot(None)),
        reply(Reply::WhyNot(Some(refusal.clone()))),
        reply(Reply::Found(Vec::new())),
        reply(Reply::Scans(Vec::new())),
        reply(Reply::Feed(crate::handle::FeedPage::default())),
        reply(Reply::Stock(empty())),
        reply(Reply::Journal(Vec::new())),
        reply(Reply::Rejected(Vec::new())),
        reply(Reply::ManifestPlan(Vec::new())),
        Answer::Done {
            reply: CommandReply {
                says: Clean::new("done"),
                end: ReplyEnd::Failed,
                items: vec![
                    item(ItemEnd::Taken {
                        says: Clean::new("t"),
                    }),
                    item(ItemEnd::Refused { refusal }),
                    item(ItemEnd::Failed {
                        says: Clean::new("f"),
                        unknown: true,
                    }),
                    item(ItemEnd::NotHeld),
                ],
                load: None,
            },
        },
        Answer::Preview {
            preview: Preview {
                orders: 3,
                ..Preview::default()
            },
        },
        says("no"),
    ];
    let given = answers.clone();
    tokio::spawn(async move {
        for answer in given {
            let asked = end.asks.recv().await.expect("an ask");
            let _ = asked.answer.send(answer);
        }
    });
    let handle = stand.attach().await;
    for answer in answers {
        let came = handle.query(Query::Overview).await.expect("answered");
        assert_eq!(
            serde_json::to_value(came).expect("serialises"),
            serde_json::to_value(answer).expect("serialises")
        );
    }
}

#[tokio::test]
async fn two_clients_are_kept_apart_and_both_hear_deltas() {
    let (stand, mut end) = Stand::new();
    let one = stand.attach().await;
    let two = connect(&stand.path(), Some("asha"))
        .await
        .expect("attached");
    let (mut one_hears, mut two_hears) = (one.deltas(), two.deltas());
    let first = tokio::spawn({
        let one = one.clone();
        async move { one.query(Query::Overview).await }
    });
    let waiting = end.asks.recv().await.expect("an ask");
    let second = tokio::spawn({
        let two = two.clone();
        async move { two.query(Query::ManifestPlan).await }
    });
    let asked = end.asks.recv().await.expect("an ask");
    assert!(
        asked.operator.as_str().starts_with("asha ("),
        "{}",
        asked.operator
    );
    let _ = asked.answer.send(says("second"));
    let answer = second.await.expect("joined").expect("answered");
    assert!(format!("{answer:?}").contains("second"));
    let _ = waiting.answer.send(says("first"));
    let answer = first.await.expect("joined").expect("answered");
    assert!(format!("{answer:?}").contains("first"));
    end.deltas.send(notice("n")).expect("heard");
    for hears in [&mut one_hears, &mut two_hears] {
        let delta = hears.recv().await.expect("a delta");
        assert!(format!("{delta:?}").contains("\"n\""));
    }
}

#[tokio::test]
async fn a_client_that_dies_mid_ask_disturbs_nobody() {
    let (stand, mut end) = Stand::new();
    let mut raw = stand.raw().await;
    raw.write_all(b"{\"id\":1,\"ask\":{\"ask\":\"command\",\"command\":{\"do\":\"resume\"}}}\n")
        .await
        .expect("written");
    let asked = end.asks.recv().await.expect("the ask arrived");
    drop(raw);
    let other = stand.attach().await;
    let asking = tokio::spawn(async move { other.query(Query::Overview).await });
    let others = end.asks.recv().await.expect("an ask");
    let _ = others.answer.send(says("fine"));
    asking.await.expect("joined").expect("answered");
    // The engine may still answer; it goes nowhere.
    let _ = asked.answer.send(says("late"));
    assert!(!stand.handle.is_gone());
}
