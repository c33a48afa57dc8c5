//! The tracking feed: oldest above, newest below, still until a key folds the new lines in.

use ratatui::layout::Rect;

use super::{
    pen::{Line, Pen, cell, span},
    words,
};
use crate::{
    console::{
        commands::Action,
        layout::list_rows,
        look::Tone,
        model::{Model, Pane},
    },
    domain::{Stage, record::Attention},
    handle::{FeedKind, FeedLine},
};

/// The carrier's scans.
const SOURCE: words::Source = words::Source {
    name: "DTDC",
    read_at: |schedule| schedule.tracking_read_at,
    from_min: 1,
};

pub fn draw(pen: &mut Pen<'_>, model: &Model, area: Rect) {
    let focus = model.focus == Pane::Feed && model.layers.is_empty();
    let note = match model.feed.kind {
        FeedKind::Tracking => words::freshness_of(model, model.feed.read_at, &SOURCE, area.width),
        FeedKind::All => words::freshness(model, model.feed.read_at),
    };
    let inner = pen.frame(area, &title(model), &note, focus);
    if inner.height == 0 {
        return;
    }
    let feed = &model.feed;
    if feed.lines.is_empty() {
        let says = if feed.read_at.is_none() {
            "  Reading the feed."
        } else if feed.searching(usize::from(inner.height)) {
            "  Searching what happened before."
        } else if !model.feed_wanted.is_empty() {
            "  No line fits the filter."
        } else {
            "  Nothing has happened yet: the carrier's scans and what EasyEcom was told appear here."
        };
        pen.line(inner, inner.y, &[span(says, Tone::Dim)], None);
        return;
    }
    let height = usize::from(inner.height);
    let top = feed.top(height);
    let selected = focus.then(|| feed.index()).flatten();
    for (i, line) in feed.lines.iter().enumerate().skip(top).take(height) {
        let cursor = selected == Some(i);
        let row = row(pen, model, line, usize::from(inner.width), cursor);
        let base = cursor.then_some(Tone::Select);
        pen.line(inner, inner.y + (i - top) as u16, &row, base);
    }
    below(pen, model, area);
}

fn title(model: &Model) -> Line {
    let name = match model.feed.kind {
        FeedKind::Tracking => "Tracking",
        FeedKind::All => "Everything that happened",
    };
    let mut line = vec![span(" 3 ", Tone::Key), span(name, Tone::Strong)];
    // What was chosen by hand first: it must not be cut.
    let filter = model.feed_filter.value().trim();
    if !filter.is_empty() {
        line.push(span(format!("  filter {filter}"), Tone::Warn));
    }
    if model.feed.searching(list_rows(model, Pane::Feed)) {
        let so_far = model.feed.lines.len();
        line.push(span(format!("  searching, {so_far} so far"), Tone::Busy));
    }
    if let Some(o) = &model.overview {
        let stage = |stage| o.stages.get(&stage).copied().unwrap_or(0);
        let back = stage(Stage::Rto);
        if back > 0 {
            line.push(span(format!("  {back} coming back"), Tone::Warn));
        }
        let odd = o.attention.get(&Attention::Tracking).copied().unwrap_or(0);
        if odd > 0 {
            line.push(span(format!("  {odd} contradict"), Tone::Bad));
        }
    }
    line.push(span(" ", Tone::Plain));
    line
}

fn row(pen: &Pen<'_>, model: &Model, line: &FeedLine, width: usize, cursor: bool) -> Line {
    let glyphs = pen.look.glyphs;
    let (sign, tone) = words::level(pen.look, line.level);
    let who = match (&line.reference, line.invoice) {
        (Some(reference), _) if width >= 70 => reference.as_str().to_owned(),
        (_, Some(invoice)) => invoice.to_string(),
        _ => String::new(),
    };
    let who_width = if width >= 70 { 17 } else { 10 };
    let mut out = vec![
        span(if cursor { glyphs.cursor } else { " " }, Tone::Focus),
        span(
            cell(&words::when(model.zone(), model.now, line.at), 6, ""),
            Tone::Dim,
        ),
        span(format!(" {sign} "), tone),
        span(cell(&who, who_width, glyphs.cut), Tone::Plain),
        span(" ", Tone::Plain),
    ];
    if let Some(call) = line.call {
        out.push(span(format!("{call}: "), Tone::Dim));
    }
    out.push(span(line.says.as_str(), tone));
    if line.by.as_str() != "engine" && !line.by.is_empty() {
        out.push(span(format!(" ({})", line.by), Tone::Dim));
    }
    out
}

/// What waits to be folded in, on the lower edge of the frame.
fn below(pen: &mut Pen<'_>, model: &Model, area: Rect) {
    let feed = &model.feed;
    if !feed.has_new() {
        return;
    }
    let key = model.setup.keymap.hint(Action::FoldIn);
    let plus = if feed.gap.is_some() { "+" } else { "" };
    let text = format!(
        " {} {}{plus} new: {key} shows them ",
        pen.look.glyphs.below,
        feed.waiting.len()
    );
    let style = pen.look.style(Tone::Warn);
    let room = usize::from(area.width.saturating_sub(4));
    pen.put(area.x + 2, area.bottom() - 1, room, &text, style);
}
