//! EasyEcom's token between two lives: a login within 60 s of another is refused (contracts/easyecom.md
//! section 2), and a service that restarts, or is started after `raftaar doctor`, would wait that long.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};

use super::access::{self, AccessError};

/// Its name in the data folder.
pub const TOKEN_NAME: &str = "easyecom.token";

/// A token is some hundred bytes; more is none.
const BYTES_MAX: u64 = 64 << 10;

/// Where the token is kept, readable by us alone.
#[derive(Clone, Debug)]
pub struct TokenFile(PathBuf);

impl TokenFile {
    /// The one of a data folder.
    pub fn of(data: &Path) -> Self {
        Self(data.join(TOKEN_NAME))
    }

    /// The kept token. One that others could have read or written counts as none: a login costs less.
    pub fn read(&self) -> Option<SecretString> {
        match access::read_private(&self.0, BYTES_MAX) {
            Ok(text) => Some(SecretString::from(text)),
            Err(AccessError::Io(error)) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                tracing::warn!("{} is not used: {error}", self.0.display());
                None
            }
        }
    }

    /// Keeps a token in the place of the old one, whole or not at all.
    pub fn write(&self, token: &SecretString) -> io::Result<()> {
        let fresh = self.0.with_extension("token.new");
        match fs::remove_file(&fresh) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&fresh)?;
        file.write_all(token.expose_secret().as_bytes())?;
        fs::rename(&fresh, &self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use super::*;

    #[test]
    fn what_is_kept_comes_back_unless_others_could_read_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = TokenFile::of(folder.path());
        assert!(file.read().is_none());
        for token in ["one", "two"] {
            file.write(&SecretString::from(token)).expect("written");
            let read = file.read().expect("a token");
            assert_eq!(read.expose_secret(), token);
        }
        let path = folder.path().join(TOKEN_NAME);
        let mode = fs::metadata(&path).expect("there").mode() & 0o777;
        assert_eq!(mode, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("mode");
        assert!(file.read().is_none());
    }
}
