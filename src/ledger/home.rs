//! The data folder: whose it is, who uses it, who may read it.

use std::{
    fs::{self, File, TryLockError},
    io::{Read, Seek, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use super::{error::OpenError, files};
use crate::domain::{LocationKey, Stamp};

/// Schema of the data folder.
pub(super) const HOME_SCHEMA: u32 = 1;

pub(super) const IDENTITY: &str = "raftaar.json";
const LOCK: &str = "lock";

/// How long a folder in use is asked for.
const PATIENCE: Duration = Duration::from_millis(800);

/// What `raftaar.json` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Schema of the data folder.
    pub schema: u32,
    /// The warehouse whose ledger it is.
    pub location: LocationKey,
    /// When the folder was made.
    pub created: Stamp,
}

/// The one member that every version of the file has.
#[derive(Deserialize)]
struct Schema {
    schema: u32,
}

/// A data folder that nobody else uses while this is held.
pub(super) struct Home {
    pub dir: PathBuf,
    pub warnings: Vec<String>,
    // Held, never read: dropping it gives the folder back.
    _lock: Option<File>,
}

impl Home {
    /// Takes the folder, or makes it. A folder that is not ours is not touched.
    pub fn take(dir: &Path, location: &LocationKey, now: Stamp) -> Result<Self, OpenError> {
        let identity = inspect(dir)?;
        if let Some(found) = &identity
            && found.location != *location
        {
            return Err(OpenError::OtherLocation {
                dir: dir.to_owned(),
                found: found.location.to_string(),
                asked: location.to_string(),
            });
        }
        if !dir.exists() {
            if let Some(parent) = dir.parent() {
                fs::create_dir_all(parent).map_err(|e| OpenError::io(parent, "made", &e))?;
            }
            files::make_dir(dir).map_err(|e| OpenError::io(dir, "made", &e))?;
        }
        private(dir)?;
        let lock = patiently(|| lock(dir))?;
        if identity.is_none() {
            write_identity(dir, location, now)?;
        }
        Ok(Self {
            dir: dir.to_owned(),
            warnings: warnings(dir),
            _lock: Some(lock),
        })
    }

    /// Takes a folder that holds a ledger, to look at it.
    pub fn visit(dir: &Path) -> Result<Self, OpenError> {
        identity(dir)?;
        Ok(Self {
            dir: dir.to_owned(),
            warnings: Vec::new(),
            _lock: patiently(|| lock_to_look(dir))?,
        })
    }

    pub fn journal(&self) -> PathBuf {
        self.dir.join("journal")
    }

    pub fn state(&self) -> PathBuf {
        self.dir.join("state")
    }
}

/// Whose ledger a folder holds. Touches nothing, and an engine may be using it.
pub fn identity(dir: &Path) -> Result<Identity, OpenError> {
    inspect(dir)?.ok_or_else(|| OpenError::Absent {
        dir: dir.to_owned(),
    })
}

/// Whose folder it is: `None` for one that is absent or empty. Touches nothing.
fn inspect(dir: &Path) -> Result<Option<Identity>, OpenError> {
    let file = dir.join(IDENTITY);
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            return if is_free(dir)? {
                Ok(None)
            } else {
                Err(OpenError::Foreign {
                    dir: dir.to_owned(),
                })
            };
        }
        Err(e) => return Err(OpenError::io(file, "read", &e)),
    };
    // The schema first: a newer file may have other members.
    let broken = |e: serde_json::Error| OpenError::Identity {
        file: file.clone(),
        says: e.to_string(),
    };
    let Schema { schema } = serde_json::from_str(&text).map_err(broken)?;
    if schema > HOME_SCHEMA {
        return Err(OpenError::Newer {
            what: file,
            found: schema,
            known: HOME_SCHEMA,
        });
    }
    serde_json::from_str(&text).map(Some).map_err(broken)
}

/// What other parts of this program put into a folder before there is a ledger in it.
const PUT_THERE_FIRST: [&str; 9] = [
    LOCK,
    "engine.sock",
    "engine.sock.lock",
    "engine.sock.new",
    "easyecom.token",
    "documents",
    "handover",
    "log",
    "lost+found",
];

