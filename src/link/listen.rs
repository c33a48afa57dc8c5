//! Opening the socket: a dead engine's is replaced, a live one's never.

use std::{
    fs::{File, OpenOptions, Permissions},
    io,
    os::unix::{
        fs::{FileTypeExt, OpenOptionsExt, PermissionsExt},
        net::UnixStream as StdUnixStream,
    },
    path::{Path, PathBuf},
};

use nix::fcntl::{Flock, FlockArg};
use tokio::net::UnixListener;

use super::{LinkError, SOCKET_NAME};

/// Bytes of a socket address, less its closing zero.
const PATH_BYTES_MAX: usize = 107;

/// An open socket; its file goes when this is dropped.
#[derive(Debug)]
pub struct Listener {
    pub(super) socket: UnixListener,
    path: PathBuf,
    /// Held while we live, given up by the kernel when we die: who holds it is the engine, so that a
    /// socket file without its lock is known to be dead.
    _lock: Flock<File>,
}

impl Listener {
    /// Opens the socket of a data folder, mode 0660. Needs a tokio runtime.
    pub fn bind(data: &Path) -> Result<Self, LinkError> {
        let path = data.join(SOCKET_NAME);
        let fresh = data.join(format!("{SOCKET_NAME}.new"));
        if fresh.as_os_str().len() > PATH_BYTES_MAX {
            return Err(LinkError::TooLong(path));
        }
        let io = |error: io::Error| LinkError::Io {
            path: path.clone(),
            error,
        };
        let lock = lock(data, &path)?;
        clear(&path)?;
        remove(&fresh).map_err(io)?;
        // Bound under another name and renamed once its mode is right: at no moment does the name that
        // clients know belong to a socket that others may open.
        let socket = UnixListener::bind(&fresh).map_err(io)?;
        std::fs::set_permissions(&fresh, Permissions::from_mode(0o660)).map_err(io)?;
        std::fs::rename(&fresh, &path).map_err(io)?;
        Ok(Self {
            socket,
            path,
            _lock: lock,
        })
    }

    /// The socket's path.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = remove(&self.path);
    }
}

fn lock(data: &Path, path: &Path) -> Result<Flock<File>, LinkError> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(data.join(format!("{SOCKET_NAME}.lock")))
        .map_err(|error| LinkError::Io {
            path: path.to_owned(),
            error,
        })?;
    Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|(_, errno)| match errno {
        nix::errno::Errno::EWOULDBLOCK => LinkError::AlreadyServed(path.to_owned()),
        errno => LinkError::Io {
            path: path.to_owned(),
            error: errno.into(),
        },
    })
}

/// Takes a dead socket away; refuses to touch a live one or something else.
fn clear(path: &Path) -> Result<(), LinkError> {
    let io = |error: io::Error| LinkError::Io {
        path: path.to_owned(),
        error,
    };
    match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(io(error)),
        Ok(meta) if !meta.file_type().is_socket() => Err(LinkError::NotASocket(path.to_owned())),
        Ok(_) if StdUnixStream::connect(path).is_ok() => {
            Err(LinkError::AlreadyServed(path.to_owned()))
        }
        Ok(_) => remove(path).map_err(io),
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
