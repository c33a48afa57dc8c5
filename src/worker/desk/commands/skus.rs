//! Which SKUs are pushed at all.

use super::site::local;
use crate::{
    domain::{Clean, Operator, Sku, event::Event, inventory::SkuRecord},
    handle::CommandReply,
    ledger::LedgerError,
    worker::{ports::Remotes, shop::Shop},
};

/// SKUs of one command: they go into one journal record.
const SKUS_MAX: usize = 50;

pub(super) async fn leave_out<R: Remotes>(
    shop: &Shop<R>,
    skus: &[Sku],
    reason: &Clean,
    by: &Operator,
) -> CommandReply {
    let named = match which(shop, skus, |r| r.left_out.is_none()) {
        Ok(named) => named,
        Err(error) => return CommandReply::failed(&error.to_string()),
    };
    if named.is_empty() {
        return CommandReply::failed(
            "none of these SKUs is held here, or each is left out already",
        );
    }
    let done = format!("{}: not pushed until taken in again", count(&named));
    let event = Event::LeftOut {
        location: shop.config.location.clone(),
        skus: named,
        reason: reason.clone(),
    };
    local(shop, by, event, &done).await
}

pub(super) async fn take_in<R: Remotes>(
    shop: &Shop<R>,
    skus: &[Sku],
    by: &Operator,
) -> CommandReply {
    let named = match which(shop, skus, |r| r.left_out.is_some()) {
        Ok(named) => named,
        Err(error) => return CommandReply::failed(&error.to_string()),
    };
    if named.is_empty() {
        return CommandReply::failed("none of these SKUs is left out");
    }
    let done = format!("{}: pushed as before", count(&named));
    let event = Event::TakenIn {
        location: shop.config.location.clone(),
        skus: named,
    };
    let reply = local(shop, by, event, &done).await;
    shop.stock_wake.notify_one();
    reply
}

/// Those of them that are held and fit.
fn which<R: Remotes>(
    shop: &Shop<R>,
    skus: &[Sku],
    fits: impl Fn(&SkuRecord) -> bool,
) -> Result<Vec<Sku>, LedgerError> {
    let mut named = Vec::new();
    for sku in skus.iter().take(SKUS_MAX) {
        let record = shop.reader.sku(&shop.config.location, sku)?;
        if record.is_some_and(|r| fits(&r)) && !named.contains(sku) {
            named.push(sku.clone());
        }
    }
    Ok(named)
}

fn count(skus: &[Sku]) -> String {
    match skus {
        [one] => format!("SKU {one}"),
        many => format!("{} SKUs", many.len()),
    }
}
