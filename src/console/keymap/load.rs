//! A user's own keymap: read with line numbers, so that every complaint names its place. A bad line
//! costs that line, never the start.

use std::collections::BTreeMap;

use toml_edit::{Document, Item, Table, Value};

use super::{Key, Keymap};
use crate::{
    console::commands::{Action, Command},
    domain::{Clean, suggest},
};

/// Something in a keymap file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// `file:line: what`, fit for a screen.
    pub says: Clean,
}

/// The defaults overlaid by `text`, and what of it could not be used.
pub fn overlay(file: &str, text: &str) -> (Keymap, Vec<Problem>) {
    let mut reader = Reader {
        file,
        text,
        problems: Vec::new(),
        lines: BTreeMap::new(),
        map: Keymap::default(),
    };
    match Document::parse(text) {
        Ok(document) => reader.table(document.as_table(), 0),
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            reader.complain(
                at,
                &format!(
                    "not TOML: {}; all keys keep their defaults",
                    error.message()
                ),
            );
        }
    }
    reader.settle();
    (reader.map, reader.problems)
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    problems: Vec<Problem>,
    /// Where the user bound an action.
    lines: BTreeMap<Action, usize>,
    map: Keymap,
}

impl Reader<'_> {
    /// Tables are headings only; one level of them is plenty.
    fn table(&mut self, table: &Table, depth: u8) {
        for (name, item) in table {
            let at = table
                .key(name)
                .and_then(toml_edit::Key::span)
                .map_or(0, |span| span.start);
            match item {
                Item::Table(inner) if depth == 0 => self.table(inner, depth + 1),
                Item::Value(value) => self.entry(name, value, at),
                _ => self.complain(at, &format!("{name} is neither a key list nor a heading")),
            }
        }
    }

    fn entry(&mut self, name: &str, value: &Value, at: usize) {
        let Some(command) = Command::named(name) else {
            let known = super::TABLE.iter().map(|row| row.id);
            let near = suggest::nearest(name, known)
                .map_or(String::new(), |n| format!("; did you mean {n}?"));
            self.complain(at, &format!("no command is called {name}{near}"));
            return;
        };
        let texts: Vec<Option<&str>> = match value {
            Value::String(text) => vec![Some(text.value())],
            Value::Array(list) => list.iter().map(Value::as_str).collect(),
            _ => vec![None],
        };
        let mut keys = Vec::new();
        for text in texts {
            match text.map(str::parse::<Key>) {
                Some(Ok(key)) => keys.push(key),
                Some(Err(why)) => return self.complain(at, &format!("{name}: {why}")),
                None => {
                    return self
                        .complain(at, &format!("{name}: keys are written as [\"n\", \"f6\"]"));
                }
            }
        }
        if command.action == Action::Back && !keys.contains(&Key::plain(super::Code::Esc)) {
            // Somebody who cannot back out of a dialog is trapped over SSH.
            keys.push(Key::plain(super::Code::Esc));
        }
        self.lines.insert(command.action, self.line(at));
        self.map.set(command.action, keys);
    }

    /// Takes back the user's binding wherever it clashes, until nothing clashes.
    fn settle(&mut self) {
        // Each round takes back one binding of the user's, so this ends.
        while let Some((key, a, b)) = self.map.clashes().first().copied() {
            let (la, lb) = (self.lines.get(&a.action), self.lines.get(&b.action));
            let (loser, winner) = match (la, lb) {
                (Some(x), Some(y)) if x > y => (a, b),
                (_, Some(_)) => (b, a),
                (Some(_), None) => (a, b),
                (None, None) => return,
            };
            let line = self.lines.remove(&loser.action).unwrap_or(1);
            let other = self
                .lines
                .get(&winner.action)
                .map_or_else(|| "by default".to_owned(), |line| format!("in line {line}"));
            self.problems.push(Problem {
                says: Clean::new(&format!(
                    "{}:{line}: {key} is bound to {} here and to {} {other}; {} keeps its default keys",
                    self.file, loser.id, winner.id, loser.id
                )),
            });
            let default = Keymap::default().keys(loser.action).to_vec();
            self.map.set(loser.action, default);
        }
    }

    fn complain(&mut self, at: usize, what: &str) {
        let says = Clean::new(&format!("{}:{}: {what}", self.file, self.line(at)));
        self.problems.push(Problem { says });
    }

    fn line(&self, at: usize) -> usize {
        1 + self.text.bytes().take(at).filter(|b| *b == b'\n').count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::commands::Context;

    #[test]
    fn defaults_are_unique_where_they_are_listened_to() {
        assert_eq!(Keymap::default().clashes().len(), 0);
    }

    #[test]
    fn every_default_key_is_one() {
        for row in super::super::TABLE {
            for key in row.keys {
                assert!(key.parse::<Key>().is_ok(), "{}: {key}", row.id);
            }
        }
    }

    #[test]
    fn the_tail_of_a_split_sequence_changes_nothing() {
        use crate::console::commands::Danger;
        for row in super::super::TABLE {
            let bare =
                |k: &str| k.len() == 1 && k.chars().all(|c| c.is_ascii_uppercase() || c == '[');
            if row.danger != Danger::Safe || row.action == Action::Quit || row.action == Action::Yes
            {
                assert!(!row.keys.iter().any(|k| bare(k)), "{}", row.id);
            }
        }
    }

    #[test]
    fn the_generated_file_overlays_to_the_defaults() {
        let (map, problems) = overlay("keymap.toml", &super::super::keymap_toml());
        assert_eq!(problems, []);
        assert_eq!(map, Keymap::default());
    }

    #[test]
    fn a_users_file_overrides_line_by_line() {
        let text =
            "next-step = \"f6\"\n[orders]\nhold = []\nholdd = [\"h\"]\nretry = [\"Meta-x\"]\n";
        let (map, problems) = overlay("k.toml", text);
        let f6: Key = "f6".parse().expect("a key");
        assert_eq!(map.action(f6, &[Context::Orders]), Some(Action::NextStep));
        assert_eq!(map.keys(Action::Hold), []);
        let says: Vec<&str> = problems.iter().map(|p| p.says.as_str()).collect();
        assert_eq!(says.len(), 2, "{says:?}");
        assert_eq!(
            says[0],
            "k.toml:4: no command is called holdd; did you mean hold?"
        );
        assert!(says[1].starts_with("k.toml:5: retry: no key is called \"Meta-x\""));
        assert_eq!(
            map.keys(Action::Retry),
            Keymap::default().keys(Action::Retry)
        );
    }

    #[test]
    fn a_clash_names_both_commands_and_the_line() {
        let (map, problems) = overlay("k.toml", "\nfetch = [\"q\"]\n");
        assert_eq!(
            problems[0].says.as_str(),
            "k.toml:2: q is bound to fetch here and to quit by default; fetch keeps its default keys"
        );
        assert_eq!(map, Keymap::default());
        let (_, problems) = overlay("k.toml", "fetch = [\"f7\"]\nquit = [\"f7\"]\n");
        assert_eq!(
            problems[0].says.as_str(),
            "k.toml:2: f7 is bound to quit here and to fetch in line 1; quit keeps its default keys"
        );
    }

    #[test]
    fn what_is_no_toml_costs_nothing_but_a_complaint() {
        let (map, problems) = overlay("k.toml", "next-step = [\n");
        assert_eq!(map, Keymap::default());
        assert!(problems[0].says.as_str().starts_with("k.toml:"));
    }

    #[test]
    fn esc_always_backs_out() {
        let (map, _) = overlay("k.toml", "back = [\"f3\"]\n");
        let esc: Key = "esc".parse().expect("a key");
        assert_eq!(map.action(esc, &[Context::Text]), Some(Action::Back));
    }
}
