//! Themes: which colour a tone has, for each depth of colour. Every one is readable on the ground it is
//! made for; the tests measure that.

use ratatui::style::Color;

use super::look::{Palette, Tone};

/// A set of colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Theme {
    /// For a dark ground.
    #[default]
    Dark,
    /// For a light ground: no yellow, no bright colours.
    Light,
    /// For a dark ground in bright light, and for weak eyes.
    HighContrast,
    /// For a dark ground and eyes that do not tell red from green: blue, yellow, vermilion (after Okabe
    /// and Ito).
    ColourBlind,
}

/// A colour in each depth.
#[derive(Clone, Copy, Debug)]
struct Shade {
    named: Color,
    indexed: u8,
    rgb: (u8, u8, u8),
}

/// What has a colour of its own.
#[derive(Debug)]
struct Shades {
    dim: Shade,
    good: Shade,
    warn: Shade,
    bad: Shade,
    busy: Shade,
}

const fn shade(named: Color, indexed: u8, rgb: (u8, u8, u8)) -> Shade {
    Shade {
        named,
        indexed,
        rgb,
    }
}

const DARK: Shades = Shades {
    dim: shade(Color::Gray, 246, (148, 148, 148)),
    good: shade(Color::Green, 78, (95, 215, 135)),
    warn: shade(Color::Yellow, 214, (230, 159, 0)),
    bad: shade(Color::Red, 203, (255, 95, 95)),
    busy: shade(Color::Cyan, 80, (95, 215, 215)),
};

const LIGHT: Shades = Shades {
    dim: shade(Color::DarkGray, 241, (98, 98, 98)),
    good: shade(Color::Green, 22, (0, 95, 0)),
    warn: shade(Color::Magenta, 94, (135, 95, 0)),
    bad: shade(Color::Red, 124, (175, 0, 0)),
    busy: shade(Color::Blue, 24, (0, 95, 135)),
};

const HIGH_CONTRAST: Shades = Shades {
    dim: shade(Color::White, 252, (208, 208, 208)),
    good: shade(Color::LightGreen, 46, (0, 255, 0)),
    warn: shade(Color::LightYellow, 226, (255, 255, 0)),
    bad: shade(Color::LightRed, 210, (255, 135, 135)),
    busy: shade(Color::LightCyan, 51, (0, 255, 255)),
};

const COLOUR_BLIND: Shades = Shades {
    dim: shade(Color::Gray, 246, (148, 148, 148)),
    good: shade(Color::LightBlue, 74, (86, 180, 233)),
    warn: shade(Color::LightYellow, 227, (240, 228, 66)),
    bad: shade(Color::LightRed, 166, (213, 94, 0)),
    busy: shade(Color::LightMagenta, 182, (215, 175, 215)),
};

impl Theme {
    /// The colour of a tone; `None` where it has the terminal's own.
    pub fn colour(self, tone: Tone, palette: Palette) -> Option<Color> {
        let shade = self.shade(tone)?;
        match palette {
            Palette::None => None,
            Palette::Ansi16 => Some(shade.named),
            Palette::Ansi256 => Some(Color::Indexed(shade.indexed)),
            // The same colour in fewer bytes.
            Palette::True if of_index(shade.indexed) == Some(shade.rgb) => {
                Some(Color::Indexed(shade.indexed))
            }
            Palette::True => Some(Color::Rgb(shade.rgb.0, shade.rgb.1, shade.rgb.2)),
        }
    }

    fn shade(self, tone: Tone) -> Option<Shade> {
        let shades = match self {
            Self::Dark => &DARK,
            Self::Light => &LIGHT,
            Self::HighContrast => &HIGH_CONTRAST,
            Self::ColourBlind => &COLOUR_BLIND,
        };
        match tone {
            Tone::Plain | Tone::Strong | Tone::Select | Tone::Border => None,
            Tone::Dim => Some(shades.dim),
            Tone::Good => Some(shades.good),
            Tone::Warn => Some(shades.warn),
            Tone::Bad | Tone::Loud => Some(shades.bad),
            Tone::Busy | Tone::Focus | Tone::Key => Some(shades.busy),
        }
    }
}

