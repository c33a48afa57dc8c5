//! Text that stands in another, and letters that stand in it in this order with anything between them.

use std::cell::RefCell;

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};

/// What is looked for.
pub(super) fn pattern(letters: &str) -> Pattern {
    Pattern::parse(letters, CaseMatching::Ignore, Normalization::Smart)
}

/// Whether a text, lower case, stands in a value.
pub(super) fn stands_in(value: &str, text: &str) -> bool {
    value.to_lowercase().contains(text)
}

/// Looks for them. A matcher has room for the longest text: it is made once for all rows.
pub(super) struct Finder(RefCell<(Matcher, Vec<char>)>);

impl Finder {
    pub(super) fn new() -> Self {
        Self(RefCell::new((Matcher::new(Config::DEFAULT), Vec::new())))
    }

    /// Whether they stand in `text`.
    pub(super) fn finds(&self, pattern: &Pattern, text: &str) -> bool {
        let mut room = self.0.borrow_mut();
        let (matcher, buffer) = &mut *room;
        pattern
            .score(Utf32Str::new(text, buffer), matcher)
            .is_some()
    }
}
