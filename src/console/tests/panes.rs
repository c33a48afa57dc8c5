//! Every pane in every state at three sizes, and a few whole screens, as pictures to review.

use chrono::TimeDelta;

use crate::{
    console::{
        fixture::{Bench, Engine, styles_of, text_of},
        look::{ASCII, Look, Palette},
        model::{Pane, Setup},
        theme::Theme,
        update::Event,
    },
    domain::Operator,
    handle::{Delta, Level},
};

const SIZES: [(u16, u16); 3] = [(80, 24), (100, 30), (120, 40)];

const PANES: [(Pane, &str, &str); 4] = [
    (Pane::Orders, "1", "orders"),
    (Pane::Steps, "2", "steps"),
    (Pane::Feed, "3", "feed"),
    (Pane::Stock, "4", "stock"),
];

fn states() -> Vec<(&'static str, Engine)> {
    let mut failing = Engine::normal();
    failing.overview.engine = crate::handle::EngineState::Paused {
        by: crate::domain::outcome::Signed {
            at: failing.overview.now,
            by: Operator::new("asha"),
            reason: "stock count".into(),
        },
    };
    failing.overview.easyecom.state = crate::handle::LinkState::Down;
    failing.overview.stock.setting_on = false;
    failing.overview.alarms = vec!["disk almost full: 2 GB left".into()];
    vec![
        ("empty", Engine::empty()),
        ("normal", Engine::normal()),
        ("many", Engine::many()),
        ("error", failing),
        ("stale", Engine::normal()),
        ("hostile", Engine::hostile()),
        ("wide", Engine::wide()),
    ]
}

fn bench(name: &str, engine: Engine, size: (u16, u16)) -> Bench {
    let mut bench = Bench::new(engine, size);
    if name == "stale" {
        bench.model.now += TimeDelta::minutes(12);
    }
    bench
}

#[test]
fn exceptions() {
    for size in SIZES {
        for (state, engine) in states() {
            let mut bench = bench(state, engine, size);
            bench.press("e g");
            let name = format!("exceptions-{state}-{}x{}", size.0, size.1);
            insta::assert_snapshot!(name, bench.screen());
        }
    }
}

#[test]
fn panes() {
    for size in SIZES {
        for (state, engine) in states() {
            for (pane, key, name) in PANES {
                let mut bench = bench(state, engine.clone(), size);
                bench.press(key);
                if state == "stale" {
                    bench.model.now = bench.now + TimeDelta::minutes(12);
                }
                let buffer = bench.buffer();
                let area = ratatui::layout::Rect::new(0, 0, size.0, size.1);
                let places = crate::console::layout::layout(&bench.model, area).expect("room");
                let rect = places.pane(pane).expect("the pane with focus is shown");
                let mut part = ratatui::buffer::Buffer::empty(rect);
                for position in rect.positions() {
                    part[position] = buffer[position].clone();
                }
                let title = format!("{name}_{state}_{}x{}", size.0, size.1);
                insta::assert_snapshot!(title.clone(), text_of(&part));
                if state == "normal" || state == "error" {
                    insta::assert_snapshot!(format!("{title}_styles"), styles_of(&part));
                }
            }
        }
    }
}

#[test]
fn whole_screens() {
    for size in [(80, 24), (120, 40), (200, 60)] {
        let bench = Bench::new(Engine::normal(), size);
        insta::assert_snapshot!(format!("screen_{}x{}", size.0, size.1), bench.screen());
    }
    let mut bench = Bench::new(Engine::normal(), (80, 24));
    bench.event(Event::Gone("the engine has stopped".into()));
    insta::assert_snapshot!("screen_no_engine", bench.screen());
    let setup = Setup {
        look: Look {
            palette: Palette::None,
            theme: Theme::Dark,
            glyphs: &ASCII,
        },
        ..Setup::default()
    };
    let bench = Bench::with(Engine::wide(), (80, 24), setup);
    let screen = bench.screen();
    assert!(screen.is_ascii(), "{screen}");
    insta::assert_snapshot!("screen_ascii", screen);
}

