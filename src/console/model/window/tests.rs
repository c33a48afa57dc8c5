//! The cursor and the rows.

use super::*;

#[derive(Clone, Debug, Default)]
struct R(u32);
impl Row for R {
    type Id = u32;
    fn key(&self) -> &'static str {
        "k"
    }
    fn id(&self) -> u32 {
        self.0
    }
}

fn page(ids: impl IntoIterator<Item = u32>) -> Page<R> {
    Page {
        rows: ids.into_iter().map(R).collect(),
        ..Page::default()
    }
}

fn now() -> Stamp {
    chrono::DateTime::from_timestamp(0, 0).expect("a time")
}

#[test]
fn rows_that_arrive_do_not_move_the_cursor() {
    let mut w = Window::default();
    w.take(Part::Start, page(10..20), now(), 5);
    w.step(3, 5);
    assert_eq!((w.selected, w.top(5)), (Some(13), 0));
    w.take(Part::Same, page(5..20), now(), 5);
    assert_eq!(w.selected, Some(13));
    assert_eq!(w.index().expect("held") - w.top(5), 3, "same screen line");
}

#[test]
fn a_row_that_leaves_hands_the_cursor_to_its_neighbour_and_says_so() {
    let mut w = Window::default();
    w.take(Part::Start, page(0..10), now(), 5);
    w.step(2, 5);
    w.take(Part::Same, page([0, 1, 3, 4, 5]), now(), 5);
    assert_eq!(w.selected, Some(3));
    assert_eq!(w.lost, Some((now(), 2)));
    w.take(Part::Same, page([]), now(), 5);
    assert_eq!(w.selected, None);
    w.take(Part::Same, page([7]), now(), 5);
    assert_eq!(w.selected, Some(7));
}

#[test]
fn the_window_never_holds_more_than_its_bound() {
    let mut w = Window::default();
    let mut first = page(0..120);
    first.more_after = true;
    w.take(Part::Start, first, now(), 20);
    for n in 1..20u32 {
        let mut next = page(n * 120..(n + 1) * 120);
        next.more_after = true;
        while w.index() != Some(w.rows.len() - 1) {
            w.step(50, 20);
        }
        w.take(Part::After, next, now(), 20);
        assert!(w.rows.len() <= WINDOW_ROWS_MAX);
        assert!(w.index().is_some());
    }
    assert!(w.more_before);
}
