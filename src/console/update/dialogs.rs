//! Questions, menus and fields: taking the choice, saying yes, backing out.

use tui_input::Input;

use super::{Effect, asks, edit, find, keys, lists, load, orders, scan, sorting, warehouse};
use crate::{
    console::{
        commands::{Action, Command as Row, Context, Takes},
        model::{About, Confirm, Layer, Menu, Model, Pane, Purpose},
        palette,
    },
    domain::Clean,
    handle::Level,
};

/// Milliseconds for which a new question takes no yes: keys typed ahead are not meant for it.
const TYPED_AHEAD_MS: i64 = 150;

/// Enter.
pub fn accept(model: &mut Model, out: &mut Vec<Effect>) {
    match model.layers.last() {
        Some(Layer::Lists(menu)) => {
            let choice = menu.choice().cloned();
            model.layers.pop();
            if let Some(choice) = choice {
                lists::choose(model, choice, out);
            }
        }
        Some(Layer::Sorts(menu)) => {
            let choice = menu.choice().copied();
            model.layers.pop();
            if let Some(sort) = choice {
                sorting::choose(model, sort, out);
            }
        }
        Some(Layer::Forget(menu)) => {
            let choice = menu.choice().cloned();
            model.layers.pop();
            if let Some(name) = choice {
                lists::forget(model, &name);
            }
        }
        Some(Layer::Decide { invoice, menu, .. }) => {
            let about = menu.choice().map(|d| About::Decide(*invoice, *d));
            model.layers.pop();
            if let Some(about) = about {
                orders::reason(model, about);
            }
        }
        Some(Layer::Reason { .. }) => reason_given(model, out),
        Some(Layer::Filter { .. } | Layer::Help(_)) => {
            model.layers.pop();
        }
        Some(Layer::Palette(_)) => palette_run(model, out),
        Some(Layer::Scan(_)) => scan::enter(model, out),
        Some(Layer::Load(_)) => load::enter(model, out),
        // Only where something was typed: otherwise Enter is pressed too easily.
        Some(Layer::Confirm(confirm)) if confirm.to_type().is_some() => yes(model, out),
        Some(Layer::Confirm(_)) => {
            model.notify(Level::Info, "press y for yes, Esc for no");
        }
        _ => {}
    }
}

fn reason_given(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(Layer::Reason { about, input }) = model.layers.last() else {
        return;
    };
    let reason = Clean::new(input.value());
    let needed = !matches!(about, About::Release(_));
    if reason.is_empty() && needed {
        let says = match about {
            About::SaveList => "a name is needed",
            _ => "a reason is needed; it is kept in the journal",
        };
        return model.notify(Level::Warn, says);
    }
    let about = about.clone();
    model.layers.pop();
    let many = match &about {
        About::Hold(list) | About::Release(list) => list.len() > 1,
        _ => false,
    };
    let title = about.title();
    let Some(command) = about.command(reason.clone()) else {
        return lists::save(model, &reason);
    };
    if many {
        let title = title.replace(": why?", "?");
        orders::ask_first(model, title, command, true, out);
    } else {
        orders::send(model, command, out);
    }
}

/// `y`, or the number and Enter.
pub fn yes(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(Layer::Confirm(confirm)) = model.layers.last() else {
        return;
    };
    if let Err(why) = allowed(model, confirm) {
        return model.notify(Level::Warn, why);
    }
    let Some(Layer::Confirm(confirm)) = model.layers.pop() else {
        return;
    };
    match confirm.what {
        Purpose::Send(command) => orders::send(model, command, out),
        Purpose::Leave => out.push(Effect::Quit),
    }
}

fn allowed(model: &Model, confirm: &Confirm) -> Result<(), String> {
    if (model.now - confirm.asked_at).num_milliseconds() < TYPED_AHEAD_MS {
        return Err("read the question first".to_owned());
    }
    if let (Purpose::Send(_), Some(gone)) = (&confirm.what, &model.gone) {
        return Err(format!("the engine does not answer: {}", gone.says));
    }
    confirm.ready()
}

