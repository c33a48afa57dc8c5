//! The data folder: ours alone, on a disk that keeps what it is given.

use std::{
    io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use nix::sys::statfs::{self, FsType};
use thiserror::Error;

use super::access::{self, Fault};

/// Less free space than this makes the journal's next day doubtful.
pub const FREE_MIN_BYTES: u64 = 1 << 30;

/// What others may not do in the folder: write.
const OTHERS_WRITE: u32 = 0o022;

/// Why a data folder cannot be used.
#[derive(Debug, Error)]
#[error("{}; {}", self.found(), self.advice())]
pub struct DataError {
    /// Which folder.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: DataFault,
}

/// What is wrong with a data folder.
#[derive(Debug)]
pub enum DataFault {
    /// The system said no.
    Io(io::Error),
    /// It is no folder.
    Kind,
    /// It is somebody else's, or others may write there.
    Access(Fault),
}

impl DataError {
    /// What was found.
    pub fn found(&self) -> String {
        let path = self.path.display();
        match &self.fault {
            DataFault::Io(error) => format!("{path}: {error}"),
            DataFault::Kind => format!("{path}: is no folder"),
            DataFault::Access(Fault::Mode { mode }) => {
                format!("{path}: mode {mode:04o} lets others change the journal")
            }
            DataFault::Access(fault @ Fault::Owner { .. }) => format!("{path}: {fault}"),
        }
    }

    /// What to do.
    pub fn advice(&self) -> String {
        match &self.fault {
            DataFault::Io(_) => "make the folder, or name another with --data or site.data_dir",
            DataFault::Kind => "name another folder with --data or site.data_dir",
            DataFault::Access(Fault::Owner { .. }) => {
                "run raftaar as that user, or name another folder with --data"
            }
            DataFault::Access(Fault::Mode { .. }) => {
                return format!("run: chmod go-w {}", self.path.display());
            }
        }
        .to_owned()
    }
}

/// Makes the folder if it is not there (mode 0700), and refuses one that is not ours alone to write.
pub fn prepare(path: &Path) -> Result<(), DataError> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|error| DataError {
            path: path.to_owned(),
            fault: DataFault::Io(error),
        })?;
    judge(path).map(|_| ())
}

/// The mode of a folder that is ours alone to write.
pub fn judge(path: &Path) -> Result<u32, DataError> {
    let wrong = |fault| DataError {
        path: path.to_owned(),
        fault,
    };
    let meta = std::fs::metadata(path).map_err(|error| wrong(DataFault::Io(error)))?;
    if !meta.is_dir() {
        return Err(wrong(DataFault::Kind));
    }
    access::judge(&meta, OTHERS_WRITE).map_err(|fault| wrong(DataFault::Access(fault)))
}

/// A disk as the store sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disk {
    /// Kind of file system.
    pub kind: DiskKind,
    /// Bytes that we may still write.
    pub free_bytes: u64,
}

/// Kinds of file system that matter to a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskKind {
    /// A local disk.
    Local(&'static str),
    /// Works, with known trouble for sled.
    Doubtful(&'static str),
    /// Loses what it was given, or cannot lock.
    Unfit(&'static str),
    /// Not known to us.
    Other,
}

/// The magic of OverlayFS and FUSE, which nix does not name on every platform.
const OVERLAYFS: i64 = 0x794c_7630;
const FUSE: i64 = 0x6573_5546;
const EXT: i64 = 0xef53;
const XFS: i64 = 0x5846_5342;
const BTRFS: i64 = 0x9123_683e;
const ZFS: i64 = 0x2fc1_2fc1;
const F2FS: i64 = 0xf2f5_2010;
const TMPFS: i64 = 0x0102_1994;
const RAMFS: i64 = 0x8584_58f6;
const NFS: i64 = 0x6969;
const SMB2: i64 = 0xfe53_4d42;
const CIFS: i64 = 0xff53_4d42;

/// Looks at the disk under a folder.
pub fn disk(path: &Path) -> io::Result<Disk> {
    let stat = statfs::statfs(path)?;
    let block = u64::try_from(stat.block_size()).unwrap_or_default();
    Ok(Disk {
        kind: kind(stat.filesystem_type()),
        free_bytes: stat.blocks_available().saturating_mul(block),
    })
}

fn kind(kind: FsType) -> DiskKind {
    match kind.0 {
        EXT => DiskKind::Local("ext4"),
        XFS => DiskKind::Local("xfs"),
        ZFS => DiskKind::Local("zfs"),
        F2FS => DiskKind::Local("f2fs"),
        BTRFS => DiskKind::Doubtful("btrfs"),
        FUSE => DiskKind::Doubtful("fuse"),
        OVERLAYFS => DiskKind::Unfit("overlayfs"),
        TMPFS => DiskKind::Unfit("tmpfs"),
        RAMFS => DiskKind::Unfit("ramfs"),
        NFS => DiskKind::Unfit("nfs"),
        SMB2 | CIFS => DiskKind::Unfit("smb"),
        _ => DiskKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use super::*;

    #[test]
    fn a_new_folder_is_ours_alone_and_a_shared_one_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("a/b");
        prepare(&data).expect("made");
        let mode = std::fs::metadata(&data).expect("there").mode() & 0o777;
        assert_eq!(mode, 0o700);
        std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o770)).expect("mode");
        let says = prepare(&data).expect_err("refused").to_string();
        assert!(says.contains("chmod go-w"), "{says}");
        assert!(disk(&data).expect("a disk").free_bytes > 0);
        let file = folder.path().join("file");
        std::fs::write(&file, "").expect("written");
        let says = judge(&file).expect_err("refused").to_string();
        assert!(says.contains("is no folder; name another"), "{says}");
    }
}
