//! Ways back: out of a text's end, out of the exceptions, out of what was done.

use super::flows::bench;
use crate::{
    console::{
        fixture::{Bench, Engine},
        model::Layer,
        update::{Event, Ticket},
    },
    domain::{InvoiceId, tracking::Flag},
    handle::{Answer, Command, CommandReply, OrderIndex, Undoable},
};

fn scroll(b: &mut Bench) -> usize {
    let top = b.model.layers.last_mut().expect("a text");
    *top.scroll_mut().expect("it scrolls")
}

#[test]
fn up_from_the_end_of_an_order_moves_it() {
    let mut b = Bench::new(Engine::normal(), (80, 24));
    b.press("enter end");
    let end = b.screen();
    assert!(!end.contains("more lines"), "{end}");
    let at = scroll(&mut b);
    b.press("up");
    assert_eq!(scroll(&mut b), at - 1);
    assert_ne!(b.screen(), end);
    b.press("home pageup");
    assert_eq!(scroll(&mut b), 0);
    // A larger screen has a nearer end.
    b.press("end");
    b.event(Event::Resize(80, 28));
    let end = b.screen();
    b.press("up");
    assert_ne!(b.screen(), end);
}

#[test]
fn help_reaches_its_last_line_on_a_small_screen() {
    let mut b = Bench::new(Engine::normal(), (80, 24));
    b.press("?");
    for _ in 0..200 {
        b.press("down");
    }
    let end = b.screen();
    assert!(end.contains("suggestion."), "{end}");
    b.press("up");
    assert_ne!(b.screen(), end);
    // By pages no line is passed over.
    b.press("esc ?");
    let mut seen = b.screen();
    for _ in 0..20 {
        b.press("pagedown");
        seen.push_str(&b.screen());
    }
    for row in crate::console::commands::TABLE {
        assert!(seen.contains(&format!(" {} ", row.title)), "{}", row.id);
    }
}

#[test]
fn help_is_searched_by_key() {
    let mut b = bench();
    b.press("?");
    b.type_text("ctrl-t");
    assert!(b.screen().contains("Take back"), "{}", b.screen());
}

#[test]
fn the_exceptions_are_all_of_them_and_the_filter_comes_back() {
    let mut b = bench();
    b.press("/");
    b.type_text("zzz");
    b.press("enter");
    assert!(b.model.orders.rows.is_empty());
    for back in ["e", "esc"] {
        b.press("e");
        assert_eq!(b.model.orders.rows.len(), 6, "all that need a person");
        assert_eq!(b.model.orders_filter.value(), "");
        assert!(b.screen().contains("without the filter zzz"));
        b.press(back);
        assert_eq!(b.model.orders_filter.value(), "zzz");
        assert_eq!(b.model.index, OrderIndex::Active);
        assert!(b.model.orders.rows.is_empty());
    }
    b.press("e");
    b.press(":");
    b.type_text("lists all");
    b.press("enter");
    assert_eq!(b.model.index, OrderIndex::Newest);
    assert_eq!(
        b.model.orders_filter.value(),
        "zzz",
        "another list keeps it"
    );
    b.press(":");
    b.type_text("lists active");
    b.press("enter");
    // A list that a filter chose is no exception to it.
    b.press("esc /");
    b.type_text("is:held");
    b.press("enter e");
    assert_eq!(b.model.orders.rows.len(), 6);
    b.press("e");
    assert_eq!(b.model.orders_filter.value(), "is:held");
}

#[test]
fn an_undo_that_was_not_carried_out_is_still_there() {
    let mut b = bench();
    b.press("h");
    b.type_text("dog");
    b.press("enter U esc U");
    assert!(
        b.screen().contains("Undo your hold of order 100200"),
        "{}",
        b.screen()
    );
    b.press("esc");
    // The engine did not answer.
    let undo = Command::Undo {
        invoices: vec![InvoiceId(100_200)],
        what: Undoable::Hold,
    };
    let lost = Box::new(Ticket::Command(Box::new(undo.clone())));
    b.event(Event::Answer(lost, Box::new(Err("the line is cut".into()))));
    b.press("U");
    assert!(matches!(b.model.layers.last(), Some(Layer::Confirm(_))));
    b.press("esc");
    let done = Box::new(Ticket::Command(Box::new(undo)));
    let reply = CommandReply::taken("undone");
    b.event(Event::Answer(done, Box::new(Ok(Answer::Done { reply }))));
    b.press("U");
    assert!(b.screen().contains("nothing here that can be undone"));
}

#[test]
fn a_single_mark_is_undone_and_costs_no_other_undo() {
    let mut b = bench();
    b.press("h");
    b.type_text("dog");
    b.press("enter");
    for _ in 0..30 {
        b.press("space");
    }
    b.press("U");
    assert_eq!(b.model.marks.len(), 29);
    for _ in 0..25 {
        b.press("U esc");
    }
    assert!(
        b.model
            .undo
            .iter()
            .any(|undo| undo.what.title().contains("your hold")),
        "the hold can still be undone"
    );
}

#[test]
fn contradictions_are_taken_note_of_after_a_question() {
    let mut b = bench();
    let view = b.model.steps.view.as_mut().expect("read");
    view.record.trail.flags.push(Flag::UnknownCode {
        code: "XYZ".into(),
        words: "nobody knows".into(),
    });
    b.press("l");
    assert!(b.engine.commands.is_empty(), "not at once");
    assert!(
        b.screen()
            .contains("Take note of 1 contradiction of order 100200?"),
        "{}",
        b.screen()
    );
    b.press("y");
    assert_eq!(
        b.engine.commands,
        [Command::ClearFlags {
            invoice: InvoiceId(100_200)
        }]
    );
}

#[test]
fn what_the_engine_would_refuse_is_not_offered() {
    let mut b = bench();
    let keys = |b: &Bench| b.screen().lines().last().unwrap_or_default().to_owned();
    assert!(keys(&b).contains("h Hold"), "{}", keys(&b));
    assert!(!keys(&b).contains("Retry"), "nothing failed: {}", keys(&b));
    b.press("r");
    assert!(b.screen().contains("Retry: nothing has failed"));
    // 100207 is on its way.
    for _ in 0..7 {
        b.press("j");
    }
    assert!(!keys(&b).contains("Hold") && !keys(&b).contains("Park"));
    b.press("h");
    assert!(
        b.screen().contains("a hold would stop nothing"),
        "{}",
        b.screen()
    );
    b.press("p");
    assert!(
        b.screen().contains("parking would stop nothing"),
        "{}",
        b.screen()
    );
    assert!(b.model.layers.is_empty() && b.engine.commands.is_empty());
}
