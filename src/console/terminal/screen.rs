//! Frames: the difference to what is on the terminal, as one run of bytes. Own code in place of
//! ratatui's `Terminal` and backend: those ask for the size at each draw, ask the terminal where its
//! cursor is when cleared, send 25 bytes when nothing changed and name even the sixteen colours in
//! the 256-colour form.

use std::io::Write;

use ratatui::{
    buffer::{Buffer, Cell},
    layout::{Position, Rect},
    style::{Color, Modifier},
};
use unicode_width::UnicodeWidthStr;

/// Room for a full paint of a large screen without growing.
const FRAME_BYTES: usize = 64 * 1024;

/// What is on the terminal.
#[derive(Debug)]
pub struct Screen {
    shown: Buffer,
    cursor: Option<Position>,
    /// Nothing is known about what is on the terminal.
    forced: bool,
    /// Bracket frames, so that terminals that know mode 2026 show them whole.
    sync: bool,
}

type Pen = (Color, Color, Modifier);

impl Screen {
    /// A screen about which nothing is known yet.
    pub fn new(sync: bool) -> Self {
        Self {
            shown: Buffer::empty(Rect::ZERO),
            cursor: None,
            forced: true,
            sync,
        }
    }

    /// The next frame is sent whole.
    pub fn force(&mut self) {
        self.forced = true;
    }

    /// The bytes that make the terminal show `next`; none where it does already.
    pub fn frame(&mut self, mut next: Buffer, cursor: Option<Position>) -> Vec<u8> {
        next.content.iter_mut().for_each(plain_blank);
        let mut body = Vec::new();
        let whole = self.forced || self.shown.area != next.area;
        if whole {
            body.reserve(FRAME_BYTES);
            body.extend_from_slice(b"\x1b[0m\x1b[H\x1b[2J");
            self.shown = Buffer::empty(next.area);
        }
        let mut pen: Pen = (Color::Reset, Color::Reset, Modifier::empty());
        let mut at: Option<Position> = None;
        for (x, y, cell) in self.shown.diff(&next) {
            if at != Some(Position::new(x, y)) {
                go(&mut body, at, x, y);
            }
            let wanted = (cell.fg, cell.bg, cell.modifier);
            let same = wanted == pen || (*cell == Cell::EMPTY && !seen_on_a_blank(pen));
            if !same {
                style(&mut body, pen, wanted);
                pen = wanted;
            }
            at = symbol(&mut body, cell, x, y);
        }
        if pen != (Color::Reset, Color::Reset, Modifier::empty()) {
            body.extend_from_slice(b"\x1b[0m");
        }
        let moved = !body.is_empty();
        if cursor != self.cursor || (moved && cursor.is_some()) || whole {
            match cursor {
                Some(p) => {
                    let _ = write!(body, "\x1b[{};{}H\x1b[?25h", p.y + 1, p.x + 1);
                }
                None => body.extend_from_slice(b"\x1b[?25l"),
            }
        }
        self.forced = false;
        self.cursor = cursor;
        self.shown = next;
        if body.is_empty() || !self.sync {
            return body;
        }
        let mut frame = Vec::with_capacity(body.len() + 16);
        frame.extend_from_slice(b"\x1b[?2026h");
        frame.extend_from_slice(&body);
        frame.extend_from_slice(b"\x1b[?2026l");
        frame
    }
}

/// Whether a pen shows where nothing is written with it.
fn seen_on_a_blank((_, bg, modifier): Pen) -> bool {
    bg != Color::Reset || modifier.intersects(Modifier::REVERSED.union(Modifier::UNDERLINED))
}

/// Blanks that look alike are alike: else what stands between coloured words is sent for its colour.
fn plain_blank(cell: &mut Cell) {
    if cell.symbol() == " " && !seen_on_a_blank((cell.fg, cell.bg, cell.modifier)) {
        cell.reset();
    }
}

/// Moves the terminal's cursor, in the shorter way.
fn go(out: &mut Vec<u8>, from: Option<Position>, x: u16, y: u16) {
    match from {
        Some(p) if p.y == y && x > p.x => {
            let _ = write!(out, "\x1b[{}C", x - p.x);
        }
        _ => {
            let _ = write!(out, "\x1b[{};{}H", y + 1, x + 1);
        }
    }
}

/// Writes a cell; returns where the cursor is then, if that is certain. Terminals disagree about
/// the width of what is more than one plain character, so after that it is not.
fn symbol(out: &mut Vec<u8>, cell: &Cell, x: u16, y: u16) -> Option<Position> {
    let text = cell.symbol();
    if text.chars().any(char::is_control) || text.is_empty() {
        // Cleaning happens where text enters; this is the last gate before the terminal.
        out.push(b'?');
        return Some(Position::new(x + 1, y));
    }
    out.extend_from_slice(text.as_bytes());
    let plain = text.chars().count() == 1 && text.width() == 1;
    plain.then(|| Position::new(x + 1, y))
}

