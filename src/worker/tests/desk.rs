//! What people ask for at the desk, with the planner at work behind it.

use std::{sync::Arc, time::Duration};

use super::rig::{Rig, failure};
use crate::{
    domain::{
        FailureKind, InvoiceId, Operator, Order, RemoteStatus, Verdict,
        event::Event,
        record::{Attention, BookingState, ParkReason},
    },
    handle::{Answer, Ask, Command, CommandReply, Ends, EngineHandle, ItemEnd, Query, Reply, Run},
    ledger::tests::support::order,
    worker::{EngineConfig, desk, planner},
};

/// A desk that answers for a rig.
pub fn opened(rig: &Rig) -> EngineHandle {
    let (handle, end) = EngineHandle::pair(Operator::new("asha"));
    tokio::spawn(desk::run(Arc::clone(&rig.shop), end.asks));
    handle
}

pub async fn told(desk: &EngineHandle, command: Command) -> CommandReply {
    match desk.command(command).await {
        Ok(Answer::Done { reply }) => reply,
        other => panic!("{other:?}"),
    }
}

async fn retried(desk: &EngineHandle, id: u64) -> Result<(), String> {
    let invoices = vec![InvoiceId(id)];
    let wanted = Command::Retry { invoices };
    let Ok(Answer::Preview { preview }) = desk
        .ask(Ask::Preview {
            command: wanted.clone(),
        })
        .await
    else {
        panic!("no preview");
    };
    let reply = told(desk, wanted).await;
    let end = match &reply.items[0].end {
        ItemEnd::Taken { .. } => Ok(()),
        ItemEnd::Failed { says, .. } => Err(says.to_string()),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        preview.orders == 1,
        end.is_ok(),
        "the preview says the same"
    );
    end
}

/// An order with an AWB that EasyEcom shows as cancelled, while DTDC does not cancel the AWB.
async fn orphaned(before: impl AsyncFnOnce(&Rig)) -> Rig {
    let rig = Rig::new(EngineConfig::default());
    rig.booked(1).await;
    before(&rig).await;
    rig.said().write = failure(FailureKind::Rejected, "Shipment is out for pickup");
    rig.shows(Order {
        status: RemoteStatus::Cancelled,
        ..order(1)
    })
    .await;
    tokio::spawn(planner::run(Arc::clone(&rig.shop)));
    // Long enough for some tries, and for the wait between two to have grown to minutes.
    tokio::time::sleep(Duration::from_mins(20)).await;
    let record = rig.order(1);
    assert_eq!(record.attention(), Some(Attention::OrphanAwb));
    assert!(rig.said().count("cancel booking") > 1);
    rig
}

fn state(rig: &Rig) -> Option<BookingState> {
    rig.order(1).booking.map(|b| b.state)
}

/// The engine's next try is not due for a while; a retry makes it at once.
async fn retried_at_once(rig: &Rig) {
    let desk = opened(rig);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = rig.said().count("cancel booking");
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(rig.said().count("cancel booking"), before, "it waits");
    rig.said().write = Verdict::Applied(());
    assert_eq!(retried(&desk, 1).await, Ok(()));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(rig.said().count("cancel booking"), before + 1);
    assert_eq!(state(rig), Some(BookingState::Cancelled));
    assert_eq!(rig.order(1).attention(), None);
    let says = retried(&desk, 1).await.expect_err("it is done");
    assert!(says.contains("nothing is left to try"), "{says}");
}

#[tokio::test(start_paused = true)]
async fn retrying_an_awb_that_will_not_travel_asks_the_carrier_at_once() {
    let rig = orphaned(async |_| {}).await;
    retried_at_once(&rig).await;
}

#[tokio::test(start_paused = true)]
async fn the_same_where_the_order_was_parked_before_it_was_cancelled() {
    let rig = orphaned(async |rig| {
        rig.record(Event::Parked {
            invoice: InvoiceId(1),
            reason: ParkReason::Twin { of: InvoiceId(7) },
        })
        .await;
    })
    .await;
    retried_at_once(&rig).await;
}

#[tokio::test(start_paused = true)]
async fn the_same_where_it_was_held() {
    let rig = orphaned(async |rig| {
        rig.record(Event::Held {
            invoice: InvoiceId(1),
            reason: "ask the customer".into(),
        })
        .await;
    })
    .await;
    retried_at_once(&rig).await;
}

#[tokio::test(start_paused = true)]
async fn an_awb_that_is_refused_again_stays_an_orphan_for_a_person() {
    let rig = orphaned(async |_| {}).await;
    let desk = opened(&rig);
    for _ in 0..3 {
        let before = rig.said().count("cancel booking");
        assert_eq!(retried(&desk, 1).await, Ok(()));
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(rig.said().count("cancel booking") > before);
        assert_eq!(state(&rig), Some(BookingState::Orphan));
        assert_eq!(rig.order(1).attention(), Some(Attention::OrphanAwb));
    }
}

async fn runs(desk: &EngineHandle) -> Vec<Run> {
    let answer = desk.query(Query::Overview).await;
    let Ok(Answer::Reply { reply }) = answer else {
        panic!("{answer:?}");
    };
    let Reply::Overview(overview) = *reply else {
        panic!("{reply:?}");
    };
    overview.runs
}

#[tokio::test(start_paused = true)]
async fn a_command_for_several_orders_says_how_far_it_is_until_it_has_ended() {
    let rig = Rig::new(EngineConfig::default());
    rig.shows(order(1)).await;
    let desk = opened(&rig);
    let asked = desk.clone();
    let invoices = vec![InvoiceId(99), InvoiceId(1)];
    let command = tokio::spawn(async move { told(&asked, Command::Next { invoices }).await });
    // Nobody reads EasyEcom, so the second order waits for a reading.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let [run] = &runs(&desk).await[..] else {
        panic!("one command is under way");
    };
    assert_eq!(run.by, Operator::new("asha"));
    assert_eq!(run.says(), "0 of 2 taken, 1 refused, 1 to go");
    rig.read();
    let reply = command.await.expect("no panic");
    let ends: Ends = reply.items.iter().collect();
    assert_eq!(ends.of(2), "1 of 2 taken, 1 refused");
    assert_eq!(runs(&desk).await, []);
}
