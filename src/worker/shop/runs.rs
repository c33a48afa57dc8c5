//! Commands for several orders that are being carried out.

use super::{Shop, lock};
use crate::{
    domain::{Clean, Operator},
    handle::{Ends, ItemEnd, Run},
};

/// Counts what comes of a command's orders, for every screen to see, while it lives.
pub(in crate::worker) struct Counted<'a, R> {
    shop: &'a Shop<R>,
    number: u64,
}

impl<R> Shop<R> {
    /// Begins to count.
    pub fn counted(&self, by: &Operator, title: &str, orders: usize) -> Counted<'_, R> {
        let mut live = lock(&self.live);
        let number = live.runs.last_key_value().map_or(0, |(n, _)| n + 1);
        let run = Run {
            by: by.clone(),
            title: Clean::new(title),
            orders: orders as u64,
            ends: Ends::default(),
        };
        live.runs.insert(number, run);
        Counted { shop: self, number }
    }
}

impl<R> Counted<'_, R> {
    /// What came of one more order.
    pub fn count(&self, end: &ItemEnd) {
        if let Some(run) = lock(&self.shop.live).runs.get_mut(&self.number) {
            run.ends.count(end);
        }
    }
}

impl<R> Drop for Counted<'_, R> {
    fn drop(&mut self) {
        lock(&self.shop.live).runs.remove(&self.number);
    }
}
