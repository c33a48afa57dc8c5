//! When the engine does by itself what can be done now: an order that stands still says why.

use super::clock;
use crate::{
    domain::{OrderRecord, Step},
    ledger::LedgerError,
    worker::{overview, planner::next_cut_off, ports::Remotes, shop::Shop},
};

/// What is said of a step that can be done now.
pub(super) fn by_itself<R: Remotes>(shop: &Shop<R>, record: &OrderRecord, step: Step) -> String {
    let plain = || "can be done now".to_owned();
    if shop.config.by_hand.contains(&step) {
        return "can be done now, by hand only".to_owned();
    }
    match shop.reader.site().map(|site| site.paused) {
        Ok(Some(_)) => return "the engine is paused; by hand it can be done".to_owned(),
        Ok(None) => {}
        Err(_) => return plain(),
    }
    let told = match step {
        Step::Assign => its_turn(shop).unwrap_or_default(),
        Step::Manifest => its_manifest(shop, record),
        _ => None,
    };
    told.unwrap_or_else(plain)
}

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
fn its_manifest<R: Remotes>(shop: &Shop<R>, record: &OrderRecord) -> Option<String> {
    let now = shop.now();
    let config = &shop.config.manifest;
    let ready = record.label.as_ref()?.at.max(record.invoice.as_ref()?.at);
    let linger = chrono::Duration::from_std(config.linger).ok()?;
    let lead = chrono::Duration::from_std(config.lead).ok()?;
    let waited = config.continuous.then(|| ready + linger);
    let pickup = next_cut_off(shop, now).map(|at| at - lead);
    let at = waited.into_iter().chain(pickup).min();
    match at {
        Some(at) if at > now => Some(format!(
            "its manifest follows by {}",
            clock(shop.config.zone, at)
        )),
        Some(_) => None,
        None => Some("can be done now, by hand only: no pickup is configured".to_owned()),
    }
}
