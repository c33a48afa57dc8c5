//! Whatever the journal says, in whatever order: nothing panics, the counts are right, and what may
//! never happen does not.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::domain::{
    fold::{
        chaos::{draws, event},
        fixture::Site,
        memory::Memory,
    },
    record::{BookingState, OrderRecord},
    step::Call,
};

fn never(before: &Memory, after: &Memory) -> Result<(), TestCaseError> {
    for (awb, row) in &before.awbs {
        let now = after.awbs.get(awb).map(|r| r.owner);
        let kept = row.owner.is_none() || now == Some(row.owner);
        prop_assert!(kept, "{awb} changed its owner");
    }
    for (id, old) in &before.orders {
        let new = &after.orders[id];
        prop_assert!(new.version >= old.version);
        prop_assert!(new == old || new.version > old.version, "a silent change");
        for call in [
            Call::Book,
            Call::Assign,
            Call::Confirm,
            Call::Manifest,
            Call::CancelBooking,
        ] {
            let (was, is) = (old.call(call), new.call(call));
            let done = |s: Option<&crate::domain::record::CallState>| {
                s.is_some_and(|s| s.progress.is_done())
            };
            prop_assert!(!done(was) || was == is, "{call} was undone");
        }
        if let Some(booking) = &old.booking {
            let now = new.booking.as_ref().map(|b| (&b.awb, b.source));
            prop_assert_eq!(now, Some((&booking.awb, booking.source)));
        }
        if let Some(told) = old.trail.told {
            let now = new.trail.told;
            let forward = now == Some(told) || now.is_some_and(|n| told.may_become(n));
            prop_assert!(forward, "told {told}, then {now:?}");
        }
    }
    Ok(())
}

fn always(memory: &Memory) -> Result<(), TestCaseError> {
    let mut awbs = BTreeSet::new();
    for record in memory.orders.values() {
        if let Some(booking) = &record.booking {
            prop_assert!(awbs.insert(&booking.awb), "{} twice", booking.awb);
            let owner = memory.awbs.get(&booking.awb).and_then(|r| r.owner);
            prop_assert_eq!(owner, Some(record.id()));
        }
        late_cancellations_are_flagged(record)?;
        // Whoever looks for open calls looks at all of them.
        prop_assert!(!record.documents.progress.is_open(), "a read has no intent");
    }
    let free = memory.awbs.values().filter(|r| r.owner.is_none()).count();
    prop_assert_eq!(memory.site.awbs_free, free as u64);
    for sku in memory.skus.values() {
        prop_assert!(sku.wanted().is_none_or(|q| q >= 0));
        let _ = (sku.state(), sku.difference(), sku.likely_cause());
    }
    Ok(())
}

fn late_cancellations_are_flagged(record: &OrderRecord) -> Result<(), TestCaseError> {
    let manifested = record.manifest.progress.is_done();
    if let Some(cancelled) = &record.cancelled {
        prop_assert_eq!(cancelled.after_manifest, manifested);
    }
    if let Some(booking) = &record.booking {
        let void = record.cancelled.is_some() && !manifested;
        let orphan = booking.state == BookingState::Orphan;
        prop_assert!(!orphan || void || record.cancel_booking.progress.is_open());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn nonsense_breaks_nothing(draws in draws(), lawful in any::<bool>()) {
        let mut site = Site::default();
        for draw in draws {
            let Some(event) = event(&site, draw, lawful) else { continue };
            let before = site.memory.clone();
            site.tell(event);
            never(&before, &site.memory)?;
            always(&site.memory)?;
        }
    }
}
