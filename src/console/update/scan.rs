//! Scanners type. In the scan field a whole code is looked up; the same code again does the order's
//! next step. A burst outside the field executes nothing: it is offered as a scan.

use super::{Effect, Ticket, asks, load, orders};
use crate::{
    console::{
        commands::{Action, Command, Context, next_of},
        model::{Layer, Model, Pane, Ring, Scan, ScanFound},
    },
    domain::{Clean, InvoiceId, Stamp, record::Attention},
    handle::{Level, OrderRow, OrderView, Query},
};

/// Keys that came as a burst: into the field on top, or into a scan field of their own.
pub fn burst(model: &mut Model, text: &str, out: &mut Vec<Effect>) {
    let prefix = model.setup.scan_prefix;
    let text = prefix.map_or(text, |prefix| text.strip_prefix(prefix).unwrap_or(text));
    let code = Clean::with_limit(text, 120);
    if code.is_empty() {
        return;
    }
    if super::filters_dock(model) {
        model.layers.pop();
        return load::code(model, code.as_str(), out);
    }
    match model.layers.last().map(Layer::context) {
        Some(Context::Text) => super::edit::paste(model, text, out),
        // A question is not answered by a scanner, nor is anything else that is open closed by it.
        Some(Context::Confirm | Context::Menu) => {
            model.notify(
                Level::Warn,
                format!("a scan came while a question is open and was dropped: {code}"),
            );
        }
        _ => {
            model.layers.push(Layer::Scan(Scan {
                input: code.as_str().into(),
                offered: true,
                ..Scan::default()
            }));
        }
    }
}

/// Milliseconds within which the same code comes from one pull of the trigger.
pub(super) const TWICE_MS: i64 = 1_000;

/// Enter in the scan field.
pub fn enter(model: &mut Model, out: &mut Vec<Effect>) {
    let (now, prefix) = (model.now, model.setup.scan_prefix);
    let Some(Layer::Scan(scan)) = model.layers.last_mut() else {
        return;
    };
    let value = scan.input.value();
    let value = prefix.map_or(value, |prefix| value.strip_prefix(prefix).unwrap_or(value));
    let typed = Clean::with_limit(value, 120);
    scan.offered = false;
    scan.input.reset();
    let known = scan.last.as_ref().map(|(code, _)| code.clone());
    let same = known.filter(|code| typed.is_empty() || *code == typed);
    let at_once = |at: Stamp| (now - at).num_milliseconds() < TWICE_MS;
    if let Some(code) = &same
        && scan.read_at.is_some_and(at_once)
    {
        // Counted from the newest reading: a gun that reads without end never gets anything done.
        (scan.twice, scan.read_at) = (scan.twice + 1, Some(now));
        // An Enter more is how some guns end a code; a code more is worth a word.
        if !typed.is_empty() {
            let says = format!("READ TWICE, nothing was done: {code}; for its step scan it again");
            model.notify(Level::Bad, says);
            load::ring(model, Ring::Twice, out);
        }
        return;
    }
    let again = match (&same, &scan.last) {
        (Some(code), Some((_, ScanFound::One(row)))) => Some((code.clone(), row.clone())),
        _ => None,
    };
    scan.read_at = Some(now);
    if let Some((code, row)) = again {
        return second(model, code, row, out);
    }
    if typed.is_empty() {
        return;
    }
    scan.twice = 0;
    let text = typed.as_str().to_owned();
    scan.view = None;
    scan.last = Some((typed, ScanFound::Asking));
    asks::push(out, Ticket::Find(text.clone()), Query::Find { text });
}

/// The order that was found, over everything else.
pub fn open_found(model: &mut Model, out: &mut Vec<Effect>) {
    let found = match model.layers.last() {
        Some(Layer::Scan(scan)) => scan.found().map(|row| row.invoice),
        _ => None,
    };
    if let Some(invoice) = found {
        model.layers.pop();
        orders::open(model, invoice, out);
    }
}

