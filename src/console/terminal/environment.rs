//! What the terminal can show, read from the environment alone: a question to the terminal itself may
//! be answered late, and then arrives as typed keys.

use crate::console::look::Palette;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Environment {
    /// The locale is one of UTF-8, and the terminal has the glyphs.
    pub utf8: bool,
    /// The terminal lacks the glyphs that the locale promises.
    pub falls_short: bool,
    /// The colours it has.
    pub palette: Palette,
    /// The link is slow and may split escape sequences.
    pub ssh: bool,
    /// Cursor addressing works.
    pub usable: bool,
}

impl Environment {
    /// Reads the process's environment.
    pub fn read() -> Self {
        Self::from(|name| std::env::var(name).ok())
    }

    /// Reads variables through `get`.
    pub fn from(get: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| get(name).filter(|v| !v.is_empty());
        let term = set("TERM").unwrap_or_default();
        let locale = Self::locale(&get).to_ascii_lowercase();
        let promised = locale.ends_with("utf-8") || locale.ends_with("utf8");
        // The Linux console shows a few hundred glyphs only, whatever its locale says.
        let utf8 = promised && !matches!(term.as_str(), "linux" | "dumb" | "");
        let colour = set("COLORTERM").unwrap_or_default();
        let palette = if set("NO_COLOR").is_some() || term == "dumb" {
            Palette::None
        } else if colour == "truecolor" || colour == "24bit" {
            Palette::True
        } else if term.contains("256color") {
            Palette::Ansi256
        } else {
            Palette::Ansi16
        };
        Self {
            utf8,
            falls_short: promised && !utf8,
            palette,
            ssh: set("SSH_CONNECTION").is_some() || set("SSH_TTY").is_some(),
            usable: !matches!(term.as_str(), "dumb" | ""),
        }
    }

    /// The locale that counts for characters; empty where none is set.
    pub fn locale(get: impl Fn(&str) -> Option<String>) -> String {
        ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .find_map(|name| get(name).filter(|value| !value.is_empty()))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Environment {
        let pairs: Vec<(String, String)> = pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        Environment::from(move |name| {
            pairs
                .iter()
                .find(|(k, _)| k == name)
                .map(|(_, v)| v.clone())
        })
    }

    #[test]
    fn what_the_environment_says() {
        let e = env(&[("TERM", "xterm-256color"), ("LANG", "en_IN.UTF-8")]);
        assert_eq!(
            (e.utf8, e.palette, e.usable),
            (true, Palette::Ansi256, true)
        );
        let e = env(&[("TERM", "linux"), ("LANG", "en_IN.UTF-8")]);
        assert_eq!((e.utf8, e.palette), (false, Palette::Ansi16));
        assert!(e.falls_short, "the locale alone would do");
        let e = env(&[("TERM", "xterm"), ("LANG", "en_IN.UTF-8"), ("LC_ALL", "C")]);
        assert!(!e.utf8, "LC_ALL is stronger than LANG");
        let e = env(&[
            ("TERM", "xterm"),
            ("NO_COLOR", "1"),
            ("COLORTERM", "truecolor"),
        ]);
        assert_eq!(e.palette, Palette::None);
        assert!(!env(&[("TERM", "dumb")]).usable);
        assert!(env(&[("TERM", "screen"), ("SSH_TTY", "/dev/pts/1")]).ssh);
    }
}
