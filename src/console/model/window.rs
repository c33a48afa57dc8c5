//! A window on a list that the store keeps: a few pages of rows, a selection by identity, and the
//! screen line on which the selection stands. Rows that come and go never move the cursor.

use crate::{
    domain::{InvoiceId, Sku, Stamp},
    handle::{Anchor, OrderRow, Page, StockRow},
};

/// Rows asked for at a time: more than the tallest screen shows.
pub const PAGE_ROWS: usize = 120;

/// Rows kept at most; the far end is let go.
pub const WINDOW_ROWS_MAX: usize = 360;

/// Rows from the edge at which the next page is asked for.
const EDGE_ROWS: usize = 30;

/// A row of a list.
pub trait Row: Clone {
    /// What the row is about.
    type Id: Clone + PartialEq + std::fmt::Debug;
    /// Its place in the list.
    fn key(&self) -> &str;
    /// What it is about.
    fn id(&self) -> Self::Id;
}

impl Row for OrderRow {
    type Id = InvoiceId;
    fn key(&self) -> &str {
        &self.key
    }
    fn id(&self) -> InvoiceId {
        self.invoice
    }
}

impl Row for StockRow {
    type Id = Sku;
    fn key(&self) -> &str {
        &self.key
    }
    fn id(&self) -> Sku {
        self.sku.clone()
    }
}

/// Which part of the list a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Its beginning, the cursor on the first row.
    Start,
    /// Its end, the cursor on the last row.
    End,
    /// What is held, again.
    Same,
    /// Rows behind what is held.
    After,
    /// Rows before what is held.
    Before,
}

/// Place in [`Window::resume`] of where looking goes on behind the rows.
const BEHIND: usize = 0;

/// The same before them.
const AHEAD: usize = 1;

/// Where a cursor stands in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place<Id> {
    /// The row.
    pub id: Id,
    /// Its place in the list; empty where that is not known.
    pub key: String,
    /// The line of the screen.
    pub line: usize,
}

/// The window.
#[derive(Clone, Debug)]
pub struct Window<R: Row> {
    pub rows: Vec<R>,
    pub more_before: bool,
    pub more_after: bool,
    pub total: Option<u64>,
    /// The list is sorted, and has more rows than are sorted.
    pub cut_short: bool,
    /// Where looking goes on behind the rows, and before them: the filter gave up there for a while.
    pub resume: [Option<String>; 2],
    pub selected: Option<R::Id>,
    /// Where the cursor stood when the console was left, until the rows around it have come.
    pub wanted: Option<Place<R::Id>>,
    /// The line of the screen on which the selection stands, as far as there are rows above it.
    pub line: usize,
    /// When the rows were true.
    pub read_at: Option<Stamp>,
    /// They are known not to be true any more; cleared by the next answer.
    pub behind: bool,
    /// Rises with every change of list or filter: answers to older questions are dropped.
    pub generation: u64,
    /// The cursor was put on the first row of all. Rows that came since stand above it.
    pub at_top: bool,
    /// When a row that was selected left the list, or the cursor left the row by itself, and what it was.
    pub lost: Option<(Stamp, R::Id)>,
}

impl<R: Row> Default for Window<R> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            more_before: false,
            more_after: false,
            total: None,
            cut_short: false,
            resume: [None, None],
            selected: None,
            wanted: None,
            line: 0,
            at_top: true,
            read_at: None,
            behind: false,
            generation: 0,
            lost: None,
        }
    }
}

impl<R: Row> Window<R> {
    /// Where the selection stands among the rows.
    pub fn index(&self) -> Option<usize> {
        let selected = self.selected.as_ref()?;
        self.rows.iter().position(|row| row.id() == *selected)
    }

    /// The selected row.
    pub fn row(&self) -> Option<&R> {
        self.rows.get(self.index()?)
    }

    /// The first row on a screen of `height` lines.
    pub fn top(&self, height: usize) -> usize {
        let Some(index) = self.index() else { return 0 };
        let line = self.line.min(height.saturating_sub(1));
        let top = index.saturating_sub(line);
        // No empty lines at the bottom while rows are hidden above.
        top.min(self.rows.len().saturating_sub(height))
            .max((index + 1).saturating_sub(height))
    }

    /// Rows on a screen of `height` lines.
    pub fn on_screen(&self, height: usize) -> &[R] {
        let top = self.top(height);
        let end = (top + height).min(self.rows.len());
        self.rows.get(top..end).unwrap_or_default()
    }

    /// Where the cursor stands, for the next time.
    pub fn place(&self) -> Option<Place<R::Id>> {
        let here = self.row().map(|row| Place {
            id: row.id(),
            key: row.key().to_owned(),
            line: self.line,
        });
        here.or_else(|| self.wanted.clone())
    }

