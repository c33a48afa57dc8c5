//! Opening a data folder: whose it is, whether another process has it, whether journal and store
//! agree; a store that does not is set aside and rebuilt.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use super::{
    LedgerError, LedgerOptions, OpenError,
    journal::{Chain, Disk, FileDisk, Place, Scanned, scan},
    keys::{self, Key, Kind},
    store::{SledStore, Store, StoreError},
    txn::{Pending, Txn, merge},
};
use crate::domain::event::Entry;

/// Version of what lies in the folder.
pub(super) const SCHEMA: u32 = 1;

/// An engine that is just stopping, and a child process between its fork and its exec, give the lock
/// back within this time.
const PATIENCE: Duration = Duration::from_millis(800);

/// Bytes of a torn tail that are put aside.
const TORN_KEPT: u64 = 1 << 20;

/// What opening found and did.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OpenReport {
    /// Records in the journal.
    pub records: u64,
    /// Segments of the journal.
    pub segments: usize,
    /// Records that the store lacked and got.
    pub replayed: u64,
    /// Why the store was set aside and rebuilt, if it was.
    pub rebuilt: Option<String>,
    /// Bytes of a torn last append that were cut off (nobody had been told of them).
    pub torn: u64,
    /// How long it took, milliseconds.
    pub took_ms: u128,
}

/// Whose folder it is.
#[derive(Debug, Serialize, Deserialize)]
struct Identity {
    raftaar: String,
    schema: u32,
    location: String,
}

/// An opened folder.
pub(super) struct Opened {
    pub disk: Arc<FileDisk>,
    pub scanned: Scanned,
    pub store: Arc<dyn Store>,
    pub lock: File,
    pub report: OpenReport,
}

pub(super) fn open(options: &LedgerOptions) -> Result<Opened, OpenError> {
    let began = Instant::now();
    let dir = &options.dir;
    claim(dir, options)?;
    let lock = lock_patiently(dir, PATIENCE)?;
    let journal_dir = dir.join("journal");
    make_dir(&journal_dir)?;
    let disk = Arc::new(FileDisk::new(&journal_dir));
    if disk
        .segments()
        .map_err(|e| disk_error(&journal_dir, &e))?
        .is_empty()
    {
        disk.create(1).map_err(|e| disk_error(&journal_dir, &e))?;
    }
    let scanned = scan(&*disk, |_, _, _| Ok(()))?;
    let torn = cut_torn(&*disk, &scanned)?;
    let (store, rebuilt, replayed) = open_store(dir, options.cache_bytes, &*disk, &scanned.chain)?;
    Ok(Opened {
        report: OpenReport {
            records: scanned.chain.seq,
            segments: scanned.segments,
            replayed,
            rebuilt,
            torn,
            took_ms: began.elapsed().as_millis(),
        },
        disk,
        scanned,
        store,
        lock,
    })
}

/// Makes the folder ours, or says whose it is.
fn claim(dir: &Path, options: &LedgerOptions) -> Result<(), OpenError> {
    let shown = dir.display().to_string();
    make_dir(dir)?;
    let identity = dir.join("raftaar.json");
    if !identity.exists() {
        let mut names = fs::read_dir(dir).map_err(|e| disk_error(dir, &e))?;
        let known = [
            "lock",
            "engine.sock",
            "engine.sock.lock",
            "engine.sock.new",
            "easyecom.token",
            "documents",
            "log",
        ];
        let foreign = names
            .any(|entry| entry.is_ok_and(|e| !known.contains(&&*e.file_name().to_string_lossy())));
        if foreign {
            return Err(OpenError::Foreign(shown));
        }
        let mine = Identity {
            raftaar: options.version.clone(),
            schema: SCHEMA,
            location: options.location.to_string(),
        };
        let text = serde_json::to_vec_pretty(&mine).expect("three plain fields");
        return write_file(&identity, &text);
    }
    exposed(&identity)?;
    let text = fs::read(&identity).map_err(|e| disk_error(&identity, &e))?;
    let found: Identity =
        serde_json::from_slice(&text).map_err(|_| OpenError::Foreign(shown.clone()))?;
    if found.schema > SCHEMA {
        return Err(OpenError::Newer {
            dir: shown,
            found: found.schema,
            known: SCHEMA,
        });
    }
    if found.location != options.location.as_str() {
        return Err(OpenError::OtherLocation {
            dir: shown,
            found: found.location,
            wanted: options.location.to_string(),
        });
    }
    Ok(())
}

