//! Whose a file or folder is, and who else may use it.

use std::{
    fs::{Metadata, OpenOptions},
    io::{self, Read},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::Path,
};

use nix::fcntl::OFlag;
use thiserror::Error;

/// What nobody but the owner of a private file may do: anything.
const OTHERS: u32 = 0o077;

/// Why something is not ours alone.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Fault {
    /// It is somebody else's.
    #[error("belongs to user {owner}, not to user {us} who runs this")]
    Owner {
        /// Its owner.
        owner: u32,
        /// Who we are.
        us: u32,
    },
    /// Others may do what they must not.
    #[error("mode {mode:04o} lets others in")]
    Mode {
        /// Its mode.
        mode: u32,
    },
}

/// Why a file that has to be ours alone was not read.
#[derive(Debug, Error)]
pub enum AccessError {
    /// It is not ours alone.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The system said no, or it is no file of that kind.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The mode of what is ours and closed to others as far as the bits of `closed` say.
pub fn judge(meta: &Metadata, closed: u32) -> Result<u32, Fault> {
    let us = nix::unistd::geteuid().as_raw();
    let mode = meta.mode() & 0o7777;
    if meta.uid() != us {
        return Err(Fault::Owner {
            owner: meta.uid(),
            us,
        });
    }
    if mode & closed != 0 {
        return Err(Fault::Mode { mode });
    }
    Ok(mode)
}

/// Reads a file that is ours alone. Opened once and judged by its handle, so that what is judged is
/// what is read; a link is not followed, and a pipe does not block.
pub fn read_private(path: &Path, max: u64) -> Result<String, AccessError> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC).bits())
        .open(path)?;
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Err(io::Error::other("is no regular file").into());
    }
    judge(&meta, OTHERS)?;
    Ok(read_at_most(file, max)?)
}

/// All of a text that has at most `max` bytes. A part of a longer one would say something else than
/// the whole.
pub fn read_at_most(from: impl Read, max: u64) -> io::Result<String> {
    let mut text = String::new();
    from.take(max.saturating_add(1)).read_to_string(&mut text)?;
    if text.len() as u64 > max {
        let size = if max < 1 << 20 {
            format!("{} KiB", max >> 10)
        } else {
            format!("{} MiB", max >> 20)
        };
        return Err(io::Error::other(format!(
            "larger than {size}, which no such file is"
        )));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    #[test]
    fn only_a_whole_file_that_is_ours_alone_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        let mode = |mode| {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("mode");
        };
        fs::write(&path, "x".repeat(2048)).expect("written");
        mode(0o600);
        assert_eq!(read_private(&path, 2048).expect("whole").len(), 2048);
        let says = read_private(&path, 1024)
            .expect_err("too large")
            .to_string();
        assert_eq!(says, "larger than 1 KiB, which no such file is");
        for open in [0o640, 0o610, 0o602] {
            mode(open);
            match read_private(&path, 2048) {
                Err(AccessError::Fault(Fault::Mode { mode })) => assert_eq!(mode, open),
                other => panic!("{other:?}"),
            }
        }
        mode(0o600);
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&path, &link).expect("a link");
        for other in [link.as_path(), folder.path()] {
            assert!(matches!(read_private(other, 2048), Err(AccessError::Io(_))));
        }
    }

    #[test]
    fn what_others_may_do_depends_on_what_is_closed() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o710)).expect("mode");
        let meta = fs::metadata(folder.path()).expect("there");
        assert_eq!(judge(&meta, 0o022), Ok(0o710));
        assert_eq!(judge(&meta, OTHERS), Err(Fault::Mode { mode: 0o710 }));
    }
}
