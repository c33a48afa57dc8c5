//! Entry of the configuration's reader: see [`crate::feed`].

use super::load;
use crate::feed::clean_text;

/// A configuration file: read, or refused with a message that may be shown and names the file.
pub fn configuration(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Err(error) = load::read("raftaar.toml", &text) {
        let says = error.to_string();
        assert!(
            says.contains("raftaar.toml") || says.contains("built-in"),
            "{says}"
        );
        clean_text(says.as_bytes());
    }
}
