//! A split or re-invoice whose base order is not held here: it may have been shipped before this
//! ledger began, and a second parcel would follow it.

use super::End;
use crate::{
    domain::{
        Clean, OrderRecord,
        event::Event,
        record::ParkReason,
        twin::{base_reference, is_twin_reference},
    },
    worker::{
        ports::Remotes,
        shop::{Shop, lock},
    },
};

/// Lets an order through whose base is held, so that the gate can weigh the two; else a person
/// decides.
pub(super) async fn is_known<R: Remotes>(shop: &Shop<R>, record: &OrderRecord) -> Result<(), End> {
    let reference = record.order.reference.as_str();
    if !is_twin_reference(reference) || record.cleared.is_some() {
        return Ok(());
    }
    let siblings = shop.reader.siblings(&record.order)?;
    let is_base = |other: &OrderRecord| !is_twin_reference(other.order.reference.as_str());
    if siblings.iter().any(is_base) {
        return Ok(());
    }
    let base = base_reference(reference);
    let read_ended_at = lock(&shop.live).read_ended_at;
    if read_ended_at.is_none_or(|at| at < record.first_seen) {
        // The page that shows the base may be one of those yet to come.
        shop.want_poll();
        shop.defer(record.id(), shop.now() + chrono::Duration::minutes(5));
        let says =
            format!("waits for a whole reading of the orders: its base order {base} may come");
        return Err(End::Waits(Clean::new(&says)));
    }
    let says = Clean::new(&format!(
        "{reference} is a split or re-invoice of {base}, which is not known here and may have shipped \
         before"
    ));
    shop.record(vec![Event::Parked {
        invoice: record.id(),
        reason: ParkReason::Contradiction { says: says.clone() },
    }])
    .await?;
    Err(End::NotSent(says))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Consignee, InvoiceId, Operator, Order, ReferenceCode, fold::fixture::order},
        easyecom::{OrdersPage, SeenOrder},
        worker::{EngineConfig, fake::Fake, fetch, steps::book},
    };

    fn page(orders: &[Order]) -> OrdersPage {
        let rows = orders.iter().cloned().map(|order| SeenOrder {
            order,
            consignee: Consignee::default(),
        });
        OrdersPage {
            rows: rows.collect(),
            ..OrdersPage::default()
        }
    }

    async fn booked(twin: &Order, before: &[Order]) -> (End, Option<ParkReason>) {
        let folder = tempfile::tempdir().expect("a folder");
        let fake = Fake::new();
        let shop = fake.shop(EngineConfig::default(), folder.path());
        let mut orders = before.to_vec();
        orders.push(twin.clone());
        fake.answer(move |_| Ok(page(&orders)));
        fetch::once(&shop).await;
        let ends = book::book(&shop, &[twin.invoice_id], &Operator::engine()).await;
        let (_, end) = ends.into_iter().next().expect("one");
        let record = shop.reader.order(twin.invoice_id).expect("read");
        (end, record.expect("held").park.map(|park| park.reason))
    }

    #[tokio::test(start_paused = true)]
    async fn a_twin_whose_base_is_not_held_is_for_a_person() {
        let mut twin = order(2);
        twin.reference = ReferenceCode::new("WEB-1_RE1");
        let (end, parked) = booked(&twin, &[]).await;
        assert!(matches!(end, End::NotSent(_)), "{end:?}");
        let Some(ParkReason::Contradiction { says }) = parked else {
            panic!("{parked:?}");
        };
        assert!(
            says.as_str().contains("of WEB-1, which is not known here"),
            "{says}"
        );

        // With the base held the gate weighs both, and nobody is asked.
        let (end, parked) = booked(&twin, &[order(1)]).await;
        assert!(
            matches!(end, End::Refused(_)) && parked.is_none(),
            "{end:?}"
        );
        let mut gone = order(1);
        gone.status = crate::domain::RemoteStatus::Cancelled;
        let (_, parked) = booked(&twin, &[gone]).await;
        assert!(
            matches!(parked, Some(ParkReason::Incomplete { .. })),
            "{parked:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_reading_under_way_is_waited_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let shop = Fake::new().shop(EngineConfig::default(), folder.path());
        let mut twin = order(2);
        twin.reference = ReferenceCode::new("WEB-1_RE1");
        let record = OrderRecord::new(twin, shop.now());
        let end = is_known(&shop, &record).await;
        assert!(matches!(end, Err(End::Waits(_))), "{end:?}");
        assert!(lock(&shop.live).deferred.contains_key(&InvoiceId(2)));
    }
}
