//! A console without a terminal: the real model, the real drawing and the real bytes, for pictures and
//! for measuring.

use std::collections::VecDeque;

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    keymap::Key,
    look::{Look, Palette, UTF8},
    model::{Model, Setup},
    terminal::Screen,
    theme::Theme,
    update::{Effect, Event, update},
    view,
};
use crate::{
    domain::{Clean, Stamp},
    handle::{Delta, EngineHandle},
};

/// Questions answered for one event; a screen asks a dozen.
const QUESTIONS_MAX: usize = 200;

/// A console that somebody drives by hand.
pub struct Headless {
    handle: EngineHandle,
    model: Model,
    screen: Screen,
    now: Stamp,
}

impl Headless {
    /// A console of `columns` by `rows` at this engine, as it is when it has just started. `now`
    /// is what its clock shows.
    pub async fn open(handle: &EngineHandle, (columns, rows): (u16, u16), now: Stamp) -> Self {
        let setup = Setup {
            look: Look {
                palette: Palette::True,
                theme: Theme::Dark,
                glyphs: &UTF8,
            },
            operator: Clean::new(handle.operator().as_str()),
            ..Setup::default()
        };
        let mut console = Self {
            handle: handle.clone(),
            model: Model::new(setup, (columns, rows), now),
            screen: Screen::new(true),
            now,
        };
        console.take(Event::Started).await;
        console
    }

    /// Presses keys by name (`"j j enter"`). What is no key is left out.
    pub async fn press(&mut self, keys: &str) {
        let keys = keys
            .split_whitespace()
            .filter_map(|name| name.parse::<Key>().ok());
        for key in keys {
            self.take(Event::Key(key)).await;
        }
    }

    /// Takes news of the engine.
    pub async fn hear(&mut self, delta: Delta) {
        self.take(Event::Delta(Box::new(delta))).await;
    }

    /// Takes the heartbeat of the clock.
    pub async fn tick(&mut self, now: Stamp) {
        self.now = now;
        self.take(Event::Tick).await;
    }

    /// Takes an event, and the answers to all that it asks of the engine.
    async fn take(&mut self, event: Event) {
        let mut queue = VecDeque::from(update(&mut self.model, event, self.now));
        for _ in 0..QUESTIONS_MAX {
            let Some(effect) = queue.pop_front() else {
                break;
            };
            if let Effect::Ask(ticket, ask) = effect {
                let answer = self.handle.ask(*ask).await;
                let answer = answer.map_err(|error| Clean::new(&error.to_string()));
                let event = Event::Answer(ticket, Box::new(answer));
                queue.extend(update(&mut self.model, event, self.now));
            }
        }
    }

    /// The screen.
    pub fn buffer(&self) -> Buffer {
        let (columns, rows) = self.model.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        view::draw(&self.model, &mut buffer);
        buffer
    }

    /// The bytes that bring a terminal from the last frame to this one.
    pub fn frame(&mut self) -> Vec<u8> {
        let (columns, rows) = self.model.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        let cursor = view::draw(&self.model, &mut buffer);
        self.screen.frame(buffer, cursor)
    }
}
