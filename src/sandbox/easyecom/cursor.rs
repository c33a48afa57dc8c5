//! The opaque cursor of a page: where it stands, and the filters it was asked with.

use serde::{Deserialize, Serialize};

use crate::sandbox::encoding::{base64, from_base64};

/// What a cursor carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// The last invoice id, or index, of the page before.
    pub(super) after: u64,
    /// Query of the first page.
    pub(super) query: Vec<(String, String)>,
}

impl Cursor {
    /// The cursor as it stands in a URL: already encoded, with padding that a second encoding would
    /// break, as the contract warns (easyecom.md section 3).
    pub(super) fn encode(&self) -> String {
        let mut text = serde_json::to_string(self).unwrap_or_default();
        while text.len() % 3 != 1 {
            text.push(' ');
        }
        base64(text.as_bytes())
            .replace('+', "%2B")
            .replace('/', "%2F")
            .replace('=', "%3D")
    }

    /// Reads a cursor that was decoded once from its URL.
    pub(super) fn decode(text: &str) -> Option<Self> {
        serde_json::from_slice(&from_base64(text)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_one_decoding_and_no_second_encoding() {
        let cursor = Cursor {
            after: 7,
            query: vec![("limit".to_owned(), "2".to_owned())],
        };
        let coded = cursor.encode();
        assert!(coded.ends_with("%3D%3D"));
        let once = coded
            .replace("%3D", "=")
            .replace("%2B", "+")
            .replace("%2F", "/");
        assert_eq!(Cursor::decode(&once), Some(cursor));
        assert_eq!(Cursor::decode(&coded), None);
    }
}
