//! The tracking token (contracts/dtdc.md section 6): plain text, not JSON.

use crate::domain::{Clean, ReadError};

/// Longest token in characters; 47 is what is seen.
const TOKEN_CHARS_MAX: usize = 512;

/// Fewest characters of a token.
const TOKEN_CHARS_MIN: usize = 8;

/// The token in the body of an HTTP 200. The error never quotes what came.
pub(in crate::dtdc) fn decode(body: &[u8]) -> Result<&str, ReadError> {
    let text = std::str::from_utf8(body).unwrap_or_default().trim();
    let text = text.trim_matches('"');
    if text.to_ascii_lowercase().contains("not authorized") {
        return Err(ReadError::Unauthorized("Not Authorized".into()));
    }
    let shape = (TOKEN_CHARS_MIN..=TOKEN_CHARS_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_graphic())
        && !text.starts_with(['<', '{', '[']);
    if shape {
        return Ok(text);
    }
    Err(ReadError::Garbled(Clean::new(&format!(
        "no token, {} bytes",
        body.len()
    ))))
}
