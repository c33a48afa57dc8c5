//! What makes a list one's own: filters, orders, names, sizes; and the way back.

use super::flows::{bench, ids};
use crate::{
    console::{
        fixture::{Bench, Engine},
        model::{Layer, Part, Setup},
        update::Event,
    },
    domain::{Clean, InvoiceId},
    handle::{Command, OrderIndex, Page, Sort, SortBy, Undoable},
};

#[test]
fn a_wrong_filter_says_so_while_it_is_typed_and_leaves_the_list() {
    let mut b = bench();
    b.press("/");
    b.type_text("colour:red");
    assert!(
        b.screen().contains("there is no field colour"),
        "{}",
        b.screen()
    );
    assert_eq!(
        b.model.wanted.text, "colour",
        "the last that was understood"
    );
    b.press("esc");
    assert!(!b.screen().contains("no field"));
    assert_eq!(b.model.orders.rows.len(), 40);
}

#[test]
fn a_column_is_sorted_and_turned_round() {
    let mut b = Bench::new(Engine::normal(), (200, 50));
    b.press("S");
    assert!(b.screen().contains("Sorted by what?"));
    b.press("j enter");
    let sort = |descending| {
        Some(Sort {
            by: SortBy::Invoice,
            descending,
        })
    };
    assert_eq!(b.model.sort, sort(false));
    assert!(b.screen().contains("INVOICE↑"), "{}", b.screen());
    assert!(b.screen().contains("by invoice, smallest first"));
    b.press("S enter");
    assert_eq!(b.model.sort, sort(true));
    assert!(b.screen().contains("INVOICE↓"));
    b.press("esc");
    assert_eq!(b.model.sort, None);
}

#[test]
fn a_list_is_saved_found_again_and_forgotten() {
    let mut b = bench();
    b.press("/");
    b.type_text("kochi");
    b.press("enter S j j enter F");
    b.type_text("south");
    b.press("enter esc esc");
    assert!(b.model.wanted.text.is_empty() && b.model.sort.is_none());
    b.press("s");
    assert!(
        b.screen().contains("Saved: south  (kochi)"),
        "{}",
        b.screen()
    );
    b.press("g enter");
    assert_eq!(b.model.wanted.text, "kochi");
    assert_eq!(b.model.sort.map(|s| s.by), Some(SortBy::Reference));
    assert_eq!(b.model.orders.rows.len(), 8);
    b.press("ctrl-x enter");
    assert!(b.model.saved.is_empty());
    b.press("ctrl-x");
    assert!(b.screen().contains("no list is saved"));
}

#[test]
fn a_saved_list_is_recalled_by_name_from_the_palette() {
    let mut b = bench();
    b.press("/");
    b.type_text("kochi");
    b.press("enter F");
    b.type_text("south");
    b.press("enter esc :");
    b.type_text("lists south");
    b.press("enter");
    assert_eq!(b.model.wanted.text, "kochi");
}

#[test]
fn a_search_goes_on_until_the_list_ends_and_says_how_far_it_is() {
    let mut b = bench();
    let row = |n: usize, key: &str| {
        let mut row = b.engine.orders[n].clone();
        row.key = key.to_owned();
        row
    };
    let page = |rows, resume: Option<&str>| Page {
        rows,
        more_before: false,
        more_after: resume.is_some(),
        total: None,
        cut_short: resume.is_some(),
        resume: resume.map(str::to_owned),
    };
    let (near, far) = (row(0, "10"), row(1, "70"));
    let orders = &mut b.model.orders;
    let now = b.model.now;
    assert_eq!(
        orders.take(Part::Start, page(vec![], Some("20")), now, 20),
        Some(Part::After)
    );
    assert!(orders.searching());
    assert_eq!(
        orders.take(Part::After, page(vec![far.clone()], Some("80")), now, 20),
        Some(Part::After)
    );
    assert_eq!(orders.selected, Some(far.invoice));
    // Something changed meanwhile: the beginning is read again, what was found further on stays.
    orders.take(Part::Same, page(vec![near.clone()], Some("20")), now, 20);
    let found: Vec<InvoiceId> = orders.rows.iter().map(|row| row.invoice).collect();
    assert_eq!(found, [near.invoice, far.invoice]);
    assert_eq!(orders.selected, Some(far.invoice));
    assert_eq!(
        orders.question(Part::After).0,
        crate::handle::Anchor::After {
            key: "80".to_owned()
        }
    );
    assert!(b.screen().contains("searching, 2 so far"), "{}", b.screen());
    let orders = &mut b.model.orders;
    assert_eq!(orders.take(Part::After, page(vec![], None), now, 20), None);
    assert!(!orders.searching());
}

#[test]
fn a_hold_is_undone_after_saying_what() {
    let mut b = bench();
    b.press("U");
    assert!(b.screen().contains("nothing here that can be undone"));
    b.press("h");
    b.type_text("dog");
    b.press("enter U");
    assert!(
        b.screen()
            .contains("Undo your hold of order 100200: release?"),
        "{}",
        b.screen()
    );
    b.press("y");
    assert_eq!(
        b.engine.commands.last(),
        Some(&Command::Undo {
            invoices: ids(&[100_200]),
            what: Undoable::Hold
        })
    );
    b.press("U");
    assert!(b.screen().contains("nothing here that can be undone"));
}