/// Codes are scanned no more. The next key goes to the order that was found: where the cursor cannot
/// stand on it, it is opened.
pub fn left(model: &mut Model, scan: &Scan, out: &mut Vec<Effect>) {
    let Some(invoice) = scan.found().map(|row| row.invoice) else {
        return;
    };
    if model.layers.is_empty() && model.orders.select(&invoice) {
        model.orders.lost = None;
    }
    let listens = model.detail().is_some() || matches!(model.focus, Pane::Orders | Pane::Steps);
    if !listens || model.cursor_order() != Some(invoice) {
        orders::open(model, invoice, out);
    }
}

/// The steps of the order that was found.
pub fn viewed(model: &mut Model, invoice: InvoiceId, view: Option<Box<OrderView>>) {
    for layer in &mut model.layers {
        if let Layer::Scan(scan) = layer
            && scan.found().is_some_and(|row| row.invoice == invoice)
        {
            scan.view = view;
            return;
        }
    }
}

/// Whether the gate is known to refuse until a person has done something.
pub fn needs_person_first(kind: Attention) -> bool {
    matches!(
        kind,
        Attention::Parked
            | Attention::Held
            | Attention::Unknown
            | Attention::CancelledAfterManifest
    )
}

/// The same code a second time: the order's next legal step.
fn second(model: &mut Model, code: Clean, row: Box<OrderRow>, out: &mut Vec<Effect>) {
    let view = match model.layers.last() {
        Some(Layer::Scan(scan)) => scan.view.clone(),
        _ => None,
    };
    let allowed = if model.setup.read_only || model.gone.is_some() {
        Command::of(Action::NextStep).enabled(model)
    } else if row.stage.is_final() {
        Err(format!("the order is {}: nothing is left to do", row.stage))
    } else if let Some(kind) = row.attention.filter(|kind| needs_person_first(*kind)) {
        Err(format!(
            "order {} is {}: {}",
            row.invoice,
            kind.title(),
            row.note
        ))
    } else if let Some(view) = &view {
        next_of(view)
    } else {
        Err(format!(
            "the steps of order {} are still being read: once more",
            row.invoice
        ))
    };
    if let Err(why) = allowed {
        return super::deltas::notice(model, Level::Bad, Clean::new(&why), out);
    }
    let command = crate::handle::Command::Next {
        invoices: vec![row.invoice],
    };
    orders::send(model, command, out);
    if let Some(Layer::Scan(scan)) = model.layers.last_mut() {
        scan.last = Some((code, ScanFound::Sent(row)));
    }
}

/// What the code was.
pub fn found(
    model: &mut Model,
    text: &str,
    answer: Result<Vec<OrderRow>, Clean>,
    out: &mut Vec<Effect>,
) {
    let Some(Layer::Scan(scan)) = model.layers.last_mut() else {
        return;
    };
    let Some((code, state)) = &mut scan.last else {
        return;
    };
    if code.as_str() != text || !matches!(state, ScanFound::Asking) {
        return;
    }
    *state = match answer {
        Err(says) => ScanFound::Failed(says),
        Ok(mut rows) if rows.len() == 1 => ScanFound::One(Box::new(rows.remove(0))),
        Ok(rows) if rows.is_empty() => ScanFound::Nothing,
        Ok(rows) => ScanFound::Many(rows),
    };
    let sound = match state {
        ScanFound::Nothing | ScanFound::Failed(_) | ScanFound::Many(_) => Ring::Wrong,
        ScanFound::One(row) if row.attention.is_some() => Ring::NeedsYou,
        _ => Ring::Ok,
    };
    let one = match state {
        ScanFound::One(row) => Some(row.invoice),
        _ => None,
    };
    load::ring(model, sound, out);
    if let Some(invoice) = one {
        model.orders.select(&invoice);
        let query = Query::Order {
            invoice,
            people: false,
        };
        asks::push(out, Ticket::Scanned(invoice), query);
    }
}
