//! Writing into the buffer: by grapheme, cut visibly, never outside its line.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::console::look::{Look, Tone};

/// A piece of a line.
pub type Span = (String, Tone);

/// A line.
pub type Line = Vec<Span>;

/// Makes a piece of a line.
pub fn span(text: impl Into<String>, tone: Tone) -> Span {
    (text.into(), tone)
}

/// Columns of a text.
pub fn columns(text: &str) -> usize {
    text.width()
}

/// `text` in at most `width` columns; `cut` stands where something is missing.
pub fn fit(text: &str, width: usize, cut: &str) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(cut.width());
    let mut out = String::new();
    let mut used = 0;
    for cluster in text.graphemes(true) {
        let w = cluster.width();
        if used + w > room {
            break;
        }
        out.push_str(cluster);
        used += w;
    }
    if width >= cut.width() {
        out.push_str(cut);
    }
    out
}

/// `text` cut and filled to exactly `width` columns.
pub fn cell(text: &str, width: usize, cut: &str) -> String {
    let mut out = fit(text, width, cut);
    let missing = width.saturating_sub(out.width());
    out.extend(std::iter::repeat_n(' ', missing));
    out
}

/// The same, to the right.
pub fn cell_right(text: &str, width: usize, cut: &str) -> String {
    let text = fit(text, width, cut);
    let mut out = " ".repeat(width.saturating_sub(text.width()));
    out.push_str(&text);
    out
}

/// `text` broken at spaces into lines of `width` columns.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let w = word.width();
        let gap = usize::from(used > 0);
        if used + gap + w <= width {
            if gap > 0 {
                push(&mut lines, " ");
            }
            push(&mut lines, word);
            used += gap + w;
            continue;
        }
        if used > 0 {
            lines.push(String::new());
            used = 0;
        }
        for cluster in word.graphemes(true) {
            if used + cluster.width() > width {
                lines.push(String::new());
                used = 0;
            }
            push(&mut lines, cluster);
            used += cluster.width();
        }
    }
    lines
}

fn push(lines: &mut [String], text: &str) {
    if let Some(last) = lines.last_mut() {
        last.push_str(text);
    }
}

/// The pen.
pub struct Pen<'a> {
    pub buffer: &'a mut Buffer,
    pub look: Look,
    /// How far the text drawn last can be scrolled.
    pub end: usize,
    /// How many lines of it are shown.
    pub page: usize,
}

