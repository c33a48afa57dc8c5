//! Every combination of the states that a call's legality may depend on, weighed twice.

use std::collections::BTreeSet;

use super::state::{News, Own, Parcel, Remote, Sibling, State, record, siblings};
use crate::domain::{
    fold::fixture::at,
    gate::{Facts, LiftedBy, Refusal, Rule, weigh, weigh_sku, weigh_stock},
    ids::{LocationKey, Operator, Sku},
    inventory::SkuRecord,
    outcome::Signed,
    step::Call,
    time::ist,
    tracking::TrackingStatus,
};

/// The truth. Design, "The product": when each of the seven steps is legal.
fn oracle(s: &State) -> BTreeSet<Rule> {
    let mut no = BTreeSet::new();
    if s.call == Call::Inventory {
        if !s.setting_on {
            no.insert(Rule::StockSettingOn);
        }
        return no;
    }
    let mut needs = |rule, met: bool| {
        if !met {
            no.insert(rule);
        }
    };
    let never_twice = matches!(s.own, Own::NotTried | Own::WillRetry | Own::WasRefused);
    let manifested = s.manifest_is() == Own::Done;
    // Steps 2 to 5: "not held, parked or cancelled", and from the manifest on only forward.
    if !matches!(s.call, Call::Tracking | Call::CancelBooking) {
        needs(Rule::NotCancelled, !s.cancelled);
        needs(Rule::NotHeld, !s.held);
        needs(Rule::NotParked, !s.parked);
        needs(Rule::NotManifested, !manifested);
    }
    // Documents are reads: they may be fetched again. Everything else happens once.
    if s.call != Call::Documents {
        needs(Rule::NotSentAlready, never_twice);
    }
    // Before each write that a cancellation would forbid: a fresh read.
    let fresh = s.read.is_some_and(|age| age <= 60);
    match s.call {
        Call::Book => {
            needs(Rule::NoTwin, s.sibling == Sibling::None);
            needs(Rule::OpenRemotely, s.remote == Remote::Open);
            needs(Rule::NoAwbYet, s.parcel == Parcel::None);
            needs(Rule::Fresh, fresh);
        }
        Call::Assign => {
            needs(Rule::NoTwin, s.sibling == Sibling::None);
            needs(Rule::OpenRemotely, s.remote == Remote::Open);
            needs(Rule::AwbBooked, s.parcel == Parcel::Bound);
            needs(Rule::Fresh, fresh);
        }
        Call::Confirm => {
            needs(Rule::NoTwin, s.sibling == Sibling::None);
            // A failed confirmation may leave the order standing in Confirmed.
            let failed_there = s.remote == Remote::Confirmed && s.own == Own::WasRefused;
            needs(Rule::OpenRemotely, s.remote == Remote::Open || failed_there);
            needs(Rule::AwbBooked, s.parcel == Parcel::Bound);
            needs(Rule::Assigned, s.assigned_is());
            needs(Rule::Fresh, fresh);
        }
        Call::Documents => {
            needs(Rule::Assigned, s.assigned_is());
            needs(Rule::Confirmed, s.confirmed_is());
        }
        Call::Manifest => {
            needs(Rule::AwbBooked, s.parcel == Parcel::Bound);
            needs(Rule::Assigned, s.assigned_is());
            needs(Rule::Confirmed, s.confirmed_is());
            needs(Rule::DocumentsStored, s.label && s.invoice);
            needs(Rule::Fresh, fresh);
        }
        Call::Tracking => {
            needs(Rule::AwbBooked, s.parcel == Parcel::Bound);
            needs(Rule::Assigned, s.assigned_is());
            needs(Rule::Confirmed, s.confirmed_is());
            needs(Rule::Manifested, manifested);
            needs(Rule::TrackingForward, s.news == News::Forward);
        }
        Call::CancelBooking => {
            needs(Rule::AwbVoid, s.parcel == Parcel::WillNotTravel);
            // The manifest is the pivot: an AWB that is on one, or may be, is not cancelled.
            let off_manifest = !matches!(
                s.manifest,
                Own::OnItsWay | Own::Taken | Own::NotKnown | Own::Done
            );
            needs(Rule::NotManifested, off_manifest);
        }
        Call::Inventory => {}
    }
    no
}