    /// Moves the cursor by `by` rows and says whether more rows are wanted on that side.
    pub fn step(&mut self, by: isize, height: usize) -> Option<Part> {
        let index = self.index()?;
        self.wanted = None;
        let top = self.top(height);
        let last = self.rows.len().saturating_sub(1);
        let next = index.saturating_add_signed(by).min(last);
        self.selected = self.rows.get(next).map(Row::id);
        self.at_top = next == 0 && !self.more_before;
        self.lost = None;
        let line = (index - top).saturating_add_signed(next as isize - index as isize);
        self.line = line.min(height.saturating_sub(1));
        if by > 0 && self.more_after && next + EDGE_ROWS > last {
            Some(Part::After)
        } else if by < 0 && self.more_before && next < EDGE_ROWS {
            Some(Part::Before)
        } else {
            None
        }
    }

    /// Goes to the first or last row; asks for the list's end where it is not held.
    pub fn jump(&mut self, part: Part, height: usize) -> Option<Part> {
        (self.lost, self.wanted) = (None, None);
        let (more, row) = match part {
            Part::End => (self.more_after, self.rows.last()),
            _ => (self.more_before, self.rows.first()),
        };
        if more {
            return Some(part);
        }
        self.selected = row.map(Row::id);
        self.at_top = part != Part::End;
        self.line = if part == Part::End { height } else { 0 };
        None
    }

    /// Whether rows came above the first one, on which the cursor was put.
    pub fn left_top(&self) -> bool {
        self.at_top && (self.more_before || self.index().is_some_and(|at| at > 0))
    }

    /// Selects a row if it is held.
    pub fn select(&mut self, id: &R::Id) -> bool {
        let found = self.rows.iter().any(|row| row.id() == *id);
        if found {
            self.selected = Some(id.clone());
            self.at_top = false;
            self.wanted = None;
        }
        found
    }

    /// Where to begin reading for `part`, and how many rows.
    pub fn question(&self, part: Part) -> (Anchor, usize) {
        let first = self.rows.first().map(|r| r.key().to_owned());
        let last = self.rows.last().map(|r| r.key().to_owned());
        match (part, first, last) {
            (Part::End, ..) => (Anchor::Last, PAGE_ROWS),
            (Part::Same, Some(key), _) if self.more_before => {
                (Anchor::From { key }, self.rows.len().max(PAGE_ROWS))
            }
            (Part::Same, None, _) => (self.first_anchor(), PAGE_ROWS),
            (Part::Same, ..) => (Anchor::First, self.rows.len().max(PAGE_ROWS)),
            (Part::After, _, last) => match self.resume[BEHIND].clone().or(last) {
                Some(key) => (Anchor::After { key }, PAGE_ROWS),
                None => (Anchor::First, PAGE_ROWS),
            },
            (Part::Before, first, _) => match self.resume[AHEAD].clone().or(first) {
                Some(key) => (Anchor::Before { key }, PAGE_ROWS),
                None => (Anchor::First, PAGE_ROWS),
            },
            _ => (Anchor::First, PAGE_ROWS),
        }
    }

    /// Where a list of which nothing is held is read first.
    fn first_anchor(&self) -> Anchor {
        match &self.wanted {
            Some(place) if !place.key.is_empty() => Anchor::From {
                key: place.key.clone(),
            },
            _ => Anchor::First,
        }
    }

    /// Takes an answer. Says whether another part has to be asked for.
    pub fn take(
        &mut self,
        part: Part,
        mut page: Page<R>,
        now: Stamp,
        height: usize,
    ) -> Option<Part> {
        self.behind &= matches!(part, Part::After | Part::Before);
        match part {
            Part::After => self.resume[BEHIND] = page.resume.take(),
            Part::Before => self.resume[AHEAD] = page.resume.take(),
            Part::Same if self.read_at.is_some() => self.keep_found_further(&mut page),
            Part::Start | Part::Same => self.resume = [page.resume.take(), None],
            Part::End => self.resume = [None, page.resume.take()],
        }
        match part {
            Part::After => self.append(page),
            Part::Before => self.prepend(page),
            Part::Same => {
                let looks_on = self.resume[BEHIND].is_some();
                if page.rows.is_empty() && page.more_before && !looks_on {
                    return Some(Part::End);
                }
                self.replace(page, now, height);
            }
            Part::Start | Part::End => {
                // What was selected in another list is not lost in this one.
                let lost = self.lost.take();
                self.replace(page, now, height);
                self.jump_here(part, height);
                self.lost = lost;
            }
        }
        if !self.behind {
            self.read_at = Some(now);
        }
        self.stand_where_wanted();
        self.search_on().or_else(|| self.look_before_wanted(part))
    }

    /// Puts the cursor where it stood the last time; where that row is gone, the nearest one behind it
    /// has it already.
    fn stand_where_wanted(&mut self) {
        let Some(place) = &self.wanted else {
            return;
        };
        self.line = place.line;
        let id = place.id.clone();
        if self.rows.iter().any(|row| row.id() == id) {
            self.selected = Some(id);
            self.at_top = !self.more_before && self.index() == Some(0);
        }
    }

