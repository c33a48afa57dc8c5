//! Moving: the cursor, the focus, the scroll of a text.

use super::{Effect, asks};
use crate::console::{
    commands::Action,
    layout::{body_rows, list_rows},
    model::{Layer, Model, Pane, Part},
};

/// Moves whatever is on top.
pub fn cursor(model: &mut Model, action: Action, out: &mut Vec<Effect>) {
    let page = body_rows(model) as isize;
    match model.layers.last_mut() {
        None => pane(model, action, out),
        Some(Layer::Confirm(confirm)) if confirm.chooses_group() => {
            let by = distance(action, 1);
            super::warehouse::choose_group(model, by, out);
        }
        Some(layer) => {
            if !layer.step_menu(distance(action, page)) {
                scroll(model, action);
            }
        }
    }
}

/// Scrolls the text on top. It stands never beyond its end, so that the next key the other way moves it.
pub fn scroll(model: &mut Model, action: Action) {
    let (end, page) = crate::console::view::scroll_end(model);
    // A line of the page before stays in sight.
    let page = page.saturating_sub(1).max(1) as isize;
    let filter = |layer: &&mut Layer| matches!(layer, Layer::Filter { .. });
    let top = model.layers.iter_mut().rev().find(|layer| !filter(layer));
    if let Some(scroll) = top.and_then(Layer::scroll_mut) {
        let from = (*scroll).min(end);
        *scroll = from.saturating_add_signed(distance(action, page)).min(end);
    }
}

/// More lines than any text of a layer has, and more rows than any list is held of.
const FAR: isize = 100_000;

pub fn distance(action: Action, page: isize) -> isize {
    match action {
        Action::Up => -1,
        Action::Down => 1,
        Action::PageUp => -page,
        Action::PageDown => page,
        Action::First => -FAR,
        _ => FAR,
    }
}

pub fn pane(model: &mut Model, action: Action, out: &mut Vec<Effect>) {
    let height = list_rows(model, model.focus);
    let by = distance(action, height as isize);
    let ends = matches!(action, Action::First | Action::Last);
    let part = if action == Action::First {
        Part::Start
    } else {
        Part::End
    };
    match model.focus {
        Pane::Orders if ends => {
            // The first row of all may be above the orders.
            model.jump_aside(action == Action::First);
            if let Some(part) = model.orders.jump(part, height) {
                asks::orders(model, part, out);
            }
        }
        Pane::Orders => {
            if model.step_aside(by) {
                return;
            }
            if let Some(part) = model.orders.step(by, height) {
                asks::orders(model, part, out);
            }
        }
        Pane::Stock => {
            let more = if ends {
                model.stock.jump(part, height)
            } else {
                model.stock.step(by, height)
            };
            if let Some(part) = more {
                asks::stock(model, part, out);
            }
        }
        Pane::Steps => {
            model.steps.selected = model.steps.selected.saturating_add_signed(by).min(6);
        }
        Pane::Feed if action == Action::Last => {
            model.feed.fold_in();
            asks::fill_feed(model, out);
        }
        Pane::Feed => {
            if model.feed.step(by, height) {
                asks::older(model, out);
            }
        }
    }
}

/// Moves the focus.
pub fn focus(model: &mut Model, pane: Pane) {
    model.focus = pane;
    if pane != Pane::Orders {
        model.second = pane;
    }
}

/// Moves the focus to the next pane or the one before.
pub fn focus_by(model: &mut Model, by: usize) {
    let place = (model.focus as usize + by) % Pane::ALL.len();
    focus(model, Pane::ALL[place]);
}
