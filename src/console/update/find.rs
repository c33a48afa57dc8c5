//! The filter of a list.

use std::str::FromStr;

use tui_input::Input;

use super::{Effect, asks};
use crate::{
    console::model::{Filtered, Layer, Model, Part, listing::Wanted},
    domain::{
        Clean,
        filter::{FeedFilter, Filter, FilterError, ParcelFilter, StockFilter, Test},
    },
    handle::OrderIndex,
};

/// What stands in the field of a list, if it is a filter. One that is none is said to be wrong, and
/// whatever was understood last goes on.
fn understood<F: FromStr<Err = FilterError>>(model: &mut Model, of: Filtered) -> Option<F> {
    let text = model.filter_field(of)?.value();
    match text.parse() {
        Ok(filter) => {
            model.filter_wrong = None;
            Some(filter)
        }
        Err(wrong) => {
            model.filter_wrong = Some(Clean::new(&wrong.to_string()));
            None
        }
    }
}

/// Reads the filters of the panes, before anything is asked for.
pub fn read_filters(model: &mut Model) {
    read_filter(model);
    read_stock_filter(model);
    read_feed_filter(model);
}

/// Reads the filter of the orders as it stands in its field: a stage or a reason that rows have to have
/// chooses the list, the rest looks for rows in it. Says whether others are wanted.
pub fn read_filter(model: &mut Model) -> bool {
    let Some(mut filter) = understood::<Filter>(model, Filtered::Orders) else {
        return false;
    };
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

/// Reads the filter of the inventory. Says whether other rows are wanted.
fn read_stock_filter(model: &mut Model) -> bool {
    if understood::<StockFilter>(model, Filtered::Stock).is_none() {
        return false;
    }
    let text = model.stock_filter.value().trim().to_owned();
    let changed = text != model.stock_wanted;
    model.stock_wanted = text;
    changed
}

/// Reads the filter of the feed. Says whether other lines are wanted.
fn read_feed_filter(model: &mut Model) -> bool {
    let Some(filter) = understood::<FeedFilter>(model, Filtered::Feed) else {
        return false;
    };
    let changed = filter != model.feed_wanted;
    model.feed_wanted = filter;
    changed
}

/// The list and the text that are asked for.
pub fn list_and_text(model: &Model) -> (OrderIndex, String) {
    let wanted = &model.wanted;
    (wanted.index.unwrap_or(model.index), wanted.text.clone())
}

/// Opens the field of the list that is looked at, and says at once if what stands there is no filter.
pub fn start_filter(model: &mut Model, out: &mut Vec<Effect>) {
    let of = model.filtered();
    if let Some(field) = model.filter_field(of) {
        let before = field.value().to_owned();
        model.layers.push(Layer::Filter { of, before });
        filter_changed(model, of, out);
    }
}

pub fn filter_changed(model: &mut Model, of: Filtered, out: &mut Vec<Effect>) {
    match of {
        Filtered::Orders => {
            if read_filter(model) {
                list_again(model, out);
            }
        }
        Filtered::Stock => {
            if read_stock_filter(model) {
                model.stock.restart();
                asks::stock(model, Part::Start, out);
            }
        }
        Filtered::Feed => {
            if read_feed_filter(model) {
                model.feed.restart(model.feed.kind);
                asks::feed(model, out);
            }
        }
        Filtered::Order => {
            if let Some(filter) = understood::<FeedFilter>(model, of)
                && let Some(open) = model.detail_mut()
                && open.wanted != filter
            {
                (open.wanted, open.scroll) = (filter, 0);
            }
        }
        Filtered::Dock => {
            if let Some(filter) = understood::<ParcelFilter>(model, of)
                && let Some(load) = model.dock_mut()
            {
                load.wanted = filter;
            }
        }
    }
}

/// From the first row: another list, filter or order is wanted.
pub fn list_again(model: &mut Model, out: &mut Vec<Effect>) {
    model.marking = None;
    model.orders.restart();
    asks::orders(model, Part::Start, out);
}

/// Leaves the field and goes back to the filter before.
pub fn back_to(model: &mut Model, of: Filtered, before: String, out: &mut Vec<Effect>) {
    if let Some(field) = model.filter_field_mut(of)
        && field.value() != before
    {
        *field = Input::new(before);
        filter_changed(model, of, out);
    }
}

/// Takes the filter of what is looked at away. Says whether there was one.
pub fn drop_filter(model: &mut Model, out: &mut Vec<Effect>) -> bool {
    let of = model.filtered();
    let stands = model
        .filter_field(of)
        .is_some_and(|field| !field.value().is_empty());
    if stands {
        back_to(model, of, String::new(), out);
    }
    stands
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
