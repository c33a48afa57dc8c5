//! What the process takes of the machine: for runs that are left alone for long.

use std::{fmt, fs, io, path::Path};

use serde::Serialize;

/// Figures of one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Footprint {
    /// Memory that is resident, KiB.
    pub memory_kib: u64,
    /// Open files and sockets.
    pub handles: u64,
    /// Threads.
    pub threads: u64,
    /// The journal, bytes.
    pub journal: u64,
    /// The working state, bytes.
    pub state: u64,
    /// Labels and invoices, bytes.
    pub documents: u64,
    /// The log, bytes.
    pub log: u64,
}

impl Footprint {
    /// Of this process, and of the data folder `data`.
    pub fn measure(data: &Path) -> io::Result<Self> {
        let status = fs::read_to_string("/proc/self/status")?;
        let field = |name: &str| {
            status
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
                .unwrap_or(0)
        };
        Ok(Self {
            memory_kib: field("VmRSS:"),
            handles: fs::read_dir("/proc/self/fd")?.count() as u64,
            threads: field("Threads:"),
            journal: bytes_below(&data.join("journal"))?,
            state: bytes_below(&data.join("state"))?,
            documents: bytes_below(&data.join("documents"))?,
            log: bytes_below(&data.join("log"))?,
        })
    }
}

fn bytes_below(folder: &Path) -> io::Result<u64> {
    let entries = match fs::read_dir(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(0),
        entries => entries?,
    };
    let mut bytes = 0;
    for entry in entries {
        let entry = entry?;
        bytes += match entry.metadata() {
            Ok(meta) if meta.is_dir() => bytes_below(&entry.path())?,
            Ok(meta) => meta.len(),
            // Removed since it was listed.
            Err(_) => 0,
        };
    }
    Ok(bytes)
}

impl fmt::Display for Footprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        write!(
            f,
            "memory {:.0} MiB, {} handles, {} threads; journal {:.1} MiB, state {:.1}, documents {:.1}, log {:.2}",
            mib(self.memory_kib << 10),
            self.handles,
            self.threads,
            mib(self.journal),
            mib(self.state),
            mib(self.documents),
            mib(self.log)
        )
    }
}
