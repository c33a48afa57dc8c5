//! A line between engine and sandbox that can be cut: what a restarting remote looks like from here,
//! without losing the remote's memory.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU8, AtomicU64, Ordering},
    },
};

use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

/// What happens to connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// They are passed on.
    Whole,
    /// They are reset as soon as they are made.
    Reset,
    /// They are passed on, and reset when the answer begins.
    ResetBeforeAnswer,
}

/// A line.
pub struct Proxy {
    addr: SocketAddr,
    to: SocketAddr,
    line: Arc<AtomicU8>,
    cut: Arc<AtomicU64>,
    serving: Option<Serving>,
}

struct Serving {
    task: JoinHandle<()>,
    gone: CancellationToken,
}

impl Proxy {
    /// A whole line to `to`.
    pub async fn to(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let mut proxy = Self {
            addr: listener.local_addr().expect("its address"),
            to,
            line: Arc::default(),
            cut: Arc::default(),
            serving: None,
        };
        proxy.serve(listener);
        proxy
    }

    /// Where a client finds it.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Connections that were reset so far.
    pub fn cut(&self) -> u64 {
        self.cut.load(Ordering::SeqCst)
    }

    /// Changes what happens to connections from now on.
    pub fn set(&self, line: Line) {
        self.line.store(line as u8, Ordering::SeqCst);
    }

    /// Closes the port: connections are refused, open ones break.
    pub async fn down(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.gone.cancel();
            serving.task.abort();
            let _ = serving.task.await;
        }
    }

    /// Opens the same port again.
    pub async fn up(&mut self) {
        self.down().await;
        let listener = TcpListener::bind(self.addr).await.expect("the same port");
        self.serve(listener);
    }

    fn serve(&mut self, listener: TcpListener) {
        let gone = CancellationToken::new();
        let over = gone.clone();
        let (to, line, cut) = (self.to, Arc::clone(&self.line), Arc::clone(&self.cut));
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (line, cut) = (Arc::clone(&line), Arc::clone(&cut));
                tokio::spawn(pass(client, to, line, cut, over.clone()));
            }
        });
        self.serving = Some(Serving { task, gone });
    }
}

async fn pass(
    mut client: TcpStream,
    to: SocketAddr,
    line: Arc<AtomicU8>,
    cut: Arc<AtomicU64>,
    over: CancellationToken,
) {
    let is = |wanted: Line| line.load(Ordering::SeqCst) == wanted as u8;
    if is(Line::Reset) {
        reset(&client, &cut);
        return;
    }
    let Ok(mut server) = TcpStream::connect(to).await else {
        return;
    };
    let mut answered = false;
    loop {
        // One exchange at a time, so that a line that changes strikes a connection that is kept.
        let from_client = client.readable();
        let from_server = server.readable();
        tokio::select! {
            () = over.cancelled() => {
                reset(&client, &cut);
                return;
            }
            _ = from_client => {
                if !forward(&mut client, &mut server).await {
                    return;
                }
                answered = false;
            }
            _ = from_server => {
                if !answered && is(Line::ResetBeforeAnswer) {
                    reset(&client, &cut);
                    return;
                }
                answered = true;
                if !forward(&mut server, &mut client).await {
                    return;
                }
            }
        }
    }
}

/// Passes on what is there; false at the end.
async fn forward(from: &mut TcpStream, to: &mut TcpStream) -> bool {
    use tokio::io::AsyncWriteExt;
    let mut bytes = vec![0; 64 << 10];
    match from.try_read(&mut bytes) {
        Ok(0) => false,
        Ok(n) => to.write_all(&bytes[..n]).await.is_ok(),
        Err(error) => error.kind() == std::io::ErrorKind::WouldBlock,
    }
}

/// Lets the close be a reset instead of an end.
fn reset(client: &TcpStream, cut: &AtomicU64) {
    cut.fetch_add(1, Ordering::SeqCst);
    let _ = client.set_zero_linger();
}
