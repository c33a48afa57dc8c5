//! Filters of what happened, of an open order and of the dock: the same language in each.

use super::{flows::bench, load::manifest};
use crate::{
    console::{
        fixture::{Bench, Engine, feed_line},
        keymap::overlay,
        model::{Filtered, Layer, Setup},
        update::Event,
    },
    domain::{Clean, InvoiceId, Operator},
    handle::{Command, FeedLine, JournalLine},
};

fn says(b: &Bench) -> Vec<&str> {
    let lines = b.model.feed.lines.iter();
    lines.map(|line| line.says.as_str()).collect()
}

#[test]
fn the_feed_is_filtered_by_field_by_age_and_by_what_does_not_fit() {
    let mut b = Bench::new(Engine::normal(), (120, 40));
    b.press("3 /");
    b.type_text("level:bad");
    assert_eq!(says(&b).len(), 6);
    assert!(says(&b).iter().all(|says| says.starts_with("RTO")));
    b.press("ctrl-u");
    b.type_text("-level:info -says:rto age<1h ~inrnsit");
    assert!(!says(&b).is_empty());
    assert!(says(&b).iter().all(|says| *says == "told In Transit"));
    b.press("ctrl-u");
    b.type_text("order:100203");
    assert_eq!(says(&b).len(), 1);
    b.press("enter esc");
    assert_eq!(says(&b).len(), 30);
}

#[test]
fn a_wrong_filter_of_the_feed_is_said_while_it_is_typed_and_leaves_the_lines() {
    let mut b = Bench::new(Engine::normal(), (120, 40));
    b.press("3 /");
    b.type_text("pune call:moon");
    assert!(b.screen().contains("no such call; there are book"));
    assert!(
        says(&b).iter().all(|says| says.contains("Pune")),
        "the last that was understood"
    );
    b.press("enter");
    assert!(!b.screen().contains("no such call"));
    b.press("/");
    assert!(b.screen().contains("no such call"), "{}", b.screen());
    b.press("ctrl-u");
    assert!(!b.screen().contains("no such call"));
    assert_eq!(says(&b).len(), 30);
}

#[test]
fn a_search_of_the_feed_goes_on_until_the_screen_is_full_or_the_feed_begins() {
    let mut engine = Engine::many();
    engine.looks = 1_000;
    let mut b = Bench::new(engine, (120, 40));
    b.press("3 /");
    b.type_text("order:100210");
    assert_eq!(says(&b).len(), 1, "in the tenth thousand");
    assert_eq!(b.model.feed.older, None);
    b.press("ctrl-u");
    b.type_text("level:bad");
    assert!(says(&b).len() >= 100, "as far as a page goes");
    assert!(b.model.feed.older.is_some());
}

#[test]
fn what_is_new_is_asked_for_from_where_the_feed_was_looked_at() {
    let mut engine = Engine::many();
    engine.looks = 1_000;
    let mut b = Bench::new(engine, (120, 40));
    b.press("3 /");
    b.type_text("order:100210");
    b.press("enter");
    let fits = FeedLine {
        invoice: Some(InvoiceId(100_210)),
        ..feed_line(10_003)
    };
    for n in 10_000..10_003 {
        b.engine.feed.insert(0, feed_line(n));
    }
    b.engine.feed.insert(0, fits);
    b.tracking_changed();
    assert_eq!(says(&b).len(), 2, "there is room for it");
    assert_eq!(b.model.feed.newest, b.engine.feed[0].seq);
    // More than one answer looks at: what is between is not forgotten.
    let more = (10_010..12_010).map(|n| FeedLine {
        invoice: (n == 10_020).then_some(InvoiceId(100_210)),
        ..feed_line(n)
    });
    for line in more {
        b.engine.feed.insert(0, line);
    }
    b.tracking_changed();
    assert_eq!(says(&b).len(), 3);
    assert_eq!(b.model.feed.older, None);
}

