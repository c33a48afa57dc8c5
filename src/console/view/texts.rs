//! Texts to read: why a step is not legal, what came of a command, how the engine is.

use ratatui::layout::Rect;

use super::{
    again::step_says,
    dialogs::dialog,
    pen::{Line, Pen, span, wrap},
    words,
};
use crate::{
    console::{commands::Action, look::Tone, model::Model},
    domain::{Clean, InvoiceId, Step, gate::Refusal},
    handle::{EngineState, ItemEnd, ItemResult, RejectedLine, StepState, StepView},
};

/// Orders listed in a result; a bulk action on thousands is summed up in its title.
const RESULTS_SHOWN: usize = 200;

/// Draws lines into a box, scrolled.
fn text(pen: &mut Pen<'_>, title: &str, lines: &[Line], scroll: usize, body: Rect) {
    let inner = dialog(pen, title, lines.len(), body);
    let height = usize::from(inner.height);
    let top = pen.scrolled(inner, lines, scroll);
    pen.below(inner, lines.len().saturating_sub(top + height));
}

fn paragraph(lines: &mut Vec<Line>, indent: &str, text: &str, tone: Tone, body: Rect) {
    let width = usize::from(body.width.min(72)) - 2 - indent.len();
    for line in wrap(text, width) {
        lines.push(vec![span(format!("{indent}{line}"), tone)]);
    }
}

pub fn why_not(
    pen: &mut Pen<'_>,
    model: &Model,
    (invoice, step): (InvoiceId, Step),
    answer: Option<&Result<Option<Refusal>, Clean>>,
    scroll: usize,
    body: Rect,
) {
    let title = format!("Order {invoice}, step {}: {}", step.number(), step.title());
    let mut lines = Vec::new();
    match answer {
        None => lines.push(vec![span(" Asking the gate.", Tone::Dim)]),
        Some(Err(says)) => paragraph(&mut lines, " ", says.as_str(), Tone::Bad, body),
        Some(Ok(None)) => {
            let says = " It is legal now: nothing is in its way.";
            lines.push(vec![span(says, Tone::Good)]);
            not_done(
                &mut lines,
                model,
                (invoice, step),
                pen.look.glyphs.then,
                body,
            );
        }
        Some(Ok(Some(refusal))) => refusal_lines(&mut lines, refusal, pen.look.glyphs.then, body),
    }
    text(pen, &title, &lines, scroll, body);
}

/// Why a step that may be done is not done: how its last try ended, or what it waits for, and the key that
/// does not wait.
fn not_done(
    lines: &mut Vec<Line>,
    model: &Model,
    (invoice, step): (InvoiceId, Step),
    then: &str,
    body: Rect,
) {
    let view = model.view_of(invoice);
    let Some(it) = view.and_then(|view| view.steps.iter().find(|s| s.step == step)) else {
        return;
    };
    match it.state {
        StepState::Failed => {}
        StepState::Ready => return to_come(lines, model, it, then, body),
        _ => return,
    }
    let at = it.at.map_or(String::new(), |at| {
        format!(" {}", words::full(model.zone(), at))
    });
    lines.push(Vec::new());
    let says = format!("Its last try failed{at}: {}", step_says(model, it));
    paragraph(lines, " ! ", &says, Tone::Bad, body);
    let key = model.setup.keymap.hint(Action::Retry);
    paragraph(
        lines,
        "   ",
        &format!("{then} {key} tries it again now"),
        Tone::Warn,
        body,
    );
}

fn to_come(lines: &mut Vec<Line>, model: &Model, step: &StepView, then: &str, body: Rect) {
    let says = step_says(model, step);
    if !says.is_empty() {
        lines.push(Vec::new());
        paragraph(lines, " ", &says, Tone::Plain, body);
    }
    let key = model.setup.keymap.hint(Action::NextStep);
    let does = format!("{then} {key} does it now");
    paragraph(lines, "   ", &does, Tone::Warn, body);
}

