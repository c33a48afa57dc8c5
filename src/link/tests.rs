//! Over real sockets.

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
        Query, Reply, StockQuery,
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
    fn echoing() -> (Self, mpsc::UnboundedReceiver<(String, String)>) {
        let (stand, mut end) = Self::new();
        let (seen, asks) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(Asked {
                ask,
                operator,
                answer,
            }) = end.asks.recv().await
            {
                let text = serde_json::to_string(&ask).expect("serialises");
                let _ = seen.send((operator.to_string(), text));
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
        raw.write_all(b"{\"hello\":{\"protocol\":1,\"version\":\"t\"}}\n")
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
    }
}

fn queries() -> Vec<Query> {
    let orders = |index, anchor| {
        Query::Orders(OrdersQuery {
            index,
            text: "x".to_owned(),
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
            before: Some(3),
            limit: 5,
        },
        Query::Stock(StockQuery {
            states: vec![DiffState::Waiting],
            text: String::new(),
            sku: None,
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
        reply(Reply::Feed(Vec::new())),
        reply(Reply::Stock(empty())),
        reply(Reply::Journal(Vec::new())),
        reply(Reply::Rejected(Vec::new())),
        reply(Reply::ManifestPlan(Vec::new())),
        Answer::Done {
            reply: CommandReply {
                says: Clean::new("done"),
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

#[tokio::test]
async fn garbage_is_refused_and_a_strange_ask_is_answered() {
    let (stand, mut seen) = Stand::echoing();
    for garbage in [
        "not json\n",
        "[]\n",
        "{}\n",
        "{\"ask\":{\"ask\":\"fly\"}}\n",
        "\u{1b}]52;c;x\u{7}\n",
    ] {
        let mut raw = stand.raw().await;
        raw.write_all(garbage.as_bytes()).await.expect("written");
        assert!(line(&mut raw).await.starts_with("{\"error\":"), "{garbage}");
        assert_eq!(line(&mut raw).await, "", "the connection ends");
    }
    let mut raw = stand.raw().await;
    raw.write_all(b"{\"id\":5,\"ask\":{\"ask\":\"fly\"}}\n{\"id\":6}\n")
        .await
        .expect("written");
    for id in [5, 6] {
        let answer = line(&mut raw).await;
        assert!(
            answer.starts_with(&format!("{{\"id\":{id},\"answer\":{{\"answer\":\"failed\"")),
            "{answer}"
        );
    }
    raw.write_all(b"{\"id\":7,\"operator\":\"x (0 root)\",\"ask\":{\"ask\":\"query\",\"query\":{\"query\":\"overview\"}}}\n")
        .await
        .expect("written");
    assert!(line(&mut raw).await.contains("heard"));
    let (operator, _) = seen.recv().await.expect("seen");
    assert!(
        operator.starts_with("x 0 root (") && operator.ends_with(&format!(" {})", me())),
        "{operator}"
    );
}

#[tokio::test]
async fn an_oversized_frame_ends_the_connection_and_nothing_else() {
    let (stand, _seen) = Stand::echoing();
    let mut raw = stand.raw().await;
    let (mut read, mut write) = raw.get_mut().split();
    let huge = vec![b'x'; FRAME_MAX + 2];
    // The server may hang up before it has taken all of it.
    let writing = async { drop(write.write_all(&huge).await) };
    let mut text = String::new();
    let reading = async { drop(read.read_to_string(&mut text).await) };
    tokio::time::timeout(Duration::from_secs(20), async {
        tokio::join!(writing, reading)
    })
    .await
    .expect("the connection ends");
    assert!(text.is_empty() || text.contains("longer than"), "{text}");
    stand
        .attach()
        .await
        .query(Query::Overview)
        .await
        .expect("others go on");
}

#[tokio::test]
async fn a_wrong_protocol_is_named() {
    let (stand, _seen) = Stand::echoing();
    let stream = UnixStream::connect(stand.path()).await.expect("connected");
    let mut raw = BufReader::new(stream);
    line(&mut raw).await;
    raw.write_all(b"{\"hello\":{\"protocol\":99,\"version\":\"9\"}}\n")
        .await
        .expect("written");
    assert!(
        line(&mut raw)
            .await
            .contains("use the same version for both")
    );
}

#[tokio::test]
async fn a_client_that_does_not_read_loses_deltas_and_is_told() {
    let (stand, end) = Stand::new();
    let mut raw = stand.raw().await;
    // Wait until its deltas are listened for.
    while end.deltas.receiver_count() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let text = "x".repeat(240);
    for _ in 0..20_000 {
        let _ = end.deltas.send(notice(&text));
        tokio::task::yield_now().await;
    }
    let mut heard = 0_u64;
    let lost = loop {
        let line = line(&mut raw).await;
        if let Some(rest) = line.strip_prefix("{\"lagged\":") {
            break rest
                .trim_end_matches(['}', '\n'])
                .parse::<u64>()
                .expect("a number");
        }
        heard += 1;
    };
    assert!(
        lost > 0 && heard + lost <= 20_000,
        "{heard} heard, {lost} lost"
    );
    let _ = end.deltas.send(notice("after"));
    while !line(&mut raw).await.contains("after") {}
}

#[tokio::test]
async fn a_lagged_console_is_told_to_read_everything_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(SOCKET_NAME);
    let listener = tokio::net::UnixListener::bind(&path).expect("bound");
    let serving = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a client");
        let mut raw = BufReader::new(stream);
        raw.write_all(b"{\"hello\":{\"protocol\":1,\"version\":\"t\",\"user\":\"u\"}}\n")
            .await
            .expect("written");
        line(&mut raw).await;
        raw.write_all(b"{\"lagged\":4}\n{\"news\":1}\n")
            .await
            .expect("written");
        line(&mut raw).await
    });
    let handle = connect(&path, None).await.expect("attached");
    let mut hears = handle.deltas();
    let ask = serving.await.expect("joined");
    assert!(
        ask.contains("overview") && !ask.contains("operator"),
        "{ask}"
    );
    // The stand-in hangs up now: the console hears that too.
    loop {
        if matches!(hears.recv().await.expect("a delta"), Delta::Stopping { .. }) {
            break;
        }
    }
    assert_eq!(handle.operator().as_str(), "u");
}

#[tokio::test]
async fn when_the_link_breaks_whoever_waits_is_told() {
    let (stand, mut end) = Stand::new();
    let handle = stand.attach().await;
    let mut hears = handle.deltas();
    let asking = tokio::spawn({
        let handle = handle.clone();
        async move { handle.query(Query::Overview).await }
    });
    let _held = end.asks.recv().await.expect("an ask");
    stand.stop.cancel();
    stand.serving.await.expect("ends");
    let ended = asking.await.expect("joined");
    assert_eq!(ended.expect_err("gone"), HandleError::Gone);
    assert!(matches!(hears.recv().await, Ok(Delta::Stopping { .. })));
    assert_eq!(
        handle.query(Query::Overview).await.expect_err("gone"),
        HandleError::Gone
    );
    assert!(handle.is_gone());
    assert!(
        !stand.folder.path().join(SOCKET_NAME).exists(),
        "the socket is taken away"
    );
    let refused = connect(&stand.folder.path().join(SOCKET_NAME), None).await;
    assert!(matches!(refused, Err(LinkError::NoEngine(_))));
}

#[tokio::test]
async fn an_engine_that_ends_takes_its_server_along() {
    let (stand, end) = Stand::new();
    let handle = stand.attach().await;
    drop(end);
    assert_eq!(
        handle.query(Query::Overview).await.expect_err("gone"),
        HandleError::Gone
    );
    tokio::time::timeout(Duration::from_secs(10), stand.serving)
        .await
        .expect("ends")
        .expect("joined");
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).expect("there").mode() & 0o777
}

#[tokio::test]
async fn a_dead_engines_socket_is_replaced_and_a_live_one_never() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(SOCKET_NAME);
    // A socket whose process is gone: the file stays.
    drop(std::os::unix::net::UnixListener::bind(&path).expect("bound"));
    assert!(matches!(
        connect(&path, None).await,
        Err(LinkError::NoEngine(_))
    ));
    let listener = Listener::bind(folder.path()).expect("the dead one is replaced");
    assert_eq!(mode(&path), 0o660);
    assert!(matches!(
        Listener::bind(folder.path()),
        Err(LinkError::AlreadyServed(_))
    ));
    drop(listener);
    assert!(!path.exists());
    // A live one of somebody who does not know our lock.
    let foreign = std::os::unix::net::UnixListener::bind(&path).expect("bound");
    assert!(matches!(
        Listener::bind(folder.path()),
        Err(LinkError::AlreadyServed(_))
    ));
    drop(foreign);
    std::fs::remove_file(&path).expect("removed");
    std::fs::write(&path, "notes").expect("written");
    assert!(matches!(
        Listener::bind(folder.path()),
        Err(LinkError::NotASocket(_))
    ));
    assert_eq!(std::fs::read_to_string(&path).expect("kept"), "notes");
    let _ = std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600));
    let deep = folder.path().join("x".repeat(120));
    std::fs::create_dir(&deep).expect("made");
    assert!(matches!(Listener::bind(&deep), Err(LinkError::TooLong(_))));
}