#[test]
fn a_search_that_fails_is_not_asked_for_at_once_again() {
    let mut b = Bench::new(Engine::normal(), (120, 40));
    b.model.feed.older = Some(3_000);
    b.model.feed.lines.clear();
    let generation = b.model.feed.generation;
    let asked = |b: &mut Bench, event| {
        let effects = crate::console::update::update(&mut b.model, event, b.now);
        let ask = |e: &crate::console::update::Effect| {
            matches!(
                e,
                crate::console::update::Effect::Ask(ticket, _)
                    if matches!(**ticket, crate::console::update::Ticket::Feed { before: Some(_), .. })
            )
        };
        effects.iter().filter(|e| ask(e)).count()
    };
    assert_eq!(asked(&mut b, Event::Tick), 1);
    assert_eq!(asked(&mut b, Event::Tick), 0, "one at a time");
    let ticket = crate::console::update::Ticket::Feed {
        generation,
        before: Some(3_000),
    };
    let failed = Event::Answer(Box::new(ticket), Box::new(Err("busy".into())));
    assert_eq!(asked(&mut b, failed), 0);
    assert_eq!(asked(&mut b, Event::Tick), 1);
}

/// An order that is open, with a history of several people.
fn open_order(size: (u16, u16), lines: u64) -> Bench {
    let mut b = Bench::new(Engine::normal(), size);
    b.press("enter");
    let event = |n: u64| match n % 3 {
        0 => crate::domain::event::Event::Held {
            invoice: InvoiceId(100_200),
            reason: Clean::new(&format!("address {n}")),
        },
        1 => crate::domain::event::Event::Resumed,
        _ => crate::domain::event::Event::Checked {
            call: crate::domain::Call::Confirm,
            invoice: InvoiceId(100_200),
            says: "still open".into(),
            counts: true,
            next_at: b.now,
        },
    };
    let journal = (0..lines).rev().map(|n| JournalLine {
        seq: n + 1,
        at: b.now - chrono::TimeDelta::minutes((lines - n).cast_signed()),
        epoch: 1,
        by: Operator::new(if n % 3 == 0 { "asha" } else { "engine" }),
        event: event(n),
    });
    let journal = journal.collect();
    if let Some(open) = b.model.detail_mut() {
        open.journal = Some(journal);
    }
    b
}

#[test]
fn an_open_orders_scans_and_history_are_filtered_where_they_stand() {
    let mut b = open_order((100, 30), 9);
    b.press("/");
    assert!(matches!(
        b.model.layers.last(),
        Some(Layer::Filter {
            of: Filtered::Order,
            ..
        })
    ));
    b.type_text("by:asha");
    let screen = b.screen();
    for part in [
        "Order 100200  filter by:asha",
        "Scans of the carrier (0 of 2 fit)",
        "History, newest first (3 of 9 fit)",
        "held: address 6",
    ] {
        assert!(screen.contains(part), "{part}:\n{screen}");
    }
    assert!(!screen.contains("still open"), "{screen}");
    for (text, says, not) in [
        ("call:confirm", "confirm: looked, still open", "held"),
        ("level:warn -by:asha", "Something new", "held: address"),
        ("says:pune", "Something new", "Booked"),
        ("~addrss3", "held: address 3", "address 6"),
        ("age<3m", "still open", "address 3"),
    ] {
        b.press("ctrl-u");
        b.type_text(text);
        let screen = b.screen();
        assert!(screen.contains(says), "{text}: {says}:\n{screen}");
        assert!(!screen.contains(not), "{text}: {not}:\n{screen}");
    }
    b.press("ctrl-u");
    b.type_text("held");
    b.press("home");
    b.event(Event::Paste("level:loud".to_owned()));
    assert!(b.screen().contains("no such level"), "{}", b.screen());
    assert!(b.screen().contains("3 of 9 fit"), "{}", b.screen());
    // The filter goes first, then the order.
    b.press("enter esc");
    assert!(b.screen().contains("Lines ("), "{}", b.screen());
    assert!(matches!(b.model.layers.as_slice(), [Layer::Detail(_)]));
    b.press("esc");
    assert!(b.model.layers.is_empty());
}

