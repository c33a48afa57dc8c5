//! Proving a folder offline: the chain, the state rebuilt and compared, the promise checked.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::Path,
    sync::Arc,
    time::Duration,
};

use serde::Serialize;

use super::{
    LedgerError, OpenError,
    journal::{FileDisk, scan},
    keys::{self, Kind},
    open,
    store::{MemoryStore, SledStore, Store},
};
use crate::domain::{
    Awb, Call, InvoiceId,
    event::{Entry, Event, Gave, IntentDetail, Outcome},
    tracking::TrackingStatus,
};

/// An engine that is just stopping gets this long to give the folder free.
const PATIENCE: Duration = Duration::from_secs(2);

/// Broken promises that are named.
const NAMED_MAX: usize = 50;

/// What verifying found.
#[derive(Clone, Debug, Serialize)]
pub struct VerifyReport {
    /// Records whose chain holds.
    pub records: u64,
    /// Segments.
    pub segments: usize,
    /// Hash of the last record: note it elsewhere, and a cut journal shows.
    pub last_hash: String,
    /// Bytes of a torn last append.
    pub torn: u64,
    /// Whether the stored state is the one that the journal makes.
    pub state: StateCheck,
    /// Promises that the journal shows broken.
    pub broken: Vec<String>,
}

/// How stored and rebuilt state compare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StateCheck {
    /// Equal.
    Equal,
    /// There is none yet; it is made at the next opening.
    Missing,
    /// It stands at an earlier record; the rest is applied at the next opening.
    Behind {
        /// Where it stands.
        at: u64,
    },
    /// Not equal: rebuild it.
    Differs {
        /// How many entries.
        entries: u64,
        /// One of them.
        example: String,
    },
    /// It could not be read: it is rebuilt at the next opening.
    Unreadable(String),
}

impl VerifyReport {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.broken.is_empty()
            && matches!(
                self.state,
                StateCheck::Equal | StateCheck::Missing | StateCheck::Behind { .. }
            )
    }

    /// One line.
    pub fn summary(&self) -> String {
        let state = match &self.state {
            StateCheck::Equal => "state equal".to_owned(),
            StateCheck::Missing => "no state yet".to_owned(),
            StateCheck::Behind { at } => {
                format!("state at record {at}, the rest is applied on opening")
            }
            StateCheck::Differs { entries, example } => {
                format!(
                    "STATE DIFFERS in {entries} entries, such as {example}: run raftaar store rebuild"
                )
            }
            StateCheck::Unreadable(says) => {
                format!("state unreadable ({says}): rebuilt on opening")
            }
        };
        match self.broken.len() {
            0 => format!("chain holds, {state}"),
            n => format!("chain holds, {state}, {n} PROMISES BROKEN"),
        }
    }
}

/// Verifies a folder whose engine is stopped. Reads only.
pub fn verify(dir: &Path) -> Result<VerifyReport, OpenError> {
    if !dir.join("raftaar.json").exists() {
        return Err(OpenError::Foreign(dir.display().to_string()));
    }
    let _lock = open::lock_patiently(dir, PATIENCE)?;
    let disk = FileDisk::new(&dir.join("journal"));
    let mut promise = Promise::default();
    let scanned = scan(&disk, |entry, _, _| {
        promise.see(&entry);
        Ok(())
    })?;
    let rebuilt: Arc<dyn Store> = Arc::new(MemoryStore::default());
    open::replay(&rebuilt, &disk, 0)?;
    let state = compare(dir, &*rebuilt, scanned.chain.seq)?;
    Ok(VerifyReport {
        records: scanned.chain.seq,
        segments: scanned.segments,
        last_hash: scanned.chain.hash,
        torn: scanned.torn,
        state,
        broken: promise.broken,
    })
}

