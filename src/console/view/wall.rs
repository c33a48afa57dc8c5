//! Figures for a screen on the wall: read from across the hall, no actions, nobody's name.

use ratatui::layout::Rect;

use super::{
    pen::{Pen, columns},
    words,
};
use crate::{
    console::{look::Tone, model::Model},
    domain::Stage,
};

/// Digits and a colon, three columns wide and five rows high.
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
    ["   ", " # ", "   ", " # ", "   "],
];

/// Columns of a figure with its name.
const TILE_COLUMNS: u16 = 26;
/// Rows of it.
const TILE_ROWS: u16 = 7;

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
    let minutes = |at: Option<crate::domain::Stamp>, sign: i64| {
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
        (
            "need a person",
            o.attention.values().sum::<u64>().to_string(),
        ),
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
    let across = (area.width / TILE_COLUMNS).max(1);
    for (i, (name, figure)) in tiles.iter().enumerate() {
        let x = area.x + (i as u16 % across) * TILE_COLUMNS + 1;
        let y = area.y + 4 + (i as u16 / across) * TILE_ROWS;
        if y + TILE_ROWS > area.bottom() {
            break;
        }
        tile(pen, (x, y), figure, name);
    }
    let at = model
        .overview_at
        .map_or(String::new(), |at| words::age(model.now, at));
    let text = format!(" as of {at} ago; Esc goes back to the panes");
    let style = pen.look.style(Tone::Dim);
    pen.put(area.x, area.bottom() - 1, columns(&text), &text, style);
}

fn tile(pen: &mut Pen<'_>, (x, y): (u16, u16), figure: &str, name: &str) {
    let block = if pen.look.glyphs.utf8 { "█" } else { "#" };
    let style = pen.look.style(Tone::Strong);
    for (i, c) in figure.chars().enumerate() {
        let digit = match c {
            ':' => 10,
            c => c.to_digit(10).map_or(10, |d| d as usize),
        };
        for (row, line) in DIGITS[digit].iter().enumerate() {
            let text = line.replace('#', block);
            pen.put(x + i as u16 * 4, y + row as u16, 3, &text, style);
        }
    }
    let dim = pen.look.style(Tone::Plain);
    pen.put(x, y + 5, usize::from(TILE_COLUMNS) - 2, name, dim);
}
