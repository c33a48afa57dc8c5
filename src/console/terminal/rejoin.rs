//! Split escape sequences. Over a slow link an arrow key can arrive as Esc, `[`, `A`; taken as three
//! keys it would close a dialog and then run whatever `A` is bound to. A lone Esc is therefore held
//! for a moment and joined with what belongs to it.

use std::time::{Duration, Instant};

use crate::console::keymap::{Code, Key};

/// Longest sequence waited for: `[1;5A` and the like.
const SEQUENCE_MAX: usize = 8;

/// Characters of a split paste kept; the rest is dropped.
const PASTE_CHARS_MAX: usize = 4_096;

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Joined {
    Key(Key),
    Paste(String),
}

/// Holds keys back.
#[derive(Debug)]
pub struct Rejoin {
    hold: Duration,
    /// What followed the Esc that is held; `None`: none is held.
    held: Option<String>,
    deadline: Option<Instant>,
    /// A paste whose start marker was split.
    paste: Option<String>,
}

impl Rejoin {
    /// Holds a lone Esc for `hold`; zero holds nothing.
    pub fn new(hold: Duration) -> Self {
        Self {
            hold,
            held: None,
            deadline: None,
            paste: None,
        }
    }

    /// When to call [`Self::timeout`].
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// A key came.
    pub fn key(&mut self, key: Key, now: Instant) -> Vec<Joined> {
        if self.hold.is_zero() {
            return vec![Joined::Key(key)];
        }
        let esc = key == Key::plain(Code::Esc);
        let Some(mut sequence) = self.held.take() else {
            if esc {
                self.held = Some(String::new());
                self.deadline = Some(now + self.hold);
                return Vec::new();
            }
            return self.pass(key);
        };
        self.deadline = None;
        if esc {
            // Two presses of Esc: the first was one, the second is held.
            self.held = Some(String::new());
            self.deadline = Some(now + self.hold);
            return self.give_up(&sequence);
        }
        let fits = match (sequence.is_empty(), key.typed()) {
            (true, Some(c)) => matches!(c, '[' | 'O'),
            (false, Some(c)) => c.is_ascii_graphic() && sequence.len() < SEQUENCE_MAX,
            (_, None) => false,
        };
        let Some(c) = key.typed().filter(|_| fits) else {
            let mut out = self.give_up(&sequence);
            out.extend(self.pass(key));
            return out;
        };
        let opened = !sequence.is_empty();
        sequence.push(c);
        if opened && ('@'..='~').contains(&c) {
            return self.complete(&sequence);
        }
        self.held = Some(sequence);
        self.deadline = Some(now + self.hold);
        Vec::new()
    }

    /// Nothing more came in time: it was a press of Esc.
    pub fn timeout(&mut self, now: Instant) -> Vec<Joined> {
        if self.deadline.is_none_or(|at| at > now) {
            return Vec::new();
        }
        self.deadline = None;
        match self.held.take() {
            Some(sequence) => self.give_up(&sequence),
            None => Vec::new(),
        }
    }

    fn pass(&mut self, key: Key) -> Vec<Joined> {
        match (&mut self.paste, key) {
            (None, key) => vec![Joined::Key(key)],
            (Some(text), key) => {
                let c = match key.code {
                    Code::Enter => Some('\n'),
                    _ => key.typed(),
                };
                if let Some(c) = c.filter(|_| text.len() < PASTE_CHARS_MAX) {
                    text.push(c);
                }
                Vec::new()
            }
        }
    }

    /// An Esc, and what was typed after it; inside a paste neither is a key.
    fn give_up(&mut self, sequence: &str) -> Vec<Joined> {
        if self.paste.is_some() {
            return Vec::new();
        }
        let mut out = vec![Joined::Key(Key::plain(Code::Esc))];
        // An opened sequence that never ended is dropped: its tail must not run as commands.
        if sequence.len() == 1 {
            out.extend(sequence.chars().map(|c| Joined::Key(Key::char(c))));
        }
        out
    }

    fn complete(&mut self, sequence: &str) -> Vec<Joined> {
        match sequence {
            "[200~" => {
                self.paste = Some(String::new());
                Vec::new()
            }
            "[201~" => self.paste.take().map(Joined::Paste).into_iter().collect(),
            _ => meaning(sequence).map(Joined::Key).into_iter().collect(),
        }
    }
}

/// The key of a sequence, if it is one that is bound anywhere.
fn meaning(sequence: &str) -> Option<Key> {
    let last = sequence.chars().last()?;
    let middle = sequence.get(1..sequence.len() - 1)?;
    let code = match (last, middle) {
        ('A', _) => Code::Up,
        ('B', _) => Code::Down,
        ('C', _) => Code::Right,
        ('D', _) => Code::Left,
        ('H', _) | ('~', "1" | "7") => Code::Home,
        ('F', _) | ('~', "4" | "8") => Code::End,
        ('Z', _) => Code::BackTab,
        ('~', "2") => Code::Insert,
        ('~', "3") => Code::Delete,
        ('~', "5") => Code::PageUp,
        ('~', "6") => Code::PageDown,
        ('P', "") => Code::F(1),
        ('Q', "") => Code::F(2),
        ('R', "") => Code::F(3),
        ('S', "") => Code::F(4),
        ('M', "") => Code::Enter,
        _ => return None,
    };
    Some(Key {
        code,
        ctrl: middle.ends_with(";5"),
        alt: middle.ends_with(";3"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(keys: &str) -> Vec<Joined> {
        let mut rejoin = Rejoin::new(Duration::from_millis(60));
        let now = Instant::now();
        let mut out = Vec::new();
        for c in keys.chars() {
            let key = match c {
                '␛' => Key::plain(Code::Esc),
                '⏎' => Key::plain(Code::Enter),
                c => Key::char(c),
            };
            out.extend(rejoin.key(key, now));
        }
        out.extend(rejoin.timeout(now + Duration::from_secs(1)));
        out
    }

    fn key(text: &str) -> Joined {
        Joined::Key(text.parse().expect("a key"))
    }

    #[test]
    fn split_sequences_become_one_key() {
        for (typed, joined) in [
            ("␛[A", vec![key("up")]),
            ("␛OB", vec![key("down")]),
            ("␛[5~", vec![key("pageup")]),
            ("␛[1;5A", vec![key("ctrl-up")]),
            ("␛[Z", vec![key("shift-tab")]),
            ("␛", vec![key("esc")]),
            ("␛␛", vec![key("esc"), key("esc")]),
            ("␛q", vec![key("esc"), key("q")]),
            ("␛[", vec![key("esc"), key("[")]),
            ("ab", vec![key("a"), key("b")]),
            // An unknown or unended sequence runs nothing.
            ("␛[99y", vec![]),
            ("␛[12", vec![key("esc")]),
            ("␛[200~n⏎x␛[201~", vec![Joined::Paste("n\nx".to_owned())]),
        ] {
            assert_eq!(feed(typed), joined, "{typed}");
        }
    }

    #[test]
    fn without_a_hold_nothing_is_held() {
        let mut rejoin = Rejoin::new(Duration::ZERO);
        let esc = Key::plain(Code::Esc);
        assert_eq!(rejoin.key(esc, Instant::now()), [Joined::Key(esc)]);
        assert_eq!(rejoin.deadline(), None);
    }
}
