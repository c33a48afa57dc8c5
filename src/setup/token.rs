//! EasyEcom's token between two lives: a login within 60 s of another is refused (contracts/easyecom.md
//! section 2), and a service that restarts, or is started after `raftaar doctor`, would wait that long.

use std::{
    fs::{self, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use nix::fcntl::OFlag;
use secrecy::{ExposeSecret, SecretString};

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
        let file = OpenOptions::new()
            .read(true)
            .custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits())
            .open(&self.0)
            .ok()?;
        let meta = file.metadata().ok()?;
        let others_may = meta.mode() & 0o077;
        let ours = meta.uid() == nix::unistd::geteuid().as_raw() && others_may == 0;
        if !ours || !meta.is_file() {
            tracing::warn!("{} is not ours alone and is not used", self.0.display());
            return None;
        }
        let mut text = String::new();
        file.take(BYTES_MAX).read_to_string(&mut text).ok()?;
        Some(SecretString::from(text))
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
    use std::os::unix::fs::PermissionsExt;

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
