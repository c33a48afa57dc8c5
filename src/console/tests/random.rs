//! Any order of keys, answers, deltas and sizes: no panic, a valid selection, a way home, and no
//! command for several orders that was not confirmed.

use std::collections::BTreeSet;

use proptest::prelude::*;
use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    console::{
        fixture::{Bench, Engine, feed_line, order_row, stock_row},
        keymap::{Code, Key},
        model::{Layer, Model, Pane, ScanFound},
        terminal::Screen,
        update::{Effect, Event, Ticket, update},
        view,
    },
    handle::{Ask, Command, Delta, Level},
};

#[derive(Clone, Debug)]
enum Act {
    Key(Key),
    /// What hands do in one go.
    Keys(&'static str),
    Burst(String),
    Paste(String),
    Resize(u16, u16),
    Tick,
    Gone,
    Lagged,
    Notice,
    /// Orders come and go.
    Shuffle(u8),
    /// The oldest open question is answered, or fails.
    Answer(bool),
    Wait(u16),
}

fn key() -> impl Strategy<Value = Key> {
    let code = prop_oneof![
        6 => prop::char::range(' ', '~').prop_map(Code::Char),
        3 => prop::sample::select("jknyhrpuwmixzset/:?ob*a .-1234vclLSFUVWeedg".chars().collect::<Vec<_>>())
            .prop_map(Code::Char),
        1 => prop::sample::select(vec![
            Code::Enter, Code::Esc, Code::Tab, Code::BackTab, Code::Up, Code::Down, Code::Home,
            Code::End, Code::PageUp, Code::PageDown, Code::Backspace, Code::Left, Code::Delete,
        ]),
        1 => Just(Code::Enter),
    ];
    (code, prop::bool::weighted(0.05)).prop_map(|(code, ctrl)| Key {
        code,
        ctrl,
        alt: false,
    })
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        20 => key().prop_map(Act::Key),
        12 => prop::bool::weighted(0.9).prop_map(Act::Answer),
        3 => prop::sample::select(vec![
            "F a enter", "1 F a enter ctrl-x", "e j j p", "e g enter", "e k i", "* n", "S j enter", "s G enter",
            "/ k enter", "4 enter", "4 S j j enter", "enter p", "space j V n", "L", "U y",
        ]).prop_map(Act::Keys),
        1 => "[0-9A-Z]{6,20}".prop_map(Act::Burst),
        1 => ".{0,60}".prop_map(Act::Paste),
        1 => (0u16..200, 0u16..70).prop_map(|(w, h)| Act::Resize(w, h)),
        1 => Just(Act::Tick),
        1 => prop::bool::weighted(0.2).prop_map(|gone| if gone { Act::Gone } else { Act::Lagged }),
        1 => Just(Act::Notice),
        3 => any::<u8>().prop_map(Act::Shuffle),
        4 => (0u16..3_000).prop_map(Act::Wait),
    ]
}

/// A world in which answers come late and in any state of the screen.
struct World {
    bench: Bench,
    open: Vec<(Box<Ticket>, Box<Ask>)>,
    screen: Screen,
    /// What was laid over the panes.
    reached: BTreeSet<&'static str>,
    draws: bool,
}

impl World {
    fn new(draws: bool) -> Self {
        Self {
            reached: BTreeSet::new(),
            draws,
            bench: Bench::new(Engine::normal(), (100, 30)),
            open: Vec::new(),
            screen: Screen::new(true),
        }
    }

