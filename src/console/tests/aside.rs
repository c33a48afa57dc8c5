//! Above the exceptions: what needs a person and is about no order.

use super::flows::bench;
use crate::{
    console::{
        fixture::{Bench, Engine},
        model::{Layer, Pane},
        update::Event,
    },
    domain::inventory::DiffState,
    handle::{Command, StockBy, TroubleAbout},
};

fn about(b: &Bench) -> Option<TroubleAbout> {
    b.model.trouble().map(|row| row.about.clone())
}

fn is_sku(b: &Bench) -> bool {
    matches!(about(b), Some(TroubleAbout::Sku { .. }))
}

#[test]
fn the_exceptions_begin_with_what_is_about_no_order() {
    let mut b = bench();
    assert!(
        !b.screen().contains("few AWBs"),
        "only among the exceptions"
    );
    b.press("e");
    let screen = b.screen();
    assert!(
        screen.contains("! few AWBs: 12 allotted AWBs are left"),
        "{screen}"
    );
    assert!(screen.contains("! SKU KURTA-"), "{screen}");
    assert!(about(&b).is_none(), "the cursor is on an order");
    let first = b.model.cursor_order().expect("an order");
    b.press("k");
    assert!(is_sku(&b), "up from the first order");
    assert_eq!(b.model.cursor_order(), None, "no key goes to an order now");
    assert!(b.model.targets().is_empty());
    b.press("g");
    assert_eq!(about(&b), Some(TroubleAbout::Awbs));
    let screen = b.screen();
    assert!(screen.contains("ask DTDC for a new series"), "{screen}");
    b.press("n h r p t w l");
    assert!(b.engine.commands.is_empty() && b.model.layers.is_empty());
    b.press("j j j");
    assert_eq!(b.model.cursor_order(), Some(first), "back among the orders");
    b.press("j");
    assert_ne!(b.model.cursor_order(), Some(first));
    b.press("k k");
    assert!(is_sku(&b));
}

#[test]
fn a_refused_sku_is_opened_and_pushed_from_there() {
    let mut b = bench();
    b.press("e k");
    let Some(TroubleAbout::Sku { sku }) = about(&b) else {
        panic!("a SKU");
    };
    b.press("enter");
    assert!(matches!(b.model.layers.last(), Some(Layer::Sku(open)) if open.sku == sku));
    b.press("esc i");
    assert!(matches!(b.model.layers.last(), Some(Layer::Confirm(_))));
    assert!(b.engine.commands.is_empty(), "asked first");
    b.press("y");
    assert_eq!(
        b.engine.commands,
        vec![Command::PushStock { skus: vec![sku] }]
    );
}

#[test]
fn a_sku_that_will_never_be_taken_is_left_out_with_a_reason_and_taken_in_again() {
    let mut b = bench();
    b.press("ctrl-e");
    assert!(b.model.layers.is_empty(), "no SKU is meant");
    b.press("e k");
    let Some(TroubleAbout::Sku { sku }) = about(&b) else {
        panic!("a SKU");
    };
    b.press("ctrl-e enter");
    assert!(b.engine.commands.is_empty(), "a reason is needed");
    b.type_text("a combo");
    b.press("enter");
    let skus = vec![sku.clone()];
    let leave_out = Command::LeaveOut {
        skus: skus.clone(),
        reason: "a combo".into(),
    };
    assert_eq!(b.engine.commands, vec![leave_out]);
    b.press("U");
    assert!(
        b.screen().contains("Undo your leaving out"),
        "{}",
        b.screen()
    );
    b.press("y");
    let take_in = Command::TakeIn { skus: skus.clone() };
    assert_eq!(b.engine.commands.last(), Some(&take_in));
    // The key takes in what is left out.
    let row = b.engine.stock.iter_mut().find(|row| row.sku == sku);
    row.expect("its row").state = DiffState::LeftOut;
    b.event(Event::Tick);
    b.press("enter ctrl-e");
    assert!(b.screen().contains("again?"), "{}", b.screen());
    b.press("y");
    assert_eq!(b.engine.commands.last(), Some(&take_in));
    assert_eq!(b.engine.commands.len(), 3);
}

#[test]
fn a_row_leaves_by_itself_and_hands_the_cursor_to_its_neighbour() {
    let mut b = bench();
    b.press("e k");
    assert!(is_sku(&b));
    let gone = b.engine.troubles.pop();
    b.event(Event::Tick);
    assert!(is_sku(&b));
    assert_ne!(about(&b), gone.map(|row| row.about));
    b.press("g");
    b.engine.troubles.clear();
    b.event(Event::Tick);
    assert_eq!(about(&b), None);
    assert!(b.model.cursor_order().is_some());
    assert!(!b.screen().contains("few AWBs"));
}

#[test]
fn with_no_order_among_them_the_cursor_is_on_the_first() {
    let mut engine = Engine::normal();
    for row in &mut engine.orders {
        row.attention = None;
    }
    let mut b = Bench::new(engine, (80, 24));
    b.press("e");
    assert_eq!(about(&b), Some(TroubleAbout::Awbs));
    assert!(
        b.screen().contains("No order needs a person"),
        "{}",
        b.screen()
    );
    b.press("enter");
    assert!(matches!(b.model.layers.last(), Some(Layer::Status { .. })));
    b.press("esc e");
    assert_eq!(about(&b), None, "only among the exceptions");
    assert!(b.model.cursor_order().is_some());
}

#[test]
fn a_filter_among_the_exceptions_is_about_orders() {
    let mut b = bench();
    b.press("e g");
    assert!(about(&b).is_some());
    b.press("/");
    b.type_text("kochi");
    b.press("enter");
    assert_eq!(about(&b), None);
    assert!(!b.screen().contains("few AWBs"));
}

#[test]
fn the_inventory_is_sorted_by_a_column_and_goes_back() {
    let mut b = Bench::new(Engine::normal(), (160, 50));
    b.press("4 S");
    assert!(
        b.screen().contains("Difference, largest first"),
        "{}",
        b.screen()
    );
    b.press("j j j j enter");
    let sort = b.model.stock_sort.expect("sorted");
    assert_eq!((sort.by, sort.descending), (StockBy::Difference, true));
    assert!(
        b.screen().contains("by difference, largest first"),
        "{}",
        b.screen()
    );
    assert_eq!(b.model.sort, None, "the orders keep theirs");
    assert_eq!(b.model.focus, Pane::Stock);
    b.press("esc");
    assert_eq!(b.model.stock_sort, None);
}
