//! What goes wrong: strange frames, slow clients, broken links, sockets of the dead.

use super::*;

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
        raw.write_all(b"{\"hello\":{\"protocol\":2,\"version\":\"t\",\"user\":\"u\"}}\n")
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