    fn event(&mut self, event: Event) {
        let asked = question(&self.bench.model);
        let yes = matches!(event, Event::Key(_));
        // The same code twice is a question and its yes.
        let scanned = twice(&self.bench.model);
        for effect in update(&mut self.bench.model, event, self.bench.now) {
            if let Effect::Ask(ticket, ask) = effect {
                if let Ask::Command { command } = &*ask {
                    let free = !is_remote(command) && concerns(command) <= 1;
                    assert!(
                        free || scanned || (yes && asked.as_ref() == Some(command)),
                        "{command:?} was sent without its question, which was {asked:?}"
                    );
                }
                self.open.push((ticket, ask));
            }
        }
        self.check();
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Key(key) => self.event(Event::Key(key)),
            Act::Keys(keys) => {
                for key in keys.split(' ') {
                    self.event(Event::Key(key.parse().expect("a key")));
                }
            }
            Act::Burst(text) => self.event(Event::Burst(text)),
            Act::Paste(text) => self.event(Event::Paste(text)),
            Act::Resize(w, h) => self.event(Event::Resize(w, h)),
            Act::Tick => self.event(Event::Tick),
            Act::Gone => self.event(Event::Gone("gone".into())),
            Act::Lagged => self.event(Event::Lagged),
            Act::Notice => {
                let delta = Delta::Notice {
                    level: Level::Bad,
                    says: "x".into(),
                };
                self.event(Event::Delta(Box::new(delta)));
            }
            Act::Shuffle(seed) => self.shuffle(seed),
            Act::Answer(well) => self.answer(well),
            Act::Wait(ms) => self.bench.now += chrono::TimeDelta::milliseconds(i64::from(ms)),
        }
    }

    fn answer(&mut self, well: bool) {
        if self.open.is_empty() {
            return;
        }
        let (ticket, ask) = self.open.remove(0);
        let answer = if well {
            Ok(self.bench.engine.answer(&ask))
        } else {
            Err("no answer".into())
        };
        self.event(Event::Answer(ticket, Box::new(answer)));
    }

    fn shuffle(&mut self, seed: u8) {
        let engine = &mut self.bench.engine;
        match seed % 5 {
            0 => engine.orders.clear(),
            1 => engine.orders = (0..u64::from(seed) * 4).map(order_row).collect(),
            2 => {
                let last = engine.feed.first().map_or(0, |l| l.seq - 4_000);
                for i in 1..=u64::from(seed) {
                    engine.feed.insert(0, feed_line(last + i));
                }
            }
            3 => {
                engine.stock = (0..u64::from(seed)).map(stock_row).collect();
                engine.troubles.truncate(usize::from(seed % 4));
            }
            _ => engine
                .orders
                .retain(|row| row.invoice.0 % 3 != u64::from(seed) % 3),
        }
        let overview = Box::new(engine.overview.clone());
        self.event(Event::Delta(Box::new(Delta::Changed {
            overview,
            orders: seed & 1 == 0,
            tracking: true,
            stock: seed & 2 == 0,
        })));
    }

    fn check(&mut self) {
        let model = &self.bench.model;
        if let Some(id) = model.orders.selected {
            assert!(model.orders.rows.iter().any(|row| row.invoice == id));
        }
        assert_eq!(
            model.orders.selected.is_none(),
            model.orders.rows.is_empty()
        );
        if let Some(sku) = &model.stock.selected {
            assert!(model.stock.rows.iter().any(|row| row.sku == *sku));
        }
        if let Some(index) = model.feed.index() {
            assert!(index < model.feed.lines.len());
        }
        assert!(model.orders.rows.len() <= crate::console::model::window::WINDOW_ROWS_MAX);
        assert!(model.steps.selected < 7);
        if model.trouble().is_some() && model.layers.is_empty() {
            assert_eq!(model.cursor_order(), None, "the cursor is on one row");
        }
        self.reached.extend(model.layers.last().map(name));
        if !self.draws {
            return;
        }
        let (w, h) = model.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, w, h));
        let cursor = view::draw(model, &mut buffer);
        if let Some(cursor) = cursor {
            assert!(cursor.x < w && cursor.y < h, "{cursor:?} in {w}x{h}");
        }
        let frame = self.screen.frame(buffer, cursor);
        only_ours(&frame);
    }
}

/// No escape sequence but those that we write, nor any other control character.
fn only_ours(frame: &[u8]) {
    let text = String::from_utf8_lossy(frame);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            assert_eq!(chars.next(), Some('['));
            let end = chars
                .by_ref()
                .find(|c| !(c.is_ascii_digit() || matches!(c, ';' | '?')));
            assert!(
                matches!(end, Some('H' | 'J' | 'C' | 'm' | 'h' | 'l')),
                "{end:?}"
            );
        } else {
            assert!(!c.is_control(), "{c:?}");
        }
    }
}

