//! What is typed, read by a thread of its own. On a terminal that is gone crossterm 0.29 reads without
//! end inside one call (its issue 793), and behind half an escape sequence it waits in that call for the
//! rest. The loop must not be there: it has to hear of the hang-up and to leave in order, and to draw
//! meanwhile. The thread ends with the process.

use std::{future::poll_fn, io, task::Poll, thread};

use crossterm::event::{Event, EventStream};
use futures_util::StreamExt;
use tokio::{runtime::Handle, sync::mpsc};

/// Events handed on at once. A scanner's code comes whole, and a paste is one event.
const BATCH_MAX: usize = 512;

/// Batches that wait for the loop; beyond, the terminal itself holds what is typed.
const BATCHES_MAX: usize = 4;

/// What was typed up to the moment of asking.
pub type Batch = Vec<io::Result<Event>>;

/// The keyboard.
#[derive(Debug)]
pub struct Keyboard {
    batches: mpsc::Receiver<Batch>,
}

impl Keyboard {
    /// Starts to read; it ends when this is dropped.
    pub fn start() -> io::Result<Self> {
        let (to, batches) = mpsc::channel(BATCHES_MAX);
        let runtime = Handle::current();
        thread::Builder::new()
            .name("keyboard".to_owned())
            .spawn(move || runtime.block_on(read(to)))?;
        Ok(Self { batches })
    }

    /// Waits for what is typed next; nothing when nothing can be typed any more.
    pub async fn next(&mut self) -> Option<Batch> {
        self.batches.recv().await
    }
}

async fn read(to: mpsc::Sender<Batch>) {
    let mut events = EventStream::new();
    loop {
        let first = tokio::select! {
            first = events.next() => first,
            () = to.closed() => return,
        };
        let mut batch = Batch::new();
        let mut next = first;
        while let Some(event) = next {
            let failed = event.is_err();
            batch.push(event);
            if failed || batch.len() >= BATCH_MAX {
                break;
            }
            // Polled as this task: the stream remembers one waker only, and one that wakes nobody
            // would be remembered for the next key.
            next = poll_fn(|task| match events.poll_next_unpin(task) {
                Poll::Ready(event) => Poll::Ready(event),
                Poll::Pending => Poll::Ready(None),
            })
            .await;
        }
        let over = batch.last().is_none_or(Result::is_err);
        if to.send(batch).await.is_err() || over {
            return;
        }
    }
}
