//! The command palette: what a word behind a name means, what Tab suggests, where it was opened.

use super::flows::{bench, ids};
use crate::{
    console::{
        commands::{TABLE, Takes},
        fixture::Bench,
        model::{Layer, Pane},
        palette,
    },
    domain::{InvoiceId, Sku, Stage},
    handle::{Command, OrderIndex, SortBy},
};

fn say(b: &mut Bench, text: &str) {
    b.press(":");
    b.type_text(text);
    b.press("enter");
}

fn typed(b: &Bench) -> String {
    match b.model.layers.last() {
        Some(Layer::Palette(search)) => search.input.value().to_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_column_and_a_list_are_meant_by_their_whole_name_first() {
    let mut b = bench();
    say(&mut b, "sort age");
    assert_eq!(b.model.sort.map(|s| s.by), Some(SortBy::Age), "not stage");
    say(&mut b, "sort mark");
    assert_eq!(b.model.sort.map(|s| s.by), Some(SortBy::Marketplace));
    for (text, stage) in [
        ("lists confirmed", Stage::Confirmed),
        ("lists conf", Stage::Confirming),
        ("lists in transit", Stage::InTransit),
    ] {
        say(&mut b, text);
        assert_eq!(b.model.index, OrderIndex::Stage { stage }, "{text}");
    }
    say(&mut b, "sort colour");
    assert!(b.screen().contains("sort: there is no colour; Tab"));
    assert!(
        matches!(b.model.layers.last(), Some(Layer::Palette(_))),
        "to be corrected"
    );
}

#[test]
fn one_sku_is_pushed_by_its_name_and_nothing_else() {
    let mut b = bench();
    say(&mut b, "push-stock kurta-001-m");
    assert!(b.screen().contains("Push KURTA-001-M to EasyEcom now?"));
    b.press("y");
    assert_eq!(
        b.engine.commands,
        [Command::PushStock {
            skus: vec![Sku::new("KURTA-001-M")]
        }]
    );
    say(&mut b, "push-stock AKH-119");
    assert!(b.screen().contains("no SKU here is called AKH-119"));
    assert_eq!(b.engine.commands.len(), 1);
    assert!(matches!(b.model.layers.last(), Some(Layer::Palette(_))));
}

#[test]
fn an_order_is_opened_by_its_code() {
    let mut b = bench();
    say(&mut b, "open 100207");
    assert_eq!(b.model.cursor_order(), Some(InvoiceId(100_207)));
    assert!(matches!(b.model.layers.as_slice(), [Layer::Detail(_)]));
    b.press("esc");
    say(&mut b, "open SHOP-7002");
    assert_eq!(b.model.cursor_order(), Some(InvoiceId(100_202)));
    b.press("esc");
    say(&mut b, "open 200000021");
    assert!(b.model.layers.is_empty());
    assert!(b.screen().contains("no order here has the code 200000021"));
}

#[test]
fn words_that_a_command_cannot_take_are_refused() {
    let mut b = bench();
    say(&mut b, "manifest now");
    assert!(
        b.screen()
            .contains("manifest takes nothing behind its name")
    );
    assert!(matches!(b.model.layers.as_slice(), [Layer::Palette(_)]));
    for row in TABLE.iter().filter(|row| row.takes == Takes::Nothing) {
        let mut b = bench();
        say(&mut b, &format!("{} something", row.id));
        assert!(
            matches!(b.model.layers.as_slice(), [Layer::Palette(_)]),
            "{}",
            row.id
        );
        assert!(b.engine.commands.is_empty(), "{}", row.id);
    }
}

#[test]
fn tab_completes_names_and_what_stands_behind_them_and_goes_on() {
    let mut b = bench();
    b.press(":");
    b.type_text("fe");
    b.press("tab");
    let first = typed(&b);
    b.press("tab");
    assert_ne!(typed(&b), first, "the next suggestion");
    let count = palette::completions(&b.model, "fe").len();
    for _ in 1..count {
        b.press("tab");
    }
    assert_eq!(typed(&b), first, "and round");
    b.press("esc :");
    b.type_text("sort");
    b.press("tab");
    assert_eq!(typed(&b), "sort ");
    b.type_text("a");
    for expected in ["sort As the list is kept", "sort Age", "sort AWB"] {
        b.press("tab");
        assert_eq!(typed(&b), expected);
    }
    b.press("enter");
    assert_eq!(b.model.sort.map(|s| s.by), Some(SortBy::Awb));
    b.press(":");
    b.type_text("filter city:pune st");
    b.press("tab");
    assert_eq!(typed(&b), "filter city:pune state:");
    b.press("tab");
    assert!(typed(&b).starts_with("filter city:pune stage:"));
    b.press("esc :");
    b.type_text("open 10020");
    b.press("tab tab");
    assert_eq!(typed(&b), "open 100201");
}

#[test]
fn over_an_open_order_only_its_commands_are_offered() {
    let mut b = bench();
    b.press("enter :");
    let offered = palette::search(&b.model, "");
    for id in ["do-step", "mark", "sort", "push-stock", "take-back"] {
        assert!(offered.iter().all(|row| row.id != id), "{id}");
    }
    for id in ["next-step", "hold", "copy-awb", "show-people"] {
        assert!(offered.iter().any(|row| row.id == id), "{id}");
    }
    b.type_text("mark");
    b.press("enter");
    assert!(b.model.marks.is_empty());
    // Not in the list, and not under the cursor: the key means what is open.
    b.press("esc esc");
    say(&mut b, "open 100207");
    b.press(":");
    b.type_text("copy-awb");
    b.press("enter");
    assert!(b.screen().contains("AWB 7X100761007"), "{}", b.screen());
    b.press("n y");
    assert_eq!(
        b.engine.commands,
        [Command::Next {
            invoices: ids(&[100_207])
        }]
    );
}

#[test]
fn on_the_panes_the_focus_follows_the_command() {
    let mut b = bench();
    b.press("4");
    say(&mut b, "mark-page");
    assert_eq!(b.model.focus, Pane::Orders);
    assert!(!b.model.marks.is_empty());
}

#[test]
fn what_tab_goes_through_is_listed_under_the_field() {
    let mut b = bench();
    b.press(":");
    b.type_text("sort ");
    let screen = b.screen();
    for part in [
        "As the list is kept",
        "Invoice",
        "more: Tab goes through them",
    ] {
        assert!(screen.contains(part), "{part}:\n{screen}");
    }
    b.type_text("a");
    let screen = b.screen();
    for part in ["As the list is kept", "Age", "AWB"] {
        assert!(screen.contains(part), "{part}:\n{screen}");
    }
    assert!(!screen.contains("Invoice  "), "{screen}");
    assert!(!screen.contains("goes through them"), "{screen}");
    // The one that stands in the field is marked, and stays in sight however many there are.
    b.press("tab tab");
    assert!(b.screen().contains("> Age"), "{}", b.screen());
    b.press("esc :");
    b.type_text("filter stage:");
    b.press("tab tab tab tab tab tab tab");
    assert_eq!(typed(&b), "filter stage:shipped");
    let screen = b.screen();
    assert!(screen.contains("> stage:shipped"), "{screen}");
    assert!(screen.contains("8 more"), "{screen}");
    b.press("esc :");
    b.type_text("filter zzz");
    assert!(!b.screen().contains("more: Tab"), "{}", b.screen());
}

#[test]
fn a_decision_that_is_none_names_those_that_there_are() {
    let mut b = bench();
    b.press("j j j :");
    b.type_text("decide perhaps");
    b.press("enter");
    let screen = b.screen();
    assert!(
        screen.contains("decide: there is no perhaps; there are Ship, Drop"),
        "{screen}"
    );
    assert!(
        matches!(b.model.layers.as_slice(), [Layer::Palette(_)]),
        "to be corrected"
    );
    b.press("ctrl-u");
    b.type_text("decide ");
    b.press("tab");
    assert_eq!(typed(&b), "decide Ship");
    b.press("enter");
    assert!(b.screen().contains("Ship 100203: why?"), "{}", b.screen());
    // One that is not parked is parked, and the words are the reason.
    b.press("esc g");
    say(&mut b, "decide perhaps");
    assert!(b.screen().contains("by hand: why?"), "{}", b.screen());
    assert!(b.screen().contains("> perhaps"), "{}", b.screen());
}