fn compare(dir: &Path, rebuilt: &dyn Store, records: u64) -> Result<StateCheck, LedgerError> {
    let path = dir.join("state");
    if !path.exists() {
        return Ok(StateCheck::Missing);
    }
    let stored = match SledStore::open(&path, 16 << 20) {
        Ok(stored) => stored,
        Err(error) => return Ok(StateCheck::Unreadable(error.to_string())),
    };
    let at = stored
        .get(&keys::position())?
        .and_then(|p| String::from_utf8(p).ok())
        .and_then(|p| p.split(' ').next().and_then(|s| s.parse().ok()))
        .unwrap_or(0);
    if at < records {
        return Ok(StateCheck::Behind { at });
    }
    let (ours, theirs) = (dump(rebuilt)?, dump(&stored)?);
    let mut different = ours
        .iter()
        .filter(|(k, v)| theirs.get(*k) != Some(v))
        .map(|(k, _)| k)
        .chain(theirs.keys().filter(|k| !ours.contains_key(*k)))
        .peekable();
    let Some(first) = different.peek() else {
        return Ok(StateCheck::Equal);
    };
    let example = first.escape_ascii().to_string();
    Ok(StateCheck::Differs {
        entries: different.count() as u64,
        example,
    })
}

type Dump = BTreeMap<Vec<u8>, Vec<u8>>;

/// Everything but the customers, which are not of the journal.
fn dump(store: &dyn Store) -> Result<Dump, LedgerError> {
    let mut all = Dump::new();
    store.walk(&[0], &[Kind::People as u8], false, &mut |key, value| {
        all.insert(key.to_vec(), value.to_vec());
        true
    })?;
    Ok(all)
}

/// The promise, as far as the journal alone shows whether it was kept.
#[derive(Default)]
struct Promise {
    intents: HashMap<u64, IntentDetail>,
    owners: HashMap<Awb, InvoiceId>,
    awbs: HashMap<InvoiceId, Awb>,
    manifested: HashSet<InvoiceId>,
    told: HashMap<InvoiceId, TrackingStatus>,
    broken: Vec<String>,
}

impl Promise {
    fn breaks(&mut self, says: String) {
        if self.broken.len() < NAMED_MAX {
            self.broken.push(says);
        }
    }

    fn see(&mut self, entry: &Entry) {
        match &entry.event {
            Event::Intent { detail, .. } => {
                if let IntentDetail::Manifest { members, .. } = detail {
                    for (id, _) in members {
                        if self.manifested.contains(id) {
                            self.breaks(format!("record {}: a second manifest of {id}", entry.seq));
                        }
                    }
                }
                self.intents.insert(entry.seq, detail.clone());
            }
            Event::OrderSeen { order, .. } if order.is_manifested_remotely() => {
                self.manifested.insert(order.invoice_id);
            }
            Event::Outcome {
                intent,
                call,
                invoice,
                result,
            } if *call != Call::Documents => {
                self.outcome(entry.seq, *intent, *call, *invoice, result);
            }
            _ => {}
        }
    }

    fn outcome(&mut self, seq: u64, intent: u64, call: Call, invoice: InvoiceId, result: &Outcome) {
        let Some(detail) = self.intents.get(&intent) else {
            return self.breaks(format!(
                "record {seq}: {call} of {invoice} ended without an intent"
            ));
        };
        if detail.call() != call || !detail.invoices().contains(&invoice) {
            return self.breaks(format!(
                "record {seq}: the outcome of {invoice} is not its intent's"
            ));
        }
        let telling = match detail {
            IntentDetail::Tracking { status, .. } => Some(*status),
            _ => None,
        };
        let Outcome::Applied { gave, .. } = result else {
            return;
        };
        match (call, gave) {
            (Call::Book, Gave::Awb { awb, .. }) => self.bound(seq, invoice, awb),
            (Call::Manifest, _) => {
                self.manifested.insert(invoice);
            }
            (Call::Tracking, _) => {
                if !self.manifested.contains(&invoice) {
                    self.breaks(format!(
                        "record {seq}: {invoice} was tracked before its manifest"
                    ));
                }
                if let Some(status) = telling {
                    let before = self.told.insert(invoice, status);
                    if before.is_some_and(|b| b != status && !b.may_become(status)) {
                        self.breaks(format!(
                            "record {seq}: tracking of {invoice} went backwards"
                        ));
                    }
                }
            }
            _ => {}
        }
    }

    fn bound(&mut self, seq: u64, invoice: InvoiceId, awb: &Awb) {
        if let Some(owner) = self.owners.insert(awb.clone(), invoice)
            && owner != invoice
        {
            self.breaks(format!(
                "record {seq}: AWB {awb} of {owner} was given to {invoice} too"
            ));
        }
        if let Some(other) = self.awbs.insert(invoice, awb.clone())
            && other != *awb
        {
            self.breaks(format!(
                "record {seq}: {invoice} got AWB {awb} besides {other}"
            ));
        }
    }
}
