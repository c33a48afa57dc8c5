//! A thread that writes frames. Writing to a terminal blocks for as long as the line stands still;
//! meanwhile keys are taken, nothing is drawn, and no frame piles up behind another.

use std::{
    fs::File,
    io::{self, Write},
    sync::mpsc::{SyncSender, sync_channel},
    thread,
    time::{Duration, Instant},
};

use tokio::sync::mpsc;

/// The writer.
#[derive(Debug)]
pub struct Writer {
    frames: SyncSender<Vec<u8>>,
    written: mpsc::Receiver<io::Result<()>>,
    busy: bool,
}

impl Writer {
    /// Starts it.
    pub fn start(mut out: File) -> io::Result<Self> {
        let (frames, queue) = sync_channel::<Vec<u8>>(1);
        let (done, written) = mpsc::channel(2);
        thread::Builder::new()
            .name("screen".to_owned())
            .spawn(move || {
                while let Ok(frame) = queue.recv() {
                    let result = out.write_all(&frame).and_then(|()| out.flush());
                    if done.blocking_send(result).is_err() {
                        return;
                    }
                }
            })?;
        Ok(Self {
            frames,
            written,
            busy: false,
        })
    }

    /// Whether a frame is still on its way.
    pub fn busy(&self) -> bool {
        self.busy
    }

    /// Sends a frame; only while not busy.
    pub fn send(&mut self, frame: Vec<u8>) -> io::Result<()> {
        if frame.is_empty() {
            return Ok(());
        }
        self.busy = true;
        self.frames
            .try_send(frame)
            .map_err(|_| io::Error::new(io::ErrorKind::BrokenPipe, "the screen's thread is gone"))
    }

    /// Waits for the frame, but not for long; says whether nothing is on its way any more.
    pub fn settle(&mut self, patience: Duration) -> bool {
        let start = Instant::now();
        while self.busy {
            match self.written.try_recv() {
                Ok(_) => self.busy = false,
                Err(mpsc::error::TryRecvError::Disconnected) => return false,
                Err(mpsc::error::TryRecvError::Empty) if start.elapsed() >= patience => {
                    return false;
                }
                Err(mpsc::error::TryRecvError::Empty) => thread::sleep(Duration::from_millis(5)),
            }
        }
        true
    }

    /// Waits until the frame is written.
    pub async fn written(&mut self) -> io::Result<()> {
        let result = self.written.recv().await;
        self.busy = false;
        result.unwrap_or_else(|| {
            Err(io::Error::new(
                io::ErrorKind::BrokenPipe,
                "the screen's thread is gone",
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::os::{fd::OwnedFd, unix::net::UnixDatagram};

    use super::*;

    /// A datagram is what one write gave: a frame that went out in pieces would come in pieces.
    #[tokio::test]
    async fn finding_8_a_frame_is_one_write() {
        let (ours, theirs) = UnixDatagram::pair().expect("a pair");
        let mut writer = Writer::start(File::from(OwnedFd::from(ours))).expect("a thread");
        for size in [1, 1_025, 9_000, 40_000] {
            writer.send(vec![b'x'; size]).expect("taken");
            writer.written().await.expect("written");
            let mut got = vec![0; 100_000];
            assert_eq!(theirs.recv(&mut got).expect("a write"), size);
        }
        writer.send(Vec::new()).expect("nothing");
        theirs.set_nonblocking(true).expect("set");
        assert!(theirs.recv(&mut [0; 8]).is_err(), "nothing is not written");
    }
}
