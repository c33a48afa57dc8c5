//! The columns of the list of orders, and which of them there is room for.

use super::{
    pen::{Pen, Span, cell, span},
    words,
};
use crate::{
    console::{look::Tone, model::Model},
    handle::{OrderRow, SortBy},
};

/// A column that appears where there is room for it.
pub struct Column {
    pub title: &'static str,
    pub width: usize,
    pub value: fn(&Model, &OrderRow) -> Span,
}

/// Columns in the order in which they stand; `rank` says in which order they get room.
const COLUMNS: [(u8, Column); 10] = [
    (
        0,
        Column {
            title: "INVOICE",
            width: 10,
            value: invoice,
        },
    ),
    (
        4,
        Column {
            title: "REFERENCE",
            width: 17,
            value: reference,
        },
    ),
    (
        1,
        Column {
            title: "STAGE",
            width: 11,
            value: stage,
        },
    ),
    (
        3,
        Column {
            title: "FOR",
            width: 5,
            value: in_stage,
        },
    ),
    (
        2,
        Column {
            title: "DUE",
            width: 10,
            value: due,
        },
    ),
    (
        5,
        Column {
            title: "AGE",
            width: 5,
            value: age,
        },
    ),
    (
        8,
        Column {
            title: "CITY",
            width: 12,
            value: city,
        },
    ),
    (
        6,
        Column {
            title: "AWB",
            width: 12,
            value: awb,
        },
    ),
    (
        7,
        Column {
            title: "COLLECT",
            width: 9,
            value: collect,
        },
    ),
    (
        9,
        Column {
            title: "MARKETPLACE",
            width: 12,
            value: marketplace,
        },
    ),
];

/// The title; with an arrow where rows are sorted by it.
pub fn column_head(pen: &Pen<'_>, model: &Model, column: &Column, shown: &[&Column]) -> Span {
    let aged = shown.iter().any(|column| column.title == "AGE");
    let Some(sort) = model.sort.filter(|sort| sorted_by(column, sort.by, aged)) else {
        return span(cell(column.title, column.width + 1, ""), Tone::Dim);
    };
    let glyphs = pen.look.glyphs;
    let arrow = if sort.descending {
        glyphs.below
    } else {
        glyphs.above
    };
    let title = format!("{}{arrow}", column.title);
    span(cell(&title, column.width + 1, ""), Tone::Focus)
}

fn sorted_by(column: &Column, by: SortBy, aged: bool) -> bool {
    let title = match by {
        SortBy::Invoice => "INVOICE",
        SortBy::Reference => "REFERENCE",
        SortBy::Stage => "STAGE",
        SortBy::InStage => "FOR",
        SortBy::Age if aged => "AGE",
        // Where an order is not due its age stands there.
        SortBy::Due | SortBy::Age => "DUE",
        SortBy::City => "CITY",
        SortBy::Awb => "AWB",
        SortBy::Collect => "COLLECT",
        SortBy::Marketplace => "MARKETPLACE",
    };
    column.title == title
}

pub fn columns(width: usize, note: usize) -> Vec<&'static Column> {
    let mut ranked: Vec<&(u8, Column)> = COLUMNS.iter().collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    let mut left = width.saturating_sub(2);
    let mut shown = Vec::new();
    for (rank, column) in ranked {
        let need = column.width + 1;
        // The first three are what makes a row a row; the others leave room for the note.
        let keep = if *rank < 3 { 0 } else { note };
        if left >= need + keep {
            left -= need;
            shown.push(*rank);
        }
    }
    COLUMNS
        .iter()
        .filter(|(rank, _)| shown.contains(rank))
        .map(|(_, column)| column)
        .collect()
}

fn invoice(_: &Model, row: &OrderRow) -> Span {
    span(row.invoice.to_string(), Tone::Plain)
}

fn reference(_: &Model, row: &OrderRow) -> Span {
    span(row.reference.as_str(), Tone::Plain)
}

fn stage(_: &Model, row: &OrderRow) -> Span {
    span(row.stage.title(), words::stage(row.stage))
}

/// For how long it stands there.
fn in_stage(model: &Model, row: &OrderRow) -> Span {
    match row.stage_at {
        Some(at) if !row.stage.is_final() => span(words::age(model.now, at), Tone::Plain),
        _ => span("", Tone::Dim),
    }
}

/// By when it has to leave; where nothing is said about that, or it has left, its age.
fn due(model: &Model, row: &OrderRow) -> Span {
    match row.due_at {
        Some(at) if !row.stage.is_manifested() && !row.stage.is_final() => {
            words::due(model.now, at)
        }
        _ => span(
            format!("{} old", words::age(model.now, row.seen_at)),
            Tone::Dim,
        ),
    }
}

/// How long it is held here and not shipped.
fn age(model: &Model, row: &OrderRow) -> Span {
    if row.stage.is_manifested() || row.stage.is_final() {
        return span("", Tone::Dim);
    }
    span(words::age(model.now, row.seen_at), Tone::Plain)
}

fn city(_: &Model, row: &OrderRow) -> Span {
    span(row.city.as_str(), Tone::Plain)
}

fn awb(_: &Model, row: &OrderRow) -> Span {
    match &row.awb {
        Some(awb) => span(awb.as_str(), Tone::Plain),
        None => span("-", Tone::Dim),
    }
}

fn collect(_: &Model, row: &OrderRow) -> Span {
    match &row.collect {
        Some(rupees) => span(rupees.as_str(), Tone::Plain),
        None => span("paid", Tone::Dim),
    }
}

fn marketplace(_: &Model, row: &OrderRow) -> Span {
    span(row.marketplace.as_str(), Tone::Plain)
}
