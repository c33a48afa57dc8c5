//! Taking back what this console did.

use super::{Effect, orders};
use crate::{
    console::model::{
        Model,
        undo::{Back, UNDO_MAX, Undo},
    },
    domain::InvoiceId,
    handle::{Command, Level},
};

/// Remembers a command that was carried out for these orders, if it can be taken back.
pub fn remember(model: &mut Model, command: &Command, taken: Vec<InvoiceId>) {
    if let Some(what) = Back::from(command, taken) {
        push(model, what);
    }
}

/// Remembers the marks before they change.
pub fn remember_marks(model: &mut Model) {
    let marks = Back::Marks(model.marks.clone());
    if model.undo.last().map(|last| &last.what) != Some(&marks) {
        push(model, marks);
    }
}

fn push(model: &mut Model, what: Back) {
    if model.undo.len() >= UNDO_MAX {
        model.undo.remove(0);
    }
    let at = model.now;
    model.undo.push(Undo { at, what });
}

/// Takes the last step back: marks at once, anything else after a question that says what it is.
pub fn undo(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(Undo { at, what }) = model.undo.pop() else {
        return;
    };
    if let Back::Marks(marks) = what {
        model.marks = marks;
        model.marking = None;
        let says = format!("marks as before: {}", model.marks.len());
        return model.notify(Level::Info, says);
    }
    let ago = crate::console::view::words::age(model.now, at);
    let title = format!("{} ({ago} ago)", what.title());
    if let Some(command) = what.command() {
        orders::ask_first(model, title, command, false, out);
    }
}
