//! Keys in, screen out: finding, moving, reading; what the screen says of itself.

use chrono::TimeDelta;

use super::flows::{bench, ids};
use crate::{
    console::{
        fixture::{Bench, Engine, ago, feed_line, now, order_row},
        model::{Layer, Pane, Setup},
        update::{Effect, Event},
    },
    domain::{InvoiceId, Stage},
    handle::{Command, Delta, Level, OrderIndex},
};

#[test]
fn a_filter_is_live_and_esc_drops_it() {
    let mut b = bench();
    b.press("/");
    b.type_text("Kochi");
    assert_eq!(b.model.orders.rows.len(), 8, "before Enter");
    b.press("enter");
    assert!(b.screen().contains("filter kochi"));
    b.press("esc");
    assert_eq!(b.model.orders.rows.len(), 40);
    b.press("/");
    b.type_text("stage:ready");
    b.press("enter");
    assert!(
        b.model
            .orders
            .rows
            .iter()
            .all(|row| row.stage == Stage::Ready)
    );
    b.press("/ esc");
    assert_eq!(
        b.model.orders_filter.value(),
        "stage:ready",
        "Esc goes back to the filter before"
    );
}

#[test]
fn exceptions_are_one_key_away_and_back() {
    let mut b = bench();
    b.press("e");
    assert_eq!(b.model.index, OrderIndex::Attention { kind: None });
    assert_eq!(b.model.orders.rows.len(), 6);
    b.press("e");
    assert_eq!(b.model.index, OrderIndex::Active);
    b.press("s end enter");
    assert_eq!(
        b.model.index,
        OrderIndex::Stage {
            stage: Stage::Cancelled
        }
    );
    assert!(b.screen().contains("This list is empty"));
}

#[test]
fn the_feed_stands_still_until_it_is_folded_in() {
    let mut b = bench();
    let before = b.model.feed.lines.len();
    b.engine.feed.insert(0, feed_line(30));
    b.engine.feed.insert(0, feed_line(31));
    b.tracking_changed();
    assert_eq!(b.model.feed.lines.len(), before);
    assert!(b.screen().contains("2 new: . shows them"));
    b.press(".");
    assert_eq!(b.model.feed.lines.len(), before + 2);
    assert!(b.model.feed.waiting.is_empty());
}

#[test]
fn an_unattended_feed_is_folded_in_with_the_minute() {
    let mut b = bench();
    b.engine.feed.insert(0, feed_line(30));
    b.tracking_changed();
    b.event(Event::Tick);
    assert_eq!(b.model.feed.waiting.len(), 1, "somebody may be reading");
    b.now += TimeDelta::minutes(3);
    b.event(Event::Tick);
    assert!(b.model.feed.waiting.is_empty());
}

#[test]
fn new_orders_do_not_move_the_cursor() {
    let mut b = bench();
    b.press("j j j j");
    let line = b.screen().lines().position(|l| l.contains("> 100204"));
    let mut urgent = order_row(90);
    urgent.key = "000000-".to_owned();
    b.engine.orders.insert(0, urgent);
    b.orders_changed();
    assert_eq!(b.model.orders.selected, Some(InvoiceId(100_204)));
    assert_eq!(
        b.screen().lines().position(|l| l.contains("> 100204")),
        line
    );
}

#[test]
fn a_gone_engine_is_loud_and_takes_no_commands() {
    let mut b = bench();
    b.event(Event::Gone("the engine has stopped".into()));
    b.now += TimeDelta::minutes(7);
    b.model.now = b.now;
    let screen = b.screen();
    assert!(screen.contains("NO ENGINE since 16:42"), "{screen}");
    assert!(screen.contains("STALE 7m, no engine"), "{screen}");
    b.press("n");
    assert!(b.model.layers.is_empty());
    assert!(b.screen().contains("the engine does not answer"));
    // The heartbeat is answered again.
    b.event(Event::Tick);
    assert!(b.model.gone.is_none());
    assert!(b.screen().contains("the engine answers again"));
}

#[test]
fn data_without_a_heartbeat_is_called_stale() {
    let mut b = bench();
    b.model.now = now() + TimeDelta::minutes(5);
    assert!(b.screen().contains("STALE 5m"));
}

