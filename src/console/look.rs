//! How things look: palettes, tones and glyphs, chosen once at the start. Meaning never rests on
//! colour alone: every tone stands beside a word or a glyph.

use ratatui::style::{Color, Modifier, Style};

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
    /// Blue and orange instead of green and red.
    pub colour_blind: bool,
    pub glyphs: &'static Glyphs,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            palette: Palette::Ansi16,
            colour_blind: false,
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
        match self.colour(tone) {
            Some(colour) => style.fg(colour),
            None => style,
        }
    }

    fn colour(self, tone: Tone) -> Option<Color> {
        let pick = |named, indexed, rgb: (u8, u8, u8)| match self.palette {
            Palette::None => None,
            Palette::Ansi16 => Some(named),
            Palette::Ansi256 => Some(Color::Indexed(indexed)),
            Palette::True => Some(Color::Rgb(rgb.0, rgb.1, rgb.2)),
        };
        match tone {
            Tone::Plain | Tone::Strong | Tone::Select | Tone::Border => None,
            Tone::Dim => pick(Color::Gray, 246, (148, 148, 148)),
            Tone::Good if self.colour_blind => pick(Color::LightBlue, 75, (86, 180, 233)),
            Tone::Good => pick(Color::Green, 78, (95, 215, 135)),
            Tone::Warn => pick(Color::Yellow, 214, (230, 159, 0)),
            Tone::Bad | Tone::Loud if self.colour_blind => {
                pick(Color::LightYellow, 208, (255, 135, 0))
            }
            Tone::Bad | Tone::Loud => pick(Color::Red, 203, (255, 95, 95)),
            Tone::Busy | Tone::Focus | Tone::Key => pick(Color::Cyan, 80, (95, 215, 215)),
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
