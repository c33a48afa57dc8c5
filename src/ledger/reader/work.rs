//! What is to be done, and by when.

use super::{LIMIT_MAX, Reader};
use crate::{
    domain::{
        Awb, InvoiceId, Stage, Stamp,
        schedule::{Due, Work},
    },
    ledger::{
        error::LedgerError,
        keys::{self, Key, kind, last_number, time_at},
        store::{Way, end_of},
        view::decode,
    },
};

impl Reader {
    /// Orders whose next work is `work` and due by `until`, longest due first.
    pub fn due(
        &self,
        work: Work,
        until: Stamp,
        limit: usize,
    ) -> Result<Vec<(InvoiceId, Due)>, LedgerError> {
        let (from, to) = due_range(work, until);
        let rows = self.range(&from, &to, Way::Up, limit.min(LIMIT_MAX))?;
        rows.iter()
            .filter_map(|(key, value)| last_number(key).map(|id| (InvoiceId(id), key, value)))
            .map(|(id, key, value)| Ok((id, decode(key, value)?)))
            .collect()
    }

    /// When the next such work is due.
    pub fn next_due_at(&self, work: Work, now: Stamp) -> Result<Option<Stamp>, LedgerError> {
        let (_, from) = due_range(work, now);
        let end = end_of(&keys::due(work).done());
        let rows = self.range(&from, &end, Way::Up, 1)?;
        rows.first()
            .map(|(key, value)| Ok(decode::<Due>(key, value)?.at))
            .transpose()
    }

    /// How many are due by `until`, counted to `cap` at most.
    pub fn due_count(&self, work: Work, until: Stamp, cap: usize) -> Result<usize, LedgerError> {
        let (from, to) = due_range(work, until);
        Ok(self.range(&from, &to, Way::Up, cap)?.len())
    }

    /// The order that stands in Confirmed the longest, and since when.
    pub fn oldest_confirmed(&self) -> Result<Option<(InvoiceId, Stamp)>, LedgerError> {
        let rows = self.behind(&[kind::CONFIRMED], Way::Up, 1)?;
        Ok(rows.first().and_then(|(key, _)| {
            let id = last_number(key)?;
            Some((InvoiceId(id), time_at(key, 1)?))
        }))
    }

    /// How many have stood in Confirmed since before `until`, counted to `cap` at most.
    pub fn confirmed_before(&self, until: Stamp, cap: usize) -> Result<usize, LedgerError> {
        let first = Key::new(kind::CONFIRMED);
        let until = first.clone().time(until).done();
        Ok(self.range(&first.done(), &until, Way::Up, cap)?.len())
    }

    /// Orders of a stage, most urgent first, behind `after` in that order.
    pub fn stage_ids(
        &self,
        stage: Stage,
        after: Option<InvoiceId>,
        limit: usize,
    ) -> Result<Vec<InvoiceId>, LedgerError> {
        let prefix = keys::stage(stage);
        let mut from = prefix.clone().done();
        if let Some(id) = after
            && let Some(record) = self.order(id)?
        {
            from = prefix.clone().time(record.urgency()).id(id).byte(0).done();
        }
        let to = crate::ledger::store::end_of(&prefix.done());
        let rows = self.range(&from, &to, Way::Up, limit.min(LIMIT_MAX))?;
        Ok(rows
            .iter()
            .filter_map(|(key, _)| last_number(key).map(InvoiceId))
            .collect())
    }

    /// The first allotted number that is free, behind `after`.
    pub fn free_awb(&self, after: Option<&Awb>) -> Result<Option<Awb>, LedgerError> {
        let mut from = Key::new(kind::FREE_AWB).done();
        if let Some(awb) = after {
            from = keys::free_awb(awb);
            from.push(0);
        }
        let to = crate::ledger::store::end_of(&[kind::FREE_AWB]);
        let rows = self.range(&from, &to, Way::Up, 1)?;
        Ok(rows.first().and_then(|(key, _)| {
            let text = std::str::from_utf8(key.get(1..key.len() - 1)?).ok()?;
            Awb::parse(text).ok()
        }))
    }
}

fn due_range(work: Work, until: Stamp) -> (Vec<u8>, Vec<u8>) {
    let prefix = keys::due(work);
    // Every order that is due in the very microsecond of `until` is due.
    let last = prefix.clone().time(until).number(u64::MAX).byte(0).done();
    (prefix.done(), last)
}