#[test]
fn the_band_is_loud_when_confirmed_orders_grow_old() {
    let mut b = bench();
    assert!(
        b.screen()
            .contains("16 in Confirmed, oldest 47 min (c), next pickup 18:00 in 1h18")
    );
    assert!(!b.screen().contains(" ! 16 in Confirmed"));
    b.engine.overview.confirmed.oldest_since = Some(ago(75));
    b.event(Event::Tick);
    assert!(b.screen().contains(" ! 16 in Confirmed, oldest 1h15"));
}

#[test]
fn the_band_stays_loud_when_a_pickup_was_missed() {
    let mut b = bench();
    b.engine.overview.confirmed.missed = 3;
    b.engine.overview.confirmed.missed_at = Some(ago(20));
    b.event(Event::Tick);
    let says = " ! 16 in Confirmed, oldest 47 min, 3 MISSED the 16:22 pickup";
    assert!(b.screen().contains(says), "{}", b.screen());
}

#[test]
fn leaving_asks_only_where_an_engine_would_stop() {
    let mut b = bench();
    b.press("q");
    assert!(matches!(b.effects.last(), Some(Effect::Quit)));
    let setup = Setup {
        owns_engine: true,
        ..Setup::default()
    };
    let mut b = Bench::with(Engine::normal(), (100, 30), setup);
    b.press("q");
    assert!(
        b.screen()
            .contains("The engine lives in this console and stops with it")
    );
    assert!(b.effects.is_empty());
    b.press("y");
    assert!(matches!(b.effects.last(), Some(Effect::Quit)));
}

#[test]
fn the_key_that_leaves_closes_what_is_open() {
    let mut b = bench();
    b.press("o q");
    assert!(b.model.layers.is_empty());
    assert!(b.effects.is_empty());
}

#[test]
fn an_order_opens_from_list_and_feed() {
    let mut b = bench();
    b.press("enter");
    for words in [
        "Lines (2)",
        "KURTA-BLU-M",
        "Documents",
        "label    not stored yet",
    ] {
        assert!(b.screen().contains(words), "{words}");
    }
    b.press("pagedown");
    assert!(b.screen().contains("held: address to be checked"));
    b.press("esc 3 up enter");
    assert_eq!(
        b.model.detail().map(|d| d.invoice),
        Some(InvoiceId(100_228))
    );
}

#[test]
fn help_is_searched_and_the_palette_runs() {
    let mut b = bench();
    b.press("?");
    b.type_text("manifest");
    assert!(b.screen().contains("Generate the manifests now"));
    b.press("esc :");
    b.type_text("inventory");
    b.press("esc :");
    b.type_text("wall");
    b.press("enter");
    assert!(matches!(b.model.layers.last(), Some(Layer::Wall)));
    assert!(
        !b.screen().contains("SHOP-"),
        "nothing about single orders on the wall"
    );
}

#[test]
fn every_command_is_in_the_help() {
    let found = crate::console::palette::help("", &crate::console::keymap::Keymap::default());
    assert_eq!(found.len(), crate::console::commands::Command::count());
}

#[test]
fn esc_comes_home_step_by_step() {
    let mut b = bench();
    b.press("space / P u enter 3 z enter ?");
    for _ in 0..8 {
        b.press("esc");
    }
    let m = &b.model;
    assert!(m.layers.is_empty() && m.marks.is_empty() && !m.zoomed);
    assert_eq!((m.orders_filter.value(), m.focus), ("", Pane::Orders));
}

#[test]
fn a_notice_goes_and_bad_news_wait_for_a_key() {
    let mut b = bench();
    let say = |level| {
        Event::Delta(Box::new(Delta::Notice {
            level,
            says: "something".into(),
        }))
    };
    b.event(say(Level::Info));
    assert!(b.screen().contains("something"));
    b.now += TimeDelta::seconds(9);
    b.event(Event::Tick);
    assert!(!b.screen().contains("something"));
    b.event(say(Level::Bad));
    b.now += TimeDelta::seconds(90);
    b.event(Event::Tick);
    assert!(b.screen().contains("something"));
    b.press("j");
    assert!(!b.screen().contains("something"));
}

