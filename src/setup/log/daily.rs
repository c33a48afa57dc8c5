//! One log file a day, by the warehouse's clock, the oldest removed.

use std::{
    fs::{DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use chrono::{FixedOffset, NaiveDate, Utc};
use nix::fcntl::OFlag;

pub(super) const PREFIX: &str = "raftaar.";
pub(super) const SUFFIX: &str = ".log";

/// Writes to the file of the day.
pub struct Daily {
    folder: PathBuf,
    keep_days: u32,
    zone: FixedOffset,
    day: NaiveDate,
    file: File,
}

impl Daily {
    /// Opens the file of today, and removes those that are too old.
    pub fn open(folder: &Path, keep_days: u32, zone: FixedOffset) -> io::Result<Self> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        let day = today(zone);
        let file = open(folder, day)?;
        let daily = Self {
            folder: folder.to_owned(),
            keep_days,
            zone,
            day,
            file,
        };
        daily.remove_old();
        Ok(daily)
    }

    /// Turns to another file when the day has turned. If that cannot be opened the old one goes on.
    fn turn(&mut self, today: NaiveDate) {
        if today == self.day {
            return;
        }
        if let Ok(file) = open(&self.folder, today) {
            self.file = file;
            self.day = today;
            self.remove_old();
        }
    }

    fn remove_old(&self) {
        let Some(oldest) = self.day.checked_sub_days(chrono::Days::new(u64::from(
            self.keep_days.saturating_sub(1),
        ))) else {
            return;
        };
        let Ok(entries) = std::fs::read_dir(&self.folder) else {
            return;
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            if super::is_log(&path) && day_of(&path).is_some_and(|day| day < oldest) {
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

impl Write for Daily {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.turn(today(self.zone));
        self.file.write(line)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn today(zone: FixedOffset) -> NaiveDate {
    Utc::now().with_timezone(&zone).date_naive()
}

fn open(folder: &Path, day: NaiveDate) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .custom_flags(OFlag::O_NOFOLLOW.bits())
        .open(folder.join(format!("{PREFIX}{day}{SUFFIX}")))
}

fn day_of(path: &Path) -> Option<NaiveDate> {
    let name = path.file_name()?.to_str()?;
    name.strip_prefix(PREFIX)?
        .strip_suffix(SUFFIX)?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_turn_and_old_ones_go() {
        let folder = tempfile::tempdir().expect("a folder");
        let zone = crate::domain::time::ist();
        for name in [
            "raftaar.2020-01-01.log",
            "raftaar.notes.log",
            "else.2020-01-01.log",
        ] {
            std::fs::write(folder.path().join(name), "").expect("written");
        }
        let mut daily = Daily::open(folder.path(), 2, zone).expect("opened");
        let first = daily.day;
        for ahead in 1..=3 {
            daily.turn(first + chrono::Days::new(ahead));
            daily.file.write_all(b"x\n").expect("written");
        }
        let mut names: Vec<_> = std::fs::read_dir(folder.path())
            .expect("a folder")
            .map(|e| {
                e.expect("an entry")
                    .file_name()
                    .into_string()
                    .expect("a name")
            })
            .collect();
        names.sort();
        let day = |ahead| format!("raftaar.{}.log", first + chrono::Days::new(ahead));
        assert_eq!(
            names,
            [
                "else.2020-01-01.log".to_owned(),
                day(2),
                day(3),
                "raftaar.notes.log".to_owned()
            ]
        );
    }
}
