//! The client's side: an engine in another process behind the same handle.

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::StreamExt;
use tokio::{
    io::AsyncRead,
    net::{UnixStream, unix::OwnedWriteHalf},
    sync::{broadcast, mpsc, oneshot},
};
use tokio_util::sync::CancellationToken;

use super::{
    LinkError, PROTOCOL,
    frame::{self, FromClient, FromEngine, Hello, Lines},
};
use crate::{
    domain::{Clean, Operator},
    handle::{Answer, Ask, Asked, Delta, EngineHandle, Level, Query, Reply},
};

/// An engine introduces itself within this.
const HELLO_PATIENCE: Duration = Duration::from_secs(5);

/// Who waits for an answer.
enum Waiter {
    /// Somebody who asked.
    Caller(oneshot::Sender<Answer>),
    /// The bridge itself, to make good what was lost.
    Refresh,
}

type Waiting = Arc<Mutex<HashMap<u64, Waiter>>>;

/// Attaches to the engine that listens on `path`. `operator` is the name given with `--operator`; the
/// engine adds the user that the kernel sees. When the link breaks, the handle is gone and whoever
/// waits is told so.
pub async fn connect(path: &Path, operator: Option<&str>) -> Result<EngineHandle, LinkError> {
    let stream = UnixStream::connect(path)
        .await
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
                LinkError::NoEngine(path.to_owned())
            }
            io::ErrorKind::PermissionDenied => LinkError::Denied(path.to_owned()),
            _ => LinkError::Io {
                path: path.to_owned(),
                error,
            },
        })?;
    let (read, mut write) = stream.into_split();
    let mut lines = frame::lines(read);
    let user = greet(&mut lines, &mut write, path).await?;
    let name = operator.filter(|name| !name.trim().is_empty());
    let (handle, end) = EngineHandle::pair(Operator::new(name.unwrap_or(user.as_str())));
    let waiting = Waiting::default();
    let over = CancellationToken::new();
    let (refresh, refreshes) = mpsc::channel(1);
    let asking = Asking {
        asks: end.asks,
        refreshes,
        write,
        user,
        waiting: Arc::clone(&waiting),
        over: over.clone(),
    };
    let hearing = Hearing {
        lines,
        deltas: end.deltas,
        refresh,
        waiting,
        over,
    };
    tokio::spawn(asking.run());
    tokio::spawn(hearing.run());
    Ok(handle)
}

async fn greet<R: AsyncRead + Unpin>(
    lines: &mut Lines<R>,
    write: &mut OwnedWriteHalf,
    path: &Path,
) -> Result<Clean, LinkError> {
    let path = || PathBuf::from(path);
    let hello = FromClient {
        hello: Some(Hello::new(None)),
        ..FromClient::default()
    };
    let written = frame::write(write, &hello).await;
    let first = tokio::time::timeout(HELLO_PATIENCE, lines.next()).await;
    let refused = |says: &str| LinkError::Refused {
        path: path(),
        says: says.to_owned(),
    };
    let Ok(Some(Ok(line))) = first else {
        written.map_err(|error| LinkError::Io {
            path: path(),
            error,
        })?;
        return Err(refused("what listens there does not answer as an engine"));
    };
    let frame: FromEngine = serde_json::from_str(&line)
        .map_err(|_| refused("what listens there does not speak as an engine"))?;
    if let Some(says) = frame.error {
        return Err(refused(says.as_str()));
    }
    let hello = frame
        .hello
        .ok_or_else(|| refused("the engine did not introduce itself"))?;
    if hello.protocol != PROTOCOL {
        return Err(LinkError::Protocol {
            path: path(),
            theirs: hello.protocol,
            version: hello.version.to_string(),
        });
    }
    Ok(hello.user.unwrap_or_default())
}

/// Carries asks out. Apart from [`Hearing`], so that neither waits for the other: with both sides'
/// buffers full that would be for ever.
struct Asking {
    asks: mpsc::Receiver<Asked>,
    refreshes: mpsc::Receiver<()>,
    write: OwnedWriteHalf,
    user: Clean,
    waiting: Waiting,
    over: CancellationToken,
}

