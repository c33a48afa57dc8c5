//! Which keys are a person's and which are a scanner's. A gun types some ten milliseconds apart and its
//! code must not run as commands; so what is typed outside a field is held for a moment, and a run of
//! keys closer together than anybody types is offered as a scan. Time comes with each call.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use super::{
    keymap::{Code, Key},
    model::{Layer, Model},
    terminal::{Joined, Rejoin},
    update::{Event, filters_dock, typing},
};

/// For how long a key waits for the next one of its run. USB guns type every 8 to 20 ms; hands that type
/// fast every 80 ms. Nobody sees a key that acts this much later.
pub const HOLD: Duration = Duration::from_millis(40);

/// The same in a run that is a scanner's beyond doubt: it may stumble, and nobody waits for a key.
const STUMBLE: Duration = Duration::from_millis(150);

/// Within this time the key that was just acted on is held down: it repeats at once.
const REPEAT: Duration = Duration::from_millis(120);

/// Characters of a run from which on it is a scanner's without its Enter, and different ones among them:
/// keys that are held down repeat one.
const RUN_MIN: usize = 4;
const RUN_DIFFERENT_MIN: usize = 3;

/// The same where Enter or Tab ends the run: no command is two keys and Enter within a moment.
const ENDED_MIN: usize = 2;

/// Digits of the largest number that a question asks for.
const NUMBER_MAX: usize = 5;

/// Longest run that is waited for: no code is longer.
const RUN_MAX: usize = 120;

/// Keys on their way to the model.
#[derive(Debug)]
pub struct Keys {
    rejoin: Rejoin,
    /// What is not acted on yet, and when it came.
    queue: VecDeque<(Joined, Instant)>,
    /// The character acted on last, and when it came.
    acted: Option<(char, Instant)>,
}

/// The characters at the head of the queue that came without a pause.
struct Run {
    text: String,
    /// Enter or Tab came right behind them.
    ended: bool,
    first: Instant,
    last: Instant,
    /// Something came after them, so that no more can.
    over: bool,
}

impl Run {
    fn length(&self) -> usize {
        self.text.chars().count()
    }

    fn different(&self) -> usize {
        let mut seen: Vec<char> = self.text.chars().collect();
        seen.sort_unstable();
        seen.dedup();
        seen.len()
    }

    fn is_scan(&self) -> bool {
        if self.ended {
            return self.length() >= ENDED_MIN && self.different() >= ENDED_MIN;
        }
        self.length() >= RUN_MIN && self.different() >= RUN_DIFFERENT_MIN
    }

    /// When it is known what it is.
    fn decided_at(&self) -> Instant {
        if self.over || self.length() >= RUN_MAX {
            return self.last;
        }
        if self.is_scan() {
            return self.last + STUMBLE;
        }
        let end = self.last + HOLD;
        if self.length() > 1 && self.different() == 1 {
            // One key over and over is held down, and has to move something meanwhile.
            return end.min(self.first + 2 * HOLD);
        }
        end
    }
}

impl Keys {
    /// No keys yet. A lone Esc is held for `esc_hold`.
    pub fn new(esc_hold: Duration) -> Self {
        Self {
            rejoin: Rejoin::new(esc_hold),
            queue: VecDeque::new(),
            acted: None,
        }
    }

    /// A key came.
    pub fn key(&mut self, key: Key, now: Instant) {
        let joined = self.rejoin.key(key, now);
        self.queue.extend(joined.into_iter().map(|key| (key, now)));
    }

    /// Text was pasted.
    pub fn paste(&mut self, text: String, now: Instant) {
        self.queue.push_back((Joined::Paste(text), now));
    }

    /// Keys that are not acted on yet.
    #[cfg(test)]
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// When to ask for the next event if no key comes.
    pub fn deadline(&self) -> Option<Instant> {
        let run = self.run().map(|run| run.decided_at());
        [run, self.rejoin.deadline()].into_iter().flatten().min()
    }

