//! What goes down the wire: nothing when nothing changed, little for a key, one frame at a time.

use ratatui::layout::Position;

use crate::console::{
    fixture::{Bench, Engine, order_row},
    terminal::Screen,
    update::Event,
    view,
};

/// A key's echo. Two rows of a list change colour, and the hint below.
const KEY_BYTES_MAX: usize = 400;

/// A whole screen of 120x40.
const FULL_BYTES_MAX: usize = 9_000;

struct Wire {
    bench: Bench,
    screen: Screen,
}

impl Wire {
    fn new(size: (u16, u16)) -> Self {
        Self {
            bench: Bench::new(Engine::normal(), size),
            screen: Screen::new(true),
        }
    }

    /// The frame that the model needs now.
    fn frame(&mut self) -> Vec<u8> {
        let (w, h) = self.bench.model.size;
        let area = ratatui::layout::Rect::new(0, 0, w, h);
        let mut buffer = ratatui::buffer::Buffer::empty(area);
        let cursor: Option<Position> = view::draw(&self.bench.model, &mut buffer);
        self.screen.frame(buffer, cursor)
    }
}

#[test]
fn idle_sends_nothing() {
    let mut wire = Wire::new((120, 40));
    wire.frame();
    assert_eq!(wire.frame(), b"");
    wire.bench.event(Event::Tick);
    assert_eq!(wire.frame(), b"", "a heartbeat that brings nothing new");
}

#[test]
fn a_full_paint_fits_its_budget() {
    let mut wire = Wire::new((120, 40));
    let bytes = wire.frame().len();
    assert!(bytes <= FULL_BYTES_MAX, "{bytes}");
}

#[test]
fn a_cursor_move_fits_its_budget() {
    use crate::console::{keymap::Key, update::update};
    for size in [(80, 24), (120, 40), (200, 60)] {
        let mut wire = Wire::new(size);
        wire.frame();
        let now = wire.bench.now;
        let key: Key = "down".parse().expect("a key");
        // The echo of the key; the steps of the next order come with their own answer.
        update(&mut wire.bench.model, Event::Key(key), now);
        let bytes = wire.frame().len();
        assert!(bytes <= KEY_BYTES_MAX || size.0 > 120, "{size:?}: {bytes}");
        assert!(bytes <= 2 * KEY_BYTES_MAX, "{size:?}: {bytes}");
    }
}

#[test]
fn a_new_order_elsewhere_in_the_list_costs_little() {
    let mut wire = Wire::new((120, 40));
    wire.frame();
    wire.bench.engine.orders.push(order_row(400));
    let overview = Box::new(wire.bench.engine.overview.clone());
    wire.bench
        .event(Event::Delta(Box::new(crate::handle::Delta::Changed {
            overview,
            orders: true,
            tracking: false,
            stock: false,
        })));
    let bytes = wire.frame().len();
    assert!(bytes <= 200, "{bytes}");
}

#[test]
fn the_clocks_minute_costs_little() {
    let mut wire = Wire::new((120, 40));
    wire.frame();
    wire.bench.now += chrono::TimeDelta::minutes(1);
    wire.bench.event(Event::Tick);
    let bytes = wire.frame().len();
    // Every due time on the screen moves by a minute.
    assert!(bytes <= 600, "{bytes}");
}

#[test]
fn the_time_of_a_frame_does_not_grow_with_the_orders() {
    let held = |count: u64| {
        let mut engine = Engine::normal();
        engine.orders = (0..count).map(order_row).collect();
        let bench = Bench::new(engine, (120, 40));
        bench.model.orders.rows.len()
    };
    assert_eq!(held(5_000), held(500));
}
