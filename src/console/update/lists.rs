//! Which list; lists that were saved under a name.

use tui_input::Input;

use super::{Effect, find};
use crate::{
    console::model::{
        About, Layer, Menu, Model, Pane,
        listing::{LISTS_MAX, ListChoice, SavedList},
    },
    domain::{Clean, Stage, record::Attention},
    handle::{Level, OrderIndex},
};

/// The lists to choose from: saved ones first.
pub fn lists_menu(model: &Model) -> Menu<ListChoice> {
    let count = |n: Option<u64>| n.map_or(String::new(), |n| format!("  {n}"));
    let overview = model.overview.as_ref();
    let mut items: Vec<(String, ListChoice)> = model
        .saved
        .iter()
        .map(|saved| (saved.title(), ListChoice::Saved(saved.clone())))
        .collect();
    let mut offer = |title: String, index| items.push((title, ListChoice::Index(index)));
    offer("Active, most urgent first".to_owned(), OrderIndex::Active);
    offer("All, newest first".to_owned(), OrderIndex::Newest);
    offer(
        "Needs a person, oldest first".to_owned(),
        OrderIndex::Attention { kind: None },
    );
    for kind in Attention::ALL {
        let n = overview.map(|o| o.attention.get(&kind).copied().unwrap_or(0));
        offer(
            format!("Needs a person: {}{}", kind.title(), count(n)),
            OrderIndex::Attention { kind: Some(kind) },
        );
    }
    for stage in Stage::ALL {
        let n = overview.map(|o| o.stages.get(&stage).copied().unwrap_or(0));
        offer(
            format!("Stage: {}{}", stage.title(), count(n)),
            OrderIndex::Stage { stage },
        );
    }
    let selected = items
        .iter()
        .position(|(_, choice)| *choice == ListChoice::Index(model.index))
        .unwrap_or(0);
    Menu { items, selected }
}

pub fn show_list(model: &mut Model, index: OrderIndex, out: &mut Vec<Effect>) {
    model.index = index;
    find::list_again(model, out);
}

/// Takes a choice of the lists.
pub fn choose(model: &mut Model, choice: ListChoice, out: &mut Vec<Effect>) {
    match choice {
        ListChoice::Index(index) => {
            // Another list keeps the filter, also one that the exceptions had set aside.
            let exceptions = matches!(index, OrderIndex::Attention { .. });
            if !exceptions
                && let Some((_, filter)) = model.list_before.take()
                && model.orders_filter.value().is_empty()
            {
                model.orders_filter = filter;
                find::read_filter(model);
            }
            show_list(model, index, out);
        }
        ListChoice::Saved(saved) => {
            model.list_before = None;
            model.index = saved.index;
            model.sort = saved.sort;
            model.orders_filter = Input::new(saved.filter);
            find::read_filter(model);
            find::list_again(model, out);
        }
    }
}

/// Asks for a name for what is listed now.
pub fn start_saving(model: &mut Model) {
    model.layers.push(Layer::Reason {
        about: About::SaveList,
        input: Input::default(),
    });
}

/// Keeps list, filter and order under a name; a name that is taken gets the new one.
pub fn save(model: &mut Model, name: &Clean) {
    let saved = SavedList {
        name: name.as_str().to_owned(),
        index: model.index,
        filter: model.orders_filter.value().to_owned(),
        sort: model.sort,
    };
    let known = model.saved.iter().position(|s| s.name == saved.name);
    let lists = model
        .setup
        .keymap
        .hint(crate::console::commands::Action::Lists);
    match known {
        Some(place) => model.saved[place] = saved,
        None if model.saved.len() >= LISTS_MAX => {
            let says = format!("{LISTS_MAX} lists are saved; forget one first");
            return model.notify(Level::Warn, says);
        }
        None => model.saved.push(saved),
    }
    model.notify(
        Level::Good,
        format!("saved as \"{name}\"; {lists} shows it"),
    );
}

/// The saved lists, to forget one.
pub fn forget_menu(model: &Model) -> Menu<String> {
    let items = model
        .saved
        .iter()
        .map(|saved| (saved.title(), saved.name.clone()))
        .collect();
    Menu { items, selected: 0 }
}

pub fn forget(model: &mut Model, name: &str) {
    model.saved.retain(|saved| saved.name != name);
    model.notify(Level::Info, format!("\"{name}\" is forgotten"));
}

/// To the exceptions and back again. The exceptions are all of them: a filter is set aside meanwhile.
pub fn exceptions(model: &mut Model, out: &mut Vec<Effect>) {
    super::moves::focus(model, Pane::Orders);
    if back_to_list(model, out) {
        return;
    }
    let all = model.wanted.index.is_none();
    if all && matches!(model.index, OrderIndex::Attention { .. }) {
        return show_list(model, OrderIndex::Active, out);
    }
    let filter = std::mem::take(&mut model.orders_filter);
    if !filter.value().is_empty() {
        let back = model
            .setup
            .keymap
            .hint(crate::console::commands::Action::Exceptions);
        let text = Clean::new(filter.value());
        let says = format!("without the filter {text}; {back} goes back to it");
        model.notify(Level::Info, says);
    }
    model.list_before = Some((model.index, filter));
    find::read_filter(model);
    show_list(model, OrderIndex::Attention { kind: None }, out);
}

/// Back to the list before the exceptions, with its filter. Says whether there was one.
pub fn back_to_list(model: &mut Model, out: &mut Vec<Effect>) -> bool {
    let Some((index, filter)) = model.list_before.take() else {
        return false;
    };
    model.orders_filter = filter;
    find::read_filter(model);
    show_list(model, index, out);
    true
}
