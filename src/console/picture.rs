//! Pictures of the screen: as text and as SVG, for the README and for those who look from afar.

use std::fmt::Write;

use chrono::Utc;
use ratatui::{
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
};
use unicode_width::UnicodeWidthStr;

use super::Headless;
use crate::{domain::Stamp, handle::EngineHandle};

/// The screen of `columns` by `rows` as it is now, after these keys (`"j j enter"`) were pressed:
/// the real model and the real drawing, without a terminal. `now` freezes the clock.
pub async fn snapshot(
    handle: &EngineHandle,
    size: (u16, u16),
    keys: &str,
    now: Option<Stamp>,
) -> Buffer {
    let mut console = Headless::open(handle, size, now.unwrap_or_else(Utc::now)).await;
    console.press(keys).await;
    console.buffer()
}

/// Size of a cell in the picture, in pixels.
const CELL: (f32, f32) = (8.4, 18.0);

/// Margin around the screen.
const MARGIN: f32 = 12.0;

/// Colours of the picture's terminal.
const BACKGROUND: &str = "#16181d";
/// See [`BACKGROUND`].
const FOREGROUND: &str = "#d7dae0";

/// The text of a buffer, line by line, without what is blank at the ends.
pub fn buffer_to_text(buffer: &Buffer) -> String {
    let area = buffer.area;
    let mut out = String::new();
    for y in area.top()..area.bottom() {
        let mut line = String::new();
        let mut skip = 0;
        for x in area.left()..area.right() {
            let symbol = buffer[(x, y)].symbol();
            if skip == 0 {
                line.push_str(symbol);
            }
            skip = symbol.width().max(skip).saturating_sub(1);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// A picture of a buffer: one `<rect>` and one `<text>` per run of equal style.
pub fn buffer_to_svg(buffer: &Buffer) -> String {
    let area = buffer.area;
    let width = f32::from(area.width) * CELL.0 + 2.0 * MARGIN;
    let height = f32::from(area.height) * CELL.1 + 2.0 * MARGIN;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{BACKGROUND}\"/>\n\
         <g font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" \
         font-size=\"14\" xml:space=\"preserve\">\n"
    );
    for y in area.top()..area.bottom() {
        let mut x = area.left();
        while x < area.right() {
            x = run(&mut out, buffer, x, y);
        }
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// Writes the run that begins at `x`; returns where the next begins.
fn run(out: &mut String, buffer: &Buffer, x: u16, y: u16) -> u16 {
    let right = buffer.area.right();
    let first = &buffer[(x, y)];
    let look = (first.fg, first.bg, first.modifier);
    let mut text = String::new();
    let mut end = x;
    while end < right {
        let cell = &buffer[(end, y)];
        if (cell.fg, cell.bg, cell.modifier) != look {
            break;
        }
        text.push_str(cell.symbol());
        end += (cell.symbol().width() as u16).max(1);
    }
    let (left, top) = (
        MARGIN + f32::from(x) * CELL.0,
        MARGIN + f32::from(y) * CELL.1,
    );
    let width = f32::from(end - x) * CELL.0;
    let (fg, bg) = colours(first);
    if bg != BACKGROUND {
        let _ = writeln!(
            out,
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{:.0}\" fill=\"{bg}\"/>",
            CELL.1
        );
    }
    if !text.trim().is_empty() {
        let weight = if first.modifier.contains(Modifier::BOLD) {
            " font-weight=\"bold\""
        } else {
            ""
        };
        let _ = writeln!(
            out,
            "<text x=\"{left:.1}\" y=\"{:.1}\" textLength=\"{width:.1}\" lengthAdjust=\"spacing\" fill=\"{fg}\"{weight}>{}</text>",
            top + 13.5,
            escape(&text)
        );
    }
    end.max(x + 1)
}

fn colours(cell: &Cell) -> (String, String) {
    let fg = hex(cell.fg).unwrap_or_else(|| FOREGROUND.to_owned());
    let bg = hex(cell.bg).unwrap_or_else(|| BACKGROUND.to_owned());
    if cell.modifier.contains(Modifier::REVERSED) {
        (bg, fg)
    } else {
        (fg, bg)
    }
}

fn hex(colour: Color) -> Option<String> {
    let text = match colour {
        Color::Reset => return None,
        Color::Black => "#000000",
        Color::Red => "#e06c75",
        Color::Green => "#98c379",
        Color::Yellow => "#e5c07b",
        Color::Blue => "#61afef",
        Color::Magenta => "#c678dd",
        Color::Cyan => "#56b6c2",
        Color::Gray => "#9aa0ac",
        Color::DarkGray => "#5c6370",
        Color::LightRed => "#ff7b85",
        Color::LightGreen => "#b5e890",
        Color::LightYellow => "#ffd787",
        Color::LightBlue => "#87d7ff",
        Color::LightMagenta => "#d7afff",
        Color::LightCyan => "#87ffff",
        Color::White => "#ffffff",
        Color::Rgb(r, g, b) => return Some(format!("#{r:02x}{g:02x}{b:02x}")),
        Color::Indexed(n) => return Some(indexed(n)),
    };
    Some(text.to_owned())
}

/// The 256-colour table: sixteen named, a cube of six, a ramp of greys.
fn indexed(n: u8) -> String {
    let level = |v: u8| if v == 0 { 0 } else { 55 + 40 * v };
    match n {
        0..16 => "#9aa0ac".to_owned(),
        16..232 => {
            let n = n - 16;
            let (r, g, b) = (level(n / 36), level(n / 6 % 6), level(n % 6));
            format!("#{r:02x}{g:02x}{b:02x}")
        }
        _ => {
            let grey = 8 + 10 * (n - 232);
            format!("#{grey:02x}{grey:02x}{grey:02x}")
        }
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::fixture::{Engine, now, pair, serve};

    #[tokio::test]
    async fn a_picture_is_made_of_the_real_screen() {
        let (handle, end) = pair();
        tokio::spawn(serve(end, Engine::normal()));
        let buffer = snapshot(&handle, (120, 40), "j j", Some(now())).await;
        assert!(buffer_to_text(&buffer).contains("Steps of 100202"));
        let svg = buffer_to_svg(&buffer);
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"));
        assert!(svg.contains("Orders") && !svg.contains('\u{1b}'));
        assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
    }
}
