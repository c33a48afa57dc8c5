//! What the filters of all lists have in common once they are read: every word has to fit, or not.

use nucleo_matcher::pattern::Pattern;

use super::letters::{Finder, pattern};

/// One word of a list's filter.
pub(super) trait Word {
    /// The letters that it looks for, if it does.
    fn letters(&self) -> Option<&str>;
}

/// The words of a filter, ready to look at many rows.
pub(super) struct Ready<'f, W> {
    words: Vec<(bool, &'f W, Pattern)>,
    finder: Finder,
}

impl<'f, W: Word> Ready<'f, W> {
    /// Each word, and whether rows that fit it are left out.
    pub fn new(words: impl IntoIterator<Item = (bool, &'f W)>) -> Self {
        let ready = |(not, word): (bool, &'f W)| {
            let pattern = word.letters().map_or_else(Pattern::default, pattern);
            (not, word, pattern)
        };
        Self {
            words: words.into_iter().map(ready).collect(),
            finder: Finder::new(),
        }
    }

    /// Whether a row fits. `test` says it for one word, which finds its letters with the function that it
    /// is given.
    pub fn all(&self, test: impl Fn(&W, &dyn Fn(&str) -> bool) -> bool) -> bool {
        self.words.iter().all(|(not, word, pattern)| {
            let finds = |text: &str| self.finder.finds(pattern, text);
            test(word, &finds) != *not
        })
    }
}
