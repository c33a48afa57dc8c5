//! Where things stand on the screen. Pure geometry, shared by `update` (how far is a page?) and `view`.

use ratatui::layout::Rect;

use super::model::{Model, Pane};

/// Smaller than this nothing useful can be shown.
pub const COLUMNS_MIN: u16 = 60;
/// See [`COLUMNS_MIN`].
pub const ROWS_MIN: u16 = 16;

/// From here on all four panes fit beside each other.
const GRID_COLUMNS: u16 = 100;
const GRID_ROWS: u16 = 28;

/// Seven steps and a frame.
const STEPS_ROWS: u16 = 9;

/// The places of everything.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    pub header: Rect,
    pub panes: [Option<Rect>; 4],
    /// One line: the newest notice, or what is marked and filtered.
    pub status: Rect,
    pub footer: Rect,
    /// Everything between header and status: where layers are drawn.
    pub body: Rect,
}

impl Layout {
    /// Where a pane stands, if it is on the screen.
    pub fn pane(&self, pane: Pane) -> Option<Rect> {
        self.panes[pane as usize]
    }
}

/// The layout of a screen, or nothing where it is too small.
pub fn layout(model: &Model, area: Rect) -> Option<Layout> {
    if area.width < COLUMNS_MIN || area.height < ROWS_MIN {
        return None;
    }
    let rows = |y, height| Rect::new(area.x, area.y + y, area.width, height);
    let body = rows(3, area.height - 5);
    let mut panes = [None; 4];
    if model.zoomed {
        panes[model.focus as usize] = Some(body);
    } else if area.width >= GRID_COLUMNS && area.height >= GRID_ROWS {
        panes = grid(model, body);
    } else {
        panes = stack(model, body);
    }
    Some(Layout {
        header: rows(0, 3),
        panes,
        status: rows(area.height - 2, 1),
        footer: rows(area.height - 1, 1),
        body,
    })
}

/// Orders and feed to the left, steps and inventory to the right.
fn grid(model: &Model, body: Rect) -> [Option<Rect>; 4] {
    let (columns, rows) = held_in(model, body);
    // The list has more columns than the steps have words.
    let left = usual_left(body).saturating_add_signed(columns);
    let upper = usual_upper(body).saturating_add_signed(rows);
    let steps = upper.min(20);
    let part = |x, y, w, h| Some(Rect::new(body.x + x, body.y + y, w, h));
    let right = body.width - left;
    [
        part(0, 0, left, upper),
        part(left, 0, right, steps),
        part(0, upper, left, body.height - upper),
        part(left, steps, right, body.height - steps),
    ]
}

/// Columns and rows that a pane keeps.
const PANE_COLUMNS_MIN: u16 = 40;
const PANE_ROWS_MIN: u16 = 5;

fn usual_left(body: Rect) -> u16 {
    eleven_twentieths(body.width)
}

fn usual_upper(body: Rect) -> u16 {
    eleven_twentieths(body.height).max(STEPS_ROWS + 2)
}

/// A little more than half: the list has more to show than what it selects.
fn eleven_twentieths(whole: u16) -> u16 {
    // In between it may be more than a u16; 11/20 of one is one again.
    (u32::from(whole) * 11 / 20) as u16
}

/// As much of a wish as leaves `usual` within the bounds.
fn within(wish: i16, usual: u16, (least, most): (u16, u16)) -> i16 {
    let most = most.max(least);
    let wanted = usual.saturating_add_signed(wish).clamp(least, most);
    wanted.cast_signed() - usual.cast_signed()
}

fn held_in(model: &Model, body: Rect) -> (i16, i16) {
    let (columns, rows) = model.sizes;
    (
        within(
            columns,
            usual_left(body),
            (
                PANE_COLUMNS_MIN,
                body.width.saturating_sub(PANE_COLUMNS_MIN),
            ),
        ),
        within(
            rows,
            usual_upper(body),
            (STEPS_ROWS, body.height.saturating_sub(PANE_ROWS_MIN)),
        ),
    )
}

/// The sizes that the panes have, of those that are wished for: a key at the bound is not counted.
pub fn held_sizes(model: &Model) -> (i16, i16) {
    let (width, height) = model.size;
    let body = Rect::new(0, 3, width, height.saturating_sub(5));
    let (columns, rows) = held_in(model, body);
    if width >= GRID_COLUMNS && height >= GRID_ROWS {
        return (columns, rows);
    }
    (model.sizes.0, model.sizes.1.clamp(-30, 30))
}

/// Orders above, one other pane below: the one that had focus last.
fn stack(model: &Model, body: Rect) -> [Option<Rect>; 4] {
    let mut panes = [None; 4];
    let lower = STEPS_ROWS
        .min(body.height / 2)
        .max((u32::from(body.height) * 2 / 5) as u16);
    let usual = body.height - lower;
    let rows = within(
        model.sizes.1,
        usual,
        (PANE_ROWS_MIN, body.height - PANE_ROWS_MIN),
    );
    let upper = usual.saturating_add_signed(rows);
    let lower = body.height - upper;
    panes[Pane::Orders as usize] = Some(Rect {
        height: upper,
        ..body
    });
    panes[model.second as usize] = Some(Rect {
        y: body.y + upper,
        height: lower,
        ..body
    });
    panes
}

/// Rows of `height` for the upper one of two lists: what it needs, as long as the lower one keeps what
/// it needs, or two thirds.
pub fn share(height: usize, upper: usize, lower: usize) -> usize {
    let spare = height.saturating_sub(lower);
    upper.min(spare.max(height / 3).max(1)).min(height)
}

/// Rows of a list in a pane: without its frame and its heading.
pub fn list_rows(model: &Model, pane: Pane) -> usize {
    let (width, height) = model.size;
    let area = Rect::new(0, 0, width, height);
    let Some(rect) = layout(model, area).and_then(|l| l.pane(pane)) else {
        return 1;
    };
    let heading = u16::from(matches!(pane, Pane::Orders | Pane::Stock));
    let rows = usize::from(rect.height.saturating_sub(2 + heading));
    let aside = match pane {
        Pane::Orders => model.aside_lines(rows),
        _ => 0,
    };
    rows.saturating_sub(aside).max(1)
}

/// Rows of a layer that fills the body.
pub fn body_rows(model: &Model) -> usize {
    usize::from(model.size.1.saturating_sub(7)).max(1)
}