fn refusal_lines(lines: &mut Vec<Line>, refusal: &Refusal, then: &str, body: Rect) {
    let head = format!("\"{}\" is not legal now:", refusal.call);
    paragraph(lines, " ", &head, Tone::Plain, body);
    for unmet in &refusal.unmet {
        lines.push(Vec::new());
        paragraph(lines, " ! ", unmet.what.as_str(), Tone::Bad, body);
        let since = format!("known from: {}", unmet.since);
        paragraph(lines, "   ", &since, Tone::Dim, body);
        let lifts = format!("{then} {}", unmet.lifts);
        paragraph(lines, "   ", &lifts, Tone::Warn, body);
    }
    lines.push(Vec::new());
    let who = if refusal.lifts_itself() {
        "No person is needed: it lifts by itself."
    } else {
        "A person is needed."
    };
    paragraph(lines, " ", who, Tone::Strong, body);
}

pub fn results(pen: &mut Pen<'_>, title: &str, items: &[ItemResult], scroll: usize, body: Rect) {
    let mut lines = Vec::new();
    let then = pen.look.glyphs.then;
    // What went wrong first: that is what somebody has to read.
    let bad = |item: &&ItemResult| !matches!(item.end, ItemEnd::Taken { .. });
    let sorted = items
        .iter()
        .filter(bad)
        .chain(items.iter().filter(|i| !bad(i)));
    for item in sorted.take(RESULTS_SHOWN) {
        let invoice = item.invoice;
        match &item.end {
            ItemEnd::Taken { says } => {
                let words = if says.is_empty() {
                    "taken"
                } else {
                    says.as_str()
                };
                paragraph(
                    &mut lines,
                    " ",
                    &format!("{invoice}  {words}"),
                    Tone::Good,
                    body,
                );
            }
            ItemEnd::Refused { refusal } => {
                for unmet in &refusal.unmet {
                    let words =
                        format!("{invoice}  refused: {}; {then} {}", unmet.what, unmet.lifts);
                    paragraph(&mut lines, " ", &words, Tone::Bad, body);
                }
            }
            ItemEnd::Failed { says, unknown } => {
                let word = if *unknown {
                    "outcome not known"
                } else {
                    "failed"
                };
                let words = format!("{invoice}  {word}: {says}");
                paragraph(&mut lines, " ", &words, Tone::Bad, body);
            }
            ItemEnd::NotHeld => {
                let words = format!("{invoice}  is not held here");
                paragraph(&mut lines, " ", &words, Tone::Bad, body);
            }
        }
    }
    if items.len() > RESULTS_SHOWN {
        let words = format!("and {} more", items.len() - RESULTS_SHOWN);
        paragraph(&mut lines, " ", &words, Tone::Dim, body);
    }
    text(pen, title, &lines, scroll, body);
}

