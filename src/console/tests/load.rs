//! The dock: scanning parcels on to the truck.

use chrono::TimeDelta;

use crate::{
    console::{
        fixture::{Bench, Engine, now, styles_of},
        model::{Layer, Ring, Setup},
        update::{Effect, Event},
    },
    domain::{
        Awb, Clean, InvoiceId, ManifestNo, Operator, ReferenceCode, fold::LoadClosed,
        outcome::Signed,
    },
    handle::{Command, LoadRow, ManifestLoad},
};

fn signed() -> Signed {
    Signed {
        at: now() - TimeDelta::minutes(3),
        by: Operator::new("ravi"),
        reason: Clean::default(),
    }
}

pub fn manifest(seq: u64, of: u64, loaded: u64) -> ManifestLoad {
    ManifestLoad {
        manifest: seq,
        at: now() - TimeDelta::minutes(40),
        number: Some(ManifestNo::new(&format!("M-{seq}"))),
        group: "Shopify DTDC".into(),
        orders: of,
        loaded,
        rows: (0..of)
            .map(|n| LoadRow {
                invoice: InvoiceId(seq * 100 + n),
                awb: Awb::parse(&format!("7X1{:08}", seq * 100 + n)).expect("an AWB"),
                reference: ReferenceCode::new(&format!("WEB-{seq}-{n}")),
                cancelled: false,
                loaded: (n < loaded).then(signed),
            })
            .collect(),
        closed: None,
        wrong: 0,
        twice: 0,
    }
}

fn bench(size: (u16, u16), bell: bool) -> Bench {
    let mut engine = Engine::normal();
    engine.loads = vec![manifest(31, 4, 0), manifest(30, 12, 5), manifest(29, 3, 3)];
    let setup = Setup {
        bell,
        ..Setup::default()
    };
    Bench::with(engine, size, setup)
}

fn scan(b: &mut Bench, code: &str) {
    b.type_text(code);
    b.press("enter");
}

fn rings(b: &Bench) -> Vec<Ring> {
    b.effects
        .iter()
        .filter_map(|e| match e {
            Effect::Ring(ring) => Some(*ring),
            _ => None,
        })
        .collect()
}

#[test]
fn a_scan_is_recorded_by_the_engine_before_it_counts() {
    let mut b = bench((100, 30), true);
    b.press("L");
    assert!(b.screen().contains("loaded 5 of 12"), "{}", b.screen());
    scan(&mut b, "7X100003007");
    assert_eq!(
        b.engine.commands,
        [Command::Load {
            code: "7X100003007".into(),
            manifest: Some(30),
            late: false,
        }]
    );
    assert!(b.screen().contains("LOADED"), "{}", b.screen());
    assert!(b.screen().contains("loaded 6 of 12"), "{}", b.screen());
    scan(&mut b, "7X100003007");
    assert!(b.screen().contains("TWICE"), "{}", b.screen());
    scan(&mut b, "7X100003100");
    assert!(b.screen().contains("OTHER MANIFEST"), "{}", b.screen());
    scan(&mut b, "nobody's");
    assert!(b.screen().contains("FOREIGN"), "{}", b.screen());
    assert_eq!(rings(&b), [Ring::Ok, Ring::Twice, Ring::Wrong, Ring::Wrong]);
    assert!(b.screen().contains("wrong 2"), "{}", b.screen());
    assert!(b.screen().contains("twice 1"), "{}", b.screen());
}

#[test]
fn without_an_engine_nothing_is_on_the_truck() {
    let mut b = bench((100, 30), false);
    b.press("L");
    b.event(Event::Gone("the connection is lost".into()));
    scan(&mut b, "7X100003007");
    assert!(b.engine.commands.is_empty());
    assert!(b.screen().contains("NOT RECORDED"), "{}", b.screen());
    assert!(b.screen().contains("loaded 5 of 12"));
}

#[test]
fn arrows_choose_the_manifest_and_the_last_parcel_comes_off_again() {
    let mut b = bench((100, 30), false);
    b.press("L up");
    scan(&mut b, "7X100003101");
    assert!(b.screen().contains("loaded 1 of 4"), "{}", b.screen());
    b.press("ctrl-t");
    assert_eq!(
        b.engine.commands.last(),
        Some(&Command::Unload {
            invoice: InvoiceId(3101)
        })
    );
    assert!(b.screen().contains("loaded 0 of 4"), "{}", b.screen());
    b.press("up up ctrl-o");
    assert!(b.screen().contains("choose a manifest first"));
}

#[test]
fn handing_over_says_what_stays_behind_and_asks() {
    let mut b = bench((100, 30), false);
    b.press("L ctrl-o");
    let screen = b.screen();
    assert!(
        screen.contains("Hand over M-30: 5 of 12 on the truck, 7 STAY BEHIND?"),
        "{screen}"
    );
    assert!(b.engine.commands.is_empty());
    b.press("y");
    assert_eq!(b.engine.commands, [Command::CloseLoad { manifest: 30 }]);
}