/// One of the 256: a cube of six levels, then 24 greys. The first 16 are the terminal's own.
fn of_index(index: u8) -> Option<(u8, u8, u8)> {
    let n = index.checked_sub(16)?;
    if let Some(grey) = n.checked_sub(216) {
        let grey = 8 + 10 * grey;
        return Some((grey, grey, grey));
    }
    let level = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
    Some((level(n / 36), level(n / 6 % 6), level(n % 6)))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Linear = [f64; 3];

    const THEMES: [Theme; 4] = [
        Theme::Dark,
        Theme::Light,
        Theme::HighContrast,
        Theme::ColourBlind,
    ];

    const TONES: [Tone; 5] = [Tone::Dim, Tone::Good, Tone::Warn, Tone::Bad, Tone::Busy];

    fn linear((r, g, b): (u8, u8, u8)) -> Linear {
        [r, g, b].map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        })
    }

    /// As WCAG 2.2 measures it.
    fn contrast(a: Linear, b: Linear) -> f64 {
        let luminance = |[r, g, b]: Linear| 0.2126 * r + 0.7152 * g + 0.0722 * b;
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        if a > b { a / b } else { b / a }
    }

    fn both(theme: Theme, tone: Tone) -> [Linear; 2] {
        let shade = theme.shade(tone).expect("a tone with a colour");
        let indexed = of_index(shade.indexed).expect("no colour of the terminal's own");
        [linear(shade.rgb), linear(indexed)]
    }

    #[test]
    fn every_theme_is_readable_on_its_ground() {
        for theme in THEMES {
            let (ground, least) = match theme {
                Theme::Light => ([1.0; 3], 4.5),
                Theme::HighContrast => ([0.0; 3], 7.0),
                Theme::Dark | Theme::ColourBlind => ([0.0; 3], 4.5),
            };
            for tone in TONES {
                for colour in both(theme, tone) {
                    let found = contrast(colour, ground);
                    assert!(found >= least, "{theme:?}, {tone:?}: {found:.1}");
                }
            }
        }
    }

    /// What an eye sees that lacks one kind of cone (Viénot, Brettel and Mollon 1999, on linear RGB).
    fn seen_without(cone: [[f64; 3]; 3], [r, g, b]: Linear) -> Linear {
        cone.map(|row| row[0] * r + row[1] * g + row[2] * b)
    }

    const NO_RED: [[f64; 3]; 3] = [
        [0.112_38, 0.887_62, 0.0],
        [0.112_38, 0.887_62, 0.0],
        [0.004_01, -0.004_01, 1.0],
    ];
    const NO_GREEN: [[f64; 3]; 3] = [
        [0.292_75, 0.707_25, 0.0],
        [0.292_75, 0.707_25, 0.0],
        [-0.022_34, 0.022_34, 1.0],
    ];

    #[test]
    fn eyes_without_red_or_green_tell_good_from_look_from_wrong() {
        let apart = |a: Linear, b: Linear| {
            let parts = a.iter().zip(b).map(|(a, b)| (a - b).abs());
            parts.fold(0.0, f64::max)
        };
        let tones = [Tone::Good, Tone::Warn, Tone::Bad];
        for cone in [NO_RED, NO_GREEN] {
            for (n, one) in tones.iter().enumerate() {
                for other in &tones[n + 1..] {
                    let (one_seen, other_seen) = (
                        both(Theme::ColourBlind, *one),
                        both(Theme::ColourBlind, *other),
                    );
                    for (a, b) in one_seen.into_iter().zip(other_seen) {
                        let found = apart(seen_without(cone, a), seen_without(cone, b));
                        assert!(found > 0.2, "{one:?} and {other:?}: {found:.2}");
                    }
                }
            }
        }
    }
}
