//! Which column rows are sorted by: orders and inventory alike.

use super::{Effect, asks, find};
use crate::{
    console::model::{Menu, Model, Pane, Part, listing::SortChoice},
    handle::{Sort, SortBy, StockBy},
};

/// The columns to sort by in the pane with focus; the one that rows are sorted by turns round.
pub fn menu(model: &Model) -> Menu<SortChoice> {
    if model.focus == Pane::Stock {
        let down = |by| by == StockBy::Difference;
        let choices = choices(&StockBy::ALL, model.stock_sort, down, stock_words);
        return of(choices, SortChoice::Stock);
    }
    let down = |by| matches!(by, SortBy::Age | SortBy::InStage | SortBy::Collect);
    of(
        choices(&SortBy::ALL, model.sort, down, sort_words),
        SortChoice::Orders,
    )
}

/// What stands in the menu, and the place of the column that is sorted by now.
type Choices<By> = (Vec<(String, Option<Sort<By>>)>, usize);

/// `down` says which columns begin with the greatest.
fn choices<By: Copy + PartialEq>(
    all: &[By],
    now: Option<Sort<By>>,
    down: fn(By) -> bool,
    words: fn(Sort<By>) -> (&'static str, &'static str),
) -> Choices<By> {
    let mut items = vec![("As the list is kept".to_owned(), None)];
    let mut selected = 0;
    for (place, by) in all.iter().enumerate() {
        let sorted = now.filter(|sort| sort.by == *by);
        if sorted.is_some() {
            selected = place + 1;
        }
        let sort = Sort {
            by: *by,
            descending: sorted.map_or(down(*by), |sort| !sort.descending),
        };
        let (name, direction) = words(sort);
        items.push((format!("{name}, {direction}"), Some(sort)));
    }
    (items, selected)
}

fn of<By>(
    (items, selected): Choices<By>,
    choice: fn(Option<Sort<By>>) -> SortChoice,
) -> Menu<SortChoice> {
    let items = items
        .into_iter()
        .map(|(title, sort)| (title, choice(sort)))
        .collect();
    Menu { items, selected }
}

/// Sorts what was chosen.
pub fn choose(model: &mut Model, choice: SortChoice, out: &mut Vec<Effect>) {
    match choice {
        SortChoice::Orders(sort) => {
            model.sort = sort;
            find::list_again(model, out);
        }
        SortChoice::Stock(sort) => {
            model.stock_sort = sort;
            model.stock.restart();
            asks::stock(model, Part::Start, out);
        }
    }
}

/// Drops the order of the pane with focus, if it has one of its own.
pub fn drop(model: &mut Model, out: &mut Vec<Effect>) -> bool {
    let choice = match model.focus {
        Pane::Orders if model.sort.is_some() => SortChoice::Orders(None),
        Pane::Stock if model.stock_sort.is_some() => SortChoice::Stock(None),
        _ => return false,
    };
    choose(model, choice, out);
    true
}

/// A column of the orders and a direction in words.
pub fn sort_words(sort: Sort) -> (&'static str, &'static str) {
    let name = match sort.by {
        SortBy::Invoice => "Invoice",
        SortBy::Reference => "Reference",
        SortBy::Stage => "Stage",
        SortBy::Due => "Due",
        SortBy::Age => "Age",
        SortBy::InStage => "Time in stage",
        SortBy::City => "City",
        SortBy::Awb => "AWB",
        SortBy::Collect => "To collect",
        SortBy::Marketplace => "Marketplace",
    };
    let (up, down) = match sort.by {
        SortBy::Due => ("soonest first", "latest first"),
        SortBy::Age => ("youngest first", "oldest first"),
        SortBy::InStage => ("shortest first", "longest first"),
        SortBy::Stage => ("earliest step first", "furthest first"),
        SortBy::Invoice | SortBy::Collect => ("smallest first", "largest first"),
        _ => ("A to Z", "Z to A"),
    };
    (name, if sort.descending { down } else { up })
}

/// A column of the inventory and a direction in words.
pub fn stock_words(sort: Sort<StockBy>) -> (&'static str, &'static str) {
    let (name, up, down) = match sort.by {
        StockBy::Sku => ("SKU", "A to Z", "Z to A"),
        StockBy::Ours => ("Ours", "smallest first", "largest first"),
        StockBy::Theirs => ("Theirs", "smallest first", "largest first"),
        StockBy::Difference => ("Difference", "smallest first", "largest first"),
        StockBy::Counted => ("Counted", "longest ago first", "newest first"),
        StockBy::Acknowledged => ("Acknowledged", "longest ago first", "newest first"),
    };
    (name, if sort.descending { down } else { up })
}
