//! Keys in, screen and commands out: what an operator does in a day.

use crate::{
    console::{
        fixture::{Bench, Engine, now},
        model::{Layer, Setup},
        update::{Effect, Event},
    },
    domain::{
        InvoiceId, event::Decision, inventory::DiffState, outcome::Signed, record::Attention,
    },
    handle::{Command, EngineState},
};

pub fn bench() -> Bench {
    Bench::new(Engine::normal(), (100, 30))
}

pub fn ids(list: &[u64]) -> Vec<InvoiceId> {
    list.iter().map(|id| InvoiceId(*id)).collect()
}

#[test]
fn the_next_step_of_one_order_asks_in_a_line_and_is_sent() {
    let mut b = bench();
    b.press("j n");
    assert!(
        b.screen()
            .contains("Do step 4, Retrieve documents, now for order 100201?")
    );
    assert!(
        b.engine.commands.is_empty(),
        "nothing is sent before the yes"
    );
    b.press("n n enter space");
    assert!(b.engine.commands.is_empty(), "no other key is a yes");
    b.press("y");
    assert_eq!(
        b.engine.commands,
        [Command::Next {
            invoices: ids(&[100_201])
        }]
    );
    assert!(b.model.layers.is_empty());
}

#[test]
fn a_yes_typed_ahead_is_not_taken() {
    let mut b = bench();
    b.type_text("ny");
    assert!(b.engine.commands.is_empty());
    assert!(b.screen().contains("read the question first"));
}

#[test]
fn several_orders_are_previewed_and_the_refused_ones_stay_marked() {
    let mut b = bench();
    b.press("space space space n");
    let screen = b.screen();
    for words in [
        "3 orders",
        "2 of 412 left today",
        "Left out      1",
        "address to be checked",
    ] {
        assert!(screen.contains(words), "{words}\n{screen}");
    }
    b.press("y");
    assert_eq!(
        b.engine.commands,
        [Command::Next {
            invoices: ids(&[100_200, 100_201, 100_202])
        }]
    );
    // The hand-made engine refuses every third invoice.
    assert_eq!(
        b.model.marks.iter().copied().collect::<Vec<_>>(),
        ids(&[100_200])
    );
    assert!(matches!(b.model.layers.last(), Some(Layer::Results { .. })));
    assert!(
        b.screen()
            .contains("100200  refused: held: address to be checked")
    );
    b.press("esc");
    assert!(b.model.layers.is_empty());
}

#[test]
fn an_order_that_fails_after_its_call_was_taken_is_marked_again() {
    let mut b = bench();
    b.press("space space space space space space n");
    b.press("y esc");
    let followed = b.model.followed.orders.first().copied();
    let followed = followed.expect("one was taken and needs nobody");
    assert!(!b.model.marks.contains(&followed));
    let row = b.engine.orders.iter_mut().find(|r| r.invoice == followed);
    row.expect("it is held").attention = Some(Attention::Failing);
    b.orders_changed();
    assert!(b.model.marks.contains(&followed));
    assert!(
        b.screen()
            .contains("1 of the orders that you moved on failed")
    );
    b.press("-");
    b.orders_changed();
    assert!(b.model.marks.is_empty(), "once is enough");
}

#[test]
fn more_than_twenty_orders_want_their_number_typed() {
    let mut b = bench();
    b.press("* n");
    assert_eq!(b.model.marks.len(), 40);
    assert!(b.screen().contains("Type 40 and press Enter"));
    b.press("y enter");
    assert!(b.engine.commands.is_empty(), "y is no yes here");
    b.press("backspace 4 0 enter");
    assert_eq!(b.engine.commands.len(), 1);
}

#[test]
fn a_hold_wants_a_reason_and_a_release_is_offered() {
    let mut b = bench();
    b.press("h enter");
    assert!(b.screen().contains("a reason is needed"));
    b.type_text("address to be checked");
    b.press("enter");
    assert_eq!(
        b.engine.commands,
        [Command::Hold {
            invoices: ids(&[100_200]),
            reason: "address to be checked".into()
        }]
    );
    // Row 17 is held.
    b.press("home");
    for _ in 0..17 {
        b.press("j");
    }
    assert!(
        b.screen()
            .contains("u releases it; held by asha: address to be checked")
    );
    b.press("n");
    assert!(
        b.screen().contains("Next step: held by asha"),
        "the reason stands for the key"
    );
    b.press("u enter");
    assert!(matches!(
        b.engine.commands.last(),
        Some(Command::Release { .. })
    ));
}

