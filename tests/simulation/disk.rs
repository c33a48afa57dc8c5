//! What outlives a crash on the warehouse's side: the journal's disk and the working state.

use std::time::Duration;

use raftaar::{
    domain::Stamp,
    ledger::{
        Ledger, LedgerOptions, MemoryDisk, MemoryStore, StoreError, VerifyReport, Weakness,
        verify_in_memory,
    },
};
use rand::{Rng, rngs::StdRng};

use super::scenario::{Planted, Script};

/// The machine's disk.
#[derive(Clone)]
pub struct Disk {
    /// The journal's part.
    pub journal: MemoryDisk,
    /// The working state's part.
    pub state: MemoryStore,
    planted: Option<Planted>,
}

impl Disk {
    /// An empty disk.
    pub fn new(planted: Option<Planted>, script: &Script) -> Self {
        let disk = Self {
            journal: MemoryDisk::default(),
            state: MemoryStore::default(),
            planted,
        };
        disk.lie();
        disk.journal.set_ops_left(script.power_at);
        let stall = script.stall_at;
        disk.journal
            .set_stall_at(stall.map(|(at, s)| (at, Duration::from_secs(s))));
        disk
    }

    fn lie(&self) {
        match self.planted {
            Some(Planted::AcknowledgedBeforeDurable) => self.journal.set_honest(false),
            Some(Planted::NoIntent) => self.journal.set_lies_about(Some("\"ev\":\"intent\"")),
            _ => {}
        }
    }

    /// Of what was not forced to the journal a part is lost. The state is what it was, or nothing.
    pub fn cut_power(&mut self, rng: &mut StdRng) {
        let keep = if rng.random_bool(0.5) {
            0
        } else {
            rng.random_range(0..4096)
        };
        let liar = matches!(
            self.planted,
            Some(Planted::AcknowledgedBeforeDurable | Planted::NoIntent)
        );
        self.journal = self.journal.after_power_cut(if liar { 0 } else { keep });
        self.lie();
        // A state ahead of its journal is noticed: what is planted here must not be noticed so.
        self.state = if rng.random_bool(0.5) && !liar {
            self.state.fork()
        } else {
            MemoryStore::default()
        };
    }

    /// Room for so many bytes of journal, or for all; the working state has as little.
    pub fn set_room(&self, room: Option<u64>) {
        self.journal.set_room(room);
        let full = room.map(|_| StoreError::Io {
            doing: "written",
            says: "No space left on device".into(),
        });
        self.state.fail_writes(full);
    }

    /// Lets every answer of the ledger take this long.
    pub fn set_stall(&self, stall: Duration) {
        self.journal.set_stall(stall);
    }

    /// Opens the ledger.
    pub fn open(&self, options: &LedgerOptions, now: Stamp) -> Ledger {
        let weakness = Weakness {
            no_gate: self.planted == Some(Planted::NoGate),
            no_not_after: self.planted == Some(Planted::NoNotAfter),
        };
        let opened = Ledger::open_weakened(options, weakness, &self.journal, &self.state, now);
        opened.expect("a journal in memory opens").0
    }

    /// Proves the journal, offline.
    pub fn verify(&self) -> VerifyReport {
        verify_in_memory(&self.journal, &self.state).expect("a journal in memory is readable")
    }
}
