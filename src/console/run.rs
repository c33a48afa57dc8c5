//! The loop: one select over signals, keys, the engine, the writer and the clock. Everything that is
//! there is taken before anything is drawn.

use std::{
    collections::VecDeque,
    future::poll_fn,
    io,
    panic::AssertUnwindSafe,
    path::{Path, PathBuf},
    task::Poll,
    time::{Duration, Instant},
};

use chrono::{FixedOffset, Utc};
use crossterm::event::{Event as Input, EventStream, KeyEventKind};
use futures_util::{FutureExt, StreamExt};
use ratatui::{buffer::Buffer, layout::Rect};
use thiserror::Error;
use tokio::{sync::broadcast, sync::mpsc, time::sleep_until};

use super::{
    commands::Context,
    keymap::{Code, Key, Keymap, overlay},
    look::{ASCII, Look, Palette, UTF8},
    model::{Model, NOTICE_S, Setup, session::Session},
    pace::Pace,
    terminal::{
        Environment, Joined, Panics, Rejoin, Screen, Signal, Signals, Terminal, Writer, copy, stop,
    },
    update::{Answered, Effect, Event, Ticket, looks_scanned, update},
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

/// Answers that may wait to be taken; more questions are never under way.
const ANSWERS_MAX: usize = 64;

/// Events taken before a frame is drawn, so that a flood cannot keep the screen still.
const DRAIN_MAX: usize = 512;

/// For how long leaving waits for a frame that is still being written.
const LEAVE_WAIT: Duration = Duration::from_millis(300);

/// How the console is to be.
#[derive(Clone, Debug)]
pub struct ConsoleOptions {
    /// ASCII only; `None`: as the environment says.
    pub ascii: Option<bool>,
    /// Colours; `None`: as the environment says.
    pub palette: Option<Palette>,
    /// Blue and orange instead of green and red.
    pub colour_blind: bool,
    /// A user's own keys.
    pub keymap: Option<PathBuf>,
    /// For how long a lone Esc is held; `None`: 60 ms over SSH, not at all otherwise.
    pub esc_hold: Option<Duration>,
    /// Zone for times; `None`: the warehouse's.
    pub zone: Option<FixedOffset>,
    /// The link is slow; `None`: as the environment says.
    pub ssh: Option<bool>,
    /// Look only.
    pub read_only: bool,
    /// The engine lives in this process and stops when the console is left: it is asked about.
    pub owns_engine: bool,
    /// Ring the bell on bad news.
    pub bell: bool,
    /// Bracket frames for terminals that can show them whole (mode 2026).
    pub sync_output: bool,
    /// Minutes in Confirmed from which the band is loud.
    pub loud_after_min: i64,
    /// Where list, filter, marks and cursor are kept from one time to the next.
    pub session: Option<PathBuf>,
}

impl Default for ConsoleOptions {
    fn default() -> Self {
        Self {
            ascii: None,
            palette: None,
            colour_blind: false,
            keymap: None,
            esc_hold: None,
            zone: None,
            ssh: None,
            read_only: false,
            owns_engine: false,
            bell: false,
            sync_output: true,
            loud_after_min: 60,
            session: None,
        }
    }
}

/// Why the console was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The operator left.
    Quit,
    /// The line is gone. Leave with exit code 129 and without printing: stderr is gone, too.
    HungUp,
    /// A signal with this number asked for it.
    Signal(i32),
}

/// Why the console could not run.
#[derive(Debug, Error)]
pub enum ConsoleError {
    /// There is no terminal that can be drawn on.
    #[error(
        "no usable terminal ({0}); `raftaar watch --once` or `--follow` prints the same as lines"
    )]
    NoTerminal(String),
    /// The terminal could not be taken over.
    #[error("the terminal could not be taken over: {0}")]
    Terminal(#[from] io::Error),
    /// A fault in the console itself.
    #[error("the console failed; the terminal was given back")]
    Panicked,
}

/// Draws and listens until the operator leaves.
pub async fn run(handle: EngineHandle, options: ConsoleOptions) -> Result<Exit, ConsoleError> {
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
    let ended = AssertUnwindSafe(console.run(signals)).catch_unwind().await;
    console.leave(matches!(ended, Ok(Ok(Exit::HungUp))));
    match ended {
        Ok(exit) => Ok(exit?),
        Err(_) => Err(ConsoleError::Panicked),
    }
}