impl Asking {
    async fn run(mut self) {
        let mut next = 0_u64;
        loop {
            next += 1;
            let (frame, waiter) = tokio::select! {
                () = self.over.cancelled() => break,
                asked = self.asks.recv() => match asked {
                    Some(asked) => self.frame(next, asked),
                    // Nobody holds the handle any more.
                    None => break,
                },
                Some(()) = self.refreshes.recv() => {
                    let ask = Ask::Query { query: Query::Overview };
                    (FromClient { id: Some(next), ask: Some(ask), ..FromClient::default() }, Waiter::Refresh)
                }
            };
            lock(&self.waiting).insert(next, waiter);
            let written = tokio::select! {
                () = self.over.cancelled() => break,
                written = frame::write(&mut self.write, &frame) => written,
            };
            if written.is_err() {
                break;
            }
        }
        self.over.cancel();
    }

    fn frame(&self, id: u64, asked: Asked) -> (FromClient, Waiter) {
        let operator = asked.operator.as_str();
        let frame = FromClient {
            id: Some(id),
            operator: (operator != self.user.as_str()).then(|| operator.to_owned()),
            ask: Some(asked.ask),
            hello: None,
        };
        (frame, Waiter::Caller(asked.answer))
    }
}

/// Takes answers and deltas in.
struct Hearing<R> {
    lines: Lines<R>,
    deltas: broadcast::Sender<Delta>,
    refresh: mpsc::Sender<()>,
    waiting: Waiting,
    over: CancellationToken,
}

impl<R: AsyncRead + Unpin> Hearing<R> {
    async fn run(mut self) {
        let mut says = "the connection to the engine is gone".to_owned();
        loop {
            let line = tokio::select! {
                () = self.over.cancelled() => break,
                line = self.lines.next() => line,
            };
            let Some(Ok(line)) = line else { break };
            match serde_json::from_str::<FromEngine>(&line) {
                Ok(FromEngine {
                    error: Some(error), ..
                }) => {
                    says = format!("the engine ended the connection: {error}");
                    break;
                }
                Ok(frame) => self.take(frame),
                // A newer engine of the same protocol may say what we do not know; nothing that was
                // asked can hang on it, since answers are kept apart by their id.
                Err(error) => tracing::warn!("a frame of the engine was not understood: {error}"),
            }
        }
        self.over.cancel();
        let _ = self.deltas.send(Delta::Stopping {
            says: Clean::new(&says),
        });
        lock(&self.waiting).clear();
    }

    fn take(&self, frame: FromEngine) {
        if let (Some(id), Some(answer)) = (frame.id, frame.answer) {
            match lock(&self.waiting).remove(&id) {
                Some(Waiter::Caller(caller)) => {
                    let _ = caller.send(answer);
                }
                Some(Waiter::Refresh) => self.refreshed(answer),
                None => tracing::warn!("the engine answered what was not asked"),
            }
        }
        if let Some(delta) = frame.delta {
            let _ = self.deltas.send(delta);
        }
        if let Some(lost) = frame.lagged {
            let _ = self.deltas.send(Delta::Notice {
                level: Level::Warn,
                says: Clean::new(&format!(
                    "this connection is slow: {lost} changes were left out; everything is read again"
                )),
            });
            // One refresh that waits already will see all of it.
            let _ = self.refresh.try_send(());
        }
    }

    /// Everything may have changed while deltas were left out.
    fn refreshed(&self, answer: Answer) {
        if let Answer::Reply { reply } = answer
            && let Reply::Overview(overview) = *reply
        {
            let _ = self.deltas.send(Delta::Changed {
                overview,
                orders: true,
                tracking: true,
                stock: true,
            });
        }
    }
}

fn lock(waiting: &Waiting) -> std::sync::MutexGuard<'_, HashMap<u64, Waiter>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}
