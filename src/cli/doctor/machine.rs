//! The clock and the terminal.

use std::{io::IsTerminal, path::Path};

use chrono::Datelike;

use super::Check;
use crate::{
    console::{Environment, Palette},
    domain::Stamp,
    setup::process::child,
};

/// The year this was written in: an earlier clock is wrong.
const YEAR_MIN: i32 = 2026;

/// Files that stand for a clock that is kept.
const CLOCK_SIGNS: [&str; 5] = [
    "/run/systemd/timesync/synchronized",
    "/run/chrony/chronyd.pid",
    "/run/chronyd.pid",
    "/run/ntpd.pid",
    "/run/openntpd.pid",
];

/// Milliseconds that tmux may hold Esc back without being felt.
const ESCAPE_MS_MAX: u32 = 50;

/// All of them; `variable` reads the environment.
pub fn checks(now: Stamp, variable: &dyn Fn(&str) -> Option<String>) -> Vec<Check> {
    let mut checks = vec![clock(now), locale(variable), terminal(variable)];
    checks.extend(tmux(variable));
    checks
}

fn clock(now: Stamp) -> Check {
    const NAME: &str = "clock";
    let shown = now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    if now.year() < YEAR_MIN {
        return Check::bad(
            NAME,
            shown,
            "set the clock; every call and every deadline depends on it",
        );
    }
    if CLOCK_SIGNS.iter().any(|sign| Path::new(sign).exists()) {
        return Check::ok(NAME, format!("{shown}, kept by the system"));
    }
    Check::warn(
        NAME,
        format!("{shown}, and nothing shows that it is kept"),
        "run chrony or systemd-timesyncd; more than 60 s off is warned of, more than 10 min stops tracking pushes",
    )
}

fn locale(variable: &dyn Fn(&str) -> Option<String>) -> Check {
    const NAME: &str = "locale";
    let environment = Environment::from(variable);
    let locale = Environment::locale(variable);
    // Of a terminal that nothing can be drawn on, the check of the terminal speaks.
    if environment.utf8 || environment.falls_short && !environment.usable {
        return Check::ok(NAME, locale);
    }
    if environment.falls_short {
        let term = variable("TERM").unwrap_or_default();
        return Check::warn(
            NAME,
            format!("{locale}, but TERM is {term}"),
            "the console draws in ASCII: this terminal lacks its lines and signs; open it over SSH or in a terminal window for those",
        );
    }
    Check::warn(
        NAME,
        if locale.is_empty() {
            "none is set".to_owned()
        } else {
            locale
        },
        "the console draws in ASCII; set LANG to a UTF-8 locale such as C.UTF-8 for lines and signs",
    )
}

fn terminal(variable: &dyn Fn(&str) -> Option<String>) -> Check {
    const NAME: &str = "terminal";
    if !std::io::stdout().is_terminal() {
        return Check::ok(NAME, "none here: `raftaar watch` and --json are for that");
    }
    drawn(variable)
}

fn drawn(variable: &dyn Fn(&str) -> Option<String>) -> Check {
    const NAME: &str = "terminal";
    let environment = Environment::from(variable);
    let term = variable("TERM").unwrap_or_default();
    if !environment.usable {
        return Check::warn(
            NAME,
            format!("TERM is {term:?}"),
            "the console needs a terminal that can be drawn on; `raftaar watch` does not",
        );
    }
    let colour = match environment.palette {
        Palette::None => "no colours (NO_COLOR)",
        Palette::Ansi16 => "16 colours",
        Palette::Ansi256 => "256 colours",
        Palette::True => "24-bit colours",
    };
    let line = if environment.ssh { ", over SSH" } else { "" };
    Check::ok(NAME, format!("{term}, {colour}{line}"))
}

fn tmux(variable: &dyn Fn(&str) -> Option<String>) -> Option<Check> {
    const NAME: &str = "tmux";
    variable("TMUX")?;
    let output = child("tmux")
        .args(["show-options", "-sv", "escape-time"])
        .output()
        .ok()?;
    let held: u32 = String::from_utf8_lossy(&output.stdout)
        .trim()
        .parse()
        .ok()?;
    Some(if held > ESCAPE_MS_MAX {
        Check::warn(
            NAME,
            format!("holds Esc back for {held} ms"),
            "set -sg escape-time 10 in ~/.tmux.conf",
        )
    } else {
        Check::ok(NAME, format!("holds Esc back for {held} ms"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::State;

    #[test]
    fn clocks_and_locales() {
        let at = |text: &str| text.parse::<Stamp>().expect(text);
        assert_eq!(clock(at("1970-01-01T00:00:07Z")).state, State::Bad);
        assert_ne!(clock(at("2026-11-23T00:00:07Z")).state, State::Bad);
        for (lang, state) in [
            ("en_IN.UTF-8", State::Ok),
            ("C.utf8", State::Ok),
            ("C", State::Warn),
            ("", State::Warn),
        ] {
            let look = |name: &str| (name == "LANG" && !lang.is_empty()).then(|| lang.to_owned());
            assert_eq!(locale(&look).state, state, "{lang}");
        }
    }

    #[test]
    fn what_the_console_will_do_is_what_is_said() {
        for (term, lang, in_ascii, says) in [
            ("xterm-256color", "en_IN.UTF-8", false, "256 colours"),
            ("linux", "en_IN.UTF-8", true, "16 colours"),
            ("xterm", "C", true, "16 colours"),
            ("dumb", "en_IN.UTF-8", false, "TERM is \"dumb\""),
        ] {
            let look = |name: &str| match name {
                "TERM" => Some(term.to_owned()),
                "LANG" => Some(lang.to_owned()),
                _ => None,
            };
            let locale = locale(&look);
            assert_eq!(locale.state == State::Warn, in_ascii, "{term} {lang}");
            assert_eq!(
                locale.advice.as_str().contains("in ASCII"),
                in_ascii,
                "{locale:?}"
            );
            let drawn = drawn(&look);
            assert!(drawn.found.as_str().contains(says), "{drawn:?}");
        }
    }
}
