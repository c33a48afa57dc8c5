//! The engine's side: asks from any number of clients, deltas to all of them. No client can hold the
//! engine up: one that does not read loses deltas, one that asks too much waits.

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt;
use tokio::{
    io::AsyncWriteExt,
    net::{UnixStream, unix::OwnedWriteHalf},
    sync::{Semaphore, broadcast, mpsc},
    task::JoinSet,
};
use tokio_util::{codec::LinesCodecError, sync::CancellationToken};

use super::{
    FRAME_MAX, Listener, PROTOCOL,
    frame::{self, FrameHead, FromClient, FromEngine, Hello, Lines},
    who::Peer,
};
use crate::{
    domain::Clean,
    handle::{Answer, Delta, EngineHandle, HandleError},
};

/// Consoles and scripts of a warehouse; more are told to come back.
const CLIENTS_MAX: usize = 64;

/// Asks of one client under way; more wait in its socket.
const ASKS_PER_CLIENT_MAX: usize = 32;

/// Frames that wait for one client to read them.
const OUT_MAX: usize = 128;

/// A client that takes no byte for this long is gone.
const WRITE_PATIENCE: Duration = Duration::from_secs(30);

/// A client introduces itself within this.
const HELLO_PATIENCE: Duration = Duration::from_secs(5);

/// Lets clients use `handle` until `stop`, or until the engine is gone.
pub async fn serve(listener: Listener, handle: EngineHandle, stop: CancellationToken) {
    let seats = Arc::new(Semaphore::new(CLIENTS_MAX));
    let mut clients = JoinSet::new();
    let mut look = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = look.tick() => if handle.is_gone() { break },
            Some(_) = clients.join_next() => {}
            accepted = listener.socket.accept() => match accepted {
                Ok((stream, _)) => {
                    clients.spawn(admit(stream, handle.clone(), Arc::clone(&seats), stop.clone()));
                }
                Err(error) => {
                    // Out of file handles, mostly: others have to go first.
                    tracing::warn!("a client could not be let in: {error}");
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            },
        }
    }
    drop(listener);
    // Clients end by themselves on the same signal, having been sent what was answered.
    let ended = tokio::time::timeout(Duration::from_secs(2), async {
        while clients.join_next().await.is_some() {}
    });
    let _ = ended.await;
}

async fn admit(
    mut stream: UnixStream,
    handle: EngineHandle,
    seats: Arc<Semaphore>,
    stop: CancellationToken,
) {
    let Ok(_seat) = seats.try_acquire() else {
        let says = "too many consoles and scripts are attached already; close one and try again";
        let _ = frame::write(&mut stream, &FromEngine::error(says)).await;
        return;
    };
    let uid = match stream.peer_cred() {
        Ok(cred) => cred.uid(),
        Err(error) => {
            tracing::warn!("a client without credentials was turned away: {error}");
            return;
        }
    };
    // Looking a name up can ask a directory over the network.
    let Ok(peer) = tokio::task::spawn_blocking(move || Peer::of_uid(uid)).await else {
        return;
    };
    let (read, mut write) = stream.into_split();
    let mut lines = frame::lines(read);
    if let Err(says) = greet(&mut lines, &mut write, &peer).await {
        let _ = frame::write(&mut write, &FromEngine::error(&says)).await;
        return;
    }
    attend(lines, write, &handle, &peer, &stop).await;
}

async fn greet<R: tokio::io::AsyncRead + Unpin>(
    lines: &mut Lines<R>,
    write: &mut OwnedWriteHalf,
    peer: &Peer,
) -> Result<(), String> {
    let hello = FromEngine {
        hello: Some(Hello::new(Some(peer.user.clone()))),
        ..FromEngine::default()
    };
    frame::write(write, &hello)
        .await
        .map_err(|e| e.to_string())?;
    let first = tokio::time::timeout(HELLO_PATIENCE, lines.next()).await;
    let line = match first {
        Ok(Some(Ok(line))) => line,
        Ok(Some(Err(error))) => return Err(refusal(&error)),
        Ok(None) => return Err("gone".to_owned()),
        Err(_) => return Err("no hello came".to_owned()),
    };
    let hello = serde_json::from_str::<FromClient>(&line)
        .ok()
        .and_then(|frame| frame.hello)
        .ok_or("the first frame has to be a hello")?;
    if hello.protocol == PROTOCOL {
        return Ok(());
    }
    Err(format!(
        "this engine is version {} and speaks protocol {PROTOCOL}, the client protocol {}; use the same version for both",
        env!("CARGO_PKG_VERSION"),
        hello.protocol
    ))
}