/// Esc: what is filtered shows all first.
pub fn back(model: &mut Model, out: &mut Vec<Effect>) {
    if matches!(model.layers.last(), Some(Layer::Detail(_) | Layer::Load(_)))
        && find::drop_filter(model, out)
    {
        return;
    }
    match model.layers.pop() {
        Some(Layer::Filter { of, before }) => find::back_to(model, of, before, out),
        Some(Layer::Scan(scan)) => scan::left(model, &scan, out),
        Some(_) => {}
        None => back_on_the_panes(model, out),
    }
}

/// Without a layer: the zoom, then the filter, then the marks, then the list, one at a time.
fn back_on_the_panes(model: &mut Model, out: &mut Vec<Effect>) {
    if model.zoomed {
        model.zoomed = false;
        return;
    }
    if find::drop_filter(model, out) {
        return;
    }
    if !model.marks.is_empty() {
        let count = model.marks.len();
        super::undo::remember_marks(model);
        model.marks.clear();
        model.marking = None;
        model.notify(Level::Info, format!("{count} marks cleared"));
    } else if !sorting::drop(model, out) && !lists::back_to_list(model, out) {
        super::moves::focus(model, Pane::Orders);
    }
}

pub fn quit(model: &mut Model, out: &mut Vec<Effect>) {
    if !model.setup.owns_engine || model.gone.is_some() {
        return out.push(Effect::Quit);
    }
    let serial = model.next_serial();
    let title = "Leave? The engine lives in this console and stops with it.".to_owned();
    let confirm = Confirm::new(serial, title, Purpose::Leave, model.now);
    model.layers.push(Layer::Confirm(Box::new(confirm)));
}

/// Runs the command chosen in the palette where it was called from.
fn palette_run(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(Layer::Palette(search)) = model.layers.last() else {
        return;
    };
    let text = search.input.value();
    let found = palette::search(model, text);
    let Some(row) = found.get(search.selected).copied() else {
        let known = text.split_whitespace().next().and_then(Row::named);
        return model.notify(
            Level::Warn,
            known.map_or_else(
                || "no command has that name".to_owned(),
                |row| format!("{} does nothing from here", row.id),
            ),
        );
    };
    let words = palette::argument(text);
    if let Some(words) = &words
        && let Err(why) = fits(model, row, words)
    {
        return model.notify(Level::Warn, why);
    }
    model.layers.pop();
    // A palette reaches every pane's commands: the focus follows the command.
    if model.layers.is_empty()
        && let Some(pane) = Pane::ALL
            .into_iter()
            .find(|p| row.contexts.contains(&p.context()))
        && !row.contexts.contains(&model.focus.context())
        && !row.contexts.contains(&Context::Board)
    {
        super::moves::focus(model, pane);
    }
    match (row.takes, words) {
        (Takes::Order, Some(words)) => orders::look_up(model, &words, out),
        (Takes::Sku, Some(words)) => {
            if keys::may(model, row) {
                warehouse::push_named(model, &words, out);
            }
        }
        (_, words) => {
            keys::run(model, row.action, out);
            if let Some(words) = words {
                argument(model, &words, out);
            }
        }
    }
}

/// Whether a command can do something with these words.
fn fits(model: &Model, row: &Row, words: &str) -> Result<(), String> {
    match row.takes {
        // An order that is not parked is parked by hand, with these words for a reason.
        Takes::Reason if !choices(model, row.action).is_empty() => choice_fits(model, row, words),
        Takes::Nothing => Err(format!(
            "{} takes nothing behind its name; \"{words}\" was not done",
            row.id
        )),
        Takes::Choice => choice_fits(model, row, words),
        Takes::Sku => warehouse::known_sku(model, words).map(|_| ()),
        _ => Ok(()),
    }
}