    /// The next event, if it is known what the keys mean.
    pub fn next(&mut self, model: &Model, now: Instant) -> Option<Event> {
        let late = self.rejoin.timeout(now);
        self.queue.extend(late.into_iter().map(|key| (key, now)));
        let Some(run) = self.run() else {
            return self.one();
        };
        // At the dock a code is a parcel, also while what is shown there is being filtered.
        if typing(model) && !filters_dock(model) {
            // A field takes everything as it comes; what is there at once is put in at once.
            // A number that a question wants typed is short: what is longer is no answer to it.
            let least = match model.layers.last() {
                Some(Layer::Confirm(_)) => NUMBER_MAX + 1,
                _ => RUN_MIN,
            };
            let whole = run.length() >= least && run.different() >= RUN_DIFFERENT_MIN;
            return if whole {
                self.queue.drain(..run.length());
                Some(Event::Burst(run.text))
            } else {
                self.one()
            };
        }
        if self.at_once(model) {
            return self.one();
        }
        if now < run.decided_at() {
            return None;
        }
        if !run.is_scan() {
            return self.one();
        }
        // The scanner's own Enter goes with it: what was scanned is offered, not executed.
        self.queue.drain(..run.length() + usize::from(run.ended));
        self.acted = None;
        Some(Event::Burst(run.text))
    }

    /// Whether the first key waits for nothing: it is held down, or it is the one by which a gun says
    /// that a code follows.
    fn at_once(&self, model: &Model) -> bool {
        let Some((Joined::Key(key), at)) = self.queue.front() else {
            return true;
        };
        let announces = key.typed() == model.setup.scan_prefix
            && matches!(model.layers.last(), None | Some(Layer::Detail(_)));
        let repeats = self
            .acted
            .is_some_and(|(c, acted)| key.typed() == Some(c) && *at < acted + REPEAT);
        announces || repeats
    }

    fn one(&mut self) -> Option<Event> {
        let (joined, at) = self.queue.pop_front()?;
        Some(match joined {
            Joined::Key(key) => {
                self.acted = key.typed().map(|c| (c, at));
                Event::Key(key)
            }
            Joined::Paste(text) => Event::Paste(text),
        })
    }