/// What lies over the panes: a name, keys, what is typed then, keys again.
const LAYERS: [(&str, &str, &str, &str); 25] = [
    ("detail", "enter", "", ""),
    ("detail_people", "enter c", "", ""),
    ("help", "?", "", ""),
    ("help_found", "?", "mark", ""),
    ("lists", "s", "", ""),
    ("sorts", "S", "", ""),
    ("forget", "F", "pune today", "enter ctrl-x"),
    ("confirm", "space space n", "", ""),
    ("confirm_many", "* n", "", ""),
    ("results", "* n", "40", "enter"),
    ("decide", "j j j p", "", ""),
    ("reason", "h", "", ""),
    ("why_not", "w", "", ""),
    ("status", "o", "", ""),
    ("scan", "b", "", ""),
    ("scan_found", "b", "100204", "enter"),
    ("wall", "W", "", ""),
    ("sku", "4 j enter", "", ""),
    ("palette", ":", "", ""),
    ("palette_found", ":", "hold", ""),
    ("palette_argument", ":", "lists ready", ""),
    ("manifest", "m", "", ""),
    ("save_list", "F", "", ""),
    ("filter", "/", "stage:ready", ""),
    ("filter_wrong", "/", "stage:nowhere", ""),
];

#[test]
fn layers() {
    for size in SIZES {
        for (name, keys, text, then) in LAYERS {
            let mut bench = Bench::new(Engine::normal(), size);
            bench.press(keys);
            bench.type_text(text);
            bench.press(then);
            let name = format!("layer_{name}_{}x{}", size.0, size.1);
            insta::assert_snapshot!(name, bench.screen());
        }
    }
}

/// Good news stands for a moment, bad news until a key is pressed; news longer than its line are cut.
#[test]
fn notices() {
    let long = "EasyEcom refused the manifest of group Shopify DTDC: 3 of its 40 orders were cancelled \
                at the remote while it was made, they are left out of the next one";
    for size in SIZES {
        for (name, level, says) in [
            ("good", Level::Good, "12 orders shipped"),
            ("bad", Level::Bad, long),
        ] {
            let mut bench = Bench::new(Engine::normal(), size);
            let says = says.into();
            bench.event(Event::Delta(Box::new(Delta::Notice { level, says })));
            let rows: Vec<String> = bench.screen().lines().map(str::to_owned).collect();
            let below = rows[rows.len() - 2..].join("\n");
            insta::assert_snapshot!(format!("notice_{name}_{}x{}", size.0, size.1), below);
        }
    }
}

#[test]
fn styles_of_a_row_and_of_the_band() {
    use ratatui::style::Modifier;
    let mut bench = Bench::new(Engine::normal(), (80, 24));
    let buffer = bench.buffer();
    let selected = &buffer[(10, 5)];
    assert!(
        selected.modifier.contains(Modifier::REVERSED),
        "the cursor is seen without colour"
    );
    bench.engine.overview.confirmed.oldest_since = Some(crate::console::fixture::ago(500));
    bench.event(Event::Tick);
    let buffer = bench.buffer();
    for x in [0, 10, 79] {
        let cell = &buffer[(x, 2)];
        assert!(
            cell.modifier.contains(Modifier::REVERSED | Modifier::BOLD),
            "the band is loud"
        );
    }
}

#[test]
fn without_colour_no_colour_is_used_anywhere() {
    use ratatui::style::Color;
    let setup = Setup {
        look: Look {
            palette: Palette::None,
            ..Look::default()
        },
        ..Setup::default()
    };
    let bench = Bench::with(Engine::hostile(), (120, 40), setup);
    for cell in bench.buffer().content() {
        assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset));
    }
}

#[test]
fn strangers_text_carries_nothing_dangerous_to_a_cell() {
    for (w, h) in SIZES {
        let mut bench = Bench::new(Engine::hostile(), (w, h));
        bench.press("enter");
        for cell in bench.buffer().content() {
            for c in cell.symbol().chars() {
                let hidden =
                    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{feff}');
                assert!(!c.is_control() && !hidden, "{:?}", cell.symbol());
            }
        }
    }
}

#[test]
fn a_screen_that_is_too_small_says_so() {
    let bench = Bench::new(Engine::normal(), (59, 24));
    assert!(bench.screen().contains("raftaar needs 60x16"));
    let bench = Bench::new(Engine::normal(), (60, 16));
    assert!(bench.screen().contains("Orders"));
}
