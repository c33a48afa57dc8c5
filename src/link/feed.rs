//! Entries of the frames on the engine's socket: see [`crate::feed`].

use super::frame::{FrameHead, FromClient, FromEngine, encode};

/// A client's frame: one that is understood can be sent again as one line.
pub fn ask_frame(bytes: &[u8]) {
    let line = String::from_utf8_lossy(bytes);
    if let Ok(frame) = serde_json::from_str::<FromClient>(&line) {
        let encoded = encode(&frame).expect("it can be written");
        let newlines = encoded.iter().filter(|b| **b == b'\n').count();
        assert_eq!(newlines, 1, "one line");
    } else if let Ok(head) = serde_json::from_str::<FrameHead>(&line) {
        let _ = head.id;
    }
}

/// The engine's frame, which a console of the same machine believes.
pub fn engine_frame(bytes: &[u8]) {
    let line = String::from_utf8_lossy(bytes);
    if let Ok(frame) = serde_json::from_str::<FromEngine>(&line) {
        let encoded = encode(&frame).expect("it can be written");
        assert_eq!(encoded.iter().filter(|b| **b == b'\n').count(), 1);
    }
}