#[test]
fn marks_come_back_at_once() {
    let mut b = bench();
    b.press("space space * esc");
    assert!(b.model.marks.is_empty());
    b.press("U");
    assert_eq!(b.model.marks.len(), 40);
    b.press("U");
    assert_eq!(b.model.marks.len(), 2);
    assert!(b.engine.commands.is_empty());
}

#[test]
fn a_pause_is_undone_by_resuming() {
    let mut b = bench();
    b.press("x");
    b.type_text("count");
    b.press("enter U y");
    assert_eq!(
        b.engine.commands,
        [
            Command::Pause {
                reason: Clean::new("count")
            },
            Command::Resume
        ]
    );
}

#[test]
fn panes_grow_and_shrink_within_the_screen() {
    let mut b = Bench::new(Engine::normal(), (120, 40));
    let width = |b: &Bench| {
        crate::console::layout::layout(&b.model, ratatui::layout::Rect::new(0, 0, 120, 40))
            .and_then(|l| l.pane(crate::console::model::Pane::Orders))
            .expect("on the screen")
    };
    let before = width(&b);
    b.press("> > +");
    let after = width(&b);
    assert_eq!(
        (after.width, after.height),
        (before.width + 8, before.height + 2)
    );
    for _ in 0..60 {
        b.press("> +");
    }
    let most = width(&b);
    assert!(most.width <= 80 && most.height <= 30, "{most:?}");
    b.press("<");
    assert_eq!(width(&b).width, most.width - 4, "the bound does not stick");
    b.press("=");
    assert_eq!(width(&b), before);
}

#[test]
fn a_scanner_that_announces_itself_needs_no_mode() {
    let setup = Setup {
        scan_prefix: Some('§'),
        ..Setup::default()
    };
    let mut b = Bench::with(Engine::normal(), (100, 30), setup);
    b.press("§");
    assert!(matches!(b.model.layers.last(), Some(Layer::Scan(_))));
    b.type_text("100201");
    b.press("enter");
    assert!(b.screen().contains("100201"));
    b.press("esc");
    b.event(Event::Burst("§7X100004344".to_owned()));
    match b.model.layers.last() {
        Some(Layer::Scan(scan)) => assert_eq!(scan.input.value(), "7X100004344"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_group_of_the_manifest_can_be_chosen() {
    let mut b = bench();
    b.press("m down");
    let group = match b.model.layers.last() {
        Some(Layer::Confirm(confirm)) => confirm.plan.as_ref().expect("a plan")[0].group.clone(),
        other => panic!("{other:?}"),
    };
    b.press("y");
    assert_eq!(
        b.engine.commands,
        [Command::ManifestNow { group: Some(group) }]
    );
}

#[test]
fn a_list_keeps_its_filter_when_another_is_chosen() {
    let mut b = bench();
    b.press("/");
    b.type_text("kochi");
    b.press("enter s");
    b.press("j enter");
    assert_eq!(b.model.index, OrderIndex::Newest);
    assert_eq!(b.model.wanted.text, "kochi");
}

#[test]
fn a_sku_opens_and_is_pushed_from_there() {
    let mut b = bench();
    b.press("4 j enter");
    let screen = b.screen();
    for words in [
        "SKU KURTA-001-M",
        "counted here",
        "EasyEcom took",
        "What happened",
    ] {
        assert!(screen.contains(words), "{words}: {screen}");
    }
    b.press("i y");
    assert_eq!(
        b.engine.commands,
        [Command::PushStock {
            skus: vec![crate::domain::Sku::new("KURTA-001-M")]
        }]
    );
    b.press("r esc");
    assert_eq!(b.engine.commands.last(), Some(&Command::ReadStock));
    assert!(b.model.layers.is_empty());
}

#[test]
fn the_feed_has_a_filter_of_its_own() {
    let mut b = Bench::new(Engine::normal(), (120, 40));
    let all = b.model.feed.lines.len();
    let word = b.model.feed.lines[0]
        .says
        .as_str()
        .split(' ')
        .next()
        .unwrap_or_default()
        .to_owned();
    b.press("3 /");
    b.type_text(&word);
    b.press("enter");
    let some = b.model.feed.lines.len();
    assert!(some > 0 && some <= all, "{some} of {all}");
    assert!(
        b.screen().contains(&format!("filter {word}")),
        "{}",
        b.screen()
    );
    b.press("/");
    b.type_text("zzz");
    assert_eq!(b.model.feed.lines.len(), 0);
    b.press("esc");
    assert_eq!(b.model.feed.lines.len(), some);
    b.press("esc");
    assert_eq!(b.model.feed.lines.len(), all);
    assert!(b.model.orders_filter.value().is_empty());
}
