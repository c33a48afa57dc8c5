//! What goes down the wire: nothing when nothing changed, little for a key, one frame at a time.

use ratatui::layout::Position;

use crate::console::{
    fixture::{Bench, Engine, order_row},
    keymap::Key,
    look::{Look, Palette},
    model::Setup,
    terminal::Screen,
    update::{Effect, Event, update},
    view,
};

/// A key's echo. Two rows of a list change colour, and the hint below.
const KEY_BYTES_MAX: usize = 400;

/// What the last line may cost beside that for each of its columns, where it moves as a whole: its hints
/// have a few columns each and change colour twice.
const HINTS_BYTES_PER_COLUMN: usize = 4;

/// A whole screen of 120x40.
const FULL_BYTES_MAX: usize = 9_000;

struct Wire {
    bench: Bench,
    screen: Screen,
}

impl Wire {
    fn new(size: (u16, u16)) -> Self {
        Self::coloured(size, Palette::Ansi16)
    }

    fn coloured(size: (u16, u16), palette: Palette) -> Self {
        let look = Look {
            palette,
            ..Look::default()
        };
        let setup = Setup {
            look,
            ..Setup::default()
        };
        Self {
            bench: Bench::with(Engine::normal(), size, setup),
            screen: Screen::new(true),
        }
    }

    /// The bytes of a key's echo. What the key asks of the engine is answered after it, in frames that
    /// are not counted.
    fn echo(&mut self, key: &str) -> usize {
        let key: Key = key.parse().expect("a key");
        let now = self.bench.now;
        let effects = update(&mut self.bench.model, Event::Key(key), now);
        let bytes = self.frame().len();
        for effect in effects {
            if let Effect::Ask(ticket, ask) = effect {
                let answer = Box::new(Ok(self.bench.engine.answer(&ask)));
                self.bench.event(Event::Answer(ticket, answer));
            }
        }
        self.frame();
        bytes
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
    for palette in [
        Palette::None,
        Palette::Ansi16,
        Palette::Ansi256,
        Palette::True,
    ] {
        let bytes = Wire::coloured((120, 40), palette).frame().len();
        assert!(bytes <= FULL_BYTES_MAX, "{palette:?}: {bytes}");
        println!("{palette:?}: {bytes} B");
    }
}

/// Sizes and colours in which people work.
fn wires() -> impl Iterator<Item = Wire> {
    let sizes = [(80, 24), (100, 30), (120, 40), (160, 50), (200, 60)];
    let palettes = [Palette::Ansi16, Palette::Ansi256];
    sizes
        .into_iter()
        .flat_map(move |size| palettes.map(|palette| Wire::coloured(size, palette)))
}

/// In each pane, as far as nothing scrolls. From about 250 columns on the two rows alone are longer.
#[test]
fn a_cursor_move_fits_its_budget() {
    for mut wire in wires() {
        let size = wire.bench.model.size;
        wire.frame();
        for (pane, moves) in [
            ("1", "down down up down"),
            ("2", "down down down down down down up"),
            ("3", "up up up down"),
            ("4", "down down down up"),
        ] {
            wire.echo(pane);
            for key in moves.split(' ') {
                let bytes = wire.echo(key);
                assert!(
                    bytes <= KEY_BYTES_MAX,
                    "{size:?}, pane {pane}, {key}: {bytes}"
                );
            }
        }
    }
}

/// From an order that needs a person to one of which nothing has been read yet: other keys apply, and the
/// last line is written anew from the first hint that is not the same. To keep the hints of the order
/// before until the answer is there would save that, and offer for a moment what does not apply.
#[test]
fn leaving_an_order_that_needs_somebody_costs_the_line_of_keys_more() {
    for mut wire in wires() {
        let size = wire.bench.model.size;
        wire.frame();
        let bytes = ["down", "down", "down", "down"].map(|key| wire.echo(key));
        let most = KEY_BYTES_MAX + HINTS_BYTES_PER_COLUMN * usize::from(size.0);
        assert!(
            bytes.iter().all(|bytes| *bytes <= most),
            "{size:?}: {bytes:?}"
        );
    }
}

#[test]
fn a_new_order_elsewhere_in_the_list_costs_little() {
    let mut wire = Wire::new((120, 40));
    wire.frame();
    wire.bench.engine.orders.push(order_row(400));
    wire.bench.orders_changed();
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
