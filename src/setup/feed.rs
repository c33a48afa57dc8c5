//! Entry of the secrets file's reader: see [`crate::feed`].

use super::secrets;

/// A secrets file: read, or refused without a word of what stands in it.
pub fn secrets_file(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Err(error) = secrets::parse(std::path::Path::new("secrets.toml"), &text) {
        assert!(error.to_string().starts_with("secrets.toml:"), "{error}");
    }
}
