//! Figures for a screen on the wall: read from across the hall, no actions, nobody's name.

use ratatui::layout::Rect;

use super::{
    band::Reader,
    pen::{Pen, span},
    words,
};
use crate::{
    console::{look::Tone, model::Model},
    domain::{Stage, Stamp},
    handle::Overview,
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

/// The same in three rows for terminals without block characters.
const SEGMENTS: [[&str; 3]; 11] = [
    [" _ ", "| |", "|_|"],
    ["   ", "  |", "  |"],
    [" _ ", " _|", "|_ "],
    [" _ ", " _|", " _|"],
    ["   ", "|_|", "  |"],
    [" _ ", "|_ ", " _|"],
    [" _ ", "|_ ", "|_|"],
    [" _ ", "  |", "  |"],
    [" _ ", "|_|", "|_|"],
    [" _ ", "|_|", " _|"],
    ["   ", " _ ", "   "],
];

/// Columns of a digit with the gap behind it.
const DIGIT: u16 = 4;

/// Size of a figure with its name.
#[derive(Clone, Copy)]
struct Shape {
    columns: u16,
    rows: u16,
    /// Digits five rows high, or three.
    tall: bool,
}

/// The largest shape in which all figures are there is taken; the last one fits the smallest screen.
const SHAPES: [Shape; 3] = [
    Shape {
        columns: 26,
        rows: 7,
        tall: true,
    },
    Shape {
        columns: 16,
        rows: 5,
        tall: false,
    },
    Shape {
        columns: 12,
        rows: 4,
        tall: false,
    },
];

/// Rows of the header.
const HEAD_ROWS: u16 = 3;

/// A figure, its name, and its name where there is little room.
struct Tile {
    figure: String,
    name: &'static str,
    short: &'static str,
}

pub fn draw(pen: &mut Pen<'_>, model: &Model, area: Rect) {
    let header = Rect {
        height: HEAD_ROWS,
        ..area
    };
    super::header::draw(pen, model, header, Reader::Wall);
    let Some(o) = &model.overview else {
        return;
    };
    let tiles = tiles(model, o);
    // From across the hall an old figure must not look like a new one.
    let stale = model.gone.is_some()
        || model
            .overview_at
            .is_none_or(|at| words::is_stale(model.now, at));
    let tone = if stale { Tone::Dim } else { Tone::Strong };
    let room = area.height.saturating_sub(HEAD_ROWS + 1);
    let places = |shape: &Shape| usize::from((area.width / shape.columns) * (room / shape.rows));
    let [.., smallest] = SHAPES;
    let shape = SHAPES
        .into_iter()
        .find(|shape| places(shape) >= tiles.len())
        .unwrap_or(smallest);
    let across = (area.width / shape.columns).max(1);
    let down = (tiles.len() as u16).div_ceil(across) * shape.rows;
    let y = area.y + HEAD_ROWS + u16::from(down < room);
    for (i, tile) in (0..).zip(&tiles) {
        let x = area.x + (i % across) * shape.columns + 1;
        draw_tile(pen, (x, y + (i / across) * shape.rows), tile, shape, tone);
    }
    let age = |at: Option<Stamp>| at.map_or("-".to_owned(), |at| words::age(model.now, at));
    let read = format!(
        "{}: orders {}, tracking {}, inventory {}, screen {} ago; Esc goes back",
        if stale { "OLD FIGURES" } else { "read" },
        age(o.schedule.orders_read_at),
        age(o.schedule.tracking_read_at),
        age(o.schedule.stock_read_at),
        age(model.overview_at)
    );
    let foot = Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(1),
        ..area
    };
    let tone = if stale { Tone::Warn } else { Tone::Dim };
    pen.line(
        foot,
        area.bottom().saturating_sub(1),
        &[span(read, tone)],
        None,
    );
}

