//! The filter of a pane.

use tui_input::Input;

use super::{Effect, asks};
use crate::{
    console::model::{Layer, Model, Pane, Part, listing::Wanted},
    domain::{
        Clean,
        filter::{Filter, StockFilter, Test},
    },
    handle::OrderIndex,
};

/// Reads the filter of the orders as it stands in its field: a stage or a reason that rows have to have
/// chooses the list, the rest looks for rows in it. A filter that says nothing leaves the last one that
/// did.
pub fn read_filter(model: &mut Model) -> bool {
    let filter: Filter = match model.orders_filter.value().parse() {
        Ok(filter) => filter,
        Err(error) => {
            model.filter_wrong = Some(Clean::new(&format!("{error}")));
            return false;
        }
    };
    model.filter_wrong = None;
    let mut filter = filter;
    let chosen = filter.terms.iter().enumerate().find_map(|(n, term)| {
        let index = match term.test {
            Test::Stage(stage) => OrderIndex::Stage { stage },
            Test::Is(kind) => OrderIndex::Attention { kind },
            _ => return None,
        };
        (!term.not).then_some((n, index))
    });
    if let Some((n, _)) = chosen {
        filter.terms.remove(n);
    }
    let now = Wanted {
        index: chosen.map(|(_, index)| index),
        text: filter.to_string(),
    };
    let changed = now != model.wanted;
    model.wanted = now;
    changed
}

/// Reads the filter of the inventory. One that says nothing leaves the last one that did.
pub fn read_stock_filter(model: &mut Model) -> bool {
    let text = model.stock_filter.value().trim().to_owned();
    match text.parse::<StockFilter>() {
        Ok(_) => {
            model.filter_wrong = None;
            let changed = text != model.stock_wanted;
            model.stock_wanted = text;
            changed
        }
        Err(error) => {
            model.filter_wrong = Some(Clean::new(&error.to_string()));
            false
        }
    }
}

/// The list and the text that are asked for.
pub fn list_and_text(model: &Model) -> (OrderIndex, String) {
    let wanted = &model.wanted;
    (wanted.index.unwrap_or(model.index), wanted.text.clone())
}

/// The field of the filter that is typed.
pub fn filter_input(model: &mut Model) -> &mut Input {
    match model.layers.last() {
        Some(Layer::Filter { pane, .. }) => {
            let pane = *pane;
            input_of(model, pane)
        }
        _ => &mut model.orders_filter,
    }
}

/// The filter of a pane; the steps belong to the orders.
pub fn input_of(model: &mut Model, pane: Pane) -> &mut Input {
    match pane {
        Pane::Stock => &mut model.stock_filter,
        Pane::Feed => &mut model.feed_filter,
        Pane::Orders | Pane::Steps => &mut model.orders_filter,
    }
}

pub fn start_filter(model: &mut Model) {
    let pane = match model.focus {
        Pane::Steps => Pane::Orders,
        pane => pane,
    };
    let before = input_of(model, pane).value().to_owned();
    model.layers.push(Layer::Filter { pane, before });
}

pub fn filter_changed(model: &mut Model, pane: Pane, out: &mut Vec<Effect>) {
    model.marking = None;
    if pane == Pane::Feed {
        model.filter_wrong = None;
        model.feed.restart(model.feed.kind);
        asks::feed(model, false, out);
    } else if pane == Pane::Stock {
        if read_stock_filter(model) {
            model.stock.restart();
            asks::stock(model, Part::Start, out);
        }
    } else if read_filter(model) {
        list_again(model, out);
    }
}

/// From the first row: another list, filter or order is wanted.
pub fn list_again(model: &mut Model, out: &mut Vec<Effect>) {
    model.marking = None;
    model.orders.restart();
    asks::orders(model, Part::Start, out);
}

/// Leaves the field and goes back to the filter before.
pub fn drop_filter(model: &mut Model, pane: Pane, before: String, out: &mut Vec<Effect>) {
    let input = input_of(model, pane);
    if input.value() != before {
        *input = Input::new(before);
        filter_changed(model, pane, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        console::{fixture::now, model::Setup},
        domain::{Stage, record::Attention},
    };

    #[test]
    fn a_filter_chooses_lists_and_keeps_the_rest() {
        let stage = |stage| Some(OrderIndex::Stage { stage });
        let is = |kind| Some(OrderIndex::Attention { kind });
        for (text, index, rest) in [
            ("pune", None, "pune"),
            ("  pune  cod ", None, "pune cod"),
            ("stage:ready pune", stage(Stage::Ready), "pune"),
            ("stage:conf", stage(Stage::Confirming), ""),
            ("stage:confirmed", stage(Stage::Confirmed), ""),
            (
                "is:parked -city:pune",
                is(Some(Attention::Parked)),
                "-city:pune",
            ),
            ("is:orphan", is(Some(Attention::OrphanAwb)), ""),
            ("is:attention x", is(None), "x"),
            ("-is:held", None, "-is:held"),
        ] {
            let mut model = Model::new(Setup::default(), (80, 24), now());
            model.orders_filter = text.into();
            read_filter(&mut model);
            assert_eq!(model.wanted.index, index, "{text:?}");
            assert_eq!(model.wanted.text, rest, "{text:?}");
        }
    }

    #[test]
    fn a_filter_that_says_nothing_leaves_the_list_and_says_why() {
        let mut model = Model::new(Setup::default(), (80, 24), now());
        model.orders_filter = "pune".into();
        assert!(read_filter(&mut model));
        model.orders_filter = "colour:red".into();
        assert!(!read_filter(&mut model));
        assert_eq!(model.wanted.text, "pune");
        let says = model.filter_wrong.expect("said").to_string();
        assert!(
            says.contains("no field colour") && says.contains("city"),
            "{says}"
        );
    }
}
