//! Text from outside, made safe for a terminal once, where it enters.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use unicode_width::UnicodeWidthChar;

/// Longest cleaned text in characters: long enough for an address line or a remote's error message,
/// short enough that a record of an order stays far below the store's value limit.
pub const CLEAN_CHARS_MAX: usize = 240;

/// Combining marks kept in a row. Scripts of India stack at most four.
const MARKS_MAX: usize = 5;

/// Text that can be shown: no control characters, no escape sequences, no bidirectional or
/// zero-width characters, bounded in length. The only text type that widgets accept.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Clean(Box<str>);

impl Clean {
    /// Cleans `raw` and cuts it to [`CLEAN_CHARS_MAX`] characters.
    pub fn new(raw: &str) -> Self {
        Self::with_limit(raw, CLEAN_CHARS_MAX)
    }

    /// Cleans `raw` and cuts it to `limit` characters, the last one an ellipsis if any were cut.
    pub fn with_limit(raw: &str, limit: usize) -> Self {
        // Nearly all text is this, and every record read from the store is cleaned again.
        let plain = raw.bytes().all(|b| (b' '..=b'~').contains(&b));
        if plain && raw.len() <= limit {
            return Self(raw.trim().into());
        }
        let mut out = String::with_capacity(raw.len().min(limit * 4));
        let mut count = 0usize;
        let mut marks = 0usize;
        for c in raw.chars().filter_map(visible) {
            // Counted after what is left out is gone: that may bring marks together.
            marks = if c.width() == Some(0) { marks + 1 } else { 0 };
            if marks > MARKS_MAX || (out.is_empty() && c.is_whitespace()) {
                continue;
            }
            if count == limit {
                out.pop();
                out.push('…');
                return Self(out.into_boxed_str());
            }
            out.push(c);
            count += 1;
        }
        Self(out.trim_end().into())
    }

    /// The cleaned text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is left to show.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What a character becomes on the screen: itself, a visible stand-in, or nothing.
fn visible(c: char) -> Option<char> {
    match c {
        '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => Some(' '),
        '\u{1b}' => Some('␛'),
        c if c.is_control() => Some('\u{fffd}'),
        // Zero-width, bidi and invisible formatting characters, the byte order mark, and the
        // interlinear and tag characters: all can hide or reorder what stands beside them.
        '\u{00ad}'
        | '\u{034f}'
        | '\u{061c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}' => None,
        c => Some(c),
    }
}

impl fmt::Display for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl From<&str> for Clean {
    fn from(raw: &str) -> Self {
        Self::new(raw)
    }
}

impl From<String> for Clean {
    fn from(raw: String) -> Self {
        Self::new(&raw)
    }
}

impl AsRef<str> for Clean {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Clean {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Ok(Self::new(&raw))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reaches_the_screen() {
        for (raw, shown) in [
            ("plain", "plain"),
            ("  padded  ", "padded"),
            ("tab\tx", "tab x"),
            ("two\r\nlines", "two  lines"),
            ("\u{1b}[31mred", "␛[31mred"),
            ("\u{9b}31m", "\u{fffd}31m"),
            ("abc\u{202e}def", "abcdef"),
            ("a\u{200b}b\u{feff}c", "abc"),
            ("नमस्ते", "नमस्ते"),
            ("日本", "日本"),
            // A conjunct of five consonants is one cluster and stays whole.
            ("र्त्स्न्य", "र्त्स्न्य"),
        ] {
            assert_eq!(Clean::new(raw).as_str(), shown, "{raw:?}");
        }
    }

    #[test]
    fn long_text_is_cut_visibly() {
        let clean = Clean::with_limit(&"x".repeat(10_000), 10);
        assert_eq!(clean.as_str(), "xxxxxxxxx…");
    }

    #[test]
    fn stacked_marks_are_bounded() {
        let raw = format!("a{}", "\u{301}".repeat(500));
        assert!(Clean::new(&raw).as_str().chars().count() <= 1 + MARKS_MAX);
    }

    proptest::proptest! {
        #[test]
        fn no_control_character_survives(raw in ".{0,400}") {
            let clean = Clean::new(&raw);
            proptest::prop_assert!(!clean.as_str().chars().any(char::is_control));
            proptest::prop_assert!(clean.as_str().chars().count() <= CLEAN_CHARS_MAX);
            // Cleaning what is clean changes nothing but the space at the ends.
            proptest::prop_assert_eq!(Clean::new(clean.as_str()), clean);
        }
    }
}
