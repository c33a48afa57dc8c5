//! The model drawn: pure functions of a model and an area, one file per pane. Nothing here grows with
//! the number of orders: lists are windows, texts are bounded.

mod advice;
mod again;
mod band;
mod columns;
mod confirm;
mod detail;
mod dialogs;
mod feed;
mod footer;
mod happened;
mod header;
mod help;
mod load;
mod orders;
mod parcels;
mod pen;
mod scan;
mod sku;
mod steps;
mod stock;
mod texts;
mod under_way;
mod wall;
pub(super) mod words;

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};
use tui_input::Input;

use self::pen::{Pen, span};
use super::{
    layout::{COLUMNS_MIN, ROWS_MIN, body_rows, layout},
    look::Tone,
    model::{Layer, Model, Pane},
};

/// Draws the screen; returns where the cursor stands while something is typed.
pub fn draw(model: &Model, buffer: &mut Buffer) -> Option<Position> {
    let area = buffer.area;
    let mut pen = Pen {
        buffer,
        look: model.setup.look,
        end: 0,
        page: body_rows(model),
    };
    let cursor = screen(&mut pen, model, area);
    if !model.setup.look.glyphs.utf8 {
        only_ascii(buffer);
    }
    cursor
}

/// How far the layer on top can be scrolled, and how many lines of it are shown. It is drawn to find
/// out, so that its lines are counted in one place only.
pub fn scroll_end(model: &Model) -> (usize, usize) {
    let (width, height) = model.size;
    let area = Rect::new(0, 0, width, height);
    let filter = |layer: &&Layer| matches!(layer, Layer::Filter { .. });
    let top = model.layers.iter().rev().find(|layer| !filter(layer));
    let (Some(places), Some(layer)) = (layout(model, area), top) else {
        return (0, 0);
    };
    let mut buffer = Buffer::empty(area);
    let mut pen = Pen {
        buffer: &mut buffer,
        look: model.setup.look,
        end: 0,
        page: body_rows(model),
    };
    draw_layer(&mut pen, model, layer, places.body);
    (pen.end, pen.page)
}

fn screen(pen: &mut Pen<'_>, model: &Model, area: Rect) -> Option<Position> {
    let Some(places) = layout(model, area) else {
        too_small(pen, area);
        return None;
    };
    if let Some(Layer::Wall) = model.layers.last() {
        wall::draw(pen, model, area);
        return None;
    }
    header::draw(pen, model, places.header, band::Reader::Operator);
    for pane in Pane::ALL {
        let Some(rect) = places.pane(pane) else {
            continue;
        };
        match pane {
            Pane::Orders => orders::draw(pen, model, rect),
            Pane::Steps => steps::draw(pen, model, rect),
            Pane::Feed => feed::draw(pen, model, rect),
            Pane::Stock => stock::draw(pen, model, rect),
        }
    }
    let mut cursor = None;
    for layer in &model.layers {
        cursor = draw_layer(pen, model, layer, places.body);
    }
    footer::draw(pen, model, places.status, places.footer);
    match model.layers.last() {
        Some(Layer::Filter { of, .. }) => {
            let typed = model.filter_field(*of).map_or(0, Input::visual_cursor);
            let x = places.footer.x + 3 + typed as u16;
            Some(Position::new(
                x.min(places.footer.right() - 1),
                places.footer.y,
            ))
        }
        Some(_) => cursor,
        None => None,
    }
}

fn draw_layer(pen: &mut Pen<'_>, model: &Model, layer: &Layer, body: Rect) -> Option<Position> {
    match layer {
        Layer::Detail(open) => detail::draw(pen, model, open, body),
        Layer::Sku(open) => sku::draw(pen, model, open, body),
        Layer::Help(search) => return help::help(pen, model, search, body),
        Layer::Palette(search) => return help::palette(pen, model, search, body),
        Layer::Lists(menu) => dialogs::menu(pen, "Which orders?", &[], menu, body),
        Layer::Sorts(menu) => dialogs::menu(pen, "Sorted by what?", &[], menu, body),
        Layer::Forget(menu) => dialogs::menu(pen, "Forget which list?", &[], menu, body),
        Layer::Decide {
            invoice,
            menu,
            why,
            advice,
        } => {
            let title = format!("Order {invoice} is parked");
            let about = [why.as_str(), advice];
            dialogs::menu(pen, &title, &about, menu, body);
        }
        Layer::Reason { about, input } => return dialogs::reason(pen, about, input, body),
        Layer::Filter { .. } | Layer::Wall => {}
        Layer::Confirm(confirm) => return confirm::draw(pen, model, confirm, body),
        Layer::WhyNot {
            invoice,
            step,
            answer,
            scroll,
        } => texts::why_not(
            pen,
            model,
            (*invoice, *step),
            answer.as_ref(),
            *scroll,
            body,
        ),
        Layer::Results {
            title,
            items,
            scroll,
        } => texts::results(pen, title.as_str(), items, *scroll, body),
        Layer::Status { rejected, scroll } => {
            texts::status(pen, model, rejected.as_deref(), *scroll, body);
        }
        Layer::Scan(scan) => return scan::draw(pen, model, scan, body),
        Layer::Load(load) => return load::draw(pen, model, load, body),
    }
    None
}

fn too_small(pen: &mut Pen<'_>, area: Rect) {
    let lines = [
        format!("raftaar needs {COLUMNS_MIN}x{ROWS_MIN}"),
        format!("this is {}x{}", area.width, area.height),
        "q quits".to_owned(),
    ];
    for (i, text) in lines.into_iter().enumerate() {
        pen.line(area, area.y + i as u16, &[span(text, Tone::Strong)], None);
    }
}

/// A terminal without UTF-8 gets a question mark for what it cannot show.
fn only_ascii(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if !cell.symbol().is_ascii() {
            let sign = match cell.symbol() {
                "…" => "~",
                "–" | "—" => "-",
                _ => "?",
            };
            cell.set_symbol(sign);
        }
    }
}
