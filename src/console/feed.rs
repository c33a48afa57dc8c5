//! Entries of the keymap's reader: see [`crate::feed`].

use super::keymap::{Key, overlay};
use crate::feed::shown;

/// A keymap file: a bad line costs that line, and every complaint names the file.
pub fn keymap(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (_, problems) = overlay("keymap.toml", &text);
    for problem in problems {
        shown(problem.says.as_str());
        assert!(
            problem.says.as_str().starts_with("keymap.toml"),
            "{problem:?}"
        );
    }
}

/// The name of a key: one that is read is written as it can be read again.
pub fn key_name(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(key) = text.parse::<Key>() {
        assert_eq!(key.to_string().parse::<Key>().ok(), Some(key), "{text:?}");
    }
}