/// What decides about the next hour first.
fn tiles(model: &Model, o: &Overview) -> [Tile; 13] {
    let tile = |figure, name, short| Tile {
        figure,
        name,
        short,
    };
    let count = |list: &[Stage], name, short| {
        let of = |s: &Stage| o.stages.get(s).copied().unwrap_or(0);
        tile(list.iter().map(of).sum::<u64>().to_string(), name, short)
    };
    let minutes = |at: Option<Stamp>, sign: i64, name, short| {
        let left = at.map(|at| ((at - model.now).num_minutes() * sign).clamp(0, 99_999));
        tile(
            left.map_or("-".to_owned(), |left| left.to_string()),
            name,
            short,
        )
    };
    let left = o.quota.day.saturating_sub(o.quota.used);
    let schedule = &o.schedule;
    [
        minutes(schedule.cut_off_at, 1, "min to pickup", "min, pickup"),
        tile(o.confirmed.count.to_string(), "in Confirmed", "Confirmed"),
        minutes(
            o.confirmed.oldest_since,
            -1,
            "min: oldest Confirmed",
            "min, oldest",
        ),
        tile(left.to_string(), "calls left", "calls left"),
        tile(
            o.need_a_person().to_string(),
            "need a person",
            "need person",
        ),
        count(
            &[Stage::Fetched, Stage::Booked, Stage::Assigned],
            "to do",
            "to do",
        ),
        count(&[Stage::Ready], "ready", "ready"),
        count(
            &[Stage::Shipped, Stage::InTransit, Stage::OutForDelivery],
            "moving",
            "moving",
        ),
        count(&[Stage::Delivered], "delivered", "delivered"),
        count(
            &[Stage::Rto, Stage::RtoDelivered],
            "coming back",
            "coming back",
        ),
        minutes(
            schedule.orders_read_at,
            -1,
            "min: orders read",
            "min, orders",
        ),
        minutes(
            schedule.tracking_read_at,
            -1,
            "min: tracking read",
            "min, scans",
        ),
        minutes(
            schedule.stock_read_at,
            -1,
            "min: inventory read",
            "min, stock",
        ),
    ]
}

fn draw_tile(pen: &mut Pen<'_>, (x, y): (u16, u16), tile: &Tile, shape: Shape, tone: Tone) {
    let style = pen.look.style(tone);
    let utf8 = pen.look.glyphs.utf8;
    let room = usize::from(shape.columns) - 1;
    let high: u16 = if shape.tall { 5 } else { 3 };
    if tile.figure.len() * usize::from(DIGIT) > room + 1 {
        // More digits than there is room for: better small than cut.
        pen.put(x, y + high / 2, room, &tile.figure, style);
    } else {
        for (i, c) in (0..).zip(tile.figure.chars()) {
            let digit = c.to_digit(10).map_or(DIGITS.len() - 1, |d| d as usize);
            for row in 0..high {
                let text = cells(digit, usize::from(row), shape.tall, utf8);
                pen.put(x + i * DIGIT, y + row, 3, &text, style);
            }
        }
    }
    let name = if shape.tall { tile.name } else { tile.short };
    let plain = pen.look.style(Tone::Plain);
    pen.put(x, y + high, room, name, plain);
}

/// One row of a digit.
fn cells(digit: usize, row: usize, tall: bool, utf8: bool) -> String {
    let lines = &DIGITS[digit];
    match (tall, utf8) {
        (true, true) => lines[row].replace('#', "█"),
        (true, false) => lines[row].to_owned(),
        (false, false) => SEGMENTS[digit][row].to_owned(),
        // Two rows of the tall digit in one.
        (false, true) => {
            let upper = lines[row * 2].chars();
            let lower = lines.get(row * 2 + 1).map_or("   ", |line| line).chars();
            let both = upper.zip(lower).map(|pair| match pair {
                ('#', '#') => '█',
                ('#', _) => '▀',
                (_, '#') => '▄',
                _ => ' ',
            });
            both.collect()
        }
    }
}
