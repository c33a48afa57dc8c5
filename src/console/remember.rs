//! The session's file.

use std::path::Path;

use super::model::{Model, session::Session};

/// The session of last time; one that cannot be read is none.
pub fn recall(path: &Path) -> Option<Session> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

/// Keeps the session. It is a convenience: where it cannot be written the log says so, nothing more.
pub fn remember(path: &Path, model: &Model) {
    let text = serde_json::to_vec(&Session::of(model)).unwrap_or_default();
    let aside = path.with_extension("new");
    let kept = std::fs::write(&aside, text).and_then(|()| std::fs::rename(&aside, path));
    if let Err(error) = kept {
        tracing::warn!(path = %path.display(), %error, "The console's session could not be kept.");
    }
}
