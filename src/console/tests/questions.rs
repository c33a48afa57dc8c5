//! Questions that many orders are concerned by: what is left out can be read to its end, and the answer
//! is always in sight.

use crate::console::fixture::{Bench, Engine};

/// Half of the forty orders are left out; fifteen of these are named.
fn question(size: (u16, u16)) -> Bench {
    let mut b = Bench::new(Engine::normal(), size);
    b.press("* n");
    b
}

#[test]
fn what_is_left_out_is_scrolled_through_to_its_end() {
    let mut b = question((80, 24));
    let shown = |b: &Bench, words: &[&str]| {
        let screen = b.screen();
        for words in words {
            assert!(screen.contains(words), "{words}\n{screen}");
        }
        assert!(screen.contains("Type 40 and press Enter"), "{screen}");
    };
    shown(&b, &["1-9 of 20", "100203: held by asha", "100211: held"]);
    b.press("j");
    shown(&b, &["2-10 of 20", "100212: held"]);
    b.press("down k");
    shown(&b, &["2-10 of 20"]);
    b.press("pagedown");
    shown(&b, &["8-15 of 20", "100217: held", "and 5 more"]);
    b.press("pagedown j j j up");
    shown(&b, &["7-15 of 20"]);
    b.press("pageup pageup pageup");
    shown(&b, &["1-9 of 20"]);
    assert!(b.engine.commands.is_empty());
    b.press("4 0 enter");
    assert_eq!(
        b.engine.commands.len(),
        1,
        "letters that move are not typed"
    );
}

#[test]
fn the_answer_is_in_sight_on_the_smallest_screen() {
    for size in [(60, 16), (60, 17), (80, 20), (120, 40), (300, 80)] {
        let mut b = question(size);
        for _ in 0..30 {
            let screen = b.screen();
            assert!(screen.contains("Type 40 and press Enter"), "{screen}");
            assert!(screen.contains(" of 20"), "{screen}");
            b.press("j");
        }
        assert!(b.screen().contains("and 5 more"), "{}", b.screen());
    }
}

#[test]
fn a_short_list_is_shown_whole() {
    let mut b = Bench::new(Engine::normal(), (80, 24));
    b.press("space space space n j");
    let screen = b.screen();
    assert!(screen.contains("Left out      1\n") || screen.contains("Left out      1 "));
    assert!(!screen.contains("show the others"), "{screen}");
}

#[test]
fn stock_is_counted_in_skus() {
    let mut b = Bench::new(Engine::normal(), (80, 24));
    b.press("i");
    let screen = b.screen();
    assert!(screen.contains("SKUs          4"), "{screen}");
    assert!(!screen.contains("Orders        "), "{screen}");
}
