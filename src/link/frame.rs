//! Frames.

use std::io;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio_util::codec::{FramedRead, LinesCodec};

use super::FRAME_MAX;
use crate::{
    domain::Clean,
    handle::{Answer, Ask, Delta},
};

/// Who speaks, first on the line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Hello {
    pub protocol: u32,
    pub version: Clean,
    /// From the engine: the user that it takes the client for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Clean>,
}

impl Hello {
    pub(super) fn new(user: Option<Clean>) -> Self {
        Self {
            protocol: super::PROTOCOL,
            version: Clean::new(env!("CARGO_PKG_VERSION")),
            user,
        }
    }
}

/// Any frame from a client.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct FromClient {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hello: Option<Hello>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<Ask>,
}

/// As much of a client's frame as is needed to answer one that cannot be understood.
#[derive(Deserialize)]
pub(super) struct FrameHead {
    pub id: u64,
}

/// Any frame from the engine.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct FromEngine {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hello: Option<Hello>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delta: Option<Delta>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lagged: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Clean>,
}

impl FromEngine {
    pub(super) fn answer(id: u64, answer: Answer) -> Self {
        Self {
            id: Some(id),
            answer: Some(answer),
            ..Self::default()
        }
    }

    pub(super) fn error(says: &str) -> Self {
        Self {
            error: Some(Clean::new(says)),
            ..Self::default()
        }
    }
}

/// Lines of at most [`FRAME_MAX`] bytes.
pub(super) type Lines<R> = FramedRead<R, LinesCodec>;

pub(super) fn lines<R: tokio::io::AsyncRead>(read: R) -> Lines<R> {
    FramedRead::new(read, LinesCodec::new_with_max_length(FRAME_MAX))
}

/// One line of JSON, its newline included.
pub(super) fn encode<T: Serialize>(frame: &T) -> Result<Vec<u8>, serde_json::Error> {
    let mut line = serde_json::to_vec(frame)?;
    line.push(b'\n');
    Ok(line)
}

pub(super) async fn write<T: Serialize>(
    to: &mut (impl AsyncWrite + Unpin),
    frame: &T,
) -> io::Result<()> {
    to.write_all(&encode(frame)?).await
}
