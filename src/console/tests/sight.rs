//! What must be in sight, whatever the state and however small the screen.

use chrono::TimeDelta;

use super::flows::bench;
use crate::{
    console::{
        fixture::{Bench, Engine, ago, now, order_row},
        keymap::Key,
        update::Event,
    },
    domain::{ManifestNo, Operator, outcome::Signed},
    handle::{Delta, EngineState, Level, ManifestLoad},
};

fn paused() -> EngineState {
    EngineState::Paused {
        by: Signed {
            at: now(),
            by: Operator::new("asha"),
            reason: "lunch".into(),
        },
    }
}

fn line(b: &Bench, y: usize) -> String {
    b.screen().lines().nth(y).unwrap_or_default().to_owned()
}

#[test]
fn the_band_is_in_sight_in_every_state() {
    let stopped = EngineState::Stopped {
        says: "the disk is full; make room and start raftaar again".into(),
    };
    for columns in [60, 80, 100, 120, 160] {
        let mut b = Bench::new(Engine::normal(), (columns, 24));
        let band = line(&b, 2);
        assert!(band.contains("16 ") && band.contains("need you"), "{band}");
        for (state, word) in [(paused(), "PAUSED"), (stopped.clone(), "STOPPED")] {
            b.engine.overview.engine = state;
            b.event(Event::Tick);
            let band = line(&b, 2);
            for part in [word, "16 ", "Confirmed", "pickup", "in 1h1", "9 need you"] {
                assert!(band.contains(part), "{part} at {columns}: {band}");
            }
        }
        b.engine.overview.alarms = vec!["disk almost full".into()];
        b.engine.overview.engine = paused();
        b.event(Event::Tick);
        let band = line(&b, 2);
        if columns >= 80 {
            for part in ["PAUSED", "pickup 18:00 in 1h1", "9 need you", " ! "] {
                assert!(band.contains(part), "{part} at {columns}: {band}");
            }
        }
        b.event(Event::Gone("the engine has stopped".into()));
        let band = line(&b, 2);
        for part in ["NO ENGINE", "16 ", "pickup", "9 need you"] {
            assert!(band.contains(part), "{part} at {columns}: {band}");
        }
    }
}

#[test]
fn news_of_the_engine_does_not_cover_what_the_selected_order_needs() {
    let mut b = Bench::new(Engine::normal(), (80, 24));
    let last = |b: &Bench| line(b, 22);
    let tell = |b: &mut Bench, level| {
        let says = "3 new orders".into();
        b.event(Event::Delta(Box::new(Delta::Notice { level, says })));
    };
    b.press("e");
    let row = b.engine.orders.iter().find(|r| r.attention.is_some());
    let invoice = row.expect("one needs somebody").invoice;
    while b.model.orders.selected != Some(invoice) || b.model.trouble().is_some() {
        b.press("j");
    }
    let needs = last(&b);
    assert!(!needs.trim().is_empty(), "{}", b.screen());
    tell(&mut b, Level::Info);
    assert_eq!(last(&b), needs);
    tell(&mut b, Level::Warn);
    assert!(last(&b).contains("3 new orders"));
}

#[test]
fn why_the_engine_stopped_stands_in_the_status() {
    let mut b = bench();
    b.engine.overview.engine = EngineState::Stopped {
        says: "the disk is full; make room".into(),
    };
    b.event(Event::Tick);
    b.press("o");
    assert!(
        b.screen().contains("STOPPED: the disk is full; make room"),
        "{}",
        b.screen()
    );
}

#[test]
fn the_wall_names_nobody_and_has_every_figure() {
    for size in [(60, 16), (80, 24), (100, 30), (120, 40), (200, 60)] {
        let mut b = Bench::new(Engine::normal(), size);
        b.engine.overview.engine = paused();
        b.engine.overview.alarms = vec!["call Ravi on 98200".into()];
        b.event(Event::Tick);
        b.press("W");
        let screen = b.screen();
        assert!(screen.contains("PAUSED"), "{screen}");
        for word in ["asha", "lunch", "(x", "Ravi", "(e)", "(o)"] {
            assert!(!screen.contains(word), "{word} at {size:?}:\n{screen}");
        }
        let figures = [
            ["min to pickup", "min, pickup"],
            ["min: oldest Confirmed", "min, oldest"],
            ["calls left", "calls left"],
            ["to do", "to do"],
            ["ready", "ready"],
            ["moving", "moving"],
            ["delivered", "delivered"],
            ["coming back", "coming back"],
            ["min: orders read", "min, orders"],
            ["min: tracking read", "min, scans"],
            ["min: inventory read", "min, stock"],
        ];
        for names in figures {
            let there = names.iter().any(|name| screen.contains(name));
            assert!(there, "{names:?} at {size:?}:\n{screen}");
        }
    }
}

#[test]
fn a_pane_is_as_old_as_what_it_was_read_from() {
    let mut b = bench();
    b.press("3");
    assert!(b.screen().contains("DTDC 6m"), "{}", b.screen());
    b.engine.overview.schedule.tracking_read_at = Some(ago(300));
    b.engine.overview.schedule.stock_read_at = None;
    b.event(Event::Tick);
    assert!(b.screen().contains("DTDC 5h0"), "{}", b.screen());
    assert!(b.screen().contains("EasyEcom never"), "{}", b.screen());
    assert!(!b.screen().contains("EasyEcom 1m"), "read as it should be");
    b.engine.overview.schedule.orders_read_at = Some(ago(45));
    b.event(Event::Tick);
    assert!(b.screen().contains("EasyEcom 45m"), "{}", b.screen());
}

