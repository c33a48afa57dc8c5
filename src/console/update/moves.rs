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
        None => return pane(model, action, out),
        Some(Layer::Confirm(_)) => {
            let by = distance(action, 1);
            return super::warehouse::choose_group(model, by, out);
        }
        Some(layer) => {
            if layer.step_menu(distance(action, page)) {
                return;
            }
            if let Some(scroll) = layer.scroll_mut() {
                *scroll = scroll.saturating_add_signed(distance(action, page));
            }
        }
    }
    // Beyond the end there is nothing; the view knows the end, here only a bound is kept.
    if let Some(scroll) = model.layers.last_mut().and_then(Layer::scroll_mut) {
        *scroll = (*scroll).min(SCROLL_MAX);
    }
}

/// More lines than any text of a layer has.
const SCROLL_MAX: usize = 2_000;

fn distance(action: Action, page: isize) -> isize {
    match action {
        Action::Up => -1,
        Action::Down => 1,
        Action::PageUp => -page,
        Action::PageDown => page,
        Action::First => -(SCROLL_MAX as isize),
        _ => SCROLL_MAX as isize,
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
        Pane::Feed if action == Action::Last => model.feed.fold_in(),
        Pane::Feed => {
            if model.feed.step(by, height) {
                asks::feed(model, true, out);
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
