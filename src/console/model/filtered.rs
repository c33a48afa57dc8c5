//! Which list a filter is for, and its field.

use tui_input::Input;

use super::{Detail, Layer, Load, Model, Pane};

/// A list with a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filtered {
    Orders,
    Stock,
    Feed,
    /// Scans and history of the open order.
    Order,
    /// Parcels at the dock.
    Dock,
}

impl Model {
    /// The list that is looked at: what is open, or the pane with focus. The steps belong to the orders.
    pub fn filtered(&self) -> Filtered {
        let mut layers = self.layers.iter().rev();
        let below = layers.find(|l| !matches!(l, Layer::Palette(_) | Layer::Filter { .. }));
        match (below, self.focus) {
            (Some(Layer::Detail(_)), _) => Filtered::Order,
            (Some(Layer::Load(_)), _) => Filtered::Dock,
            (_, Pane::Stock) => Filtered::Stock,
            (_, Pane::Feed) => Filtered::Feed,
            (_, Pane::Orders | Pane::Steps) => Filtered::Orders,
        }
    }

    /// The field of its filter; none where what it belongs to is closed.
    pub fn filter_field(&self, of: Filtered) -> Option<&Input> {
        match of {
            Filtered::Orders => Some(&self.orders_filter),
            Filtered::Stock => Some(&self.stock_filter),
            Filtered::Feed => Some(&self.feed_filter),
            Filtered::Order => self.detail().map(|open| &open.filter),
            Filtered::Dock => self.dock().map(|load| &load.filter),
        }
    }

    /// The same, to type in.
    pub fn filter_field_mut(&mut self, of: Filtered) -> Option<&mut Input> {
        match of {
            Filtered::Orders => Some(&mut self.orders_filter),
            Filtered::Stock => Some(&mut self.stock_filter),
            Filtered::Feed => Some(&mut self.feed_filter),
            Filtered::Order => self.detail_mut().map(|open| &mut open.filter),
            Filtered::Dock => self.dock_mut().map(|load| &mut load.filter),
        }
    }

    /// The open order, if one is on top of the panes.
    pub fn detail(&self) -> Option<&Detail> {
        self.layers.iter().rev().find_map(|layer| match layer {
            Layer::Detail(detail) => Some(&**detail),
            _ => None,
        })
    }

    /// The same, to change it.
    pub fn detail_mut(&mut self) -> Option<&mut Detail> {
        self.layers.iter_mut().rev().find_map(|layer| match layer {
            Layer::Detail(detail) => Some(&mut **detail),
            _ => None,
        })
    }

    /// The dock, wherever it lies.
    pub fn dock(&self) -> Option<&Load> {
        self.layers.iter().find_map(|layer| match layer {
            Layer::Load(load) => Some(&**load),
            _ => None,
        })
    }

    /// The same, to change it.
    pub fn dock_mut(&mut self) -> Option<&mut Load> {
        self.layers.iter_mut().find_map(|layer| match layer {
            Layer::Load(load) => Some(&mut **load),
            _ => None,
        })
    }
}
