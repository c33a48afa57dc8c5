//! One SKU, filling the screen: the three figures, why they differ, what happened.

use ratatui::layout::Rect;

use super::{
    again::stock_says,
    pen::{Line, Pen, cell, span, wrap},
    words,
};
use crate::{
    console::{
        commands::Action,
        look::Tone,
        model::{Model, SkuDetail},
    },
    domain::{
        Stamp,
        inventory::{DiffState, Happened, Moment},
    },
    handle::SkuView,
};

/// Columns of a figure's name.
const NAME: usize = 20;

pub fn draw(pen: &mut Pen<'_>, model: &Model, open: &SkuDetail, body: Rect) {
    pen.clear(body);
    let title = [span(format!(" SKU {} ", open.sku), Tone::Strong)];
    let note = words::freshness(model, open.read_at);
    let inner = pen.frame(body, &title, &note, true);
    if inner.height == 0 {
        return;
    }
    let Some(view) = &open.view else {
        let says = if open.missing {
            "  This SKU is not held here."
        } else {
            "  Reading the SKU."
        };
        return pen.line(inner, inner.y + 1, &[span(says, Tone::Dim)], None);
    };
    let lines = lines(pen, model, view, usize::from(inner.width));
    pen.scrolled(inner, &lines, open.scroll);
}

fn lines(pen: &Pen<'_>, model: &Model, view: &SkuView, width: usize) -> Vec<Line> {
    let row = &view.row;
    let mut out = vec![vec![span(
        format!(" {}", row.state.title()),
        words::diff(row.state),
    )]];
    for text in wrap(&stock_says(model, row), width.saturating_sub(2)) {
        out.push(vec![span(format!(" {text}"), Tone::Warn)]);
    }
    out.push(Vec::new());
    let mut figure = |name: &str, value: Option<i64>, at: Option<Stamp>, more: &str| {
        let value = value.map_or_else(|| "-".to_owned(), |n| n.to_string());
        let at = at.map_or(String::new(), |at| words::full(model.zone(), at));
        out.push(vec![
            span(cell(&format!(" {name}"), NAME, ""), Tone::Dim),
            span(format!("{value:>8}"), Tone::Strong),
            span(format!("  {at}{more}"), Tone::Plain),
        ]);
    };
    let left = match view.shipped_since {
        0 => String::new(),
        n => format!(", less {n} that left since"),
    };
    figure("counted here", view.counted, row.counted_at, &left);
    figure("ours", row.ours, None, "");
    figure("EasyEcom took", row.acknowledged, row.acknowledged_at, "");
    figure("EasyEcom shows", row.read_back, row.read_at, "");
    if let Some(d) = row.difference.filter(|d| *d != 0) {
        out.push(vec![
            span(cell(" difference", NAME, ""), Tone::Dim),
            span(format!("{d:>+8}"), Tone::Warn),
        ]);
    }
    out.extend(graph(pen, view));
    out.push(Vec::new());
    out.push(vec![span(advice(model, row.state), Tone::Key)]);
    out.push(Vec::new());
    out.push(vec![span(" What happened, newest first", Tone::Strong)]);
    if view.recent.is_empty() {
        out.push(vec![span("  Nothing yet.", Tone::Dim)]);
    }
    out.extend(view.recent.iter().map(|moment| line(model, moment)));
    out
}

/// What the figure did, oldest to newest; nothing where it did nothing.
fn graph(pen: &Pen<'_>, view: &SkuView) -> Option<Line> {
    let mut figures: Vec<i64> = view.recent.iter().rev().filter_map(|m| m.ours).collect();
    figures.dedup();
    let (low, high) = (*figures.iter().min()?, *figures.iter().max()?);
    if low == high {
        return None;
    }
    let levels = pen.look.glyphs.levels;
    let top = levels.len() as i64 - 1;
    let level = |n: i64| {
        let share = (n - low).saturating_mul(top) / (high - low);
        levels[usize::try_from(share).unwrap_or(0).min(levels.len() - 1)]
    };
    let text: String = figures.iter().map(|n| level(*n)).collect();
    Some(vec![
        span(cell(" ours lately", NAME, ""), Tone::Dim),
        span(format!("{low:>8}  "), Tone::Dim),
        span(text, Tone::Busy),
        span(format!("  {high}"), Tone::Dim),
    ])
}

/// The keys that move it on.
fn advice(model: &Model, state: DiffState) -> String {
    let key = |action| model.setup.keymap.hint(action);
    let (push, read) = (key(Action::PushStock), key(Action::ReadStock));
    let leave = key(Action::LeaveOut);
    match state {
        DiffState::InSync => format!(" Nothing is left to do. {read} reads it back once more."),
        DiffState::NotOurs => {
            " The warehouse never counted it: a stock file that lists it brings it in.".to_owned()
        }
        DiffState::LeftOut => format!(" Nothing is pushed. {leave} takes it in again."),
        DiffState::Problem => format!(
            " {push} pushes it now, {read} reads EasyEcom's figure back, {leave} leaves it out for good."
        ),
        DiffState::Sent | DiffState::Unknown => {
            format!(" The engine settles this by itself; {read} reads EasyEcom's figure now.")
        }
        _ => format!(" {push} pushes it now, {read} reads EasyEcom's figure back."),
    }
}

fn line(model: &Model, moment: &Moment) -> Line {
    let (text, tone) = match &moment.what {
        Happened::Counted { quantity } => (format!("counted: {quantity}"), Tone::Plain),
        Happened::Shipped { pieces } => (format!("{pieces} left with manifests"), Tone::Plain),
        Happened::Sent { quantity } => (format!("sending {quantity}"), Tone::Busy),
        Happened::Taken { quantity } => (format!("EasyEcom took {quantity}"), Tone::Good),
        Happened::Refused { says } => (format!("EasyEcom refused: {says}"), Tone::Bad),
        Happened::NotTaken { says } => (format!("not pushed: {says}"), Tone::Warn),
        Happened::Unknown { saw } => (format!("OUTCOME NOT KNOWN: {saw}"), Tone::Bad),
        Happened::LeftOut { reason } => (format!("left out of the push: {reason}"), Tone::Warn),
        Happened::TakenIn => ("taken in again".to_owned(), Tone::Plain),
        Happened::Shows { quantity } => (format!("EasyEcom shows {quantity}"), Tone::Plain),
    };
    let ours = moment.ours.map_or(String::new(), |n| format!("  ours {n}"));
    vec![
        span(
            format!("  {} ", words::full(model.zone(), moment.at)),
            Tone::Dim,
        ),
        span(format!("{} ", cell(moment.by.as_str(), 10, "")), Tone::Dim),
        span(text, tone),
        span(ours, Tone::Dim),
    ]
}
