//! What happened: read from the journal itself, by place.

use super::{LIMIT_MAX, Reader};
use crate::{
    domain::{
        InvoiceId,
        event::Entry,
        fold::{ManifestRow, RejectedRow},
        tracking::Scan,
    },
    handle::FeedKind,
    ledger::{
        error::LedgerError,
        keys::{Key, kind},
        replay::decode_place,
        store::{Way, end_of},
        view::decode,
    },
};
use serde::de::DeserializeOwned;

impl Reader {
    /// All scans of an order, oldest first.
    pub fn scans(&self, id: InvoiceId) -> Result<Vec<Scan>, LedgerError> {
        let prefix = Key::new(kind::SCAN).id(id).done();
        let rows = self.behind(&prefix, Way::Up, LIMIT_MAX)?;
        rows.iter()
            .map(|(key, value)| Ok(decode(key, value)?))
            .collect()
    }

    /// What happened to an order, newest first.
    pub fn history(
        &self,
        id: InvoiceId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Entry>, LedgerError> {
        self.entries(&Key::new(kind::HISTORY).id(id), before, limit)
    }

    /// What happened, newest first.
    pub fn journal(&self, before: Option<u64>, limit: usize) -> Result<Vec<Entry>, LedgerError> {
        let end = before.unwrap_or(u64::MAX).min(self.position() + 1);
        let (last, limit) = (end.saturating_sub(1), limit.min(LIMIT_MAX) as u64);
        let first = (last + 1).saturating_sub(limit).max(1);
        let mut entries = Vec::new();
        let journal = self.sources()?.journal;
        journal.walk(first, last, |_, entry, _| {
            entries.push(entry);
            Ok::<_, LedgerError>(())
        })?;
        entries.reverse();
        Ok(entries)
    }

    /// Lines of the feed, newest first.
    pub fn feed(
        &self,
        kind: FeedKind,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Entry>, LedgerError> {
        match kind {
            FeedKind::All => self.journal(before, limit),
            FeedKind::Tracking => self.entries(&Key::new(kind::FEED), before, limit),
        }
    }

    fn entries(
        &self,
        prefix: &Key,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Entry>, LedgerError> {
        let to = upto(prefix, before);
        let from = prefix.clone().done();
        let sources = self.sources()?;
        let rows = sources
            .store
            .range(&from, &to, Way::Down, limit.min(LIMIT_MAX))?;
        rows.iter()
            .filter_map(|(_, value)| decode_place(value))
            .filter_map(|place| sources.journal.at(place).transpose())
            .collect()
    }

    /// Rows that could not be read, newest first.
    pub fn rejected(
        &self,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<RejectedRow>, LedgerError> {
        self.newest(&Key::new(kind::REJECTED), before, limit)
    }

    /// A manifest that was asked for, by the journal position of its intent.
    pub fn manifest(&self, seq: u64) -> Result<Option<ManifestRow>, LedgerError> {
        let from = crate::ledger::keys::manifest(seq);
        let to = crate::ledger::keys::manifest(seq + 1);
        let rows = self.range(&from, &to, Way::Up, 1)?;
        rows.first()
            .map(|(key, value)| Ok(decode(key, value)?))
            .transpose()
    }

    /// Manifests that were asked for, newest first.
    pub fn manifests(
        &self,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<ManifestRow>, LedgerError> {
        self.newest(&Key::new(kind::MANIFEST), before, limit)
    }

    fn newest<T: DeserializeOwned>(
        &self,
        prefix: &Key,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<T>, LedgerError> {
        let (from, to) = (prefix.clone().done(), upto(prefix, before));
        let rows = self.range(&from, &to, Way::Down, limit.min(LIMIT_MAX))?;
        rows.iter()
            .map(|(key, value)| Ok(decode(key, value)?))
            .collect()
    }
}

fn upto(prefix: &Key, before: Option<u64>) -> Vec<u8> {
    match before {
        Some(seq) => prefix.clone().number(seq).done(),
        None => end_of(&prefix.clone().done()),
    }
}