fn concerns(command: &Command) -> usize {
    match command {
        Command::Next { invoices }
        | Command::Retry { invoices }
        | Command::Hold { invoices, .. }
        | Command::Release { invoices, .. }
        | Command::Undo { invoices, .. }
        | Command::Track { invoices } => invoices.len(),
        Command::ManifestNow { .. } | Command::PushStock { .. } | Command::Resume => usize::MAX,
        _ => 1,
    }
}

/// Whether it changes something at EasyEcom or DTDC at once.
fn is_remote(command: &Command) -> bool {
    matches!(
        command,
        Command::Step { .. }
            | Command::Next { .. }
            | Command::Retry { .. }
            | Command::ManifestNow { .. }
            | Command::PushStock { .. }
    )
}

/// Whether a code was scanned and found one order: the same once more does its next step.
fn twice(model: &Model) -> bool {
    matches!(
        model.layers.last(),
        Some(Layer::Scan(scan)) if matches!(scan.last, Some((_, ScanFound::One(_))))
    )
}

/// Every kind of layer by name: a new one has to be added here, and be reached.
fn name(layer: &Layer) -> &'static str {
    match layer {
        Layer::Detail(_) => "detail",
        Layer::Help(_) => "help",
        Layer::Palette(_) => "palette",
        Layer::Lists(_) => "lists",
        Layer::Sorts(_) => "sorts",
        Layer::Forget(_) => "forget",
        Layer::Decide { .. } => "decide",
        Layer::Reason { .. } => "reason",
        Layer::Filter { .. } => "filter",
        Layer::Confirm(_) => "confirm",
        Layer::WhyNot { .. } => "why-not",
        Layer::Results { .. } => "results",
        Layer::Status { .. } => "status",
        Layer::Sku(_) => "sku",
        Layer::Scan(_) => "scan",
        Layer::Load(_) => "load",
        Layer::Wall => "wall",
    }
}

const LAYERS: usize = 17;

/// A random test that never gets anywhere finds nothing.
#[test]
fn random_keys_reach_every_layer() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let acts = prop::collection::vec(act(), 80);
    let mut reached = BTreeSet::new();
    for _ in 0..2_000 {
        let mut world = World::new(false);
        let acts = acts.new_tree(&mut runner).expect("a tree").current();
        for act in acts {
            world.act(act);
        }
        reached.extend(world.reached);
        if reached.len() == LAYERS {
            return;
        }
    }
    panic!("only these were reached: {reached:?}");
}

/// The command that is asked about.
fn question(model: &Model) -> Option<Command> {
    match model.layers.last() {
        Some(Layer::Confirm(confirm)) => match &confirm.what {
            crate::console::model::Purpose::Send(command) => Some(command.clone()),
            crate::console::model::Purpose::Leave => None,
        },
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn anything_may_happen(acts in prop::collection::vec(act(), 1..80)) {
        let mut world = World::new(true);
        for act in acts {
            world.act(act);
        }
        // Home: no layer, no filter, no marks, the orders in focus.
        let esc = Key::plain(Code::Esc);
        for _ in 0..40 {
            world.event(Event::Key(esc));
        }
        let model = &world.bench.model;
        prop_assert!(model.layers.is_empty());
        prop_assert!(model.marks.is_empty());
        prop_assert!(!model.zoomed);
        prop_assert_eq!(model.focus, Pane::Orders);
        prop_assert_eq!(model.orders_filter.value(), "");
    }

    #[test]
    fn any_size_is_drawn(w in 0u16..300, h in 0u16..80, keys in prop::collection::vec(key(), 0..6)) {
        for engine in [Engine::normal(), Engine::wide(), Engine::hostile(), Engine::empty()] {
            let mut bench = Bench::new(engine, (w, h));
            for key in &keys {
                bench.event(Event::Key(*key));
            }
            let buffer = bench.buffer();
            prop_assert_eq!(buffer.area, Rect::new(0, 0, w, h));
        }
    }
}

#[test]
fn the_smallest_screens_are_drawn() {
    for size in [(0, 0), (1, 1), (60, 1), (1, 16), (60, 16)] {
        let mut bench = Bench::new(Engine::normal(), size);
        for keys in [
            "enter", "esc n", "esc ?", "esc s", "esc m", "esc o", "esc b", "esc W", "esc :",
        ] {
            bench.press(keys);
            bench.buffer();
        }
    }
}
