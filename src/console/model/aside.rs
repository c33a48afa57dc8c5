//! Above the exceptions: what needs a person and is about no order.

use super::Model;
use crate::{
    console::{layout::share, update::list_and_text},
    handle::{OrderIndex, Trouble, TroubleAbout},
};

/// The rows and the cursor among them.
#[derive(Clone, Debug, Default)]
pub struct Aside {
    pub rows: Vec<Trouble>,
    /// The one under the cursor; `None`: the cursor is among the orders.
    selected: Option<TroubleAbout>,
}

impl Aside {
    /// Takes an answer. A row that is gone hands the cursor to its neighbour; the last one, to the
    /// orders.
    pub fn take(&mut self, rows: Vec<Trouble>) {
        let place = self.index();
        self.rows = rows;
        if self.index().is_none() {
            let last = self.rows.len().checked_sub(1);
            let next = place.zip(last).map(|(place, last)| place.min(last));
            self.selected = next.map(|next| self.rows[next].about.clone());
        }
    }

    fn index(&self) -> Option<usize> {
        let selected = self.selected.as_ref()?;
        self.rows.iter().position(|row| row.about == *selected)
    }

    fn select(&mut self, place: usize) {
        self.selected = self.rows.get(place).map(|row| row.about.clone());
    }
}

impl Model {
    /// Whether the list is the one of what needs a person, all of it.
    pub fn lists_exceptions(&self) -> bool {
        let (index, text) = list_and_text(self);
        index == OrderIndex::Attention { kind: None } && text.is_empty()
    }

    /// How many lines of `height` they take: the orders keep what they need, or most of it.
    pub fn aside_lines(&self, height: usize) -> usize {
        if !self.lists_exceptions() {
            return 0;
        }
        // Without orders two lines say so.
        let orders = self.orders.rows.len().max(2);
        share(height, self.aside.rows.len(), orders)
    }

    /// Place of the row under the cursor. Without orders the cursor has nowhere else to be.
    pub fn aside_index(&self) -> Option<usize> {
        if !self.lists_exceptions() || self.aside.rows.is_empty() {
            return None;
        }
        let alone = self.orders.rows.is_empty() && self.orders.read_at.is_some();
        self.aside.index().or(alone.then_some(0))
    }

    /// The row under the cursor.
    pub fn trouble(&self) -> Option<&Trouble> {
        self.aside.rows.get(self.aside_index()?)
    }

    /// Moves the cursor by `by` rows; says whether it stayed among these rows or came to them.
    pub fn step_aside(&mut self, by: isize) -> bool {
        if !self.lists_exceptions() || self.aside.rows.is_empty() {
            return false;
        }
        let last = self.aside.rows.len() - 1;
        match self.aside_index() {
            Some(place) => {
                let next = place.saturating_add_signed(by);
                if next > last && !self.orders.rows.is_empty() {
                    self.aside.selected = None;
                } else {
                    self.aside.select(next.min(last));
                }
                true
            }
            None if by < 0 && self.orders.index() == Some(0) && !self.orders.more_before => {
                let beyond = by.unsigned_abs() - 1;
                self.aside.select(last.saturating_sub(beyond));
                true
            }
            None => false,
        }
    }

    /// To the first of them, if there are any; or away from them.
    pub fn jump_aside(&mut self, first: bool) -> bool {
        self.aside.selected = None;
        if first && self.lists_exceptions() && !self.aside.rows.is_empty() {
            self.aside.select(0);
        }
        self.aside.selected.is_some()
    }
}
