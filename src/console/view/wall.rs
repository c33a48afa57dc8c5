//! Figures for a screen on the wall: read from across the hall, no actions, nobody's name.

use ratatui::layout::Rect;

use super::{pen::Pen, words};
use crate::{
    console::{look::Tone, model::Model},
    domain::{Stage, Stamp},
};

/// Digits, and a dash for what is not known; three columns wide and five rows high.
const DIGITS: [[&str; 5]; 11] = [
    ["###", "# #", "# #", "# #", "###"],
    ["  #", "  #", "  #", "  #", "  #"],
    ["###", "  #", "###", "#  ", "###"],
    ["###", "  #", "###", "  #", "###"],
    ["# #", "# #", "###", "  #", "  #"],
    ["###", "#  ", "###", "  #", "###"],
    ["###", "#  ", "###", "# #", "###"],
    ["###", "  #", "  #", "  #", "  #"],
    ["###", "# #", "###", "# #", "###"],
    ["###", "# #", "###", "  #", "###"],
    ["   ", "   ", "###", "   ", "   "],
];

/// Columns of a figure with its name.
const TILE_COLUMNS: u16 = 26;
/// Rows of it.
const TILE_ROWS: u16 = 7;
/// Rows for what has no room as a tile, and for when all of it was true.
const FOOT_ROWS: u16 = 2;

pub fn draw(pen: &mut Pen<'_>, model: &Model, area: Rect) {
    let header = Rect { height: 3, ..area };
    super::header::draw(pen, model, header);
    let Some(o) = &model.overview else {
        return;
    };
    let count = |list: &[Stage]| -> u64 {
        list.iter()
            .map(|s| o.stages.get(s).copied().unwrap_or(0))
            .sum()
    };
    let minutes = |at: Option<Stamp>, sign: i64| {
        at.map_or("-".to_owned(), |at| {
            ((at - model.now).num_minutes() * sign)
                .clamp(0, 99_999)
                .to_string()
        })
    };
    let left = o.quota.day.saturating_sub(o.quota.used);
    let tiles = [
        (
            "to do",
            count(&[Stage::Fetched, Stage::Booked, Stage::Assigned]).to_string(),
        ),
        ("in Confirmed", o.confirmed.count.to_string()),
        (
            "min: oldest Confirmed",
            minutes(o.confirmed.oldest_since, -1),
        ),
        ("min to pickup", minutes(o.schedule.cut_off_at, 1)),
        ("ready", count(&[Stage::Ready]).to_string()),
        ("need a person", o.need_a_person().to_string()),
        (
            "moving",
            count(&[Stage::Shipped, Stage::InTransit, Stage::OutForDelivery]).to_string(),
        ),
        ("delivered", count(&[Stage::Delivered]).to_string()),
        (
            "coming back",
            count(&[Stage::Rto, Stage::RtoDelivered]).to_string(),
        ),
        ("calls left", left.to_string()),
    ];
    // From across the hall an old figure must not look like a new one.
    let stale = model.gone.is_some()
        || model
            .overview_at
            .is_none_or(|at| words::is_stale(model.now, at));
    let tone = if stale { Tone::Dim } else { Tone::Strong };
    let figures = if stale { "OLD FIGURES" } else { "read" };
    let across = (area.width / TILE_COLUMNS).max(1);
    let down = area.height.saturating_sub(4 + FOOT_ROWS) / TILE_ROWS;
    let shown = usize::from(across * down).min(tiles.len());
    for (i, (name, figure)) in tiles.iter().take(shown).enumerate() {
        let x = area.x + (i as u16 % across) * TILE_COLUMNS + 1;
        let y = area.y + 4 + (i as u16 / across) * TILE_ROWS;
        tile(pen, (x, y), figure, name, tone);
    }
    let rest: Vec<String> = tiles[shown..]
        .iter()
        .map(|(name, figure)| format!("{name} {figure}"))
        .collect();
    let age = |at: Option<Stamp>| at.map_or("-".to_owned(), |at| words::age(model.now, at));
    let read = format!(
        "{figures}: orders {}, tracking {}, inventory {}, screen {} ago; Esc goes back",
        age(o.schedule.orders_read_at),
        age(o.schedule.tracking_read_at),
        age(o.schedule.stock_read_at),
        age(model.overview_at)
    );
    let room = usize::from(area.width.saturating_sub(1));
    let foot = area.bottom().saturating_sub(FOOT_ROWS);
    let strong = pen.look.style(Tone::Strong);
    pen.put(area.x + 1, foot, room, &rest.join("   "), strong);
    let style = pen.look.style(Tone::Dim);
    pen.put(area.x + 1, foot + 1, room, &read, style);
}

fn tile(pen: &mut Pen<'_>, (x, y): (u16, u16), figure: &str, name: &str, tone: Tone) {
    let block = if pen.look.glyphs.utf8 { "█" } else { "#" };
    let style = pen.look.style(tone);
    for (i, c) in figure.chars().enumerate() {
        let digit = c.to_digit(10).map_or(DIGITS.len() - 1, |d| d as usize);
        for (row, line) in DIGITS[digit].iter().enumerate() {
            let text = line.replace('#', block);
            pen.put(x + i as u16 * 4, y + row as u16, 3, &text, style);
        }
    }
    let dim = pen.look.style(Tone::Plain);
    pen.put(x, y + 5, usize::from(TILE_COLUMNS) - 2, name, dim);
}