#[test]
fn a_twin_is_decided_about() {
    let mut b = bench();
    b.press("j j j r");
    assert!(b.model.layers.is_empty(), "trying again changes nothing");
    assert!(b.screen().contains("ship it, or drop it"), "{}", b.screen());
    b.press("p");
    let screen = b.screen();
    assert!(screen.contains("Order 100203 is parked") && !screen.contains("refused call"));
    b.press("enter");
    b.type_text("second parcel of the same order");
    b.press("enter");
    assert_eq!(
        b.engine.commands,
        [Command::Decide {
            invoice: InvoiceId(100_203),
            decision: Decision::Ship,
            reason: "second parcel of the same order".into()
        }]
    );
}

#[test]
fn an_order_that_is_not_parked_can_be_parked_by_hand() {
    let mut b = bench();
    b.press("p");
    b.type_text("label torn");
    b.press("enter");
    assert!(matches!(
        b.engine.commands.last(),
        Some(Command::Park { .. })
    ));
}

#[test]
fn pausing_wants_a_reason_and_resuming_a_yes() {
    let mut b = bench();
    b.press("x");
    b.type_text("stock count");
    b.press("enter");
    assert_eq!(
        b.engine.commands,
        [Command::Pause {
            reason: "stock count".into()
        }]
    );
    b.engine.overview.engine = EngineState::Paused {
        by: Signed {
            at: now(),
            by: crate::domain::Operator::new("asha"),
            reason: "stock count".into(),
        },
    };
    b.event(Event::Tick);
    assert!(
        b.screen()
            .contains("PAUSED by asha: stock count  (x resumes)")
    );
    b.press("x y");
    assert_eq!(b.engine.commands.last(), Some(&Command::Resume));
}

#[test]
fn a_manifest_shows_its_groups_and_asks() {
    let mut b = bench();
    b.press("m");
    assert!(b.screen().contains("Shopify, carrier 14039: 12 orders"));
    b.press("y");
    assert_eq!(b.engine.commands, [Command::ManifestNow { group: None }]);
}

#[test]
fn stock_is_pushed_as_a_whole_or_one_sku() {
    let mut b = bench();
    b.press("i y");
    assert_eq!(b.engine.commands, [Command::PushStock { skus: vec![] }]);
    b.press("4 j i y");
    assert_eq!(
        b.engine.commands.last(),
        Some(&Command::PushStock {
            skus: vec![crate::domain::Sku::new("KURTA-001-M")]
        })
    );
    b.engine.overview.stock.setting_on = false;
    b.event(Event::Tick);
    b.press("i");
    assert!(b.screen().contains("is not known to be ON"));
}

#[test]
fn the_answer_to_why_not_follows_the_order() {
    let mut b = bench();
    b.press("w");
    let refused = |b: &Bench| match b.model.layers.as_slice() {
        [Layer::WhyNot { answer, .. }] => matches!(answer, Some(Ok(Some(_)))),
        _ => panic!("the question is open"),
    };
    assert!(refused(&b));
    b.engine.refuses = false;
    b.orders_changed();
    assert!(!refused(&b), "what was in the way is gone");
}

#[test]
fn an_order_that_leaves_under_the_cursor_takes_no_key_for_its_neighbour() {
    let mut b = bench();
    b.press("j j");
    b.engine.orders.remove(2);
    b.orders_changed();
    b.press("n");
    assert!(b.model.layers.is_empty());
    assert!(
        b.screen()
            .contains("the cursor has just moved from order 100202 to 100203 by itself")
    );
    b.press("h");
    assert!(!b.model.layers.is_empty(), "pressed again it is meant");
}

#[test]
fn a_scan_finds_the_order_and_the_same_code_again_does_its_step() {
    let mut b = bench();
    b.press("b");
    b.event(Event::Burst("7X100761002".to_owned()));
    b.press("enter");
    let screen = b.screen();
    assert!(screen.contains("order 100202 SHOP-7002"), "{screen}");
    assert!(
        screen.contains("The same code again, or Enter: step 5, Generate manifest."),
        "{screen}"
    );
    assert!(b.engine.commands.is_empty());
    b.now += chrono::TimeDelta::seconds(2);
    b.event(Event::Burst("7X100761002".to_owned()));
    b.press("enter");
    assert_eq!(
        b.engine.commands,
        [Command::Next {
            invoices: ids(&[100_202])
        }]
    );
    b.event(Event::Burst("FOREIGN12345".to_owned()));
    b.press("enter");
    assert!(b.screen().contains("FOREIGN: no order here has this code"));
    // A parked order is not pushed on by a scanner.
    for _ in 0..2 {
        b.now += chrono::TimeDelta::seconds(2);
        b.type_text("100203");
        b.press("enter");
    }
    assert_eq!(b.engine.commands.len(), 1);
}

