//! When the engine does by itself what can be done now: an order that stands still says why.

use super::clock;
use crate::{
    domain::{OrderRecord, Step},
    handle::{Again, AgainWhat},
    ledger::LedgerError,
    worker::{overview, planner::next_cut_off, ports::Remotes, shop::Shop},
};

/// What is said of a step that can be done now, and what the engine does about it by the clock.
pub(super) fn by_itself<R: Remotes>(
    shop: &Shop<R>,
    record: &OrderRecord,
    step: Step,
) -> (String, Option<Again>) {
    let says = |text: &str| (text.to_owned(), None);
    // The pause stands before all: it refuses steps by hand, too.
    match shop.reader.site().map(|site| site.paused) {
        Ok(Some(_)) => {
            return says("waits: the engine is paused, and nothing is sent by hand either");
        }
        Ok(None) => {}
        Err(_) => return says(PLAIN),
    }
    if shop.config.by_hand.contains(&step) {
        return says("can be done now, by hand only");
    }
    match step {
        Step::Assign => {
            let told = its_turn(shop).unwrap_or_default();
            (told.unwrap_or_else(|| PLAIN.to_owned()), None)
        }
        Step::Manifest => its_manifest(shop, record),
        _ => says(PLAIN),
    }
}

const PLAIN: &str = "can be done now";

/// Where the day's calls do not reach for every order that waits.
fn its_turn<R: Remotes>(shop: &Shop<R>) -> Result<Option<String>, LedgerError> {
    let now = shop.now();
    let wave = overview::plan(shop, now)?.wave;
    if wave.later() == 0 {
        return Ok(None);
    }
    let day = clock(shop.config.zone, overview::resets_at(now));
    Ok(Some(match wave.fits {
        0 => format!("waits for calls: the next come at {day}"),
        fits => format!(
            "waits its turn: {fits} of {} fit today's calls, the others wait for {day}",
            wave.waiting
        ),
    }))
}

/// When its group is manifested, if that is still to come.
fn its_manifest<R: Remotes>(shop: &Shop<R>, record: &OrderRecord) -> (String, Option<Again>) {
    let plain = (PLAIN.to_owned(), None);
    let now = shop.now();
    let config = &shop.config.manifest;
    let (Some(label), Some(invoice)) = (&record.label, &record.invoice) else {
        return plain;
    };
    let (Ok(linger), Ok(lead)) = (
        chrono::Duration::from_std(config.linger),
        chrono::Duration::from_std(config.lead),
    ) else {
        return plain;
    };
    let waited = config.continuous.then(|| label.at.max(invoice.at) + linger);
    let pickup = next_cut_off(shop, now).map(|at| at - lead);
    match waited.into_iter().chain(pickup).min() {
        Some(at) if at > now => {
            let again = Again {
                what: AgainWhat::Manifest,
                at,
                by_hand: false,
            };
            (String::new(), Some(again))
        }
        Some(_) => plain,
        None => (
            "can be done now, by hand only: no pickup is configured".to_owned(),
            None,
        ),
    }
}

/// When a manifest that failed is made again: with its group, which is not made between pickups unless
/// manifests are made all day.
pub(super) fn tried_again<R: Remotes>(shop: &Shop<R>, record: &OrderRecord, next: Again) -> Again {
    match its_manifest(shop, record) {
        (_, Some(its)) if its.at > next.at => Again {
            at: its.at,
            what: its.what,
            ..next
        },
        _ => next,
    }
}
