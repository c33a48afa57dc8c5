//! What an operator finds again in the morning.

use crate::{
    console::{
        fixture::{Bench, Engine},
        model::{Layer, Model, Setup, session::Session},
        update::Event,
    },
    domain::InvoiceId,
    handle::OrderIndex,
};

const SIZE: (u16, u16) = (100, 30);

/// Leaves, and comes back to this engine.
fn back(before: &Bench, engine: Engine) -> Bench {
    let text = serde_json::to_string(&Session::of(&before.model)).expect("JSON");
    come(&text, before, engine)
}

fn come(session: &str, before: &Bench, engine: Engine) -> Bench {
    let session: Session = serde_json::from_str(session).expect("read");
    let mut b = Bench {
        engine,
        model: Model::new(Setup::default(), SIZE, before.now),
        now: before.now,
        effects: Vec::new(),
    };
    session.restore(&mut b.model);
    b.event(Event::Started);
    b.model.notices.clear();
    b
}

/// The screens are the same, line by line.
fn same(again: &Bench, before: &Bench) {
    let (again, before) = (again.screen(), before.screen());
    // How many rows are held above and below is not the same, and need not be.
    let rows = again.lines().zip(before.lines());
    for (again, before) in rows.filter(|(row, _)| !row.contains('↑')) {
        assert_eq!(again, before);
    }
}

fn times(b: &mut Bench, key: &str, n: usize) {
    for _ in 0..n {
        b.press(key);
    }
}

/// A cursor deep in each list.
fn deep(focus: &str) -> Bench {
    let mut b = Bench::new(Engine::many(), SIZE);
    b.press(focus);
    times(&mut b, "pagedown", 40);
    times(&mut b, "k", 3);
    b
}

#[test]
fn a_cursor_deep_in_the_orders_or_skus_stands_on_the_same_line_again() {
    for focus in ["1", "4"] {
        let before = deep(focus);
        let again = back(&before, before.engine.clone());
        assert_eq!(again.model.orders.selected, before.model.orders.selected);
        assert_eq!(again.model.stock.selected, before.model.stock.selected);
        same(&again, &before);
        let (window, stock) = (&again.model.orders, &again.model.stock);
        assert!(window.wanted.is_none() && stock.wanted.is_none());
    }
    let deep = deep("1").model.orders.selected;
    assert!(deep > Some(InvoiceId(100_500)), "{deep:?} is far down");
}

#[test]
fn where_the_row_is_gone_the_nearest_one_has_the_cursor() {
    let before = deep("1");
    let id = before.model.orders.selected.expect("a row");
    let place = |engine: &Engine| engine.orders.iter().position(|row| row.invoice == id);
    let mut engine = before.engine.clone();
    let at = place(&engine).expect("held");
    engine.orders.remove(at);
    let next = engine.orders[at].invoice;
    let again = back(&before, engine.clone());
    assert_eq!(again.model.orders.selected, Some(next));
    assert!(
        again.model.orders.index() > Some(0),
        "rows above it are held"
    );
    // Everything from there on is gone: the last one.
    engine.orders.truncate(at);
    let again = back(&before, engine);
    let last = again.engine.orders.last().map(|row| row.invoice);
    assert_eq!(again.model.orders.selected, last);
}

#[test]
fn a_row_that_moved_up_a_little_is_found_there() {
    let before = deep("1");
    let id = before.model.orders.selected.expect("a row");
    let mut engine = before.engine.clone();
    let at = engine.orders.iter().position(|row| row.invoice == id);
    let at = at.expect("held");
    let mut moved = engine.orders.remove(at);
    moved.key = format!("{}+", engine.orders[at - 50].key);
    engine.orders.insert(at - 49, moved);
    let again = back(&before, engine);
    assert_eq!(again.model.orders.selected, Some(id));
}

#[test]
fn the_feed_and_the_steps_keep_their_cursors() {
    let mut before = Bench::new(Engine::many(), SIZE);
    before.press("2 j j j 3");
    times(&mut before, "pageup", 30);
    times(&mut before, "j", 2);
    let again = back(&before, before.engine.clone());
    assert_eq!(again.model.steps.selected, 3);
    assert!(before.model.feed.selected.is_some());
    assert_eq!(again.model.feed.selected, before.model.feed.selected);
    same(&again, &before);
    assert!(again.model.feed.lines.len() > 200, "it was far back");
}

#[test]
fn a_feed_that_has_gone_on_too_far_shows_its_newest_lines() {
    let mut before = Bench::new(Engine::normal(), SIZE);
    before.press("3 k k k");
    let again = back(&before, Engine::many());
    assert_eq!(again.model.feed.selected, None);
    assert_eq!(again.model.feed.place(), None);
}

#[test]
fn the_list_before_the_exceptions_is_still_there_to_go_back_to() {
    let mut before = Bench::new(Engine::normal(), SIZE);
    before.press("/");
    before.type_text("kochi");
    before.press("enter e");
    let mut again = back(&before, Engine::normal());
    assert!(matches!(again.model.index, OrderIndex::Attention { .. }));
    again.press("e");
    assert_eq!(again.model.index, OrderIndex::Active);
    assert_eq!(again.model.wanted.text, "kochi");
}

#[test]
fn a_key_pressed_at_once_is_for_where_the_cursor_is_then() {
    let before = deep("1");
    let mut again = back(&before, before.engine.clone());
    again.press("g");
    let first = again.engine.orders.first().map(|row| row.invoice);
    assert_eq!(again.model.orders.selected, first);
    again.event(Event::Lagged);
    assert_eq!(again.model.orders.selected, first);
}

#[test]
fn a_session_of_an_older_console_is_read() {
    let old = r#"{"list":{"list":"newest"},"filter":"","sort":null,"saved":[],"stock_filter":"",
        "stock_sort":null,"feed_filter":"","marks":[100201],"order":100210,"pane":0,"second":1,
        "zoomed":false,"sizes":[0,0],"feed":"all"}"#;
    let before = Bench::new(Engine::normal(), SIZE);
    let again = come(old, &before, Engine::normal());
    assert_eq!(again.model.orders.selected, Some(InvoiceId(100_210)));
    assert_eq!(again.model.marks.len(), 1);
}

#[test]
fn a_strange_place_does_no_harm() {
    let strange = r#"{"order":1,"order_key":"\u001b[31mzz","order_line":99999,"sku":"no such",
        "sku_key":"~","sku_line":7,"step":400,"feed_line":[18446744073709551615,9999],
        "list_before":[{"list":"active"},"\u001b[2J"]}"#;
    let before = Bench::new(Engine::normal(), SIZE);
    let mut again = come(strange, &before, Engine::normal());
    assert!(again.model.orders.selected.is_some() && again.model.stock.selected.is_some());
    assert_eq!(again.model.steps.selected, 6);
    again.press("e j k enter esc 3 j k 4 j");
    let closed = |layer: &Layer| !matches!(layer, Layer::Detail(_));
    assert!(again.model.layers.iter().all(closed));
}