/// Sets colours and attributes: from scratch, or what is new where nothing has to go.
fn style(out: &mut Vec<u8>, (old_fg, old_bg, old): Pen, (fg, bg, modifier): Pen) {
    let grows = modifier.contains(old) && bg == old_bg;
    if grows && (fg == old_fg || fg != Color::Reset) {
        let mut new = Vec::new();
        attributes(&mut new, modifier.difference(old));
        if fg != old_fg {
            colour(&mut new, fg, 30);
        }
        // Each part begins with the sign that parts them.
        if let Some((_, new)) = new.split_first() {
            out.extend_from_slice(b"\x1b[");
            out.extend_from_slice(new);
            out.push(b'm');
        }
        return;
    }
    out.extend_from_slice(b"\x1b[0");
    attributes(out, modifier);
    colour(out, fg, 30);
    colour(out, bg, 40);
    out.push(b'm');
}

fn attributes(out: &mut Vec<u8>, modifier: Modifier) {
    for (bit, code) in [
        (Modifier::BOLD, "1"),
        (Modifier::UNDERLINED, "4"),
        (Modifier::REVERSED, "7"),
    ] {
        if modifier.contains(bit) {
            let _ = write!(out, ";{code}");
        }
    }
}

fn colour(out: &mut Vec<u8>, colour: Color, base: u8) {
    let named = |n: u8| if n < 8 { base + n } else { base + 60 + n - 8 };
    let code = match colour {
        Color::Reset => return,
        Color::Black => named(0),
        Color::Red => named(1),
        Color::Green => named(2),
        Color::Yellow => named(3),
        Color::Blue => named(4),
        Color::Magenta => named(5),
        Color::Cyan => named(6),
        Color::Gray => named(7),
        Color::DarkGray => named(8),
        Color::LightRed => named(9),
        Color::LightGreen => named(10),
        Color::LightYellow => named(11),
        Color::LightBlue => named(12),
        Color::LightMagenta => named(13),
        Color::LightCyan => named(14),
        Color::White => named(15),
        Color::Indexed(n) => {
            let _ = write!(out, ";{};5;{n}", base + 8);
            return;
        }
        Color::Rgb(r, g, b) => {
            let _ = write!(out, ";{};2;{r};{g};{b}", base + 8);
            return;
        }
    };
    let _ = write!(out, ";{code}");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::style::Style;

    use super::*;

    fn buffer(text: &str) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 2));
        buffer.set_string(0, 0, text, Style::new());
        buffer
    }

    #[test]
    fn nothing_changed_sends_nothing() {
        let mut screen = Screen::new(true);
        assert!(!screen.frame(buffer("one"), None).is_empty());
        assert_eq!(screen.frame(buffer("one"), None), b"");
        screen.force();
        assert!(!screen.frame(buffer("one"), None).is_empty());
    }

    #[test]
    fn one_cell_costs_a_few_bytes() {
        let mut screen = Screen::new(false);
        screen.frame(buffer("12:41"), None);
        let bytes = screen.frame(buffer("12:42"), None);
        assert_eq!(String::from_utf8_lossy(&bytes), "\u{1b}[1;5H2");
    }

    #[test]
    fn sixteen_colours_are_named_in_the_old_form() {
        let mut screen = Screen::new(false);
        screen.frame(buffer(""), None);
        let mut next = buffer("");
        next.set_string(0, 0, "x", Style::new().fg(Color::Red).bg(Color::LightBlue));
        let bytes = screen.frame(next, None);
        assert_eq!(
            String::from_utf8_lossy(&bytes),
            "\u{1b}[1;1H\u{1b}[0;31;104mx\u{1b}[0m"
        );
    }

    #[test]
    fn a_blank_is_not_sent_for_a_colour_that_nobody_sees() {
        let red = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);
        let mut screen = Screen::new(false);
        screen.frame(buffer(""), None);
        let mut next = buffer("");
        next.set_string(0, 0, "   ", red);
        assert_eq!(screen.frame(next, None), b"");
        let mut next = buffer("");
        next.set_string(0, 0, "a", red);
        next.set_string(2, 0, "b", red);
        screen.frame(buffer("x.y"), None);
        let bytes = screen.frame(next, None);
        assert_eq!(
            String::from_utf8_lossy(&bytes),
            "\u{1b}[1;1H\u{1b}[1;31ma b\u{1b}[0m",
            "the pen is kept over the blank"
        );
        let mut next = buffer("");
        next.set_string(0, 0, "   ", Style::new().add_modifier(Modifier::REVERSED));
        let bytes = screen.frame(next, None);
        assert_eq!(
            String::from_utf8_lossy(&bytes),
            "\u{1b}[1;1H\u{1b}[7m   \u{1b}[0m",
            "a bar is seen"
        );
        let bytes = screen.frame(buffer(""), None);
        assert_eq!(String::from_utf8_lossy(&bytes), "\u{1b}[1;1H   ");
    }

    #[test]
    fn a_control_character_never_leaves() {
        let mut screen = Screen::new(false);
        screen.frame(buffer(""), None);
        let mut next = buffer("");
        next[(0, 0)].set_symbol("\u{1b}[31m");
        let bytes = screen.frame(next, None);
        assert_eq!(String::from_utf8_lossy(&bytes), "\u{1b}[1;1H?");
    }

    #[test]
    fn after_a_wide_character_the_place_is_set_anew() {
        let mut screen = Screen::new(false);
        screen.frame(buffer(""), None);
        let bytes = screen.frame(buffer("日本"), None);
        assert_eq!(
            String::from_utf8_lossy(&bytes),
            "\u{1b}[1;1H日\u{1b}[1;3H本"
        );
    }

    fn styled() -> impl Strategy<Value = (char, Style)> {
        let colour = prop_oneof![
            Just(Color::Reset),
            Just(Color::Red),
            Just(Color::LightBlue),
            Just(Color::Indexed(246)),
            Just(Color::Rgb(230, 159, 0)),
        ];
        let ground = prop_oneof![9 => Just(Color::Reset), 1 => Just(Color::Green)];
        let modifier = (0..8_u16).prop_map(|bits| {
            let one = |bit, modifier| {
                if bits & bit > 0 {
                    modifier
                } else {
                    Modifier::empty()
                }
            };
            one(1, Modifier::BOLD) | one(2, Modifier::UNDERLINED) | one(4, Modifier::REVERSED)
        });
        ("[ ab]", colour, ground, modifier).prop_map(|(text, fg, bg, modifier)| {
            let c = text.chars().next().unwrap_or(' ');
            (c, Style::new().fg(fg).bg(bg).add_modifier(modifier))
        })
    }

    fn seen_as(colour: Color) -> vt100::Color {
        match colour {
            Color::Red => vt100::Color::Idx(1),
            Color::Green => vt100::Color::Idx(2),
            Color::LightBlue => vt100::Color::Idx(12),
            Color::Indexed(n) => vt100::Color::Idx(n),
            Color::Rgb(r, g, b) => vt100::Color::Rgb(r, g, b),
            _ => vt100::Color::Default,
        }
    }

    proptest! {
        /// Whatever was there before: what a terminal shows is what was drawn.
        #[test]
        fn a_terminal_shows_what_was_drawn(
            frames in proptest::collection::vec(proptest::collection::vec(styled(), 40), 1..5),
        ) {
            let mut screen = Screen::new(true);
            let mut terminal = vt100::Parser::new(
                std::num::NonZeroU16::new(2).expect("not zero"),
                std::num::NonZeroU16::new(20).expect("not zero"),
                0,
            );
            for cells in frames {
                let mut drawn = Buffer::empty(Rect::new(0, 0, 20, 2));
                for (cell, (c, style)) in drawn.content.iter_mut().zip(cells) {
                    cell.set_char(c).set_style(style);
                }
                terminal.process(&screen.frame(drawn.clone(), None));
                for (n, cell) in drawn.content.iter().enumerate() {
                    let (row, column) = (n as u16 / 20, n as u16 % 20);
                    let shown = terminal.screen().cell(row, column).expect("a cell");
                    let text = if shown.contents().is_empty() { " " } else { shown.contents() };
                    prop_assert_eq!(text, cell.symbol());
                    let blank = cell.symbol() == " ";
                    if blank && !seen_on_a_blank((cell.fg, cell.bg, cell.modifier)) {
                        prop_assert!(!shown.inverse() && !shown.underline());
                        prop_assert_eq!(shown.bgcolor(), vt100::Color::Default);
                        continue;
                    }
                    prop_assert_eq!(shown.fgcolor(), seen_as(cell.fg));
                    prop_assert_eq!(shown.bgcolor(), seen_as(cell.bg));
                    prop_assert_eq!(shown.bold(), cell.modifier.contains(Modifier::BOLD));
                    prop_assert_eq!(shown.underline(), cell.modifier.contains(Modifier::UNDERLINED));
                    prop_assert_eq!(shown.inverse(), cell.modifier.contains(Modifier::REVERSED));
                }
            }
        }
    }
}
