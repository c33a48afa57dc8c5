//! One line of the journal.
//!
//! A line is one JSON object whose last two members chain it: `prev` is the hash of the line
//! before, `hash` the SHA-256 of the line's own text without that last member:
//!
//! ```text
//! {"seq":7,"at":"…","epoch":1,"by":"engine","event":{…},"prev":"<64 hex>","hash":"<64 hex>"}
//! ```
//!
//! So a line is proven with standard tools, and each segment file line by line with its `prev`:
//!
//! ```sh
//! sed -n 7p 00000001.jsonl | sed 's/,"hash":"[0-9a-f]*"}$/}/' | tr -d '\n' | sha256sum
//! ```

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::{Operator, Stamp, event::Entry, event::Event};

/// Schema of the journal that this program writes; it reads this and older ones.
pub const JOURNAL_SCHEMA: u32 = 1;

const HASH_HEX: usize = 64;
const HASH_NAME: &[u8] = b",\"hash\":\"";
const PREV_NAME: &[u8] = b",\"prev\":\"";
const CLOSE: &[u8] = b"\"}";

/// Bytes of `,"hash":"…"}`.
const TAIL: usize = HASH_NAME.len() + HASH_HEX + CLOSE.len();

/// SHA-256 of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineHash(pub [u8; 32]);

impl LineHash {
    /// Hex, lower case.
    pub fn hex(self) -> String {
        hex::encode(self.0)
    }

    /// Reads 64 lower-case hex digits. Upper case is not what was written.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let mut out = [0; 32];
        if text.iter().any(u8::is_ascii_uppercase) {
            return None;
        }
        hex::decode_to_slice(text, &mut out).ok()?;
        Some(Self(out))
    }
}

/// The first line of a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Always `raftaar`: what this file is.
    pub journal: Box<str>,
    /// [`JOURNAL_SCHEMA`].
    pub schema: u32,
    /// Position of the first record behind this line.
    pub first: u64,
}

/// What a line holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// The first line of a segment.
    Header(Header),
    /// A record.
    Record(Box<Entry>),
    /// A record of which only the position was looked at.
    Skimmed(u64),
}

/// How much of a line is read. Its hash is checked either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Everything.
    Full,
    /// Its place in the chain: three times as fast.
    Skim,
}

/// A line that was read.
#[derive(Clone, Debug)]
pub struct Line {
    /// What it holds.
    pub content: Content,
    /// The hash of the line before, as it says.
    pub prev: LineHash,
    /// Its own hash, checked.
    pub hash: LineHash,
}

#[derive(Serialize)]
struct RecordOut<'a> {
    seq: u64,
    at: Stamp,
    epoch: u64,
    by: &'a Operator,
    event: &'a Event,
}

/// Appends a record's line to `out`, with its newline. Returns its hash.
pub fn write_record(entry: &Entry, prev: LineHash, out: &mut Vec<u8>) -> LineHash {
    let body = RecordOut {
        seq: entry.seq,
        at: entry.at,
        epoch: entry.epoch,
        by: &entry.by,
        event: &entry.event,
    };
    write(&body, prev, out)
}

/// Appends a segment's first line to `out`.
pub fn write_header(first: u64, prev: LineHash, out: &mut Vec<u8>) -> LineHash {
    let header = Header {
        journal: "raftaar".into(),
        schema: JOURNAL_SCHEMA,
        first,
    };
    write(&header, prev, out)
}

fn write(body: &impl Serialize, prev: LineHash, out: &mut Vec<u8>) -> LineHash {
    let begin = out.len();
    serde_json::to_writer(&mut *out, body).expect("events have string keys only");
    out.pop();
    out.extend_from_slice(PREV_NAME);
    out.extend_from_slice(prev.hex().as_bytes());
    out.extend_from_slice(CLOSE);
    let hash = LineHash(Sha256::digest(&out[begin..]).into());
    out.pop();
    out.extend_from_slice(HASH_NAME);
    out.extend_from_slice(hash.hex().as_bytes());
    out.extend_from_slice(CLOSE);
    out.push(b'\n');
    hash
}

/// The chain of a line (without its newline): `prev` and `hash`, the latter checked.
pub fn chain(line: &[u8]) -> Result<(LineHash, LineHash), &'static str> {
    let split = line.len().checked_sub(TAIL).ok_or("the line is cut")?;
    let (body, tail) = line.split_at(split);
    let hex = tail
        .strip_prefix(HASH_NAME)
        .and_then(|t| t.strip_suffix(CLOSE))
        .ok_or("the line does not end with its hash")?;
    let hash = LineHash::parse(hex).ok_or("its hash is no hash")?;
    let mut hasher = Sha256::new();
    hasher.update(body);
    hasher.update(b"}");
    if hash.0 != <[u8; 32]>::from(hasher.finalize()) {
        return Err("its text does not match its hash");
    }
    let prev = body
        .len()
        .checked_sub(PREV_NAME.len() + HASH_HEX + 1)
        .map(|at| &body[at..])
        .and_then(|t| t.strip_prefix(PREV_NAME))
        .and_then(|t| t.strip_suffix(b"\""))
        .and_then(LineHash::parse)
        .ok_or("it does not name the line before")?;
    Ok((prev, hash))
}

/// The part of a record that says where it stands.
#[derive(Deserialize)]
struct Seq {
    seq: u64,
}

/// Reads a line (without its newline) and checks its hash.
pub fn read(line: &[u8], depth: Depth) -> Result<Line, String> {
    let (prev, hash) = chain(line)?;
    let content = if line.starts_with(b"{\"journal\":") {
        serde_json::from_slice(line).map(Content::Header)
    } else if depth == Depth::Skim {
        serde_json::from_slice(line).map(|Seq { seq }| Content::Skimmed(seq))
    } else {
        serde_json::from_slice(line).map(|e| Content::Record(Box::new(e)))
    };
    content
        .map(|content| Line {
            content,
            prev,
            hash,
        })
        .map_err(|e| format!("it cannot be understood: {e}"))
}
