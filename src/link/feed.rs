//! Entries of the frames on the engine's socket: see [`crate::feed`].

use serde::Serialize;

use super::frame::{FrameHead, FromClient, FromEngine, encode};

/// What is sent is one line.
fn one_line(frame: &impl Serialize) {
    let encoded = encode(frame).expect("it can be written");
    let end = encoded.iter().position(|byte| *byte == b'\n');
    assert_eq!(end, Some(encoded.len() - 1));
}

/// A client's frame: one that is understood can be sent again.
pub fn ask_frame(bytes: &[u8]) {
    let line = String::from_utf8_lossy(bytes);
    if let Ok(frame) = serde_json::from_str::<FromClient>(&line) {
        one_line(&frame);
    } else if let Ok(head) = serde_json::from_str::<FrameHead>(&line) {
        let _ = head.id;
    }
}

/// The engine's frame, which a console of the same machine believes.
pub fn engine_frame(bytes: &[u8]) {
    let line = String::from_utf8_lossy(bytes);
    if let Ok(frame) = serde_json::from_str::<FromEngine>(&line) {
        one_line(&frame);
    }
}
