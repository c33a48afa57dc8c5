//! Typing and pasting into a field.

use tui_input::{Input, InputRequest};

use super::{Effect, find, scan};
use crate::{
    console::{
        keymap::{Code, Key},
        model::{Layer, Model},
    },
    domain::Clean,
};

/// Longest text in a field: a reason is a sentence, a code is shorter.
const FIELD_CHARS_MAX: usize = 160;

/// What a key asks of a field.
fn request(key: Key) -> Option<InputRequest> {
    if let Some(c) = key.typed() {
        return Some(InputRequest::InsertChar(c));
    }
    Some(match (key.code, key.ctrl) {
        (Code::Backspace, false) => InputRequest::DeletePrevChar,
        (Code::Delete, _) => InputRequest::DeleteNextChar,
        (Code::Left, false) => InputRequest::GoToPrevChar,
        (Code::Right, false) => InputRequest::GoToNextChar,
        (Code::Left, true) => InputRequest::GoToPrevWord,
        (Code::Right, true) => InputRequest::GoToNextWord,
        (Code::Home, _) | (Code::Char('a'), true) => InputRequest::GoToStart,
        (Code::End, _) | (Code::Char('e'), true) => InputRequest::GoToEnd,
        (Code::Char('w') | Code::Backspace, true) => InputRequest::DeletePrevWord,
        (Code::Char('u'), true) => InputRequest::DeleteLine,
        (Code::Char('k'), true) => InputRequest::DeleteTillEnd,
        _ => return None,
    })
}

/// Types a key into a field; says whether its text changed.
pub fn type_key(input: &mut Input, key: Key) -> bool {
    let Some(request) = request(key) else {
        return false;
    };
    if let InputRequest::InsertChar(c) = request {
        let full = input.value().chars().count() >= FIELD_CHARS_MAX;
        let shown = c == ' ' || !Clean::new(c.encode_utf8(&mut [0; 4])).is_empty();
        if full || !shown {
            return false;
        }
    }
    input.handle(request).is_some_and(|changed| changed.value)
}

/// The field on top, if there is one.
pub fn field(model: &mut Model) -> Option<&mut Input> {
    if let Some(Layer::Filter { of, .. }) = model.layers.last() {
        return model.filter_field_mut(*of);
    }
    match model.layers.last_mut()? {
        Layer::Help(search) | Layer::Palette(search) => Some(&mut search.input),
        Layer::Reason { input, .. } => Some(input),
        Layer::Scan(scan) => Some(&mut scan.input),
        Layer::Load(load) => Some(&mut load.input),
        Layer::Confirm(confirm) if confirm.to_type().is_some() => Some(&mut confirm.input),
        _ => None,
    }
}

/// Pasted text goes into the field on top, cleaned and cut; without a field it is taken for a scan.
pub fn paste(model: &mut Model, text: &str, out: &mut Vec<Effect>) {
    let clean = Clean::with_limit(text, FIELD_CHARS_MAX);
    if clean.is_empty() {
        return;
    }
    // The number of a question is typed, never pasted.
    let takes = model
        .layers
        .last()
        .is_some_and(|l| l.context() == crate::console::commands::Context::Text);
    if !takes || super::filters_dock(model) {
        return scan::burst(model, clean.as_str(), out);
    }
    if let Some(input) = field(model) {
        for c in clean.as_str().chars() {
            type_key(input, Key::char(c));
        }
    }
    after_typing(model, out);
}

/// What follows from a changed field.
pub fn after_typing(model: &mut Model, out: &mut Vec<Effect>) {
    match model.layers.last_mut() {
        Some(Layer::Help(search) | Layer::Palette(search)) => {
            search.selected = 0;
            search.scroll = 0;
            search.tab = None;
        }
        Some(Layer::Filter { of, .. }) => {
            let of = *of;
            find::filter_changed(model, of, out);
        }
        Some(Layer::Scan(scan)) => scan.offered = false,
        _ => {}
    }
}