    /// The rows before the place that was wanted stand above it on the screen, and the row itself may
    /// have moved there.
    fn look_before_wanted(&mut self, part: Part) -> Option<Part> {
        let looked = part == Part::Before || !self.more_before || self.rows.is_empty();
        if self.wanted.is_some() && !looked {
            return Some(Part::Before);
        }
        self.wanted = None;
        None
    }

    /// A filter that fits few rows is looked for until a page is full or the list ends.
    fn search_on(&self) -> Option<Part> {
        if self.rows.len() >= PAGE_ROWS {
            return None;
        }
        match &self.resume {
            [Some(_), _] => Some(Part::After),
            [None, Some(_)] => Some(Part::Before),
            [None, None] => None,
        }
    }

    /// The same page again looks no further than a first page does: what was found behind that place
    /// stays, and looking goes on where it had come to.
    fn keep_found_further(&mut self, page: &mut Page<R>) {
        let Some(looked_to) = page.resume.take() else {
            self.resume[BEHIND] = None;
            return;
        };
        let known: Vec<R::Id> = page.rows.iter().map(Row::id).collect();
        let further = self
            .rows
            .iter()
            .filter(|row| *row.key() > *looked_to && !known.contains(&row.id()));
        page.rows.extend(further.cloned());
        let held = self.resume[BEHIND].take().filter(|held| *held > looked_to);
        page.more_after = held.is_some() || self.more_after || page.rows.is_empty();
        self.resume[BEHIND] = held.or_else(|| self.more_after.then_some(looked_to));
    }

    fn jump_here(&mut self, part: Part, height: usize) {
        let at_end = part == Part::End;
        let row = if at_end {
            self.rows.last()
        } else {
            self.rows.first()
        };
        self.selected = row.map(Row::id);
        self.at_top = !at_end;
        self.line = if at_end { height } else { 0 };
    }

    fn replace(&mut self, page: Page<R>, now: Stamp, height: usize) {
        let index = self.index();
        let top = self.top(height);
        let selected = self.selected.take();
        self.rows = page.rows;
        self.rows.truncate(WINDOW_ROWS_MAX);
        self.more_before = page.more_before;
        self.more_after = page.more_after;
        self.total = page.total;
        self.cut_short = page.cut_short;
        if let Some(index) = index {
            self.line = index - top;
        }
        self.selected = selected;
        if self.index().is_some() {
            return;
        }
        // The row left the list: its neighbour at the same place takes the cursor, and that is
        // remembered, so that a key pressed at this moment does not hit the neighbour.
        let next = index.unwrap_or(0).min(self.rows.len().saturating_sub(1));
        let gone = self.selected.take();
        self.selected = self.rows.get(next).map(Row::id);
        self.lost = gone.map(|id| (now, id));
    }

    fn append(&mut self, page: Page<R>) {
        let known = |row: &R| self.rows.iter().any(|held| held.id() == row.id());
        let new: Vec<R> = page.rows.into_iter().filter(|r| !known(r)).collect();
        self.rows.extend(new);
        self.more_after = page.more_after;
        self.select_something(Part::Start);
        let index = self.index().unwrap_or(0);
        let excess = self.rows.len().saturating_sub(WINDOW_ROWS_MAX).min(index);
        if excess > 0 {
            self.rows.drain(..excess);
            self.more_before = true;
            self.resume[AHEAD] = None;
        }
    }

    fn prepend(&mut self, page: Page<R>) {
        let known = |row: &R| self.rows.iter().any(|held| held.id() == row.id());
        let new: Vec<R> = page.rows.into_iter().filter(|r| !known(r)).collect();
        self.rows.splice(0..0, new);
        self.more_before = page.more_before;
        self.select_something(Part::End);
        let keep = WINDOW_ROWS_MAX.max(self.index().map_or(0, |i| i + 1));
        if self.rows.len() > keep {
            self.rows.truncate(keep);
            self.more_after = true;
            self.resume[BEHIND] = None;
        }
    }

    /// The first rows that a search found: nothing was selected until now.
    fn select_something(&mut self, part: Part) {
        if self.index().is_some() {
            return;
        }
        let row = match part {
            Part::End => self.rows.last(),
            _ => self.rows.first(),
        };
        self.selected = row.map(Row::id);
    }

    /// Whether the filter is still looking for rows.
    pub fn searching(&self) -> bool {
        self.search_on().is_some()
    }

    /// Forgets the rows: another list or filter is asked for.
    pub fn restart(&mut self) {
        self.generation += 1;
        self.resume = [None, None];
        (self.lost, self.wanted) = (None, None);
    }
}

#[cfg(test)]
mod tests;