/// Choices that are named where none of them was meant; of more there is a list to go through.
const NAMED_MAX: usize = 4;

/// Whether the menu that a command opens has a line with these words.
fn choice_fits(model: &Model, row: &Row, words: &str) -> Result<(), String> {
    let names = choices(model, row.action);
    let mut menu = Menu {
        items: names.iter().map(|name| (name.clone(), ())).collect(),
        selected: 0,
    };
    if menu.find(words) {
        return Ok(());
    }
    let there_is = if names.len() <= NAMED_MAX {
        format!("there are {}", names.join(", "))
    } else {
        "Tab behind the name goes through what there is".to_owned()
    };
    Err(format!("{}: there is no {words}; {there_is}", row.id))
}

/// What the lines of the menu are called that a command opens now.
pub fn choices(model: &Model, action: Action) -> Vec<String> {
    match action {
        Action::Lists => lists::lists_menu(model).names(),
        Action::ForgetList => lists::forget_menu(model).names(),
        Action::Sort => sorting::menu(model).names(),
        Action::Decide => orders::decisions(model).map_or_else(Vec::new, |menu| menu.names()),
        _ => Vec::new(),
    }
}

/// What stands behind the command's name goes into the field that the command opened; a filter and
/// a code are taken at once, a reason waits for Enter.
fn argument(model: &mut Model, words: &str, out: &mut Vec<Effect>) {
    let at_once = match model.layers.last() {
        Some(Layer::Filter { .. } | Layer::Scan(_) | Layer::Load(_)) => true,
        Some(Layer::Reason { .. } | Layer::Help(_)) => false,
        Some(Layer::Lists(_) | Layer::Sorts(_) | Layer::Forget(_) | Layer::Decide { .. }) => {
            if model.layers.last_mut().is_some_and(|menu| menu.find(words)) {
                accept(model, out);
            }
            return;
        }
        _ => return,
    };
    if let Some(field) = edit::field(model) {
        *field = Input::new(words.to_owned());
    }
    edit::after_typing(model, out);
    if at_once {
        accept(model, out);
    }
}

/// Tab in the palette: the suggestion, and pressed again the next one.
pub fn complete(model: &mut Model) {
    let Some(Layer::Palette(search)) = model.layers.last() else {
        return;
    };
    let text = search.input.value().to_owned();
    let (stem, place, all) = match &search.tab {
        Some((stem, place)) => {
            let all = palette::completions(model, stem);
            (stem.clone(), place + 1, all)
        }
        None => (text.clone(), search.selected, Vec::new()),
    };
    // With one suggestion taken, what follows it is completed.
    let (stem, place, all) = if all.len() > 1 {
        (stem, place % all.len(), all)
    } else {
        let all = palette::completions(model, &text);
        let place = search.selected.min(all.len().saturating_sub(1));
        (text, place, all)
    };
    let (Some(text), Some(Layer::Palette(search))) = (all.get(place), model.layers.last_mut())
    else {
        return;
    };
    search.input = text.as_str().into();
    search.selected = 0;
    search.tab = Some((stem, place));
}

/// Keys that move in a field with a list under it.
pub fn search_step(model: &mut Model, action: Action) {
    let by = super::moves::distance(action, PALETTE_PAGE);
    if let Some(Layer::Palette(search)) = model.layers.last() {
        let found = palette::search(model, search.input.value());
        let last = found.len().saturating_sub(1);
        let next = search.selected.saturating_add_signed(by).min(last);
        if let Some(Layer::Palette(search)) = model.layers.last_mut() {
            search.selected = next;
        }
    } else {
        super::moves::scroll(model, action);
    }
}

/// Commands by which a page key moves.
const PALETTE_PAGE: isize = 10;

/// The customer of the open order, shown or masked.
pub fn people(model: &mut Model, out: &mut Vec<Effect>) {
    if let Some(detail) = model.detail_mut() {
        detail.people = !detail.people;
        asks::detail(model, out);
    }
}
