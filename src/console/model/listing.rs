//! What the orders pane lists.

use serde::{Deserialize, Serialize};

use crate::handle::{OrderIndex, Sort, StockBy};

/// Lists that can be saved: what fits a menu.
pub const LISTS_MAX: usize = 20;

/// What the filter asks of the engine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The list that the filter chose.
    pub index: Option<OrderIndex>,
    /// The rest of it.
    pub text: String,
}

/// A list, a filter and an order under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedList {
    pub name: String,
    pub index: OrderIndex,
    #[serde(default)]
    pub filter: String,
    #[serde(default)]
    pub sort: Option<Sort>,
}

impl SavedList {
    /// How it stands in a menu.
    pub fn title(&self) -> String {
        if self.filter.is_empty() {
            format!("Saved: {}", self.name)
        } else {
            format!("Saved: {}  ({})", self.name, self.filter)
        }
    }
}

/// A choice of the column to sort by; `None`: as the list is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortChoice {
    /// Of the orders.
    Orders(Option<Sort>),
    /// Of the inventory.
    Stock(Option<Sort<StockBy>>),
}

/// A choice of list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListChoice {
    /// One that the store keeps.
    Index(OrderIndex),
    /// One of the operator's own.
    Saved(SavedList),
}
