//! The pipeline of the selected order: its seven steps, with evidence or reason.

use ratatui::layout::Rect;

use super::{
    pen::{Line, Pen, cell, span},
    words,
};
use crate::{
    console::{
        commands::Action,
        look::Tone,
        model::{Model, Pane},
    },
    handle::{OrderView, StepState, StepView},
};

pub fn draw(pen: &mut Pen<'_>, model: &Model, area: Rect) {
    let focus = model.focus == Pane::Steps && model.layers.is_empty();
    let note = words::freshness(model, model.steps.read_at);
    let inner = pen.frame(area, &title(model), &note, focus);
    if inner.height == 0 {
        return;
    }
    let Some(view) = &model.steps.view else {
        let says = match (model.orders.selected, model.steps.missing) {
            (None, _) => "No order is selected.".to_owned(),
            (Some(invoice), true) => format!("Order {invoice} is not held here."),
            (Some(invoice), false) => format!("Reading order {invoice}."),
        };
        pen.line(
            inner,
            inner.y + 1,
            &[span(format!("  {says}"), Tone::Dim)],
            None,
        );
        return;
    };
    let height = usize::from(inner.height);
    let width = usize::from(inner.width);
    let mut room = height.saturating_sub(view.steps.len());
    let mut y = inner.y;
    if room > 0 {
        pen.line(inner, y, &facts(model, view), None);
        (y, room) = (y + 1, room - 1);
    }
    for (i, step) in view.steps.iter().enumerate() {
        let cursor = focus && i == model.steps.selected;
        let (first, rest) = lines(pen, model, step, width, cursor, room);
        pen.line(inner, y, &first, cursor.then_some(Tone::Select));
        y += 1;
        for line in rest {
            pen.line(inner, y, &line, None);
            (y, room) = (y + 1, room.saturating_sub(1));
        }
    }
    for line in advice(model, view).into_iter().take(room) {
        pen.line(inner, y, &line, None);
        y += 1;
    }
}

fn title(model: &Model) -> Line {
    let mut line = vec![span(" 2 ", Tone::Key), span("Steps", Tone::Strong)];
    if let Some(view) = &model.steps.view {
        let row = &view.row;
        line.push(span(format!(" of {}", row.invoice), Tone::Strong));
        line.push(span(format!(" {}", row.reference), Tone::Plain));
        if let Some(selected) = model.orders.selected.filter(|id| *id != row.invoice) {
            line.push(span(format!(" (reading {selected})"), Tone::Warn));
        }
    }
    line.push(span(" ", Tone::Plain));
    line
}

/// Where it goes, how it is paid, by when it must leave.
fn facts(model: &Model, view: &OrderView) -> Line {
    let row = &view.row;
    let mut line = vec![span(format!(" {}", row.stage), words::stage(row.stage))];
    if let Some(at) = row.due_at.filter(|_| !row.stage.is_manifested()) {
        let (due, tone) = words::due(model.now, at);
        let clock = words::when(model.zone(), model.now, at);
        line.push(span(format!("  leave by {clock}, {due}"), tone));
    }
    line.push(span(format!("  {} {}", row.city, row.pin), Tone::Plain));
    match &row.collect {
        Some(rupees) => line.push(span(format!("  COD {rupees}"), Tone::Plain)),
        None => line.push(span("  paid", Tone::Dim)),
    }
    line.push(span(format!("  {} pcs", row.pieces), Tone::Plain));
    if let Some(awb) = &row.awb {
        line.push(span(format!("  AWB {awb}"), Tone::Plain));
    }
    line
}

/// A step: its line and, where there is room, what would lift what stands in its way.
fn lines(
    pen: &Pen<'_>,
    model: &Model,
    step: &StepView,
    width: usize,
    cursor: bool,
    room: usize,
) -> (Line, Vec<Line>) {
    let glyphs = pen.look.glyphs;
    let (sign, word, tone) = words::step(glyphs, step.state);
    let at = step
        .at
        .map_or(String::new(), |at| words::when(model.zone(), model.now, at));
    let mut first = vec![
        span(if cursor { glyphs.cursor } else { " " }, Tone::Focus),
        span(format!("{sign} "), tone),
        span(format!("{} ", step.step.number()), Tone::Dim),
        span(cell(step.step.title(), 18, glyphs.cut), Tone::Plain),
        span(format!(" {}", cell(word, 8, "")), tone),
        span(format!("{} ", cell(&at, 6, "")), Tone::Dim),
    ];
    let used: usize = first.iter().map(|(t, _)| super::pen::columns(t)).sum();
    let says_tone = match step.state {
        StepState::Unknown | StepState::Failed => tone,
        StepState::Done | StepState::Off => Tone::Dim,
        _ => Tone::Plain,
    };
    let in_the_way = matches!(
        step.state,
        StepState::Blocked | StepState::Failed | StepState::Unknown
    );
    let lifts = if step.lifts.is_empty() || !in_the_way {
        String::new()
    } else {
        format!("{} {}", glyphs.then, step.lifts)
    };
    let mut says = step.says.as_str().to_owned();
    let fits = used + super::pen::columns(&says) + 1 + super::pen::columns(&lifts) <= width;
    if !lifts.is_empty() && (fits || room == 0) {
        says = format!("{says} {lifts}");
        first.push(span(says, says_tone));
        return (first, Vec::new());
    }
    first.push(span(says, says_tone));
    let rest = if lifts.is_empty() {
        Vec::new()
    } else {
        vec![vec![span(format!("      {lifts}"), Tone::Warn)]]
    };
    (first, rest)
}

/// What a person can do about it, and with which key.
pub fn advice(model: &Model, view: &OrderView) -> Vec<Line> {
    let key = |action| model.setup.keymap.hint(action);
    let record = &view.record;
    let mut out = Vec::new();
    if let Some(park) = &record.park {
        out.push(format!("Parked: {}", park.reason.describe()));
        out.push(format!("{}: {}", key(Action::Decide), park.reason.advice()));
    }
    if let Some(hold) = &record.hold {
        out.push(format!(
            "Held by {}: {}  ({} releases)",
            hold.by,
            hold.reason,
            key(Action::Release)
        ));
    }
    for flag in record.trail.flags.iter().filter(|f| f.needs_person()) {
        out.push(format!(
            "Tracking: {}  ({} takes note)",
            flag.describe(),
            key(Action::ClearFlags)
        ));
    }
    if let Some(cancelled) = record.cancelled.as_ref().filter(|c| c.after_manifest) {
        out.push(format!(
            "Cancelled after its manifest by {}: pull the parcel or call it back",
            cancelled.by
        ));
    }
    out.into_iter()
        .map(|text| vec![span(format!(" ! {text}"), Tone::Bad)])
        .collect()
}
