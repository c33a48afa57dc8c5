//! Pages of the feed: what happened, newest first, as far as it fits a filter.

use super::super::{ports::Remotes, shop::Shop, views};
use crate::{
    domain::filter::FeedFilter,
    handle::{FeedKind, FeedPage},
    ledger::LedgerError,
};

/// Records looked at for one page: about a day of a busy warehouse.
const LOOKED_MAX: usize = 5_000;

/// Records read at a time where few of them may fit.
const READ_AT_ONCE: usize = 500;

/// Which lines are asked for.
pub(super) struct Wanted {
    pub kind: FeedKind,
    pub filter: FeedFilter,
    pub after: u64,
    pub before: Option<u64>,
    pub limit: usize,
}

/// The newest lines that fit. A page that is not full because too many records would have to be looked
/// at says where to go on.
pub(super) fn page<R: Remotes>(shop: &Shop<R>, wanted: &Wanted) -> Result<FeedPage, LedgerError> {
    let fit = wanted.filter.at(shop.now());
    let at_once = if wanted.filter.is_empty() {
        wanted.limit
    } else {
        READ_AT_ONCE
    };
    let mut page = FeedPage::default();
    let mut before = wanted.before;
    let mut looked = 0;
    let done = |page: &FeedPage, looked| page.lines.len() >= wanted.limit || looked >= LOOKED_MAX;
    while !done(&page, looked) {
        let entries = shop.reader.feed(wanted.kind, before, at_once)?;
        if looked == 0 {
            page.newest = entries.first().map_or(0, |newest| newest.seq);
        }
        // A clock can step back: only where all that was read is too old is the rest, too.
        if entries.iter().all(|entry| fit.ends_at(entry.at)) {
            return Ok(page);
        }
        for entry in &entries {
            if entry.seq <= wanted.after {
                return Ok(page);
            }
            if done(&page, looked) {
                break;
            }
            looked += 1;
            before = Some(entry.seq);
            let line = views::feed_line(shop, entry);
            if fit.fits(&line.sight()) {
                page.lines.push(line);
            }
        }
    }
    page.older = before;
    Ok(page)
}
