//! The session's file.

use std::{
    io::{self, Write},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use super::model::{Model, session::Session};

/// Larger than this no session is: five thousand marks and fifty lists fit many times.
const BYTES_MAX: u64 = 1024 * 1024;

/// A session that is kept in a file.
pub(super) struct Kept {
    path: PathBuf,
    /// What the file holds, as far as is known.
    last: Option<Session>,
}

impl Kept {
    /// Keeps sessions in `path`.
    pub fn new(path: PathBuf) -> Self {
        Self { path, last: None }
    }

    /// The session of last time; one that cannot be read is none.
    pub fn recall(&mut self) -> Option<Session> {
        let bytes = std::fs::metadata(&self.path).ok()?.len();
        if bytes > BYTES_MAX {
            return None;
        }
        let session: Session = serde_json::from_slice(&std::fs::read(&self.path).ok()?).ok()?;
        self.last = Some(session.clone());
        Some(session)
    }

    /// Keeps the session, if it is another one. It is a convenience: where it cannot be written the log
    /// says so, nothing more.
    pub fn remember(&mut self, model: &Model) {
        let session = Session::of(model);
        if self.last.as_ref() == Some(&session) {
            return;
        }
        if let Err(error) = write(&self.path, &session) {
            tracing::warn!(path = %self.path.display(), %error, "the console's session could not be kept");
        }
        self.last = Some(session);
    }
}

/// Two consoles of one operator may write at once: each writes a file of its own and puts it in place.
/// It is for the owner alone, a filter can be somebody's name.
fn write(path: &Path, session: &Session) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer(&mut file, session)?;
    file.flush()?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::console::fixture::{Bench, Engine};

    #[test]
    fn a_session_is_written_when_it_changed_and_for_its_owner_alone() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("raftaar/session.json");
        let mut bench = Bench::new(Engine::normal(), (100, 30));
        let mut kept = Kept::new(path.clone());
        assert_eq!(kept.recall(), None);
        kept.remember(&bench.model);
        let mode = |path: &Path| std::fs::metadata(path).expect("it").permissions().mode();
        assert_eq!(mode(&path) & 0o777, 0o600);
        assert_eq!(mode(path.parent().expect("a folder")) & 0o777, 0o700);
        std::fs::remove_file(&path).expect("removed");
        kept.remember(&bench.model);
        assert!(!path.exists(), "nothing changed, nothing is written");
        bench.press("z");
        kept.remember(&bench.model);
        assert_eq!(Kept::new(path).recall(), Some(Session::of(&bench.model)));
    }

    #[test]
    fn what_is_no_session_is_none() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("session.json");
        for text in ["", "7", "{\"marks\":7}", &" ".repeat(2 * 1024 * 1024)] {
            std::fs::write(&path, text).expect("written");
            assert_eq!(Kept::new(path.clone()).recall(), None);
        }
    }
}
