//! Taking a person's own step back.

use super::{decided, each};
use crate::{
    domain::{
        Clean, InvoiceId, Operator,
        event::{Decision, Event},
        record::ParkReason,
    },
    handle::{CommandReply, Undoable},
    worker::{ports::Remotes, shop::Shop},
};

/// Takes a person's own step back, as long as nothing came after it.
pub(super) async fn undo<R: Remotes>(
    shop: &Shop<R>,
    invoices: &[InvoiceId],
    what: Undoable,
    by: &Operator,
) -> CommandReply {
    let who = by.clone();
    let theirs = |by: &Operator| Clean::new(&format!("it is {by}'s now: not undone"));
    let reason = || Clean::new("undone");
    each(shop, invoices, by, "undone", move |id, record| match what {
        Undoable::Hold => match &record.hold {
            Some(hold) if hold.by == who => Ok(Event::Released {
                invoice: id,
                reason: reason(),
            }),
            Some(hold) => Err(theirs(&hold.by)),
            None => Err(Clean::new("released already")),
        },
        Undoable::Release => {
            if record.hold.is_some() {
                return Err(Clean::new("held again already"));
            }
            if record.stage().is_manifested() || record.cancelled.is_some() {
                return Err(Clean::new(
                    "shipped or cancelled since: a hold would stop nothing",
                ));
            }
            Ok(Event::Held {
                invoice: id,
                reason: Clean::new("the release was undone"),
            })
        }
        Undoable::Park => match &record.park {
            Some(park) if matches!(park.reason, ParkReason::Person { .. }) && park.by == who => {
                Ok(decided(id, Decision::Retry, "undone"))
            }
            Some(park) => Err(theirs(&park.by)),
            None => Err(Clean::new("not parked any more")),
        },
    })
    .await
}