/// Absent, empty, or with nothing but what this program put there first.
fn is_free(dir: &Path) -> Result<bool, OpenError> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(true),
        Err(e) => return Err(OpenError::io(dir, "listed", &e)),
    };
    for entry in entries {
        let name = entry
            .map_err(|e| OpenError::io(dir, "listed", &e))?
            .file_name();
        let name = name.to_string_lossy();
        if !PUT_THERE_FIRST.contains(&&*name) && !name.starts_with("raftaar") {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Refuses a folder that others can read.
fn private(dir: &Path) -> Result<(), OpenError> {
    for path in [
        dir.to_owned(),
        dir.join("journal"),
        dir.join("state"),
        dir.join("archive"),
    ] {
        let mode = match fs::metadata(&path) {
            Ok(meta) => meta.permissions().mode() & 0o777,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
            Err(e) => return Err(OpenError::io(path, "looked at", &e)),
        };
        // A group that may pass through the folder reaches the engine's socket and nothing else: it
        // cannot list the folder, and every file in it is the owner's alone.
        let closed = if path == dir { 0o067 } else { 0o077 };
        if mode & closed != 0 {
            return Err(OpenError::Permissions { path, mode });
        }
    }
    Ok(())
}

/// Tries for a while: an engine that is just stopping, and a child process between its fork and its
/// exec, give the lock back in a moment.
fn patiently<T>(lock: impl Fn() -> Result<T, OpenError>) -> Result<T, OpenError> {
    let until = Instant::now() + PATIENCE;
    loop {
        match lock() {
            Err(OpenError::InUse { .. }) if Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(20));
            }
            end => return end,
        }
    }
}

fn lock(dir: &Path) -> Result<File, OpenError> {
    let path = dir.join(LOCK);
    let failed = |e: &std::io::Error| OpenError::io(&path, "locked", e);
    let mut file = files::create(&path).map_err(|e| failed(&e))?;
    take_lock(dir, &mut file)?;
    // The number is a help for people; the lock itself is what counts.
    let _ = file
        .set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| writeln!(file, "{}", std::process::id()));
    Ok(file)
}

/// Locks without writing; a folder that was never locked is not in use.
fn lock_to_look(dir: &Path) -> Result<Option<File>, OpenError> {
    let path = dir.join(LOCK);
    let mut file = match File::open(&path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(OpenError::io(path, "locked", &e)),
    };
    take_lock(dir, &mut file)?;
    Ok(Some(file))
}

fn take_lock(dir: &Path, file: &mut File) -> Result<(), OpenError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            let _ = file.read_to_string(&mut pid);
            let pid = pid.trim();
            Err(OpenError::InUse {
                dir: dir.to_owned(),
                pid: if pid.is_empty() { "?" } else { pid }.to_owned(),
            })
        }
        Err(TryLockError::Error(e)) => Err(OpenError::io(dir.join(LOCK), "locked", &e)),
    }
}

fn write_identity(dir: &Path, location: &LocationKey, now: Stamp) -> Result<(), OpenError> {
    let path = dir.join(IDENTITY);
    let fresh = dir.join("raftaar.json.tmp");
    let identity = Identity {
        schema: HOME_SCHEMA,
        location: location.clone(),
        created: now,
    };
    let mut text = serde_json::to_vec_pretty(&identity).expect("plain data");
    text.push(b'\n');
    let write = || {
        let mut file = files::create(&fresh)?;
        file.set_len(0)?;
        file.write_all(&text)?;
        file.sync_all()?;
        fs::rename(&fresh, &path)?;
        files::sync_dir(dir)
    };
    write().map_err(|e| OpenError::io(&path, "written", &e))
}

/// Things about the place that should be known.
fn warnings(dir: &Path) -> Vec<String> {
    use nix::sys::statfs;
    let Ok(stat) = statfs::statfs(dir) else {
        return Vec::new();
    };
    let kind = stat.filesystem_type();
    let name = if kind == statfs::NFS_SUPER_MAGIC {
        "NFS"
    } else if kind == statfs::OVERLAYFS_SUPER_MAGIC {
        "an overlay"
    } else if kind == statfs::TMPFS_MAGIC {
        "memory (tmpfs)"
    } else {
        return Vec::new();
    };
    vec![format!(
        "{} lies on {name}: what is forced to disk there may not survive a power cut; use a local disk",
        dir.display()
    )]
}
