//! How things look: depth of colour, tones and glyphs, chosen once at the start. Meaning never rests on
//! colour alone: every tone stands beside a word or a glyph.

use ratatui::style::{Modifier, Style};

use super::theme::Theme;

/// Which colours the terminal is trusted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Palette {
    /// None at all (`NO_COLOR`): bold and reverse video only.
    None,
    /// The sixteen named ones.
    #[default]
    Ansi16,
    /// The 256 indexed ones.
    Ansi256,
    /// 24-bit colours.
    True,
}

impl std::str::FromStr for Palette {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self::None),
            "16" => Ok(Self::Ansi16),
            "256" => Ok(Self::Ansi256),
            "true" => Ok(Self::True),
            other => Err(format!(
                "no palette is called {other:?}; the palettes are none, 16, 256, true"
            )),
        }
    }
}

/// What a piece of text is, from which its style follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Ordinary.
    Plain,
    /// Less important.
    Dim,
    /// More important.
    Strong,
    /// Went well.
    Good,
    /// Look at it.
    Warn,
    /// Wrong.
    Bad,
    /// Under way.
    Busy,
    /// The selected row.
    Select,
    /// A band that must not be overlooked.
    Loud,
    /// A pane without focus.
    Border,
    /// The pane with focus.
    Focus,
    /// The name of a key.
    Key,
}

/// Signs of the screen, in UTF-8 and in ASCII.
#[derive(Clone, Copy, Debug)]
pub struct Glyphs {
    /// Whether text beyond ASCII may be sent.
    pub utf8: bool,
    pub done: &'static str,
    pub ready: &'static str,
    pub running: &'static str,
    pub unknown: &'static str,
    pub failed: &'static str,
    pub blocked: &'static str,
    pub off: &'static str,
    pub mark: &'static str,
    pub cursor: &'static str,
    pub cut: &'static str,
    pub above: &'static str,
    pub below: &'static str,
    pub then: &'static str,
    pub dot: &'static str,
    /// Eight levels of a small graph, lowest first.
    pub levels: [&'static str; 8],
    /// Corners and lines: top left, top right, bottom left, bottom right, across, down.
    pub frame: [&'static str; 6],
    /// The same for the pane with focus.
    pub frame_focus: [&'static str; 6],
}

/// For terminals that show UTF-8. No emoji, no braille, nothing whose width is in dispute.
pub const UTF8: Glyphs = Glyphs {
    utf8: true,
    done: "✓",
    ready: "›",
    running: "»",
    unknown: "?",
    failed: "!",
    blocked: "·",
    off: "×",
    mark: "*",
    cursor: ">",
    cut: "…",
    above: "↑",
    below: "↓",
    then: "→",
    dot: "·",
    levels: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    frame: ["┌", "┐", "└", "┘", "─", "│"],
    frame_focus: ["╔", "╗", "╚", "╝", "═", "║"],
};

/// For everything else.
pub const ASCII: Glyphs = Glyphs {
    utf8: false,
    done: "+",
    ready: ">",
    running: "~",
    unknown: "?",
    failed: "!",
    blocked: ".",
    off: "x",
    mark: "*",
    cursor: ">",
    cut: "~",
    above: "^",
    below: "v",
    then: "->",
    dot: "-",
    levels: ["_", ".", ":", "-", "=", "+", "*", "#"],
    frame: ["+", "+", "+", "+", "-", "|"],
    frame_focus: ["#", "#", "#", "#", "=", "#"],
};

/// Palette, colours and glyphs together.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub palette: Palette,
    pub theme: Theme,
    pub glyphs: &'static Glyphs,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            palette: Palette::Ansi16,
            theme: Theme::Dark,
            glyphs: &UTF8,
        }
    }
}

impl Look {
    /// The style of a tone.
    pub fn style(self, tone: Tone) -> Style {
        let style = match tone {
            // Nothing is "faint": many terminals draw that unreadably or not at all.
            Tone::Plain | Tone::Border | Tone::Dim | Tone::Good | Tone::Warn | Tone::Busy => {
                Style::new()
            }
            Tone::Strong | Tone::Focus | Tone::Key | Tone::Bad => {
                Style::new().add_modifier(Modifier::BOLD)
            }
            Tone::Select => Style::new().add_modifier(Modifier::REVERSED),
            Tone::Loud => Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD),
        };
        match self.theme.colour(tone, self.palette) {
            Some(colour) => style.fg(colour),
            None => style,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_colours_nothing_is_coloured_but_the_selection_is_still_seen() {
        let look = Look {
            palette: Palette::None,
            ..Look::default()
        };
        for tone in [Tone::Bad, Tone::Good, Tone::Select, Tone::Loud, Tone::Dim] {
            let style = look.style(tone);
            assert_eq!(style.fg, None, "{tone:?}");
            assert_eq!(style.bg, None, "{tone:?}");
        }
        assert!(
            look.style(Tone::Select)
                .add_modifier
                .contains(Modifier::REVERSED)
        );
    }
}