impl Pen<'_> {
    /// The sign for text that was cut.
    pub fn cut(&self) -> &'static str {
        self.look.glyphs.cut
    }

    /// Writes `text` from `x` in at most `width` columns; returns the columns used.
    pub fn put(&mut self, x: u16, y: u16, width: usize, text: &str, style: Style) -> usize {
        let area = self.buffer.area;
        if y < area.y || y >= area.bottom() || x < area.x || x >= area.right() {
            return 0;
        }
        let width = width.min(usize::from(area.right() - x));
        let text = fit(text, width, self.cut());
        self.buffer.set_stringn(x, y, &text, width, style);
        text.width().min(width)
    }

    /// Writes a line into the row `y` of `area`; `base` styles what is left of it, too.
    pub fn line(&mut self, area: Rect, y: u16, line: &[Span], base: Option<Tone>) {
        if y >= area.bottom() {
            return;
        }
        let row = Rect::new(area.x, y, area.width, 1).intersection(self.buffer.area);
        if let Some(tone) = base {
            self.buffer.set_style(row, self.look.style(tone));
        }
        let mut used = 0;
        for (text, tone) in line {
            let left = usize::from(area.width).saturating_sub(used);
            if left == 0 {
                break;
            }
            let style = match base {
                // A selected row keeps one style: mixed colours in reverse video are not readable.
                Some(base) => self.look.style(base),
                None => self.look.style(*tone),
            };
            used += self.put(area.x + used as u16, y, left, text, style);
        }
    }

    /// Writes lines from the top of `area`.
    pub fn lines(&mut self, area: Rect, lines: &[Line]) {
        for (i, line) in lines.iter().take(usize::from(area.height)).enumerate() {
            self.line(area, area.y + i as u16, line, None);
        }
    }

    /// Writes as much of a text as `area` has room for, from line `scroll` on; returns the first line
    /// written.
    pub fn scrolled(&mut self, area: Rect, lines: &[Line], scroll: usize) -> usize {
        self.end = lines.len().saturating_sub(usize::from(area.height));
        let top = scroll.min(self.end);
        self.lines(area, lines.get(top..).unwrap_or_default());
        top
    }

    /// Says on the lower edge of a frame how many lines are hidden below its inside.
    pub fn below(&mut self, inner: Rect, hidden: usize) {
        if hidden > 0 {
            let text = format!(" {} {hidden} more ", self.look.glyphs.below);
            let style = self.look.style(Tone::Warn);
            self.put(inner.x + 1, inner.bottom(), text.len(), &text, style);
        }
    }

    /// Draws a frame with a title and a note to the right of it; returns what is inside.
    pub fn frame(&mut self, area: Rect, title: &[Span], note: &[Span], focus: bool) -> Rect {
        let area = area.intersection(self.buffer.area);
        if area.width < 4 || area.height < 2 {
            return Rect::new(area.x, area.y, 0, 0);
        }
        let glyphs = self.look.glyphs;
        let [tl, tr, bl, br, across, down] = if focus {
            glyphs.frame_focus
        } else {
            glyphs.frame
        };
        let tone = if focus { Tone::Focus } else { Tone::Border };
        let style = self.look.style(tone).remove_modifier(Modifier::BOLD);
        let (right, bottom) = (area.right() - 1, area.bottom() - 1);
        let middle = across.repeat(usize::from(area.width) - 2);
        let buffer = &mut *self.buffer;
        buffer.set_string(area.x, area.y, format!("{tl}{middle}{tr}"), style);
        buffer.set_string(area.x, bottom, format!("{bl}{middle}{br}"), style);
        for y in area.y + 1..bottom {
            buffer.set_string(area.x, y, down, style);
            buffer.set_string(right, y, down, style);
        }
        let note_width: usize = note.iter().map(|(t, _)| t.width()).sum();
        let room = usize::from(area.width).saturating_sub(4);
        let title_room = room.saturating_sub(if note_width > 0 { note_width + 2 } else { 0 });
        let mut x = area.x + 2;
        let mut left = title_room;
        for (text, tone) in title {
            let used = self.put(x, area.y, left, text, self.look.style(*tone));
            x += used as u16;
            left = left.saturating_sub(used);
        }
        if note_width > 0 && note_width + 2 <= room {
            let mut x = right - 1 - note_width as u16;
            for (text, tone) in note {
                let used = self.put(x, area.y, text.width(), text, self.look.style(*tone));
                x += used as u16;
            }
        }
        Rect::new(area.x + 1, area.y + 1, area.width - 2, area.height - 2)
    }

    /// Empties an area.
    pub fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.buffer.area);
        for position in area.positions() {
            self.buffer[position].reset();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_by_grapheme_and_column() {
        for (text, width, shown) in [
            ("plain", 10, "plain"),
            ("plain", 5, "plain"),
            ("plain", 4, "pla…"),
            ("日本語", 5, "日本…"),
            ("日本語", 4, "日…"),
            ("नमस्ते दुनिया", 40, "नमस्ते दुनिया"),
            ("x", 0, ""),
            ("xy", 1, "…"),
        ] {
            assert_eq!(fit(text, width, "…"), shown, "{text} in {width}");
            assert!(columns(&fit(text, width, "…")) <= width);
        }
        assert_eq!(cell("日本語", 6, "…"), "日本語");
        assert_eq!(cell("日本語", 5, "…").width(), 5);
        assert_eq!(cell_right("12", 5, "…"), "   12");
    }

    #[test]
    fn text_is_wrapped_at_spaces_and_long_words_are_broken() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("abcdefghijkl", 8), ["abcdefgh", "ijkl"]);
        assert_eq!(wrap("", 8), [""]);
    }
}