fn make_dir(dir: &Path) -> Result<(), OpenError> {
    if dir.is_dir() {
        return exposed(dir);
    }
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(|e| disk_error(dir, &e))
}

fn exposed(path: &Path) -> Result<(), OpenError> {
    let meta = fs::metadata(path).map_err(|e| disk_error(path, &e))?;
    let mode = meta.permissions().mode() & 0o777;
    // A group that may pass through the folder reaches the engine's socket and nothing else: it cannot
    // list the folder, and every file in it is the owner's alone.
    let closed = if meta.is_dir() { 0o067 } else { 0o077 };
    if mode & closed != 0 {
        return Err(OpenError::Exposed {
            path: path.display().to_string(),
            mode,
        });
    }
    Ok(())
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), OpenError> {
    let write = || {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|e: std::io::Error| disk_error(path, &e))
}

/// Keeps other processes out for as long as the file lives.
pub(super) fn lock(dir: &Path) -> Result<File, OpenError> {
    let path = dir.join("lock");
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(|e| disk_error(&path, &e))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(fs::TryLockError::WouldBlock) => {
            let mut pid = String::new();
            let _ = file.read_to_string(&mut pid);
            let pid = pid.trim();
            return Err(OpenError::InUse {
                dir: dir.display().to_string(),
                by: if pid.is_empty() {
                    String::new()
                } else {
                    format!(" by process {pid}")
                },
            });
        }
        Err(fs::TryLockError::Error(e)) => return Err(disk_error(&path, &e)),
    }
    let note = file
        .set_len(0)
        .and_then(|()| file.write_all(std::process::id().to_string().as_bytes()));
    note.map_err(|e| disk_error(&path, &e))?;
    Ok(file)
}

fn disk_error(path: &Path, error: &std::io::Error) -> OpenError {
    OpenError::Disk {
        path: path.display().to_string(),
        says: error.to_string(),
    }
}

/// Cuts off what a crash left of an append that nobody was told of, and keeps a copy.
pub(super) fn cut_torn(disk: &dyn Disk, scanned: &Scanned) -> Result<u64, LedgerError> {
    if scanned.torn == 0 {
        return Ok(0);
    }
    let io = |e: &std::io::Error| LedgerError::disk("the journal's torn tail", e);
    let keep = scanned.torn.min(TORN_KEPT) as usize;
    let bytes = disk
        .read(scanned.segment, scanned.len, keep)
        .map_err(|e| io(&e))?;
    disk.keep_aside(&format!("torn-{}.bin", scanned.chain.seq + 1), &bytes)
        .map_err(|e| io(&e))?;
    disk.truncate(scanned.segment, scanned.len)
        .map_err(|e| io(&e))?;
    Ok(scanned.torn)
}

type OpenedStore = (Arc<dyn Store>, Option<String>, u64);

/// Opens sled, or sets it aside and rebuilds it. Only damage does that: a full or read-only disk
/// would make it worse.
fn open_store(
    dir: &Path,
    cache_bytes: u64,
    disk: &dyn Disk,
    chain: &Chain,
) -> Result<OpenedStore, OpenError> {
    let path = dir.join("state");
    let existed = path.exists();
    // sled can hang or die inside its own opening; the marker tells the next opening so.
    let marker = dir.join("state.opening");
    let died = marker.exists();
    let mut why = died.then(|| "the last opening of the store did not end".to_owned());
    if why.is_none() {
        let _ = File::create(&marker);
        let opened = SledStore::open(&path, cache_bytes);
        let _ = fs::remove_file(&marker);
        match opened {
            Ok(store) => match agree(&store, disk, chain) {
                Ok(from) => {
                    let store: Arc<dyn Store> = Arc::new(store);
                    let replayed = if from == chain.seq {
                        0
                    } else {
                        replay(&store, disk, from)?
                    };
                    let missing =
                        (!existed && chain.seq > 0).then(|| "the store was missing".to_owned());
                    return Ok((store, missing, replayed));
                }
                Err(Disagrees::Why(reason)) => why = Some(reason),
                Err(Disagrees::Error(error)) => return Err(error.into()),
            },
            Err(StoreError::Damaged(says)) => why = Some(says),
            Err(error) => return Err(LedgerError::from(error).into()),
        }
    }
    let aside = aside_name(dir);
    if path.exists() {
        fs::rename(&path, &aside).map_err(|e| disk_error(&path, &e))?;
    }
    let _ = fs::remove_file(&marker);
    let store: Arc<dyn Store> =
        Arc::new(SledStore::open(&path, cache_bytes).map_err(LedgerError::from)?);
    let replayed = replay(&store, disk, 0)?;
    Ok((store, why, replayed))
}