#[test]
fn wrong_and_twice_are_counted_for_the_whole_truck() {
    let mut b = bench((100, 30), false);
    b.press("L");
    scan(&mut b, "7X100003000");
    for _ in 0..60 {
        scan(&mut b, "nobody's");
    }
    let screen = b.screen();
    assert!(screen.contains("wrong 60   twice 1"), "{screen}");
    // Another console at the same truck sees the same figures, one at another truck its own.
    b.press("esc L");
    assert!(b.screen().contains("wrong 60   twice 1"), "{}", b.screen());
    b.press("up");
    assert!(b.screen().contains("wrong 0   twice 0"), "{}", b.screen());
    b.press("up");
    scan(&mut b, "nobody's");
    let screen = b.screen();
    assert!(screen.contains("here wrong 1   twice 0"), "{screen}");
}

#[test]
fn an_empty_truck_leaves_on_a_word_only() {
    let mut b = bench((100, 30), false);
    b.press("L up ctrl-o");
    let screen = b.screen();
    assert!(
        screen.contains("NOTHING IS LOADED, 4 STAY BEHIND?"),
        "{screen}"
    );
    assert!(screen.contains("Type empty and press Enter"), "{screen}");
    b.press("y enter");
    assert!(b.engine.commands.is_empty(), "y is no yes here");
    b.press("backspace");
    b.type_text("Empty");
    b.press("enter");
    assert_eq!(b.engine.commands, [Command::CloseLoad { manifest: 31 }]);
}

fn left() -> Bench {
    let mut b = bench((100, 30), true);
    b.engine.loads[1].closed = Some(LoadClosed {
        at: now() - TimeDelta::minutes(2),
        by: Operator::new("ravi"),
        missing: 7,
    });
    b.press("L");
    while b.model.layers.iter().all(|layer| match layer {
        Layer::Load(load) => load.chosen != Some(30),
        _ => true,
    }) {
        b.press("down");
    }
    b
}

fn later(b: &mut Bench) {
    b.now += TimeDelta::milliseconds(1_500);
}

#[test]
fn a_truck_that_has_left_takes_a_parcel_only_on_a_second_scan() {
    let mut b = left();
    let load = |late| Command::Load {
        code: "7X100003007".into(),
        manifest: Some(30),
        late,
    };
    scan(&mut b, "7X100003007");
    let screen = b.screen();
    for words in ["TRUCK HAS LEFT", "NOT RECORDED", "Scan it once more"] {
        assert!(screen.contains(words), "{words}\n{screen}");
    }
    assert_eq!(rings(&b), [Ring::Wrong]);
    assert!(screen.contains("loaded 5 of 12"), "{screen}");
    // The same pull of the trigger, however long it reads, records nothing.
    for _ in 0..5 {
        scan(&mut b, "7X100003007");
    }
    assert_eq!(b.engine.commands, [load(false)]);
    assert!(b.screen().contains("READ TWICE"), "{}", b.screen());
    later(&mut b);
    scan(&mut b, "7X100003007");
    assert_eq!(b.engine.commands, [load(false), load(true)]);
    assert!(b.screen().contains("loaded 6 of 12"), "{}", b.screen());
}

#[test]
fn only_the_same_code_is_a_second_scan() {
    let mut b = left();
    scan(&mut b, "7X100003007");
    later(&mut b);
    scan(&mut b, "7X100003008");
    later(&mut b);
    scan(&mut b, "7X100003007");
    let late = |c: &Command| matches!(c, Command::Load { late: true, .. });
    assert!(!b.engine.commands.iter().any(late));
    assert!(b.screen().contains("loaded 5 of 12"), "{}", b.screen());
}

#[test]
fn a_truck_is_handed_over_a_second_time_on_a_word_only() {
    let mut b = left();
    b.press("ctrl-o");
    let screen = b.screen();
    assert!(
        screen.contains("was handed over at 16:40 by ravi"),
        "{screen}"
    );
    assert!(screen.contains("Type again and press Enter"), "{screen}");
}

#[test]
fn a_console_that_only_looks_loads_nothing() {
    let mut engine = Engine::normal();
    engine.loads = vec![manifest(30, 2, 0)];
    let setup = Setup {
        read_only: true,
        ..Setup::default()
    };
    let mut b = Bench::with(engine, (100, 30), setup);
    b.press("L");
    scan(&mut b, "7X100003000");
    b.press("ctrl-o");
    assert!(b.engine.commands.is_empty());
    assert!(b.screen().contains("read-only"), "{}", b.screen());
}

#[test]
fn screens() {
    for size in [(80, 24), (100, 30), (120, 40)] {
        let mut b = bench(size, false);
        b.press("L");
        insta::assert_snapshot!(format!("dock_{}x{}", size.0, size.1), b.screen());
        scan(&mut b, "7X100003007");
        scan(&mut b, "7X100003007");
        insta::assert_snapshot!(format!("dock_twice_{}x{}", size.0, size.1), b.screen());
        insta::assert_snapshot!(
            format!("dock_twice_styles_{}x{}", size.0, size.1),
            styles_of(&b.buffer())
        );
    }
}