struct Console {
    handle: EngineHandle,
    model: Model,
    terminal: Terminal,
    writer: Writer,
    screen: Screen,
    pace: Pace,
    rejoin: Rejoin,
    panics: Panics,
    answers: mpsc::Receiver<(Box<Ticket>, Answered)>,
    answer_to: mpsc::Sender<(Box<Ticket>, Answered)>,
    /// Bytes that go out with the next frame: the bell, the clipboard.
    extra: Vec<u8>,
    session: Option<PathBuf>,
}

/// The session of last time; one that cannot be read is none.
fn recall(path: &Path) -> Option<Session> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

/// Keeps the session. It is a convenience: where it cannot be written the log says so, nothing more.
fn remember(path: &Path, model: &Model) {
    let text = serde_json::to_vec(&Session::of(model)).unwrap_or_default();
    let aside = path.with_extension("new");
    let kept = std::fs::write(&aside, text).and_then(|()| std::fs::rename(&aside, path));
    if let Err(error) = kept {
        tracing::warn!(path = %path.display(), %error, "The console's session could not be kept.");
    }
}

fn setup(
    options: &ConsoleOptions,
    environment: Environment,
    operator: &str,
) -> (Setup, Vec<Clean>) {
    let ascii = options.ascii.unwrap_or(!environment.utf8);
    let (keymap, complaints) = match &options.keymap {
        None => (Keymap::default(), Vec::new()),
        Some(path) => {
            let name = path.display().to_string();
            match std::fs::read_to_string(path) {
                Ok(text) => {
                    let (map, problems) = overlay(&name, &text);
                    (map, problems.into_iter().map(|p| p.says).collect())
                }
                Err(error) => {
                    let says = format!("{name}: {error}; all keys keep their defaults");
                    (Keymap::default(), vec![Clean::new(&says)])
                }
            }
        }
    };
    let setup = Setup {
        look: Look {
            palette: options.palette.unwrap_or(environment.palette),
            colour_blind: options.colour_blind,
            glyphs: if ascii { &ASCII } else { &UTF8 },
        },
        keymap,
        zone: options.zone,
        read_only: options.read_only,
        owns_engine: options.owns_engine,
        bell: options.bell,
        loud_after_min: options.loud_after_min,
        operator: Clean::new(operator),
    };
    (setup, complaints)
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
        if let Some(session) = options.session.as_ref().and_then(|path| recall(path)) {
            session.restore(&mut model);
        }
        let (answer_to, answers) = mpsc::channel(ANSWERS_MAX);
        Ok(Self {
            handle,
            model,
            writer: Writer::start(terminal.writer()?)?,
            terminal,
            screen: Screen::new(options.sync_output),
            pace: Pace::new(Instant::now()),
            rejoin: Rejoin::new(hold),
            panics,
            answers,
            answer_to,
            extra: Vec::new(),
            session: options.session.clone(),
        })
    }

    async fn run(&mut self, mut signals: Signals) -> io::Result<Exit> {
        let mut input = EventStream::new();
        let mut deltas = self.handle.deltas();
        let engine = self.handle.clone();
        let mut tick_at = next_tick(&self.model, Utc::now());
        if let Some(exit) = self.take(Event::Started)? {
            return Ok(exit);
        }
        loop {
            let now = Instant::now();
            let can_draw = self.model.dirty && !self.writer.busy();
            let frame_at = self.pace.next_at(now);
            if can_draw && frame_at <= now {
                self.draw()?;
                continue;
            }
            let esc_at = self.rejoin.deadline();
            let gone = self.model.gone.is_some();
            let event = tokio::select! {
                biased;
                signal = signals.next() => match self.signal(signal)? {
                    Some(exit) => return Ok(exit),
                    None => None,
                },
                event = input.next() => match self.input(event, &mut input).await? {
                    Some(exit) => return Ok(exit),
                    None => None,
                },
                () = wait(esc_at), if esc_at.is_some() => match self.joined(None)? {
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
                    Some(Event::Answer(ticket, Box::new(answer)))
                }
                delta = deltas.recv() => delta_event(delta),
                () = engine.gone(), if !gone => {
                    Some(Event::Gone("the engine has stopped or the connection to it is lost".into()))
                }
                says = self.panics.next() => {
                    Some(Event::Delta(Box::new(Delta::Notice { level: Level::Bad, says })))
                }
                () = wait(Some(frame_at)), if can_draw => None,
                () = wait(Some(tick_at)) => Some(Event::Tick),
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

    /// Takes what else the engine has sent, before anything is drawn.
    fn drain(&mut self, deltas: &mut broadcast::Receiver<Delta>) -> io::Result<Option<Exit>> {
        for _ in 0..DRAIN_MAX {
            let event = if let Ok((ticket, answer)) = self.answers.try_recv() {
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
                Effect::Bell => self.extra.push(0x07),
                Effect::Copy(text) => self.extra.extend(copy(&text)),
                Effect::Suspend => self.suspend()?,
                Effect::Quit => return Ok(Some(Exit::Quit)),
            }
        }
        Ok(None)
    }

    /// Asks without waiting.
    fn ask(&self, ticket: Box<Ticket>, ask: Ask) {
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
    async fn input(
        &mut self,
        first: Option<io::Result<Input>>,
        input: &mut EventStream,
    ) -> io::Result<Option<Exit>> {
        let mut batch = VecDeque::new();
        let mut next = Some(first);
        let now = Instant::now();
        while let Some(event) = next {
            match event {
                Some(Ok(Input::Key(key))) if key.kind != KeyEventKind::Release => {
                    if let Some(key) = Key::from_event(&key) {
                        batch.extend(self.rejoin.key(key, now));
                    }
                }
                Some(Ok(Input::Paste(text))) => batch.push_back(Joined::Paste(text)),
                Some(Ok(Input::Resize(..))) => self.resize()?,
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Ok(Some(Exit::HungUp)),
            }
            if batch.len() >= DRAIN_MAX {
                break;
            }
            // Polled as this task: the stream remembers one waker only, and one that wakes nobody
            // would be remembered for the next key.
            next = poll_fn(|task| match input.poll_next_unpin(task) {
                Poll::Ready(event) => Poll::Ready(Some(event)),
                Poll::Pending => Poll::Ready(None),
            })
            .await;
        }
        self.joined(Some(batch))
    }

    /// Hands keys on; without a batch, those that were held and are due.
    fn joined(&mut self, batch: Option<VecDeque<Joined>>) -> io::Result<Option<Exit>> {
        let mut batch = batch.unwrap_or_else(|| self.rejoin.timeout(Instant::now()).into());
        while !batch.is_empty() {
            let event = next_event(&mut batch, &self.model);
            if let Some(event) = event
                && let Some(exit) = self.take(event)?
            {
                return Ok(Some(exit));
            }
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
        if let Some(path) = &self.session {
            remember(path, &self.model);
        }
        if hung_up || !self.writer.settle(LEAVE_WAIT) {
            return self.terminal.abandon();
        }
        self.terminal.give_back();
        self.panics.print();
    }
}

/// The next event of a batch of keys: many characters at once are a scanner's.
fn next_event(batch: &mut VecDeque<Joined>, model: &Model) -> Option<Event> {
    let run: String = batch
        .iter()
        .map_while(|joined| match joined {
            Joined::Key(key) => key.typed(),
            Joined::Paste(_) => None,
        })
        .collect();
    if looks_scanned(&run) {
        batch.drain(..run.chars().count());
        let typing = model.contexts() == [Context::Text];
        let enter = Joined::Key(Key::plain(Code::Enter));
        if !typing && batch.front() == Some(&enter) {
            // The scanner's own Enter; what was scanned is offered, not executed.
            batch.pop_front();
        }
        return Some(Event::Burst(run));
    }
    Some(match batch.pop_front()? {
        Joined::Key(key) => Event::Key(key),
        Joined::Paste(text) => Event::Paste(text),
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> VecDeque<Joined> {
        text.chars()
            .map(|c| {
                Joined::Key(match c {
                    '⏎' => Key::plain(Code::Enter),
                    c => Key::char(c),
                })
            })
            .collect()
    }

    #[test]
    fn a_scanners_burst_executes_nothing() {
        let model = Model::new(Setup::default(), (80, 24), Utc::now());
        let mut batch = keys("7X100761088⏎q");
        let event = next_event(&mut batch, &model);
        assert!(matches!(event, Some(Event::Burst(code)) if code == "7X100761088"));
        assert_eq!(batch, keys("q"), "its Enter went with it");
    }

    #[test]
    fn held_down_and_typed_keys_are_keys() {
        let model = Model::new(Setup::default(), (80, 24), Utc::now());
        for text in ["jjjjjjjjjjjj", "nyq", "hello wo", "1234"] {
            let mut batch = keys(text);
            let event = next_event(&mut batch, &model);
            assert!(matches!(event, Some(Event::Key(_))), "{text}");
        }
    }
}
