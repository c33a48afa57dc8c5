//! Scanners type. In the scan field a whole code is looked up; the same code again does the order's
//! next step. A burst outside the field executes nothing: it is offered as a scan.

use super::{Effect, Ticket, asks, load, orders};
use crate::{
    console::{
        commands::{Action, Command, Context},
        model::{Layer, Model, Ring, Scan, ScanFound},
    },
    domain::{Clean, record::Attention},
    handle::{Level, OrderRow, Query},
};

/// Keys that came as a burst: into the field on top, or into a scan field of their own.
pub fn burst(model: &mut Model, text: &str, out: &mut Vec<Effect>) {
    let prefix = model.setup.scan_prefix;
    let text = prefix.map_or(text, |prefix| text.strip_prefix(prefix).unwrap_or(text));
    let code = Clean::with_limit(text, 120);
    if code.is_empty() {
        return;
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
                last: None,
                offered: true,
            }));
        }
    }
}

/// Enter in the scan field.
pub fn enter(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(Layer::Scan(scan)) = model.layers.last_mut() else {
        return;
    };
    let typed = Clean::with_limit(scan.input.value(), 120);
    scan.offered = false;
    scan.input.reset();
    let again = match &scan.last {
        Some((code, ScanFound::One(row))) if typed.is_empty() || *code == typed => {
            Some((code.clone(), row.clone()))
        }
        _ => None,
    };
    if let Some((code, row)) = again {
        return second(model, code, row, out);
    }
    if typed.is_empty() {
        return;
    }
    let text = typed.as_str().to_owned();
    scan.last = Some((typed, ScanFound::Asking));
    asks::push(out, Ticket::Find(text.clone()), Query::Find { text });
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
    } else {
        Ok(())
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
    }
}