#[test]
fn the_whole_list_is_marked_across_pages() {
    let mut engine = Engine::normal();
    engine.orders = (0..1_200).map(order_row).collect();
    let mut b = Bench::new(engine, (100, 30));
    assert!(b.model.orders.rows.len() < 200, "a window, not the list");
    b.press("*");
    assert_eq!(b.model.marks.len(), 1_200);
    b.press("end");
    assert_eq!(b.model.orders.selected, Some(InvoiceId(101_399)));
    assert!(b.model.orders.rows.len() < 200);
}

#[test]
fn answers_to_an_older_filter_are_dropped() {
    use crate::console::{keymap::Key, update::update};
    let mut b = bench();
    let mut late = Vec::new();
    for key in [Key::char('/'), Key::char('K'), Key::char('o')] {
        late.extend(update(&mut b.model, Event::Key(key), b.now));
    }
    // One question at a time: the second letter waits for the first answer.
    let asks = late.iter().filter(|e| matches!(e, Effect::Ask(..))).count();
    assert_eq!(asks, 1);
    for effect in late {
        if let Effect::Ask(ticket, ask) = effect {
            let answer = b.engine.answer(&ask);
            b.event(Event::Answer(ticket, Box::new(Ok(answer))));
        }
    }
    assert!(
        b.model
            .orders
            .rows
            .iter()
            .all(|row| row.city.as_str() == "Kochi")
    );
}

#[test]
fn the_palette_takes_arguments() {
    let mut b = bench();
    b.press(":");
    b.type_text("filter Kochi");
    b.press("enter");
    assert_eq!(b.model.orders_filter.value(), "Kochi");
    assert!(b.model.layers.is_empty());
    b.press("esc :");
    b.type_text("lists ready");
    b.press("enter");
    assert_eq!(
        b.model.index,
        OrderIndex::Stage {
            stage: Stage::Ready
        }
    );
    b.press(":");
    b.type_text("scan 100204");
    b.press("enter");
    assert!(b.screen().contains("order 100204 SHOP-7004"));
    b.press("esc :");
    b.type_text("hold damp box");
    b.press("enter");
    assert!(
        b.engine.commands.is_empty(),
        "the reason is seen before it is sent"
    );
    b.press("enter");
    assert!(
        matches!(b.engine.commands.last(), Some(Command::Hold { reason, .. }) if reason.as_str() == "damp box")
    );
}

#[test]
fn a_range_is_marked() {
    let mut b = bench();
    b.press("V");
    assert!(b.screen().contains("mark the other end first"));
    b.press("space j j V");
    assert_eq!(
        b.model.marks.iter().copied().collect::<Vec<_>>(),
        ids(&[100_200, 100_201, 100_202, 100_203])
    );
}

#[test]
fn the_list_moves_while_its_filter_is_typed() {
    let mut b = bench();
    b.press("/");
    b.type_text("Kochi");
    b.press("down down");
    assert_eq!(b.model.orders.selected, Some(InvoiceId(100_213)));
    assert_eq!(b.model.orders_filter.value(), "Kochi");
}

#[test]
fn a_pane_that_could_not_be_read_grows_old_and_is_read_again() {
    use crate::console::model::Part;
    use crate::console::update::{Ticket, update};
    let mut b = bench();
    let generation = b.model.orders.generation;
    let overview = Box::new(b.engine.overview.clone());
    let delta = Delta::Changed {
        overview,
        orders: true,
        tracking: false,
        stock: false,
    };
    let asked = update(&mut b.model, Event::Delta(Box::new(delta)), b.now);
    assert!(!asked.is_empty());
    let ticket = Ticket::Orders {
        generation,
        part: Part::Same,
    };
    b.event(Event::Answer(
        Box::new(ticket),
        Box::new(Err("the disk is slow".into())),
    ));
    assert!(
        b.screen()
            .contains("orders could not be read: the disk is slow")
    );
    b.now += TimeDelta::minutes(1);
    // The heartbeat does not make the old rows young; it has them read again.
    let asks = update(&mut b.model, Event::Tick, b.now);
    let again = asks
        .iter()
        .any(|e| matches!(e, Effect::Ask(ticket, _) if matches!(**ticket, Ticket::Orders { .. })));
    assert!(again && b.model.orders.behind);
    assert_eq!(b.model.orders.read_at, Some(now()));
}
