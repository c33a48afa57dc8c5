//! A remote for tests: answers each request with the next canned bytes, then closes. Bytes rather
//! than a framework, because half of what must be tested is what no framework would send.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A listener on a loopback port of its own.
pub(crate) struct Fake {
    url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

/// An answer with `status`, further header lines and a body.
pub(crate) fn reply(status: u16, headers: &[&str], body: &str) -> Vec<u8> {
    let headers: String = headers.iter().flat_map(|line| [*line, "\r\n"]).collect();
    let length = body.len();
    let head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n{headers}");
    format!("{head}content-length: {length}\r\n\r\n{body}").into_bytes()
}

/// HTTP 200 with a JSON body.
pub(crate) fn json(body: &str) -> Vec<u8> {
    reply(200, &["content-type: application/json"], body)
}

impl Fake {
    /// Listens, answering one request per connection. Empty bytes drop the connection unanswered.
    pub(crate) async fn start(replies: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            for reply in replies {
                let (mut stream, _) = listener.accept().await.expect("a connection");
                let request = read_request(&mut stream).await;
                seen.lock().expect("no panic holds it").push(request);
                // The client may have hung up already; that is its good right.
                stream.write_all(&reply).await.ok();
                stream.shutdown().await.ok();
            }
        });
        Self {
            url: format!("http://{address}"),
            requests,
        }
    }

    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }

    /// Every request so far, head and body as text.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no panic holds it").clone()
    }
}

/// An address where nobody listens.
pub(crate) async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    format!("http://{}", listener.local_addr().expect("its address"))
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut chunk = [0u8; 4096];
    loop {
        let read = stream.read(&mut chunk).await.unwrap_or(0);
        bytes.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .and_then(|(_, value)| value.trim().parse().ok())
                .unwrap_or(0usize);
            if body.len() >= length {
                return text;
            }
        }
        if read == 0 {
            return text;
        }
    }
}
