//! A remote that cannot prove who it is.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use raftaar::{
    http::{Http, HttpSettings, Sent},
    sandbox::SandboxOptions,
};
use rustls::{
    ServerConfig, ServerConnection, Stream,
    pki_types::{CertificateDer, PrivatePkcs8KeyDer},
};

use crate::house::{House, engine::command, quick};

/// For `localhost`, signed by itself; its key is here to see, so it is worth nothing.
const CERTIFICATE: &[u8] = include_bytes!("self_signed.der");
const KEY: &[u8] = include_bytes!("self_signed.key");

/// A TLS server that nobody vouches for.
struct Impostor {
    url: String,
    connections: Arc<AtomicUsize>,
    /// Bytes that clients sent once they trusted it.
    told: Arc<AtomicUsize>,
}

impl Impostor {
    fn listen() -> Self {
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(
                vec![CertificateDer::from(CERTIFICATE)],
                PrivatePkcs8KeyDer::from(KEY).into(),
            )
            .expect("a certificate and its key");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let connections = Arc::new(AtomicUsize::new(0));
        let told = Arc::new(AtomicUsize::new(0));
        let (count, heard) = (Arc::clone(&connections), Arc::clone(&told));
        let config = Arc::new(config);
        std::thread::spawn(move || {
            for mut tcp in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::SeqCst);
                let mut tls = ServerConnection::new(Arc::clone(&config)).expect("a connection");
                let mut stream = Stream::new(&mut tls, &mut tcp);
                let mut bytes = [0; 4096];
                if let Ok(n @ 1..) = stream.read(&mut bytes) {
                    heard.fetch_add(n, Ordering::SeqCst);
                    let reply =
                        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
                    stream.write_all(reply).ok();
                }
            }
        });
        Self {
            url: format!("https://localhost:{port}"),
            connections,
            told,
        }
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_before_a_word_is_said() {
    let impostor = Impostor::listen();
    let settings = HttpSettings::default();
    let http = Http::new(&settings).expect("a client");
    let url = http.base(&impostor.url).expect("an address").join("/x");
    let request = http
        .post(url.clone())
        .header("x-api-key", "canary")
        .body("canary");
    let sent = http.send(request, settings.write_timeout).await;
    let Sent::NeverSent(says) = sent else {
        panic!("it was sent: {sent:?}");
    };
    assert!(
        says.as_str().to_lowercase().contains("certificate"),
        "{says}"
    );
    assert!(
        impostor.connections.load(Ordering::SeqCst) > 0,
        "it was reached"
    );
    assert_eq!(impostor.told.load(Ordering::SeqCst), 0);
    // The same server is heard by who trusts its certificate: nothing else was wrong with it.
    let trusting = reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_der(CERTIFICATE).expect("a certificate")])
        .build()
        .expect("a client");
    let answer = trusting.get(url).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    assert!(impostor.told.load(Ordering::SeqCst) > 0);
}

#[tokio::test]
async fn an_operator_is_told_and_no_login_is_sent() {
    let impostor = Impostor::listen();
    let house = House::build(SandboxOptions { ..quick(1) }).await;
    let sandbox = format!("base_url = \"{}\"", house.sandbox.base_url());
    house.amend(&sandbox, &format!("base_url = \"{}\"", impostor.url));
    let output = command(&house, &["doctor"]).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.to_lowercase().contains("certificate"), "{said}");
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(impostor.connections.load(Ordering::SeqCst) > 0);
    assert_eq!(
        impostor.told.load(Ordering::SeqCst),
        0,
        "no credentials went out"
    );
}

#[tokio::test]
async fn plain_http_is_refused_but_for_this_machine() {
    let house = House::build(SandboxOptions { ..quick(1) }).await;
    let sandbox = format!("base_url = \"{}\"", house.sandbox.base_url());
    house.amend("sandbox = true", "");
    house.amend(&sandbox, "base_url = \"http://api.easyecom.invalid\"");
    let output = command(&house, &["serve"]).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("easyecom.base_url") && said.contains("not encrypted"),
        "{said}"
    );
}