#[test]
fn a_history_that_is_not_held_whole_says_so() {
    let mut b = open_order((100, 30), 100);
    b.press("G");
    assert!(b.screen().contains("address 0"), "{}", b.screen());
    b.press("/");
    b.type_text("held");
    let screen = b.screen();
    assert!(screen.contains("34 of the newest 100 fit"), "{screen}");
    assert!(!screen.contains("held: address 0"), "{screen}");
    b.press("pagedown pagedown pagedown");
    assert!(b.screen().contains("held: address 0"), "it is scrolled");
    b.press("esc");
    assert!(b.model.detail().is_some_and(|open| open.scroll == 0));
}

#[test]
fn an_open_orders_filter_is_reached_from_the_palette() {
    let mut b = open_order((100, 30), 9);
    b.press(":");
    b.type_text("filter call:con");
    b.press("tab enter");
    assert_eq!(b.model.layers.len(), 1);
    assert!(b.screen().contains("3 of 9 fit"), "{}", b.screen());
    assert_eq!(b.model.orders_filter.value(), "");
}

fn dock(size: (u16, u16), setup: Setup) -> Bench {
    let mut engine = Engine::normal();
    engine.loads = vec![manifest(31, 4, 0), manifest(30, 12, 5)];
    let mut b = Bench::with(engine, size, setup);
    b.press("L");
    b
}

fn scan(b: &mut Bench, code: &str) {
    b.type_text(code);
    b.press("enter");
}

#[test]
fn parcels_at_the_dock_are_filtered_and_the_counts_stay_those_of_the_truck() {
    let mut b = dock((100, 30), Setup::default());
    scan(&mut b, "7X100003100");
    scan(&mut b, "7X100003001");
    b.press("/");
    b.type_text("state:missing 30-1");
    let screen = b.screen();
    for part in [
        "loaded 5 of 12   missing 7   wrong 1   twice 1",
        "filter state:missing 30-1: 2 of 12 parcels ",
        "WEB-30-10  missing",
        "WEB-30-11  missing",
    ] {
        assert!(screen.contains(part), "{part}:\n{screen}");
    }
    assert!(!screen.contains("WEB-30-7"), "{screen}");
    for (text, says, not) in [
        ("state:loaded by:ravi", "5 of 12 parcels", "WEB-30-7"),
        ("state:wrong", "7X100003100    OTHER MANIFEST", "WEB-30-0"),
        ("state:twice", "7X100003001    TWICE", "WEB-30-0"),
        (
            "-state:missing -3001",
            "4 of 12 parcels, 1 scan turned",
            "WEB-30-7",
        ),
        ("~w3011", "WEB-30-11  missing", "WEB-30-7"),
    ] {
        b.press("ctrl-u");
        b.type_text(text);
        let screen = b.screen();
        let below = screen.split("loaded 5 of 12").nth(1).unwrap_or_default();
        assert!(below.contains(says), "{text}: {says}:\n{screen}");
        assert!(!below.contains(not), "{text}: {not}:\n{screen}");
    }
    b.press("ctrl-u");
    b.type_text("state:gone");
    assert!(b.screen().contains("no such state"), "{}", b.screen());
}

#[test]
fn a_scan_counts_while_a_filter_stands() {
    let mut b = dock((100, 30), Setup::default());
    b.press("/");
    b.type_text("state:missing");
    b.press("enter");
    b.event(Event::Burst("7X100003007".to_owned()));
    b.press("enter");
    assert_eq!(
        b.engine.commands,
        [Command::Load {
            code: "7X100003007".into(),
            manifest: Some(30),
            late: false,
        }]
    );
    let screen = b.screen();
    assert!(screen.contains("LOADED"), "{screen}");
    assert!(screen.contains("loaded 6 of 12"), "{screen}");
    assert!(screen.contains("filter state:missing: 6 of 12"), "{screen}");
    // The filter goes first, then the dock; what is typed of a code stays.
    b.type_text("7X1");
    b.press("esc");
    assert!(!b.screen().contains("filter"), "{}", b.screen());
    match b.model.layers.as_slice() {
        [Layer::Load(load)] => assert_eq!(load.input.value(), "7X1"),
        other => panic!("{other:?}"),
    }
    b.press("esc");
    assert!(b.model.layers.is_empty());
}

