//! What may be recorded.

use super::support::{at, begin, book, confirm, fresh, gave, held, now, order, seen, who};
use crate::{
    domain::{
        Awb, InvoiceId, LocationKey, Sku,
        event::Event,
        gate::{LiftedBy, Rule},
        request::{InventoryItem, InventoryRequest},
        schedule::Work,
    },
    ledger::{BeginError, LedgerError},
};

#[test]
fn a_step_is_gated_recorded_and_settled() {
    let (ledger, _, _) = fresh();
    now(async {
        ledger
            .record(&who(), at(1), vec![seen(order(1))])
            .await
            .expect("recorded");
        let permit = ledger.begin(book(1, None), begin(2)).await.expect("legal");
        assert_eq!((permit.attempt(), permit.intent()), (1, 3));
        assert!(permit.is_live(at(6)) && !permit.is_live(at(7)));
        let again = ledger.begin(book(1, None), begin(3)).await;
        assert!(matches!(again, Err(BeginError::Refused(_))), "{again:?}");
        ledger
            .settle(permit, at(4), vec![(InvoiceId(1), gave("D00000001"))])
            .await
            .expect("settled");
        let reader = ledger.reader();
        let record = reader.order(InvoiceId(1)).expect("read").expect("held");
        assert_eq!(record.live_awb().map(Awb::as_str), Some("D00000001"));
        let due = reader.due(Work::Assign, at(100), 10).expect("read");
        assert_eq!(due.len(), 1);
        let history = reader.history(InvoiceId(1), None, 10).expect("read");
        assert_eq!(history.iter().map(|e| e.seq).collect::<Vec<_>>(), [4, 3, 2]);
        assert_eq!(history[0].by, who());
    });
}

#[tokio::test(start_paused = true)]
async fn a_permit_ends_by_the_time_that_passed_whatever_the_clock_shows() {
    let (ledger, _, _) = fresh();
    ledger
        .record(&who(), at(1), vec![seen(order(1))])
        .await
        .expect("recorded");
    let permit = ledger.begin(book(1, None), begin(2)).await.expect("legal");
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    // The clock of the intent is two days behind this machine's by now, or ahead of it.
    assert!(permit.may_be_sent());
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert!(!permit.may_be_sent() && !permit.is_live(at(2)));
}

#[test]
fn a_refusal_leaves_no_trace() {
    let (ledger, disk, store) = fresh();
    now(async {
        ledger
            .record(&who(), at(1), vec![seen(order(1)), held(1)])
            .await
            .expect("recorded");
        let (bytes, state) = (disk.bytes(1), store.contents());
        let Err(BeginError::Refused(refusal)) = ledger.begin(confirm(1), begin(2)).await else {
            panic!("must be refused");
        };
        let rules: Vec<Rule> = refusal.unmet.iter().map(|u| u.rule).collect();
        assert_eq!(rules, [Rule::NotHeld, Rule::AwbBooked, Rule::Assigned]);
        let unheld = ledger.begin(confirm(9), begin(2)).await;
        assert!(matches!(unheld, Err(BeginError::NotHeld(InvoiceId(9)))));
        let forged = ledger
            .record(
                &who(),
                at(3),
                vec![
                    held(1),
                    Event::Started {
                        version: "x".into(),
                    },
                ],
            )
            .await;
        assert!(matches!(forged, Err(LedgerError::NotRecordable(_))));
        let said = ledger
            .decide(&who(), at(3), InvoiceId(1), |_| Err("no".into()))
            .await
            .expect("answered");
        assert_eq!(said, Err("no".into()));
        assert_eq!((disk.bytes(1), store.contents()), (bytes, state));
    });
}

/// Each SKU of a refused push says what is in its own way.
#[test]
fn a_push_names_what_is_wrong_with_each_sku() {
    let (ledger, _, _) = fresh();
    now(async {
        let location = LocationKey::new("ab1");
        let skus = ["GOOD", "CHANGED", "LEFT-OUT"].map(Sku::new);
        ledger
            .record(
                &who(),
                at(1),
                vec![
                    Event::Counted {
                        location: location.clone(),
                        source: "a".into(),
                        as_of: at(1),
                        rows: skus.iter().map(|sku| (sku.clone(), 5)).collect(),
                    },
                    Event::LeftOut {
                        location: location.clone(),
                        skus: vec![Sku::new("LEFT-OUT")],
                        reason: "a combo".into(),
                    },
                ],
            )
            .await
            .expect("recorded");
        let version = |sku: &str| {
            let record = ledger.reader().sku(&location, &Sku::new(sku));
            record.expect("read").map_or(0, |r| r.version)
        };
        let item = |sku: &str, quantity| InventoryItem {
            sku: Sku::new(sku),
            quantity,
            version: version(sku),
        };
        let request = InventoryRequest {
            location: location.clone(),
            items: vec![
                item("GOOD", 5),
                item("GOOD", 5),
                item("CHANGED", 4),
                item("LEFT-OUT", 5),
                item("NOBODYS", 5),
            ],
        };

        let begun = ledger.begin_stock(request, begin(2)).await;

        let Err(BeginError::Refused(refusal)) = begun else {
            panic!("must be refused");
        };
        let said: Vec<(Rule, LiftedBy, &str)> = refusal
            .unmet
            .iter()
            .map(|u| (u.rule, u.lifted_by, u.what.as_str()))
            .collect();
        let (engine, person) = (LiftedBy::Engine, LiftedBy::Person);
        assert_eq!(
            said,
            [
                (Rule::NotSentAlready, engine, "SKU GOOD is named twice"),
                (
                    Rule::NotSentAlready,
                    engine,
                    "the figure of SKU CHANGED has changed since"
                ),
                (
                    Rule::SkuNotLeftOut,
                    person,
                    "SKU LEFT-OUT is left out of the push: a combo"
                ),
                (Rule::SkuHeld, person, "SKU NOBODYS is not known here"),
            ]
        );
        assert!(!refusal.lifts_itself());
    });
}
