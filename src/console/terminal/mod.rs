//! The terminal: taken over and given back by ourselves, written to by a thread of its own, so that a
//! link that stands still stops the pictures but neither keys nor engine.

mod environment;
mod keyboard;
mod panics;
mod rejoin;
mod screen;
mod signals;
mod writer;

use std::{
    fs::File,
    io::{self, IsTerminal, Write},
    os::fd::AsFd,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};

pub use environment::Environment;
pub use keyboard::{Batch, Keyboard};
pub use panics::Panics;
pub use rejoin::{Joined, Rejoin};
pub use screen::Screen;
pub use signals::{Signal, Signals, stop};
pub use writer::Writer;

/// Alternate screen, bracketed paste, no wrapping at the right edge, no cursor.
const TAKE: &[u8] = b"\x1b[?1049h\x1b[?2004h\x1b[?7l\x1b[?25l";

/// The same in reverse, after ending whatever frame was cut off. Emptied first: after a resize tmux
/// would move lines of this screen into the history of the other.
const GIVE_BACK: &[u8] = b"\x1b[?2026l\x1b[0m\x1b[H\x1b[2J\x1b[?25h\x1b[?7h\x1b[?2004l\x1b[?1049l";

/// The terminal, ours until it is given back or dropped.
#[derive(Debug)]
pub struct Terminal {
    out: File,
    ours: bool,
}

impl Terminal {
    /// Takes the terminal over.
    pub fn take() -> io::Result<Self> {
        let stdout = io::stdout();
        if !stdout.is_terminal() || !io::stdin().is_terminal() {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "input or output is no terminal",
            ));
        }
        // A descriptor of our own: std's Stdout is a line buffer that cuts frames into pieces.
        let out = File::from(stdout.as_fd().try_clone_to_owned()?);
        let mut terminal = Self { out, ours: false };
        terminal.claim()?;
        Ok(terminal)
    }

    /// Takes it over again, whatever somebody did to it meanwhile.
    pub fn claim(&mut self) -> io::Result<()> {
        // Raw mode is remembered by crossterm; after a stop the shell has changed it behind its back.
        let _ = disable_raw_mode();
        enable_raw_mode()?;
        self.ours = true;
        self.out.write_all(TAKE)
    }

    /// Gives it back as it was.
    pub fn give_back(&mut self) {
        if std::mem::take(&mut self.ours) {
            // On a line that is gone both fail, and nobody is there to be told.
            let _ = self.out.write_all(GIVE_BACK);
            let _ = disable_raw_mode();
        }
    }

    /// Gives it back without writing: the line is gone or stands still, and writing could block.
    pub fn abandon(&mut self) {
        if std::mem::take(&mut self.ours) {
            let _ = disable_raw_mode();
        }
    }

    /// A second descriptor, for the writer.
    pub fn writer(&self) -> io::Result<File> {
        self.out.try_clone()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.give_back();
    }
}

/// The sequence that puts `text` on the clipboard of the operator's terminal (OSC 52).
pub fn copy(text: &str) -> Vec<u8> {
    let mut out = b"\x1b]52;c;".to_vec();
    out.extend_from_slice(STANDARD.encode(text).as_bytes());
    out.push(0x07);
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_clipboard_gets_base64() {
        assert_eq!(super::copy("ab"), b"\x1b]52;c;YWI=\x07");
    }
}
