//! Which SKU a key is about.

use super::{Layer, Model, Pane, SkuDetail};
use crate::{
    domain::{Sku, inventory::DiffState},
    handle::TroubleAbout,
};

impl Model {
    /// The SKU whose screen is open.
    pub fn open_sku(&self) -> Option<&SkuDetail> {
        self.layers.iter().find_map(|layer| match layer {
            Layer::Sku(open) => Some(&**open),
            _ => None,
        })
    }

    /// The open SKU, or the one under the cursor.
    pub fn sku_meant(&self) -> Option<Sku> {
        if let Some(open) = self.open_sku() {
            return Some(open.sku.clone());
        }
        if self.focus == Pane::Stock {
            return self.stock.selected.clone();
        }
        match self.trouble().map(|row| &row.about) {
            Some(TroubleAbout::Sku { sku }) => Some(sku.clone()),
            _ => None,
        }
    }

    /// Whether it is known to be left out of the push.
    pub fn is_left_out(&self, sku: &Sku) -> bool {
        let open = self.open_sku().and_then(|open| open.view.as_ref());
        let rows = self.stock.rows.iter();
        open.map(|view| &view.row)
            .into_iter()
            .chain(rows)
            .find(|row| row.sku == *sku)
            .is_some_and(|row| row.state == DiffState::LeftOut)
    }
}