    fn run(&self) -> Option<Run> {
        let (head, first) = self.queue.front()?;
        let Joined::Key(head) = head else {
            return None;
        };
        let mut run = Run {
            text: head.typed()?.into(),
            ended: false,
            first: *first,
            last: *first,
            over: false,
        };
        for (joined, at) in self.queue.iter().skip(1) {
            let pause = if run.is_scan() { STUMBLE } else { HOLD };
            let belongs = *at < run.last + pause && run.text.len() < 4 * RUN_MAX;
            let key = match joined {
                Joined::Key(key) if belongs => *key,
                _ => {
                    run.over = true;
                    break;
                }
            };
            if let Some(c) = key.typed() {
                run.text.push(c);
                run.last = *at;
                continue;
            }
            run.over = true;
            run.ended = matches!(key.code, Code::Enter | Code::Tab) && !key.ctrl && !key.alt;
            break;
        }
        Some(run)
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::*;
    use crate::console::model::{Filtered, Scan, Setup};

    fn model() -> Model {
        Model::new(Setup::default(), (80, 24), Utc::now())
    }

    fn key(c: char) -> Key {
        match c {
            '⏎' => Key::plain(Code::Enter),
            '⇥' => Key::plain(Code::Tab),
            '↓' => Key::plain(Code::Down),
            c => Key::char(c),
        }
    }

    /// What came out, and how many milliseconds after the first key: `!` marks a scan.
    fn typed(model: &Model, text: &str, apart: u64) -> Vec<(u64, String)> {
        let start = Instant::now();
        let ms = |n| start + Duration::from_millis(n);
        let mut keys = Keys::new(Duration::ZERO);
        let mut out = Vec::new();
        let count = text.chars().count() as u64;
        let mut chars = text.chars();
        for now in 0..(count * apart.max(1) + 400) {
            if apart == 0 {
                chars.by_ref().for_each(|c| keys.key(key(c), ms(now)));
            } else if now % apart == 0
                && let Some(c) = chars.next()
            {
                keys.key(key(c), ms(now));
            }
            while let Some(event) = keys.next(model, ms(now)) {
                out.push((
                    now,
                    match event {
                        Event::Key(key) => key.to_string(),
                        Event::Burst(text) => format!("!{text}"),
                        other => panic!("{other:?}"),
                    },
                ));
            }
            let due = keys.deadline().is_none_or(|at| at > ms(now));
            assert!(due, "a loop that waits for its deadline would spin");
        }
        assert_eq!(keys.waiting(), 0, "nothing stays behind");
        out
    }

    fn events(text: &str, apart: u64) -> Vec<String> {
        let out = typed(&model(), text, apart);
        out.into_iter().map(|(_, event)| event).collect()
    }

    #[test]
    fn a_scanners_code_executes_nothing_however_its_characters_are_spaced() {
        for apart in [0, 1, 5, 12, 15, 20, 30] {
            assert_eq!(events("WEB-1135⏎", apart), ["!WEB-1135"], "{apart} ms");
            assert_eq!(events("7X100761088⇥", apart), ["!7X100761088"]);
            assert_eq!(events("11⏎", 0), ["1", "1", "enter"], "one key repeated");
            assert_eq!(events("nq⏎", apart), ["!nq"], "short, but with its Enter");
            assert_eq!(events("7X1007", apart), ["!7X1007"], "without an Enter");
        }
        assert_eq!(events("7X100761088⏎q", 0), ["!7X100761088", "q"]);
    }

    #[test]
    fn hands_are_not_taken_for_a_scanner() {
        for (text, keys) in [
            ("jjjj", vec!["j", "j", "j", "j"]),
            ("nyq", vec!["n", "y", "q"]),
            ("j↓k", vec!["j", "down", "k"]),
            ("j⏎", vec!["j", "enter"]),
        ] {
            assert_eq!(events(text, 0), keys, "{text} in one read");
            assert_eq!(events(text, 90), keys, "{text} as hands type");
        }
        let hands = events("hello world⏎", 90);
        assert_eq!(hands.len(), 12, "slower than a gun: {hands:?}");
    }

    #[test]
    fn a_key_waits_no_longer_than_the_hold_and_one_that_is_held_down_not_at_all() {
        assert_eq!(typed(&model(), "j", 0), [(40, "j".to_owned())]);
        assert_eq!(typed(&model(), "⏎", 0), [(0, "enter".to_owned())]);
        // The first press stood alone, as the keyboard waits before it repeats; then every 33 ms.
        let at: Vec<u64> = typed(&model(), "jjjjjjjj", 33)
            .into_iter()
            .map(|(at, _)| at)
            .collect();
        let late = at.iter().enumerate().map(|(n, at)| at - 33 * n as u64);
        assert!(late.clone().all(|late| late <= 80), "{at:?}");
        assert!(late.skip(3).all(|late| late == 0), "{at:?}");
    }

    #[test]
    fn a_field_takes_each_character_at_once() {
        let mut model = model();
        model.layers.push(Layer::Scan(Scan::default()));
        let out = typed(&model, "7X1⏎", 12);
        let at: Vec<u64> = out.iter().map(|(at, _)| *at).collect();
        assert_eq!(at, [0, 12, 24, 36]);
        assert_eq!(out[3].1, "enter", "a field keeps the Enter");
    }

    #[test]
    fn a_gun_at_the_dock_is_told_from_hands_that_filter() {
        let mut model = model();
        model.layers.push(Layer::Load(Box::default()));
        model.layers.push(Layer::Filter {
            of: Filtered::Dock,
            before: String::new(),
        });
        let events = |text, apart| -> Vec<String> {
            let out = typed(&model, text, apart);
            out.into_iter().map(|(_, event)| event).collect()
        };
        assert_eq!(events("7X100761002⏎", 12), ["!7X100761002"]);
        assert_eq!(events("7x1", 90), ["7", "x", "1"]);
    }

    #[test]
    fn a_gun_that_announces_itself_opens_its_field_at_once() {
        let mut model = model();
        model.setup.scan_prefix = Some('§');
        let start = Instant::now();
        let mut keys = Keys::new(Duration::ZERO);
        keys.key(Key::char('§'), start);
        let event = keys.next(&model, start);
        assert!(matches!(event, Some(Event::Key(k)) if k == Key::char('§')));
    }
}
