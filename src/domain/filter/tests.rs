//! What is typed is what is meant.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{Field, Filter, Term, Test, Than};
use crate::domain::{
    Awb, Stage,
    fold::fixture::{at, order},
    order::{Destination, Payment},
    record::{Attention, AwbSource, Booking, BookingState, OrderRecord},
};

fn filter(text: &str) -> Filter {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// Held for an hour, due in another one.
fn record() -> OrderRecord {
    let mut order = order(100_234);
    order.reference = crate::domain::ReferenceCode::new("SHOP-77:A");
    order.destination = Destination {
        city: "Navi Mumbai".into(),
        state: "Maharashtra".into(),
        pin: "400703".into(),
    };
    order.payment = Payment::Cod {
        collect: Decimal::from(499),
    };
    order.total = Decimal::from(499);
    order.due_at = Some(at(7_200));
    let mut record = OrderRecord::new(order, at(0));
    record.booking = Some(Booking {
        awb: Awb::parse("7X100004344").expect("an AWB"),
        source: AwbSource::Dtdc,
        state: BookingState::Live,
        at: at(0),
    });
    record
}

#[test]
fn words_fit_or_do_not() {
    let record = record();
    for (text, fits) in [
        ("", true),
        ("shop", true),
        ("SHOP-77", true),
        ("shop pune", false),
        ("shop -pune", true),
        ("!shop", false),
        ("navi mumbai", true),
        ("\"navi mumbai\"", true),
        ("\"mumbai navi\"", false),
        ("\"77:a\"", true),
        ("~\" -\" \"\"", true),
        ("city:navi", true),
        ("city:shop", false),
        ("city:\"navi m\"", true),
        ("ref:shop sku:sku-1 pin:4007 state:maha", true),
        ("awb:7x1", true),
        ("-awb:7x1", false),
        ("invoice:234 order:100", true),
        ("market:off courier:self", true),
        ("stage:booked", true),
        ("stage:boo", true),
        ("-stage:booked", false),
        ("is:held", false),
        ("-is:attention", true),
        ("pay:cod", true),
        ("pay:prepaid", false),
        ("age>30m", true),
        ("age>2h", false),
        ("age<1d", true),
        ("age:>30", true),
        ("for<2h", true),
        ("for>2h", false),
        ("due<2h", true),
        ("due<30m", false),
        ("due>30m", true),
        ("pieces>1", true),
        ("pieces>2", false),
        ("value>498.5 value<500", true),
        ("~shp77", true),
        ("~zzz", false),
    ] {
        assert_eq!(filter(text).at(at(3_600)).fits(&record), fits, "{text}");
    }
}

#[test]
fn an_order_without_a_date_is_never_due() {
    let mut record = record();
    record.order.due_at = None;
    for text in ["due<9999d", "due>1m"] {
        assert!(!filter(text).at(at(0)).fits(&record), "{text}");
    }
}

#[test]
fn what_is_no_filter_says_what_would_be() {
    for (text, says) in [
        ("colour:red", "there are ref, invoice"),
        ("stage:moon", "fetched"),
        ("is:happy", "parked"),
        ("pay:later", "pay:cod"),
        ("city:", "city:abc"),
        ("age:2h", "age>2h"),
        ("for:2h", "for>2h"),
        ("age>soon", "30m"),
        ("pieces>many", "whole number"),
        ("value>x", "rupees"),
        ("city>pune", "city:"),
        ("size>1", "no field size"),
        ("age>99999999d", "a time"),
    ] {
        let error = text.parse::<Filter>().expect_err(text).to_string();
        assert!(error.contains(says), "{text}: {error}");
    }
}

#[test]
fn text_with_a_colon_that_names_no_field_is_text() {
    assert_eq!(filter("77:a").terms[0].test, Test::Text("77:a".to_owned()));
}

fn test() -> impl Strategy<Value = Test> {
    let than = prop_oneof![Just(Than::More), Just(Than::Less)];
    let text = "[a-z0-9:<>~ -]{0,8}[a-z0-9]";
    prop_oneof![
        text.prop_map(Test::Text),
        "[a-z0-9]{1,6}".prop_map(Test::Fuzzy),
        (0..Field::ALL.len(), text).prop_map(|(n, t)| Test::In(Field::ALL[n].0, t)),
        (0..Stage::ALL.len()).prop_map(|n| Test::Stage(Stage::ALL[n])),
        (0..Attention::ALL.len()).prop_map(|n| Test::Is(Some(Attention::ALL[n]))),
        Just(Test::Is(None)),
        any::<bool>().prop_map(Test::Cod),
        (than.clone(), 0..100_000_u32).prop_map(|(t, n)| Test::Age(t, n)),
        (than.clone(), 0..100_000_u32).prop_map(|(t, n)| Test::InStage(t, n)),
        (than.clone(), 0..100_000_u32).prop_map(|(t, n)| Test::Due(t, n)),
        (than.clone(), any::<u32>()).prop_map(|(t, n)| Test::Pieces(t, n)),
        (than, 0..1_000_000_i64).prop_map(|(t, n)| Test::Value(t, Decimal::new(n, 2))),
    ]
}

proptest! {
    #[test]
    fn what_is_shown_reads_back(
        terms in prop::collection::vec(
            (any::<bool>(), test()).prop_map(|(not, test)| Term { not, test }),
            0..5,
        ),
    ) {
        let meant = Filter { terms };
        prop_assert_eq!(meant.to_string().parse::<Filter>(), Ok(meant));
    }

    #[test]
    fn nothing_that_is_typed_panics(text in ".{0,60}") {
        if let Ok(filter) = text.parse::<Filter>() {
            filter.at(at(0)).fits(&record());
            prop_assert_eq!(filter.to_string().parse::<Filter>(), Ok(filter));
        }
    }
}