#[test]
fn without_an_engine_no_link_is_up() {
    let mut b = bench();
    b.event(Event::Gone("the engine has stopped".into()));
    let top = line(&b, 0);
    assert!(top.contains("EasyEcom ?  DTDC ?"), "{top}");
    assert!(!top.contains("up"), "{top}");
}

#[test]
fn calls_left_and_the_engines_state_outlast_ages_and_names() {
    for (columns, named) in [(60, false), (80, true)] {
        let b = Bench::new(Engine::normal(), (columns, 24));
        let top = line(&b, 0);
        assert!(top.contains("SANDBOX") && top.contains("auto"), "{top}");
        assert!(top.contains("412 calls left"), "{top}");
        assert_eq!(top.contains("Bhiwandi"), named, "{top}");
    }
}

#[test]
fn every_step_can_be_seen_on_the_smallest_screen() {
    let mut b = Bench::new(Engine::normal(), (60, 16));
    b.press("2");
    assert!(b.screen().contains("1 Fetch order"), "{}", b.screen());
    for title in ["Confirm order", "Generate manifest", "Update inventory"] {
        b.press("j j");
        assert!(b.screen().contains(title), "{title}:\n{}", b.screen());
    }
    assert!(!b.screen().contains("1 Fetch order"), "{}", b.screen());
}

#[test]
fn the_footer_offers_what_is_on_the_screen() {
    let mut b = Bench::new(Engine::normal(), (80, 24));
    assert!(b.screen().contains("/ Filter"), "{}", b.screen());
    assert!(b.screen().contains("Tab Next pane"), "{}", b.screen());
    b.engine
        .feed
        .insert(0, crate::console::fixture::feed_line(30));
    b.tracking_changed();
    assert!(!b.screen().contains("Fold in"), "{}", b.screen());
    b.press("3");
    assert!(b.screen().contains("Fold in"), "{}", b.screen());
}

#[test]
fn rows_about_no_order_have_the_lines_that_no_order_needs() {
    let mut engine = Engine::normal();
    for row in engine.orders.iter_mut().skip(4) {
        row.attention = None;
    }
    assert_eq!(engine.troubles.len(), 3);
    let mut b = Bench::new(engine, (80, 24));
    b.press("e");
    let screen = b.screen();
    assert!(screen.contains("SKU KURTA-006-M"), "{screen}");
    assert!(screen.contains("100203"), "{screen}");
}

fn manifest(number: &str, group: &str, of: u64, loaded: u64) -> ManifestLoad {
    ManifestLoad {
        number: Some(ManifestNo::new(number)),
        group: group.into(),
        ..super::load::manifest(number.len() as u64 + of, of, loaded)
    }
}

#[test]
fn manifests_of_one_day_are_told_apart_at_the_dock() {
    let mut engine = Engine::normal();
    engine.loads = vec![
        manifest("2026112902310471", "Shopify DTDC", 4, 0),
        manifest("2026112902315528", "Amazon DTDC", 5, 2),
    ];
    let mut b = Bench::new(engine, (80, 24));
    b.press("L");
    let screen = b.screen();
    for part in ["Shopify DTDC", "…2310471", "Amazon DTDC", "…2315528", "<1m"] {
        assert!(screen.contains(part), "{part}:\n{screen}");
    }
    assert!(
        screen.contains("3 STAY BEHIND if it leaves now"),
        "{screen}"
    );
    insta::assert_snapshot!("dock_two_manifests_80x24", screen);
    b.press("ctrl-o");
    let screen = b.screen();
    assert!(screen.contains("3 STAY BEHIND?"), "{screen}");
    b.press("esc");
    b.model.now = now() + chrono::TimeDelta::minutes(10);
    assert!(b.screen().contains("STALE 9m"), "{}", b.screen());
}

/// A screen that nobody touches shows what presses most; one that somebody uses does not move.
#[test]
fn an_unattended_list_begins_with_what_is_first() {
    let mut b = Bench::new(Engine::normal(), (80, 24));
    let first = b.engine.orders[0].invoice;
    let urgent = |b: &mut Bench, n: u64, key: &str| {
        let mut row = order_row(n);
        row.key = key.to_owned();
        b.engine.orders.insert(0, row);
        b.orders_changed();
    };
    let wait = |b: &mut Bench, seconds| {
        b.now += TimeDelta::seconds(seconds);
        b.event(Event::Tick);
    };
    urgent(&mut b, 900, "00");
    assert_eq!(b.model.orders.selected, Some(first));
    wait(&mut b, 60);
    assert_eq!(b.model.orders.selected, Some(first), "somebody may read it");
    wait(&mut b, 61);
    let now_first = b.engine.orders[0].invoice;
    assert_eq!(b.model.orders.selected, Some(now_first));
    assert!(b.screen().contains("> 101100"), "{}", b.screen());
    // A key that was meant for the other order does nothing.
    b.event(Event::Key(Key::char('n')));
    let screen = b.screen();
    assert!(screen.contains("moved from order 100200"), "{screen}");
    // Where somebody has put the cursor elsewhere it stays.
    b.press("j");
    let chosen = b.model.orders.selected;
    urgent(&mut b, 901, "000");
    wait(&mut b, 200);
    assert_eq!(b.model.orders.selected, chosen);
}
