//! Which key does what: the defaults of the command table, overlaid by a user's file.

mod generate;
mod key;
mod load;

pub use generate::{key_table_markdown, keymap_toml};
pub use key::{Code, Key};
pub use load::overlay;

use std::collections::BTreeMap;

use super::commands::{Action, Command, Context, TABLE};

/// Keys per action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    keys: BTreeMap<Action, Vec<Key>>,
}

impl Default for Keymap {
    fn default() -> Self {
        let keys = TABLE
            .iter()
            .map(|row| {
                let keys = row.keys.iter().filter_map(|k| k.parse().ok()).collect();
                (row.action, keys)
            })
            .collect();
        Self { keys }
    }
}

impl Keymap {
    /// What `key` does where these contexts listen.
    pub fn action(&self, key: Key, contexts: &[Context]) -> Option<Action> {
        TABLE
            .iter()
            .filter(|row| row.contexts.iter().any(|c| contexts.contains(c)))
            .find(|row| self.keys(row.action).contains(&key))
            .map(|row| row.action)
    }

    /// The keys of an action.
    pub fn keys(&self, action: Action) -> &[Key] {
        self.keys.get(&action).map_or(&[], Vec::as_slice)
    }

    /// The first key of an action, short, or its name in the palette where it has none.
    pub fn hint(&self, action: Action) -> String {
        self.keys(action)
            .first()
            .map_or_else(|| format!(":{}", Command::of(action).id), |key| key.short())
    }

    /// Two commands that listen to the same key at the same time.
    pub fn clashes(&self) -> Vec<(Key, &'static Command, &'static Command)> {
        let mut found = Vec::new();
        for (i, a) in TABLE.iter().enumerate() {
            for b in &TABLE[i + 1..] {
                if !a.meets(b) {
                    continue;
                }
                for key in self.keys(a.action) {
                    if self.keys(b.action).contains(key) {
                        found.push((*key, a, b));
                    }
                }
            }
        }
        found
    }

    fn set(&mut self, action: Action, keys: Vec<Key>) {
        self.keys.insert(action, keys);
    }
}