pub fn status(
    pen: &mut Pen<'_>,
    model: &Model,
    rejected: Option<&[RejectedLine]>,
    scroll: usize,
    body: Rect,
) {
    let mut lines = Vec::new();
    let Some(o) = &model.overview else {
        let says = " Nothing is known yet: the engine has not answered.";
        return text(pen, "Status", &[vec![span(says, Tone::Warn)]], 0, body);
    };
    let zone = model.zone();
    let mut fact = |name: &str, value: String, tone: Tone| {
        lines.push(vec![
            span(format!(" {name:<18}"), Tone::Dim),
            span(value, tone),
        ]);
    };
    let when = |at: Option<crate::domain::Stamp>| {
        at.map_or("never".to_owned(), |at| {
            format!(
                "{}, {} ago",
                words::full(zone, at),
                words::age(model.now, at)
            )
        })
    };
    let next = |at: Option<crate::domain::Stamp>| {
        at.map_or("not planned".to_owned(), |at| words::full(zone, at))
    };
    fact(
        "Warehouse",
        format!("{} ({})", o.name, o.location),
        Tone::Plain,
    );
    fact("Operator", model.setup.operator.to_string(), Tone::Plain);
    fact("Program", format!("raftaar {}", o.version), Tone::Plain);
    let (state, tone) = match &o.engine {
        _ if model.gone.is_some() => ("does not answer".to_owned(), Tone::Bad),
        EngineState::Automatic => ("automatic".to_owned(), Tone::Plain),
        EngineState::ByHand => ("by hand".to_owned(), Tone::Plain),
        EngineState::Paused { by } => (format!("PAUSED by {}: {}", by.by, by.reason), Tone::Bad),
        EngineState::Stopped { says } => (format!("STOPPED: {says}"), Tone::Bad),
    };
    for (i, text) in wrap(&state, usize::from(body.width.min(72)).saturating_sub(21))
        .into_iter()
        .enumerate()
    {
        fact(if i == 0 { "Engine" } else { "" }, text, tone);
    }
    let up = words::minutes((o.now - o.started_at).num_minutes());
    fact(
        "Engine runs for",
        format!("{up}, start {}, journal {}", o.epoch, o.journal),
        Tone::Plain,
    );
    for (name, link) in [("EasyEcom", &o.easyecom), ("DTDC", &o.dtdc)] {
        let (word, tone) = words::link(link, model.now);
        let says = if link.says.is_empty() {
            String::new()
        } else {
            format!(": {}", link.says)
        };
        fact(
            name,
            format!("{word}, last answer {}{says}", when(link.ok_at)),
            tone,
        );
    }
    let left = o.quota.day.saturating_sub(o.quota.used);
    let calls = format!(
        "{left} of {} left, {} needed now, {:.1}/s, new day {}",
        o.quota.day,
        o.quota.needed,
        f64::from(o.quota.per_second_milli) / 1_000.0,
        words::clock(zone, o.quota.resets_at)
    );
    fact("Calls today", calls, Tone::Plain);
    if o.quota.wave.later() > 0 {
        let says = format!(
            "{} of {} waiting orders ship today, {} wait for {}",
            o.quota.wave.fits,
            o.quota.wave.waiting,
            o.quota.wave.later(),
            words::clock(zone, o.quota.resets_at)
        );
        fact("Calls are short", says, Tone::Bad);
    }
    fact("Calls under way", o.in_flight.to_string(), Tone::Plain);
    fact("Orders read", when(o.schedule.orders_read_at), Tone::Plain);
    fact(
        "Orders read next",
        next(o.schedule.orders_next_at),
        Tone::Plain,
    );
    fact("Next pickup", next(o.schedule.cut_off_at), Tone::Plain);
    fact("Scans read", when(o.schedule.tracking_read_at), Tone::Plain);
    fact("Stock file", when(o.schedule.stock_file_at), Tone::Plain);
    fact(
        "Stock read back",
        when(o.schedule.stock_read_at),
        Tone::Plain,
    );
    if let Some(free) = o.awbs_free {
        let tone = if free < 50 { Tone::Bad } else { Tone::Plain };
        fact("Allotted AWBs", format!("{free} left"), tone);
    }
    for alarm in &o.alarms {
        paragraph(&mut lines, " ! ", alarm.as_str(), Tone::Bad, body);
    }
    for problem in &o.stock.file_problems {
        paragraph(
            &mut lines,
            " ! stock file: ",
            problem.as_str(),
            Tone::Bad,
            body,
        );
    }
    if o.rejected > 0 {
        lines.push(Vec::new());
        let head = format!("{} remote rows could not be read:", o.rejected);
        paragraph(&mut lines, " ", &head, Tone::Warn, body);
    }
    for row in rejected.unwrap_or_default() {
        let invoice = row.invoice.map_or(String::new(), |i| format!(" {i}"));
        let says = format!("{}{invoice}: {}", row.source, row.reason);
        paragraph(&mut lines, "   ", &says, Tone::Plain, body);
    }
    text(pen, "Status", &lines, scroll, body);
}