#[test]
fn a_code_that_a_gun_reads_twice_executes_nothing() {
    let mut b = bench();
    b.press("b");
    // A reading every half second, without end.
    for _ in 0..8 {
        b.type_text("100202");
        b.press("enter");
        assert!(b.engine.commands.is_empty());
    }
    assert!(b.screen().contains("READ TWICE"), "{}", b.screen());
    b.now += chrono::TimeDelta::seconds(1);
    b.type_text("100202");
    b.press("enter");
    assert_eq!(b.engine.commands.len(), 1, "meant");
}

#[test]
fn after_a_scan_the_next_key_goes_to_the_order_that_was_found() {
    // It is in the list: the cursor stands on it.
    let mut b = bench();
    b.press("b");
    b.type_text("100207");
    b.press("enter esc");
    assert!(b.model.layers.is_empty());
    assert_eq!(b.model.cursor_order(), Some(InvoiceId(100_207)));
    // It is filtered out: it is opened.
    b.press("home /");
    b.type_text("kochi");
    b.press("enter b");
    b.type_text("100207");
    b.press("enter esc");
    assert_eq!(b.model.cursor_order(), Some(InvoiceId(100_207)));
    b.press("n y esc");
    assert_eq!(
        b.engine.commands,
        [Command::Next {
            invoices: ids(&[100_207])
        }]
    );
    // It was scanned over another order.
    b.press("esc esc home enter b");
    b.type_text("100207");
    b.press("enter esc");
    assert_eq!(b.model.cursor_order(), Some(InvoiceId(100_207)));
}

#[test]
fn a_key_opens_the_order_that_was_scanned() {
    let mut b = bench();
    b.press("b ctrl-o");
    assert!(b.screen().contains("scan a code of one order first"));
    b.type_text("100207");
    b.press("enter ctrl-o");
    assert!(matches!(
        b.model.layers.as_slice(),
        [Layer::Detail(open)] if open.invoice == InvoiceId(100_207)
    ));
}

#[test]
fn a_burst_outside_the_field_is_offered_and_in_a_question_dropped() {
    let mut b = bench();
    b.event(Event::Burst("7X100761002".to_owned()));
    assert!(b.screen().contains("nothing was executed"));
    b.press("esc n");
    b.event(Event::Burst("7X100761002y".to_owned()));
    assert!(matches!(b.model.layers.as_slice(), [Layer::Confirm(_)]));
    assert!(b.engine.commands.is_empty());
}

#[test]
fn a_paste_is_cleaned_and_never_executed() {
    let mut b = bench();
    b.press("h");
    b.event(Event::Paste("damp\u{1b}[31m\nbox".to_owned()));
    b.press("enter");
    assert_eq!(
        b.engine.commands,
        [Command::Hold {
            invoices: ids(&[100_200]),
            reason: "damp␛[31m box".into()
        }]
    );
    b.press("esc");
    b.event(Event::Paste("qqq".to_owned()));
    assert!(!b.effects.iter().any(|e| matches!(e, Effect::Quit)));
}

#[test]
fn read_only_looks_but_does_not_touch() {
    let setup = Setup {
        read_only: true,
        ..Setup::default()
    };
    let mut b = Bench::with(Engine::normal(), (100, 30), setup);
    for key in ["n", "r", "h", "p", "m", "i", "x", "f", "t"] {
        b.press(key);
        assert!(b.model.layers.is_empty(), "{key}");
    }
    b.press("enter");
    assert!(!b.model.layers.is_empty());
    assert!(b.engine.commands.is_empty());
}

#[test]
fn a_sku_that_was_never_counted_is_not_asked_about() {
    let mut engine = Engine::normal();
    engine.stock[0].state = DiffState::NotOurs;
    let mut b = Bench::new(engine, (120, 40));
    b.press("4 i");
    let screen = b.screen();
    assert!(screen.contains("was never counted here"), "{screen}");
    assert!(!screen.contains("to EasyEcom now?"), "{screen}");
    b.press("j i");
    assert!(b.screen().contains("to EasyEcom now?"));
}
