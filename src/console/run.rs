//! The loop: one select over signals, keys, the engine, the writer and the clock. Everything that is
//! there is taken before anything is drawn.

use std::{
    io,
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use chrono::Utc;
use crossterm::event::{Event as Input, KeyEventKind};
use futures_util::FutureExt;
use ratatui::{buffer::Buffer, layout::Rect};
use tokio::{sync::broadcast, sync::mpsc, time::sleep_until};

use super::{
    batch::Keys,
    bell::Bells,
    keymap::Key,
    model::{Model, NOTICE_S},
    options::{ConsoleError, ConsoleOptions, Exit, setup},
    pace::Pace,
    reconnect::{Reconnect, Search},
    remember::Kept,
    terminal::{
        Batch, Environment, Keyboard, Panics, Screen, Signal, Signals, Terminal, Writer, copy, stop,
    },
    update::{Answered, Effect, Event, Ticket, update},
    view,
};
use crate::{
    domain::{Clean, Stamp},
    handle::{Ask, Delta, EngineHandle, Level},
};

/// For how long an Esc is held over a slow link: a sequence split by one lost packet is longer than
/// this, one split by two writes of the same packet's contents is not.
const ESC_HOLD: Duration = Duration::from_millis(60);

/// For how long a query may take before the engine is called gone. It reads its own disk.
const QUERY_TIMEOUT: Duration = Duration::from_secs(20);

/// For how long the echo of a key waits for what the key asked of the engine: mostly both then come as
/// one frame, and no hint flickers. Nobody sees a key that is drawn this much later.
const ANSWER_WAIT: Duration = Duration::from_millis(8);

/// Answers that may wait to be taken; more questions are never under way.
const ANSWERS_MAX: usize = 64;

/// Events taken before a frame is drawn, so that a flood cannot keep the screen still.
const DRAIN_MAX: usize = 512;

/// For how long leaving waits for a frame that is still being written.
const LEAVE_WAIT: Duration = Duration::from_millis(300);

/// Draws and listens until the operator leaves. An engine that is lost is looked for again with
/// `reconnect`, where there is a way to.
pub async fn run(
    handle: EngineHandle,
    options: ConsoleOptions,
    reconnect: Option<Reconnect>,
) -> Result<Exit, ConsoleError> {
    let environment = Environment::read();
    if !environment.usable {
        return Err(ConsoleError::NoTerminal(
            "TERM is dumb or not set".to_owned(),
        ));
    }
    let signals = Signals::listen()?;
    let terminal = Terminal::take().map_err(|error| match error.kind() {
        io::ErrorKind::Unsupported => ConsoleError::NoTerminal(error.to_string()),
        _ => ConsoleError::Terminal(error),
    })?;
    let panics = Panics::keep();
    let mut console = Console::new(handle, &options, environment, terminal, panics)?;
    let ended = AssertUnwindSafe(console.run(signals, reconnect.as_ref()))
        .catch_unwind()
        .await;
    // A terminal that fails is one that is gone, whichever call finds it out first.
    console.leave(matches!(ended, Ok(Ok(Exit::HungUp) | Err(_))));
    match ended {
        Ok(Ok(exit)) => Ok(exit),
        Ok(Err(error)) => {
            tracing::warn!(%error, "The terminal failed: taken for a hang-up.");
            Ok(Exit::HungUp)
        }
        Err(_) => Err(ConsoleError::Panicked),
    }
}

struct Console {
    handle: EngineHandle,
    model: Model,
    terminal: Terminal,
    keyboard: Keyboard,
    writer: Writer,
    screen: Screen,
    pace: Pace,
    keys: Keys,
    panics: Panics,
    answers: mpsc::Receiver<(Box<Ticket>, Answered)>,
    answer_to: mpsc::Sender<(Box<Ticket>, Answered)>,
    /// Questions without an answer yet.
    asked: usize,
    /// Until when the echo of a key waits for them.
    echo_at: Option<Instant>,
    bells: Bells,
    /// Bytes that go out with the next frame: the bell, the clipboard.
    extra: Vec<u8>,
    session: Option<Kept>,
}

impl Console {
    fn new(
        handle: EngineHandle,
        options: &ConsoleOptions,
        environment: Environment,
        terminal: Terminal,
        panics: Panics,
    ) -> io::Result<Self> {
        let operator = handle.operator().to_string();
        let (setup, complaints) = setup(options, environment, &operator);
        let hold = options.esc_hold.unwrap_or_else(|| {
            if options.ssh.unwrap_or(environment.ssh) {
                ESC_HOLD
            } else {
                Duration::ZERO
            }
        });
        let size = crossterm::terminal::size()?;
        let mut model = Model::new(setup, size, Utc::now());
        for says in complaints {
            model.notify(Level::Bad, says);
        }
        let mut session = options.session.clone().map(Kept::new);
        if let Some(found) = session.as_mut().and_then(Kept::recall) {
            found.restore(&mut model);
        }
        let (answer_to, answers) = mpsc::channel(ANSWERS_MAX);
        Ok(Self {
            handle,
            model,
            keyboard: Keyboard::start()?,
            writer: Writer::start(terminal.writer()?)?,
            terminal,
            screen: Screen::new(options.sync_output),
            pace: Pace::new(Instant::now()),
            keys: Keys::new(hold),
            panics,
            answers,
            answer_to,
            asked: 0,
            echo_at: None,
            bells: Bells::default(),
            extra: Vec::new(),
            session,
        })
    }

    async fn run(
        &mut self,
        mut signals: Signals,
        reconnect: Option<&Reconnect>,
    ) -> io::Result<Exit> {
        let mut deltas = self.handle.deltas();
        let mut engine = self.handle.clone();
        let (mut lost, mut search) = (false, Search::default());
        let mut tick_at = next_tick(&self.model, Utc::now());
        if let Some(exit) = self.take(Event::Started)? {
            return Ok(exit);
        }
        loop {
            let now = Instant::now();
            if self.bells.due(now) {
                self.extra.push(0x07);
                self.model.dirty = true;
            }
            let bell_at = self.bells.next();
            let can_draw = self.model.dirty && !self.writer.busy();
            let frame_at = self.frame_at(now);
            if can_draw && frame_at <= now {
                self.draw()?;
                continue;
            }
            let keys_at = self.keys.deadline();
            let event = tokio::select! {
                biased;
                signal = signals.next() => match self.signal(signal)? {
                    Some(exit) => return Ok(exit),
                    None => None,
                },
                batch = self.keyboard.next() => match self.input(batch)? {
                    Some(exit) => return Ok(exit),
                    None => None,
                },
                () = wait(keys_at), if keys_at.is_some() => match self.joined()? {
                    Some(exit) => return Ok(exit),
                    None => None,
                },
                written = self.writer.written(), if self.writer.busy() => {
                    if written.is_err() {
                        return Ok(Exit::HungUp);
                    }
                    None
                }
                Some((ticket, answer)) = self.answers.recv() => {
                    self.asked = self.asked.saturating_sub(1);
                    Some(Event::Answer(ticket, Box::new(answer)))
                }
                delta = deltas.recv() => delta_event(delta),
                () = engine.gone(), if !lost => {
                    lost = true;
                    search.begin(reconnect);
                    Some(Event::Gone(match reconnect {
                        Some(_) => "the engine has stopped or the connection to it is lost; \
                                    it is looked for every few seconds".into(),
                        None => "the engine has stopped".into(),
                    }))
                }
                found = search.found(), if lost => {
                    lost = false;
                    deltas = found.deltas();
                    engine = found.clone();
                    self.handle = found;
                    Some(Event::Returned)
                }
                says = self.panics.next() => {
                    Some(Event::Delta(Box::new(Delta::Notice { level: Level::Bad, says })))
                }
                () = wait(Some(frame_at)), if can_draw => None,
                () = wait(bell_at), if bell_at.is_some() => None,
                () = wait(Some(tick_at)) => {
                    // Also from time to time, not only on leaving: a machine can be switched off.
                    if let Some(session) = &mut self.session {
                        session.remember(&self.model);
                    }
                    Some(Event::Tick)
                }
            };
            if let Some(event) = event
                && let Some(exit) = self.take(event)?
            {
                return Ok(exit);
            }
            if let Some(exit) = self.drain(&mut deltas)? {
                return Ok(exit);
            }
            tick_at = next_tick(&self.model, Utc::now());
        }
    }

    /// When the next frame may be drawn.
    fn frame_at(&mut self, now: Instant) -> Instant {
        let paced = self.pace.next_at(now);
        match self.echo_at {
            Some(at) if self.asked > 0 => paced.max(at),
            _ => {
                self.echo_at = None;
                paced
            }
        }
    }

    /// Takes what else the engine has sent, before anything is drawn.
    fn drain(&mut self, deltas: &mut broadcast::Receiver<Delta>) -> io::Result<Option<Exit>> {
        for _ in 0..DRAIN_MAX {
            let event = if let Ok((ticket, answer)) = self.answers.try_recv() {
                self.asked = self.asked.saturating_sub(1);
                Event::Answer(ticket, Box::new(answer))
            } else {
                match deltas.try_recv() {
                    Ok(delta) => Event::Delta(Box::new(delta)),
                    Err(broadcast::error::TryRecvError::Lagged(_)) => Event::Lagged,
                    Err(_) => return Ok(None),
                }
            };
            if let Some(exit) = self.take(event)? {
                return Ok(Some(exit));
            }
        }
        Ok(None)
    }

    /// Takes an event and carries out what follows from it.
    fn take(&mut self, event: Event) -> io::Result<Option<Exit>> {
        let effects = update(&mut self.model, event, Utc::now());
        for effect in effects {
            match effect {
                Effect::Ask(ticket, ask) => self.ask(ticket, *ask),
                Effect::Repaint => self.screen.force(),
                Effect::Ring(ring) => {
                    let times = self.model.setup.rings.times(ring);
                    self.bells.ring(times, Instant::now());
                }
                Effect::Copy(text) => self.extra.extend(copy(&text)),
                Effect::Suspend => self.suspend()?,
                Effect::Quit => return Ok(Some(Exit::Quit)),
            }
        }
        Ok(None)
    }

    /// Asks without waiting.
    fn ask(&mut self, ticket: Box<Ticket>, ask: Ask) {
        self.asked += 1;
        let (handle, to) = (self.handle.clone(), self.answer_to.clone());
        tokio::spawn(async move {
            let command = matches!(ask, Ask::Command { .. });
            let answer = if command {
                // A command takes as long as the remote takes.
                handle
                    .ask(ask)
                    .await
                    .map_err(|e| Clean::new(&e.to_string()))
            } else {
                match tokio::time::timeout(QUERY_TIMEOUT, handle.ask(ask)).await {
                    Ok(answer) => answer.map_err(|e| Clean::new(&e.to_string())),
                    Err(_) => Err("the engine has not answered for 20 s".into()),
                }
            };
            // Nobody waits for it any more when the console has been left.
            let _ = to.send((ticket, answer)).await;
        });
    }

    fn signal(&mut self, signal: Signal) -> io::Result<Option<Exit>> {
        match signal {
            Signal::HangUp => return Ok(Some(Exit::HungUp)),
            Signal::End(number) => return Ok(Some(Exit::Signal(number))),
            Signal::Window => self.resize()?,
            Signal::Continue => {
                self.terminal.claim()?;
                self.resize()?;
            }
        }
        Ok(None)
    }

    fn resize(&mut self) -> io::Result<()> {
        let (columns, rows) = crossterm::terminal::size()?;
        self.take(Event::Resize(columns, rows))?;
        Ok(())
    }

    /// Takes everything that was typed up to now. The end of input, and any error, is a hang-up.
    fn input(&mut self, batch: Option<Batch>) -> io::Result<Option<Exit>> {
        let Some(batch) = batch else {
            return Ok(Some(Exit::HungUp));
        };
        let now = Instant::now();
        for event in batch {
            match event {
                Ok(Input::Key(key)) if key.kind != KeyEventKind::Release => {
                    if let Some(key) = Key::from_event(&key) {
                        self.keys.key(key, now);
                    }
                }
                Ok(Input::Paste(text)) => self.keys.paste(text, now),
                Ok(Input::Resize(..)) => self.resize()?,
                Ok(_) => {}
                Err(_) => return Ok(Some(Exit::HungUp)),
            }
        }
        self.joined()
    }

    /// Hands on the keys of which it is known what they mean.
    fn joined(&mut self) -> io::Result<Option<Exit>> {
        let waited_for = self.asked;
        while let Some(event) = self.keys.next(&self.model, Instant::now()) {
            if let Some(exit) = self.take(event)? {
                return Ok(Some(exit));
            }
        }
        if self.asked > waited_for {
            self.echo_at = Some(Instant::now() + ANSWER_WAIT);
        }
        Ok(None)
    }

    fn draw(&mut self) -> io::Result<()> {
        self.model.dirty = false;
        let (columns, rows) = self.model.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        let cursor = view::draw(&self.model, &mut buffer);
        let mut frame = self.screen.frame(buffer, cursor);
        frame.append(&mut self.extra);
        if !frame.is_empty() {
            self.pace.drawn(Instant::now());
        }
        self.writer.send(frame)
    }

    fn suspend(&mut self) -> io::Result<()> {
        if !self.writer.settle(LEAVE_WAIT) {
            let says = "the line stands still: not suspended";
            self.model.notify(Level::Warn, says);
            return Ok(());
        }
        self.terminal.give_back();
        stop()?;
        self.terminal.claim()?;
        self.resize()
    }

    /// Gives the terminal back, unless nobody is at its other end.
    fn leave(mut self, hung_up: bool) {
        if let Some(session) = &mut self.session {
            session.remember(&self.model);
        }
        if hung_up || !self.writer.settle(LEAVE_WAIT) {
            return self.terminal.abandon();
        }
        self.terminal.give_back();
        self.panics.print();
    }
}

fn delta_event(delta: Result<Delta, broadcast::error::RecvError>) -> Option<Event> {
    match delta {
        Ok(delta) => Some(Event::Delta(Box::new(delta))),
        Err(broadcast::error::RecvError::Lagged(_)) => Some(Event::Lagged),
        // The handle keeps a sender, so this does not come; `gone` tells.
        Err(broadcast::error::RecvError::Closed) => None,
    }
}

async fn wait(until: Option<Instant>) {
    match until {
        Some(at) => sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

/// When time alone changes the screen: at the clock's next minute, or when a notice has been shown
/// long enough.
fn next_tick(model: &Model, now: Stamp) -> Instant {
    let to_minute = 60_000 - now.timestamp_millis().rem_euclid(60_000);
    let to_notice = model.notice().map_or(i64::MAX, |notice| {
        let end = notice.at + chrono::TimeDelta::seconds(NOTICE_S);
        let left = (end - now).num_milliseconds() + 1;
        if left > 0 { left } else { i64::MAX }
    });
    Instant::now() + Duration::from_millis(to_minute.min(to_notice).max(1) as u64)
}