#[test]
fn a_parcel_scanned_into_the_filters_field_goes_on_the_truck() {
    let mut b = dock(
        (100, 30),
        Setup {
            scan_prefix: Some('§'),
            ..Setup::default()
        },
    );
    b.press("/");
    b.type_text("state:missing");
    b.event(Event::Burst("§7X100003007".to_owned()));
    let screen = b.screen();
    assert!(screen.contains("LOADED"), "{screen}");
    assert!(screen.contains("filter state:missing: 6 of 12"), "{screen}");
    assert!(matches!(
        b.engine.commands.as_slice(),
        [Command::Load { code, .. }] if code.as_str() == "7X100003007"
    ));
}

#[test]
fn a_guns_code_never_opens_the_filter() {
    let mut b = dock((100, 30), Setup::default());
    // A sign within a code is the code's.
    scan(&mut b, "WEB/30-7");
    b.event(Event::Burst("/7X100003007".to_owned()));
    b.press("enter");
    let codes: Vec<_> = b.engine.commands.iter().collect();
    assert!(
        matches!(codes.as_slice(), [Command::Load { code: a, .. }, Command::Load { code: b, .. }]
            if a.as_str() == "WEB/30-7" && b.as_str() == "/7X100003007"),
        "{codes:?}"
    );
    // A key that codes begin with opens nothing here, nor does the sign by which the gun says that a
    // code follows.
    for (keys, prefix, typed) in [("\"7\"", None, "7"), ("\"/\"", Some('/'), "/")] {
        let (keymap, problems) = overlay("keymap.toml", &format!("filter = [{keys}]"));
        assert!(problems.is_empty());
        let mut b = dock(
            (100, 30),
            Setup {
                keymap,
                scan_prefix: prefix,
                ..Setup::default()
            },
        );
        b.type_text(typed);
        match b.model.layers.as_slice() {
            [Layer::Load(load)] => assert_eq!(load.input.value(), typed),
            other => panic!("{other:?}"),
        }
        assert!(!b.screen().contains(" Filter "), "{}", b.screen());
    }
}

#[test]
fn with_any_manifest_chosen_all_parcels_are_looked_through() {
    let mut b = dock((100, 30), Setup::default());
    b.press("up up /");
    b.type_text("-3");
    let screen = b.screen();
    assert!(screen.contains("filter -3: 0 of 16 parcels"), "{screen}");
    b.press("ctrl-u");
    b.type_text("manifest:31 state:missing");
    let screen = b.screen();
    assert!(screen.contains("4 of 16 parcels"), "{screen}");
    assert!(screen.contains("WEB-31-2  missing  M-31"), "{screen}");
    b.press("down");
    assert!(b.screen().contains("4 of 4 parcels"), "the arrows choose");
}

#[test]
fn the_field_of_a_filter_says_what_can_be_typed_for_each_list() {
    for (keys, words, not) in [
        ("/", ["city:", "due<1h"], "call:"),
        ("4 /", ["state:differs", "ours<10"], "city:"),
        ("3 /", ["order:", "level:bad"], "city:"),
        ("enter /", ["by:asha", "age<2h"], "order:"),
        ("L /", ["state:missing", "awb:"], "city:"),
    ] {
        let mut b = Bench::new(Engine::normal(), (80, 24));
        b.press(keys);
        let screen = b.screen();
        let status = screen.lines().nth(22).unwrap_or_default();
        for word in words.iter().chain(&["-not ~letters"]) {
            assert!(status.contains(word), "{keys}: {word}: {status}");
        }
        assert!(!status.contains(not), "{keys}: {not}: {status}");
    }
}

#[test]
fn screens() {
    let mut b = dock((80, 24), Setup::default());
    scan(&mut b, "7X100003100");
    b.press("/");
    b.type_text("-state:loaded");
    insta::assert_snapshot!("filter_dock_80x24", b.screen());
    let mut b = open_order((80, 24), 9);
    b.press("/");
    b.type_text("by:asha");
    insta::assert_snapshot!("filter_order_80x24", b.screen());
    let mut b = bench();
    b.press("3 /");
    b.type_text("level:bad");
    insta::assert_snapshot!("filter_feed_80x24", b.screen());
    let mut b = Bench::new(Engine::normal(), (80, 24));
    b.press(":");
    b.type_text("sort a");
    b.press("tab tab");
    insta::assert_snapshot!("palette_suggestions", b.screen());
}
