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
        ListChoice::Index(index) => show_list(model, index, out),
        ListChoice::Saved(saved) => {
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

/// To the exceptions and back again.
pub fn exceptions(model: &mut Model, out: &mut Vec<Effect>) {
    super::moves::focus(model, Pane::Orders);
    let index = match (model.index, model.index_before.take()) {
        (OrderIndex::Attention { .. }, before) => before.unwrap_or(OrderIndex::Active),
        (now, _) => {
            model.index_before = Some(now);
            OrderIndex::Attention { kind: None }
        }
    };
    show_list(model, index, out);
}
