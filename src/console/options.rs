//! How the console is to be, and how it ended.

use std::{io, path::PathBuf, time::Duration};

use chrono::FixedOffset;
use thiserror::Error;

use super::{
    bell::Patterns,
    keymap::{Keymap, overlay},
    look::{ASCII, Look, Palette, UTF8},
    model::Setup,
    terminal::Environment,
    theme::Theme,
};
use crate::domain::Clean;

/// How the console is to be.
#[derive(Clone, Debug)]
pub struct ConsoleOptions {
    /// ASCII only; `None`: as the environment says.
    pub ascii: Option<bool>,
    /// Colours; `None`: as the environment says.
    pub palette: Option<Palette>,
    /// Which colours.
    pub theme: Theme,
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
    /// Ring the bell.
    pub bell: bool,
    /// How often for what.
    pub rings: Patterns,
    /// The character that a scanner sends before each code.
    pub scan_prefix: Option<char>,
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
            theme: Theme::Dark,
            keymap: None,
            esc_hold: None,
            zone: None,
            ssh: None,
            read_only: false,
            owns_engine: false,
            bell: false,
            rings: Patterns::default(),
            scan_prefix: None,
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

/// What does not change while it runs, and what of the user's keys could not be used.
pub(super) fn setup(
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
            theme: options.theme,
            glyphs: if ascii { &ASCII } else { &UTF8 },
        },
        keymap,
        zone: options.zone,
        read_only: options.read_only,
        owns_engine: options.owns_engine,
        bell: options.bell,
        rings: options.rings,
        scan_prefix: options.scan_prefix,
        loud_after_min: options.loud_after_min,
        operator: Clean::new(operator),
    };
    (setup, complaints)
}