/// Who gets it out of the way. What is done, or bound for ever, nobody; what a person decided, or has
/// to, a person; the rest comes with the next step or reading.
fn lifted_by(s: &State, rule: Rule) -> LiftedBy {
    let person = match rule {
        Rule::NotHeld | Rule::NotParked | Rule::StockSettingOn => true,
        Rule::NoTwin => s.sibling == Sibling::Confirmed,
        // It travels, unless somebody cancels or drops its order.
        Rule::AwbVoid => s.parcel == Parcel::Bound,
        _ => false,
    };
    let is_final = match rule {
        Rule::NotCancelled | Rule::NoAwbYet => true,
        Rule::NotSentAlready => s.own == Own::Done,
        Rule::NotManifested => s.manifest_is() == Own::Done,
        Rule::AwbBooked => s.parcel != Parcel::None,
        Rule::AwbVoid => s.parcel != Parcel::Bound,
        Rule::TrackingForward => s.news == News::Backward,
        _ => false,
    };
    match (person, is_final) {
        (true, _) => LiftedBy::Person,
        (false, true) => LiftedBy::Nothing,
        (false, false) => LiftedBy::Engine,
    }
}

fn check(s: &State) {
    let (record, siblings) = (record(s), siblings(s));
    let facts = Facts {
        record: &record,
        siblings: &siblings,
        fresh_at: s.read.map(|age| at(1_000 - age)),
        fresh_for_s: 60,
        telling: (s.news == News::Backward).then_some(TrackingStatus::InTransit),
        stock_setting_on: s.setting_on,
        zone: ist(),
        now: at(1_000),
    };
    let expected = oracle(s);
    let Err(refusal) = weigh(s.call, &facts) else {
        assert!(
            expected.is_empty(),
            "let through against {expected:?}: {s:?}"
        );
        return;
    };
    let named: BTreeSet<Rule> = refusal.unmet.iter().map(|u| u.rule).collect();
    assert_eq!(named, expected, "{s:?}");
    assert_eq!(named.len(), refusal.unmet.len(), "a rule is named once");
    for unmet in &refusal.unmet {
        assert_eq!(unmet.lifted_by, lifted_by(s, unmet.rule), "{unmet:?} {s:?}");
    }
    is_readable(&refusal);
}

fn is_readable(refusal: &Refusal) {
    for unmet in &refusal.unmet {
        for words in [&unmet.what, &unmet.since, &unmet.lifts] {
            assert!(!words.is_empty(), "{unmet:?}");
        }
        // What is read and what is decided by say the same.
        let says_nothing = unmet.lifts.as_str().starts_with("nothing");
        let is_final = unmet.lifted_by == LiftedBy::Nothing;
        assert_eq!(says_nothing, is_final, "{unmet:?}");
    }
}

const OWN: [Own; 7] = [
    Own::NotTried,
    Own::WillRetry,
    Own::WasRefused,
    Own::OnItsWay,
    Own::Taken,
    Own::NotKnown,
    Own::Done,
];
const REMOTE: [Remote; 4] = [
    Remote::Open,
    Remote::Confirmed,
    Remote::Shipped,
    Remote::Strange,
];
const SIBLING: [Sibling; 3] = [Sibling::None, Sibling::Confirmed, Sibling::OriginalUnderWay];
const READ: [Option<i64>; 3] = [None, Some(61), Some(60)];
const PARCEL: [Parcel; 4] = [
    Parcel::None,
    Parcel::Bound,
    Parcel::WillNotTravel,
    Parcel::Void,
];
const NEWS: [News; 3] = [News::None, News::Forward, News::Backward];

/// Numbers the combinations: each call takes a digit of the number, in a base of its own.
struct Digits(u64);

impl Digits {
    fn of<T: Copy>(&mut self, values: &[T]) -> T {
        let base = values.len() as u64;
        let value = values[(self.0 % base) as usize];
        self.0 /= base;
        value
    }
}

