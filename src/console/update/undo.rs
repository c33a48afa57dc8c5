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

/// Remembers a command that was carried out for these orders, if it can be taken back. If it took a
/// step back itself, that step is done with.
pub fn remember(model: &mut Model, command: &Command, taken: Vec<InvoiceId>) {
    let undone = |undo: &Undo| undo.what.clone().command().as_ref() == Some(command);
    if let Some(place) = model.undo.iter().rposition(undone) {
        model.undo.remove(place);
    } else if let Some(what) = Back::from(command, taken) {
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
        // Marks are many and soon made again: they give way first.
        let is_marks = |undo: &Undo| matches!(undo.what, Back::Marks(_));
        model
            .undo
            .remove(model.undo.iter().position(is_marks).unwrap_or(0));
    }
    let at = model.now;
    model.undo.push(Undo { at, what });
}

/// Takes the last step back: marks at once, anything else after a question that says what it is. Until
/// the engine has answered it stays the last step.
pub fn undo(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(Undo { at, what }) = model.undo.last().cloned() else {
        return;
    };
    if let Back::Marks(marks) = what {
        model.undo.pop();
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