/// Works for one client until it or the engine is gone.
async fn attend<R: tokio::io::AsyncRead + Unpin>(
    mut lines: Lines<R>,
    write: OwnedWriteHalf,
    handle: &EngineHandle,
    peer: &Peer,
    stop: &CancellationToken,
) {
    let (out, outgoing) = mpsc::channel(OUT_MAX);
    // Ends this client's tasks, whichever side gives up first.
    let over = stop.child_token();
    let writer = tokio::spawn(write_out(write, outgoing, over.clone()));
    let deltas = tokio::spawn(tell(handle.deltas(), out.clone(), over.clone()));
    let slots = Arc::new(Semaphore::new(ASKS_PER_CLIENT_MAX));
    let mut asks = JoinSet::new();
    loop {
        while asks.try_join_next().is_some() {}
        let slot = tokio::select! {
            () = over.cancelled() => break,
            slot = Arc::clone(&slots).acquire_owned() => slot,
        };
        let line = tokio::select! {
            () = over.cancelled() => break,
            line = lines.next() => line,
        };
        let line = match line {
            Some(Ok(line)) => line,
            Some(Err(error)) => {
                send(&out, FromEngine::error(&refusal(&error))).await;
                break;
            }
            None => break,
        };
        match read(&line, handle, peer) {
            Ok((id, ask, handle)) => {
                let (out, over) = (out.clone(), over.clone());
                asks.spawn(async move {
                    let _slot = slot;
                    match handle.ask(ask).await {
                        Ok(answer) => send(&out, FromEngine::answer(id, answer)).await,
                        Err(HandleError::Gone) => over.cancel(),
                        Err(error) => send(&out, failed(id, &error.to_string())).await,
                    }
                });
            }
            Err(Unread::Ask(id, says)) => send(&out, failed(id, &says)).await,
            Err(Unread::Garbage(says)) => {
                send(&out, FromEngine::error(&says)).await;
                break;
            }
        }
    }
    // What was asked is answered while the client still reads; what it asked for goes on without it
    // in any case, since the engine holds the ask.
    deltas.abort();
    drop(out);
    let drained = async {
        if !over.is_cancelled() {
            while asks.join_next().await.is_some() {}
        }
        asks.abort_all();
    };
    let _ = tokio::time::timeout(WRITE_PATIENCE, drained).await;
    drop(asks);
    let _ = writer.await;
}

/// A frame that cannot be carried out.
enum Unread {
    /// It has an id: the client is told, and goes on.
    Ask(u64, String),
    /// It has none.
    Garbage(String),
}

fn read(
    line: &str,
    handle: &EngineHandle,
    peer: &Peer,
) -> Result<(u64, crate::handle::Ask, EngineHandle), Unread> {
    match serde_json::from_str::<FromClient>(line) {
        Ok(FromClient {
            id: Some(id),
            ask: Some(ask),
            operator,
            ..
        }) => {
            let handle = handle.for_operator(peer.operator(operator.as_deref()));
            Ok((id, ask, handle))
        }
        Ok(FromClient { id: Some(id), .. }) => {
            Err(Unread::Ask(id, "the frame asks nothing".to_owned()))
        }
        Ok(_) => Err(Unread::Garbage("the frame has no id".to_owned())),
        Err(error) => {
            let says = format!("the frame was not understood: {error}");
            Err(match serde_json::from_str::<FrameHead>(line) {
                Ok(head) => Unread::Ask(head.id, says),
                Err(_) => Unread::Garbage(says),
            })
        }
    }
}

fn failed(id: u64, says: &str) -> FromEngine {
    let says = Clean::new(says);
    FromEngine::answer(id, Answer::Failed { says })
}

fn refusal(error: &LinesCodecError) -> String {
    match error {
        LinesCodecError::MaxLineLengthExceeded => {
            format!("a frame is longer than {FRAME_MAX} bytes")
        }
        LinesCodecError::Io(error) => format!("the frame could not be read: {error}"),
    }
}

/// Queues a frame, waiting for room: answers are not lost.
async fn send(out: &mpsc::Sender<Vec<u8>>, frame: FromEngine) {
    if let Some(line) = line(frame) {
        let _ = out.send(line).await;
    }
}

/// A frame as a line; an answer that is too long is replaced by a refusal.
fn line(frame: FromEngine) -> Option<Vec<u8>> {
    let id = frame.id;
    let line = frame::encode(&frame).ok()?;
    if line.len() <= FRAME_MAX {
        return Some(line);
    }
    let says = format!(
        "the answer has {} bytes, more than a frame carries; ask for fewer rows",
        line.len()
    );
    frame::encode(&failed(id?, &says)).ok()
}

/// Passes deltas on as long as there is room, and says how many were left out.
async fn tell(
    mut deltas: broadcast::Receiver<Delta>,
    out: mpsc::Sender<Vec<u8>>,
    over: CancellationToken,
) {
    let mut lost = 0_u64;
    loop {
        tokio::select! {
            () = over.cancelled() => return,
            room = out.reserve(), if lost > 0 => {
                let Ok(room) = room else { return };
                let frame = FromEngine { lagged: Some(lost), ..FromEngine::default() };
                if let Some(line) = line(frame) {
                    room.send(line);
                }
                lost = 0;
            }
            delta = deltas.recv() => match delta {
                Ok(delta) => {
                    let frame = FromEngine { delta: Some(delta), ..FromEngine::default() };
                    let room = if lost == 0 { out.try_reserve().ok() } else { None };
                    match (room, line(frame)) {
                        (Some(room), Some(line)) => room.send(line),
                        _ => lost += 1,
                    }
                }
                Err(broadcast::error::RecvError::Lagged(missed)) => lost += missed,
                Err(broadcast::error::RecvError::Closed) => return,
            },
        }
    }
}

async fn write_out(
    mut write: OwnedWriteHalf,
    mut outgoing: mpsc::Receiver<Vec<u8>>,
    over: CancellationToken,
) {
    while let Some(line) = outgoing.recv().await {
        let written = tokio::time::timeout(WRITE_PATIENCE, write.write_all(&line)).await;
        if !matches!(written, Ok(Ok(()))) {
            break;
        }
    }
    over.cancel();
}