/// A name that is free, for a working state that is set aside.
pub fn aside_name(dir: &Path) -> PathBuf {
    (1..=u32::MAX)
        .map(|n| dir.join(format!("state.aside-{n}")))
        .find(|path| !path.exists())
        .unwrap_or_else(|| dir.join("state.aside"))
}

enum Disagrees {
    Why(String),
    Error(LedgerError),
}

/// The position the store stands at, if the journal has the same record there.
fn agree(store: &dyn Store, disk: &dyn Disk, chain: &Chain) -> Result<u64, Disagrees> {
    let position = store
        .get(&keys::position())
        .map_err(|e| Disagrees::Why(e.to_string()))?;
    let Some(position) = position else {
        return Ok(0);
    };
    let text = String::from_utf8_lossy(&position).into_owned();
    let Some((seq, hash)) = text
        .split_once(' ')
        .and_then(|(s, h)| Some((s.parse::<u64>().ok()?, h)))
    else {
        return Err(Disagrees::Why(
            "the store does not say where it stands".to_owned(),
        ));
    };
    // Acknowledged records are missing: building on what is left could book a second AWB.
    if seq > chain.seq {
        return Err(Disagrees::Error(LedgerError::Damaged(format!(
            "the journal ends at record {}, the working state was made from {seq}: records are missing. \
             Nothing was changed. Restore the journal from a backup, or keep the folder for support",
            chain.seq
        ))));
    }
    let mut at = Chain::default();
    if seq == chain.seq {
        at = chain.clone();
    } else {
        scan(disk, |_, _, chain| {
            if chain.seq == seq {
                at = chain.clone();
            }
            Ok(())
        })
        .map_err(Disagrees::Error)?;
    }
    if at.hash == hash {
        Ok(seq)
    } else {
        Err(Disagrees::Why(format!(
            "record {seq} of the journal is not the one that the store was made from"
        )))
    }
}

/// Records applied at once when rebuilding.
const REPLAY_GROUP: usize = 24;

/// Applies what the journal has behind `from`. Returns how many records.
pub(super) fn replay(
    store: &Arc<dyn Store>,
    disk: &dyn Disk,
    from: u64,
) -> Result<u64, LedgerError> {
    let mut waiting: Vec<(Entry, Place)> = Vec::new();
    let mut last = Chain::default();
    let mut count = 0;
    scan(disk, |entry, place, chain| {
        if entry.seq <= from {
            return Ok(());
        }
        last = chain.clone();
        count += 1;
        waiting.push((entry, place));
        if waiting.len() >= REPLAY_GROUP {
            apply(&**store, &mut waiting, &last)?;
        }
        Ok(())
    })?;
    apply(&**store, &mut waiting, &last)?;
    if count > 0 {
        store.flush()?;
    }
    Ok(count)
}

fn apply(
    store: &dyn Store,
    waiting: &mut Vec<(Entry, Place)>,
    last: &Chain,
) -> Result<(), LedgerError> {
    if waiting.is_empty() {
        return Ok(());
    }
    let mut group = Pending::default();
    let mut places = Vec::new();
    for (entry, place) in waiting.drain(..) {
        places.push((entry.seq, place));
        let mut txn = Txn::new(store, &group, 0, entry.epoch);
        txn.take(entry)?;
        let own = txn.done();
        merge(&mut group, own);
    }
    group.entries.clear();
    let mut changes = group.into_changes(store)?;
    for (seq, place) in places {
        changes.push((Key::of(Kind::Place).num(seq).done(), Some(place.to_bytes())));
    }
    let position = format!("{} {}", last.seq, last.hash);
    changes.push((keys::position(), Some(position.into_bytes())));
    store.apply(changes)?;
    Ok(())
}

/// Waits a little for a lock that a stopping engine is about to give back.
pub(super) fn lock_patiently(dir: &Path, patience: Duration) -> Result<File, OpenError> {
    let until = Instant::now() + patience;
    loop {
        match lock(dir) {
            Err(OpenError::InUse { .. }) if Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(20));
            }
            end => return end,
        }
    }
}
