//! The last two lines: the newest notice or what is to know about the selection, and the keys that
//! apply now.

use ratatui::layout::Rect;
use tui_input::Input;

use super::{
    advice::advice,
    again::stock_says,
    pen::{Line, Pen, columns, span, wrap},
    steps,
    under_way::under_way,
    words,
};
use crate::console::{
    commands::{Action, Command, TABLE},
    layout::layout,
    look::Tone,
    model::{Filtered, Layer, Model, Pane},
    update::begins_no_code,
};

pub fn draw(pen: &mut Pen<'_>, model: &Model, status: Rect, footer: Rect) {
    let width = usize::from(status.width);
    let line = under_cursor(pen, model, status).unwrap_or_else(|| hint(model, width));
    let shown = |news: bool| !news || line.is_empty();
    let Some(notice) = model.notice().filter(|notice| shown(notice.news)) else {
        pen.line(status, status.y, &line, None);
        return keys(pen, model, footer);
    };
    let (sign, tone) = words::level(pen.look, notice.level);
    let indent = columns(sign) + 2;
    let says = notice.says.as_str();
    let first = wrap(says, width.saturating_sub(indent)).swap_remove(0);
    // A long notice takes the line of the keys too, for as long as it stands: cut off it says nothing.
    let rest = says.strip_prefix(first.as_str()).map_or("", str::trim);
    let long = !rest.is_empty() && model.layers.is_empty();
    let upper = if long { first.as_str() } else { says };
    let line = [span(format!(" {sign} {upper}"), tone)];
    pen.line(status, status.y, &line, None);
    if long {
        let line = [span(format!("{}{rest}", " ".repeat(indent)), tone)];
        pen.line(footer, footer.y, &line, None);
    } else {
        keys(pen, model, footer);
    }
}

/// All that the step under the cursor says, where its own line has no room for it.
fn under_cursor(pen: &Pen<'_>, model: &Model, area: Rect) -> Option<Line> {
    if model.focus != Pane::Steps || !model.layers.is_empty() || model.trouble().is_some() {
        return None;
    }
    let step = model.steps.view.as_ref()?.steps.get(model.steps.selected)?;
    let says = steps::words_of(pen, model, step);
    let room = usize::from(area.width).saturating_sub(steps::HEAD + 2);
    (columns(&says) > room).then(|| vec![span(format!(" {says}"), Tone::Plain)])
}

/// Without a notice: what is under way, or what the selected order needs from a person.
fn hint(model: &Model, width: usize) -> Line {
    if let Some(Layer::Filter { of, .. }) = model.layers.last() {
        return vec![span(format!(" {}", words_of(*of)), Tone::Dim)];
    }
    if let Some(says) = under_way(model) {
        let sign = model.setup.look.glyphs.running;
        return vec![span(format!(" {sign} {says}"), Tone::Busy)];
    }
    if model.marking.is_some() {
        return vec![span(
            format!(" marking: {} so far", model.marks.len()),
            Tone::Busy,
        )];
    }
    if !model.marks.is_empty() && model.layers.is_empty() {
        let back = model.setup.keymap.hint(Action::Back);
        return vec![span(
            format!(
                " {} marked: actions go to all of them; {back} clears",
                model.marks.len()
            ),
            Tone::Warn,
        )];
    }
    if model.focus == Pane::Stock && model.layers.is_empty() {
        // Its own row has seldom room for why it waits or differs.
        let row = model.stock.row();
        return row.map_or_else(Vec::new, |row| match stock_says(model, row).as_str() {
            "" => Vec::new(),
            says => vec![span(format!(" {}: {says}", row.sku), Tone::Warn)],
        });
    }
    let same = |view: &&crate::handle::OrderView| Some(view.row.invoice) == model.orders.selected;
    if model.trouble().is_some() {
        return Vec::new();
    }
    match model.steps.view.as_deref().filter(same) {
        Some(view) if model.layers.is_empty() => {
            // Which key resolves it; the reason stands in the list already.
            let first = advice(model, view).into_iter().next();
            first.map_or_else(Vec::new, |advice| advice.shortly(width))
        }
        _ => Vec::new(),
    }
}

/// What can be typed into the field of a filter.
fn words_of(of: Filtered) -> &'static str {
    match of {
        Filtered::Orders => {
            "text city: ref: awb: sku: stage: is: pay: age>2h for>30m due<1h -not ~letters"
        }
        Filtered::Stock => "text sku: state:differs diff>5 ours<10 -not ~letters",
        Filtered::Feed => {
            "text order: ref: awb: by:asha call:book level:bad says: age<2h -not ~letters"
        }
        Filtered::Order => "text by:asha call:book level:bad says: age<2h -not ~letters",
        Filtered::Dock => "text awb: ref: order: by: state:missing state:wrong -not ~letters",
    }
}

