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
        panes = grid(body);
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
fn grid(body: Rect) -> [Option<Rect>; 4] {
    // The list has more columns than the steps have words.
    let left = body.width * 11 / 20;
    let upper = (body.height * 11 / 20).max(STEPS_ROWS + 2);
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

/// Orders above, one other pane below: the one that had focus last.
fn stack(model: &Model, body: Rect) -> [Option<Rect>; 4] {
    let mut panes = [None; 4];
    let lower = STEPS_ROWS.min(body.height / 2).max(body.height * 2 / 5);
    let upper = body.height - lower;
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

/// Rows of a list in a pane: without its frame and its heading.
pub fn list_rows(model: &Model, pane: Pane) -> usize {
    let (width, height) = model.size;
    let area = Rect::new(0, 0, width, height);
    let Some(rect) = layout(model, area).and_then(|l| l.pane(pane)) else {
        return 1;
    };
    let heading = u16::from(matches!(pane, Pane::Orders | Pane::Stock));
    usize::from(rect.height.saturating_sub(2 + heading)).max(1)
}

/// Rows of a layer that fills the body.
pub fn body_rows(model: &Model) -> usize {
    usize::from(model.size.1.saturating_sub(7)).max(1)
}