/// The `n`th state of `call`: first what its legality depends on, exhaustively; what it must not
/// depend on takes whatever a hash of `n` says. Returns `None` when all were made.
fn state(call: Call, n: u64) -> Option<State> {
    let (mut all, mut any) = (Digits(n), Digits(n.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
    let before_manifest = !matches!(call, Call::Tracking | Call::CancelBooking | Call::Inventory);
    let early = matches!(call, Call::Book | Call::Assign | Call::Confirm);
    let is = |calls: &[Call]| calls.contains(&call);
    macro_rules! draw {
        ($relevant:expr, $values:expr) => {
            if $relevant { &mut all } else { &mut any }.of($values)
        };
    }
    let flags = &[false, true];
    // Only a cancellation of the AWB cares how far an unfinished manifest came.
    let manifests: &[Own] = if call == Call::CancelBooking {
        &OWN
    } else {
        &[Own::NotTried, Own::Done]
    };
    let state = State {
        call,
        own: draw!(!is(&[Call::Inventory]), &OWN),
        remote: draw!(early, &REMOTE),
        cancelled: draw!(before_manifest, flags),
        held: draw!(before_manifest, flags),
        parked: draw!(before_manifest, flags),
        sibling: draw!(early, &SIBLING),
        read: draw!(early || call == Call::Manifest, &READ),
        parcel: draw!(!is(&[Call::Documents, Call::Inventory]), &PARCEL),
        assigned: draw!(
            is(&[
                Call::Confirm,
                Call::Documents,
                Call::Manifest,
                Call::Tracking
            ]),
            flags
        ),
        confirmed: draw!(
            is(&[Call::Documents, Call::Manifest, Call::Tracking]),
            flags
        ),
        label: draw!(call == Call::Manifest, flags),
        invoice: draw!(call == Call::Manifest, flags),
        manifest: draw!(!is(&[Call::Manifest, Call::Inventory]), manifests),
        news: draw!(call == Call::Tracking, &NEWS),
        setting_on: draw!(call == Call::Inventory, flags),
    };
    (all.0 == 0).then_some(state)
}

#[test]
fn the_gate_equals_the_oracle_in_every_state() {
    let mut legal = 0;
    for call in [
        Call::Book,
        Call::Assign,
        Call::Confirm,
        Call::Documents,
        Call::Manifest,
        Call::Tracking,
        Call::Inventory,
        Call::CancelBooking,
    ] {
        let states = (0..).map_while(|n| state(call, n));
        let mut count = 0;
        for state in states {
            check(&state);
            count += 1;
            legal += u64::from(oracle(&state).is_empty());
        }
        println!("{call}: {count} states");
    }
    assert!(legal > 0);
    println!("{legal} of them legal");
}

#[test]
fn stock_is_weighed_without_an_order() {
    assert_eq!(weigh_stock(true), Ok(()));
    let refusal = weigh_stock(false).expect_err("the setting is not known");
    assert_eq!(refusal.invoice, None);
    assert!(!refusal.lifts_itself());
    assert_eq!(refusal.unmet[0].lifted_by, LiftedBy::Person);
    let whole = refusal.to_string();
    assert!(whole.contains(refusal.unmet[0].lifts.as_str()), "{whole}");
    is_readable(&refusal);
}

#[test]
fn a_sku_is_weighed_by_what_is_held_of_it() {
    let sku = Sku::new("KURTA-01-M");
    let mut record = SkuRecord::new(LocationKey::new("ab1"), sku.clone());
    let weighed = |held: Option<&SkuRecord>| {
        weigh_sku(&sku, held, ist())
            .map(|r| r.sku.clone())
            .map_err(|unmet| {
                let refusal = Refusal {
                    call: Call::Inventory,
                    invoice: None,
                    unmet: vec![unmet.clone()],
                };
                is_readable(&refusal);
                assert!(!refusal.lifts_itself());
                assert_eq!(unmet.lifted_by, LiftedBy::Person);
                (unmet.rule, refusal.to_string())
            })
    };
    assert_eq!(weighed(Some(&record)), Ok(sku.clone()));
    let (rule, says) = weighed(None).expect_err("not known");
    assert_eq!(rule, Rule::SkuHeld);
    assert!(says.contains("a stock file that lists it"), "{says}");
    record.left_out = Some(Signed {
        at: at(0),
        by: Operator::new("asha"),
        reason: "a combo".into(),
    });
    let (rule, says) = weighed(Some(&record)).expect_err("left out");
    assert_eq!(rule, Rule::SkuNotLeftOut);
    assert!(
        says.contains("a combo") && says.contains("by asha"),
        "{says}"
    );
}

/// Scripts and older programs read what they always read; what an older engine does not say is no
/// reason to fail.
#[test]
fn a_refusal_crosses_the_socket() {
    let refusal = weigh_stock(false).expect_err("the setting is not known");
    let mut json = serde_json::to_value(&refusal).expect("plain data");
    let unmet = &json["unmet"][0];
    assert_eq!(unmet["rule"], "stock_setting_on");
    assert_eq!(unmet["lifted_by"], "person");
    for name in ["what", "since", "lifts"] {
        assert!(unmet[name].is_string(), "{unmet}");
    }
    assert_eq!(
        serde_json::from_value::<Refusal>(json.clone()).ok(),
        Some(refusal)
    );
    if let Some(unmet) = json["unmet"][0].as_object_mut() {
        unmet.remove("lifted_by");
    }
    let older: Refusal = serde_json::from_value(json).expect("read");
    assert!(!older.lifts_itself());
}
