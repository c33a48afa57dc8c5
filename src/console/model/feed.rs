//! The feed: a still list. New lines fill empty space; beyond that they wait until a key folds them
//! in, so that nothing moves under the reader.

use std::collections::VecDeque;

use crate::{
    domain::Stamp,
    handle::{FeedKind, FeedLine, FeedPage},
};

/// Lines kept on the screen's side.
pub const FEED_LINES_MAX: usize = 400;

/// New lines kept while nobody folds them in; beyond, only their number is known to be larger.
pub const WAITING_MAX: usize = 200;

/// Lines asked for at a time.
pub const FEED_PAGE: usize = 100;

/// The feed, oldest line first.
#[derive(Clone, Debug)]
pub struct Feed {
    pub kind: FeedKind,
    pub lines: VecDeque<FeedLine>,
    /// Lines not folded in yet, oldest first.
    pub waiting: VecDeque<FeedLine>,
    /// The newest place that was looked at; 0: none yet.
    pub newest: u64,
    /// Before this place nothing was looked at yet; none: nothing older fits.
    pub older: Option<u64>,
    /// Between what is held and what waits more happened than was read, before this place.
    pub gap: Option<u64>,
    /// The selected line; none: the newest.
    pub selected: Option<u64>,
    /// The line of the screen on which it stands.
    pub line: usize,
    /// The line that was selected when the console was left, and where on the screen it stood, until it
    /// has come.
    pub wanted: Option<(u64, usize)>,
    pub read_at: Option<Stamp>,
    /// There is more than was read.
    pub behind: bool,
    pub generation: u64,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            kind: FeedKind::Tracking,
            lines: VecDeque::new(),
            waiting: VecDeque::new(),
            newest: 0,
            older: None,
            gap: None,
            selected: None,
            line: 0,
            wanted: None,
            read_at: None,
            behind: false,
            generation: 0,
        }
    }
}

impl Feed {
    /// Takes the newest lines, newest first as the engine gives them.
    pub fn take_newest(&mut self, page: FeedPage, now: Stamp, height: usize) {
        self.read_at = Some(now);
        self.behind = false;
        let first = self.newest == 0;
        if first {
            self.older = page.older;
        } else if page.older.is_some() {
            // What waited stands before the gap, too.
            self.gap = page.older;
            self.waiting.clear();
        }
        let known = self.newest;
        let new = page.lines.into_iter().rev().filter(|l| l.seq > known);
        self.waiting.extend(new);
        self.newest = known.max(page.newest);
        if self.waiting.len() > WAITING_MAX {
            self.waiting.drain(..self.waiting.len() - WAITING_MAX);
            self.gap = self.waiting.front().map(|line| line.seq);
        }
        if first || self.lines.len() + self.waiting.len() <= height {
            self.fold_in();
        }
        self.stand_where_wanted();
    }

    /// Takes older lines, newest first, unless others are wanted by now.
    pub fn take_older(&mut self, before: u64, page: FeedPage) {
        if self.older != Some(before) {
            return;
        }
        self.older = page.older;
        for line in page.lines {
            if self.lines.len() >= FEED_LINES_MAX {
                self.older = self.lines.front().map(|line| line.seq);
                break;
            }
            self.lines.push_front(line);
        }
        self.stand_where_wanted();
    }

    /// Puts the cursor where it stood the last time, as soon as that and the lines above it are held.
    /// What is older than the feed keeps is given up: the newest lines say more.
    fn stand_where_wanted(&mut self) {
        let Some((seq, line)) = self.wanted else {
            return;
        };
        let held = self.lines.front().is_some_and(|oldest| oldest.seq <= seq);
        let above = self.lines.partition_point(|line| line.seq < seq);
        if !(held && above >= line) && self.may_go_back() {
            return;
        }
        self.wanted = None;
        if held || self.older.is_none() && !self.lines.is_empty() {
            (self.selected, self.line) = (Some(seq), line);
        }
    }

    /// Whether older lines are looked for because the cursor stood there the last time.
    pub fn looks_back(&self) -> bool {
        self.wanted.is_some() && self.newest > 0 && self.may_go_back()
    }

    fn may_go_back(&self) -> bool {
        self.older.is_some() && self.lines.len() < FEED_LINES_MAX
    }

    /// Where the cursor stands, for the next time; none: at the newest line.
    pub fn place(&self) -> Option<(u64, usize)> {
        self.selected.map(|seq| (seq, self.line)).or(self.wanted)
    }

    /// Folds the waiting lines in and shows the newest.
    pub fn fold_in(&mut self) {
        if let Some(gap) = self.gap.take() {
            // Lines are missing between: what is held would pretend to be without a gap.
            self.lines.clear();
            self.older = Some(gap);
        }
        self.lines.append(&mut self.waiting);
        if self.lines.len() > FEED_LINES_MAX {
            self.lines.drain(..self.lines.len() - FEED_LINES_MAX);
            self.older = self.lines.front().map(|line| line.seq);
        }
        self.selected = None;
    }

    /// Whether something new can be folded in.
    pub fn has_new(&self) -> bool {
        !self.waiting.is_empty() || self.gap.is_some()
    }

    /// Whether older lines are looked for until the screen is full: a filter gives up for a while.
    pub fn searching(&self, height: usize) -> bool {
        self.older.is_some() && self.lines.len() < height.min(FEED_LINES_MAX)
    }

    /// Where the selection stands.
    pub fn index(&self) -> Option<usize> {
        let last = self.lines.len().checked_sub(1)?;
        let Some(seq) = self.selected else {
            return Some(last);
        };
        let place = self.lines.partition_point(|line| line.seq < seq);
        Some(place.min(last))
    }

    /// The selected line.
    pub fn selected_line(&self) -> Option<&FeedLine> {
        self.lines.get(self.index()?)
    }

    /// The first line on a screen of `height` lines.
    pub fn top(&self, height: usize) -> usize {
        let end = self.lines.len().saturating_sub(height);
        match (self.selected, self.index()) {
            (Some(_), Some(index)) => {
                let line = self.line.min(height.saturating_sub(1));
                index.saturating_sub(line).min(end)
            }
            _ => end,
        }
    }

    /// Moves the cursor; says whether older lines are wanted.
    pub fn step(&mut self, by: isize, height: usize) -> bool {
        let Some(index) = self.index() else {
            return false;
        };
        self.wanted = None;
        let top = self.top(height);
        let next = index
            .saturating_add_signed(by)
            .min(self.lines.len().saturating_sub(1));
        self.line = (index - top)
            .saturating_add_signed(next as isize - index as isize)
            .min(height.saturating_sub(1));
        self.selected = self.lines.get(next).map(|line| line.seq);
        by < 0 && next < height && self.older.is_some() && self.lines.len() < FEED_LINES_MAX
    }

    /// Another kind of feed.
    pub fn restart(&mut self, kind: FeedKind) {
        *self = Self {
            kind,
            generation: self.generation + 1,
            ..Self::default()
        };
    }
}