fn keys(pen: &mut Pen<'_>, model: &Model, area: Rect) {
    if let Some(Layer::Filter { of, .. }) = model.layers.last() {
        let typed = model.filter_field(*of).map_or("", Input::value);
        let says = match &model.filter_wrong {
            Some(says) => span(format!("   {says}"), Tone::Bad),
            None => span("   Enter keeps it, Esc drops it", Tone::Dim),
        };
        let line = [span(" / ", Tone::Key), span(typed, Tone::Strong), says];
        return pen.line(area, area.y, &line, None);
    }
    let width = usize::from(area.width);
    let item = |row: &'static Command| {
        let key = model.setup.keymap.hint(row.action);
        let title = title(model, row);
        let need = columns(&key) + columns(title) + 3;
        (key, title, need)
    };
    let rows = offered(model);
    // How to leave stands at the end, but has its room first.
    let (leave, rows): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|row| matches!(row.action, Action::Quit | Action::Back));
    let leave = leave.last().copied().map(item);
    let mut left = width.saturating_sub(leave.as_ref().map_or(0, |l| l.2));
    let mut items = Vec::new();
    for item in rows.into_iter().map(item) {
        if item.2 <= left {
            left -= item.2;
            items.push(item);
        }
    }
    let mut line: Line = Vec::new();
    for (key, title, _) in items.into_iter().chain(leave) {
        line.push(span(format!(" {key}"), Tone::Key));
        line.push(span(format!(" {title} "), Tone::Dim));
    }
    pen.line(area, area.y, &line, None);
}

/// The commands that apply now, most useful first. Those without a key or not available are left to
/// help, which says why.
fn offered(model: &Model) -> Vec<&'static Command> {
    let contexts = model.contexts();
    let mut rows: Vec<&Command> = TABLE
        .iter()
        .filter(|row| row.footer > 0)
        .filter(|row| row.contexts.iter().any(|c| contexts.contains(c)))
        .filter(|row| !model.setup.keymap.keys(row.action).is_empty())
        .filter(|row| row.enabled(model).is_ok() && makes_sense(model, row.action))
        .collect();
    rows.sort_by_key(|row| row.footer);
    rows
}

/// Keys that are listened to but would say nothing here.
fn makes_sense(model: &Model, action: Action) -> bool {
    match (action, model.layers.last()) {
        (Action::Back, top) => top.is_some(),
        // Folding in what is not on the screen shows nothing.
        (Action::FoldIn, _) => on_screen(model, Pane::Feed),
        (Action::Filter, Some(Layer::Load(_))) => {
            let keys = model.setup.keymap.keys(action);
            keys.iter().any(|key| begins_no_code(model, *key))
        }
        (Action::Accept, Some(Layer::Confirm(confirm))) => confirm.to_type().is_some(),
        (Action::Yes, Some(Layer::Confirm(confirm))) => confirm.to_type().is_none(),
        _ => true,
    }
}

fn on_screen(model: &Model, pane: Pane) -> bool {
    let (width, height) = model.size;
    layout(model, Rect::new(0, 0, width, height)).is_some_and(|l| l.pane(pane).is_some())
}

fn title(model: &Model, row: &'static Command) -> &'static str {
    use crate::handle::{EngineState, FeedKind, OrderIndex};
    match row.action {
        Action::Exceptions if matches!(model.index, OrderIndex::Attention { .. }) => "All orders",
        Action::Pause => match model.overview.as_ref().map(|o| &o.engine) {
            Some(EngineState::Paused { .. }) => "Resume",
            _ => "Pause",
        },
        Action::Decide => match model.single_view().map(|v| v.record.park.is_some()) {
            Some(true) => "Decide",
            _ => "Park",
        },
        Action::FeedKind if model.feed.kind == FeedKind::All => "Tracking only",
        Action::Zoom if model.zoomed => "All panes",
        Action::Accept => match model.layers.last() {
            Some(Layer::Scan(_)) => "Look up",
            Some(Layer::Load(_)) => "Load",
            Some(Layer::Palette(_)) => "Run",
            Some(Layer::Help(_)) => "Close",
            _ => "OK",
        },
        Action::Back if !model.layers.is_empty() => "Close",
        _ => row.title,
    }
}
