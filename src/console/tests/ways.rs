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
