//! The pipeline of the selected order: its seven steps, with evidence or reason.

use std::ops::Range;

use ratatui::layout::Rect;

use super::{
    advice::advice,
    again::step_says,
    pen::{Line, Pen, cell, span, wrap},
    words,
};
use crate::{
    console::{
        commands::Action,
        look::Tone,
        model::{Model, Pane},
    },
    handle::{OrderView, StepState, StepView, Trouble, TroubleAbout},
};

pub fn draw(pen: &mut Pen<'_>, model: &Model, area: Rect) {
    let focus = model.focus == Pane::Steps && model.layers.is_empty();
    let nothing = model.orders.selected.is_none() && model.steps.view.is_none();
    let note = if nothing {
        Vec::new()
    } else {
        words::freshness(model, model.steps.read_at)
    };
    let inner = pen.frame(area, &title(model), &note, focus);
    if inner.height == 0 {
        return;
    }
    if let Some(row) = model.trouble() {
        return trouble(pen, model, row, inner);
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
    let width = usize::from(inner.width);
    let advice: Vec<Line> = advice(model, view)
        .iter()
        .flat_map(|advice| advice.lines(width).collect::<Vec<_>>())
        .collect();
    let says = shown_words(pen, model, view);
    let height = usize::from(inner.height);
    // Where there is no room for more than the steps, those that wait for the same make some; under the
    // cursor each has its own line.
    let tight = height <= view.steps.len() && wants_room(view, &says, &advice, width);
    let joined = if tight && !focus {
        joined(&says)
    } else {
        vec![1; says.len()]
    };
    let rows = joined.iter().filter(|joined| **joined > 0).count();
    let mut room = height.saturating_sub(rows);
    let mut y = inner.y;
    if height > view.steps.len() {
        pen.line(inner, y, &facts(model, view), None);
        (y, room) = (y + 1, room.saturating_sub(1));
    }
    let spare = room.saturating_sub(advice.len());
    let extra = extra_rows(view, &says, width, spare);
    let shown = if rows <= height {
        0..view.steps.len()
    } else {
        window(model, view, focus, height)
    };
    for (i, step) in view.steps.iter().enumerate() {
        let joined = joined.get(i).copied().unwrap_or(1);
        if !shown.contains(&i) || joined == 0 {
            continue;
        }
        let cursor = focus && i == model.steps.selected;
        let rows = extra.get(i).copied().unwrap_or(0);
        let says = says.get(i).map_or("", String::as_str);
        let (first, rest) = if joined > 1 {
            (several(pen, step, joined, says), Vec::new())
        } else {
            lines(pen, model, (step, says), width, cursor, rows)
        };
        pen.line(inner, y, &first, cursor.then_some(Tone::Select));
        y += 1;
        for line in rest {
            pen.line(inner, y, &line, None);
            y += 1;
        }
        room -= rows;
    }
    more(pen, area, &shown, view.steps.len());
    for line in advice.into_iter().take(room) {
        pen.line(inner, y, &line, None);
        y += 1;
    }
}

/// The steps that there is room for: around the cursor, or around where the order stands.
fn window(model: &Model, view: &OrderView, focus: bool, height: usize) -> Range<usize> {
    let all = view.steps.len();
    if height >= all {
        return 0..all;
    }
    let here = if focus {
        model.steps.selected
    } else {
        view.steps.iter().position(stands).unwrap_or(all)
    };
    // The step before says how it came there.
    let top = here.saturating_sub(height / 2).min(all - height);
    top..top + height
}

/// Steps above and below those on the screen, on the lower edge of the frame.
fn more(pen: &mut Pen<'_>, area: Rect, shown: &Range<usize>, all: usize) {
    let mut text = String::new();
    if shown.start > 0 {
        text = format!(" {}{} ", pen.look.glyphs.above, shown.start);
    }
    if shown.end < all {
        text = format!("{text} {}{} ", pen.look.glyphs.below, all - shown.end);
    }
    let style = pen.look.style(Tone::Dim);
    let room = usize::from(area.width.saturating_sub(4));
    pen.put(area.x + 2, area.bottom() - 1, room, &text, style);
}

/// What a step says that says the same as one before.
const AS_STEP: &str = "as step ";

/// Columns of a step before its words: cursor, sign, number, title, state, time.
pub const HEAD: usize = 39;

/// Columns by which words below a step are moved in.
const INDENT: usize = 6;

/// What a step says, and what would lift what is in its way.
pub fn words_of(pen: &Pen<'_>, model: &Model, step: &StepView) -> String {
    let says = step_says(model, step);
    let in_the_way = matches!(
        step.state,
        StepState::Blocked | StepState::Failed | StepState::Unknown
    );
    if step.lifts.is_empty() || !in_the_way {
        return says;
    }
    format!("{says} {} {}", pen.look.glyphs.then, step.lifts)
}

/// The words of each step. What stands in the way of several is said once: the same words seven times
/// hide what is different.
fn shown_words(pen: &Pen<'_>, model: &Model, view: &OrderView) -> Vec<String> {
    let words: Vec<String> = view.steps.iter().map(|s| words_of(pen, model, s)).collect();
    let shown = words.iter().enumerate().map(|(i, says)| {
        let said = words.iter().take(i).position(|before| before == says);
        match said.and_then(|at| view.steps.get(at)) {
            Some(step) if !says.is_empty() && step.state == StepState::Blocked => {
                format!("{AS_STEP}{}", step.step.number())
            }
            _ => says.clone(),
        }
    });
    shown.collect()
}

/// Whether more is to be said than a line for each step.
fn wants_room(view: &OrderView, says: &[String], advice: &[Line], width: usize) -> bool {
    let stands = view.steps.iter().position(stands);
    let words = stands.and_then(|at| says.get(at));
    !advice.is_empty() || words.is_some_and(|words| HEAD + super::pen::columns(words) > width)
}

/// Whether an order stands at this step, or before it.
fn stands(step: &StepView) -> bool {
    !matches!(step.state, StepState::Done | StepState::Off)
}

/// How many steps stand on the line of each: those that say the same as the one before them have none.
fn joined(says: &[String]) -> Vec<usize> {
    let mut out = vec![1; says.len()];
    let mut head = 0;
    for (i, text) in says.iter().enumerate().skip(1) {
        if text.starts_with(AS_STEP) && says.get(head) == Some(text) {
            out[head] += 1;
            out[i] = 0;
        } else {
            head = i;
        }
    }
    out
}

/// Several steps on one line.
fn several(pen: &Pen<'_>, step: &StepView, count: usize, says: &str) -> Line {
    let (sign, word, tone) = words::step(pen.look.glyphs, step.state);
    let first = usize::from(step.step.number());
    let title = format!("{first} to {}", first + count - 1);
    vec![
        span(format!(" {sign} "), tone),
        span(cell(&title, 20, ""), Tone::Dim),
        span(format!(" {}", cell(word, 8, "")), tone),
        span(format!("{:7}", ""), Tone::Dim),
        span(says, Tone::Plain),
    ]
}

/// How many rows below its own each step gets, where its words do not fit beside it: where the order
/// stands first, then what needs somebody, evidence of what is done last.
fn extra_rows(view: &OrderView, says: &[String], width: usize, mut spare: usize) -> Vec<usize> {
    let mut rows = vec![0; view.steps.len()];
    let urgency = |step: &StepView| match step.state {
        StepState::Unknown => 0,
        StepState::Failed => 1,
        StepState::Blocked if !step.lifts.is_empty() => 2,
        StepState::Running => 3,
        StepState::Ready => 4,
        StepState::Blocked => 5,
        StepState::Done | StepState::Off => 6,
    };
    let mut order: Vec<usize> = (0..view.steps.len()).collect();
    let first = view.steps.iter().position(stands);
    order.sort_by_key(|i| (Some(*i) != first, urgency(&view.steps[*i])));
    for i in order {
        let words = says[i].as_str();
        if words.is_empty() || HEAD + super::pen::columns(words) <= width {
            continue;
        }
        let need = wrap(words, width.saturating_sub(INDENT)).len();
        if need <= spare {
            rows[i] = need;
            spare -= need;
        }
    }
    rows
}

/// What needs a person and is about no order: whose words, what they mean, which keys resolve it.
fn trouble(pen: &mut Pen<'_>, model: &Model, row: &Trouble, inner: Rect) {
    let key = |action| model.setup.keymap.hint(action);
    let keys = match &row.about {
        TroubleAbout::Sku { .. } => format!(
            "{} shows its figures and what happened, {} pushes it again, {} leaves it out",
            key(Action::Open),
            key(Action::PushStock),
            key(Action::LeaveOut)
        ),
        TroubleAbout::MoreSkus => format!("{} goes to the inventory", key(Action::Open)),
        _ => format!("{} shows status and alarms", key(Action::Open)),
    };
    let width = usize::from(inner.width).saturating_sub(3);
    let mut lines: Vec<Line> = Vec::new();
    for (text, tone) in [
        (row.says.as_str(), Tone::Bad),
        (row.means.as_str(), Tone::Plain),
        (keys.as_str(), Tone::Warn),
    ] {
        let wrapped = wrap(text, width).into_iter();
        lines.extend(wrapped.map(|text| vec![span(format!("  {text}"), tone)]));
    }
    pen.lines(inner, &lines);
}

fn title(model: &Model) -> Line {
    if let Some(row) = model.trouble() {
        let what = format!("Needs a person: {} ", row.what);
        return vec![span(" 2 ", Tone::Key), span(what, Tone::Strong)];
    }
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

/// A step: its line, and its words below it where it was given rows for them.
fn lines(
    pen: &Pen<'_>,
    model: &Model,
    (step, says): (&StepView, &str),
    width: usize,
    cursor: bool,
    rows: usize,
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
    let tone = match step.state {
        StepState::Unknown | StepState::Failed => tone,
        StepState::Done | StepState::Off => Tone::Dim,
        _ => Tone::Plain,
    };
    if rows == 0 {
        first.push(span(says, tone));
        return (first, Vec::new());
    }
    let rest = wrap(says, width.saturating_sub(INDENT))
        .into_iter()
        .take(rows)
        .map(|text| vec![span(format!("{:INDENT$}{text}", ""), tone)])
        .collect();
    (first, rest)
}
