//! The line between a console and whoever looks at it: read freely, slowly, not at all, or cut.

use std::{
    io::Read,
    num::NonZeroU16,
    sync::{Arc, Mutex},
    time::Duration,
};

/// How the other end reads.
#[derive(Clone, Copy, Debug)]
pub enum Reading {
    Freely,
    Slowly {
        bytes_per_s: u32,
    },
    /// The line stands still.
    NotAtAll,
    /// The other end has gone: the reader lets go of its descriptor.
    NoMore,
}

/// Most bytes taken at once from a slow line: small, so that it is slow evenly.
const SIP: usize = 256;

/// Between two looks at whether a line that stands still goes on.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// What came over the line, and how it is read from now on.
pub struct Line {
    pub bytes: Vec<u8>,
    pub parser: vt100::Parser,
    pub reading: Reading,
}

/// A line that a thread reads.
pub type Shared = Arc<Mutex<Line>>;

/// A side of a screen: a line may have a size of zero, a screen may not.
pub fn at_least_one(side: u16) -> NonZeroU16 {
    NonZeroU16::new(side).unwrap_or(NonZeroU16::MIN)
}

/// A screen with so many columns and rows.
pub fn parser((columns, rows): (u16, u16)) -> vt100::Parser {
    vt100::Parser::new(at_least_one(rows), at_least_one(columns), 0)
}

/// Reads in a thread of its own until the line ends or nobody wants to read any more.
pub fn read(mut from: Box<dyn Read + Send>, size: (u16, u16)) -> Shared {
    let line = Arc::new(Mutex::new(Line {
        bytes: Vec::new(),
        parser: parser(size),
        reading: Reading::Freely,
    }));
    let shared = Arc::clone(&line);
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        loop {
            let reading = line.lock().expect("not poisoned").reading;
            let most = match reading {
                Reading::Freely => bytes.len(),
                Reading::Slowly { .. } => SIP,
                Reading::NotAtAll => {
                    std::thread::sleep(LOOK_EVERY);
                    continue;
                }
                Reading::NoMore => return,
            };
            let Ok(n @ 1..) = from.read(&mut bytes[..most]) else {
                return;
            };
            if let Reading::Slowly { bytes_per_s } = reading {
                std::thread::sleep(Duration::from_secs(n as u64) / bytes_per_s);
            }
            let mut line = line.lock().expect("not poisoned");
            line.bytes.extend(&bytes[..n]);
            line.parser.process(&bytes[..n]);
        }
    });
    shared
}
