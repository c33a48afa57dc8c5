//! The feed: a still list. New lines fill empty space; beyond that they wait until a key folds them
//! in, so that nothing moves under the reader.

use std::collections::VecDeque;

use crate::{
    domain::Stamp,
    handle::{FeedKind, FeedLine},
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
    /// More waited than is kept.
    pub overflow: bool,
    /// The selected line; none: the newest.
    pub selected: Option<u64>,
    /// The line of the screen on which it stands.
    pub line: usize,
    pub read_at: Option<Stamp>,
    /// There is more than was read.
    pub behind: bool,
    /// No older lines exist.
    pub begins: bool,
    pub generation: u64,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            kind: FeedKind::Tracking,
            lines: VecDeque::new(),
            waiting: VecDeque::new(),
            overflow: false,
            selected: None,
            line: 0,
            read_at: None,
            behind: false,
            begins: false,
            generation: 0,
        }
    }
}

impl Feed {
    /// Takes the newest lines, newest first as the engine gives them.
    pub fn take_newest(&mut self, lines: Vec<FeedLine>, now: Stamp, height: usize) {
        self.read_at = Some(now);
        self.behind = false;
        let first = self.lines.is_empty();
        let known = self
            .waiting
            .back()
            .or(self.lines.back())
            .map_or(0, |line| line.seq);
        if lines.len() >= FEED_PAGE && lines.last().is_some_and(|l| l.seq > known) && !first {
            self.overflow = true;
        }
        let new: Vec<FeedLine> = lines.into_iter().rev().filter(|l| l.seq > known).collect();
        self.waiting.extend(new);
        while self.waiting.len() > WAITING_MAX {
            self.waiting.pop_front();
            self.overflow = true;
        }
        if first || self.lines.len() + self.waiting.len() <= height {
            self.fold_in();
        }
    }

    /// Takes older lines, newest first.
    pub fn take_older(&mut self, lines: Vec<FeedLine>) {
        self.begins = lines.len() < FEED_PAGE;
        let oldest = self.lines.front().map_or(u64::MAX, |l| l.seq);
        for line in lines {
            if line.seq < oldest && self.lines.len() < FEED_LINES_MAX {
                self.lines.push_front(line);
            }
        }
    }

    /// Folds the waiting lines in and shows the newest.
    pub fn fold_in(&mut self) {
        if self.overflow {
            // Lines are missing between: what is held would pretend to be without a gap.
            self.lines.clear();
            self.begins = false;
        }
        self.overflow = false;
        self.lines.append(&mut self.waiting);
        while self.lines.len() > FEED_LINES_MAX {
            self.lines.pop_front();
            self.begins = false;
        }
        self.selected = None;
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
        let top = self.top(height);
        let next = index
            .saturating_add_signed(by)
            .min(self.lines.len().saturating_sub(1));
        self.line = (index - top)
            .saturating_add_signed(next as isize - index as isize)
            .min(height.saturating_sub(1));
        self.selected = self.lines.get(next).map(|line| line.seq);
        by < 0 && next < height && !self.begins && self.lines.len() < FEED_LINES_MAX
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
